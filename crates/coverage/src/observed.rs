//! Coverage as it was, beside coverage as it should be: how often a sensor saw what others knew to
//! be there.
//!
//! Each update interval of a sensor in which other sensors held a track is one opportunity: the
//! sensor saw the track in it, or missed it. The track must be known without the sensor under test;
//! else it is found to see all that it sees. Opportunities are counted in bins of azimuth, range and
//! level; a bin's detection probability has Jeffreys' interval (a Beta(½, ½) prior), and bins of fewer
//! than [`TRIALS_MIN`] opportunities are drawn as not known.

use crate::atmosphere::RayTable;
use crate::site::Cover;
use crate::sweep::Ellipsoidal;
use crate::sweep::Geometry;
use crate::terrain::{Lattice, Terrain};
use geodesy::Geodetic;
use std::collections::BTreeMap;

/// Fewest opportunities from which a bin's probability is told.
pub const TRIALS_MIN: u32 = 30;

/// Where a track was, by sensors other than the one under test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fix {
    /// Seconds, on the clock of the hits.
    pub time_s: f64,
    /// Latitude, degrees.
    pub latitude_deg: f64,
    /// Longitude, degrees.
    pub longitude_deg: f64,
    /// Altitude over the geoid, metres.
    pub altitude_m: f64,
}

/// One chance to see a track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Opportunity {
    /// Where the track was in the middle of the interval.
    pub fix: Fix,
    /// Whether the sensor saw it in the interval.
    pub seen: bool,
}

/// Longest time between two fixes over which a track's position is interpolated, seconds.
const GAP_MAX_S: f64 = 30.0;
/// Opportunities of one track at most: three days at one a second.
const OPPORTUNITIES_MAX: usize = 259_200;

/// The opportunities one track gave a sensor that looks every `interval_s`: `fixes` by others and
/// `hits` by the sensor itself, both ascending in time.
pub fn opportunities(fixes: &[Fix], hits: &[f64], interval_s: f64) -> Vec<Opportunity> {
    let (Some(first), Some(last)) = (fixes.first(), fixes.last()) else { return Vec::new() };
    let count = ((last.time_s - first.time_s) / interval_s).floor().max(0.0) as usize;
    let one = |index: usize| {
        let from_s = first.time_s + index as f64 * interval_s;
        let fix = interpolated(fixes, from_s + interval_s / 2.0)?;
        let at = hits.partition_point(|hit| *hit < from_s);
        let seen = hits.get(at).is_some_and(|hit| *hit < from_s + interval_s);
        Some(Opportunity { fix, seen })
    };
    (0..count.min(OPPORTUNITIES_MAX)).filter_map(one).collect()
}

/// Two receivers heard the same message if they tell it within this of each other, seconds.
const SAME_MESSAGE_S: f64 = 0.1;

/// The opportunities of a receiver that hears the very messages that others hear: each of theirs is
/// one. `fixes` and `hits` as for [`opportunities`].
pub fn messages(fixes: &[Fix], hits: &[f64]) -> Vec<Opportunity> {
    let mut told: Vec<Opportunity> = Vec::new();
    for &fix in fixes {
        // Several others tell it.
        if told.last().is_some_and(|last| fix.time_s - last.fix.time_s <= SAME_MESSAGE_S) {
            continue;
        }
        let at = hits.partition_point(|hit| *hit < fix.time_s - SAME_MESSAGE_S);
        let seen = hits.get(at).is_some_and(|hit| *hit <= fix.time_s + SAME_MESSAGE_S);
        told.push(Opportunity { fix, seen });
    }
    told
}

