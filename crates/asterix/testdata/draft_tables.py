"""Drafts the spec tables from what libasterix knows.

    python3 -m venv env && env/bin/pip install libasterix==0.36.3
    env/bin/python draft_tables.py OUT_DIR

One file for each category and edition and each layout of a reserved expansion field, in the form
that spec/README.md describes. A draft is where a table starts, not what it is: the tables beside
it have since been read against the documents (spec/ERRATA.md), so compare, never overwrite.
libasterix is under the MIT licence.
"""
import pathlib
import re
import sys
from fractions import Fraction

from asterix import base as b, generated as g


def lsb(step, unit, is_position):
    """The exact step as the documents write it: 25/4, 180/2^25, 1/1000."""
    exact = Fraction(step)
    if exact.denominator > 1 << 40:
        # No power of two: the double nearest to a decimal fraction.
        exact = Fraction(repr(step))
    power_of_two = exact.denominator & (exact.denominator - 1) == 0
    if unit in ("°", "°/s") and exact.numerator % 45 == 0 and power_of_two:
        for turn in (180, 360) if is_position else (360, 180):
            parts = Fraction(turn) / exact
            if parts.denominator == 1 and parts.numerator & (parts.numerator - 1) == 0:
                return f"{turn}/2^{parts.numerator.bit_length() - 1}"
    if exact.denominator == 1:
        return str(exact.numerator)
    if exact.denominator > 1000 and exact.denominator & (exact.denominator - 1) == 0:
        return f"{exact.numerator}/2^{exact.denominator.bit_length() - 1}"
    return f"{exact.numerator}/{exact.denominator}"


