"""Stone Soup on a scenario's plots, as somebody who knows it would set it up.

usage: stone_soup.py SCENARIO_DIR OUT.csv

A Kalman filter of constant velocity on positions that are converted from polar beforehand, global
nearest neighbour, a plot with an address straight to its track, and candidates picked by numpy before
Stone Soup predicts them: without that it compares all with all and is many times slower. Prints how
many plots there are and the CPU time they took; writes the tracks at each time of the grid as
`entente score` reads them."""
import csv, datetime, gzip, json, os, sys, time
import numpy as np
from stonesoup.dataassociator.neighbour import GNNWith2DAssignment
from stonesoup.hypothesiser.distance import DistanceHypothesiser
from stonesoup.measures import Mahalanobis
from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
from stonesoup.predictor.kalman import KalmanPredictor
from stonesoup.types.detection import Detection
from stonesoup.types.state import GaussianState
from stonesoup.types.track import Track
from stonesoup.updater.kalman import KalmanUpdater

A, F = 6378137.0, 1 / 298.257223563
E2 = F * (2 - F)
START = datetime.datetime(2026, 1, 1)
ACCELERATION = 60.0  # m²/s³ on either axis: the best of those tried on the public scenarios
BATCH_S, GATE, SPEED = 0.25, 4.0, 320.0


def ecef(lat, lon, h):
    n = A / np.sqrt(1 - E2 * np.sin(lat) ** 2)
    return np.array([(n + h) * np.cos(lat) * np.cos(lon), (n + h) * np.cos(lat) * np.sin(lon),
                     (n * (1 - E2) + h) * np.sin(lat)])


def geodetic(p):
    lon, r = np.arctan2(p[1], p[0]), np.hypot(p[0], p[1])
    lat = np.arctan2(p[2], r * (1 - E2))
    for _ in range(4):
        n = A / np.sqrt(1 - E2 * np.sin(lat) ** 2)
        h = r / np.cos(lat) - n
        lat = np.arctan2(p[2], r * (1 - E2 * n / (n + h)))
    return lat, lon, h


def axes(lat, lon):
    return np.array([[-np.sin(lon), np.cos(lon), 0],
                     [-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)],
                     [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]])


class Place:
    """The plane at the middle of the scenario, and each sensor's own."""

    def __init__(self, meta):
        lat, lon = np.radians(meta["centre_deg"])
        self.origin, self.axes = ecef(lat, lon, 0.0), axes(lat, lon)
        self.sensors = {s["id"]: s for s in meta["sensors"]}
        self.sites = {}
        for name, s in self.sensors.items():
            lat, lon = np.radians([s["lat_deg"], s["lon_deg"]])
            self.sites[name] = (ecef(lat, lon, s["h"]), axes(lat, lon), s["h"])
        noise = meta["noise"]
        self.sd = noise["range_sd_m"], np.radians(noise["az_sd_deg"]), np.radians(noise["el_sd_deg"])
        self.report_sd = noise.get("adsb_sd_m", 10.0)

    def enu(self, p):
        return self.axes @ (p - self.origin)

    def measured(self, row):
        """Position in the plane and its covariance."""
        number = lambda name: float(row[name]) if row.get(name) else None
        if row["sensor"] not in self.sites:
            at = ecef(np.radians(number("lat")), np.radians(number("lon")), number("hgeo_m") or 0.0)
            sd = number("sd_m") or self.report_sd
            return self.enu(at), np.diag([sd ** 2, sd ** 2, 30.0 ** 2])
        site, own, height = self.sites[row["sensor"]]
        r, azimuth, level = number("range_m"), np.radians(number("az_deg")), number("alt_m")
        up = level if level is not None else 6500.0
        up_sd = 60.0 if level is not None else 3000.0
        radius = 6371e3 + height
        told = number("el_deg")
        if level is None and told is not None:
            elevation, up_sd = np.radians(told), r * self.sd[2]
        else:  # the elevation at which the slant range ends at that height, over a sphere
            sine = ((6371e3 + up) ** 2 - radius ** 2 - r ** 2) / (2 * radius * r)
            elevation = np.arcsin(np.clip(sine, -0.1, 1.0))
        c, s = np.cos(elevation), np.sin(elevation)
        line = np.array([np.sin(azimuth) * c, np.cos(azimuth) * c, s])
        across = np.array([np.cos(azimuth), -np.sin(azimuth), 0.0])
        above = np.array([-np.sin(azimuth) * s, -np.cos(azimuth) * s, c])
        turn = self.axes @ own.T
        line, across, above = turn @ line, turn @ across, turn @ above
        covariance = (self.sd[0] ** 2 * np.outer(line, line) + (r * c * self.sd[1]) ** 2 * np.outer(across, across)
                      + up_sd ** 2 * np.outer(above, above))
        return self.enu(site + own.T @ (r * np.array([np.sin(azimuth) * c, np.cos(azimuth) * c, s]))), covariance