fn interpolated(fixes: &[Fix], time_s: f64) -> Option<Fix> {
    let after = fixes.partition_point(|fix| fix.time_s < time_s);
    let (a, b) = (fixes.get(after.checked_sub(1)?)?, fixes.get(after)?);
    let gap_s = b.time_s - a.time_s;
    if gap_s > GAP_MAX_S {
        return None;
    }
    let part = if gap_s > 0.0 { (time_s - a.time_s) / gap_s } else { 0.0 };
    let mix = |a: f64, b: f64| a + part * (b - a);
    // The short way where the track crosses the antimeridian.
    let east = (b.longitude_deg - a.longitude_deg + 180.0).rem_euclid(360.0) - 180.0;
    Some(Fix {
        time_s,
        latitude_deg: mix(a.latitude_deg, b.latitude_deg),
        longitude_deg: a.longitude_deg + part * east,
        altitude_m: mix(a.altitude_m, b.altitude_m),
    })
}

/// A sensor as it is compared.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    /// Where it stands, degrees.
    pub latitude_deg: f64,
    /// Where it stands, degrees.
    pub longitude_deg: f64,
    /// What it should cover.
    pub cover: &'a Cover,
    /// How rays bend from its antenna.
    pub table: &'a RayTable,
}

/// Size of a bin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BinSize {
    /// Degrees of azimuth.
    pub azimuth_deg: f64,
    /// Metres of range.
    pub range_m: f64,
    /// Metres of altitude.
    pub altitude_m: f64,
}

impl Default for BinSize {
    /// 2°, 5 NM, 2,000 ft.
    fn default() -> Self {
        Self { azimuth_deg: 2.0, range_m: 9260.0, altitude_m: 609.6 }
    }
}

/// A bin's place: how many steps of azimuth, range and altitude.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bin {
    /// Clockwise from true north.
    pub azimuth: u16,
    /// From the sensor.
    pub range: u16,
    /// From mean sea level.
    pub altitude: u16,
}

/// What was counted in a bin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Opportunities.
    pub expected: u32,
    /// Of them, seen.
    pub seen: u32,
    /// Of them, where the model says that the sensor covers.
    pub predicted: u32,
}

/// How observation and prediction stand to each other in a bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// Fewer than [`TRIALS_MIN`] opportunities.
    TooFew,
    /// As it should be.
    PredictedObserved,
    /// A fault of the sensor, or something in the way that the terrain does not have.
    PredictedNotObserved,
    /// Terrain, refraction or a position is wrong.
    ObservedNotPredicted,
    /// Nothing to see, nothing seen.
    Neither,
}

impl Tally {
    /// Detection probability: lower end, estimate, upper end of Jeffreys' 95 % interval.
    pub fn probability(&self) -> (f64, f64, f64) {
        let (seen, missed) = (f64::from(self.seen), f64::from(self.expected - self.seen));
        let quantile = |p| beta_quantile(p, seen + 0.5, missed + 0.5);
        let estimate = if self.expected == 0 { 0.5 } else { seen / f64::from(self.expected) };
        // At the ends Jeffreys' interval is closed (Brown, Cai, DasGupta, Stat. Sci. 16, 2001).
        let low = if self.seen == 0 { 0.0 } else { quantile(0.025) };
        let high = if self.seen == self.expected { 1.0 } else { quantile(0.975) };
        (low, estimate, high)
    }

    /// Half the opportunities decide for both.
    pub fn agreement(&self) -> Agreement {
        if self.expected < TRIALS_MIN {
            return Agreement::TooFew;
        }
        match (2 * self.predicted > self.expected, 2 * self.seen > self.expected) {
            (true, true) => Agreement::PredictedObserved,
            (true, false) => Agreement::PredictedNotObserved,
            (false, true) => Agreement::ObservedNotPredicted,
            (false, false) => Agreement::Neither,
        }
    }
}

/// A sensor's opportunities, counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// By bin.
    pub bins: BTreeMap<Bin, Tally>,
    /// Size of the bins.
    pub size: BinSize,
    /// All opportunities where the model says that the sensor covers.
    pub predicted: Tally,
    /// All others.
    pub not_predicted: Tally,
    /// By degree of azimuth and tenth of a degree of elevation from −3° to 12°.
    elevations: Vec<Tally>,
}

