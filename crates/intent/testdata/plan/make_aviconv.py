"""Makes aviconv.txt from filed.txt: what aviconv-fpl 0.4.0 (PyPI, MIT) reads in each message,
a fact a line.

    pip install aviconv-fpl==0.4.0 && python make_aviconv.py
"""
import re

import aviconv_fpl


def leg(leg):
    if leg["kind"] == "coordinate_waypoint":
        return f"{leg['lat']:.4f},{leg['lon']:.4f}"
    return leg["raw"]


facts = []
for text in re.findall(r"\(.*?\)\n", open("filed.txt").read(), re.S):
    plan = aviconv_fpl.parse(text.strip())
    said = plan.model_dump(mode="json")
    aircraft, route, destination = said["aircraft"], said["route"], said["destination"]
    other = {key.upper(): text for key, text in said["item18"].items() if text and key not in ("raw", "unknown")}
    facts += [
        "callsign " + said["aircraft_id"]["callsign"],
        "rules " + said["flight_rules"] + said["type_of_flight"],
        f"aircraft {aircraft['number']} {aircraft['type_designator']} {aircraft['wake']}",
        "radio " + " ".join(sorted(said["equipment"]["comm_nav_approach"])),
        "surveillance " + " ".join(sorted(said["equipment"]["surveillance"])),
        f"departure {said['departure']['adep']} {said['departure']['eobt']}",
        f"speed {route['speed']['raw']} level {route['level']['raw']}",
        "route " + " ".join(map(leg, route["legs"])),
        f"destination {destination['ades']} {destination['total_eet']}",
        " ".join(["alternates"] + [destination[key] for key in ("altn1", "altn2") if destination[key]]),
    ]
    facts += [f"18 {key} {other[key]}" for key in sorted(other)] + [""]
open("aviconv.txt", "w").write("\n".join(facts))
