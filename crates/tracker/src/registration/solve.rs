//! All sensors' errors at once by robust least squares with priors.
//!
//! Iteratively reweighted with Huber's weights (Huber, *Robust Statistics*, 1981): convex, so any
//! start ends at the same place. A latency per aircraft is estimated in between and taken out
//! where it is significant; the median aircraft is held to be on time, since one in ten that
//! report 0.8 s late would bias every radar's clock by 0.08 s.

#![expect(clippy::needless_range_loop, reason = "matrix algebra reads by index")]

use super::sample::{Lever, Sample};
use super::{Estimated, RegisteredAgainst};
use surveillance::{SensorId, TrackNumber};

/// Slant range, gain, azimuth, time, site east, site north.
pub(crate) const PARAMETERS: usize = 6;
/// Standard deviations assumed before any sample: larger than any radar in service shows.
const PRIOR_SD: [f64; PARAMETERS] = [150.0, 3e-4, 6e-3, 0.3, 20.0, 20.0];
/// Normalised distance from which a sample counts less, and from which it does not count.
const HUBER_AT: f64 = 1.5;
const REJECTED_AT: f64 = 5.0;
/// Rounds of latencies, and of reweighing in each: from nothing, and from the last solution.
const COLD: (usize, usize) = (3, 4);
const WARM: (usize, usize) = (2, 1);
/// A latency below this is taken as none, seconds.
const LATENCY_MIN_S: f64 = 0.12;
/// Samples of an aircraft from which its latency is estimated.
const LATENCY_SAMPLES: usize = 4;
/// Samples of one aircraft share errors of its height and of its reports: fewer are independent.
const CORRELATED: f64 = 2.0;

/// What one sensor is off by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Solution {
    pub(crate) value: [f64; PARAMETERS],
    pub(crate) covariance: [[f64; PARAMETERS]; PARAMETERS],
    pub(crate) elevation: Option<Estimated>,
    pub(crate) samples: u32,
    pub(crate) misfit: f64,
    pub(crate) against: RegisteredAgainst,
}

impl Solution {
    /// Normalised squared size of what was found.
    pub(crate) fn size(&self) -> f64 {
        let flat: Vec<f64> = self.covariance.iter().flatten().copied().collect();
        let mut matrix = Matrix { size: PARAMETERS, values: flat };
        if !matrix.factor() {
            return 0.0;
        }
        let solved = matrix.solve(&self.value);
        solved.iter().zip(&self.value).map(|(a, b)| a * b).sum()
    }
}

/// How late an aircraft's reports are stamped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Latency {
    pub(crate) number: TrackNumber,
    /// Stamped time less the time the position was true, seconds; zero: not significant.
    pub(crate) value_s: f64,
}

#[derive(Debug, Default)]
pub(crate) struct Scratch {
    rows: Vec<Row>,
    by_aircraft: Vec<(TrackNumber, u32)>,
    /// Of the last solution, by ascending number.
    pub(crate) latencies: Vec<Latency>,
    medians: Vec<f64>,
    /// Whose errors the last solution was, and what it was.
    sensors: Vec<SensorId>,
    value: Vec<f64>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    sensor: u32,
    sample: u32,
    other: Option<u32>,
    late_s: f64,
    weight: f64,
}

/// One solution per sensor, in the order given; `None` for one that no sample concerns.
pub(crate) fn solve(
    sensors: &[(SensorId, &[Sample])],
    scratch: &mut Scratch,
) -> Vec<Option<Solution>> {
    let known = std::mem::take(&mut scratch.latencies);
    scratch.fill(sensors);
    let size = sensors.len() * PARAMETERS;
    let names = sensors.iter().map(|sensor| sensor.0);
    let warm = scratch.sensors.iter().copied().eq(names.clone());
    let mut value = if warm { scratch.value.clone() } else { vec![0.0; size] };
    scratch.sensors = names.collect();
    let (rounds, iterations) = if warm { WARM } else { COLD };
    if warm {
        give_latencies(&scratch.by_aircraft, &known, &mut scratch.rows);
        reweigh(sensors, &mut scratch.rows, &value);
    }
    let mut normal = Matrix { size, values: vec![0.0; size * size] };
    for _ in 0..rounds {
        for _ in 0..iterations {
            accumulate(sensors, &scratch.rows, &mut normal, &mut value);
            if !normal.factor() {
                scratch.sensors.clear();
                return vec![None; sensors.len()];
            }
            value = normal.solve(&value);
            reweigh(sensors, &mut scratch.rows, &value);
        }
        find_latencies(sensors, scratch, &value);
    }
    scratch.value.clone_from(&value);
    summarise(sensors, &scratch.rows, &normal, &value)
}

