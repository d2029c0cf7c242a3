//! Two tracks that turn out to be one target: a radar track and one that its own reports started.
//!
//! Only a track without an address can be another's double. It is merged when it has been so on
//! several checks in a row: the counting technique (Sagild, Hem, Brekke, FUSION 2021).

use crate::target::Target;
use crate::{TrackEvent, Tracker};
use surveillance::{Contributor, EndReason, Phase, SensorKind, Time, TrackNumber};

/// A radar that fed both of two tracks within this span, more than once, sees both, seconds.
const RIVALS_WITHIN_S: f64 = 30.0;

impl Tracker {
    /// Merges tracks that have been one target on several checks in a row: looks at as many as
    /// time has passed for.
    pub(crate) fn merge(&mut self, now: Time, events: &mut Vec<TrackEvent>) {
        let part = self.merged.next(now, self.config.merge_period_s, self.store.entries());
        for index in part {
            let Some(slot) = self.store.nth(index).flatten() else { continue };
            // only a track without an address can be another's double
            if self.store.outline_of(slot).glance.addressed {
                continue;
            }
            let Some(target) = self.store.get(slot) else { continue };
            if target.phase == Phase::Tentative {
                continue;
            }
            let twin = self.twin_of(slot, now);
            let Some(target) = self.store.get_mut(slot) else { continue };
            let Some(twin) = twin else {
                target.twin = None;
                continue;
            };
            let checks = target.twin.filter(|t| t.0 == twin).map_or(1, |t| t.1 + 1);
            target.twin = Some((twin, checks));
            if checks >= self.checks_needed(slot, twin) {
                self.merge_into(slot, twin, now, events);
            }
        }
    }

    fn merge_into(
        &mut self,
        slot: u32,
        twin: TrackNumber,
        now: Time,
        events: &mut Vec<TrackEvent>,
    ) {
        let given = self.store.get(slot).and_then(|target| target.codes.mode_3a);
        if let Some(slot) = self.store.find(twin)
            && let Some(kept) = self.store.get_mut(slot)
        {
            kept.codes.mode_3a = kept.codes.mode_3a.or(given);
            self.deferred.settle(slot);
            self.store.outline(slot, &self.config);
        }
        self.counters.merged += 1;
        self.end(slot, now, EndReason::MergedInto(twin), events);
    }

    /// Checks on which two must have been one before they are merged. Two that the same radar feeds
    /// in turn may be a pair flying close, of which it misses now one and now the other.
    fn checks_needed(&self, slot: u32, twin: TrackNumber) -> u8 {
        let twin = self.store.find(twin).and_then(|slot| self.store.get(slot));
        let (Some(a), Some(b)) = (self.store.get(slot), twin) else { return u8::MAX };
        let feeds = |c: &Contributor, target: &Target| {
            c.plots > 1 && target.last.seconds_since(c.last) < RIVALS_WITHIN_S
        };
        let rivals = a.contributors.iter().filter(|c| feeds(c, a)).any(|c| {
            self.sites.get(&c.sensor).is_some_and(|s| s.kind == SensorKind::Radar)
                && b.contributors.iter().any(|o| o.sensor == c.sensor && feeds(o, b))
        });
        if rivals { self.config.merge_checks_rivals } else { self.config.merge_checks }
    }

    /// The nearest track that may be the same target and outranks this one: it has an address,
    /// or is older.
    fn twin_of(&self, slot: u32, now: Time) -> Option<TrackNumber> {
        let target = self.store.get(slot)?;
        let mut best: Option<(f64, TrackNumber)> = None;
        self.store.grid.around(target.ecef_at(now), 3_000.0, |other_slot, _| {
            let Some(other) = self.store.get(other_slot).filter(|_| other_slot != slot) else {
                return;
            };
            let outranks = other.codes.address.is_some() || other.number < target.number;
            if other.phase == Phase::Tentative || !outranks || self.seen_apart(target, other) {
                return;
            }
            if let Some(distance2) = target.sameness(other, now)
                && best.is_none_or(|b| (distance2, other.number) < b)
            {
                best = Some((distance2, other.number));
            }
        });
        best.map(|b| b.1)
    }

    /// One radar gave each of them a plot in the same turn: they are two.
    fn seen_apart(&self, a: &Target, b: &Target) -> bool {
        a.contributors.iter().any(|c| {
            let Some(site) = self.sites.get(&c.sensor).filter(|s| s.kind == SensorKind::Radar)
            else {
                return false;
            };
            b.last_of(c.sensor)
                .is_some_and(|last| last.seconds_since(c.last).abs() < 0.6 * site.period_s)
        })
    }
}

impl Target {
    /// Normalised squared distance to another track, position and velocity together, if they may
    /// be the same target.
    fn sameness(&self, other: &Target, at: Time) -> Option<f64> {
        let codes = match (self.codes.mode_3a, other.codes.mode_3a) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        let (a, b) = (self.vertical.height_at(at), other.vertical.height_at(at));
        let apart_m = (a.height_m - b.height_m).abs();
        if !codes || apart_m > 200.0 + 3.0 * a.sd_m.hypot(b.sd_m) {
            return None;
        }
        let (mine, theirs) = (self.estimate(), other.estimate());
        let here = self.place_in_frame(at);
        let there = self.seen_from(other, at);
        let (va, vb) = (mine.velocity, self.velocity_of(other));
        let position2 = (here[0] - there[0]).powi(2) + (here[1] - there[1]).powi(2);
        let velocity2 = (va[0] - vb[0]).powi(2) + (va[1] - vb[1]).powi(2);
        let trace = |c: [f64; 3], d: [f64; 3]| 0.5 * (c[0] + c[2] + d[0] + d[2]);
        let age_s = at.seconds_since(self.last.min(other.last)).clamp(0.0, 30.0);
        let velocity_variance = trace(mine.velocity_covariance, theirs.velocity_covariance) + 9.0;
        let position_variance = trace(mine.position_covariance, theirs.position_covariance)
            + 2_500.0
            + velocity_variance * age_s * age_s;
        let distance2 = position2 / position_variance + velocity2 / velocity_variance;
        (distance2 < 16.0 && position2 < 2_000.0 * 2_000.0).then_some(distance2)
    }
}
