"""Makes registers.txt: random and real registers, each as pyModeS reads it.

    python3 -m venv env && env/bin/pip install pyModeS==3.6.1
    env/bin/python make_registers.py < comm_b.txt > registers.txt

pyModeS is under the GPL: a test oracle only, this is its output. A line is
`REGISTER HEX KEY=VALUE ...`, keys as pyModeS has them. comm_b.txt holds the 14-octet Comm-B replies
(DF 20, 21) of `data/modes/lax_public_first400s.beast.gz` in hexadecimal, one a line; for those a
line `infer HEX REGISTER` says which register pyModeS takes them for, `-` for none or several.
"""
import importlib
import random
import sys
import pyModeS

rng = random.Random(9871)
for name in "10 17 30 40 44 45 50 60".split():
    module = importlib.import_module(f"pyModeS.decoder.bds.bds{name}")
    decode = getattr(module, f"decode_bds{name}")
    for _ in range(60):
        payload = rng.getrandbits(56)
        if name in ("10", "30"):
            payload = payload & ((1 << 48) - 1) | int(name, 16) << 48
        fields = decode(payload)
        words = []
        for key, value in fields.items():
            if isinstance(value, list):
                value = "+".join(v.replace(",", "") for v in value)
            words.append(f"{key}={value}")
        print(name, f"{payload:014x}", *words)

lines = sorted(set(line.strip() for line in sys.stdin))
for line in lines[:: max(1, len(lines) // 600)]:
    found = pyModeS.decode(line)
    print("infer", line[8:22], found.get("bds", "-").replace(",", ""))