impl Scratch {
    fn fill(&mut self, sensors: &[(SensorId, &[Sample])]) {
        self.rows.clear();
        self.by_aircraft.clear();
        for (index, (_, samples)) in sensors.iter().enumerate() {
            for (at, sample) in samples.iter().enumerate() {
                let find = |id: SensorId| sensors.binary_search_by_key(&id, |s| s.0).ok();
                let other = match sample.other.map(find) {
                    Some(Some(other)) => Some(other as u32),
                    Some(None) => continue,
                    None => None,
                };
                if other.is_none() {
                    self.by_aircraft.push((sample.number, self.rows.len() as u32));
                }
                self.rows.push(Row {
                    sensor: index as u32,
                    sample: at as u32,
                    other,
                    late_s: 0.0,
                    weight: 1.0,
                });
            }
        }
        self.by_aircraft.sort_unstable();
        self.latencies.clear();
    }
}

fn columns(lever: &Lever, velocity: [f32; 2]) -> [[f64; 2]; PARAMETERS] {
    let pair = |v: [f32; 2], by: f64| [f64::from(v[0]) * by, f64::from(v[1]) * by];
    [
        pair(lever.by_range, 1.0),
        pair(lever.by_range, f64::from(lever.range_m)),
        pair(lever.by_azimuth, 1.0),
        pair(velocity, -1.0),
        // a site further east puts its targets further east: the plot is short of the truth
        [-1.0, 0.0],
        [0.0, -1.0],
    ]
}

/// Inverse of a covariance ee, en, nn.
fn inverse(r: [f32; 3]) -> [f64; 3] {
    let [a, b, c] = r.map(f64::from);
    let determinant = (a * c - b * b).max(1e-6);
    [c / determinant, -b / determinant, a / determinant]
}

fn product(w: [f64; 3], a: [f64; 2], b: [f64; 2]) -> f64 {
    w[0] * a[0] * b[0] + w[1] * (a[0] * b[1] + a[1] * b[0]) + w[2] * a[1] * b[1]
}

fn without_latency(sample: &Sample, late_s: f64) -> [f64; 2] {
    // a report stamped late lies behind: the radar's position is ahead of it
    [0, 1].map(|i| f64::from(sample.off[i]) - late_s * f64::from(sample.velocity[i]))
}

fn accumulate(
    sensors: &[(SensorId, &[Sample])],
    rows: &[Row],
    normal: &mut Matrix,
    right: &mut [f64],
) {
    normal.values.fill(0.0);
    right.fill(0.0);
    for sensor in 0..sensors.len() {
        for (k, sd) in PRIOR_SD.iter().enumerate() {
            *normal.at(sensor * PARAMETERS + k, sensor * PARAMETERS + k) = 1.0 / (sd * sd);
        }
    }
    for row in rows.iter().filter(|row| row.weight > 0.0) {
        let sample = &sensors[row.sensor as usize].1[row.sample as usize];
        let off = without_latency(sample, row.late_s);
        let w = inverse(sample.r).map(|w| w * row.weight);
        let mine = columns(&sample.mine, sample.velocity);
        let first = row.sensor as usize * PARAMETERS;
        add_block(normal, first, first, &mine, &mine, w);
        add_right(right, first, &mine, off, w);
        if let (Some(other), Some(theirs)) = (row.other, &sample.theirs) {
            let theirs = columns(theirs, sample.velocity).map(|c| [-c[0], -c[1]]);
            let second = other as usize * PARAMETERS;
            add_block(normal, second, second, &theirs, &theirs, w);
            add_block(normal, first, second, &mine, &theirs, w);
            add_block(normal, second, first, &theirs, &mine, w);
            add_right(right, second, &theirs, off, w);
        }
    }
}

