//! Where tracks are kept: slots that are used again, numbers that are not.
//!
//! Beside each slot stands what gating and the sweep need of it, so that neither touches the
//! tracks themselves.

use crate::TrackerConfig;
use crate::grid::Grid;
use crate::outline::Outline;
use crate::target::Target;
use surveillance::{Phase, Time, TrackNumber};

/// Bytes that one track takes, its entries in the indices included: a bound that a test keeps.
pub const BYTES_PER_TRACK: usize = 4_900;

/// Seconds between two looks at a track.
pub(crate) const SWEEP_S: f64 = 0.5;
/// A plot is measured within this span of when its track was last placed in the grid, seconds:
/// half a second between two sweeps, and what it takes to arrive and waits for its sector.
pub(crate) const PLACED_FOR_S: f64 = 2.0;

/// Work on one slot's track; `plot` tells which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Task {
    pub(crate) slot: u32,
    pub(crate) plot: u32,
}

/// Tasks that are too few to be shared between threads: some tenths of a millisecond.
const FEW: usize = 48;

/// A run of slots and what stands beside them.
struct Part<'a> {
    slots: &'a mut [Option<Target>],
    outlines: &'a mut [Outline],
    /// The first of them.
    first: u32,
}

/// What every part of a change shares.
struct Each<'a, F> {
    grid: &'a Grid,
    config: &'a TrackerConfig,
    change: &'a F,
}

impl<F> Each<'_, F> {
    fn run<T: Send>(&self, part: Part<'_>, tasks: &[Task], outcomes: &mut [T])
    where
        F: Fn(&mut Target, u32, &[T]) -> T + Sync,
    {
        let Part { slots, outlines, first } = part;
        let middle = tasks.get(tasks.len() / 2).map_or(first, |task| task.slot);
        let cut = tasks.partition_point(|task| task.slot < middle);
        if tasks.len() <= FEW || cut == 0 {
            return self.run_alone(&mut Part { slots, outlines, first }, tasks, outcomes);
        }
        let (low, high) = slots.split_at_mut((middle - first) as usize);
        let (low_outlines, high_outlines) = outlines.split_at_mut((middle - first) as usize);
        let (few, rest) = outcomes.split_at_mut(cut);
        let low = Part { slots: low, outlines: low_outlines, first };
        let high = Part { slots: high, outlines: high_outlines, first: middle };
        rayon::join(|| self.run(low, &tasks[..cut], few), || self.run(high, &tasks[cut..], rest));
    }

    fn run_alone<T>(&self, part: &mut Part<'_>, tasks: &[Task], outcomes: &mut [T])
    where
        F: Fn(&mut Target, u32, &[T]) -> T,
    {
        let mut start = 0;
        for same in tasks.chunk_by(|a, b| a.slot == b.slot) {
            let index = (same[0].slot - part.first) as usize;
            if let Some(target) = &mut part.slots[index] {
                target.send_for();
                for (done, task) in same.iter().enumerate() {
                    let (before, this) = outcomes[start..].split_at_mut(done);
                    this[0] = (self.change)(target, task.plot, before);
                }
                part.outlines[index] = Outline::of(target, self.grid, self.config);
            }
            start += same.len();
        }
    }
}

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

    /// Changes one track and renews what stands beside it.
    pub(crate) fn change<T>(
        &mut self,
        slot: u32,
        config: &TrackerConfig,
        change: impl FnOnce(&mut Target) -> T,
    ) -> Option<T> {
        let found = change(self.slots[slot as usize].as_mut()?);
        self.outline(slot, config);
        Some(found)
    }

    /// Lets each task change its slot's track, on as many threads as there are, and renews what
    /// stands beside those tracks. `tasks` ascend by slot; those of one slot are done in their
    /// order. `outcomes` answers them one by one: what it held stays where no track is.
    pub(crate) fn change_each<T: Send>(
        &mut self,
        tasks: &[Task],
        outcomes: &mut [T],
        config: &TrackerConfig,
        change: impl Fn(&mut Target, u32, &[T]) -> T + Sync,
    ) {
        let each = Each { grid: &self.grid, config, change: &change };
        let all = Part { slots: &mut self.slots, outlines: &mut self.outlines, first: 0 };
        each.run(all, tasks, outcomes);
        for same in tasks.chunk_by(|a, b| a.slot == b.slot) {
            self.grid_as_outlined(same[0].slot);
        }
    }

    /// Renews what stands beside a slot after its track changed.
    pub(crate) fn outline(&mut self, slot: u32, config: &TrackerConfig) {
        let Some(target) = self.slots[slot as usize].as_ref() else { return };
        self.outlines[slot as usize] = Outline::of(target, &self.grid, config);
        self.grid_as_outlined(slot);
    }

    fn grid_as_outlined(&mut self, slot: u32) {
        let outline = &self.outlines[slot as usize];
        if outline.number.is_some() {
            self.grid.place(slot, outline.cell, outline.glance);
        }
    }
    /// Moves a track that was not updated to where it is expected by now.
    pub(crate) fn regrid_if_held(&mut self, slot: u32, now: Time) {
        let outline = &self.outlines[slot as usize];
        let age_s = now.seconds_since(outline.glance.time);
        if outline.number.is_none() || (0.0..PLACED_FOR_S - SWEEP_S).contains(&age_s) {
            return;
        }
        let reach_m = outline.glance.reach_about(now, PLACED_FOR_S);
        let cell = self.grid.cell_for(outline.predicted(now), reach_m);
        self.grid.shift(slot, cell);
    }

    pub(crate) fn is_shown(&self, slot: u32) -> bool {
        self.get(slot).is_some_and(|target| target.phase != Phase::Tentative)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outline::Glance;

    const GRID_BYTES: usize = 2 * (size_of::<Glance>() + 8) + 12;

    #[test]
    fn a_track_takes_no_more_memory_than_is_stated() {
        // slot, outline, grid entry and place (half of a bucket may stand empty), order entry, free entry, address and source index entries
        let indices = size_of::<Outline>() + GRID_BYTES + 8 + 4 + 2 * 16;
        let bytes = size_of::<Option<Target>>() + indices;
        assert!(bytes <= BYTES_PER_TRACK, "{bytes}");
    }
}
