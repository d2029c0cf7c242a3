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
    /// Since when it sends identification pulses, and how often it was heard to.
    ident: Option<(Time, u64)>,
    ident_last: Option<Time>,
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
            let last = last_of(track, |origin| origin != PlotOrigin::Primary);
            told.hear_ident(track.codes.ident, last.unwrap_or(track.last));
            if let Some((since, times)) = told.ident {
                let key = AlertKey::of_track(Rule::Ident, track.number);
                let facts = firings.fire(key, Severity::Advisory, None);
                if let Some(code) = track.codes.mode_3a {
                    facts.push(Fact::new("code", Value::Code(code)));
                }
                facts.push(Fact::new("pulse since", Value::At(since)));
                facts.push(Fact::against("told", Value::Count(times), Value::Count(1)));
            }
            let rule = track.codes.mode_3a.and_then(rule_of);
            let (Some(rule), Some(code)) = (rule, track.codes.mode_3a) else {
                *told = Told { ident: told.ident, ident_last: told.ident_last, ..Told::default() };
                continue;
            };
            told.hear(code, last);
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
            let [times, limit] = [told.times, self.config.tellings].map(u64::from);
            let [times, limit] = [times, limit].map(Value::Count);
            facts.push(Fact::against("told in a row", times, limit));
            if let Some(since) = told.since {
                facts.push(Fact::new("told since", Value::At(since)));
            }
        }
    }
}

impl Told {
    fn hear_ident(&mut self, pulse: bool, last: Time) {
        self.ident = match self.ident.filter(|_| pulse) {
            Some((since, times)) if self.ident_last < Some(last) => Some((since, times + 1)),
            None if pulse => Some((last, 1)),
            before => before,
        };
        self.ident_last = Some(last);
    }

    fn hear(&mut self, code: Mode3A, last: Option<Time>) {
        if self.code != Some(code) {
            (self.code, self.times) = (Some(code), 1);
            (self.last, self.since) = (last, last);
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
