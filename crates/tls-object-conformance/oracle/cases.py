"""The cases of the oracle: which steps are taken on which connections.

A step that ends in `?` is compared; the others lead there.
"""

VERSIONS = ("1.2", "1.3")
SIDES = ("c", "s")

# What is asked of an object that changes nothing.
FACTS = (
    "pending", "bio", "version", "cipher", "alpn", "peercert", "peer", "binding tls-unique", "binding tls-exporter",
    "session", "shared", "read 0",
)
# What may change it.
CALLS = {
    "handshake": ("handshake",),
    "read": ("read 1024",),
    "write": ("write 10",),
    "write-nothing": ("write 0",),
    "unwrap": ("unwrap",),
}

PLAIN = b"PLAIN TEXT AFTER".hex()
HELLO = ("c handshake", "s deliver")
ANSWERED = (*HELLO, "s handshake")
FINISHED = (*ANSWERED, "c deliver", "c handshake")

# How to get there: `S` is the end that is asked, `P` its peer.
STATES = {
    "new": (),
    "eof-first": ("S eof",),
    "established": ("connect",),
    "data-waits": ("connect", "P write 100", "S deliver"),
    "two-records-wait": ("connect", "P write 100", "P write 50", "S deliver"),
    "long-data-waits": ("connect", "P write 40000", "S deliver"),
    "record-half-read": ("connect", "P write 100", "S deliver", "S read 10"),
    "record-half-arrived": ("connect", "P write 100", "S deliver 20", "S read 10"),
    "header-half-arrived": ("connect", "P write 100", "S deliver 3", "S read 10"),
    "peer-closed": ("connect", "P unwrap", "S deliver"),
    "peer-closed-seen": ("connect", "P unwrap", "S deliver", "S read 10"),
    "data-then-closed": ("connect", "P write 100", "P unwrap", "S deliver"),
    "plain-text-after-closed": ("connect", "P unwrap", f"S inject {PLAIN}", "S deliver"),
    "plain-text-after-closed-seen": ("connect", "P unwrap", f"S inject {PLAIN}", "S deliver", "S read 10"),
    "record-after-closed": ("connect", "P unwrap", "S inject 1703030005aaaaaaaaaa", "S deliver"),
    "closed": ("connect", "S unwrap"),
    "closed-then-data": ("connect", "S unwrap", "P write 100", "S deliver"),
    "closed-then-data-then-closed": ("connect", "S unwrap", "P write 100", "P deliver", "P unwrap", "S deliver"),
    "closed-data-half-read": ("connect", "P write 100", "S deliver", "S read 10", "S unwrap"),
    "closed-in-spite-of-data": ("connect", "P write 100", "S deliver", "S unwrap"),
    "both-closed": ("connect", "S unwrap", "P deliver", "P unwrap", "S deliver"),
    "both-closed-seen": ("connect", "S unwrap", "P deliver", "P unwrap", "S deliver", "S unwrap"),
    "both-closed-read": ("connect", "S unwrap", "P deliver", "P unwrap", "S deliver", "S read 10"),
    "both-closed-plain-text": (
        "connect", "S unwrap", "P deliver", "P unwrap", f"S inject {PLAIN}", "S deliver", "S unwrap",
    ),
    "eof": ("connect", "S eof"),
    "eof-seen": ("connect", "S eof", "S read 10"),
    "eof-unwrapped": ("connect", "S eof", "S unwrap"),
    "eof-after-data": ("connect", "P write 100", "S deliver", "S eof"),
    "eof-in-record": ("connect", "P write 100", "S deliver 20", "S eof"),
    "eof-in-header": ("connect", "P write 100", "S deliver 3", "S eof"),
    "eof-after-closed": ("connect", "P unwrap", "S deliver", "S eof"),
    "eof-when-closed": ("connect", "S unwrap", "S eof"),
    "bad-record": ("connect", "P write 100", "S flip", "S deliver"),
    "bad-record-seen": ("connect", "P write 100", "S flip", "S deliver", "S read 10"),
    "bad-record-when-closed": ("connect", "S unwrap", "P write 100", "S flip", "S deliver"),
    "good-then-bad-record": ("connect", "P write 100", "P write 50", "S deliver record", "S flip", "S deliver"),
    "lost-record": ("connect", "P write 100", "P write 50", "S lose record", "S deliver"),
    "repeated-record": ("connect", "P write 100", "S repeat", "S deliver", "S read 1024"),
    "no-record": ("connect", f"S inject {PLAIN}", "S deliver"),
    "alerted": ("connect", "S write 100", "P flip", "P deliver", "P read 10", "S deliver"),
    "alerted-seen": ("connect", "S write 100", "P flip", "P deliver", "P read 10", "S deliver", "S read 10"),
    "alerted-eof": ("connect", "S write 100", "P flip", "P deliver", "P read 10", "S deliver", "S read 10", "S eof"),
}
# The handshake in the middle, where the ends differ.
HALFWAY = {
    "c": {
        "hello-sent": ("c handshake",),
        "part-of-record": (*ANSWERED, "c deliver 40", "c handshake"),
        "flight-waits": (*ANSWERED, "c deliver"),
        "finished": FINISHED,
        "answered": (*FINISHED, "s deliver", "s handshake", "c deliver"),
        "eof-in-handshake": ("c handshake", "c eof"),
        "eof-in-flight": (*ANSWERED, "c deliver 40", "c eof"),
        "eof-in-handshake-seen": ("c handshake", "c eof", "c handshake"),
        "no-tls": ("c handshake", f"c inject {PLAIN}", "c deliver"),
        "no-tls-seen": ("c handshake", f"c inject {PLAIN}", "c deliver", "c handshake"),
        "closed-in-handshake": ("c handshake", "c inject 15030300020100", "c deliver"),
        "refused-in-handshake": ("c handshake", "c inject 15030300020228", "c deliver"),
        "refused-in-handshake-seen": ("c handshake", "c inject 15030300020228", "c deliver", "c handshake"),
    },
    "s": {
        "hello-waits": HELLO,
        "part-of-header": ("c handshake", "s deliver 3", "s handshake"),
        "part-of-hello": ("c handshake", "s deliver 40", "s handshake"),
        "answered": ANSWERED,
        "finished-waits": (*FINISHED, "s deliver"),
        "finished": (*FINISHED, "s deliver", "s handshake"),
        "eof-in-hello": ("c handshake", "s deliver 40", "s eof"),
        "eof-in-handshake": (*ANSWERED, "s eof"),
        "eof-in-handshake-seen": (*ANSWERED, "s eof", "s handshake"),
        "http": ("s inject " + b"GET / HTTP/1.1\r\n\r\n".hex(), "s deliver"),
        "http-seen": ("s inject " + b"GET / HTTP/1.1\r\n\r\n".hex(), "s deliver", "s handshake"),
        "closed-in-handshake": (*HELLO, "s handshake", "s inject 15030300020100", "s deliver"),
    },
}

