"""What other people's readers make of what was written: prints JSON for the test.

Usage: read.py asterix|tak|geopandas|duckdb FILE; exit code 77 where the reader is not installed.
"""

import json
import sys

kind, path = sys.argv[1:3]
data = open(path, "rb").read()
try:
    if kind == "asterix":
        import asterix

        if not hasattr(asterix, "parse"):
            raise ImportError("asterix-decoder is hidden by another package of that name")
        records = asterix.parse(data, verbose=False)
        found = []
        for record in records:
            def value(item, leaf):
                got = record.get(item, {}).get(leaf, {})
                return got.get("val") if isinstance(got, dict) else None
            found.append({
                "category": record["category"],
                "lat": value("I105", "Lat"),
                "lon": value("I105", "Lon"),
                "level": value("I136", "MFL"),
                "code": value("I060", "Mode3A"),
            })
    elif kind == "geopandas":
        import geopandas

        frame = geopandas.read_parquet(path)
        found = {
            "crs": str(frame.crs.to_authority()),
            "columns": list(frame.columns),
            "rows": [
                {
                    "lon": row.geometry.x,
                    "lat": row.geometry.y,
                    "time": row.time.isoformat(),
                    "callsign": row.callsign if isinstance(row.callsign, str) else None,
                    "level": None if row.level_ft != row.level_ft else row.level_ft,
                }
                for row in frame.itertuples()
            ],
        }
    elif kind == "duckdb":
        import duckdb

        rows = duckdb.execute(
            "select id, callsign, level_ft, on_ground, identity from read_parquet(?) order by id", [path]
        )
        found = [list(row) for row in rows.fetchall()]
    else:
        import takproto

        event = takproto.parse_proto(data).cotEvent
        found = {
            "type": event.type,
            "uid": event.uid,
            "lat": event.lat,
            "lon": event.lon,
            "hae": event.hae,
            "how": event.how,
            "callsign": event.detail.contact.callsign,
            "speed": event.detail.track.speed,
            "course": event.detail.track.course,
            "seconds": (event.staleTime - event.startTime) / 1000,
        }
except ImportError as missing:
    print(missing, file=sys.stderr)
    sys.exit(77)
print(json.dumps(found))
