#!/usr/bin/env python3
"""Plays the cases of the oracle on the `ssl` module of the CPython that runs it.

    play.py < certificates.json > cases.jsonl

The certificates are an object of identities, anchors and revocation lists by name, DER as hexadecimal digits. The first
line that is printed says what was asked, each other line is a case with what came out:

    {"case": NAME, "setup": {...}, "steps": ["c handshake", ["s read 10", "data:10 in=37"], ...]}

A step begins with the end that it is about, `c` or `s`. One with an outcome is compared, one without leads there. An
outcome is what the call came to; where it may move bytes, how many it put out (`out`) and left in the incoming BIO (`in`);
and the alert that it sent if it failed (`alert`). Until a case has come past `connect` only whether anything was put out: how
many bytes and records a handshake has differs between libraries, and from one to the next.
"""

import base64
import contextlib
import hashlib
import json
import os
import pathlib
import ssl
import sys
import tempfile
import warnings

import cases

HEADER = 5
ALERT = 21
# What is asked and moves nothing.
FACTS = {
    "alpn", "binding", "bio", "cipher", "compression", "peer", "peercert", "pending", "reused", "session", "shared", "version",
}
NAME = "localhost"
SUITE_OF_TLS12 = "ECDHE-ECDSA-AES256-GCM-SHA384"

# Those that were made so far, by side and settings.
CONTEXTS = {}


class Certificates:
    """What connections are made with, in files, because `ssl` takes nothing else."""

    def __init__(self, described, folder):
        self.described, self.folder = described, folder

    def _file(self, name, parts):
        path = os.path.join(self.folder, name + ".pem")
        if os.path.exists(path):
            return path
        with open(path, "w") as file:
            for label, der in parts:
                text = base64.encodebytes(bytes.fromhex(der)).decode()
                file.write(f"-----BEGIN {label}-----\n{text}-----END {label}-----\n")
        return path

    def identity(self, name):
        it = self.described["identities"][name]
        parts = [("CERTIFICATE", der) for der in it["chain"]] + [("PRIVATE KEY", it["key"])]
        return self._file("identity " + name, parts)

    def leaf(self, name):
        return bytes.fromhex(self.described["identities"][name]["chain"][0])

    def anchor(self, name):
        return self._file("anchor " + name, [("CERTIFICATE", self.described["anchors"][name])])

    def crl(self, name):
        return self._file("crl " + name, [("X509 CRL", self.described["crls"][name])])


def context(side, setup, certificates):
    """A context for one end."""
    is_client = side == "c"
    it = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT if is_client else ssl.PROTOCOL_TLS_SERVER)
    version = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
    spoken = setup["tls"] if is_client else setup.get("server_tls", setup["tls"])
    it.minimum_version = it.maximum_version = version[spoken]
    it.set_ciphers(SUITE_OF_TLS12)
    it.set_alpn_protocols(setup.get("alpn", ["h2", "http/1.1"]) if is_client else ["h2"])
    identity = setup.get("client") if is_client else setup.get("server", "server")
    if identity:
        it.load_cert_chain(certificates.identity(identity))
    for anchor in setup.get("trust", ["root"]):
        it.load_verify_locations(certificates.anchor(anchor))
    if is_client:
        it.check_hostname = setup.get("check_name", True)
        it.verify_mode = ssl.CERT_REQUIRED if setup.get("verify", True) else ssl.CERT_NONE
        it.hostname_checks_common_name = setup.get("common_name", True)
    else:
        modes = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}
        it.verify_mode = modes[setup.get("ask", "none")]
    judges = is_client == ("ask" not in setup)
    if judges:
        for crl in setup.get("crls", []):
            it.load_verify_locations(certificates.crl(crl))
        if "crl_scope" in setup:
            scopes = {"leaf": ssl.VERIFY_CRL_CHECK_LEAF, "chain": ssl.VERIFY_CRL_CHECK_CHAIN}
            it.verify_flags |= scopes[setup["crl_scope"]]
        if setup.get("strict"):
            it.verify_flags |= ssl.VERIFY_X509_STRICT
        if setup.get("partial"):
            it.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return it


