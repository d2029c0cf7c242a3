//! Which numbers have been received: a few ranges, because a link that is cut while it catches up
//! leaves a hole, and rarely many.

/// Holes remembered at most; a range beyond it is forgotten and pulled again, and what arrives
/// twice is then told apart by nothing: so [`Ranges::insert`] refuses to begin one.
pub const RANGES_MAX: usize = 64;

/// Disjoint ranges `first..end`, ascending, none touching the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ranges(Vec<(u64, u64)>);

impl Ranges {
    /// From pairs as [`Ranges::pairs`] gave them; `None` if they are not such.
    pub fn from_pairs(pairs: Vec<(u64, u64)>) -> Option<Self> {
        let ascending = pairs.windows(2).all(|two| two[0].1 < two[1].0);
        let filled = pairs.iter().all(|(first, end)| first < end);
        (ascending && filled && pairs.len() <= RANGES_MAX).then_some(Self(pairs))
    }

    /// The ranges.
    pub fn pairs(&self) -> &[(u64, u64)] {
        &self.0
    }

    /// Whether `number` is in.
    pub fn contains(&self, number: u64) -> bool {
        let at = self.0.partition_point(|(_, end)| *end <= number);
        self.0.get(at).is_some_and(|(first, _)| *first <= number)
    }

    /// Adds `first..end`. False, and nothing added, if that would make too many ranges.
    pub fn insert(&mut self, first: u64, end: u64) -> bool {
        if first >= end {
            return true;
        }
        let from = self.0.partition_point(|(_, e)| *e < first);
        let to = self.0.partition_point(|(f, _)| *f <= end);
        if from == to && self.0.len() >= RANGES_MAX {
            return false;
        }
        let merged = self.0[from..to]
            .iter()
            .fold((first, end), |all, range| (all.0.min(range.0), all.1.max(range.1)));
        self.0.splice(from..to, [merged]);
        true
    }

    /// The first number from `from` on that is not in.
    pub fn first_missing(&self, from: u64) -> u64 {
        let at = self.0.partition_point(|(_, end)| *end <= from);
        self.0.get(at).filter(|(first, _)| *first <= from).map_or(from, |(_, end)| *end)
    }

    /// The lowest hole in `from..end`, as a range.
    pub fn first_hole(&self, from: u64, end: u64) -> Option<(u64, u64)> {
        let first = self.first_missing(from);
        let at = self.0.partition_point(|(start, _)| *start <= first);
        let next = self.0.get(at).map_or(end, |(start, _)| (*start).min(end));
        (first < next).then_some((first, next))
    }

    /// The highest hole in `from..end`, as a range.
    pub fn last_hole(&self, from: u64, end: u64) -> Option<(u64, u64)> {
        let mut end = end;
        for (first, last) in self.0.iter().rev() {
            if *last >= end {
                end = end.min(*first);
            } else {
                let from = from.max(*last);
                return (from < end).then_some((from, end));
            }
        }
        (from < end).then_some((from, end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn ranges_say_what_a_plain_set_says(
            inserts in prop::collection::vec((0..60_u64, 0..6_u64), 0..40),
            asked in (0..60_u64, 0..70_u64),
        ) {
            let (mut ranges, mut model) = (Ranges::default(), BTreeSet::new());
            for (first, count) in inserts {
                prop_assert!(ranges.insert(first, first + count));
                model.extend(first..first + count);
            }
            prop_assert!((0..80).all(|n| ranges.contains(n) == model.contains(&n)));
            prop_assert_eq!(Ranges::from_pairs(ranges.pairs().to_vec()), Some(ranges.clone()));
            let missing = (asked.0..).find(|n| !model.contains(n)).unwrap();
            prop_assert_eq!(ranges.first_missing(asked.0), missing);
            let first = (asked.0..asked.1).find(|n| !model.contains(n));
            let hole = first.map(|first| {
                (first, (first..asked.1).find(|n| model.contains(n)).unwrap_or(asked.1))
            });
            prop_assert_eq!(ranges.first_hole(asked.0, asked.1), hole);
            let last = (asked.0..asked.1).rev().find(|n| !model.contains(n));
            let hole = last.map(|last| {
                let before = (asked.0..last).rev().find(|n| model.contains(n));
                (before.map_or(asked.0, |n| n + 1), last + 1)
            });
            prop_assert_eq!(ranges.last_hole(asked.0, asked.1), hole);
        }
    }
}
