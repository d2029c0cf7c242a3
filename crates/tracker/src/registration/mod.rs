//! Registration: what each radar's range, azimuth, elevation, clock and site are off by, estimated
//! on line from traffic that it shares with ADS-B of good integrity or with other radars.
//!
//! A [`Sample`] is the distance between where a radar puts a target and where something else does.
//! Samples wait in a ring per sensor; every few seconds all sensors are solved together by robust
//! least squares ([`solve`]), with a latency per aircraft for reports that are stamped late. A
//! solution that is significant corrects the plots from then on; what it leaves uncertain widens
//! them (the "consider" covariance of Schmidt 1966, without cross terms).
//!
//! Against ADS-B the errors are absolute. Between radars alone the common part of their clocks
//! cannot be seen, and the rest only as far as the geometry shows it: the prior keeps it small and
//! the stated standard deviation says so.

mod sample;
mod solve;

pub(crate) use sample::{Lever, Sample, Sighting};

use solve::{Latency, PARAMETERS, Solution};
use surveillance::{Measurement, Plot, SensorId, Time};

/// Samples kept per sensor; older ones fall out.
const SAMPLES_MAX: usize = 1_536;
/// Up to so many every sample is taken, then one each [`SPACING_S`]: the ring spans minutes.
const TAKEN_AT_ONCE: usize = 384;
const SPACING_S: f64 = 0.2;
/// Samples older than this say nothing of today's errors, seconds.
const AGE_MAX_S: f64 = 900.0;
/// Sensors registered at most: the cost grows with the cube.
const SENSORS_MAX: usize = 64;
/// Seconds between solutions at first, and once a ring is well filled.
const PERIOD_S: (f64, f64) = (2.0, 15.0);
/// Samples from which a solution is used.
const SAMPLES_MIN: u32 = 12;
/// Samples from which a sensor may judge others.
const SAMPLES_THAT_SETTLE: u32 = 80;
/// Normalised squared size from which a solution is applied, and below which it no longer is: for
/// six parameters 99.99 % and 95 %.
const SIGNIFICANT: (f64, f64) = (28.0, 12.6);

/// An estimated error and its standard deviation.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Estimated {
    /// The estimate, in the unit of the field's name.
    pub value: f64,
    /// Its standard deviation.
    pub sd: f64,
}

/// What a registration rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegisteredAgainst {
    /// ADS-B: the errors are absolute.
    Reports,
    /// Other radars alone: an error that all share is not seen.
    Radars,
}

/// What one sensor measures too much: subtract it from its measurements.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Registration {
    /// Whose.
    pub sensor: SensorId,
    /// Slant range, metres.
    pub range_m: Estimated,
    /// Slant range per metre of slant range.
    pub range_gain: Estimated,
    /// Azimuth, radians, clockwise.
    pub azimuth_rad: Estimated,
    /// Elevation, radians; `None` unless it measures elevation.
    pub elevation_rad: Option<Estimated>,
    /// Time stamp less true time of measurement, seconds.
    pub time_s: Estimated,
    /// Antenna's true site less the stated one, metres east and north.
    pub site_m: [Estimated; 2],
    /// Samples that the estimate rests on.
    pub samples: u32,
    /// Mean squared normalised residual per degree of freedom: 1 where the stated accuracy is right.
    pub misfit: f64,
    /// What they were compared with.
    pub against: RegisteredAgainst,
    /// Whether plots are corrected by it: it is significant.
    pub applied: bool,
}

/// What plots of a sensor are corrected by.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Correction {
    range_m: f64,
    gain: f64,
    azimuth_rad: f64,
    elevation_rad: f64,
    time_s: f64,
    pub(crate) site_m: [f64; 2],
    /// Whether the sensor is known well enough to judge others by it, corrected or right.
    pub(crate) settled: bool,
    /// Standard deviations left, for the consider covariance.
    pub(crate) range_sd_m: f64,
    pub(crate) azimuth_sd_rad: f64,
    pub(crate) time_sd_s: f64,
}

impl Correction {
    /// The plot as the sensor would have measured it without its errors.
    pub(crate) fn apply(&self, plot: &mut Plot) {
        if let Some(Measurement::Polar { slant_range_m, azimuth_rad, elevation_rad }) =
            &mut plot.measurement
        {
            *slant_range_m = ((*slant_range_m - self.range_m) / (1.0 + self.gain)).max(1.0);
            *azimuth_rad -= self.azimuth_rad;
            if let Some(elevation_rad) = elevation_rad {
                *elevation_rad -= self.elevation_rad;
            }
            plot.time = plot.time.plus_seconds(-self.time_s);
        }
    }

    /// The inverse of [`Self::apply`].
    pub(crate) fn undo(&self, plot: &mut Plot) {
        if let Some(Measurement::Polar { slant_range_m, azimuth_rad, elevation_rad }) =
            &mut plot.measurement
        {
            *slant_range_m = *slant_range_m * (1.0 + self.gain) + self.range_m;
            *azimuth_rad += self.azimuth_rad;
            if let Some(elevation_rad) = elevation_rad {
                *elevation_rad += self.elevation_rad;
            }
            plot.time = plot.time.plus_seconds(self.time_s);
        }
    }
}

#[derive(Debug)]
struct Entry {
    sensor: SensorId,
    ring: Vec<Sample>,
    next: usize,
    taken: Time,
    solution: Option<Solution>,
    applied: bool,
}

/// Samples and solutions of all sensors.
#[derive(Debug, Default)]
pub(crate) struct Registrar {
    /// By ascending sensor.
    entries: Vec<Entry>,
    solved: Option<Time>,
    fresh: u32,
    scratch: solve::Scratch,
}

