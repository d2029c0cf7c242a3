//! All figures of one run.

use super::steps::{Seen, Step, steps};
use super::{Instant, Options, SetDistance, TrajectoryDistance};
use crate::form::{Aircraft, TrackRow, Truth};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The figures of one run, averaged over the instants after the warm-up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Card {
    /// Instants.
    pub grid_steps: usize,
    /// Mean GOSPA, metres (p = 2, α = 2).
    #[serde(rename = "GOSPA")]
    pub gospa_m: f64,
    /// Mean over instants of the root mean square distance of the pairs, metres.
    #[serde(rename = "GOSPA_loc_rms")]
    pub localisation_rms_m: f64,
    /// Truths without a track, mean.
    pub missed_avg: f64,
    /// Tracks without a truth, mean.
    pub false_avg: f64,
    /// Mean OSPA, metres (p = 2).
    #[serde(rename = "OSPA")]
    pub ospa_m: f64,
    /// Trajectory GOSPA (an upper bound, see [`TrajectoryDistance`]), root of the mean over instants,
    /// metres; a switch costs as an error of the cut-off.
    #[serde(rename = "TGOSPA")]
    pub trajectory_gospa_m: f64,
    /// Completeness, clarity and continuity.
    #[serde(rename = "SIAP")]
    pub siap: Siap,
    /// Root mean square of each flight's position error.
    pub flights_rms: FlightStatistics,
    /// Mean lag of a track behind its target along the track, seconds.
    pub lag_s: f64,
    /// Errors by kind: `ALL`, class, equipment, `man` or `str` (manoeuvring or straight).
    pub err: BTreeMap<String, ErrorStatistics>,
}

/// Single integrated air picture attributes (SIAP SE TF Technical Report 2001-001), from the
/// assignment that follows each target from instant to instant.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Siap {
    /// Share of target instants that have a track.
    pub completeness: f64,
    /// Tracks near targets for each target instant with a track: 1 is clear.
    pub ambiguity: f64,
    /// Share of track instants near no target.
    pub spuriousness: f64,
    /// How often a target's track was another than before.
    pub id_switches: u64,
    /// The same for each hour of a target.
    pub id_switch_per_truth_hour: f64,
    /// Longest part of a target's time with one track, mean over targets.
    pub longest_segment: f64,
    /// Tracks that a target had, mean.
    pub tracks_per_truth: f64,
}

/// How the flights' root mean square errors lie.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FlightStatistics {
    /// Flights that had a track.
    pub n: usize,
    /// Share within 300 m.
    pub le300: f64,
    /// Share within 500 m.
    pub le500: f64,
    /// Median, metres.
    pub p50: f64,
    /// 95th percentile, metres.
    pub p95: f64,
    /// Worst, metres.
    pub max: f64,
}

/// Errors of one kind of target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ErrorStatistics {
    /// Target instants with a track.
    pub n: usize,
    /// Horizontal position, root mean square, metres.
    pub pos_rms: f64,
    /// Median, metres.
    pub pos_p50: f64,
    /// 95th percentile, metres.
    pub pos_p95: f64,
    /// Horizontal velocity vector, root mean square, m/s.
    pub vel_rms: f64,
    /// Ground speed, root mean square, m/s.
    pub speed_rms: f64,
    /// Track angle, root mean square, degrees.
    pub heading_rms: f64,
    /// Height, root mean square, metres.
    pub h_rms: f64,
}

/// One target instant with a track.
#[derive(Debug, Clone, Copy)]
struct Error {
    position_m: f64,
    velocity_mps: f64,
    height_m: f64,
    speed_mps: f64,
    heading_deg: f64,
}

impl Error {
    fn of(truth: &Seen, track: &Seen, position_m: f64) -> Self {
        let [te, tn] = truth.velocity;
        let [ke, kn] = track.velocity;
        let turn_deg = (ke.atan2(kn) - te.atan2(tn)).to_degrees();
        Self {
            position_m,
            velocity_mps: (te - ke).hypot(tn - kn),
            height_m: track.height_m - truth.height_m,
            speed_mps: ke.hypot(kn) - te.hypot(tn),
            heading_deg: (turn_deg + 180.0).rem_euclid(360.0) - 180.0,
        }
    }
}

impl Card {
    /// Scores tracks (in order of time) against the truth.
    pub fn of(truth: &Truth, tracks: &[TrackRow], options: &Options) -> Self {
        let steps = steps(truth, tracks, options);
        let sets = Sets::of(&steps, options.cutoff_m);
        let followed = Followed::through(&steps, truth, options);
        let count = steps.len().max(1) as f64;
        Self {
            grid_steps: steps.len(),
            gospa_m: sets.gospa_m / count,
            localisation_rms_m: sets.localisation_m / count,
            missed_avg: sets.missed as f64 / count,
            false_avg: sets.excess as f64 / count,
            ospa_m: sets.ospa_m / count,
            trajectory_gospa_m: trajectories(&steps, options.cutoff_m),
            siap: followed.siap(options.grid_s),
            flights_rms: followed.flights(),
            lag_s: followed.lag_s / followed.lag_count.max(1) as f64,
            err: followed.errors.iter().map(|(k, v)| (k.clone(), statistics(v))).collect(),
        }
    }
}

