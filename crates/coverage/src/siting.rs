//! Where the next sensors go: candidates, what each would add, and a choice with its bound.
//!
//! Demand is a set of voxels (a cell at an altitude). Each candidate covers some; the choice
//! maximises Σ min(k, how many cover v). That is monotone and submodular, so adding the best each
//! time reaches at least 63 % of the best there is (Nemhauser, Wolsey, Fisher, Math. Programming 14,
//! 1978); and what the candidates would still add bounds, for the case at hand, how much better any
//! choice could be.

use crate::joint::{Region, Ring};
use crate::site::Cover;
use crate::terrain::{Cell, Terrain};
use rayon::prelude::*;

/// Spacing of rays at the edge, in cells, that is fine enough to rank candidates by: on the grid of
/// the benchmark about Kant, half of the errors are under 0.1 m, 95 % under 3 m and 99 % under 12 m,
/// for a third of the processor time. Who is chosen is swept again at the default.
pub const RANKING_CELLS: f64 = 3.0;

/// What is to be covered.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// Cells of the terrain, each with an altitude in metres.
    pub voxels: Vec<(Cell, f32)>,
}

/// Which of a demand's voxels something covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bits(Vec<u64>);

/// The choice made.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Candidates in the order chosen.
    pub steps: Vec<Step>,
    /// Voxels covered by what exists alone (counted up to k times).
    pub before: u64,
    /// Voxels covered with the choice.
    pub after: u64,
    /// No choice within the budget covers more.
    pub bound: u64,
    /// Exchanges of one chosen candidate for another that bettered the choice.
    pub swaps: usize,
}

/// One step of a choice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Which candidate.
    pub candidate: usize,
    /// Voxels it adds to those before it.
    pub gain: u64,
    /// Covered then.
    pub covered: u64,
}

impl Plan {
    /// How much better any choice can be at most, as a part of what this one covers: 0.04 is 4 %.
    pub fn better_at_most(&self) -> f64 {
        if self.after == 0 { 0.0 } else { self.bound as f64 / self.after as f64 - 1.0 }
    }
}

/// What may be spent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Budget {
    /// So many sites.
    Sites(usize),
    /// So much cost in all.
    Cost(f64),
}

impl Demand {
    /// Every `every`-th cell of `region` in each direction at each of `altitudes_m`, where that is
    /// `clearance_m` above the ground.
    pub fn over(
        terrain: &Terrain,
        region: &Region,
        altitudes_m: &[f32],
        (clearance_m, every): (f32, usize),
    ) -> Self {
        let mut voxels = Vec::new();
        for &index in &region.cells {
            let cell = terrain.lattice.cell(index as usize);
            if cell.row.is_multiple_of(every) && cell.col.is_multiple_of(every) {
                let flown =
                    |altitude: &&f32| terrain.mean_m[index as usize] + clearance_m <= **altitude;
                voxels.extend(altitudes_m.iter().filter(flown).map(|&altitude| (cell, altitude)));
            }
        }
        Self { voxels }
    }

    /// Which voxels a cover covers.
    pub fn bits(&self, cover: &Cover) -> Bits {
        let word = |voxels: &[(Cell, f32)]| {
            let bit = |(i, (cell, altitude)): (usize, &(Cell, f32))| {
                u64::from(cover.covers(*cell, *altitude)) << i
            };
            voxels.iter().enumerate().map(bit).fold(0, |word, bit| word | bit)
        };
        Bits(self.voxels.par_chunks(64).map(word).collect())
    }
}

impl Bits {
    /// From words of 64 voxels, the first voxel in the lowest bit.
    pub fn from_words(words: Vec<u64>) -> Self {
        Self(words)
    }

    /// How many are set.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Whether the voxel of this index is covered.
    pub fn get(&self, voxel: usize) -> bool {
        self.0[voxel / 64] >> (voxel % 64) & 1 == 1
    }
}