const ELEVATION_MIN_DEG: f64 = -3.0;
const ELEVATION_STEP_DEG: f64 = 0.1;
const ELEVATION_STEPS: usize = 150;

impl Observed {
    /// Nothing counted yet.
    pub fn new(size: BinSize) -> Self {
        let elevations = vec![Tally::default(); 360 * ELEVATION_STEPS];
        let (predicted, not_predicted) = (Tally::default(), Tally::default());
        Self { bins: BTreeMap::new(), size, predicted, not_predicted, elevations }
    }

    /// Counts opportunities of one sensor; those beyond the terrain or the cover's range are not.
    pub fn count(&mut self, terrain: &Lattice, of: &Compared<'_>, opportunities: &[Opportunity]) {
        let here = Geodetic::from_degrees(of.latitude_deg, of.longitude_deg, 0.0);
        let Some(here) = here else { return };
        for Opportunity { fix, seen } in opportunities {
            let there = Geodetic::from_degrees(fix.latitude_deg, fix.longitude_deg, 0.0);
            let cell = terrain.nearest(fix.latitude_deg, fix.longitude_deg);
            let (Some(there), Some(cell)) = (there, cell) else { continue };
            if of.cover.local(cell).is_none() || fix.altitude_m < 0.0 {
                continue;
            }
            let line = here.geodesic_to(there);
            let azimuth_deg = line.bearing_rad.to_degrees();
            let predicted = of.cover.covers(cell, fix.altitude_m as f32);
            let bin = Bin {
                azimuth: (azimuth_deg / self.size.azimuth_deg) as u16,
                range: (line.distance_m / self.size.range_m) as u16,
                altitude: (fix.altitude_m / self.size.altitude_m) as u16,
            };
            let tallied =
                Tally { expected: 1, seen: u32::from(*seen), predicted: u32::from(predicted) };
            self.bins.entry(bin).or_default().add(tallied);
            let all = if predicted { &mut self.predicted } else { &mut self.not_predicted };
            all.add(tallied);
            if line.distance_m > 1000.0 {
                let tangent = of.table.launch_tangent(line.distance_m, fix.altitude_m);
                let steps = (tangent.atan().to_degrees() - ELEVATION_MIN_DEG) / ELEVATION_STEP_DEG;
                if (0.0..ELEVATION_STEPS as f64).contains(&steps) {
                    let degree = azimuth_deg as usize % 360;
                    self.elevations[degree * ELEVATION_STEPS + steps as usize].add(tallied);
                }
            }
        }
    }

    /// The horizon that the sensor shows: for each degree of azimuth, the lowest elevation from
    /// which on more than half was seen, radians; `None` where too few opportunities tell.
    ///
    /// It is the lowest tenth of a degree from which this one and the two above together have at
    /// least `trials` opportunities and see more than half of them, while everything below that was
    /// tried together sees at most half. A degree without low traffic tells nothing: nobody flew
    /// where the horizon would show.
    pub fn horizon_rad(&self, trials: u32) -> Vec<Option<f64>> {
        let degree = |tallies: &[Tally]| {
            let mut below = Tally::default();
            for step in 0..tallies.len() - 2 {
                let mut pooled = Tally::default();
                tallies[step..step + 3].iter().for_each(|t| pooled.add(*t));
                let enough = pooled.expected >= trials && tallies[step].expected > 0;
                if enough && 2 * pooled.seen > pooled.expected {
                    let tried = below.expected >= trials && 2 * below.seen <= below.expected;
                    let elevation_deg = ELEVATION_MIN_DEG + step as f64 * ELEVATION_STEP_DEG;
                    return tried.then(|| elevation_deg.to_radians());
                }
                below.add(tallies[step]);
            }
            None
        };
        self.elevations.chunks_exact(ELEVATION_STEPS).map(degree).collect()
    }

