//! The cheapest pairing of two small sets, and how two large sets fall apart into small ones.

/// Costs of pairing row with column.
#[derive(Debug, Clone)]
pub(crate) struct Costs {
    rows: usize,
    columns: usize,
    cost: Vec<f64>,
}

impl Costs {
    pub(crate) fn new(rows: usize, columns: usize, otherwise: f64) -> Self {
        Self { rows, columns, cost: vec![otherwise; rows * columns] }
    }

    pub(crate) fn set(&mut self, row: usize, column: usize, cost: f64) {
        self.cost[row * self.columns + column] = cost;
    }

    pub(crate) fn get(&self, row: usize, column: usize) -> f64 {
        self.cost[row * self.columns + column]
    }

    fn transposed(&self) -> Self {
        let mut out = Self::new(self.columns, self.rows, 0.0);
        for row in 0..self.rows {
            for column in 0..self.columns {
                out.set(column, row, self.get(row, column));
            }
        }
        out
    }

    /// Pairs all of the smaller side at least total cost: the column of each row. Shortest
    /// augmenting paths (Jonker and Volgenant, Computing 38, 1987), cubic in the smaller side.
    pub(crate) fn solve(&self) -> Vec<Option<usize>> {
        if self.rows > self.columns {
            let mut rows = vec![None; self.rows];
            for (column, row) in self.transposed().solve().into_iter().enumerate() {
                if let Some(row) = row {
                    rows[row] = Some(column);
                }
            }
            return rows;
        }
        // Column `columns` is a stand-in at which each path starts.
        let none = self.rows;
        let mut row_price = vec![0.0; self.rows];
        let mut column_price = vec![0.0; self.columns + 1];
        let mut row_of = vec![none; self.columns + 1];
        let mut from = vec![0; self.columns + 1];
        for start in 0..self.rows {
            row_of[self.columns] = start;
            let mut column = self.columns;
            let mut least = vec![f64::INFINITY; self.columns];
            let mut done = vec![false; self.columns + 1];
            while row_of[column] != none {
                done[column] = true;
                let row = row_of[column];
                let (mut step, mut next) = (f64::INFINITY, column);
                for other in (0..self.columns).filter(|other| !done[*other]) {
                    let reduced = self.get(row, other) - row_price[row] - column_price[other];
                    if reduced < least[other] {
                        least[other] = reduced;
                        from[other] = column;
                    }
                    if least[other] < step {
                        step = least[other];
                        next = other;
                    }
                }
                for other in 0..=self.columns {
                    if done[other] {
                        row_price[row_of[other]] += step;
                        column_price[other] -= step;
                    } else {
                        least[other] -= step;
                    }
                }
                column = next;
            }
            while column != self.columns {
                row_of[column] = row_of[from[column]];
                column = from[column];
            }
        }
        let mut columns = vec![None; self.rows];
        for (column, row) in row_of[..self.columns].iter().enumerate() {
            if *row != none {
                columns[*row] = Some(column);
            }
        }
        columns
    }
}

/// A pair of neighbours: index on the left, index on the right, distance.
pub(crate) type Near = (usize, usize, f64);

/// All pairs nearer than `gate`, by a sweep along the first axis; ordered by left, then right.
pub(crate) fn neighbours(left: &[[f64; 2]], right: &[[f64; 2]], gate: f64) -> Vec<Near> {
    let mut order: Vec<usize> = (0..right.len()).collect();
    order.sort_by(|a, b| right[*a][0].total_cmp(&right[*b][0]));
    let mut pairs = Vec::new();
    for (i, a) in left.iter().enumerate() {
        let begin = order.partition_point(|j| right[*j][0] < a[0] - gate);
        let near = order[begin..].iter().take_while(|j| right[**j][0] <= a[0] + gate);
        let first = pairs.len();
        pairs.extend(near.filter_map(|j| {
            let distance = (a[0] - right[*j][0]).hypot(a[1] - right[*j][1]);
            (distance < gate).then_some((i, *j, distance))
        }));
        pairs[first..].sort_by_key(|pair| pair.1);
    }
    pairs
}