class End:
    """One end of a connection, and the bytes on their way to it."""

    def __init__(self, side, context, name, session=None):
        self.side, self.context = side, context
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.alerts = []
        context._msg_callback = self._message
        self.tls = context.wrap_bio(self.incoming, self.outgoing, side == "s", name, session)
        self.wire = bytearray()
        self.ended = False
        self.written = self.read = 0

    def _message(self, _tls, direction, _version, content, message, _data):
        if direction == "write" and content == ALERT:
            self.alerts.append(int(message))

    def deliver(self, n):
        taken, self.wire = bytes(self.wire[:n]), self.wire[n:]
        if not self.ended:
            self.incoming.write(taken)

    def record(self):
        """The length of the next record that is on its way."""
        return HEADER + int.from_bytes(self.wire[3:HEADER], "big")


def pattern(start, n):
    """Bytes that say where in their stream they belong."""
    return bytes(place % 251 for place in range(start, start + n))


def failure(error):
    """What an exception is called in an outcome."""
    if isinstance(error, ssl.SSLWantReadError):
        return "want-read"
    if isinstance(error, ssl.SSLZeroReturnError):
        return "zero-return"
    if isinstance(error, ssl.SSLEOFError):
        return f"eof:{error.reason or ''}"
    if isinstance(error, ssl.SSLSyscallError):
        return "syscall"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"cert:{error.verify_code}:{error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"ssl:{getattr(error, 'reason', None) or ''}"
    return type(error).__name__


