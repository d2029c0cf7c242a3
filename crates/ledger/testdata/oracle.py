#!/usr/bin/env python3
"""An independent check of a ledger's files, written from RFC 6962 and the C2SP texts.

oracle.py vectors                         writes rfc6962.txt
oracle.py audit FOLDER ORIGIN VKEY [VKEY] checks a log; the second key is the cosigner's
"""
import base64, hashlib, pathlib, sys


def sha(b):
    return hashlib.sha256(b).digest()


def mth(d):
    if not d:
        return sha(b"")
    if len(d) == 1:
        return sha(b"\0" + d[0])
    k = split(len(d))
    return sha(b"\1" + mth(d[:k]) + mth(d[k:]))


def split(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def path(m, d):
    if len(d) == 1:
        return []
    k = split(len(d))
    return path(m, d[:k]) + [mth(d[k:])] if m < k else path(m - k, d[k:]) + [mth(d[:k])]


def subproof(m, d, whole):
    if m == len(d):
        return [] if whole else [mth(d)]
    k = split(len(d))
    if m <= k:
        return subproof(m, d[:k], whole) + [mth(d[k:])]
    return subproof(m - k, d[k:], False) + [mth(d[:k])]


LEAVES = [bytes.fromhex(x) for x in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f")]


def vectors():
    for n in range(len(LEAVES) + 1):
        print("root", n, mth(LEAVES[:n]).hex())
    for n in range(1, len(LEAVES) + 1):
        for m in range(n):
            print("path", m, n, *[h.hex() for h in path(m, LEAVES[:n])])
        for m in range(1, n + 1):
            print("consistency", m, n, *[h.hex() for h in subproof(m, LEAVES[:n], True)])


def number(n):
    groups = ["%03d" % (n % 1000)]
    while n >= 1000:
        n //= 1000
        groups.insert(0, "x%03d" % (n % 1000))
    return "/".join(groups)


def load(folder, name, n, width):
    for suffix in ([".p/%d" % width] if width < 256 else []) + [""]:
        f = folder / (name + "/" + number(n) + suffix)
        if f.is_file():
            return f.read_bytes()
    sys.exit("missing %s %d width %d" % (name, n, width))


def verify(vkey, text, sigs, kind):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    name, _, key = vkey.split("+", 2)
    public = base64.b64decode(key)[1:]
    key_id = sha(name.encode() + b"\n" + bytes([kind]) + public)[:4]
    for signer, blob in sigs:
        if signer == name and blob[:4] == key_id:
            message, signature = text.encode(), blob[4:]
            if kind == 4:
                time = int.from_bytes(signature[:8], "big")
                message = b"cosignature/v1\ntime %d\n" % time + message
                signature = signature[8:]
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
            return
    sys.exit("no signature of %s, type %d" % (name, kind))


def note(file):
    text, lines = file.read_bytes().decode().rsplit("\n\n", 1)
    sigs = [line[2:].split(" ") for line in lines.strip("\n").split("\n")]
    return text + "\n", [(name, base64.b64decode(sig)) for name, sig in sigs]


def audit(folder, origin, key, cosigner=None):
    folder = pathlib.Path(folder)
    text, sigs = note(folder / "checkpoint")
    verify(key, text, sigs, 1)
    said, size, root = text.split("\n")[:3]
    assert said == origin, said
    size = int(size)
    entries = []
    for n in range((size + 255) // 256):
        width = min(256, size - 256 * n)
        rest = load(folder, "tile/entries", n, width)
        for _ in range(width):
            length = int.from_bytes(rest[:2], "big")
            entries.append(rest[2:2 + length])
            rest = rest[2 + length:]
    assert base64.b64encode(mth(entries)).decode() == root, "root differs"
    level, hashes = 0, [sha(b"\0" + e) for e in entries]
    while hashes:
        above = []
        for n in range((len(hashes) + 255) // 256):
            row = hashes[256 * n:256 * n + 256]
            assert load(folder, "tile/%d" % level, n, len(row))[:32 * len(row)] == b"".join(row)
            if len(row) == 256:
                while len(row) > 1:
                    row = [sha(b"\1" + row[i] + row[i + 1]) for i in range(0, len(row), 2)]
                above.append(row[0])
        level, hashes = level + 1, above
    if cosigner:
        text, sigs = note(folder / "cosigned")
        verify(key, text, sigs, 1)
        verify(cosigner, text, sigs, 4)
        _, size, root = text.split("\n")[:3]
        assert base64.b64encode(mth(entries[:int(size)])).decode() == root
    print("sound", len(entries))


if __name__ == "__main__":
    {"vectors": vectors, "audit": audit}[sys.argv[1]](*sys.argv[2:])
