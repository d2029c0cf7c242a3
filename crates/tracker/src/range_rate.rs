//! Range rates of radars that hear the Doppler shift: which way a radar counts them, and what one
//! says of a target's velocity.

use crate::motion::Fix;
use geodesy::Enu;

/// Across the line of sight a range rate says nothing: a variance that no velocity has, (m/s)².
const ACROSS: f64 = 1e6;
/// Doubt of a climb rate, m/s: it matters only high above a radar.
const CLIMB_SD_MPS: f64 = 5.0;
/// A range rate this near to the one expected of a well-known velocity is counted that way, m/s.
const SAME_MPS: f64 = 15.0;
/// Slower along the line of sight than this, a target does not show the way, m/s.
const TELLS_FROM_MPS: f64 = 30.0;
/// So many must have shown it, so large a share of them the same.
const NEEDED: u16 = 20;
const SHARE: f32 = 0.8;
/// Older ones count half once there are so many.
const HALVED_AT: u16 = 400;
/// Range rates of targets lie within this on either side of zero, m/s; one in twenty is nonsense.
const SPAN_MPS: f64 = 320.0;
const NONSENSE: f64 = 0.05;
/// Classes of strays' range rates over that span: 20 m/s each.
const CLASSES: usize = 32;
/// Strays that all classes together are taken to have had before any was heard.
const PRIOR: f32 = 64.0;
/// Older strays count half once there are so many.
const STRAYS_HALVED_AT: f32 = 4_096.0;

/// How a radar's range rates compare with what its targets fly. Standards do not all say whether
/// away from the radar counts up, and not all radars follow: it is learnt before any is used.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct RangeRates {
    away: u16,
    towards: u16,
    neither: u16,
    /// How often plots of no track told which range rate, as told.
    strays: [f32; CLASSES],
    all_strays: f32,
}

impl RangeRates {
    /// A range rate told, and the one that the target's velocity leads to, away counted up, m/s.
    pub(crate) fn note(&mut self, told_mps: f64, expected_mps: f64) {
        if expected_mps.abs() < TELLS_FROM_MPS {
            return;
        }
        let count = if (told_mps - expected_mps).abs() < SAME_MPS {
            &mut self.away
        } else if (told_mps + expected_mps).abs() < SAME_MPS {
            &mut self.towards
        } else {
            &mut self.neither
        };
        *count += 1;
        if self.away + self.towards + self.neither >= HALVED_AT {
            self.away /= 2;
            self.towards /= 2;
            self.neither /= 2;
        }
    }

    /// A plot of no track told this range rate, m/s: what clutter tells is learnt.
    pub(crate) fn note_stray(&mut self, told_mps: f64) {
        self.strays[class(told_mps)] += 1.0;
        self.all_strays += 1.0;
        if self.all_strays >= STRAYS_HALVED_AT {
            self.strays.iter_mut().for_each(|count| *count *= 0.5);
            self.all_strays *= 0.5;
        }
    }

    /// Density of a told range rate if the plot is of no track, per m/s.
    fn stray_density(&self, told_mps: f64) -> f64 {
        let count = self.strays[class(told_mps)] + PRIOR / CLASSES as f32;
        let share = f64::from(count / (self.all_strays + PRIOR));
        share * CLASSES as f64 / (2.0 * SPAN_MPS)
    }

    /// How much likelier a told range rate is of a target of which nothing else is known than of a
    /// stray, as a logarithm.
    pub(crate) fn first_ratio(&self, told_mps: f64) -> f64 {
        -(2.0 * SPAN_MPS * self.stray_density(told_mps)).ln()
    }

    /// How much likelier a told range rate is if it is the target's than if it is a stray's, as a
    /// logarithm, from the density of its [`velocity_fix`], which is one of level velocities.
    pub(crate) fn log_ratio(&self, told_mps: f64, log_density: f64, level: f64) -> f64 {
        let along = (log_density - level.ln() + 0.5 * (std::f64::consts::TAU * ACROSS).ln()).exp();
        let of_target = (1.0 - NONSENSE) * along + NONSENSE / (2.0 * SPAN_MPS);
        let ratio = (of_target / self.stray_density(told_mps)).ln();
        if ratio.is_nan() { 0.0 } else { ratio.min(BEST_RATIO) }
    }