def detections(folder, place):
    """By arrival: (arrival, sensor, detection)."""
    found = []
    with gzip.open(os.path.join(folder, "plots.csv.gz"), "rt") as rows:
        for row in csv.DictReader(rows):
            z, covariance = place.measured(row)
            model = LinearGaussian(ndim_state=6, mapping=(0, 2, 4), noise_covar=covariance)
            of = {"address": row["mode_s"] or None, "code": row["mode_a"] or None}
            at = START + datetime.timedelta(seconds=float(row["t"]))
            found.append((float(row["t_arr"]), row["sensor"],
                          Detection(z.reshape(3, 1), timestamp=at, measurement_model=model, metadata=of)))
    found.sort(key=lambda item: item[0])
    return found


def in_order(arrived):
    """What arrived within a step of the grid, by time of measurement: that a tracker gets no plot older than
    its tracks costs it up to the step. Those without an address by sensor and quarter of a second, then the
    others one by one."""
    bins = {}
    for sensor, detection in arrived:
        since = (detection.timestamp - START).total_seconds()
        bins.setdefault(int(since / BATCH_S), []).append((sensor, detection))
    for _, plots in sorted(bins.items()):
        named = [d for _, d in plots if d.metadata["address"]]
        for sensor in sorted({sensor for sensor, _ in plots}):
            batch = [d for s, d in plots if s == sensor and not d.metadata["address"]]
            if batch:
                yield batch
        for detection in sorted(named, key=lambda d: d.timestamp):
            yield [detection]