def limits(path, bits, words, title):
    """What the document allows of the numbers that the bits can hold, if not all of them."""
    sign, step = words.split(" ")[:2]
    step = exact(step)
    least, most = (-(1 << bits - 1), (1 << bits - 1) - 1) if sign == "signed" else (0, (1 << bits) - 1)
    for pattern, text in LIMITS:
        if re.search(pattern, f"{path} {bits} {words} : {title}"):
            holds = {">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b, "<": lambda a, b: a < b}
            pairs = list(zip(text.split(" ")[::2], text.split(" ")[1::2]))
            if all(holds[op](number * step, Fraction(limit)) for op, limit in pairs for number in (least, most)):
                return ""
            return text
    return ""


def exact(step):
    """The number that `25/4`, `180/2^25` say."""
    numerator, _, denominator = step.partition("/")
    base, _, power = (denominator or "1").partition("^")
    return Fraction(int(numerator), int(base) ** int(power or "1"))


def shorter(text):
    """A text without references to a document's notes, and its long sentences cut to their fact."""
    text = re.sub(r" ?(\((see|See) .*?\)|\[Ref.*?\])", "", text)
    text = re.sub(r"[,;]? (\()?[iI]\.e\.? .*", "", text)
    for long, short in SHORTER:
        text = re.sub(long, short, text)
    return text.strip()


def content(c, path, bits, title=""):
    """Words of a content, and its rows."""
    if issubclass(c, b.ContentTable):
        return "table", [f"{value} = {shorter(text)}".rstrip() for value, text in sorted(c.cv_values.items())]
    if issubclass(c, b.ContentString):
        return {b.StringAscii: "ascii", b.StringICAO: "icao", b.StringOctal: "octal"}[c.cv_string_type], []
    if issubclass(c, (b.ContentInteger, b.ContentQuantity)):
        signed = c.cv_signedness is b.Signed
        words = "signed" if signed else "unsigned"
        if issubclass(c, b.ContentQuantity):
            name = path.rsplit("/", 1)[-1]
            step, unit = lsb(c.cv_lsb, c.cv_unit, name[:3] in ("LAT", "LON")), c.cv_unit
            words = f"{words} {step} {unit}".rstrip()
            words = ERRATA.get((path, words), words)
            words = f"{words} {limits(path, bits, words, title)}".rstrip()
        return words, []
    if issubclass(c, b.ContentBds):
        kind = c.cv_bds_type
        if kind is b.BdsWithAddress:
            return "bds address", []
        return ("bds" if kind[1] is None else f"bds {kind[1]:02x}"), []
    assert issubclass(c, b.ContentRaw), c
    return "raw", []


def shape(v, path, title=""):
    """Words of a shape, and the lines under it, each (depth, text)."""
    if issubclass(v, b.Element):
        rule = v.cv_rule
        if issubclass(rule, b.RuleContentDependent):
            rows = []
            for [value], case in rule.cv_cases:
                words, under = content(case, path, v.cv_bit_size)
                rows += [(0, f"when {value} {words}")] + [(1, row) for row in under]
            [[*_, on]] = rule.cv_depends_on
            return f"{v.cv_bit_size} by {on}", rows
        words, rows = content(rule.cv_content, path, v.cv_bit_size, title)
        return f"{v.cv_bit_size} {words}", [(0, row) for row in rows]
    if issubclass(v, b.Group):
        return "group", parts([part for part, _ in v.cv_items_list], path)
    if issubclass(v, b.Extended):
        lines = []
        for segment in v.cv_items_list:
            for part in segment:
                lines += [(0, "fx")] if part is None else parts([part[0]], path)
        return "extended", lines
    if issubclass(v, b.Repetitive):
        words, lines = shape(v.cv_variation, path)
        count = "fx" if v.cv_rep_bytes is None else v.cv_rep_bytes
        return f"repeat {count} {words}", lines
    if issubclass(v, b.Explicit):
        kind = {b.ReservedExpansion: " re", b.SpecialPurpose: " sp", None: ""}
        return "explicit" + kind[v.cv_explicit_type], []
    assert issubclass(v, b.Compound), v
    return "compound", subitems(v.cv_items_list, path)


def subitems(items, path):
    lines = []
    for item in items:
        lines += [(0, "-")] if item is None else node(item, path)
    return lines


def parts(items, path):
    lines = []
    for item in items:
        if issubclass(item, b.Spare):
            lines.append((0, f"- {item.cv_bit_size}"))
        else:
            lines += node(item.cv_non_spare, path)
    return lines


def node(item, path):
    path = f"{path}/{item.cv_name}"
    rule = item.cv_rule
    title = shorter(item.cv_title)
    title = f" : {title}" if title else ""
    if issubclass(rule, b.RuleVariationDependent):
        bits = rule.cv_default_variation.cv_bit_size
        on = " ".join(path[0] if len(path) == 1 else path[-1] for path in rule.cv_depends_on)
        lines = [(0, f"{item.cv_name} choice {bits} by {on}{title}")]
        for values, case in rule.cv_cases:
            words, under = shape(case, path)
            lines.append((1, f"when {' '.join(map(str, values))} {words}"))
            lines += [(2 + depth, text) for depth, text in under]
        return lines
    words, under = shape(rule.cv_variation, path, item.cv_title)
    return [(0, f"{item.cv_name} {words}{title}")] + [(1 + depth, text) for depth, text in under]


def written(lines):
    return "".join("  " * depth + text + "\n" for depth, text in lines)


def uap_lines(record):
    for frn, item in enumerate(record.cv_items_list, 1):
        name = "-" if issubclass(item, b.UapItemSpare) else "RFS" if issubclass(item, b.UapItemRFS) \
            else item.cv_non_spare.cv_name
        yield f"  {frn} {name}\n"


def category(spec, title):
    uap = spec.cv_uap
    if issubclass(uap, b.UapSingle):
        profiles = [("uap", uap.cv_record)]
    else:
        path, chosen = uap.cv_selector
        profiles = []
        for name, record in uap.cv_uaps.items():
            values = " ".join(str(value) for value, of in chosen.items() if of == name)
            profiles.append((f"uap {name} when {'/'.join(path)} = {values}", record))
    items = {}
    for _, record in profiles:
        for item in record.cv_items_list:
            if issubclass(item, b.UapItem):
                items.setdefault(item.cv_non_spare.cv_name, item.cv_non_spare)
    edition = ".".join(map(str, spec.cv_edition))
    text = f"category {spec.cv_category:03}\nedition {edition}\ntitle {title}\n"
    for name in sorted(items, key=lambda name: (not name.isdigit(), name)):
        text += "\n" + written(node(items[name], f"{spec.cv_category:03}"))
    for head, record in profiles:
        text += f"\n{head}\n" + "".join(uap_lines(record))
    return f"cat{spec.cv_category:03}_{edition.replace('.', '_')}.txt", text


def expansion(spec):
    edition = ".".join(map(str, spec.cv_edition))
    layout = spec.cv_expansion
    kind, octets = layout.cv_type
    text = f"category {spec.cv_category:03}\nexpansion {edition}\ntitle Reserved Expansion Field\n"
    text += f"indicator {octets if kind is b.FspecFixed else 'fx'}\n"
    for item in layout.cv_items_list:
        text += "\n" + (written(node(item, f"{spec.cv_category:03}/RE")) if item else "-\n")
    return f"ref{spec.cv_category:03}_{edition.replace('.', '_')}.txt", text


# Where spec/ERRATA.md says otherwise than libasterix.
ERRATA = {
    ("010/202/VX", "signed 1/16 m/s"): "signed 1/4 m/s",
    ("010/202/VY", "signed 1/16 m/s"): "signed 1/4 m/s",
    ("010/210/AX", "signed 1/16 m/s²"): "signed 1/4 m/s²",
    ("010/210/AY", "signed 1/16 m/s²"): "signed 1/4 m/s²",
    ("015/627/AZR", "signed 360/2^17 °"): "signed 360/2^17 °/s",
    ("015/627/SDAZR/SDAZR", "unsigned 360/2^19 °"): "unsigned 360/2^19 °/s",
    ("017/045/LAT", "signed 180/2^25 °"): "signed 180/2^23 °",
    ("017/045/LON", "signed 180/2^25 °"): "signed 180/2^23 °",
    ("025/600/LON", "signed 180/2^32 °"): "signed 180/2^31 °",
    ("048/090/FL", "unsigned 1/4 FL"): "signed 1/4 FL",
    ("048/RE/GEN48/ALTFL/ALTFL", "signed 1/4 ALTFL"): "signed 1/4 FL",
}

# Limits that the documents set (libasterix leaves them out): what the path and the words of an
# element match, the limits.
LIMITS = [
    (r"/LAT\w* (24|32) signed \S+ °", ">= -90 <= 90"),
    (r"/LON\w* (24|32) signed \S+ °", ">= -180 < 180"),
    (r" 24 unsigned 1/128 s : Time [oO]f", "<= 86400"),
    (r"^(021/145|062/135/CTB|062/136) ", ">= -15 <= 1500"),
    (r"^062/340/MDC/LMC ", ">= -12 <= 1270"),
    (r"^062/(130|380/GAL|380/TID/ALT) ", ">= -1500 <= 150000"),
    (r"^021/110/TID/ALT ", ">= -1500 <= 150000"),
    # All ones but the sign say "greater than".
    (r"^021/140 ", ">= -1500"),
    (r"^062/380/(SAL|FSS)/ALT ", ">= -1300 <= 100000"),
    (r"^021/14[68]/ALT ", ">= -1300 <= 100000"),
    (r"/GA 14 signed 25 ft", ">= -1000"),
    (r"^062/380/TAS ", "<= 2046"),
    (r"^062/380/IAR ", "<= 1100"),
    (r"^(062/380/RAN|021/230) ", ">= -180 <= 180"),
    (r"^062/380/TAR/ROT ", ">= -15 <= 15"),
    (r"^062/380/MET/WSD ", "<= 300"),
    # The documents say from 1 on; senders leave zero where the direction is not valid.
    (r"^062/380/MET/WDD ", "<= 360"),
    (r"^062/380/MET/TMPD ", ">= -100 <= 100"),
    (r"^021/220/WS ", "<= 300"),
    (r"^021/220/WD ", "<= 360"),
    (r"^021/220/TMP ", ">= -100 <= 100"),
    (r"^062/390/CFL ", "< 1500"),
]

TITLES = {
    1: "Transmission of Monoradar Data Target Reports",
    2: "Transmission of Monoradar Service Messages",
    4: "Safety Net Messages",
    7: "Transmission of Directed Interrogation Messages",
    8: "Monoradar Derived Weather Information",
    9: "Transmission of Composite Weather Data",
    10: "Transmission of Monosensor Surface Movement Data",
    11: "Transmission of A-SMGCS Data",
    15: "INCS Target Reports",
    16: "Independent Non-Cooperative Surveillance System Configuration Reports",
    17: "Mode S Surveillance Coordination Function Messages",
    18: "Mode S Datalink Function Messages",
    19: "Multilateration System Status Messages",
    20: "Multilateration Target Reports",
    21: "ADS-B Target Reports",
    23: "CNS/ATM Ground Station and Service Status Reports",
    25: "CNS/ATM Ground System Status Reports",
    32: "Miniplan Reports to an SDPS",
    34: "Transmission of Monoradar Service Messages",
    48: "Monoradar Target Reports",
    62: "SDPS Track Messages",
    63: "Sensor Status Reports",
    65: "SDPS Service Status Reports",
    150: "MADAP Plan Server Flight Data Message",
    205: "Radio Direction Finder Reports",
    240: "Radar Video Transmission",
    247: "Version Number Exchange",
}

# Sentences of the documents, and the fact in them.
SHORTER = [
    ("Age of the last received track update is higher than system dependent threshold.*", "age above the system threshold"),
    ("Age of the last received (.*) track update ?is higher than system dependent threshold", r"\1 age above the system threshold"),
    ("present in the last report received from a sensor capable of decoding this data", "present in the last report"),
    ("Military Emergency present in the last report", "Military Emergency present"),
    ("^Tracking performed in (so-called )?'Radar Plane'.*", "Radar plane, no slant range correction"),
    ("^Tracking performed in 'Sensor Plane'.*", "Sensor plane, no slant range correction"),
    ("^Slant range correction and a suitable projection technique .*", "Tangential plane, slant range corrected"),
    (r"Special Used Code \(.*", "Special Used Code"),
    ("Possible wrong altitude information,.*", "Possible wrong altitude information"),
    (", in Binary Notation. Negative Values.*", ""),
    ("Expressed as Height", "Height"),
    ("^BDS BDS", "BDS"),
    (r"Sigma \((.)\)\)", r"Sigma (\1)"),
    ("Roll-Call .PSR", "Roll-Call + PSR"),
    ("^1 PIC", "PIC"),
    (" in WGS.84 in Two's Complement( Form)?$", " in WGS.84 in Two's Complement"),
    (" with a Mode-S Transponder", ""),
    ("If Eequipped", "If Equipped"),
    ("The interrogators current ability to uplink/downlink frames.*could be changed.*", "UCS/DCS and the Aircraft_report's content may be changed by D_Data_link_command"),
    ("The interrogators current ability to uplink/downlink frames.*cannot be changed.*", "UCS/DCS and the Aircraft_report's content may not be changed by D_Data_link_command"),
    ("If a GICB extraction is done due to external conditions.*", "Update also sent when extracted for other reasons than the period"),
]


def main(out):
    out = pathlib.Path(out)
    out.mkdir(exist_ok=True)
    drafts = [category(spec, TITLES.get(number, "")) for number, specs in g.manifest["CATS"].items() for spec in specs]
    drafts += [expansion(spec) for specs in g.manifest["REFS"].values() for spec in specs]
    for name, text in drafts:
        (out / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
