//! Decisions between close targets without a name are put off until looks tell, and no longer.

#[path = "common/plane.rs"]
mod plane;
#[path = "common/random.rs"]
mod random;

use plane::{UNIT_M, place, plots, radar};
use random::Random;
use std::collections::BTreeMap;
use surveillance::{Track, TrackNumber};
use tracker::{MotionModel, TrackEvent, Tracker, TrackerConfig, TrackerCounters};

/// Plots of each look, in units of the plane.
type Looks = Vec<Vec<[f64; 2]>>;

const LOOKS: usize = 13;
const SPEED: f64 = 4.0;
const ACCELERATION_DENSITY: f64 = 1e-3;

fn config(hypotheses_max: usize) -> TrackerConfig {
    let straight = MotionModel {
        acceleration_density: ACCELERATION_DENSITY * UNIT_M * UNIT_M,
        ..plane::config().models[0]
    };
    let never = plane::config().models[4];
    TrackerConfig {
        models: [straight, straight, straight, never, never].map(|model| MotionModel { ..model }),
        speed_prior_sd_mps: SPEED * UNIT_M,
        hypotheses_max,
        change_nats: 0.0,
        // misses end neither
        end_bounds_s: (8.0, 40.0),
        ..plane::config()
    }
}

/// Two that cross at eleven degrees in the middle, each measured to a unit; about the crossing three looks
/// in ten miss one.
fn crossing(seed: u64) -> Looks {
    let mut random = Random::new(seed);
    let look = |look: usize| {
        let ahead = look as f64 - 0.5 * (LOOKS - 1) as f64;
        let mut both: Vec<[f64; 2]> = [-0.4, 0.4]
            .map(|across| {
                let noise = [random.normal(), random.normal()];
                [150.0 + SPEED * ahead + noise[0], 150.0 + across * ahead + noise[1]]
            })
            .to_vec();
        if ahead.abs() < 4.0 && random.between(0.0, 1.0) < 0.3 {
            both.pop();
        }
        both
    };
    (0..LOOKS).map(look).collect()
}

fn track(looks: &Looks, config: TrackerConfig) -> (Tracker, Vec<TrackEvent>) {
    let (mut tracker, mut events) = (Tracker::new(config), Vec::new());
    tracker.set_sensor(radar());
    for (index, points) in looks.iter().enumerate() {
        let (now, plots) = plots(index, points);
        tracker.observe(&plots, &mut events);
        tracker.flush(&mut events);
        tracker.advance(now, &mut events);
    }
    (tracker, events)
}

/// Where the track that began at the first look's first plot is at the end.
fn end_of_first(looks: &Looks, hypotheses_max: usize) -> Option<[f64; 2]> {
    let (tracker, _) = track(looks, config(hypotheses_max));
    tracker.track(TrackNumber(1), None).map(|track| place(&track))
}

/// A Kalman filter of one axis and straight flight: the slow obvious model's.
#[derive(Clone, Copy)]
struct Axis {
    x: [f64; 2],
    p: [f64; 3],
}

impl Axis {
    fn start(z: f64) -> Self {
        Self { x: [z, 0.0], p: [1.0, 0.0, SPEED * SPEED] }
    }

    fn predicted(self) -> Self {
        let (q, [pp, pv, vv]) = (ACCELERATION_DENSITY, self.p);
        let p = [pp + 2.0 * pv + vv + q / 3.0, pv + vv + q / 2.0, vv + q];
        Self { x: [self.x[0] + self.x[1], self.x[1]], p }
    }

    /// What hearing a measurement leads to, and its log-density.
    fn heard(self, z: f64) -> (Self, f64) {
        let [pp, pv, vv] = self.p;
        let (s, off) = (pp + 1.0, z - self.x[0]);
        let x = [self.x[0] + pp / s * off, self.x[1] + pv / s * off];
        let p = [pp - pp * pp / s, pv - pv * pp / s, vv - pv * pv / s];
        (Self { x, p }, -0.5 * (off * off / s + (std::f64::consts::TAU * s).ln()))
    }
}

type Pair = [[Axis; 2]; 2];

/// Every way of giving each look's plots to two targets: by which plot of the last look the first target
/// ends, the likelihoods of all such ways in all, and the end of the likeliest.
fn every_way(rest: &[Vec<[f64; 2]>], targets: Pair, so_far: f64, ends: &mut [Ends; 2]) {
    let targets = targets.map(|target| target.map(Axis::predicted));
    for swapped in [0, 1] {
        let (mut after, mut sum) = (targets, so_far);
        for (index, point) in rest[0].iter().enumerate() {
            for axis in 0..2 {
                let target = &mut after[index ^ swapped][axis];
                let (heard, density) = target.heard(point[axis]);
                (*target, sum) = (heard, sum + density);
            }
        }
        if rest.len() > 1 {
            every_way(&rest[1..], after, sum, ends);
            continue;
        }
        let end = &mut ends[swapped];
        end.likelihood += sum.exp();
        if sum > end.likeliest {
            (end.likeliest, end.at) = (sum, after[0].map(|axis| axis.x[0]));
        }
    }
}