    /// Whether what a radar tells is still to be held against what its targets fly: once its range
    /// rates are used, velocities follow them and would speak for them.
    pub(crate) fn wants(&self) -> bool {
        self.sign().is_none()
    }

    /// What its range rates are multiplied by so that away counts up. `None`: not known, or they
    /// are not what its targets fly.
    pub(crate) fn sign(&self) -> Option<f64> {
        let all = self.away + self.towards + self.neither;
        let most = |count: u16| all >= NEEDED && f32::from(count) >= SHARE * f32::from(all);
        match (most(self.away), most(self.towards)) {
            (true, _) => Some(1.0),
            (_, true) => Some(-1.0),
            _ => None,
        }
    }
}

/// Which class of range rates.
fn class(told_mps: f64) -> usize {
    let place = (told_mps + SPAN_MPS) * (CLASSES as f64 / (2.0 * SPAN_MPS));
    (place.max(0.0) as usize).min(CLASSES - 1)
}

/// Log-likelihood ratio that a range rate may bring at most.
pub(crate) const BEST_RATIO: f64 = 6.0;

/// A range rate (away counted up, m/s) as a fix of the horizontal velocity: known along the line of
/// sight, not across. `line` is the unit vector from the radar in the track's axes, `mean` the
/// velocity that stands where nothing is known. With how much of a metre a second along the level the line
/// of sight shows.
pub(crate) fn velocity_fix(
    range_rate_mps: f64,
    sd_mps: f64,
    line: Enu,
    climb_mps: f64,
    mean: [f64; 2],
) -> Option<(Fix, f64)> {
    let level = line.east.hypot(line.north);
    let along = [line.east / level, line.north / level];
    let across = [-along[1], along[0]];
    let told_mps = (range_rate_mps - climb_mps * line.up) / level;
    let variance = (sd_mps.powi(2) + (CLIMB_SD_MPS * line.up).powi(2)) / (level * level);
    let stands_mps = mean[0] * across[0] + mean[1] * across[1];
    let fix = Fix {
        z: [0, 1].map(|i| told_mps * along[i] + stands_mps * across[i]),
        r: [(0, 0), (0, 1), (1, 1)]
            .map(|(i, j)| variance * along[i] * along[j] + ACROSS * across[i] * across[j]),
    };
    fix.z.iter().chain(&fix.r).all(|value| value.is_finite()).then_some((fix, level))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_way_a_radar_counts_is_known_once_most_of_twenty_show_it() {
        let mut rates = RangeRates::default();
        for _ in 0..19 {
            rates.note(-101.0, 100.0);
            rates.note(5.0, 4.0);
        }
        assert_eq!(rates.sign(), None);
        rates.note(-99.0, 100.0);
        assert_eq!(rates.sign(), Some(-1.0));
        let mut noise = RangeRates::default();
        (0..1_000).for_each(|i| noise.note(f64::from(i % 300), 100.0));
        assert_eq!(noise.sign(), None);
    }

    #[test]
    fn a_range_rate_says_the_speed_along_the_line_and_nothing_across() {
        let line = Enu { east: 0.6, north: 0.8, up: 0.0 };
        let (fix, level) = velocity_fix(50.0, 3.0, line, 0.0, [10.0, 20.0]).expect("a fix");
        assert!((level - 1.0).abs() < 1e-12);
        let along = 0.6 * fix.z[0] + 0.8 * fix.z[1];
        let across = -0.8 * fix.z[0] + 0.6 * fix.z[1];
        assert!((along - 50.0).abs() < 1e-9 && (across - 4.0).abs() < 1e-9);
        let variance = 0.36 * fix.r[0] + 0.96 * fix.r[1] + 0.64 * fix.r[2];
        assert!((variance - 9.0).abs() < 1e-6, "{variance}");
        assert_eq!(
            velocity_fix(50.0, 3.0, Enu { east: 0.0, north: 0.0, up: 1.0 }, 0.0, [0.0; 2]),
            None
        );
    }
}