ALERTS = (10, 20, 22, *range(40, 52), 70, 71, 80, 86, 109, 110, 112, 113, 115, 116, 120)

# Certificates of servers, with what else is set; the same of clients.
SHOWN = {
    "good": {},
    "named": {"name": "one.wild.example"},
    "address": {"name": "127.0.0.1"},
    "wrong-name": {"name": "other.example"},
    "wrong-subdomain": {"name": "sub.localhost"},
    "wrong-wildcard": {"name": "one.two.wild.example"},
    "wrong-address": {"name": "192.0.2.1"},
    "common-name": {},
    "common-name-off": {"common_name": False},
    "common-name-besides": {},
    "expired": {},
    "not-yet-valid": {},
    "self-signed": {},
    "self-signed-authority": {},
    "self-signed-trusted": {"trust": ["self-signed"]},
    "stranger": {},
    "stranger-with-root": {},
    "no-intermediate": {},
    "no-trust": {"trust": []},
    "intermediate-trusted": {"trust": ["intermediate"]},
    "intermediate-partial": {"trust": ["intermediate"], "partial": True},
    "leaf-trusted": {"trust": ["leaf"]},
    "leaf-partial": {"trust": ["leaf"], "partial": True},
    "wrong-purpose": {},
    "expired-intermediate": {},
    "expired-twice": {},
    "outside-constraint": {},
    "excluded": {},
    "too-deep": {},
    "two-intermediates": {},
    "issuer-is-no-authority": {},
    "issuer-may-not-sign": {},
    "issuer-wrong-purpose": {},
    "issuer-unknown-critical": {},
    "unknown-critical": {},
    "bad-signature": {},
    "no-key-identifier": {},
    "no-key-identifier-strict": {"strict": True},
    "revoked": {"crls": ["leaf"], "crl_scope": "leaf"},
    "not-revoked": {"crls": ["leaf"], "crl_scope": "leaf"},
    "unrelated-crl": {"crls": ["unrelated"], "crl_scope": "leaf"},
    "expired-crl": {"crls": ["expired"], "crl_scope": "leaf"},
    "early-crl": {"crls": ["early"], "crl_scope": "leaf"},
    "bad-crl": {"crls": ["bad-signature"], "crl_scope": "leaf"},
    "chain-not-revoked": {"crls": ["leaf", "root"], "crl_scope": "chain"},
    "chain-missing-crl": {"crls": ["leaf"], "crl_scope": "chain"},
    "revoked-intermediate": {"crls": ["below-revoked", "revokes-intermediate"], "crl_scope": "chain"},
}
# Those that only servers have: by what their names begin with.
SERVERS = ("named", "address", "wrong-name", "wrong-sub", "wrong-wild", "wrong-addr", "common-", "expired-intermediate",
           "outside-constraint", "revoked-intermediate")
