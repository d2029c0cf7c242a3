"""Makes reference.json with Stone Soup (PyPI `stonesoup` 1.9.1, MIT): python3 make.py > reference.json

`sets`: point sets in the plane with Stone Soup's GOSPA (p = 2, alpha = 2) and OSPA (p = 2). Stone Soup
pairs by distance, not by its square, and so finds more than the least OSPA of the definition in
one set; `ospa_least` is the definition's, by scipy.
`siap`: truths far apart, tracks with gaps, doubles and clutter; Stone Soup's SIAP attributes with
its own association of tracks to truths.
"""
import datetime
import json
import random

import numpy as np
from scipy.optimize import linear_sum_assignment
from stonesoup.dataassociator.tracktotrack import TrackToTruth
from stonesoup.measures import Euclidean
from stonesoup.metricgenerator.ospametric import GOSPAMetric, OSPAMetric
from stonesoup.metricgenerator.tracktotruthmetrics import IDSIAPMetrics, SIAPMetrics
from stonesoup.types.groundtruth import GroundTruthPath, GroundTruthState
from stonesoup.types.state import State
from stonesoup.types.track import Track
from stonesoup.metricgenerator.manager import MultiManager

random.seed(2)
START = datetime.datetime(2026, 1, 1)


def sets():
    out = []
    for n, m in [(0, 0), (1, 0), (0, 2), (1, 1), (3, 3), (5, 2), (2, 6), (8, 8), (12, 9)]:
        point = lambda: [round(random.uniform(0, 4000), 3), round(random.uniform(0, 4000), 3)]
        truths, tracks = [point() for _ in range(n)], [point() for _ in range(m)]
        for i in range(min(n, m) // 2):
            tracks[i] = [round(x + random.gauss(0, 150), 3) for x in truths[i]]
        measured = {"truths": truths, "tracks": tracks}
        states = lambda points: [State(np.array([[x], [y]]), timestamp=START) for x, y in points]
        if n or m:
            gospa = GOSPAMetric(c=1000.0, p=2, switching_penalty=0.0, measure=Euclidean())
            found = gospa.compute_gospa_metric(states(tracks), states(truths))[0].value
            measured["gospa"] = float(found["distance"])
            measured["missed"] = float(found["missed"])
            measured["false"] = float(found["false"])
            ospa = OSPAMetric(c=1000.0, p=2, measure=Euclidean())
            measured["ospa"] = float(ospa.compute_OSPA_distance(states(tracks), states(truths)).value)
        if n and m:
            x, y = np.array(truths), np.array(tracks)
            cost = np.minimum(np.linalg.norm(x[:, None] - y[None], axis=2), 1000.0) ** 2
            rows, columns = linear_sum_assignment(cost)
            total = cost[rows, columns].sum() + 1e6 * abs(n - m)
            measured["ospa_least"] = float(np.sqrt(total / max(n, m)))
        out.append(measured)
    return out


def siap():
    times = [START + datetime.timedelta(seconds=4 * k) for k in range(60)]
    truths, tracks, rows, truth_rows = [], [], [], []
    add = {}

    def track(name, k, x, y):
        add.setdefault(name, []).append((k, round(x, 3), round(y, 3)))

    for i in range(4):
        x0, y0, vx, vy = -60e3 + 40e3 * i, -5e3, 10.0 * i, 200.0
        place = lambda k: (x0 + vx * 4 * k, y0 + vy * 4 * k)
        life = range(0, 60) if i < 3 else range(10, 50)
        states = [GroundTruthState(np.array([[place(k)[0]], [vx], [place(k)[1]], [vy]]), timestamp=times[k]) for k in life]
        truths.append(GroundTruthPath(states, id=f"T{i}"))
        truth_rows += [(k, i + 1, *place(k), vx, vy) for k in life]
        for k in life:
            x, y = place(k)
            noise = lambda: random.gauss(0, 40)
            if i == 0:
                track("A", k, x + noise(), y + noise())
                if 20 <= k < 35:  # a second track of the same target
                    track("A2", k, x + noise(), y + noise())
            if i == 1 and k < 30:
                track("B", k, x + noise(), y + noise())
            if i == 1 and k >= 34:  # after a gap under another number
                track("C", k, x + noise(), y + noise())
            if i == 2 and k >= 5:
                track("D", k, x + noise(), y + noise())
    for k in range(15, 25):
        track("F", k, 100e3 + 50 * k, 60e3)
    for name, points in add.items():
        tracks.append(Track([State(np.array([[x], [0], [y], [0]]), timestamp=times[k]) for k, x, y in points], id=name))
        rows += [(k, name, x, y) for k, x, y in points]
    position = Euclidean(mapping=[0, 2])
    common = dict(position_measure=position, velocity_measure=Euclidean(mapping=[1, 3]))
    plain = SIAPMetrics(**common)
    manager = MultiManager(
        [plain], associator=TrackToTruth(association_threshold=1000.0, measure=position)
    )
    manager.add_data({"groundtruth_paths": set(truths), "tracks": set(tracks)})
    found = next(iter(manager.generate_metrics().values()))
    value = lambda title: float(found[title].value)
    return {
        "truths": truth_rows,
        "tracks": rows,
        "completeness": value("SIAP Completeness"),
        "ambiguity": value("SIAP Ambiguity"),
        "spuriousness": value("SIAP Spuriousness"),
        "longest": value("SIAP Longest Track Segment"),
        "position": value("SIAP Position Accuracy"),
    }


print(json.dumps({"sets": sets(), "siap": siap()}))
