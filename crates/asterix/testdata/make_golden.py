"""Makes golden.txt.gz: random valid records of every table, each leaf as libasterix reads it.

    python3 -m venv env && env/bin/pip install libasterix==0.36.3
    env/bin/python make_golden.py golden.txt.gz [RECORDS_PER_TABLE]
    env/bin/python make_golden.py --read < records.txt

A line is `CATEGORY EDITION HEX-OF-THE-RECORD PATH=LEAF ...`; EDITION is `1.32` or, where the
reserved expansion field is laid out too, `1.32+1.13`. A leaf is its bits as an unsigned number,
with `:VALUE` behind it, as an exact fraction, where it is a number of steps; octets (explicit
items, elements of more than 64 bits) are `x` and hex. Spare bits are zero.

libasterix is under the MIT licence; the file is its output. The random octets are built here, item
by item, from its classes; libasterix parses them back. Random field sequences are made with
`_create`, because `set_item` of 0.36.3 raises TypeError for records that may have one. Records are
parsed one by one, because its parsers of whole datagrams recurse once for each block.
"""
import gzip
import random
import sys
from fractions import Fraction

try:
    from asterix import base as b, generated as g
except ImportError as absent:
    # As test harnesses have it: not a failure, there is nothing to compare with.
    print(absent, file=sys.stderr)
    sys.exit(77)

# Where spec/ERRATA.md says otherwise than libasterix: (category, path) to (signed, step).
ERRATA = {
    (10, "202/VX"): (True, Fraction(1, 4)), (10, "202/VY"): (True, Fraction(1, 4)),
    (10, "210/AX"): (True, Fraction(1, 4)), (10, "210/AY"): (True, Fraction(1, 4)),
    (17, "045/LAT"): (True, Fraction(180, 2**23)), (17, "045/LON"): (True, Fraction(180, 2**23)),
    (25, "600/LON"): (True, Fraction(180, 2**31)),
    (48, "090/FL"): (True, Fraction(1, 4)),
}
rng = random.Random(20261123)


def some(v):
    """A random argument for `v.create`."""
    if issubclass(v, b.Element):
        return rng.getrandbits(v.cv_bit_size)
    if issubclass(v, b.Group):
        return tuple(part(p) for p, _ in v.cv_items_list)
    if issubclass(v, b.Extended):
        segments = v.cv_items_list[: rng.randint(1, len(v.cv_items_list))]
        return tuple(tuple(None if p is None else part(p[0]) for p in segment) for segment in segments)
    if issubclass(v, b.Repetitive):
        low = 1 if v.cv_rep_bytes is None else 0
        wide = issubclass(v.cv_variation, b.Element) and v.cv_variation.cv_bit_size > 64
        return [some(v.cv_variation) for _ in range(rng.randint(low, 1 if wide else 4))]
    if issubclass(v, b.Explicit):
        return rng.randbytes(rng.randint(0, 6))
    if issubclass(v, b.Compound):
        names = [i for i in v.cv_items_list if i is not None and rng.random() < 0.4]
        return {i.cv_name: some(variation(i)) for i in names}
    raise TypeError(v)


def part(p):
    return 0 if issubclass(p, b.Spare) else some(variation(p.cv_non_spare))


def variation(non_spare):
    rule = non_spare.cv_rule
    return rule.cv_default_variation if issubclass(rule, b.RuleVariationDependent) else rule.cv_variation


