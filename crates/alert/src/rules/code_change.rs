//! A discrete code that changes where none should: away from a boundary at which another is given.

use super::{PerTrack, last_of};
use crate::{AlertKey, Board, Cause, Fact, Firings, Rule, Scene, Severity, Subject, Value};
use geodesy::{Geodetic, LocalFrame};
use intent::airspace::{AirspaceId, Kind};
use surveillance::{Mode3A, PlotOrigin, Time};

/// Where a change of code is nothing to be told.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeChangeConfig {
    /// Plots in a row that must tell the new code.
    pub tellings: u32,
    /// Codes are changed at the boundary of flight information regions, within this distance,
    /// metres. 30 km: two minutes at 480 kt, as the next unit gives its code at hand-over.
    pub boundary_m: f64,
    /// They are changed after take-off and before landing, within this distance of an aerodrome,
    /// metres, and
    pub aerodrome_m: f64,
    /// up to this height over it, metres.
    pub aerodrome_height_m: f64,
    /// Codes that units give to many beside those of [`Mode3A::is_shared`].
    pub conspicuity: Vec<Mode3A>,
}

impl Default for CodeChangeConfig {
    fn default() -> Self {
        Self {
            tellings: 2,
            boundary_m: 30_000.0,
            aerodrome_m: 20_000.0,
            aerodrome_height_m: 2_000.0,
            conspicuity: Vec::new(),
        }
    }
}

/// Changes of code.
#[derive(Debug, Clone, Default)]
pub struct CodeChangeRule {
    config: CodeChangeConfig,
    codes: PerTrack<Kept>,
}

/// The code a track is known by, and another that it may be changing to.
#[derive(Debug, Clone, Copy, Default)]
struct Kept {
    code: Option<Mode3A>,
    other: Option<Mode3A>,
    times: u32,
    last: Option<Time>,
}

impl CodeChangeRule {
    /// With these thresholds.
    pub fn new(config: CodeChangeConfig) -> Self {
        Self { config, codes: PerTrack::default() }
    }

    /// Fires once for each change; the alert stays open for its off-delay.
    pub fn evaluate(&mut self, scene: &Scene<'_>, _: &Board, firings: &mut Firings) {
        let config = &self.config;
        for (subject, kept) in self.codes.each(scene) {
            let track = subject.track();
            let Some(code) = track.codes.mode_3a else { continue };
            let heard = last_of(track, |origin| origin != PlotOrigin::Primary);
            let Some(before) = kept.hear(code, heard, config.tellings) else { continue };
            if !config.matters(before, code, subject) || config.is_expected_at(scene, subject) {
                continue;
            }
            let cause = Cause::Code(code);
            let key = AlertKey { cause, ..AlertKey::of_track(Rule::CodeChanged, track.number) };
            let facts = firings.fire(key, Severity::Advisory, None);
            facts.push(Fact::new("code before", Value::Code(before)));
            facts.push(Fact::new("code", Value::Code(code)));
            let [told, limit] = [u64::from(config.tellings); 2].map(Value::Count);
            facts.push(Fact::against("told in a row", told, limit));
            if let Some(plan) = subject.plan.and_then(|plan| plan.code) {
                facts.push(Fact::new("code of its plan", Value::Code(plan)));
            }
        }
    }
}

impl Kept {
    /// Hears a code; the code before if this one has now taken its place.
    fn hear(&mut self, code: Mode3A, last: Option<Time>, tellings: u32) -> Option<Mode3A> {
        if self.code == Some(code) {
            self.other = None;
            return None;
        }
        if self.other != Some(code) {
            (self.other, self.times, self.last) = (Some(code), 1, last);
        } else if last > self.last {
            (self.times, self.last) = (self.times.saturating_add(1), last);
        }
        if self.times < tellings {
            return None;
        }
        self.other = None;
        self.code.replace(code)
    }
}

impl CodeChangeConfig {
    /// Whether a change from a code to another tells anything: from one that is this aircraft's
    /// alone, to one that is neither everybody's nor the one it was given.
    fn matters(&self, before: Mode3A, code: Mode3A, subject: &Subject<'_>) -> bool {
        let is_discrete = |code: Mode3A| !code.is_shared() && !self.conspicuity.contains(&code);
        // Emergency codes have alerts of their own.
        is_discrete(before)
            && is_discrete(code)
            && !subject.track().on_ground
            && subject.plan.and_then(|plan| plan.code) != Some(code)
    }

    fn is_expected_at(&self, scene: &Scene<'_>, subject: &Subject<'_>) -> bool {
        let here = subject.track().position;
        let frame = LocalFrame::at(here);
        let near_aerodrome = scene.aerodromes.iter().any(|aerodrome| {
            let to = frame.enu_from_geodetic(aerodrome.position);
            to.east.hypot(to.north) <= self.aerodrome_m && -to.up <= self.aerodrome_height_m
        });
        near_aerodrome || self.is_at_boundary(scene, here)
    }
    /// Whether the edge of a flight information region is near.
    fn is_at_boundary(&self, scene: &Scene<'_>, here: Geodetic) -> bool {
        let Some(airspaces) = scene.airspaces else { return false };
        let mut near: Vec<(AirspaceId, f64)> = Vec::new();
        airspaces.near(here, self.boundary_m, &mut near);
        near.iter().any(|(id, distance_m)| {
            // Negative inside: the edge may be as near from there.
            distance_m.abs() <= self.boundary_m
                && airspaces.get(*id).is_some_and(|airspace| airspace.kind == Kind::Fir)
        })
    }
}
