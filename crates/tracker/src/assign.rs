//! Which plot is which track's, so that the total gain is greatest: the assignment problem on
//! each cluster of plots that compete for tracks.
//!
//! Clusters are found by union; small ones solved exactly by shortest augmenting paths (Kuhn,
//! Munkres; form after Jonker and Volgenant, Computing 38, 1987), larger ones by falling gain.

/// Plot `plot` may be track slot `slot`'s, at a gain over being nobody's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pair {
    pub(crate) plot: u32,
    pub(crate) slot: u32,
    pub(crate) gain: f64,
}

/// Largest cluster, in plots or tracks, that is solved exactly: the cost grows with its cube.
const EXACT_MAX: usize = 48;

/// Reused storage.
#[derive(Debug, Default)]
pub(crate) struct Assigner {
    parent: Vec<u32>,
    by_slot: Vec<(u32, u32)>,
    order: Vec<(u32, u32)>,
    members: Vec<Pair>,
    plots: Vec<u32>,
    slots: Vec<u32>,
    cost: Vec<f64>,
    solver: Solver,
}

impl Assigner {
    /// For each of `plots` plots, the slot it goes to. Pairs of gain ≤ 0 must not be given.
    pub(crate) fn solve(&mut self, plots: usize, pairs: &[Pair], out: &mut Vec<Option<u32>>) {
        out.clear();
        out.resize(plots, None);
        self.join(plots, pairs);
        self.order.clear();
        for (index, pair) in pairs.iter().enumerate() {
            let root = find(&mut self.parent, pair.plot);
            self.order.push((root, index as u32));
        }
        self.order.sort_unstable();
        let mut start = 0;
        while start < self.order.len() {
            let root = self.order[start].0;
            let end = start + self.order[start..].iter().take_while(|o| o.0 == root).count();
            self.members.clear();
            self.members.extend(self.order[start..end].iter().map(|o| pairs[o.1 as usize]));
            self.solve_cluster(out);
            start = end;
        }
    }

    fn join(&mut self, plots: usize, pairs: &[Pair]) {
        self.parent.clear();
        self.parent.extend(0..plots as u32);
        self.by_slot.clear();
        self.by_slot.extend(pairs.iter().map(|pair| (pair.slot, pair.plot)));
        self.by_slot.sort_unstable();
        for i in 1..self.by_slot.len() {
            if self.by_slot[i].0 == self.by_slot[i - 1].0 {
                let (a, b) = (self.by_slot[i].1, self.by_slot[i - 1].1);
                let (a, b) = (find(&mut self.parent, a), find(&mut self.parent, b));
                self.parent[a.max(b) as usize] = a.min(b);
            }
        }
    }

    fn solve_cluster(&mut self, out: &mut [Option<u32>]) {
        if let [only] = self.members[..] {
            out[only.plot as usize] = Some(only.slot);
            return;
        }
        self.plots.clear();
        self.plots.extend(self.members.iter().map(|pair| pair.plot));
        self.plots.sort_unstable();
        self.plots.dedup();
        self.slots.clear();
        self.slots.extend(self.members.iter().map(|pair| pair.slot));
        self.slots.sort_unstable();
        self.slots.dedup();
        if self.plots.len() > EXACT_MAX || self.slots.len() > EXACT_MAX {
            self.solve_greedily(out);
        } else {
            self.solve_exactly(out);
        }
    }

    fn solve_greedily(&mut self, out: &mut [Option<u32>]) {
        self.members.sort_by(|a, b| {
            b.gain.total_cmp(&a.gain).then((a.plot, a.slot).cmp(&(b.plot, b.slot)))
        });
        for pair in &self.members {
            if let Ok(free) = self.slots.binary_search(&pair.slot)
                && out[pair.plot as usize].is_none()
            {
                out[pair.plot as usize] = Some(pair.slot);
                self.slots.remove(free);
            }
        }
    }

    fn solve_exactly(&mut self, out: &mut [Option<u32>]) {
        // one column per slot, then one per plot for "nobody's" at cost 0
        let (rows, slots) = (self.plots.len(), self.slots.len());
        let columns = slots + rows;
        self.cost.clear();
        self.cost.resize(rows * columns, 0.0);
        for row in 0..rows {
            self.cost[row * columns..row * columns + slots].fill(NEVER);
        }
        for pair in &self.members {
            let row = self.plots.binary_search(&pair.plot);
            let column = self.slots.binary_search(&pair.slot);
            if let (Ok(row), Ok(column)) = (row, column) {
                self.cost[row * columns + column] = -pair.gain;
            }
        }
        self.solver.solve(&self.cost, rows, columns, |row, column| {
            if column < slots {
                out[self.plots[row] as usize] = Some(self.slots[column]);
            }
        });
    }
}