# What the certificates above are called, where that is not the case's name.
IDENTITY = {
    "good": "server", "address": "server", "wrong-name": "server", "wrong-subdomain": "server", "wrong-address": "server",
    "wrong-wildcard": "named", "common-name-off": "common-name", "self-signed-trusted": "self-signed", "no-trust": "server",
    "intermediate-trusted": "server", "intermediate-partial": "server", "leaf-trusted": "server", "leaf-partial": "server",
    "no-key-identifier-strict": "no-key-identifier", "not-revoked": "server", "unrelated-crl": "server", "expired-crl": "server", "early-crl": "server", "bad-crl": "server",
    "chain-not-revoked": "server", "chain-missing-crl": "server",
}

STRANGERS = {
    "http-get": b"GET / HTTP/1.1\r\n\r\n", "http-post": b"POST / HTTP/1.1\r\n\r\n", "http-put": b"PUT / HTTP/1.1\r\n\r\n",
    "http-head": b"HEAD / HTTP/1.1\r\n\r\n", "http-connect": b"CONNECT localhost:443 HTTP/1.1\r\n\r\n",
    "http-answer": b"HTTP/1.1 400 Bad Request\r\n\r\n", "http-four-bytes": b"GET ", "ssh": b"SSH-2.0-OpenSSH_9.9\r\n",
    "zeros": bytes(32), "ones": b"\xff" * 32, "ssl2": bytes.fromhex("802e010002001500000010") + bytes(37),
}


def case(name, setup, steps):
    """A case as data."""
    marked = [(step.removesuffix("?"), step.endswith("?")) for step in steps]
    return {"case": name, "setup": setup, "steps": marked}


def placed(steps, side):
    """Steps with the ends put in."""
    peer = "s" if side == "c" else "c"
    ends = {"S": side, "P": peer}
    return [" ".join(ends.get(word, word) for word in step.split(" ")) for step in steps]


def state_cases():
    """Each call in each state; then the same call again, and what the peer makes of it."""
    for tls in VERSIONS:
        for side in SIDES:
            for state, way in {**STATES, **HALFWAY[side]}.items():
                name, setup = f"{side}/{state}", {"tls": tls}
                asked = [f"S {fact}?" for fact in FACTS]
                counted = [f"{step}?" for step in way]
                yield case(f"{name}/facts/{tls}", setup, placed(counted + asked, side))
                for call, once in CALLS.items():
                    ours = [f"S {step}?" for step in once]
                    after = ["S pending?", "P deliver", "P read 1024?", "P read 1024?"]
                    yield case(f"{name}/{call}/{tls}", setup, placed([*way, *ours, *ours, *after], side))