class Leaves:
    """Walks a parsed record; `found` is (path, text)."""

    def __init__(self, category):
        self.category, self.found = category, []

    def keys(self, paths, base):
        """Values of the elements that decide, the nearest met so far; None where one is missing."""
        values = []
        for path in paths:
            wanted = base + "/".join(path)
            values.append(next((int(text.split(":")[0]) for at, text in reversed(self.found) if at == wanted), None))
        return values

    def rule(self, path, rule, base):
        if isinstance(rule, b.RuleVariationDependent):
            keys = self.keys(rule.cv_depends_on, base)
            if any(keys == of for of, _ in rule.cv_cases):
                return self.walk(path, rule._variation(tuple(keys)), base)
            return self.walk(path, rule._variation(None), base)
        self.walk(path, rule.arg, base)

    def walk(self, path, v, base=""):
        if isinstance(v, b.Element):
            self.element(path, v, base)
        elif isinstance(v, b.Group):
            for i in v.arg:
                if isinstance(i, b.Item):
                    self.rule(f"{path}/{i.cv_non_spare.cv_name}", i.arg.arg, base)
        elif isinstance(v, b.Extended):
            for segment in v.arg:
                for i in segment:
                    if isinstance(i, b.Item):
                        self.rule(f"{path}/{i.cv_non_spare.cv_name}", i.arg.arg, base)
        elif isinstance(v, b.Repetitive):
            for n, i in enumerate(v.arg):
                self.walk(f"{path}/{n}", i, base)
        elif isinstance(v, b.Explicit):
            self.found.append((path, "x" + v.get_bytes().hex()))
        elif isinstance(v, b.Compound):
            for i in v.cv_items_list:
                if i is not None and i.cv_name in v.arg:
                    self.rule(f"{path}/{i.cv_name}", v.arg[i.cv_name].arg, base)
        else:
            raise TypeError(v)

    def element(self, path, v, base):
        if v.cv_bit_size > 64:
            self.found.append((path, "x" + v.unparse().to_bytes().hex()))
            return
        rule = v.cv_rule
        if issubclass(rule, b.RuleContentDependent):
            keys = self.keys(rule.cv_depends_on, base)
            content = dict((tuple(of), c) for of, c in rule.cv_cases).get(tuple(keys), rule.cv_default_content)
        else:
            content = rule.cv_content
        raw, text = v.as_uint(), str(v.as_uint())
        if issubclass(content, b.ContentQuantity):
            signed, step = content.cv_signedness is b.Signed, Fraction(content.cv_lsb)
            if step.denominator > 1 << 40:
                # No power of two: the double nearest to a decimal fraction.
                step = Fraction(repr(content.cv_lsb))
            signed, step = ERRATA.get((self.category, path.removeprefix(base)), (signed, step))
            integer = raw - (1 << v.cv_bit_size) if signed and raw >> (v.cv_bit_size - 1) else raw
            text += f":{integer * step}"
        self.found.append((path, text))


def record(category, cls, must, expansion=None):
    args, rfs = {}, []
    for i in cls.cv_items_list:
        if issubclass(i, b.UapItem):
            n = i.cv_non_spare
            if n.cv_name in must or rng.random() < 0.35:
                args[n.cv_name] = must.get(n.cv_name, lambda x: x)(some(variation(n)))
    if any(issubclass(i, b.UapItemRFS) for i in cls.cv_items_list) and rng.random() < 0.3:
        absent = [i.cv_non_spare for i in cls.cv_items_list
                  if issubclass(i, b.UapItem) and i.cv_non_spare.cv_name not in args]
        rfs = [(n.cv_name, some(variation(n))) for n in rng.sample(absent, min(2, len(absent)))]
    made = cls._create(args, rfs) if rfs else cls._create(args)
    octets = made.unparse().to_bytes()
    return octets, leaves_of(category, cls, octets, expansion)


def leaves_of(category, cls, octets, expansion=None):
    """(path, text) of each leaf of a record."""
    parsed, rest = cls._parse(b.ParsingMode.StrictParsing, b.Bits.from_bytes(octets))
    assert len(rest) == 0
    leaves, rfss = Leaves(category), list(parsed.items_rfs)
    for i in cls.cv_items_list:
        if issubclass(i, b.UapItem):
            name = i.cv_non_spare.cv_name
            if name not in parsed.items_regular:
                continue
            item = parsed.items_regular[name]
            if name == "RE" and expansion is not None:
                layout, rest = expansion._parse(b.Bits.from_bytes(item.arg.arg.get_bytes()))
                assert len(rest) == 0
                for n in expansion.cv_items_list:
                    if n is not None and n.cv_name in layout.arg:
                        leaves.rule(f"RE/{n.cv_name}", layout.arg[n.cv_name].arg, "RE/")
            else:
                leaves.rule(name, item.arg, "")
        elif issubclass(i, b.UapItemRFS) and rfss:
            for n, (name, obj) in enumerate(rfss.pop(0) or []):
                leaves.rule(f"RFS/{n}/{name}", obj.arg, f"RFS/{n}/")
    return leaves.found


