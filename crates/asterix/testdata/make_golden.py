"""Makes golden.txt: random valid records of every table, each leaf as libasterix reads it.

    python3 -m venv env && env/bin/pip install libasterix==0.36.3 && env/bin/python make_golden.py > golden.txt

A line is `CATEGORY EDITION HEX-OF-THE-RECORD PATH=RAW ...`, values as unsigned numbers, explicit
items as `x` and hex. libasterix is under the MIT licence; this file is its output. The random
octets are built here, item by item, from its classes; libasterix parses them back.
"""
import random
from asterix import base as b, generated as g

EDITIONS = {1: ["1.4"], 2: ["1.2"], 21: ["0.26", "2.1", "2.7"], 34: ["1.29"], 48: ["1.32"],
            62: ["1.21"], 63: ["1.7"], 65: ["1.6"]}
RECORDS = 20
rng = random.Random(20261123)


def some(v, fixed=None):
    """A random argument for `v.create`."""
    if issubclass(v, b.Element):
        return rng.getrandbits(v.cv_bit_size)
    if issubclass(v, b.Group):
        return rng.getrandbits(v.cv_bit_size)
    if issubclass(v, b.Extended):
        parts = v.cv_items_list[: rng.randint(1, len(v.cv_items_list))]
        return tuple(tuple(None if p is None else rng.getrandbits(p[1]) for p in part) for part in parts)
    if issubclass(v, b.Repetitive):
        low = 1 if v.cv_rep_bytes is None else 0
        return [some(v.cv_variation) for _ in range(rng.randint(low, 4))]
    if issubclass(v, b.Explicit):
        return rng.randbytes(rng.randint(0, 6))
    if issubclass(v, b.Compound):
        names = [i for i in v.cv_items_list if i is not None and rng.random() < 0.4]
        return {i.cv_name: some(variation(i)) for i in names}
    raise TypeError(v)


def variation(non_spare):
    return non_spare.cv_rule.cv_variation


def leaves(path, v, out):
    if isinstance(v, b.Element):
        out.append((path, str(v.as_uint())))
    elif isinstance(v, b.Group):
        for i in v.arg:
            if isinstance(i, b.Item):
                leaves(f"{path}/{i.cv_non_spare.cv_name}", i.arg.arg.arg, out)
    elif isinstance(v, b.Extended):
        for part in v.arg:
            for i in part:
                if isinstance(i, b.Item):
                    leaves(f"{path}/{i.cv_non_spare.cv_name}", i.arg.arg.arg, out)
    elif isinstance(v, b.Repetitive):
        for n, i in enumerate(v.arg):
            leaves(f"{path}/{n}", i, out)
    elif isinstance(v, b.Explicit):
        out.append((path, "x" + v.get_bytes().hex()))
    elif isinstance(v, b.Compound):
        for i in v.cv_items_list:
            if i is not None and i.cv_name in v.arg:
                leaves(f"{path}/{i.cv_name}", v.arg[i.cv_name].arg.arg, out)
    else:
        raise TypeError(v)


def record(cls, must):
    args, rfs = {}, []
    for i in cls.cv_items_list:
        if issubclass(i, b.UapItem):
            n = i.cv_non_spare
            if n.cv_name in must or rng.random() < 0.35:
                value = some(variation(n))
                args[n.cv_name] = must.get(n.cv_name, lambda x: x)(value)
    if any(issubclass(i, b.UapItemRFS) for i in cls.cv_items_list) and rng.random() < 0.3:
        absent = [i.cv_non_spare for i in cls.cv_items_list
                  if issubclass(i, b.UapItem) and i.cv_non_spare.cv_name not in args]
        rfs = [(n.cv_name, some(variation(n))) for n in rng.sample(absent, min(2, len(absent)))]
    made = cls._create(args, rfs) if rfs else cls._create(args)
    octets = made.unparse().to_bytes()
    parsed, rest = cls._parse(b.ParsingMode.StrictParsing, b.Bits.from_bytes(octets))
    assert len(rest) == 0
    out, rfss = [], list(parsed.items_rfs)
    for i in cls.cv_items_list:
        if issubclass(i, b.UapItem):
            name = i.cv_non_spare.cv_name
            if name in parsed.items_regular:
                leaves(name, parsed.items_regular[name].arg.arg, out)
        elif issubclass(i, b.UapItemRFS) and rfss:
            for n, (name, obj) in enumerate(rfss.pop(0) or []):
                leaves(f"RFS/{n}/{name}", obj.arg.arg, out)
    return octets, out


for cat, editions in EDITIONS.items():
    for edition in editions:
        spec = [c for c in g.manifest["CATS"][cat] if ".".join(map(str, c.cv_edition)) == edition][0]
        uap = spec.cv_uap
        if issubclass(uap, b.UapSingle):
            profiles = [(uap.cv_record, None)]
        else:
            profiles = [(uap.cv_uaps[name], value) for value, name in uap.cv_selector[1].items()]
        for cls, chosen in profiles:
            for _ in range(RECORDS):
                must = {"010": lambda x: x}
                if chosen is not None:
                    # The first bit of 020 chooses the profile.
                    must["020"] = lambda x: ((chosen,) + x[0][1:],) + x[1:]
                octets, out = record(cls, must)
                print(f"{cat:03}", edition, octets.hex(), *(f"{p}={v}" for p, v in out))
