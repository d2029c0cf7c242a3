//! Codes 7500, 7600 and 7700, and special position identification (ICAO Annex 10 volume IV 2.1.4 and
//! 3.1.1.7.13; Doc 4444 chapter 15).

use super::{PerTrack, last_of};
use crate::{AlertKey, Board, Fact, Firings, Rule, Scene, Severity, Value};
use surveillance::{Mode3A, PlotOrigin, Time};

/// When an emergency code is believed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EmergencyConfig {
    /// Plots in a row that must tell the code. Two: one reply in some thousands is garbled into
    /// another code, and a pilot who turns 7477 to 7577 through 7500 shows that for one scan.
    pub tellings: u32,
}

impl Default for EmergencyConfig {
    fn default() -> Self {
        Self { tellings: 2 }
    }
}

/// Emergency codes and identification pulses.
#[derive(Debug, Clone, Default)]
pub struct EmergencyRule {
    config: EmergencyConfig,
    codes: PerTrack<Told>,
}

/// A code, and how often in a row it was told.
#[derive(Debug, Clone, Copy, Default)]
struct Told {
    code: Option<Mode3A>,
    times: u32,
    last: Option<Time>,
    since: Option<Time>,
}

impl EmergencyRule {
    /// With these thresholds.
    pub fn new(config: EmergencyConfig) -> Self {
        Self { config, ..Self::default() }
    }

    /// Fires for each track that tells such a code often enough, and for each identification pulse.
    pub fn evaluate(&mut self, scene: &Scene<'_>, _: &Board, firings: &mut Firings) {
        for (subject, told) in self.codes.each(scene) {
            let track = subject.track();
            if track.codes.ident {
                firings.fire(
                    AlertKey::of_track(Rule::Ident, track.number),
                    Severity::Advisory,
                    None,
                );
            }
            let rule = track.codes.mode_3a.and_then(rule_of);
            let (Some(rule), Some(code)) = (rule, track.codes.mode_3a) else {
                *told = Told::default();
                continue;
            };
            told.hear(code, last_of(track, |origin| origin != PlotOrigin::Primary));
            if told.times < self.config.tellings {
                continue;
            }
            // On the ground transponders are tested.
            let severity = match rule {
                _ if track.on_ground => Severity::Advisory,
                Rule::RadioFailure => Severity::Caution,
                _ => Severity::Warning,
            };
            let facts = firings.fire(AlertKey::of_track(rule, track.number), severity, None);
            facts.push(Fact::new("code", Value::Code(code)));
            if let Some(since) = told.since {
                facts.push(Fact::new("told since", Value::At(since)));
            }
        }
    }
}

impl Told {
    fn hear(&mut self, code: Mode3A, last: Option<Time>) {
        if self.code != Some(code) {
            *self = Self { code: Some(code), times: 1, last, since: last };
        } else if last > self.last {
            (self.times, self.last) = (self.times.saturating_add(1), last);
        }
    }
}

fn rule_of(code: Mode3A) -> Option<Rule> {
    match code.bits() {
        0o7500 => Some(Rule::UnlawfulInterference),
        0o7600 => Some(Rule::RadioFailure),
        0o7700 => Some(Rule::Emergency),
        _ => None,
    }
}
