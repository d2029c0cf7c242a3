"""Distances, sides and areas by PROJ and GEOS, for crates/intent/tests/airspace_reference.rs.

    pip install shapely pyproj
    python reference.py > reference.csv

Each outline's sides are drawn as geodesics with a corner every 500 m (pyproj.Geod, Karney) and seen
in the azimuthal equidistant projection about the point asked for, in which distances from that point
are those of the ellipsoid; shapely then tells the nearest one and whether the point is inside.
A line is `P,name,area_m2,lon lat lon lat …` or `Q,name,lon,lat,signed_distance_m`.
"""

import math
import random

import pyproj
import shapely

GEOD = pyproj.Geod(ellps="WGS84")
OUTLINES = {
    "valley": [(74.2, 42.5), (75.1, 42.6), (75.3, 43.1), (74.8, 43.0), (74.4, 43.3), (74.0, 42.9)],
    "long": [(60.0, 36.0), (70.0, 37.0), (80.0, 36.5), (80.5, 42.0), (70.0, 44.0), (59.0, 42.0)],
    "antimeridian": [(178.9, -17.0), (-179.2, -17.5), (-178.8, -15.8), (179.5, -15.5)],
    "pole": [(0.0, 84.0), (60.0, 86.0), (120.0, 83.0), (180.0, 85.5), (-120.0, 84.5), (-60.0, 86.5)],
    "south": [(100.0, -75.0), (140.0, -72.0), (170.0, -78.0), (120.0, -82.0)],
    "equator": [(30.0, -0.4), (30.9, -0.2), (30.7, 0.6), (30.1, 0.5)],
    "small": [(77.0, 43.30), (77.01, 43.30), (77.012, 43.31), (77.005, 43.305), (77.0, 43.312)],
}


def dense(corners):
    out = []
    for (lon, lat), (to_lon, to_lat) in zip(corners, corners[1:] + corners[:1]):
        out.append((lon, lat))
        length = GEOD.inv(lon, lat, to_lon, to_lat)[2]
        pieces = int(length // 500)
        if pieces:
            out.extend(GEOD.npts(lon, lat, to_lon, to_lat, pieces))
    return out


def signed_distance(outline, lon, lat):
    azimuths, _, lengths = GEOD.inv([lon] * len(outline), [lat] * len(outline), *zip(*outline))
    flat = [(r * math.sin(math.radians(a)), r * math.cos(math.radians(a))) for a, r in zip(azimuths, lengths)]
    polygon = shapely.Polygon(flat)
    centre = shapely.Point(0.0, 0.0)
    distance = polygon.exterior.distance(centre)
    return -distance if polygon.contains(centre) else distance


def main():
    draw = random.Random(7)
    for name, corners in OUTLINES.items():
        outline = dense(corners)
        area, _ = GEOD.polygon_area_perimeter(*zip(*outline))
        print("P", name, f"{abs(area):.1f}", " ".join(f"{lon} {lat}" for lon, lat in corners), sep=",")
        size = max(GEOD.inv(*corners[0], *corner)[2] for corner in corners)
        for _ in range(60):
            near = outline[draw.randrange(len(outline))]
            reach = size * draw.choice([0.001, 0.02, 0.1, 0.5])
            lon, lat, _ = GEOD.fwd(*near, draw.uniform(0, 360), draw.uniform(0, reach))
            lon, lat = round(lon, 7), round(lat, 7)
            print("Q", name, lon, lat, f"{signed_distance(outline, lon, lat):.2f}", sep=",")


main()