/// Adds Aᵀ W B, of which the factor reads the lower triangle alone.
fn add_block(
    normal: &mut Matrix,
    row: usize,
    column: usize,
    a: &[[f64; 2]; PARAMETERS],
    b: &[[f64; 2]; PARAMETERS],
    w: [f64; 3],
) {
    if row < column {
        return;
    }
    let wb = b.map(|b| [w[0] * b[0] + w[1] * b[1], w[1] * b[0] + w[2] * b[1]]);
    for i in 0..PARAMETERS {
        let last = if row == column { i + 1 } else { PARAMETERS };
        let first = (row + i) * normal.size + column;
        for (value, wb) in normal.values[first..first + last].iter_mut().zip(&wb) {
            *value += a[i][0] * wb[0] + a[i][1] * wb[1];
        }
    }
}

fn add_right(
    right: &mut [f64],
    row: usize,
    a: &[[f64; 2]; PARAMETERS],
    off: [f64; 2],
    w: [f64; 3],
) {
    for i in 0..PARAMETERS {
        right[row + i] += product(w, a[i], off);
    }
}

/// What the errors found leave of a sample, before its aircraft's latency.
fn residual(sample: &Sample, row: &Row, value: &[f64]) -> [f64; 2] {
    let mut left = [0, 1].map(|i| f64::from(sample.off[i]));
    let mut take = |lever: &Lever, first: usize, sign: f64| {
        for (k, column) in columns(lever, sample.velocity).iter().enumerate() {
            left[0] -= sign * column[0] * value[first + k];
            left[1] -= sign * column[1] * value[first + k];
        }
    };
    take(&sample.mine, row.sensor as usize * PARAMETERS, 1.0);
    if let (Some(other), Some(theirs)) = (row.other, &sample.theirs) {
        take(theirs, other as usize * PARAMETERS, -1.0);
    }
    left
}

fn reweigh(sensors: &[(SensorId, &[Sample])], rows: &mut [Row], value: &[f64]) {
    for row in rows {
        let sample = &sensors[row.sensor as usize].1[row.sample as usize];
        let left = residual(sample, row, value);
        let late = [0, 1].map(|i| left[i] - row.late_s * f64::from(sample.velocity[i]));
        let size = product(inverse(sample.r), late, late).max(0.0).sqrt();
        row.weight = if size > HUBER_AT { HUBER_AT / size } else { 1.0 };
    }
}

/// Estimates each aircraft's latency and anchors their median at zero.
fn find_latencies(sensors: &[(SensorId, &[Sample])], scratch: &mut Scratch, value: &[f64]) {
    let Scratch { rows, by_aircraft, latencies, medians, .. } = scratch;
    latencies.clear();
    medians.clear();
    let mut spreads = Vec::new();
    for group in by_aircraft.chunk_by(|a, b| a.0 == b.0) {
        let (mut told, mut weight) = (0.0, 0.0);
        for &(_, index) in group {
            let row = &rows[index as usize];
            let sample = &sensors[row.sensor as usize].1[row.sample as usize];
            let left = residual(sample, row, value);
            let w = inverse(sample.r).map(|w| w * row.weight);
            let velocity = sample.velocity.map(f64::from);
            told += product(w, velocity, left);
            weight += product(w, velocity, velocity);
        }
        if group.len() >= LATENCY_SAMPLES && weight > 0.0 {
            latencies.push(Latency { number: group[0].0, value_s: told / weight });
            spreads.push(CORRELATED / weight.sqrt());
        }
    }
    medians.extend(latencies.iter().zip(&spreads).filter(|l| *l.1 < 0.25).map(|l| l.0.value_s));
    medians.sort_by(f64::total_cmp);
    let median = medians.get(medians.len() / 2).copied().unwrap_or(0.0);
    for (latency, sd_s) in latencies.iter_mut().zip(&spreads) {
        let off_s = latency.value_s - median;
        let significant = off_s.abs() > (2.0 * sd_s).max(LATENCY_MIN_S) && off_s.abs() < 5.0;
        latency.value_s = if significant { off_s } else { 0.0 };
    }
    give_latencies(by_aircraft, latencies, rows);
}

fn give_latencies(by_aircraft: &[(TrackNumber, u32)], latencies: &[Latency], rows: &mut [Row]) {
    for group in by_aircraft.chunk_by(|a, b| a.0 == b.0) {
        let found = latencies.binary_search_by_key(&group[0].0, |l| l.number);
        let late_s = found.map_or(0.0, |index| latencies[index].value_s);
        for &(_, index) in group {
            rows[index as usize].late_s = late_s;
        }
    }
}