/// Voxels covered at least once, twice, … k times.
#[derive(Debug, Clone)]
struct Covered(Vec<Vec<u64>>);

impl Covered {
    fn new(words: usize, k: usize) -> Self {
        Self(vec![vec![0; words]; k.max(1)])
    }

    fn add(&mut self, bits: &Bits) {
        for (word, &bits) in bits.0.iter().enumerate() {
            for times in (1..self.0.len()).rev() {
                self.0[times][word] |= self.0[times - 1][word] & bits;
            }
            self.0[0][word] |= bits;
        }
    }

    fn gain(&self, bits: &Bits) -> u64 {
        let full = &self.0[self.0.len() - 1];
        full.iter().zip(&bits.0).map(|(full, bits)| u64::from((bits & !full).count_ones())).sum()
    }

    fn value(&self) -> u64 {
        self.0.iter().flatten().map(|word| u64::from(word.count_ones())).sum()
    }
}

/// Chooses among candidates, given what exists, each voxel counting up to `k` times.
///
/// Greedy by gain (by gain per cost under a budget of cost), then exchanges of one for another as
/// long as one betters the choice. Ties go to the candidate that stands first.
pub fn choose(
    existing: &[Bits],
    candidates: &[Bits],
    costs: &[f64],
    (budget, k): (Budget, usize),
) -> Plan {
    let words = candidates.iter().chain(existing).map(|bits| bits.0.len()).max().unwrap_or(0);
    let mut base = Covered::new(words, k);
    existing.iter().for_each(|bits| base.add(bits));
    let before = base.value();
    let (costs, limit): (Vec<f64>, f64) = match budget {
        Budget::Sites(sites) => (vec![1.0; candidates.len()], sites as f64),
        Budget::Cost(cost) => (costs.to_vec(), cost),
    };
    let problem = Problem { candidates, costs: &costs, limit, base: &base };
    let mut bound = u64::MAX;
    let mut chosen = Vec::new();
    let mut covered = base.clone();
    loop {
        let gains: Vec<u64> = candidates.par_iter().map(|bits| covered.gain(bits)).collect();
        bound = bound.min(covered.value() + problem.still(&gains));
        let spent: f64 = chosen.iter().map(|&i| costs[i]).sum();
        let fits =
            |i: &usize| !chosen.contains(i) && gains[*i] > 0 && spent + costs[*i] <= limit + 1e-9;
        let rate = |i: usize| gains[i] as f64 / costs[i].max(1e-9);
        let best = (0..candidates.len())
            .filter(fits)
            .reduce(|best, i| if rate(i) > rate(best) { i } else { best });
        let Some(best) = best else { break };
        covered.add(&candidates[best]);
        chosen.push(best);
    }
    let swaps = problem.exchange(&mut chosen);
    problem.plan(&chosen, before, bound, swaps)
}

struct Problem<'a> {
    candidates: &'a [Bits],
    costs: &'a [f64],
    limit: f64,
    base: &'a Covered,
}

