//! The best several ways of giving a few plots to a few tracks, by falling gain.
//!
//! Murty, Operations Research 16(3) 1968: the best way is found, what is left is cut into parts that
//! each exclude it, and the best of those follows.

use crate::assign::{NEVER, Solver};

/// Most plots and most tracks that are ranked: the cost grows with the fourth power.
pub(crate) const PLOTS_MAX: usize = 10;
pub(crate) const TRACKS_MAX: usize = 6;

/// Gain of each plot being each track's over being nobody's; `None` where it cannot be.
pub(crate) type Gains = [[Option<f64>; TRACKS_MAX]; PLOTS_MAX];

/// One way: whose each plot is, [`NOBODY`] for none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Way {
    pub(crate) gain: f64,
    pub(crate) whose: [u8; PLOTS_MAX],
}

pub(crate) const NOBODY: u8 = TRACKS_MAX as u8;

/// Ways whose first `fixed` plots go as in `best`, the next to none of `barred` (a bit each), and the
/// best of them.
#[derive(Debug, Clone, Copy)]
struct Part {
    best: Way,
    fixed: usize,
    barred: u8,
}

/// Reused storage.
#[derive(Debug, Default)]
pub(crate) struct Ranker {
    parts: Vec<Part>,
    cost: Vec<f64>,
    solver: Solver,
}

impl Ranker {
    /// Appends the best way of the first `plots` rows of `gains`, and then by falling gain those that are
    /// less by at most `within`, `most` in all.
    pub(crate) fn rank(
        &mut self,
        gains: &Gains,
        plots: usize,
        (most, within): (usize, f64),
        out: &mut Vec<Way>,
    ) {
        self.parts.clear();
        let nothing = Way { gain: 0.0, whose: [NOBODY; PLOTS_MAX] };
        self.add(gains, plots, Part { best: nothing, fixed: 0, barred: 0 });
        let mut least = f64::NEG_INFINITY;
        for found in 0..most {
            // the first of equals, so that the order is always the same
            let best = self.parts.iter().enumerate().rev();
            let best = best.max_by(|a, b| a.1.best.gain.total_cmp(&b.1.best.gain));
            let Some((index, &part)) = best else { return };
            if found == 0 {
                least = part.best.gain - within;
            } else if part.best.gain < least {
                return;
            }
            out.push(part.best);
            self.parts.swap_remove(index);
            for fixed in part.fixed..plots {
                let barred = if fixed == part.fixed { part.barred } else { 0 };
                let barred = barred | 1 << part.best.whose[fixed];
                self.add(gains, plots, Part { fixed, barred, ..part });
            }
        }
    }

    /// Solves a part whose `best` tells what is fixed, and keeps it if there is any such way.
    fn add(&mut self, gains: &Gains, plots: usize, mut part: Part) {
        let (fixed, rows) = (part.fixed, plots - part.fixed);
        let columns = TRACKS_MAX + rows;
        let taken = |track: usize| part.best.whose[..fixed].contains(&(track as u8));
        self.cost.clear();
        for (row, gains) in gains[fixed..plots].iter().enumerate() {
            let open = |track: usize| row != 0 || part.barred & (1 << track) == 0;
            self.cost.extend((0..TRACKS_MAX).map(|track| match gains[track] {
                Some(gain) if open(track) && !taken(track) => -gain,
                _ => NEVER,
            }));
            let nobody = if open(TRACKS_MAX) { 0.0 } else { NEVER };
            self.cost.extend(std::iter::repeat_n(nobody, rows));
        }
        let (cost, best) = (&self.cost, &mut part.best);
        let gain_of = |(plot, track): (usize, &u8)| gains[plot].get(usize::from(*track)).copied();
        best.gain = best.whose[..fixed].iter().enumerate().filter_map(gain_of).flatten().sum();
        self.solver.solve(cost, rows, columns, |row, column| {
            best.gain -= cost[row * columns + column];
            best.whose[fixed + row] = column.min(TRACKS_MAX) as u8;
        });
        if part.best.gain > -0.5 * NEVER {
            self.parts.push(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The slow obvious model: every way.
    fn every_way(gains: &Gains, plots: usize, way: Way, plot: usize, out: &mut Vec<Way>) {
        if plot == plots {
            out.push(way);
            return;
        }
        every_way(gains, plots, way, plot + 1, out);
        for (track, gain) in gains[plot].iter().enumerate() {
            if let Some(gain) = gain
                && !way.whose[..plot].contains(&(track as u8))
            {
                let mut next = Way { gain: way.gain + gain, ..way };
                next.whose[plot] = track as u8;
                every_way(gains, plots, next, plot + 1, out);
            }
        }
    }

    proptest! {
        #[test]
        fn the_best_ways_are_those_of_trying_everything(
            told in proptest::collection::vec((0usize..5, 0usize..4, 0.1f64..30.0), 0..14),
            most in 1usize..12,
        ) {
            let mut gains: Gains = [[None; TRACKS_MAX]; PLOTS_MAX];
            told.iter().for_each(|&(plot, track, gain)| gains[plot][track] = Some(gain));
            let mut all = Vec::new();
            let nothing = Way { gain: 0.0, whose: [NOBODY; PLOTS_MAX] };
            every_way(&gains, 5, nothing, 0, &mut all);
            all.sort_by(|a, b| b.gain.total_cmp(&a.gain));
            let least = all[0].gain - 20.0;
            all.retain(|way| way.gain >= least);
            all.truncate(most);
            let mut found = Vec::new();
            Ranker::default().rank(&gains, 5, (most, 20.0), &mut found);
            prop_assert_eq!(found.len(), all.len());
            for (a, b) in found.iter().zip(&all) {
                prop_assert!((a.gain - b.gain).abs() < 1e-9, "{} {}", a.gain, b.gain);
            }
            for (index, way) in found.iter().enumerate() {
                prop_assert!(found[..index].iter().all(|other| other.whose != way.whose));
            }
        }
    }
}