impl Registrar {
    /// Whether a sample of this sensor would be taken now.
    pub(crate) fn wants(&self, sensor: SensorId, at: Time) -> bool {
        match self.find(sensor) {
            Ok(index) => {
                let entry = &self.entries[index];
                entry.ring.len() < TAKEN_AT_ONCE || at.seconds_since(entry.taken).abs() >= SPACING_S
            }
            Err(_) => self.entries.len() < SENSORS_MAX,
        }
    }

    /// Whether the sensor's errors are not yet known well enough to associate by position.
    pub(crate) fn is_new(&self, sensor: SensorId) -> bool {
        self.find(sensor).map_or(true, |index| self.entries[index].ring.len() < TAKEN_AT_ONCE / 2)
    }

    /// Forgets what was learnt of a sensor whose site or kind has changed.
    pub(crate) fn forget(&mut self, sensor: SensorId) {
        if let Ok(index) = self.find(sensor) {
            self.entries.remove(index);
        }
        for entry in &mut self.entries {
            entry.ring.retain(|sample| sample.other != Some(sensor));
            entry.next = 0;
        }
    }

    pub(crate) fn take(&mut self, sensor: SensorId, sample: Sample) {
        let index = match self.find(sensor) {
            Ok(index) => index,
            Err(index) => {
                let taken = sample.time;
                let ring = Vec::new();
                let entry = Entry { sensor, ring, next: 0, taken, solution: None, applied: false };
                self.entries.insert(index, entry);
                index
            }
        };
        let entry = &mut self.entries[index];
        entry.taken = sample.time;
        if entry.ring.len() < SAMPLES_MAX {
            entry.ring.push(sample);
        } else {
            entry.ring[entry.next] = sample;
            entry.next = (entry.next + 1) % SAMPLES_MAX;
        }
        self.fresh += 1;
    }

    /// Whether a solution is due.
    pub(crate) fn is_due(&self, now: Time) -> bool {
        let Some(solved) = self.solved else { return self.fresh >= SAMPLES_MIN };
        let young = self.entries.iter().any(|entry| entry.ring.len() < TAKEN_AT_ONCE);
        let period_s = if young { PERIOD_S.0 } else { PERIOD_S.1 };
        self.fresh > 0 && !(0.0..period_s).contains(&now.seconds_since(solved))
    }

    /// Solves all sensors; returns the latencies of aircraft.
    pub(crate) fn solve(&mut self, now: Time) -> &[Latency] {
        self.solved = Some(now);
        self.fresh = 0;
        for entry in &mut self.entries {
            if entry.ring.iter().any(|sample| now.seconds_since(sample.time) > AGE_MAX_S) {
                entry.ring.retain(|sample| now.seconds_since(sample.time) <= AGE_MAX_S);
                entry.next = 0;
            }
        }
        let sensors: Vec<(SensorId, &[Sample])> =
            self.entries.iter().map(|entry| (entry.sensor, &entry.ring[..])).collect();
        let solutions = solve::solve(&sensors, &mut self.scratch);
        for (entry, solution) in self.entries.iter_mut().zip(solutions) {
            entry.solution = solution.filter(|solution| solution.samples >= SAMPLES_MIN);
            let size = entry.solution.as_ref().map_or(0.0, Solution::size);
            let needed = if entry.applied { SIGNIFICANT.1 } else { SIGNIFICANT.0 };
            entry.applied = size > needed;
        }
        &self.scratch.latencies
    }

    /// What plots of each sensor are to be corrected by.
    pub(crate) fn corrections(&self) -> impl Iterator<Item = (SensorId, Correction)> + '_ {
        self.entries.iter().map(|entry| {
            let correction = match &entry.solution {
                Some(solution) if entry.applied => correction(solution),
                Some(solution) => {
                    let settled = solution.samples >= SAMPLES_THAT_SETTLE;
                    Correction { settled, ..Correction::default() }
                }
                None => Correction::default(),
            };
            (entry.sensor, correction)
        })
    }

    /// For the engineer, by ascending sensor.
    pub(crate) fn registrations(&self) -> Vec<Registration> {
        let known = |entry: &Entry| Some((entry.sensor, entry.applied, entry.solution.clone()?));
        self.entries.iter().filter_map(known).map(registration).collect()
    }

    fn find(&self, sensor: SensorId) -> Result<usize, usize> {
        self.entries.binary_search_by_key(&sensor, |entry| entry.sensor)
    }
}

fn correction(solution: &Solution) -> Correction {
    let [range_m, gain, azimuth_rad, time_s, east_m, north_m] = solution.value;
    let sd = |index: usize| solution.covariance[index][index].max(0.0).sqrt();
    Correction {
        range_m,
        gain,
        azimuth_rad,
        elevation_rad: solution
            .elevation
            .filter(|e| e.value.abs() > 3.0 * e.sd)
            .map_or(0.0, |e| e.value),
        time_s,
        site_m: [east_m, north_m],
        settled: solution.samples >= SAMPLES_THAT_SETTLE,
        range_sd_m: sd(0),
        azimuth_sd_rad: sd(2),
        time_sd_s: sd(3),
    }
}

fn registration((sensor, applied, solution): (SensorId, bool, Solution)) -> Registration {
    let of = |index: usize| Estimated {
        value: solution.value[index],
        sd: solution.covariance[index][index].max(0.0).sqrt(),
    };
    const { assert!(PARAMETERS == 6) };
    Registration {
        sensor,
        range_m: of(0),
        range_gain: of(1),
        azimuth_rad: of(2),
        elevation_rad: solution.elevation,
        time_s: of(3),
        site_m: [of(4), of(5)],
        samples: solution.samples,
        misfit: solution.misfit,
        against: solution.against,
        applied,
    }
}
