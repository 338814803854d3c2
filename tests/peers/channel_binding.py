"""Prints the tls-unique binding of one TLS 1.2 connection that it makes, or takes, with Python's own TLS."""

import argparse
import socket
import ssl

parser = argparse.ArgumentParser()
parser.add_argument("--connect", type=int, metavar="PORT")
parser.add_argument("--cert")
parser.add_argument("--key")
args = parser.parse_args()

if args.connect:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
else:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(args.cert, args.key)
context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2

if args.connect:
    transport = socket.create_connection(("127.0.0.1", args.connect))
    connection = context.wrap_socket(transport)
else:
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    transport, _ = listener.accept()
    connection = context.wrap_socket(transport, server_side=True)
print(connection.get_channel_binding("tls-unique").hex(), flush=True)
connection.recv(1)
