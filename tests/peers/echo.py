"""Python's own TLS at one end of an echo.

`serve` sends back what one client after another sends, and prints its port first.
`connect` sends random blocks, wants each back, and prints the SHA-256 of what it sent and of
what came back.
"""

import argparse
import hashlib
import os
import socket
import ssl

BLOCK = 64 * 1024


def serve(args):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(args.cert, args.key)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        transport, _ = listener.accept()
        with context.wrap_socket(transport, server_side=True) as connection:
            while block := connection.recv(BLOCK):
                connection.sendall(block)
            connection.unwrap()


def connect(args):
    context = ssl.create_default_context(cafile=args.ca)
    sent, received = hashlib.sha256(), hashlib.sha256()
    with socket.create_connection(("127.0.0.1", args.port)) as transport:
        with context.wrap_socket(
            transport, server_hostname="localhost", suppress_ragged_eofs=False
        ) as connection:
            for _ in range(args.size // BLOCK):
                block = os.urandom(BLOCK)
                sent.update(block)
                connection.sendall(block)
                missing = BLOCK
                while missing:
                    piece = connection.recv(missing)
                    if not piece:
                        raise EOFError("closed early")
                    received.update(piece)
                    missing -= len(piece)
            connection.unwrap()
    print(sent.hexdigest(), received.hexdigest())


parser = argparse.ArgumentParser()
commands = parser.add_subparsers(required=True)
command = commands.add_parser("serve")
command.add_argument("--cert", required=True)
command.add_argument("--key", required=True)
command.set_defaults(run=serve)
command = commands.add_parser("connect")
command.add_argument("--port", type=int, required=True)
command.add_argument("--ca", required=True)
command.add_argument("--size", type=int, required=True, help="bytes, a multiple of 64 KiB")
command.set_defaults(run=connect)
args = parser.parse_args()
args.run(args)