    /// How many bins agree in each way.
    pub fn agreements(&self) -> BTreeMap<Agreement, usize> {
        let mut counts = BTreeMap::new();
        for tally in self.bins.values() {
            *counts.entry(tally.agreement()).or_default() += 1;
        }
        counts
    }
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.expected = self.expected.saturating_add(other.expected);
        self.seen = self.seen.saturating_add(other.seen);
        self.predicted = self.predicted.saturating_add(other.predicted);
    }
}

/// What a sensor's own positions say of the model, where nobody else tells what it misses.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Alone {
    /// Positions over the cover's cells.
    pub positions: usize,
    /// By how much each of them that is not predicted is below the lowest predicted altitude,
    /// metres, ascending; infinite where none is predicted, or it is over the highest.
    pub below_m: Vec<f32>,
}

impl Alone {
    /// Compares what was seen with what should be.
    pub fn compare(terrain: &Lattice, cover: &Cover, seen: &[Fix]) -> Self {
        let mut alone = Self::default();
        for fix in seen {
            let cell = terrain.nearest(fix.latitude_deg, fix.longitude_deg);
            let Some((cell, local)) = cell.and_then(|c| Some((c, cover.local(c)?))) else {
                continue;
            };
            let altitude_m = fix.altitude_m as f32;
            alone.positions += 1;
            if !cover.covers(cell, altitude_m) {
                let below_m = cover.lowest_m[cover.lattice.index(local)] - altitude_m;
                alone.below_m.push(if below_m > 0.0 { below_m } else { f32::INFINITY });
            }
        }
        alone.below_m.sort_by(f32::total_cmp);
        alone
    }
}

/// A mask for [`crate::site::Site::horizon_rad`] from a learned horizon: where nothing was learned,
/// `modelled` stands in.
pub fn mask(learned: &[Option<f64>], modelled: &[f64]) -> Vec<f64> {
    learned.iter().zip(modelled).map(|(learned, modelled)| learned.unwrap_or(*modelled)).collect()
}

/// The ray table of a site, for [`Compared`].
pub fn ray_table(
    terrain: &Terrain,
    site: &crate::site::Site,
    cover: &Cover,
    method: &crate::site::Method,
) -> RayTable {
    let geometry = Ellipsoidal::new(&terrain.lattice, site.latitude_deg, site.longitude_deg);
    let range_m = site.limits.range_max_m;
    RayTable::new(method.propagation, cover.antenna_m, geometry.radius_m(), range_m)
}

/// The x below which a Beta(a, b) variable lies with probability `p`.
fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if beta_below(middle, a, b) < p { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// Probability that a Beta(a, b) variable is below x: the regularised incomplete beta function by
/// its continued fraction (DLMF 8.17.22), evaluated as Lentz does.
fn beta_below(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    // The fraction converges fast on the side of the mean; the other is its complement.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_below(1.0 - x, b, a);
    }
    const TINY: f64 = 1e-300;
    let front =
        (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (1.0 - x).ln()).exp() / a;
    let (mut value, mut c, mut d) = (1.0_f64, 1.0_f64, 0.0_f64);
    for n in 0..500 {
        let m = f64::from(n / 2);
        let term = match n {
            0 => 1.0,
            n if n % 2 == 0 => m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            _ => -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        };
        d = 1.0 + term * d;
        d = 1.0 / if d.abs() < TINY { TINY } else { d };
        c = 1.0 + term / c;
        c = if c.abs() < TINY { TINY } else { c };
        value *= c * d;
        if n > 0 && (c * d - 1.0).abs() < 1e-13 {
            break;
        }
    }
    // The first factor of Lentz is one too much for a fraction that begins with its term.
    front * (value - 1.0)
}