def sequence_cases():
    """Longer conversations."""
    sequences = {
        "all-of-long-data": ["connect", "c write 40000?", "s deliver", *["s read 100000?"] * 4],
        "small-reads": ["connect", "c write 25?", "s deliver", *["s read 10?", "s pending?"] * 4],
        "one-record-each": ["connect", *["c write 3?"] * 3, "s deliver", *["s read 100?"] * 4],
        "both-ways": ["connect", "c write 10?", "s write 20?", "s deliver", "c deliver", "s read 50?", "c read 50?"],
        "half-close": [
            "connect", "c unwrap?", "s deliver", "s read 10?", "s read 10?", "s write 4?", "c deliver", "c read 10?", "s unwrap?",
            "s read 10?", "s write 4?", "c deliver", "c unwrap?", "c unwrap?", "c read 10?", "c version?", "s version?",
        ],
        "late-data-read": [
            "connect", "c unwrap?", "s write 4?", "s deliver", "s unwrap?", "c deliver", "c read 10?", "c read 10?", "c unwrap?",
        ],
        "late-data-unwrapped": [
            "connect", "c unwrap?", "s write 4?", "s deliver", "s unwrap?", "c deliver", "c unwrap?", "c read 10?", "c unwrap?",
        ],
        "starttls-out": [
            "connect", "s unwrap?", f"c inject {PLAIN}", "c deliver", "c unwrap?", "c bio?", "c take 5?", "c take 100?", "c bio?",
        ],
        "truncated-after-data": ["connect", "c write 10?", "s deliver", "s eof", "s read 10?", "s read 10?", "s write 10?"],
        "write-after-eof": ["connect", "s eof", "s write 10?", "s read 10?", "s write 10?", "s unwrap?", "s unwrap?"],
        "close-after-eof": ["connect", "s eof", "s unwrap?", "s unwrap?", "s read 10?"],
        "bad-record-both-ends": [
            "connect", "c write 10?", "s flip", "s deliver", "s read 10?", "s read 10?", "s version?", "s peercert?", "c deliver",
            "c read 10?", "c read 10?", "c write 10?", "c unwrap?", "c handshake?", "c version?", "c cipher?", "c peercert?",
        ],
        "handshake-again": ["connect", "c handshake?", "s handshake?", "c write 10?", "s handshake?", "s deliver", "s read 10?"],
        "implicit-by-read": ["c read 10?", "s deliver", "s read 10?", "c deliver", "c read 10?", "s deliver", "s read 10?"],
        "implicit-by-write": [
            "c write 10?", "s deliver", "s write 10?", "c deliver", "c write 10?", "s deliver", "s write 10?", "c deliver",
            "c write 10?",
        ],
        "piece-by-piece": [
            "connect", "c write 2?", "s deliver 1", "s read 10?", "s deliver 4", "s read 10?", "s deliver 10", "s read 10?", "s deliver",
            "s read 10?", "s read 10?",
        ],
        "after-closed-nothing-is-taken": [
            "connect", "c unwrap", "s inject 1703030005aaaaaaaaaa", "s deliver", "s read 10?", "s bio?", "s read 10?", "s bio?",
            "s unwrap?", "s bio?",
        ],
        "oversize-record": ["connect", "s inject 17030348000000", "s deliver", "s read 10?", "s read 10?"],
        "unknown-record-type": ["connect", "s inject 6303030001aa", "s deliver", "s read 10?", "s read 10?"],
        "empty-records": ["connect", "s inject 1703030000", "s deliver", "s read 10?"],
        "bio": [
            "connect", "c bio?", "c put 0?", "c bio?", "c put 10?", "c bio?", "c take 3?", "c take 0?", "c bio?", "c eof", "c bio?", "c put 0?",
            "c put 1?", "c take 100?", "c bio?", "c take 100?", "c eof", "c bio?",
        ],
        "resumed": [
            "connect", "c session?", "s session?", "c reused?", "resume localhost?", "c reused?", "connect?", "c reused?", "s reused?",
            "c peercert?", "c peer?", "c version?", "c cipher?", "c alpn?", "c binding tls-unique?",
            "c compression?", "s compression?",
        ],
        "resumed-for-another-name": ["connect", "resume other.example?"],
    }
    for tls in VERSIONS:
        for name, steps in sequences.items():
            yield case(f"sequence/{name}/{tls}", {"tls": tls}, steps)