impl fmt::Display for Card {
    /// A few lines for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (siap, flights) = (&self.siap, &self.flights_rms);
        writeln!(
            f,
            "GOSPA {:.0} m (pairs {:.0} m, missed {:.2}, false {:.2})  OSPA {:.0} m  \
             trajectory GOSPA {:.0} m  {} instants",
            self.gospa_m,
            self.localisation_rms_m,
            self.missed_avg,
            self.false_avg,
            self.ospa_m,
            self.trajectory_gospa_m,
            self.grid_steps
        )?;
        writeln!(
            f,
            "completeness {:.4}  ambiguity {:.4}  spuriousness {:.4}  switches {} ({:.2}/h)  \
             longest segment {:.3}  tracks a target {:.2}",
            siap.completeness,
            siap.ambiguity,
            siap.spuriousness,
            siap.id_switches,
            siap.id_switch_per_truth_hour,
            siap.longest_segment,
            siap.tracks_per_truth
        )?;
        writeln!(
            f,
            "flights within 300 m {:.3}, 500 m {:.3}  median {:.0} m  95 % {:.0} m  worst {:.0} m  \
             lag {:+.3} s",
            flights.le300, flights.le500, flights.p50, flights.p95, flights.max, self.lag_s
        )?;
        writeln!(
            f,
            "{:<14}{:>8}{:>10}{:>8}{:>8}{:>10}{:>8}{:>9}{:>8}",
            "kind", "n", "rms m", "50 %", "95 %", "vel m/s", "speed", "angle °", "h m"
        )?;
        for (kind, e) in &self.err {
            writeln!(
                f,
                "{kind:<14}{:>8}{:>10.1}{:>8.1}{:>8.1}{:>10.1}{:>8.1}{:>9.1}{:>8.1}",
                e.n,
                e.pos_rms,
                e.pos_p50,
                e.pos_p95,
                e.vel_rms,
                e.speed_rms,
                e.heading_rms,
                e.h_rms
            )?;
        }
        Ok(())
    }
}

fn trajectories(steps: &[Step], cutoff_m: f64) -> f64 {
    let instant = |seen: &[Seen]| -> Instant { seen.iter().map(|one| (one.id, one.at)).collect() };
    let truths: Vec<Instant> = steps.iter().map(|step| instant(&step.truths)).collect();
    let tracks: Vec<Instant> = steps.iter().map(|step| instant(&step.tracks)).collect();
    TrajectoryDistance::between(&truths, &tracks, cutoff_m, cutoff_m).metres()
}

#[derive(Default)]
struct Sets {
    gospa_m: f64,
    ospa_m: f64,
    localisation_m: f64,
    missed: usize,
    excess: usize,
}

impl Sets {
    fn of(steps: &[Step], cutoff_m: f64) -> Self {
        steps.iter().fold(Self::default(), |mut sum, step| {
            let (truths, tracks) = step.places();
            let distance = SetDistance::between(&truths, &tracks, cutoff_m);
            let paired = distance.paired.max(1) as f64;
            sum.gospa_m += distance.gospa_m();
            sum.ospa_m += distance.ospa_m();
            sum.localisation_m += (distance.localisation_m2 / paired).sqrt();
            sum.missed += distance.missed;
            sum.excess += distance.excess;
            sum
        })
    }
}

#[derive(Default)]
struct Followed {
    truth_instants: usize,
    paired_instants: usize,
    track_instants: usize,
    ambiguous: usize,
    spurious: usize,
    switches: u64,
    alive: BTreeMap<u32, usize>,
    segments: BTreeMap<u32, BTreeMap<u32, usize>>,
    flights: BTreeMap<u32, Vec<f64>>,
    errors: BTreeMap<String, Vec<Error>>,
    lag_s: f64,
    lag_count: usize,
}

/// Slower targets have no lag worth the name, m/s.
const LAG_SPEED_MIN_MPS: f64 = 20.0;