/// ln Γ(x) for x > 0: Stirling's series (DLMF 5.11.1) after recurrence to x ≥ 10.
fn ln_gamma(mut x: f64) -> f64 {
    let mut shift = 0.0;
    while x < 10.0 {
        shift -= x.ln();
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    let series = (1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0 - y / 1680.0))) / x;
    shift + (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + series
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Beta(½, ½) is the arcsine law, Beta(a, 1) a power.
    #[test]
    fn quantiles_are_those_of_closed_forms() {
        for p in [0.025, 0.3, 0.5, 0.975] {
            let arcsine = (std::f64::consts::FRAC_PI_2 * p).sin().powi(2);
            assert!((beta_quantile(p, 0.5, 0.5) - arcsine).abs() < 1e-9, "{p}");
            assert!((beta_quantile(p, 3.5, 1.0) - p.powf(1.0 / 3.5)).abs() < 1e-9, "{p}");
            let complement = 1.0 - (1.0 - p).powf(1.0 / 40.5);
            assert!((beta_quantile(p, 1.0, 40.5) - complement).abs() < 1e-9, "{p}");
        }
    }

    /// Brown, Cai and DasGupta's table of Jeffreys intervals: 2 of 7 gives 0.065 to 0.648.
    #[test]
    fn an_interval_is_the_published_one() {
        let tally = Tally { expected: 7, seen: 2, predicted: 0 };
        let (low, estimate, high) = tally.probability();
        assert!((low - 0.065).abs() < 0.002 && (high - 0.648).abs() < 0.002, "{low} {high}");
        assert!((estimate - 2.0 / 7.0).abs() < 1e-12);
    }

    fn fix(time_s: f64, longitude_deg: f64) -> Fix {
        Fix { time_s, latitude_deg: 42.0, longitude_deg, altitude_m: 9000.0 }
    }

    #[test]
    fn each_interval_between_fixes_is_a_chance_and_a_long_silence_is_none() {
        let fixes = [fix(0.0, 74.0), fix(20.0, 74.2), fix(100.0, 75.0), fix(120.0, 75.2)];
        let found = opportunities(&fixes, &[3.0, 103.0, 118.0], 5.0);
        // 0–20 s and 100–120 s; nothing over the silence of 80 s.
        assert_eq!(found.len(), 8);
        let seen: Vec<bool> = found.iter().map(|o| o.seen).collect();
        assert_eq!(seen, [true, false, false, false, true, false, false, true]);
        assert!((found[1].fix.longitude_deg - 74.075).abs() < 1e-9);
    }

    #[test]
    fn each_message_that_others_hear_is_a_chance_however_many_hear_it() {
        let fixes = [0.0, 0.02, 0.04, 5.0, 60.0, 60.05].map(|time_s| fix(time_s, 74.0));
        let found = messages(&fixes, &[0.03, 4.8, 60.1]);
        let seen: Vec<(f64, bool)> = found.iter().map(|o| (o.fix.time_s, o.seen)).collect();
        assert_eq!(seen, [(0.0, true), (5.0, false), (60.0, true)]);
    }

    #[test]
    fn a_track_over_the_antimeridian_is_interpolated_the_short_way() {
        let between = interpolated(&[fix(0.0, 179.9), fix(10.0, -179.9)], 5.0).unwrap();
        assert!((between.longitude_deg.abs() - 180.0).abs() < 1e-9);
    }

    #[test]
    fn thirty_chances_are_needed_before_a_bin_tells() {
        let tally = |expected, seen, predicted| Tally { expected, seen, predicted }.agreement();
        assert_eq!(tally(29, 29, 29), Agreement::TooFew);
        assert_eq!(tally(30, 29, 30), Agreement::PredictedObserved);
        assert_eq!(tally(30, 3, 30), Agreement::PredictedNotObserved);
        assert_eq!(tally(30, 29, 2), Agreement::ObservedNotPredicted);
        assert_eq!(tally(30, 0, 0), Agreement::Neither);
    }
}
