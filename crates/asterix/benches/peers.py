"""How fast another decoder reads a corpus: `python peers.py PEER FILE SECONDS`.

Prints MB of ASTERIX per second of processor time, one thread, block by block. PEER is
`asterix-decoder` (Croatia Control, values of every item as Python objects) or `libasterix` (every
element visited, as its classes give it); each runs where it is installed.
"""
import sys
import time

peer, path, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
octets = open(path, "rb").read()
blocks, at = [], 0
while at + 3 <= len(octets):
    length = octets[at + 1] << 8 | octets[at + 2]
    blocks.append(octets[at:at + length])
    at += length

if peer == "asterix-decoder":
    import asterix

    def read(block):
        return len(asterix.parse(block, verbose=False))
else:
    import asterix.base as b
    import asterix.generated as g

    newest = lambda spec: tuple(int(n) for n in spec.cv_edition)
    EDITIONS = {cat: max(editions, key=newest) for cat, editions in g.manifest["CATS"].items()}
    sys.setrecursionlimit(100_000)

    def visit(v):
        if isinstance(v, b.Element):
            return v.as_uint() & 1
        if isinstance(v, b.Group):
            return sum(visit(i.arg.arg.arg) for i in v.arg if isinstance(i, b.Item))
        if isinstance(v, b.Extended):
            return sum(visit(i.arg.arg.arg) for part in v.arg for i in part if isinstance(i, b.Item))
        if isinstance(v, b.Repetitive):
            return sum(visit(i) for i in v.arg)
        if isinstance(v, b.Compound):
            return sum(visit(i.arg.arg) for i in v.arg.values())
        return 0

    def read(block):
        raw = b.RawDatablock.parse(b.Bits.from_bytes(block))
        uap = EDITIONS[block[0]].cv_uap
        cls = uap.cv_record if issubclass(uap, b.UapSingle) else list(uap.cv_uaps.values())[0]
        bits, count = raw[0].get_raw_records() if isinstance(raw, list) else raw.get_raw_records(), 0
        while len(bits):
            record, bits = cls._parse(b.ParsingMode.StrictParsing, bits)
            for item in record.items_regular.values():
                count += visit(item.arg.arg)
        return count

start, done = time.process_time(), 0
while time.process_time() - start < seconds:
    for block in blocks:
        read(block)
        done += len(block)
        if time.process_time() - start > seconds:
            break
print(f"{done / (time.process_time() - start) / 1e6:.3f}")
