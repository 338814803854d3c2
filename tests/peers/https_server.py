"""Python's own HTTP server over Python's own TLS. Prints its port, then serves for ever."""

import argparse
import http.server
import socket
import ssl
import struct

parser = argparse.ArgumentParser()
parser.add_argument("--cert", required=True)
parser.add_argument("--key", required=True)
parser.add_argument("--client-ca")
parser.add_argument("--version", required=True, help="a member of ssl.TLSVersion")
parser.add_argument("--ending", required=True)
args = parser.parse_args()


class Handler(http.server.BaseHTTPRequestHandler):
    # What is written leaves at once: a reset throws away what has not left.
    disable_nagle_algorithm = True

    def do_GET(self):
        subject = (self.connection.getpeercert() or {}).get("subject", "")
        body = f"a page over {self.connection.version()} for <{subject}>".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    def shutdown_request(self, request):
        if args.ending == "close_notify":
            request.unwrap()
        if args.ending == "reset_when_closed":
            while request.recv(4096):
                pass
        if args.ending.startswith("reset"):
            # No time to linger: close() resets the connection.
            request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            request.close()
        else:
            super().shutdown_request(request)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(args.cert, args.key)
context.minimum_version = context.maximum_version = ssl.TLSVersion[args.version]
if args.client_ca:
    context.load_verify_locations(args.client_ca)
    context.verify_mode = ssl.CERT_REQUIRED

server = Server(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