impl Problem<'_> {
    /// The most that any choice within the whole budget could add, were gains not to overlap: the
    /// best rates first, a part of the last.
    fn still(&self, gains: &[u64]) -> u64 {
        let mut order: Vec<usize> =
            (0..gains.len()).filter(|&i| self.costs[i] <= self.limit).collect();
        let rate = |i: usize| gains[i] as f64 / self.costs[i].max(1e-9);
        order.sort_by(|&a, &b| rate(b).total_cmp(&rate(a)).then(a.cmp(&b)));
        let (mut left, mut sum) = (self.limit, 0.0);
        for i in order {
            let part = (left / self.costs[i].max(1e-9)).min(1.0);
            sum += part * gains[i] as f64;
            left -= part * self.costs[i];
            if left <= 0.0 {
                break;
            }
        }
        sum.floor() as u64
    }

    fn covered(&self, chosen: &[usize], without: Option<usize>) -> Covered {
        let mut covered = self.base.clone();
        for &i in chosen.iter().filter(|&&i| Some(i) != without) {
            covered.add(&self.candidates[i]);
        }
        covered
    }

    /// Exchanges one for one while that betters the choice; returns how often.
    fn exchange(&self, chosen: &mut [usize]) -> usize {
        let mut swaps = 0;
        loop {
            let value = self.covered(chosen, None).value();
            let spent: f64 = chosen.iter().map(|&i| self.costs[i]).sum();
            let mut best: Option<(u64, usize, usize)> = None;
            for (place, &out) in chosen.iter().enumerate() {
                let rest = self.covered(chosen, Some(out));
                let rest_value = rest.value();
                let left = self.limit - spent + self.costs[out] + 1e-9;
                let gains: Vec<u64> = self.candidates.par_iter().map(|b| rest.gain(b)).collect();
                for (i, gain) in gains.into_iter().enumerate() {
                    let total = rest_value + gain;
                    let fits = self.costs[i] <= left && !chosen.contains(&i);
                    if fits && total > best.map_or(value, |(total, ..)| total) {
                        best = Some((total, place, i));
                    }
                }
            }
            let Some((_, place, i)) = best else { return swaps };
            chosen[place] = i;
            swaps += 1;
        }
    }

    /// The chosen in the order of what each adds, with the figures of each step.
    fn plan(&self, chosen: &[usize], before: u64, bound: u64, swaps: usize) -> Plan {
        let mut left = chosen.to_vec();
        let mut covered = self.base.clone();
        let mut steps = Vec::new();
        while !left.is_empty() {
            let gain = |&i: &usize| covered.gain(&self.candidates[i]);
            let best = (0..left.len())
                .reduce(|best, at| if gain(&left[at]) > gain(&left[best]) { at } else { best });
            let candidate = left.remove(best.unwrap_or(0));
            let gain = covered.gain(&self.candidates[candidate]);
            covered.add(&self.candidates[candidate]);
            steps.push(Step { candidate, gain, covered: covered.value() });
        }
        Plan { steps, before, after: covered.value(), bound, swaps }
    }
}

/// A place for a mast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// Latitude, degrees.
    pub latitude_deg: f64,
    /// Longitude, degrees.
    pub longitude_deg: f64,
    /// Mast, metres.
    pub mast_m: f64,
}

/// Antenna points every `spacing_m` inside a plot's rings and outside its holes, each with each mast;
/// one in its midst where it is smaller than the spacing.
pub fn spots_in_plot(rings: &[Ring], spacing_m: f64, masts_m: &[f64]) -> Vec<Spot> {
    const SPOTS_MAX: f64 = 100_000.0;
    // Longitudes go on past 180° from the first corner's.
    let from_deg = rings.iter().flatten().next().map_or(0.0, |corner| corner.1);
    let unwound = |&(lat, lon): &(f64, f64)| {
        (lat, from_deg + (lon - from_deg + 180.0).rem_euclid(360.0) - 180.0)
    };
    let rings: Vec<Ring> = rings.iter().map(|ring| ring.iter().map(unwound).collect()).collect();
    let fold = |pick: fn(&(f64, f64)) -> f64, f: fn(f64, f64) -> f64, from: f64| {
        rings.iter().flatten().map(pick).fold(from, f)
    };
    let (south, north) = (fold(|p| p.0, f64::min, 90.0), fold(|p| p.0, f64::max, -90.0));
    let (west, east) = (fold(|p| p.1, f64::min, 540.0), fold(|p| p.1, f64::max, -540.0));
    if rings.iter().all(|ring| ring.len() < 3) || south > north {
        return Vec::new();
    }
    let lat_step = spacing_m / 111_195.0;
    let lon_step = lat_step / south.to_radians().cos().max(0.01);
    // A plot so large that its points would not fit is looked at more coarsely.
    let count = ((north - south) / lat_step) * ((east - west) / lon_step);
    let coarser = (count / SPOTS_MAX).sqrt().max(1.0);
    let (lat_step, lon_step) = (lat_step * coarser, lon_step * coarser);
    let mut points = Vec::new();
    let rows = ((north - south) / lat_step) as usize;
    let cols = ((east - west) / lon_step) as usize;
    for row in 0..=rows {
        for col in 0..=cols {
            let lat = (south + north) / 2.0 + (row as f64 - rows as f64 / 2.0) * lat_step;
            let lon = (west + east) / 2.0 + (col as f64 - cols as f64 / 2.0) * lon_step;
            if contains(&rings, lat, lon) {
                points.push((lat, lon));
            }
        }
    }
    if points.is_empty() {
        points.extend(inner_point(&rings, south, north));
    }
    let with_mast = |(latitude_deg, longitude_deg): (f64, f64)| {
        let longitude_deg = (longitude_deg + 180.0).rem_euclid(360.0) - 180.0;
        masts_m.iter().map(move |&mast_m| Spot { latitude_deg, longitude_deg, mast_m })
    };
    points.into_iter().flat_map(with_mast).collect()
}

