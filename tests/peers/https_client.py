"""Fetches a page with Python's own TLS and prints it. Fails unless it ends with close_notify."""

import argparse
import socket
import ssl

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--ca", required=True)
parser.add_argument("--cert")
parser.add_argument("--key")
parser.add_argument("--version", required=True, help="a member of ssl.TLSVersion")
args = parser.parse_args()

context = ssl.create_default_context(cafile=args.ca)
context.minimum_version = context.maximum_version = ssl.TLSVersion[args.version]
if args.cert:
    context.load_cert_chain(args.cert, args.key)

with socket.create_connection(("127.0.0.1", args.port)) as transport:
    with context.wrap_socket(
        transport, server_hostname="localhost", suppress_ragged_eofs=False
    ) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        page = b""
        while chunk := connection.recv(65536):
            page += chunk
        connection.unwrap()
print(page.decode(), end="")
