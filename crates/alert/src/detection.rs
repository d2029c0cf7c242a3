//! How many of its expected plots a sensor gives, from the tracks that it holds.
//!
//! Looked at once an evaluation, not at each plot: a track says when each sensor's last plot of it
//! was. A turn in which a sensor that holds a track gave none counts as missed once the sensor's
//! next plot closes the gap, or while others go on seeing the target. So nothing is expected of a
//! target that left, and a gap that only one sensor could have seen counts when it is over.

use crate::cover::Cover;
use crate::{Detection, SensorFact};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, VecDeque};
use surveillance::{Phase, SensorId, SensorKind, Time, Track, TrackNumber};

/// What counts, and over what.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DetectionConfig {
    /// Share of a sensor's range within which its plots are expected.
    pub range_share: f64,
    /// Range of a radar that is not known to have one, metres.
    pub range_m: f64,
    /// Range of a multilateration system that is not known to have one, metres.
    pub station_range_m: f64,
    /// Margin that a target must be above the lowest height that a sensor over a smooth earth sees
    /// there, metres. Hills are not in it.
    pub margin_m: f64,
    /// A target that a sensor does not see for more turns is out of its cover.
    pub turns_max: u32,
    /// Plots of two sensors of one instant arrive within this time, seconds.
    pub lag_s: f64,
    /// A share is of so many expected plots at least, the newest,
    pub expected: u32,
    /// or of as many as there were within this time, seconds.
    pub window_s: f64,
}

impl Default for DetectionConfig {
    fn default() -> Self {
        Self {
            range_share: 0.9,
            range_m: 250_000.0,
            station_range_m: 120_000.0,
            margin_m: 600.0,
            turns_max: 5,
            lag_s: 3.0,
            expected: 400,
            window_s: 900.0,
        }
    }
}

/// Plots are counted together over this time, seconds.
const BUCKET_S: f64 = 10.0;

/// Expected and missed plots of all sensors that turn.
#[derive(Debug, Clone, Default)]
pub struct DetectionWatch {
    config: DetectionConfig,
    held: FxHashMap<(TrackNumber, SensorId), Held>,
    counts: BTreeMap<SensorId, VecDeque<Bucket>>,
    looks: u64,
}

/// A sensor holds a track.
#[derive(Debug, Clone, Copy)]
struct Held {
    /// Its last plot of it, UTC.
    last: Time,
    /// Turns since that have been counted as missed.
    missed: u32,
    /// The look that last saw it.
    look: u64,
}

/// What was counted about one time.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// Running time of its begin, seconds.
    begin_s: f64,
    /// Less than nothing where turns counted as missed before had only come late.
    expected: i64,
    came: i64,
}

impl DetectionWatch {
    /// With these thresholds.
    pub fn new(config: DetectionConfig) -> Self {
        Self { config, ..Self::default() }
    }

    /// Looks at our own tracks at a running time. `sensors` in order of SAC/SIC.
    pub fn look<'t>(
        &mut self,
        tracks: impl Iterator<Item = &'t Track>,
        sensors: &[SensorFact<'_>],
        running_s: f64,
    ) {
        self.looks += 1;
        let flying = |track: &&Track| track.phase != Phase::Tentative && !track.on_ground;
        for track in tracks.filter(flying) {
            for part in &track.contributors {
                let place = sensors.binary_search_by_key(&part.sensor, |fact| fact.sensor.id);
                let Ok(place) = place else { continue };
                self.look_at(track, part.last, &sensors[place], running_s);
            }
        }
        let look = self.looks;
        self.held.retain(|_, held| held.look == look);
        let begin_s = running_s - self.config.window_s;
        for counts in self.counts.values_mut() {
            while counts.front().is_some_and(|bucket| bucket.begin_s < begin_s) {
                counts.pop_front();
            }
        }
    }

    fn look_at(&mut self, track: &Track, last: Time, fact: &SensorFact<'_>, running_s: f64) {
        let sensor = fact.sensor;
        // ADS-B comes when aircraft send, and a system tells of a track what it likes.
        let turns = matches!(sensor.kind, SensorKind::Radar | SensorKind::Mlat);
        let Some(period_s) = sensor.period_s.filter(|period_s| turns && *period_s > 0.0) else {
            return;
        };
        let new = Held { last, missed: 0, look: self.looks };
        let held = self.held.entry((track.number, sensor.id)).or_insert(new);
        held.look = self.looks;
        let config = &self.config;
        let (expected, came) = if last > held.last {
            let turns = (last.seconds_since(held.last) / period_s).round().max(1.0);
            let counted = i64::from(held.missed);
            *held = new;
            // After a longer while it came back into cover.
            let within = turns <= f64::from(config.turns_max) + 1.0;
            (if within { turns as i64 - counted } else { 1 }, 1)
        } else {
            let waited_s = track.last.seconds_since(held.last) - config.lag_s;
            let turns = (waited_s / period_s - 0.5).floor();
            let missed = turns.clamp(0.0, f64::from(config.turns_max)) as u32;
            let more = missed.saturating_sub(held.missed);
            held.missed += more;
            (i64::from(more), 0)
        };
        if (expected, came) == (0, 0) || fact.silent_since.is_some() {
            return;
        }
        let cover = Cover {
            range_share: config.range_share,
            range_m: config.range_m,
            station_range_m: config.station_range_m,
            margin_m: config.margin_m,
        };
        if cover.holds(sensor, track) {
            let counts = self.counts.entry(sensor.id).or_default();
            let full = |bucket: &Bucket| running_s - bucket.begin_s >= BUCKET_S;
            if counts.back().is_none_or(full) {
                counts.push_back(Bucket { begin_s: running_s, expected: 0, came: 0 });
            }
            if let Some(bucket) = counts.back_mut() {
                bucket.expected += expected;
                bucket.came += came;
            }
        }
    }

    /// The share of a sensor's newest expected plots that came; `None` where none was expected.
    pub fn of(&self, sensor: SensorId) -> Option<Detection> {
        let (mut expected, mut came) = (0, 0);
        for bucket in self.counts.get(&sensor)?.iter().rev() {
            expected += bucket.expected;
            came += bucket.came;
            if expected >= i64::from(self.config.expected) {
                break;
            }
        }
        (expected > 0).then(|| Detection {
            share: (came as f64 / expected as f64).clamp(0.0, 1.0),
            expected: u32::try_from(expected).unwrap_or(u32::MAX),
        })
    }
}