fn summarise(
    sensors: &[(SensorId, &[Sample])],
    rows: &[Row],
    normal: &Matrix,
    value: &[f64],
) -> Vec<Option<Solution>> {
    let mut counts = vec![(0_u32, 0_u32, 0.0); sensors.len()];
    for row in rows {
        let sample = &sensors[row.sensor as usize].1[row.sample as usize];
        let left = residual(sample, row, value);
        let late = [0, 1].map(|i| left[i] - row.late_s * f64::from(sample.velocity[i]));
        let size2 = product(inverse(sample.r), late, late).max(0.0);
        let counted = [Some(row.sensor), row.other];
        for sensor in counted.into_iter().flatten() {
            let count = &mut counts[sensor as usize];
            count.0 += 1;
            count.1 += u32::from(row.other.is_none());
            count.2 += 0.5 * size2.min(REJECTED_AT * REJECTED_AT);
        }
    }
    let one = |(index, (samples, reports, sum)): (usize, (u32, u32, f64))| {
        if samples == 0 {
            return None;
        }
        let misfit = sum / f64::from(samples);
        let first = index * PARAMETERS;
        let mut covariance = [[0.0; PARAMETERS]; PARAMETERS];
        for column in 0..PARAMETERS {
            let mut unit = vec![0.0; normal.size];
            unit[first + column] = 1.0;
            let solved = normal.solve(&unit);
            for row in 0..PARAMETERS {
                covariance[row][column] =
                    solved[first + row] * CORRELATED * CORRELATED * misfit.max(1.0);
            }
        }
        Some(Solution {
            value: std::array::from_fn(|k| value[first + k]),
            covariance,
            elevation: elevation(sensors[index].1),
            samples,
            misfit,
            against: if reports * 4 >= samples {
                RegisteredAgainst::Reports
            } else {
                RegisteredAgainst::Radars
            },
        })
    };
    counts.into_iter().enumerate().map(one).collect()
}

/// Robust mean of what the sensor's elevations are off by.
fn elevation(samples: &[Sample]) -> Option<Estimated> {
    let mut mean = 0.0;
    let mut weight = 0.0;
    for round in 0..4 {
        let (mut sum, mut total) = (0.0, 0.0);
        for [off, sd] in samples.iter().filter_map(|sample| sample.elevation) {
            let (off, sd) = (f64::from(off), f64::from(sd));
            let size = (off - mean).abs() / sd;
            let huber = if round > 0 && size > HUBER_AT { HUBER_AT / size } else { 1.0 };
            sum += huber * off / (sd * sd);
            total += huber / (sd * sd);
        }
        if total == 0.0 {
            return None;
        }
        (mean, weight) = (sum / total, total);
    }
    Some(Estimated { value: mean, sd: CORRELATED / weight.sqrt() })
}

/// A symmetric positive matrix, by rows; after [`Self::factor`] its lower Cholesky factor.
#[derive(Debug)]
struct Matrix {
    size: usize,
    values: Vec<f64>,
}

impl Matrix {
    fn at(&mut self, row: usize, column: usize) -> &mut f64 {
        &mut self.values[row * self.size + column]
    }

    /// `false` if it is not positive.
    fn factor(&mut self) -> bool {
        let n = self.size;
        for i in 0..n {
            for j in 0..=i {
                let mut sum = self.values[i * n + j];
                for k in 0..j {
                    sum -= self.values[i * n + k] * self.values[j * n + k];
                }
                if i == j {
                    if !(sum > 0.0 && sum.is_finite()) {
                        return false;
                    }
                    self.values[i * n + i] = sum.sqrt();
                } else {
                    self.values[i * n + j] = sum / self.values[j * n + j];
                }
            }
        }
        true
    }

    fn solve(&self, right: &[f64]) -> Vec<f64> {
        let n = self.size;
        let mut x = right.to_vec();
        for i in 0..n {
            for k in 0..i {
                x[i] -= self.values[i * n + k] * x[k];
            }
            x[i] /= self.values[i * n + i];
        }
        for i in (0..n).rev() {
            for k in i + 1..n {
                x[i] -= self.values[k * n + i] * x[k];
            }
            x[i] /= self.values[i * n + i];
        }
        x
    }
}