/// The cheapest pairing where pairs not listed cost `far` each: exact, since far pairs tie nothing
/// together and each connected group is solved alone. Returns only listed pairs.
pub(crate) fn pair_up(pairs: &[Near], far: f64, cost: impl Fn(f64) -> f64) -> Vec<Near> {
    let mut chosen = Vec::new();
    for group in groups(pairs) {
        let index = |mut keys: Vec<usize>| {
            keys.sort_unstable();
            keys.dedup();
            keys
        };
        let rows = index(group.iter().map(|pair| pair.0).collect());
        let columns = index(group.iter().map(|pair| pair.1).collect());
        let at = |keys: &[usize], key| keys.binary_search(&key).expect("it is a key of the group");
        let mut costs = Costs::new(rows.len(), columns.len(), far);
        for (row, column, distance) in &group {
            costs.set(at(&rows, *row), at(&columns, *column), cost(*distance));
        }
        let paired = costs.solve();
        chosen.extend(
            group
                .into_iter()
                .filter(|(row, column, _)| paired[at(&rows, *row)] == Some(at(&columns, *column))),
        );
    }
    chosen.sort_by_key(|pair| (pair.0, pair.1));
    chosen
}

/// The connected groups of a bipartite graph, in order of their least left index.
fn groups(pairs: &[Near]) -> Vec<Vec<Near>> {
    let left = pairs.iter().map(|pair| pair.0 + 1).max().unwrap_or(0);
    let right = pairs.iter().map(|pair| pair.1 + 1).max().unwrap_or(0);
    let mut parent: Vec<usize> = (0..left + right).collect();
    fn root(parent: &mut [usize], mut node: usize) -> usize {
        while parent[node] != node {
            parent[node] = parent[parent[node]];
            node = parent[node];
        }
        node
    }
    for (row, column, _) in pairs {
        let (a, b) = (root(&mut parent, *row), root(&mut parent, left + column));
        parent[a.max(b)] = a.min(b);
    }
    let mut by_root = std::collections::BTreeMap::<usize, Vec<Near>>::new();
    for pair in pairs {
        by_root.entry(root(&mut parent, pair.0)).or_default().push(*pair);
    }
    by_root.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every pairing of the smaller side, tried.
    fn slow(costs: &Costs) -> f64 {
        fn rest(costs: &Costs, row: usize, used: &mut Vec<bool>) -> f64 {
            if row == costs.rows {
                return 0.0;
            }
            let mut least = f64::INFINITY;
            for column in 0..costs.columns {
                if !used[column] {
                    used[column] = true;
                    least = least.min(costs.get(row, column) + rest(costs, row + 1, used));
                    used[column] = false;
                }
            }
            least
        }
        if costs.rows > costs.columns {
            return slow(&costs.transposed());
        }
        rest(costs, 0, &mut vec![false; costs.columns])
    }

    proptest! {
        #[test]
        fn the_cheapest_pairing_is_that_of_trying_all(
            rows in 1usize..6, columns in 1usize..6, seed in any::<u64>()
        ) {
            let mut random = crate::random::Random::of(seed, &[]);
            let mut costs = Costs::new(rows, columns, 0.0);
            for row in 0..rows {
                for column in 0..columns {
                    costs.set(row, column, random.between(0.0, 10.0).round());
                }
            }
            let paired = costs.solve();
            let total: f64 =
                paired.iter().enumerate().filter_map(|(r, c)| c.map(|c| costs.get(r, c))).sum();
            prop_assert_eq!(paired.iter().flatten().count(), rows.min(columns));
            prop_assert!((total - slow(&costs)).abs() < 1e-9);
        }

        #[test]
        fn solving_groups_alone_is_solving_the_whole(
            n in 0usize..7, m in 0usize..7, seed in any::<u64>()
        ) {
            let mut random = crate::random::Random::of(seed, &[]);
            let mut points = |count| -> Vec<[f64; 2]> {
                (0..count).map(|_| [random.between(0.0, 60.0), random.between(0.0, 60.0)]).collect()
            };
            let (left, right) = (points(n), points(m));
            let gate = 20.0;
            let square = |d: f64| d * d;
            let chosen = pair_up(&neighbours(&left, &right, gate), gate * gate, square);
            let far = n.min(m) - chosen.len();
            let total = chosen.iter().map(|c| square(c.2)).sum::<f64>() + far as f64 * gate * gate;
            let mut costs = Costs::new(n, m, 0.0);
            for (i, a) in left.iter().enumerate() {
                for (j, b) in right.iter().enumerate() {
                    costs.set(i, j, square((a[0] - b[0]).hypot(a[1] - b[1]).min(gate)));
                }
            }
            let whole = if n == 0 || m == 0 { 0.0 } else { slow(&costs) };
            prop_assert!((total - whole).abs() < 1e-6, "{} {}", total, whole);
        }
    }
}