/// The middle of the widest stretch inside of rings, on one of a few parallels; `None` where there is no inside.
fn inner_point(rings: &[Ring], south: f64, north: f64) -> Option<(f64, f64)> {
    const PARALLELS: usize = 15;
    let mut widest = (0.0, None);
    for nth in 1..=PARALLELS {
        let lat = south + (north - south) * nth as f64 / (PARALLELS + 1) as f64;
        let mut crossings: Vec<f64> = edges(rings)
            .filter(|(a, b)| (a.0 > lat) != (b.0 > lat))
            .map(|(a, b)| a.1 + (lat - a.0) / (b.0 - a.0) * (b.1 - a.1))
            .collect();
        crossings.sort_by(f64::total_cmp);
        for &[from, to] in crossings.as_chunks().0 {
            if to - from > widest.0 {
                widest = (to - from, Some((lat, (from + to) / 2.0)));
            }
        }
    }
    widest.1
}

fn edges(rings: &[Ring]) -> impl Iterator<Item = (&(f64, f64), &(f64, f64))> {
    rings.iter().flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)))
}

/// Whether rings go around a position: crossings to the east are odd.
fn contains(rings: &[Ring], lat: f64, lon: f64) -> bool {
    let crossed = edges(rings).filter(|(a, b)| {
        (a.0 > lat) != (b.0 > lat) && lon < a.1 + (lat - a.0) / (b.0 - a.0) * (b.1 - a.1)
    });
    crossed.count() % 2 == 1
}

/// The highest cell of each block of `block` by `block` cells that lies in `region` and is a local
/// maximum, highest first, at most `most`.
pub fn summits(terrain: &Terrain, region: &Region, block: usize, most: usize) -> Vec<Cell> {
    let lattice = &terrain.lattice;
    let height = |cell: Cell| terrain.mean_m[lattice.index(cell)];
    let mut highest = std::collections::BTreeMap::<(usize, usize), Cell>::new();
    for &index in &region.cells {
        let cell = lattice.cell(index as usize);
        let place = highest.entry((cell.row / block, cell.col / block)).or_insert(cell);
        if height(cell) > height(*place) {
            *place = cell;
        }
    }
    let is_summit = |cell: &Cell| {
        let near = |at: usize, count: usize| at.saturating_sub(1)..(at + 2).min(count);
        near(cell.row, lattice.rows).all(|row| {
            near(cell.col, lattice.cols).all(|col| {
                let other = height(Cell { row, col });
                other.is_nan() || other <= height(*cell)
            })
        })
    };
    let mut summits: Vec<Cell> = highest.into_values().filter(is_summit).collect();
    summits.sort_by(|a, b| height(*b).total_cmp(&height(*a)).then(a.cmp(b)));
    summits.truncate(most);
    summits
}