struct Ends {
    likelihood: f64,
    likeliest: f64,
    at: [f64; 2],
}

/// Where the first target more likely is at the end, and how much more likely.
fn likelier_end_of_first(looks: &Looks) -> ([f64; 2], f64) {
    let start = |plot: usize| looks[0][plot].map(Axis::start);
    let none = || Ends { likelihood: 0.0, likeliest: f64::NEG_INFINITY, at: [0.0; 2] };
    let mut ends = [none(), none()];
    every_way(&looks[1..], [start(0), start(1)], 0.0, &mut ends);
    ends.sort_by(|a, b| b.likelihood.total_cmp(&a.likelihood));
    (ends[0].at, ends[0].likelihood / ends[1].likelihood)
}

#[test]
fn two_that_cross_at_a_shallow_angle_keep_their_numbers_as_the_likeliest_of_all_ways_has_it() {
    let is_there = |found: Option<[f64; 2]>, there: [f64; 2]| {
        found.is_some_and(|at| (at[0] - there[0]).hypot(at[1] - there[1]) < 2.0)
    };
    let (mut clear, mut at_once, mut put_off) = (0, 0, 0);
    for seed in 1..=40 {
        let looks = crossing(seed);
        let (there, odds) = likelier_end_of_first(&looks);
        if odds > 5.0 {
            clear += 1;
            at_once += u32::from(is_there(end_of_first(&looks, 1), there));
            put_off += u32::from(is_there(end_of_first(&looks, 8), there));
        }
    }
    assert!(clear > 30 && put_off == clear && at_once + 3 <= clear, "{clear} {at_once} {put_off}");
}

#[test]
fn no_shown_track_outruns_its_top_speed_where_another_hypothesis_takes_over() {
    let interval_s = 0.25;
    let config = TrackerConfig { output_interval_s: Some(interval_s), ..config(8) };
    // in that time at top speed, and what of a correction is shown at once
    let most = 1.2 * interval_s * config.speed_max_mps / UNIT_M;
    // pairs that change places when decided at once
    for seed in [16, 19, 29, 43] {
        let (mut tracker, mut events) = (Tracker::new(config.clone()), Vec::new());
        tracker.set_sensor(radar());
        let mut before = BTreeMap::new();
        for (index, points) in crossing(seed).iter().enumerate() {
            let (now, plots) = plots(index, points);
            tracker.observe(&plots, &mut events);
            tracker.flush(&mut events);
            for part in 0..4 {
                let now = now.plus_seconds(f64::from(part) * interval_s);
                tracker.advance(now, &mut events);
                let shown = tracker.tracks().map(|track| (track.number(), track.at(Some(now))));
                let shown: BTreeMap<_, _> = shown.map(|(n, track)| (n, place(&track))).collect();
                for (number, at) in &shown {
                    let was = before.get(number).unwrap_or(at);
                    let gone = (at[0] - was[0]).hypot(at[1] - was[1]);
                    assert!(gone < most, "{seed} {number:?} {gone}");
                }
                before = shown;
            }
        }
    }
}

/// Sixty-four in a crowd, each measured to a unit and seen nine times in ten.
fn swarm() -> Looks {
    let mut random = Random::new(5);
    let mut start = || [random.between(120.0, 150.0), random.between(140.0, 160.0)];
    let starts: Vec<[f64; 2]> = (0..64).map(|_| start()).collect();
    let mut look = |look: usize| {
        let seen = starts.iter().filter(|_| random.between(0.0, 1.0) < 0.9).copied();
        let seen: Vec<[f64; 2]> = seen.collect();
        let along = 2.0 * look as f64;
        seen.into_iter().map(|[x, y]| [x + along + random.normal(), y + random.normal()]).collect()
    };
    (0..10).map(&mut look).collect()
}

/// All that can be seen of a run.
fn seen(looks: &Looks, config: TrackerConfig) -> (Vec<Track>, Vec<TrackEvent>, TrackerCounters) {
    let (tracker, events) = track(looks, config);
    (tracker.tracks().map(|track| track.at(None)).collect(), events, tracker.counters())
}

#[test]
fn one_two_three_and_eight_threads_put_off_the_same_to_the_last_bit() {
    let looks = swarm();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| seen(&looks, config(8)))
    };
    let alone = run(1);
    assert!(alone.0 != seen(&looks, config(1)).0, "nothing was put off");
    for threads in [2, 3, 8] {
        assert!(run(threads) == alone, "{threads} threads differ from one");
    }
}

#[test]
fn where_targets_are_apart_nothing_differs_from_deciding_at_once() {
    let mut random = Random::new(9);
    let mut look = |look: usize| -> Vec<[f64; 2]> {
        let place = |lane: usize| {
            let noise = [random.normal(), random.normal()];
            [100.0 + SPEED * look as f64 + noise[0], 40.0 * lane as f64 + noise[1]]
        };
        (0..7).map(place).collect()
    };
    let looks: Looks = (0..12).map(&mut look).collect();
    assert!(seen(&looks, config(8)) == seen(&looks, config(1)));
}
