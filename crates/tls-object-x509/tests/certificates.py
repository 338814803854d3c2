#!/usr/bin/env python3
"""Makes certificates and asks CPython what getpeercert() would tell of them.

    certificates.py > certificates.json      the certificates of the tests, with CPython's answers
    certificates.py --names > ../src/objects.txt
                                             what OpenSSL calls each object that it knows
    certificates.py --mutate N SEED          N certificates with a fault each that CPython still reads
    certificates.py --serve                  an answer, a line of JSON, for each line of hexadecimal DER on stdin

No certificate here is signed, and no key is one: nothing that is tested looks at either.
"""

import json
import os
import random
import ssl
import sys
import tempfile

import _ssl

# DER.


def tlv(tag, *contents):
    content = b"".join(contents)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def seq(*contents):
    return tlv(0x30, *contents)


def set_of(*contents):
    return tlv(0x31, *contents)


def integer(value):
    size = max(1, (value if value >= 0 else ~value).bit_length() // 8 + 1)
    return tlv(2, value.to_bytes(size, "big", signed=True))


def oid(dotted):
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    out = b""
    for arc in [first * 40 + second, *rest]:
        encoded = bytes([arc & 0x7F])
        while arc := arc >> 7:
            encoded = bytes([0x80 | arc & 0x7F]) + encoded
        out += encoded
    return tlv(6, out)


def utf8(text):
    return tlv(0x0C, text.encode())


def printable(text):
    return tlv(0x13, text.encode())


def utc(text):
    return tlv(0x17, text.encode())


def generalized(text):
    return tlv(0x18, text.encode())


CN, O, OU, C, ST, L, EMAIL = (
    "2.5.4.3", "2.5.4.10", "2.5.4.11", "2.5.4.6", "2.5.4.8", "2.5.4.7", "1.2.840.113549.1.9.1",
)


def attribute(dotted, value):
    return seq(oid(dotted), value)


def name(*parts):
    """Each part is one attribute or a list of them."""
    return seq(*(set_of(*(part if isinstance(part, list) else [part])) for part in parts))


def common_name(text):
    return name(attribute(CN, utf8(text)))


def extension(dotted, content, critical=None):
    flag = b"" if critical is None else tlv(1, b"\xff" if critical else b"\0")
    return seq(oid(dotted), flag, tlv(4, content))


SAN, CRL_DP, AIA, CONSTRAINTS = "2.5.29.17", "2.5.29.31", "1.3.6.1.5.5.7.1.1", "2.5.29.19"
OCSP, CA_ISSUERS = "1.3.6.1.5.5.7.48.1", "1.3.6.1.5.5.7.48.2"

ECDSA_SHA256 = seq(oid("1.2.840.10045.4.3.2"))
KEY = seq(seq(oid("1.3.101.112")), tlv(3, b"\0", bytes(32)))


def certificate(
    subject=common_name("subject"),
    issuer=common_name("issuer"),
    serial=integer(1),
    version=2,
    not_before=utc("250102030405Z"),
    not_after=utc("351112131415Z"),
    extensions=(),
    between=b"",
):
    head = b"" if version is None else tlv(0xA0, integer(version))
    tail = tlv(0xA3, seq(*extensions)) if extensions else b""
    tbs = seq(
        head, serial, ECDSA_SHA256, issuer, seq(not_before, not_after), subject, KEY, between, tail
    )
    return seq(tbs, ECDSA_SHA256, tlv(3, b"\0", seq(integer(1), integer(1))))


def san(*names, **options):
    return certificate(extensions=[extension(SAN, seq(*names), **options)])


def dns(text):
    return tlv(0x82, text.encode())


def uri(text):
    return tlv(0x86, text.encode())


def ip(*octets):
    return tlv(0x87, bytes(octets))


def other_name(dotted, value):
    return tlv(0xA0, oid(dotted), tlv(0xA0, value))


def named(value, dotted=CN):
    return certificate(subject=name(attribute(dotted, value)))


def points(*contents):
    return certificate(extensions=[extension(CRL_DP, seq(*contents))])


def full_name(*names):
    return tlv(0xA0, tlv(0xA0, *names))


def access(*descriptions):
    return certificate(extensions=[extension(AIA, seq(*descriptions))])


def dates(not_before, not_after=utc("351112131415Z")):
    return certificate(not_before=not_before, not_after=not_after)


UPN, SRV, XMPP, NAI, SMTP = (
    "1.3.6.1.4.1.311.20.2.3", "1.3.6.1.5.5.7.8.7", "1.3.6.1.5.5.7.8.5", "1.3.6.1.5.5.7.8.8",
    "1.3.6.1.5.5.7.8.9",
)

CASES = {
    # Versions and numbers.
    "plain": certificate(),
    "version 1": certificate(version=None),
    "version 2 with unique identifiers": certificate(
        version=1, between=tlv(0x81, b"\0\1") + tlv(0x82, b"\0\2")
    ),
    "version 1 spelled out": certificate(version=0),
    "version 1 with extensions": certificate(
        version=None, extensions=[extension(SAN, seq(dns("v1.example")))]
    ),
    "version 8": certificate(version=7),
    "negative version": certificate(version=-5),
    "version beyond 64 bits": certificate(version=1 << 70),
    "serial 0": certificate(serial=integer(0)),
    "serial 127": certificate(serial=integer(127)),
    "serial 128": certificate(serial=integer(128)),
    "serial 0x0f00": certificate(serial=integer(0x0F00)),
    "serial of 20 bytes": certificate(serial=integer((1 << 159) - 3)),
    "serial of 35 bytes": certificate(serial=integer((1 << 279) - 1)),
    "serial of 36 bytes": certificate(serial=integer((1 << 287) - 1)),
    "serial of 100 bytes": certificate(serial=integer(0x42 << 792)),
    "negative serial -1": certificate(serial=integer(-1)),
    "negative serial -128": certificate(serial=integer(-128)),
    "negative serial -256": certificate(serial=integer(-256)),
    "negative large serial": certificate(serial=integer(-(1 << 150) + 7)),
    "padded serial": certificate(serial=tlv(2, b"\0\1")),
    "empty serial": certificate(serial=tlv(2)),
    # Names.
    "empty subject": certificate(subject=name()),
    "empty subject and issuer": certificate(subject=name(), issuer=name()),
    "many attributes": certificate(
        subject=name(
            attribute(C, printable("DE")),
            attribute(ST, utf8("Baden-W\u00fcrttemberg")),
            attribute(L, utf8("K\u00f6ln")),
            attribute(O, utf8("Ex Ample & S\u00f6hne")),
            attribute(OU, utf8("one")),
            attribute(OU, utf8("two")),
            attribute("0.9.2342.19200300.100.1.25", tlv(0x16, b"example")),
            attribute("0.9.2342.19200300.100.1.1", utf8("uid")),
            attribute("2.5.4.5", printable("12345")),
            attribute("1.3.6.1.4.1.311.60.2.1.3", printable("US")),
            attribute("2.5.4.15", utf8("Private Organization")),
            attribute("2.5.4.97", utf8("NTRDE-HRB 1")),
            attribute(CN, utf8("\u540d\u524d")),
            attribute(EMAIL, tlv(0x16, b"a@b.example")),
        )
    ),
    "parts of several attributes": certificate(
        subject=name(
            attribute(C, printable("US")),
            [attribute(CN, utf8("a")), attribute(O, utf8("b")), attribute(OU, utf8("c"))],
            [attribute(CN, utf8("d"))],
            [attribute(L, utf8("e")), attribute(L, utf8("f"))],
        )
    ),
    "a part without attributes": certificate(subject=name([], attribute(CN, utf8("a")), [])),
    "unknown attributes": certificate(
        subject=name(
            attribute("1.2.3.4.5", utf8("a")),
            attribute("2.999.1", utf8("b")),
            attribute(f"2.5.{1 << 64}.{(1 << 130) + 1}", utf8("c")),
            attribute("0.0", utf8("d")),
            attribute("2.5.4.99999", utf8("e")),
        )
    ),
    "an arc of 200 bytes": certificate(subject=name(attribute(f"1.2.{1 << 1399}", utf8("x")))),
    "NUL in a name": named(utf8("good.example\0evil.example")),
    "control characters in a name": named(utf8("a\nb\tc\x7f\"'\\")),
    "empty text": named(utf8("")),
    "PrintableString": named(printable("a name")),
    "PrintableString with what it must not have": named(tlv(0x13, b"a*b@c_\xe9")),
    "IA5String": named(tlv(0x16, b"a@b")),
    "IA5String beyond ASCII": named(tlv(0x16, b"caf\xe9")),
    "T61String": named(tlv(0x14, b"caf\xe9 \xa4")),
    "NumericString": named(tlv(0x12, b"01 234")),
    "BMPString": named(tlv(0x1E, "B\u00fc\u65e5".encode("utf-16-be"))),
    "BMPString with a surrogate pair": named(tlv(0x1E, "\U0001f600".encode("utf-16-be"))),
    "BMPString of odd length": named(tlv(0x1E, b"\0a\0")),
    "UniversalString": named(tlv(0x1C, "U\U0001f600".encode("utf-32-be"))),
    "UniversalString beyond Unicode": named(tlv(0x1C, b"\0\x11\0\0")),
    "UniversalString of odd length": named(tlv(0x1C, b"\0\0\0a\0")),
    "UTF8String of four bytes": named(utf8("\U0001f600")),
    "UTF8String that is none": named(tlv(0x0C, b"caf\xe9")),
    "UTF8String with a surrogate": named(tlv(0x0C, b"\xed\xa0\x80")),
    "UTF8String spelled too long": named(tlv(0x0C, b"\xc0\x80")),
    "VisibleString": named(tlv(0x1A, b"visible")),
    "GeneralString": named(tlv(0x1B, b"general")),
    "BIT STRING": named(tlv(3, b"\0\x01\x02\xff"), "2.5.4.45"),
    "BIT STRING with unused bits": named(tlv(3, b"\x04\xff"), "2.5.4.45"),
    "empty BIT STRING": named(tlv(3, b"\0"), "2.5.4.45"),
    "INTEGER as an attribute": named(integer(5)),
    # Dates.
    "before 1950 and after 2049": dates(
        generalized("19491231235959Z"), generalized("20500101000000Z")
    ),
    "UTCTime at the turn": dates(utc("500101000000Z"), utc("491231235959Z")),
    "the year 9999": dates(utc("000229000000Z"), generalized("99991231235959Z")),
    "the years 0 and 1": dates(generalized("00000101000000Z"), generalized("00010203040506Z")),
    "without seconds": dates(utc("2501020304Z"), generalized("205001020304Z")),
    "with a time zone": dates(utc("250101000000+0130"), generalized("20501231235959-0800")),
    "with a time zone and without seconds": dates(utc("2501010000-0000")),
    "with fractions": dates(generalized("20500102030405.5Z"), generalized("20500102030405.123456Z")),
    "with a fraction and without seconds": dates(generalized("205001020304.5Z")),
    "a date that is none": dates(utc("250230000000Z"), utc("hello")),
    "a date without its end": dates(utc("250101000000"), utc("")),
    "a leap second": dates(utc("161231235960Z")),
    "a month that is none": dates(utc("251301000000Z")),
    "GeneralizedTime where UTCTime should be": dates(generalized("20250102030405Z")),
    # Other names of the subject.
    "one DNS name": san(dns("host.example")),
    "critical names without a subject": certificate(
        subject=name(), extensions=[extension(SAN, seq(dns("host.example")), critical=True)]
    ),
    "not critical, spelled out": san(dns("host.example"), critical=False),
    "names of every kind": san(
        other_name(UPN, utf8("user@ad.example")),
        tlv(0x81, b"mail@host.example"),
        dns("host.example"),
        tlv(0xA3, seq()),
        tlv(0xA4, name(attribute(C, printable("UK")), attribute(CN, utf8("dirname")))),
        tlv(0xA5, tlv(0xA0, utf8("assigner")), tlv(0xA1, utf8("party"))),
        uri("https://host.example/a?b=c"),
        ip(192, 0, 2, 1),
        tlv(0x88, oid("1.2.3.4.5")[2:]),
    ),
    "IPv4": san(ip(127, 0, 0, 1), ip(255, 255, 255, 255), ip(0, 0, 0, 0)),
    "IPv6": san(
        ip(*bytes(15), 1), ip(*bytes(16)), ip(0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0xAB, 0xCD, 0, 9)
    ),
    "addresses of odd length": san(ip(), ip(1), ip(1, 2, 3), ip(*range(5)), ip(*range(8)), ip(*bytes(32))),
    "NUL in the other names": san(
        dns("altnull.example\0evil.example"),
        tlv(0x81, b"null@example\0user@evil"),
        uri("http://null.example\0http://evil"),
    ),
    "a wildcard and an empty name": san(dns("*.example"), dns("")),
    "UTF-8 in a DNS name": san(tlv(0x82, "b\u00fccher.example".encode())),
    "Latin-1 in a DNS name": san(tlv(0x82, b"b\xfccher.example")),
    "Latin-1 in an email address": san(tlv(0x81, b"\xfc@example")),
    "Latin-1 in a URI": san(tlv(0x86, b"http://\xfc")),
    "other names": san(
        other_name(UPN, utf8("upn")),
        other_name(XMPP, utf8("xmpp.example")),
        other_name(SRV, tlv(0x16, b"_srv.example")),
        other_name(NAI, utf8("realm.example")),
        other_name(SMTP, utf8("m\u00e4il@example")),
    ),
    "other names of the wrong type": san(
        other_name(UPN, tlv(0x16, b"upn")),
        other_name(SRV, utf8("_srv")),
        other_name("1.2.3.4", integer(5)),
        other_name("1.2.3.4", seq()),
    ),
    "an unknown other name that is a text": san(other_name("1.2.3.4", utf8("text"))),
    "an other name with a colon": san(other_name(UPN, utf8("a:b:c"))),
    "an other name with NUL": san(other_name(UPN, utf8("a\0b"))),
    "an other name of two lines": san(other_name(UPN, utf8("a\nb")), other_name(UPN, utf8("c"))),
    "a long other name": san(other_name(UPN, utf8("x" * 2040))),
    "an other name that is no text": san(other_name(UPN, tlv(0x0C, b"caf\xe9"))),
    "an empty other name": san(other_name(UPN, utf8(""))),
    "registered identifiers": san(
        *(tlv(0x88, oid(it)[2:]) for it in ("2.5.4.3", "1.3.6.1.5.5.7.3.1", "2.999", "1.2.840.113549.1.1.11"))
    ),
    "a directory name of several parts": san(
        tlv(0xA4, name([attribute(CN, utf8("a")), attribute(O, utf8("b"))], attribute("1.2.3", utf8("c"))))
    ),
    "an empty directory name": san(tlv(0xA4, name())),
    "a directory name with a BIT STRING": san(tlv(0xA4, name(attribute("2.5.4.45", tlv(3, b"\0\1"))))),
    "EDI party without assigner": san(tlv(0xA5, tlv(0xA1, printable("party")))),
    "EDI party without party": san(tlv(0xA5, tlv(0xA0, printable("assigner")))),
    "no other names": san(),
    "other names that are none": certificate(extensions=[extension(SAN, b"\x30\x03\x82\x05a")]),
    "other names of an unknown kind": san(tlv(0x89, b"x")),
    "other names and more": certificate(
        extensions=[extension(SAN, seq(dns("host.example")) + b"\x05\0")]
    ),
    "other names twice": certificate(
        extensions=[extension(SAN, seq(dns("a.example"))), extension(SAN, seq(dns("b.example")))]
    ),
    # Where things are.
    "authority information": access(
        seq(oid(OCSP), uri("http://ocsp.example/1")),
        seq(oid(CA_ISSUERS), uri("http://ca.example/ca.crt")),
        seq(oid(OCSP), uri("http://ocsp.example/2")),
        seq(oid(CA_ISSUERS), uri("ldap://ca.example/cn=ca")),
        seq(oid("1.3.6.1.5.5.7.48.3"), uri("http://other.example")),
    ),
    "authority information that is no URI": access(
        seq(oid(OCSP), dns("ocsp.example")), seq(oid(CA_ISSUERS), tlv(0xA4, name()))
    ),
    "authority information of one kind": access(seq(oid(CA_ISSUERS), uri("http://ca.example"))),
    "no authority information": access(),
    "authority information that is no text": access(seq(oid(OCSP), tlv(0x86, b"http://\xfc"))),
    "distribution points": points(
        seq(full_name(uri("http://crl.example/1"), uri("ldap://crl.example/2"), dns("no.example"))),
        seq(full_name(uri("http://crl.example/3")), tlv(0x81, b"\1\6"), tlv(0xA2, tlv(0x82, b"issuer"))),
    ),
    "a distribution point without a name": points(seq(tlv(0x81, b"\1\6"))),
    "a distribution point with an issuer only": points(seq(tlv(0xA2, tlv(0xA4, common_name("ca"))))),
    "an empty distribution point": certificate(
        extensions=[extension(SAN, seq(dns("host.example"))), extension(CRL_DP, seq(seq()))]
    ),
    "distribution points of which one is empty": points(seq(), seq(full_name(uri("http://crl.example")))),
    "no distribution points": points(),
    "a distribution point that is a directory": points(seq(full_name(tlv(0xA4, common_name("crl"))))),
    "a distribution point that is no text": points(seq(full_name(tlv(0x86, b"\xff")))),
    # Extensions.
    "unknown extensions": certificate(
        extensions=[
            extension("1.2.3.4", b"anything", critical=True),
            extension(CONSTRAINTS, seq(tlv(1, b"\xff"))),
            extension(SAN, seq(dns("host.example"))),
        ]
    ),
    "everything": certificate(
        subject=name(attribute(C, printable("US")), attribute(CN, utf8("everything"))),
        extensions=[
            extension(AIA, seq(seq(oid(OCSP), uri("http://o")), seq(oid(CA_ISSUERS), uri("http://i")))),
            extension(CRL_DP, seq(seq(full_name(uri("http://c"))))),
            extension(SAN, seq(dns("d"), ip(10, 0, 0, 1))),
        ],
    ),
    # Not quite DER.
    "lengths spelled long": b"\x30\x84" + (len(certificate()) - 3).to_bytes(4, "big") + certificate()[3:],
    "a certificate cut short": certificate()[:-1],
}


def decode(der):
    """What CPython says of a certificate; None if it raises an error."""
    with tempfile.NamedTemporaryFile("w", suffix=".pem", delete=False) as file:
        file.write(ssl.DER_cert_to_PEM_cert(der))
    try:
        return _ssl._test_decode_cert(file.name)
    except (ssl.SSLError, ValueError):
        return None
    finally:
        os.unlink(file.name)


def answer(name, der):
    return {"name": name, "pem": ssl.DER_cert_to_PEM_cert(der), "dictionary": decode(der)}


def is_tagged_as_der_is(der):
    """Whether no value has a tag that BER has and DER has not, as far as can be told: strings in pieces, which OpenSSL
    reads, and tags of several bytes."""
    while len(der) >= 2:
        tag, size, start = der[0], der[1], 2
        if size >= 0x80:
            start += size & 0x7F
            size = int.from_bytes(der[2:start], "big")
        content, der = der[start : start + size], der[start + size :]
        number, constructed, of_context = tag & 0x1F, tag & 0x20, tag >= 0x80
        if number == 0x1F:
            return False
        if of_context and constructed and number in (1, 2, 6, 7, 8):
            return False
        if not of_context and bool(constructed) != (number in (16, 17)):
            return False
        if (constructed or tag == 4) and not is_tagged_as_der_is(content):
            return False
    return True


def mutated(count, seed):
    """Certificates with one byte changed, of which CPython makes something."""
    source = random.Random(seed)
    originals = list(CASES.items())
    while count:
        name, der = source.choice(originals)
        at = source.randrange(len(der))
        changed = bytearray(der)
        changed[at] = source.choice([source.randrange(256), changed[at] ^ 1 << source.randrange(8)])
        if not is_tagged_as_der_is(bytes(changed)):
            continue
        case = answer(f"{name}, byte {at} is {changed[at]:#x}", bytes(changed))
        if changed != der and case["dictionary"] is not None:
            count -= 1
            yield case


def serve():
    """Answers for one certificate after another."""
    for line in sys.stdin:
        der = bytes.fromhex(line)
        told = {"der": is_tagged_as_der_is(der), "dictionary": decode(der)}
        print(json.dumps(told, default=as_json), flush=True)


def as_json(bits):
    """What is no text and yet in a dictionary."""
    return {"bytes": bits.hex()}


def names():
    """The identifier and the long name of each object that has both."""
    for nid in range(1, 10_000):
        try:
            _, _, long_name, dotted = _ssl.nid2obj(nid)
        except ValueError:
            continue
        if dotted:
            yield f"{dotted} {long_name}"


def main():
    if sys.argv[1:] == ["--names"]:
        print("\n".join(sorted(set(names()))))
        return
    if sys.argv[1:] == ["--serve"]:
        serve()
        return
    if sys.argv[1:2] == ["--mutate"]:
        cases = list(mutated(int(sys.argv[2]), int(sys.argv[3])))
    else:
        cases = [answer(name, der) for name, der in CASES.items()]
    lines = ",\n".join(json.dumps(case, default=as_json) for case in cases)
    python = ".".join(map(str, sys.version_info[:3]))
    print(f'{{"python": "{python}", "openssl": "{ssl.OPENSSL_VERSION}", "cases": [\n{lines}\n]}}')


if __name__ == "__main__":
    main()
