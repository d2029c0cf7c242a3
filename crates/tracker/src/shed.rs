//! What gives way when the bound on tracks is reached.
//!
//! The order: tentative tracks before coasting ones, within each those heard longest ago; a
//! confirmed track that is being updated gives way to nothing, and the newcomer is refused.

use crate::{TrackEvent, Tracker};
use surveillance::{EndReason, Phase, Time, TrackNumber};

/// Of the bound, the share that is freed at a time, so that the search is seldom.
const SHARE: usize = 64;
/// Seconds between two searches: a flood costs one a second.
const PERIOD_S: f64 = 1.0;
/// A tentative track younger than this may yet be confirmed, seconds.
const YOUNG_S: f64 = 1.0;

impl Tracker {
    /// Ends the least certain tracks if the bound is reached.
    pub(crate) fn make_room(&mut self, now: Time, events: &mut Vec<TrackEvent>) {
        let searched =
            self.shed_at.is_some_and(|at| (0.0..PERIOD_S).contains(&now.seconds_since(at)));
        if self.store.len() < self.config.tracks_max || searched {
            return;
        }
        self.shed_at = Some(now);
        let mut least: Vec<(u8, Time, TrackNumber)> = self
            .store
            .iter()
            .filter_map(|target| match target.phase {
                Phase::Tentative if now.seconds_since(target.last) < YOUNG_S => None,
                Phase::Tentative => Some((0, target.last, target.number)),
                Phase::Coasting => Some((1, target.last, target.number)),
                Phase::Confirmed => None,
            })
            .collect();
        least.sort_unstable();
        let room = (self.config.tracks_max / SHARE).max(1);
        for (_, _, number) in least.into_iter().take(room) {
            if let Some(slot) = self.store.find(number) {
                self.counters.shed += 1;
                self.end(slot, now, EndReason::Shed, events);
            }
        }
    }
}