class Stage:
    """Two ends, and the steps that are taken on them."""

    def __init__(self, setup, certificates):
        self.setup, self.certificates = setup, certificates
        self.contexts = {side: self.context(side) for side in "cs"}
        self.ends = {}
        self.settled = False
        self.wrap(setup.get("name", NAME))

    def context(self, side):
        """A context for one end; the same one for the same settings."""
        key = side + json.dumps(self.setup, sort_keys=True)
        if key not in CONTEXTS:
            CONTEXTS[key] = context(side, self.setup, self.certificates)
        return CONTEXTS[key]

    def wrap(self, name, session=None):
        """Puts two new ends on the stage."""
        self.settled = False
        self.ends = {
            "c": End("c", self.contexts["c"], name, session),
            "s": End("s", self.contexts["s"], None),
        }

    def peer(self, end):
        return self.ends["s" if end.side == "c" else "c"]

    def collect(self, end):
        """Puts on its way what an end has put out; how many bytes that is."""
        sent = end.outgoing.read()
        self.peer(end).wire += sent
        return len(sent)

    def connect(self):
        """Shakes hands, and reads whatever follows a handshake."""
        done = set()
        for _ in range(10):
            for end in self.ends.values():
                try:
                    end.tls.do_handshake()
                    done.add(end.side)
                except ssl.SSLWantReadError:
                    pass
                finally:
                    self.collect(end)
                other = self.peer(end)
                other.deliver(len(other.wire))
            if len(done) == 2:
                break
        for end in self.ends.values():
            with contextlib.suppress(ssl.SSLWantReadError):
                end.tls.read(1)
            self.collect(end)
        self.settled = True

    def take(self, step):
        """Takes a step and returns its outcome."""
        match step.split():
            case ["connect"]:
                try:
                    self.connect()
                    return "none"
                except ssl.SSLError as error:
                    return failure(error)
            case ["resume", name]:
                session = self.ends["c"].tls.session
                try:
                    self.wrap(name, session)
                    return "none"
                except ValueError as error:
                    return failure(error)
            case [side, *call]:
                end = self.ends[side]
                end.alerts.clear()
                try:
                    outcome = self.call(end, call)
                    failed = False
                except (ssl.SSLError, ValueError, NotImplementedError) as error:
                    outcome = failure(error)
                    failed = True
                out, left = self.collect(end), end.incoming.pending
                if out:
                    outcome += f" out={out}" if self.settled else " out"
                if left and self.settled and call[0] not in FACTS:
                    outcome += f" in={left}"
                alerts = [alert for alert in end.alerts if alert]
                if failed and alerts:
                    outcome += f" alert={alerts[-1]}"
                return outcome

    def call(self, end, call):
        match call:
            case ["deliver"]:
                end.deliver(len(end.wire))
            case ["deliver", "record"]:
                end.deliver(end.record())
            case ["deliver", n]:
                end.deliver(int(n))
            case ["lose"]:
                end.wire.clear()
            case ["lose", "record"]:
                del end.wire[:end.record()]
            case ["repeat"]:
                end.wire[:0] = end.wire[:end.record()]
            case ["flip"]:
                end.wire[end.record() - 1] ^= 1
            case ["inject", digits]:
                end.wire += bytes.fromhex(digits)
            case ["eof"]:
                end.incoming.write_eof()
                end.ended = True
            case ["put", n]:
                return f"n:{end.incoming.write(bytes(int(n)))}"
            case ["take", n]:
                return f"bytes:{len(end.incoming.read(int(n)))}"
            case ["bio"]:
                eof = str(end.incoming.eof).lower()
                pending = end.incoming.pending
                if pending and not self.settled:
                    pending = "some"
                return f"pending:{pending} eof:{eof}"
            case ["handshake"]:
                end.tls.do_handshake()
            case ["read", n]:
                return self.read(end, int(n))
            case ["write", n]:
                n = end.tls.write(pattern(end.written, int(n)))
                end.written += n
                return f"n:{n}"
            case ["unwrap"]:
                end.tls.unwrap()
            case ["binding", kind]:
                data = end.tls.get_channel_binding(kind)
                return "none" if data is None else f"bytes:{len(data)}"
            case [fact]:
                return self.fact(end, fact)
        return "none"

    def read(self, end, n):
        data = end.tls.read(n)
        if not data:
            return "closed" if n else "empty"
        expected = pattern(end.read, len(data))
        end.read += len(data)
        return f"{'data' if data == expected else 'garbled'}:{len(data)}"

    def fact(self, end, fact):
        tls = end.tls
        match fact:
            case "pending":
                return f"n:{tls.pending()}"
            case "version":
                return tls.version() or "none"
            case "cipher":
                cipher = tls.cipher()
                return "/".join(map(str, cipher)) if cipher else "none"
            case "alpn":
                return tls.selected_alpn_protocol() or "none"
            case "peercert":
                der = tls.getpeercert(True)
                names = {"c": self.setup.get("server", "server"), "s": self.setup.get("client")}
                shown = names[end.side]
                if der is None:
                    return "none"
                return "leaf" if der == self.certificates.leaf(shown) else "another"
            case "peer":
                told = tls.getpeercert()
                return "none" if told is None else "verified" if told else "unverified"
            case "session":
                session = tls.session
                if session is None:
                    return "none"
                return "session" if session.id or session.has_ticket else "unusable"
            case "reused":
                return str(bool(tls.session_reused)).lower()
            case "compression":
                return tls.compression() or "none"
            case "shared":
                return "list" if tls.shared_ciphers() else "none"
        raise SystemExit(f"no fact has the name {fact!r}")


def play(case, certificates):
    """A case with what came out."""
    setup, steps = case["setup"], []
    stage = Stage(setup, certificates)
    for step, compared in case["steps"]:
        outcome = stage.take(step)
        steps.append([step, outcome] if compared else step)
    return {"case": case["case"], "setup": setup, "steps": steps}


def script():
    """What identifies the scripts: the hash of their text."""
    folder = pathlib.Path(__file__).parent
    text = b"".join((folder / name).read_bytes() for name in ("play.py", "cases.py"))
    return hashlib.sha256(text).hexdigest()


def main():
    warnings.simplefilter("ignore", DeprecationWarning)
    described = json.load(sys.stdin)
    python = ".".join(map(str, sys.version_info[:3]))
    header = {"cpython": python, "openssl": ssl.OPENSSL_VERSION, "script": script()}
    print(json.dumps(header))
    with tempfile.TemporaryDirectory() as folder:
        certificates = Certificates(described, folder)
        for case in cases.all_cases():
            print(json.dumps(play(case, certificates), separators=(",", ":")))


if __name__ == "__main__":
    main()