class Tracker:
    def __init__(self):
        model = CombinedLinearGaussianTransitionModel(
            [ConstantVelocity(ACCELERATION), ConstantVelocity(ACCELERATION), ConstantVelocity(5.0)])
        predictor, self.updater = KalmanPredictor(model), KalmanUpdater(None)
        self.predictor = predictor
        self.associator = GNNWith2DAssignment(
            DistanceHypothesiser(predictor, self.updater, Mahalanobis(), missed_distance=GATE))
        self.tracks, self.by_address, self.made = [], {}, 0

    def hear(self, batch):
        rest = []
        for detection in batch:
            track = self.by_address.get(detection.metadata["address"])
            if track is None or detection.timestamp < track.timestamp:
                rest.append(detection)
                continue
            hypothesis = self.associator.hypothesiser.hypothesise(track, {detection}, detection.timestamp)
            best = [h for h in hypothesis if h]
            if best:
                self.update(track, best[0])
            elif np.linalg.norm((track.state_vector[[0, 2]] - detection.state_vector[:2]).astype(float)) > 5e3:
                self.drop(track)
                self.start(detection)
        if rest:
            self.assign(rest)

    def assign(self, batch):
        at = max(detection.timestamp for detection in batch)
        near = set()
        if self.tracks:
            states = np.array([np.ravel(t.state_vector).astype(float)[[0, 2]] for t in self.tracks])
            ages = np.array([(at - t.timestamp).total_seconds() for t in self.tracks])
            for detection in batch:
                off = states - np.ravel(detection.state_vector).astype(float)[:2]
                reach = 1500.0 + SPEED * np.maximum(ages, 0.0)
                for index in np.nonzero((off ** 2).sum(1) < reach ** 2)[0]:
                    track, address = self.tracks[index], detection.metadata["address"]
                    if not (address and track.metadata_address) and track.timestamp <= detection.timestamp:
                        near.add(track)
        found = self.associator.associate(near, set(batch), at) if near else {}
        used = set()
        for track, hypothesis in found.items():
            if hypothesis:
                used.add(hypothesis.measurement)
                self.update(track, hypothesis)
        for detection in batch:
            if detection not in used:
                self.start(detection)

    def update(self, track, hypothesis):
        track.append(self.updater.update(hypothesis))
        track.states = track.states[-2:]
        track.hits += 1
        address = hypothesis.measurement.metadata["address"]
        if address and address not in self.by_address and not track.metadata_address:
            track.metadata_address = address
            self.by_address[address] = track

    def start(self, detection):
        address = detection.metadata["address"]
        if address and address in self.by_address:
            return
        mean, covariance = np.zeros((6, 1)), np.diag([0.0, 170.0 ** 2, 0.0, 170.0 ** 2, 0.0, 20.0 ** 2])
        mean[[0, 2, 4]] = detection.state_vector.astype(float)
        covariance[np.ix_([0, 2, 4], [0, 2, 4])] = detection.measurement_model.noise_covar
        track = Track([GaussianState(mean, covariance, timestamp=detection.timestamp)])
        self.made += 1
        track.number, track.hits, track.metadata_address = self.made, 1, address
        self.tracks.append(track)
        if address:
            self.by_address[address] = track

    def drop(self, track):
        self.tracks.remove(track)
        if self.by_address.get(track.metadata_address) is track:
            del self.by_address[track.metadata_address]

    def sweep(self, now):
        for track in list(self.tracks):
            silent = (now - track.timestamp).total_seconds()
            if silent > (25.0 if track.hits > 2 else 13.0):
                self.drop(track)


def main():
    folder, out = sys.argv[1:3]
    with open(os.path.join(folder, "meta.json")) as file:
        meta = json.load(file)
    place = Place(meta)
    heard, seconds = detections(folder, place), meta["duration_s"]
    tracker, spent, index, grid = Tracker(), 0.0, 0, 0.0
    with open(out, "w") as file:
        file.write("t,track_id,lat,lon,h_m,ve,vn,vu\n")
        while grid <= seconds:
            began = time.process_time()
            arrived = []
            while index < len(heard) and heard[index][0] <= grid:
                arrived.append(heard[index][1:])
                index += 1
            for batch in in_order(arrived):
                tracker.hear(batch)
            now = START + datetime.timedelta(seconds=grid)
            tracker.sweep(now)
            spent += time.process_time() - began
            for track in tracker.tracks:
                if track.hits >= 3:
                    ahead = (now - track.timestamp).total_seconds()
                    s = np.ravel(track.state_vector).astype(float)
                    at = place.origin + place.axes.T @ (s[[0, 2, 4]] + ahead * s[[1, 3, 5]])
                    lat, lon, h = geodetic(at)
                    v = axes(lat, lon) @ place.axes.T @ s[[1, 3, 5]]
                    file.write(f"{grid:.1f},{track.number},{np.degrees(lat):.7f},{np.degrees(lon):.7f},{h:.1f},"
                               f"{v[0]:.2f},{v[1]:.2f},{v[2]:.2f}\n")
            grid += meta["grid_s"]
    print(f"{index} {spent:.3f}")


if __name__ == "__main__":
    main()