impl Followed {
    fn through(steps: &[Step], truth: &Truth, options: &Options) -> Self {
        let aircraft: BTreeMap<u32, &Aircraft> =
            truth.aircraft.iter().map(|aircraft| (aircraft.target, aircraft)).collect();
        let mut sum = Self::default();
        let mut last = BTreeMap::new();
        for step in steps {
            let (pairs, ambiguous, spurious) = step.follow(&last, options.gate_m);
            sum.truth_instants += step.truths.len();
            sum.paired_instants += pairs.len();
            sum.track_instants += step.tracks.len();
            sum.ambiguous += ambiguous;
            sum.spurious += spurious;
            for seen in &step.truths {
                *sum.alive.entry(seen.id).or_default() += 1;
            }
            for (i, j, distance) in pairs {
                let (target, track) = (&step.truths[i], &step.tracks[j]);
                if last.insert(target.id, track.id).is_some_and(|before| before != track.id) {
                    sum.switches += 1;
                }
                *sum.segments.entry(target.id).or_default().entry(track.id).or_default() += 1;
                sum.flights.entry(target.id).or_default().push(distance);
                let error = Error::of(target, track, distance);
                let manoeuvre = truth.rows[target.row].manoeuvre;
                for kind in kinds(aircraft.get(&target.id).copied(), manoeuvre) {
                    sum.errors.entry(kind).or_default().push(error);
                }
                sum.note_lag(target, track);
            }
        }
        sum
    }

    fn note_lag(&mut self, target: &Seen, track: &Seen) {
        let [ve, vn] = target.velocity;
        let speed_mps = ve.hypot(vn);
        if speed_mps >= LAG_SPEED_MIN_MPS {
            let behind = [target.at[0] - track.at[0], target.at[1] - track.at[1]];
            self.lag_s += (behind[0] * ve + behind[1] * vn) / (speed_mps * speed_mps);
            self.lag_count += 1;
        }
    }

    fn siap(&self, grid_s: f64) -> Siap {
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        let longest = |(target, instants): (&u32, &usize)| {
            let segments = self.segments.get(target);
            let longest = segments.and_then(|s| s.values().max()).copied().unwrap_or(0);
            longest as f64 / *instants as f64
        };
        let had = self.segments.values().map(BTreeMap::len).sum::<usize>();
        Siap {
            completeness: share(self.paired_instants, self.truth_instants),
            ambiguity: share(self.paired_instants + self.ambiguous, self.paired_instants),
            spuriousness: share(self.spurious, self.track_instants),
            id_switches: self.switches,
            id_switch_per_truth_hour: self.switches as f64
                / (self.truth_instants.max(1) as f64 * grid_s / 3600.0),
            longest_segment: self.alive.iter().map(longest).sum::<f64>()
                / self.alive.len().max(1) as f64,
            tracks_per_truth: share(had, self.alive.len()),
        }
    }

    fn flights(&self) -> FlightStatistics {
        let mut rms: Vec<f64> =
            self.flights.values().map(|errors| root_mean_square(errors.iter().copied())).collect();
        rms.sort_by(f64::total_cmp);
        let within = |most: f64| {
            rms.iter().filter(|rms| **rms <= most).count() as f64 / rms.len().max(1) as f64
        };
        FlightStatistics {
            n: rms.len(),
            le300: within(300.0),
            le500: within(500.0),
            p50: percentile(&rms, 50.0),
            p95: percentile(&rms, 95.0),
            max: rms.last().copied().unwrap_or(0.0),
        }
    }
}

/// The kinds under which an error is counted; each once.
fn kinds(aircraft: Option<&Aircraft>, manoeuvre: bool) -> BTreeSet<String> {
    let path = if manoeuvre { "man" } else { "str" };
    let mut kinds = BTreeSet::from(["ALL".to_owned(), path.to_owned()]);
    if let Some(aircraft) = aircraft {
        let equipment = aircraft.equipment();
        kinds.insert(aircraft.class.clone());
        kinds.insert(equipment.to_owned());
        kinds.insert(format!("{equipment}-{path}"));
    }
    kinds
}

fn statistics(errors: &[Error]) -> ErrorStatistics {
    let rms = |value: fn(&Error) -> f64| root_mean_square(errors.iter().map(value));
    let mut positions: Vec<f64> = errors.iter().map(|error| error.position_m).collect();
    positions.sort_by(f64::total_cmp);
    ErrorStatistics {
        n: errors.len(),
        pos_rms: rms(|error| error.position_m),
        pos_p50: percentile(&positions, 50.0),
        pos_p95: percentile(&positions, 95.0),
        vel_rms: rms(|error| error.velocity_mps),
        speed_rms: rms(|error| error.speed_mps),
        heading_rms: rms(|error| error.heading_deg),
        h_rms: rms(|error| error.height_m),
    }
}

fn root_mean_square(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_usize), |(sum, n), x| (sum + x * x, n + 1));
    (sum / count.max(1) as f64).sqrt()
}

/// Linear between the sorted values, as most tools do it (type 7 of Hyndman and Fan 1996).
fn percentile(sorted: &[f64], percent: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = percent / 100.0 * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}