def edition(spec):
    return ".".join(map(str, spec.cv_edition))


def conflict(spec, must):
    """Three records of CAT004 in four are of a message type and class that decide I004/120 CPC."""
    record = spec.cv_uap.cv_record
    cc = variation(variation(record.cv_items_dict["120"]).cv_items_dict["CC"])
    rule = cc.cv_items_list[1][0].cv_non_spare.cv_rule
    (message, kind), case = rng.choice(rule.cv_cases)
    properties = case.create(some(case)).as_uint()
    must["000"] = lambda _: message
    must["120"] = lambda x: x | {"CC": (kind, properties) + x.get("CC", some(cc))[2:]}


def lines(spec, count):
    uap = spec.cv_uap
    if issubclass(uap, b.UapSingle):
        profiles = [(uap.cv_record, None)]
    else:
        profiles = [(uap.cv_uaps[name], value) for value, name in uap.cv_selector[1].items()]
    for cls, chosen in profiles:
        for _ in range(-(-count // len(profiles))):
            must = {"010": lambda x: x}
            if chosen is not None and len(uap.cv_selector[0]) == 1:
                must[uap.cv_selector[0][0]] = lambda _: chosen
            elif chosen is not None:
                # The first bit of I001/020 chooses the profile.
                must["020"] = lambda x: ((chosen,) + x[0][1:],) + x[1:]
            if spec.cv_category == 4 and rng.random() < 0.75:
                conflict(spec, must)
            yield edition(spec), *record(spec.cv_category, cls, must)


def expansion_lines(spec, newest, count):
    layout = spec.cv_expansion
    for _ in range(count):
        names = [n for n in layout.cv_items_list if n is not None and rng.random() < 0.5]
        octets = layout._create({n.cv_name: some(variation(n)) for n in names}).unparse().to_bytes()
        must = {"010": lambda x: x, "RE": lambda _: octets}
        made = record(spec.cv_category, newest.cv_uap.cv_record, must, layout)
        yield f"{edition(newest)}+{edition(spec)}", *made


def main(out, count):
    with gzip.GzipFile(out, "wb", mtime=0) as file:
        for category, specs in g.manifest["CATS"].items():
            made = [line for spec in specs for line in lines(spec, count)]
            for spec in g.manifest["REFS"].get(category, []):
                made += expansion_lines(spec, specs[-1], count)
            for name, octets, leaves in made:
                text = " ".join([f"{category:03}", name, octets.hex(), *(f"{path}={leaf}" for path, leaf in leaves)])
                file.write(text.encode() + b"\n")


def profile(uap, octets):
    """The record class of the profile that reads these octets as itself."""
    if issubclass(uap, b.UapSingle):
        return uap.cv_record
    path, names = uap.cv_selector
    for value, name in names.items():
        cls = uap.cv_uaps[name]
        try:
            found = leaves_of(0, cls, octets)
        except (AssertionError, TypeError, ValueError):
            # By the wrong profile a record ends elsewhere.
            continue
        if ("/".join(path), str(value)) in found:
            return cls
    raise ValueError(octets.hex())


def read(lines):
    """For each line that begins `CATEGORY EDITION HEX`: that and the leaves, as `main` writes them."""
    for line in lines:
        category, name, octets = line.split()[:3]
        spec = next(s for s in g.manifest["CATS"][int(category)] if edition(s) == name)
        cls = profile(spec.cv_uap, bytes.fromhex(octets))
        leaves = leaves_of(int(category), cls, bytes.fromhex(octets))
        print(category, name, octets, *(f"{path}={leaf}" for path, leaf in leaves))


if __name__ == "__main__" and sys.argv[1:] == ["--read"]:
    read(sys.stdin)
elif __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 24)
