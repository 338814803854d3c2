"""The work of `versus_python` in Python's ssl.SSLObject, between two MemoryBIOs.

Prints one JSON object a line: what was done, and the best of several times.
Times are the processor's.
"""

import argparse
import json
import ssl
import time

RECORD = 16 * 1024
NAME = "localhost"
ALPN = "h2"
# How much data one measurement is about, and how many messages or handshakes.
BULK = 64 * 1024 * 1024
ECHOES = 5000
HANDSHAKES = 100


def context(side, args, version):
    """A context for one end, on the same terms as the other drivers'."""
    it = ssl.SSLContext(side)
    it.minimum_version = it.maximum_version = version
    # Under TLS 1.3 OpenSSL prefers AES-256-GCM by itself.
    it.set_ciphers("ECDHE-ECDSA-AES256-GCM-SHA384")
    it.set_alpn_protocols([ALPN])
    if side == ssl.PROTOCOL_TLS_SERVER:
        it.load_cert_chain(args.cert, args.key)
    else:
        it.load_verify_locations(args.ca)
    return it


class End:
    """An object and its two BIOs."""

    def __init__(self, context, server):
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        name = None if server else NAME
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server, name)

    def step(self):
        """Goes on with the handshake."""
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            pass

    def write(self, data):
        """Encrypts all of it."""
        view = memoryview(data)
        while view:
            view = view[self.tls.write(view) :]

    def read(self, n, buffer):
        """Decrypts so many bytes."""
        while n:
            n -= self.tls.read(len(buffer), buffer)


class Pair:
    """A client and a server that have shaken hands."""

    def __init__(self, contexts):
        client, server = contexts
        self.client, self.server = End(client, False), End(server, True)
        self.client.step()
        while self.client.outgoing.pending or self.server.outgoing.pending:
            self.server.incoming.write(self.client.outgoing.read())
            self.server.step()
            self.client.incoming.write(self.server.outgoing.read())
            self.client.step()

    def carry(self, source, target, data, buffer):
        """Brings data from one end to the other."""
        source.write(data)
        target.incoming.write(source.outgoing.read())
        target.read(len(data), buffer)


def timed(work):
    """The processor's time that some work takes."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def clock():
    """What looking at the clock takes, to be left out where it is looked at often."""
    return min(timed(lambda: None) for _ in range(1000))


def bulk(contexts, size, times):
    """So many bytes are written, then moved, then read: MiB/s of sending, of receiving, of both."""
    pair = Pair(contexts)
    data, buffer = b"\x5a" * size, bytearray(RECORD)
    client, server = pair.client, pair.server
    rounds = max(1, min(BULK // size, 4096))
    overhead = clock()
    best = [float("inf")] * 3
    for _ in range(times):
        send = receive = 0.0
        for _ in range(rounds):
            start = time.thread_time()
            client.write(data)
            sealed = client.outgoing.read()
            sent = time.thread_time()
            server.incoming.write(sealed)
            del sealed
            server.read(size, buffer)
            end = time.thread_time()
            send += sent - start - overhead
            receive += end - sent - overhead
        best = [min(pair) for pair in zip(best, (send, receive, send + receive))]
    return [size * rounds / (1 << 20) / seconds for seconds in best]


def echo(contexts, times, probe):
    """A message goes there and back, with a read that finds nothing before each or without."""
    pair = Pair(contexts)
    message, buffer = b"\x5a" * 64, bytearray(RECORD)
    client, server = pair.client, pair.server

    def once():
        for source, target in ((client, server), (server, client)):
            if probe:
                try:
                    target.tls.read(len(buffer), buffer)
                except ssl.SSLWantReadError:
                    pass
            pair.carry(source, target, message, buffer)

    def work():
        for _ in range(ECHOES):
            once()

    once()
    return ECHOES / min(timed(work) for _ in range(times))


def handshakes(contexts, times):
    """Two ends shake hands, and one byte goes to the client, behind the tickets."""
    buffer = bytearray(RECORD)

    def work():
        for _ in range(HANDSHAKES):
            pair = Pair(contexts)
            pair.carry(pair.server, pair.client, b"!", buffer)
            pair.client.tls.getpeercert(True)

    return HANDSHAKES / min(timed(work) for _ in range(times))


def size_of(name):
    """The number of bytes that a name such as 64k stands for."""
    return int(name[:-1]) * {"k": 1 << 10, "m": 1 << 20}[name[-1]]


def figures(case, args):
    """The samples of one case: name, unit, value."""
    version = ssl.TLSVersion.TLSv1_2 if "1.2" in case else ssl.TLSVersion.TLSv1_3
    sides = (ssl.PROTOCOL_TLS_CLIENT, ssl.PROTOCOL_TLS_SERVER)
    contexts = [context(side, args, version) for side in sides]
    match case.split("/"):
        case ["bulk", size]:
            ids = (f"bulk/send/{size}", f"bulk/recv/{size}", f"bulk/{size}")
            rates = bulk(contexts, size_of(size), args.times)
            return [(id, "MiB/s", rate) for id, rate in zip(ids, rates)]
        case ["echo", "64"]:
            return [(case, "round trips/s", echo(contexts, args.times, probe=False))]
        case ["echo", "64", "probe"]:
            return [(case, "round trips/s", echo(contexts, args.times, probe=True))]
        case ["hs", "full", _, "p256"]:
            return [(case, "handshakes/s", handshakes(contexts, args.times))]
        case _:
            raise SystemExit(f"no case has the name {case!r}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cert", required=True, help="the server's chain, in PEM")
    parser.add_argument("--key", required=True, help="the server's key, in PEM")
    parser.add_argument("--ca", required=True, help="what the client trusts, in PEM")
    parser.add_argument("--times", type=int, default=5, help="the best of so many times counts")
    parser.add_argument("cases", nargs="+", help="such as bulk/64k, echo/64, hs/full/1.3/p256")
    args = parser.parse_args()
    for case in args.cases:
        for id, unit, value in figures(case, args):
            sample = {"id": id, "library": "openssl", "driver": "python"}
            print(json.dumps(sample | {"unit": unit, "value": value}), flush=True)


if __name__ == "__main__":
    main()