/// Cost of a pair that is not allowed.
pub(crate) const NEVER: f64 = 1e12;

fn find(parent: &mut [u32], mut node: u32) -> u32 {
    while parent[node as usize] != node {
        parent[node as usize] = parent[parent[node as usize] as usize];
        node = parent[node as usize];
    }
    node
}

#[derive(Debug, Default)]
pub(crate) struct Solver {
    row_price: Vec<f64>,
    column_price: Vec<f64>,
    row_of: Vec<usize>,
    way: Vec<usize>,
    least: Vec<f64>,
    done: Vec<bool>,
}

impl Solver {
    /// Cheapest assignment of every row to a column; `columns >= rows`.
    pub(crate) fn solve(
        &mut self,
        cost: &[f64],
        rows: usize,
        columns: usize,
        mut assigned: impl FnMut(usize, usize),
    ) {
        reset(&mut self.row_price, rows + 1, 0.0);
        reset(&mut self.column_price, columns + 1, 0.0);
        reset(&mut self.row_of, columns + 1, 0);
        reset(&mut self.way, columns + 1, 0);
        for row in 1..=rows {
            self.augment(cost, row, columns);
        }
        for column in 1..=columns {
            if self.row_of[column] > 0 {
                assigned(self.row_of[column] - 1, column - 1);
            }
        }
    }

    fn augment(&mut self, cost: &[f64], row: usize, columns: usize) {
        reset(&mut self.least, columns + 1, f64::INFINITY);
        reset(&mut self.done, columns + 1, false);
        self.row_of[0] = row;
        let mut at = 0;
        while self.row_of[at] != 0 {
            self.done[at] = true;
            let from = self.row_of[at];
            let (mut delta, mut next) = (f64::INFINITY, 0);
            for column in 1..=columns {
                if self.done[column] {
                    continue;
                }
                let reduced = cost[(from - 1) * columns + column - 1]
                    - self.row_price[from]
                    - self.column_price[column];
                if reduced < self.least[column] {
                    self.least[column] = reduced;
                    self.way[column] = at;
                }
                if self.least[column] < delta {
                    delta = self.least[column];
                    next = column;
                }
            }
            for column in 0..=columns {
                if self.done[column] {
                    self.row_price[self.row_of[column]] += delta;
                    self.column_price[column] -= delta;
                } else {
                    self.least[column] -= delta;
                }
            }
            at = next;
        }
        while at != 0 {
            let back = self.way[at];
            self.row_of[at] = self.row_of[back];
            at = back;
        }
    }
}

fn reset<T: Copy>(buffer: &mut Vec<T>, length: usize, value: T) {
    buffer.clear();
    buffer.resize(length, value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The slow obvious model: every way of giving plots to slots.
    fn best_gain(pairs: &[Pair], plot: u32, plots: u32, taken: &mut Vec<u32>) -> f64 {
        if plot == plots {
            return 0.0;
        }
        let mut best = best_gain(pairs, plot + 1, plots, taken);
        for pair in pairs.iter().filter(|pair| pair.plot == plot) {
            if !taken.contains(&pair.slot) {
                taken.push(pair.slot);
                best = best.max(pair.gain + best_gain(pairs, plot + 1, plots, taken));
                taken.pop();
            }
        }
        best
    }

    proptest! {
        #[test]
        fn the_total_gain_is_that_of_trying_everything(
            gains in proptest::collection::vec((0u32..5, 0u32..5, 0.1f64..30.0), 0..14)
        ) {
            let mut pairs: Vec<Pair> = Vec::new();
            for (plot, slot, gain) in gains {
                if !pairs.iter().any(|p| p.plot == plot && p.slot == slot) {
                    pairs.push(Pair { plot, slot, gain });
                }
            }
            let mut out = Vec::new();
            Assigner::default().solve(5, &pairs, &mut out);
            let mut total = 0.0;
            for (plot, slot) in out.iter().enumerate() {
                if let Some(slot) = slot {
                    let used = out.iter().filter(|other| **other == Some(*slot)).count();
                    prop_assert_eq!(used, 1);
                    let same = |p: &&Pair| p.plot as usize == plot && p.slot == *slot;
                    total += pairs.iter().find(same).unwrap().gain;
                }
            }
            let best = best_gain(&pairs, 0, 5, &mut Vec::new());
            prop_assert!((total - best).abs() < 1e-9, "{total} {best}");
        }
    }
}
