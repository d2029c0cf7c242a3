//! The selected track's plan in wire form: estimates over points, and how far it is off.

use super::intent::Intent;
use crate::wire::{PLAN_POINTS, PlanPoint, TrackPlan};
use ::intent::plan::{How, Level, Location, adherence};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};
use std::collections::BTreeMap;
use surveillance::Track;

/// Points behind the track that are shown.
const BEHIND_MAX: usize = 2;

impl Intent {
    /// What plan a track flies and how it keeps to it, and to the level that it is cleared to; `None`
    /// without one.
    pub(super) fn plan_row(&self, track: &Track, cleared: Option<Level>) -> Option<TrackPlan> {
        let found = self.plan_of(track.number)?;
        let plan = &self.plans.get(found.plan)?.plan;
        let mut row = TrackPlan {
            callsign: plan.callsign.to_string(),
            found_by: match found.how {
                How::Callsign => "callsign",
                How::Address => "address",
                How::Code => "code",
                How::Route => "route",
            }
            .to_owned(),
            departure: place(&plan.departure),
            destination: place(&plan.destination),
            code: plan.code.map(|code| code.0.to_string()),
            aside_nm: None,
            above_ft: None,
            late_s: None,
            points: Vec::new(),
            points_before: 0,
            points_after: 0,
        };
        let route = self.correlator.trajectory(found.plan);
        let take_off = self.correlator.take_off(found.plan);
        let (Some(route), Some(take_off)) = (route, take_off) else { return Some(row) };
        let by_clock = self.take_off(found.plan).unwrap_or(take_off);
        let kept = adherence(route, by_clock, track, cleared, &self.adherence);
        row.aside_nm = Some(kept.lateral_m / METRES_PER_NM);
        row.above_ft = kept.level_m.map(|level_m| level_m / METRES_PER_FOOT);
        row.late_s = Some(kept.late_s);
        let speed_min_mps = self.adherence.speed_min_mps;
        let ahead = route.estimates_ahead(track, Some(kept.along_m), speed_min_mps);
        let ahead: BTreeMap<usize, f64> =
            ahead.map(|over| (over.point, over.time.unix_millis() as f64)).collect();
        let next = route.next_point(kept.along_m).unwrap_or(route.points().len());
        let first = next.saturating_sub(BEHIND_MAX);
        let points = route.points().iter().zip(route.estimates(take_off)).enumerate().skip(first);
        row.points = points
            .take(PLAN_POINTS)
            .map(|(index, (point, planned))| PlanPoint {
                name: point.name.clone(),
                planned_ms: planned.time.unix_millis() as f64,
                estimate_ms: ahead.get(&index).copied(),
                level_ft: point.level.and_then(|level| level.metres()).map(|m| m / METRES_PER_FOOT),
                passed: index < next,
            })
            .collect();
        row.points_before = first as u32;
        row.points_after = (route.points().len() - first - row.points.len()) as u32;
        Some(row)
    }
}

fn place(location: &Location) -> String {
    location.to_string()
}
