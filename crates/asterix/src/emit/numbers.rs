//! Numbers of 16 bits for what has more.

use super::Turn;
use std::collections::{BTreeMap, BTreeSet};

/// Which number each track, or each alert, is told by. A number is used again only after all others
/// were, so that a consumer who missed an end does not take one for another.
#[derive(Debug, Clone)]
pub struct Numbers<K> {
    told: BTreeMap<K, Told>,
    used: BTreeSet<u16>,
    last: u16,
    update: u64,
}

#[derive(Debug, Clone, Copy)]
struct Told {
    number: u16,
    /// The last update that had it.
    update: u64,
}

impl<K> Default for Numbers<K> {
    fn default() -> Self {
        Self { told: BTreeMap::new(), used: BTreeSet::new(), last: 0, update: 0 }
    }
}

impl<K: Copy + Ord> Numbers<K> {
    /// An update begins.
    pub fn begin(&mut self) {
        self.update += 1;
    }

    /// Its number in this update, and whether it is new; `None` if all 65,535 are taken.
    pub fn of(&mut self, what: K) -> Option<(u16, Turn)> {
        let update = self.update;
        if let Some(told) = self.told.get_mut(&what) {
            told.update = update;
            return Some((told.number, Turn::Later));
        }
        let number = self.unused()?;
        self.last = number;
        self.used.insert(number);
        self.told.insert(what, Told { number, update });
        Some((number, Turn::First))
    }

    /// Its number, if the last update had it.
    pub fn known(&self, what: K) -> Option<u16> {
        self.told.get(&what).map(|told| told.number)
    }

    /// What this update did not have, in order, and its numbers; they are free from now on.
    pub fn ended(&mut self) -> Vec<(K, u16)> {
        let update = self.update;
        let mut ended = Vec::new();
        self.told.retain(|what, told| {
            let stays = told.update == update;
            if !stays {
                ended.push((*what, told.number));
            }
            stays
        });
        for (_, number) in &ended {
            self.used.remove(number);
        }
        ended
    }

    /// The next after the last one given out. Zero is left for "none".
    fn unused(&self) -> Option<u16> {
        if self.used.len() >= usize::from(u16::MAX) {
            return None;
        }
        let after = |number: u16| if number == u16::MAX { 1 } else { number + 1 };
        let mut number = after(self.last);
        while self.used.contains(&number) {
            number = after(number);
        }
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use surveillance::TrackNumber;

    fn told_over(numbers: &mut Numbers<TrackNumber>) -> Vec<u16> {
        numbers.ended().into_iter().map(|(_, number)| number).collect()
    }

    #[test]
    fn a_number_is_used_again_only_after_all_others_were() {
        let mut numbers = Numbers::default();
        let mut update = |tracks: std::ops::Range<u32>| {
            numbers.begin();
            let given: Vec<_> = tracks.map(|track| numbers.of(TrackNumber(track))).collect();
            (given, told_over(&mut numbers))
        };
        let (given, ended) = update(100..102);
        assert_eq!(given, [Some((1, Turn::First)), Some((2, Turn::First))]);
        assert_eq!(ended, []);
        // 100 ends; its number waits for its turn.
        let (given, ended) = update(101..103);
        assert_eq!(given, [Some((2, Turn::Later)), Some((3, Turn::First))]);
        assert_eq!(ended, [1]);
        let (given, ended) = update(200..200 + 65_536);
        assert_eq!(given[0], Some((4, Turn::First)));
        // 2 and 3 were still taken when these were told.
        assert_eq!(given[65_532], Some((1, Turn::First)));
        assert_eq!(given[65_533..], [None, None, None]);
        assert_eq!(ended, [2, 3]);
        let (given, _) = update(201..202);
        assert_eq!(given, [Some((5, Turn::Later))]);
    }
}
