//! The scores that are kept, and whether a run is worse.

use super::Card;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The figures that are kept of one scenario.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// Mean GOSPA, metres.
    pub gospa_m: f64,
    /// Targets without a track, mean.
    pub missed: f64,
    /// Tracks without a target, mean.
    pub excess: f64,
    /// Share of target instants that have a track.
    pub completeness: f64,
    /// Identity switches.
    pub switches: u64,
    /// Root mean square of all position errors, metres.
    pub position_rms_m: f64,
    /// Share of flights within 300 m root mean square.
    pub flights_within_300_m: f64,
}

/// What is kept of each scenario, by its name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Expected(pub BTreeMap<String, Figures>);

/// By how much a figure may be worse than kept: a part of it and an amount, so that an improvement
/// elsewhere in the tracker need not touch the file, and a step back shows.
const TOLERANCE: f64 = 0.10;

impl Figures {
    /// The figures to keep of a run.
    pub fn of(card: &Card) -> Self {
        let round = |value: f64, digits: i32| {
            let scale = 10_f64.powi(digits);
            (value * scale).round() / scale
        };
        Self {
            gospa_m: round(card.gospa_m, 1),
            missed: round(card.missed_avg, 3),
            excess: round(card.false_avg, 3),
            completeness: round(card.siap.completeness, 4),
            switches: card.siap.id_switches,
            position_rms_m: round(card.err.get("ALL").map_or(0.0, |all| all.pos_rms), 1),
            flights_within_300_m: round(card.flights_rms.le300, 4),
        }
    }

    /// Each figure that is worse than `kept`, in words; better ones are no reason to complain.
    pub fn worse_than(&self, kept: &Self) -> Vec<String> {
        let mut worse = Vec::new();
        let mut most = |name: &str, found: f64, kept: f64, slack: f64| {
            if found > kept * (1.0 + TOLERANCE) + slack {
                worse.push(format!("{name} {found}, kept {kept}"));
            }
        };
        most("GOSPA, m", self.gospa_m, kept.gospa_m, 10.0);
        most("missed", self.missed, kept.missed, 0.1);
        most("false", self.excess, kept.excess, 0.1);
        most("switches", self.switches as f64, kept.switches as f64, 1.0);
        most("position RMS, m", self.position_rms_m, kept.position_rms_m, 5.0);
        most("incompleteness", 1.0 - self.completeness, 1.0 - kept.completeness, 0.002);
        let beyond = |figures: &Self| 1.0 - figures.flights_within_300_m;
        most("flights beyond 300 m", beyond(self), beyond(kept), 0.02);
        worse
    }
}