def negotiation_cases():
    """What both ends agree on, and what they cannot."""
    handshake = [*(f"{step}?" for step in ("c handshake", "s deliver", "s handshake", "c deliver", "c handshake")),
                 "s deliver", "s handshake?", "c deliver", "c handshake?", "c read 10?", "c alpn?", "s alpn?"]
    for tls in VERSIONS:
        yield case(f"alpn/none-shared/{tls}", {"tls": tls, "alpn": ["unknown"]}, handshake)
        yield case(f"alpn/second-shared/{tls}", {"tls": tls, "alpn": ["http/1.1", "h2"]}, handshake)
        yield case(f"name/unverified/{tls}", {"tls": tls, "verify": False, "check_name": False}, [*handshake, "c peer?", "c peercert?"])
        yield case(f"name/none-though-checked/{tls}", {"tls": tls, "name": None}, handshake)
        yield case(f"name/none-unchecked/{tls}", {"tls": tls, "name": None, "check_name": False}, handshake)
        other = "1.3" if tls == "1.2" else "1.2"
        yield case(f"version/none-shared/{tls}", {"tls": tls, "server_tls": other}, handshake)


def verification_cases():
    """Certificates that are accepted and that are not, of servers and of clients."""
    steps = ["c handshake", "s deliver", "s handshake", "c deliver", "c handshake?", "s deliver", "s handshake?", "c deliver",
             "c handshake?", "c read 10?", "c read 10?", "s read 10?"]
    for tls in VERSIONS:
        for name, setup in SHOWN.items():
            identity = IDENTITY.get(name, name)
            facts = ["c peercert?", "c peer?"]
            yield case(f"server-certificate/{name}/{tls}", {"tls": tls, "server": identity, **setup}, steps + facts)
            if name.startswith(SERVERS):
                continue
            ours = {"tls": tls, "server": "server-of-others", "ask": "required", "client": f"client:{identity}", **setup}
            ours["trust"] = [f"client:{it}" for it in setup.get("trust", ["root"])] + ["others"]
            yield case(f"client-certificate/{name}/{tls}", ours, [*steps, "s peercert?", "s peer?"])
        for ask in ("none", "optional", "required"):
            for client in (None, "client:server"):
                setup = {"tls": tls, "ask": ask, "client": client}
                shown = "without" if client is None else "with"
                yield case(f"client-certificate/{ask}-{shown}/{tls}", setup, [*steps, "s peercert?", "s peer?"])


def stranger_cases():
    """First bytes that are no TLS, and alerts before anything else."""
    for tls in VERSIONS:
        for name, sent in STRANGERS.items():
            for side in SIDES:
                began = ["c handshake"] if side == "c" else []
                steps = [*began, f"{side} inject {sent.hex()}", f"{side} deliver", *[f"{side} handshake?"] * 2, f"{side} read 10?"]
                yield case(f"{side}/stranger/{name}/{tls}", {"tls": tls}, steps)
        for alert in ALERTS:
            steps = ["c handshake", f"c inject 150303000202{alert:02x}", "c deliver", "c handshake?"]
            yield case(f"c/alert/{alert}/{tls}", {"tls": tls}, steps)


def all_cases():
    """Every case, in the order of the corpus."""
    yield from state_cases()
    yield from sequence_cases()
    yield from negotiation_cases()
    yield from verification_cases()
    yield from stranger_cases()