/// At most `most` summits spread over the region: of blocks as small as that allows, the highest
/// local maximum of each. Lower ridges between high ones are among them, where the highest of all
/// stand together.
pub fn spread_summits(terrain: &Terrain, region: &Region, most: usize) -> Vec<Cell> {
    if most == 0 {
        return Vec::new();
    }
    let mut block = ((region.cells.len() / most) as f64).sqrt().max(1.0) as usize;
    loop {
        let found = summits(terrain, region, block, usize::MAX);
        if found.len() <= most {
            return found;
        }
        block += block.div_ceil(20);
    }
}

/// What [`exact`] found.
#[cfg(feature = "exact")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exact {
    /// Voxels covered, counted up to `k` times.
    pub covered: u64,
    /// The candidates chosen, ascending.
    pub chosen: Vec<usize>,
    /// Whether there is proof that nothing better exists; not where the time was over before.
    pub proven: bool,
}

/// The best there is, by mixed-integer programming (HiGHS): voxels that the same candidates cover
/// are one. Looks for `seconds` at most.
#[cfg(feature = "exact")]
pub fn exact(
    existing: &[Bits],
    candidates: &[Bits],
    costs: &[f64],
    (budget, k): (Budget, usize),
    seconds: f64,
) -> Result<Exact, good_lp::ResolutionError> {
    use good_lp::solvers::SolutionStatus;
    use good_lp::{Expression, Solution, SolverModel, constraint, variable, variables};
    use std::collections::BTreeMap;

    let words = candidates.iter().chain(existing).map(|bits| bits.0.len()).max().unwrap_or(0);
    // How often what exists covers it, which candidates do, and how many voxels that is true of.
    let mut patterns: BTreeMap<(usize, Vec<u32>), u64> = BTreeMap::new();
    for voxel in 0..words * 64 {
        let times = existing.iter().filter(|bits| bits.get(voxel)).count().min(k);
        let by = (0..candidates.len()).filter(|&i| candidates[i].get(voxel)).map(|i| i as u32);
        *patterns.entry((times, by.collect())).or_default() += 1;
    }
    let mut vars = variables!();
    let take: Vec<_> = candidates.iter().map(|_| vars.add(variable().binary())).collect();
    let mut objective = Expression::from(0.0);
    let mut limits = Vec::new();
    let mut fixed = 0;
    for ((times, by), count) in &patterns {
        fixed += *times as u64 * count;
        if *times < k && !by.is_empty() {
            let most = (k - times) as f64;
            let seen = vars.add(variable().min(0.0).max(most));
            objective += *count as f64 * seen;
            let sum: Expression = by.iter().map(|&i| take[i as usize]).sum();
            limits.push((seen, sum));
        }
    }
    let (limit, cost): (f64, Vec<f64>) = match budget {
        Budget::Sites(sites) => (sites as f64, vec![1.0; candidates.len()]),
        Budget::Cost(limit) => (limit, costs.to_vec()),
    };
    let spent: Expression = take.iter().zip(&cost).map(|(taken, cost)| *cost * *taken).sum();
    let mut model = vars.maximise(objective.clone()).using(good_lp::highs);
    model = model.with(constraint!(spent <= limit));
    for (seen, sum) in limits {
        model = model.with(constraint!(seen <= sum));
    }
    // Without this, what is better by less than one in ten thousand is not looked for.
    let model = model.set_option("mip_rel_gap", 0.0).set_time_limit(seconds);
    let solution = model.solve()?;
    let taken = |i: &usize| solution.value(take[*i]) > 0.5;
    Ok(Exact {
        covered: fixed + solution.eval(&objective).round() as u64,
        chosen: (0..take.len()).filter(taken).collect(),
        proven: matches!(solution.status(), SolutionStatus::Optimal),
    })
}
