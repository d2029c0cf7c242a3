//! Where tracks are kept: slots that are used again, numbers that are not.
//!
//! Beside each slot stands what gating and the sweep need of it, so that neither touches the
//! tracks themselves.

use crate::TrackerConfig;
use crate::grid::Grid;
use crate::outline::{Glance, Outline};
use crate::target::Target;
use surveillance::{Phase, Time, TrackNumber};

/// Bytes that one track takes, its entries in the indices included: a bound that a test keeps.
pub const BYTES_PER_TRACK: usize = 2_300;

/// A plot is measured within this span of when its track was last placed in the grid, seconds:
/// half a second between two sweeps, and what it takes to arrive and waits for its sector.
pub(crate) const PLACED_FOR_S: f64 = 2.0;

pub(crate) struct Store {
    slots: Vec<Option<Target>>,
    outlines: Vec<Outline>,
    free: Vec<u32>,
    /// (number, slot), ascending. Ended ones stay until [`Self::compact`].
    order: Vec<(TrackNumber, u32)>,
    pub(crate) grid: Grid,
    next_number: u32,
}

impl Store {
    pub(crate) fn new() -> Self {
        Self {
            slots: Vec::new(),
            outlines: Vec::new(),
            free: Vec::new(),
            order: Vec::new(),
            grid: Grid::new(),
            next_number: 1,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// The number that the next track will bear. `None` once all are used.
    pub(crate) fn next_number(&self) -> Option<TrackNumber> {
        (self.next_number < u32::MAX).then_some(TrackNumber(self.next_number))
    }

    pub(crate) fn least_unused(&self) -> u32 {
        self.next_number
    }

    /// No number below `least` is given any more.
    pub(crate) fn number_from(&mut self, least: u32) {
        self.next_number = self.next_number.max(least);
    }

    pub(crate) fn insert(&mut self, target: Target, config: &TrackerConfig) -> u32 {
        self.next_number = self.next_number.max(target.number.0.saturating_add(1));
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.outlines.push(Outline::default());
            (self.slots.len() - 1) as u32
        });
        // At the end, unless it bears a number of old.
        let place = self.order.partition_point(|entry| entry.0 < target.number);
        self.order.insert(place, (target.number, slot));
        self.slots[slot as usize] = Some(target);
        self.outline(slot, config);
        slot
    }

    pub(crate) fn remove(&mut self, slot: u32) -> Option<Target> {
        let target = self.slots[slot as usize].take()?;
        self.grid.remove(slot);
        self.outlines[slot as usize].number = None;
        self.free.push(slot);
        Some(target)
    }

    pub(crate) fn get(&self, slot: u32) -> Option<&Target> {
        self.slots.get(slot as usize)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, slot: u32) -> Option<&mut Target> {
        self.slots.get_mut(slot as usize)?.as_mut()
    }

    pub(crate) fn outline_of(&self, slot: u32) -> &Outline {
        &self.outlines[slot as usize]
    }

    pub(crate) fn find(&self, number: TrackNumber) -> Option<u32> {
        let index = self.order.binary_search_by_key(&number, |entry| entry.0).ok()?;
        let slot = self.order[index].1;
        self.get(slot).filter(|target| target.number == number).map(|_| slot)
    }

    /// Living tracks by ascending number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Target> {
        self.order
            .iter()
            .filter_map(|&(number, slot)| self.get(slot).filter(|target| target.number == number))
    }

    /// Entry `index` of the order, if it still lives.
    pub(crate) fn nth(&self, index: usize) -> Option<Option<u32>> {
        let &(number, slot) = self.order.get(index)?;
        Some((self.outlines[slot as usize].number == Some(number)).then_some(slot))
    }

    /// Entries of the order, ended tracks included until [`Self::compact`].
    pub(crate) fn entries(&self) -> usize {
        self.order.len()
    }

    /// Drops ended tracks from the order. Returns where what stood at `index` stands now.
    pub(crate) fn compact(&mut self, index: usize) -> usize {
        let outlines = &self.outlines;
        let lives =
            |&(number, slot): &(TrackNumber, u32)| outlines[slot as usize].number == Some(number);
        let kept = self.order.iter().take(index).filter(|entry| lives(entry)).count();
        self.order.retain(lives);
        kept
    }

    /// Renews what stands beside a slot after its track changed.
    pub(crate) fn outline(&mut self, slot: u32, config: &TrackerConfig) {
        let Some(target) = self.slots[slot as usize].as_ref() else { return };
        let estimate = target.estimate();
        let position = target.ecef_at(target.time);
        let spread = |c: [f64; 3]| (c[0] + c[2]).sqrt();
        let position_m = [position.x_m, position.y_m, position.z_m];
        let glance = Glance {
            time: target.time,
            position: position_m.map(|v| v as f32),
            velocity: target.velocity_ecef().map(|v| v as f32),
            reach_m: 4.0 * spread(estimate.position_covariance) as f32,
            growth_mps: 3.0 * spread(estimate.velocity_covariance) as f32,
            mode_3a: target.codes.mode_3a,
            addressed: target.codes.address.is_some(),
        };
        self.outlines[slot as usize] = Outline {
            number: Some(target.number),
            position: position_m,
            glance,
            check_at: target.check_at(config),
        };
        self.grid.place(slot, position, glance.reach_about(target.time, PLACED_FOR_S), glance);
    }

    /// Moves a track that was not updated to where it is expected by now.
    pub(crate) fn regrid_if_held(&mut self, slot: u32, now: Time) {
        let outline = &self.outlines[slot as usize];
        if outline.number.is_none() {
            return;
        }
        let reach_m = outline.glance.reach_about(now, PLACED_FOR_S);
        self.grid.shift(slot, outline.predicted(now), reach_m);
    }

    pub(crate) fn is_shown(&self, slot: u32) -> bool {
        self.get(slot).is_some_and(|target| target.phase != Phase::Tentative)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID_BYTES: usize = 2 * (size_of::<Glance>() + 8) + 12;

    #[test]
    fn a_track_takes_no_more_memory_than_is_stated() {
        // slot, outline, grid entry and place (half of a bucket may stand empty), order entry, free entry, address and source index entries
        let indices = size_of::<Outline>() + GRID_BYTES + 8 + 4 + 2 * 16;
        let bytes = size_of::<Option<Target>>() + indices;
        assert!(bytes <= BYTES_PER_TRACK, "{bytes}");
    }
}
