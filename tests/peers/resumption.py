"""Connects twice for each pair of server names, with Python's own TLS, the second time with the session of the first.
An empty name is none. Prints for each pair whether the second connection has resumed it.
"""

import socket
import ssl
import sys

port, version, *pairs = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
context.minimum_version = context.maximum_version = ssl.TLSVersion[version]


def connect(name, session=None):
    transport = socket.create_connection(("127.0.0.1", int(port)))
    with context.wrap_socket(transport, server_hostname=name or None, session=session) as connection:
        # Under TLS 1.3 tickets come before the first byte.
        connection.recv(1)
        return connection.session, connection.session_reused


for pair in pairs:
    first, second = pair.split(",")
    session, _ = connect(first)
    print(int(connect(second, session)[1]), flush=True)
