//! A distance between two sets of trajectories that also pays for switches of identity.

use super::assign::{Near, neighbours};
use std::collections::BTreeMap;

/// The places of the trajectories that live at one instant: name and place in the plane.
pub type Instant = Vec<(u32, [f64; 2])>;

/// The trajectory metric of García-Fernández, Rahmathullah and Svensson (IEEE TSP 68, 2020, "A metric
/// on the space of finite sets of trajectories for evaluation of multi-target tracking
/// algorithms"), p = 2, with assignments that are whole (their multi-dimensional form), found by
/// improving one trajectory at a time: exact for each alone, together an upper bound of the least.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TrajectoryDistance {
    /// Sum of squared distances of the pairs, m².
    pub localisation_m2: f64,
    /// Truth instants without a track.
    pub missed: usize,
    /// Track instants without a truth.
    pub excess: usize,
    /// Switches: one from track to track, half from or to none.
    pub switches: f64,
    /// Instants.
    pub instants: usize,
    cutoff_m: f64,
    switch_m: f64,
}

/// Rounds of improvement at most; two or three suffice.
const ROUNDS_MAX: usize = 20;

impl TrajectoryDistance {
    /// Between truths and tracks over the same instants; a switch costs as an error of `switch_m`.
    pub fn between(truths: &[Instant], tracks: &[Instant], cutoff_m: f64, switch_m: f64) -> Self {
        let problem = Problem::new(truths, tracks, cutoff_m, switch_m);
        let chosen = problem.solve();
        problem.measure(&chosen)
    }

    /// Root of the mean over the instants of the squared distance, metres.
    pub fn metres(&self) -> f64 {
        let wrong = (self.missed + self.excess) as f64 * self.cutoff_m * self.cutoff_m / 2.0;
        let sum = self.localisation_m2 + wrong + self.switches * self.switch_m * self.switch_m;
        (sum / self.instants.max(1) as f64).sqrt()
    }
}

/// The track of one truth at one instant.
type Choice = Option<u32>;

/// Tracks within the cut-off and their squared distances, m².
type Candidates = Vec<(u32, f64)>;

struct Problem {
    /// For each truth: at each instant the tracks within the cut-off and their squared distances;
    /// `None` where it does not live.
    near: Vec<Vec<Option<Candidates>>>,
    track_instants: usize,
    instants: usize,
    cutoff_m: f64,
    switch_m: f64,
}

impl Problem {
    fn new(truths: &[Instant], tracks: &[Instant], cutoff_m: f64, switch_m: f64) -> Self {
        let mut index = BTreeMap::new();
        for (name, _) in truths.iter().flatten() {
            let next = index.len();
            index.entry(*name).or_insert(next);
        }
        let mut near = vec![vec![None; truths.len()]; index.len()];
        for (instant, (left, right)) in truths.iter().zip(tracks).enumerate() {
            let places = |set: &Instant| set.iter().map(|one| one.1).collect::<Vec<_>>();
            for (name, _) in left {
                near[index[name]][instant] = Some(Vec::new());
            }
            let pairs: Vec<Near> = neighbours(&places(left), &places(right), cutoff_m);
            for (i, j, distance) in pairs {
                if let Some(list) = &mut near[index[&left[i].0]][instant] {
                    list.push((right[j].0, distance * distance));
                }
            }
        }
        let track_instants = tracks.iter().map(Vec::len).sum();
        Self { near, track_instants, instants: truths.len(), cutoff_m, switch_m }
    }

    /// Each truth's tracks: from none, every truth in turn takes its best way around the others,
    /// until none improves.
    fn solve(&self) -> Vec<Vec<Choice>> {
        let mut chosen: Vec<Vec<Choice>> = vec![vec![None; self.instants]; self.near.len()];
        let mut taken: Vec<BTreeMap<u32, usize>> = vec![BTreeMap::new(); self.instants];
        for _ in 0..ROUNDS_MAX {
            let mut changed = false;
            for (truth, chosen) in chosen.iter_mut().enumerate() {
                let way = self.best_way(truth, &taken);
                for (instant, choice) in way.iter().enumerate() {
                    let before = chosen[instant];
                    if before != *choice {
                        changed = true;
                        if let Some(track) = before {
                            taken[instant].remove(&track);
                        }
                        if let Some(track) = choice {
                            taken[instant].insert(*track, truth);
                        }
                    }
                }
                *chosen = way;
            }
            if !changed {
                break;
            }
        }
        chosen
    }

    /// Least cost over all instants by dynamic programming, with tracks that others hold left out.
    fn best_way(&self, truth: usize, taken: &[BTreeMap<u32, usize>]) -> Vec<Choice> {
        let mut layers: Vec<Vec<(Choice, f64, usize)>> = Vec::with_capacity(self.instants);
        for (near, taken) in self.near[truth].iter().zip(taken) {
            let free = |track: &u32| taken.get(track).is_none_or(|holder| *holder == truth);
            let pairs = near.iter().flatten().filter(|(track, _)| free(track));
            // A pair saves both the missed truth and the excess track.
            let saved = self.cutoff_m * self.cutoff_m;
            let options = std::iter::once((None, 0.0))
                .chain(pairs.map(|(track, square)| (Some(*track), square - saved)));
            let layer = options
                .map(|(choice, cost)| match layers.last() {
                    None => (choice, cost, 0),
                    Some(before) => {
                        let reach = |(index, from): (usize, &(Choice, f64, usize))| {
                            (from.1 + self.switch_cost(from.0, choice), index)
                        };
                        let (least, index) = before
                            .iter()
                            .enumerate()
                            .map(reach)
                            .min_by(|a, b| a.0.total_cmp(&b.0))
                            .expect("none is always an option");
                        (choice, cost + least, index)
                    }
                })
                .collect();
            layers.push(layer);
        }
        let mut way = vec![None; self.instants];
        let last = layers.last().map_or(&[][..], |layer| layer);
        let least = last.iter().enumerate().min_by(|a, b| a.1.1.total_cmp(&b.1.1));
        let mut index = least.map_or(0, |(index, _)| index);
        for (instant, layer) in layers.iter().enumerate().rev() {
            let (choice, _, before) = layer[index];
            way[instant] = choice;
            index = before;
        }
        way
    }

    fn switch_cost(&self, from: Choice, to: Choice) -> f64 {
        switches(from, to) * self.switch_m * self.switch_m
    }

    fn measure(&self, chosen: &[Vec<Choice>]) -> TrajectoryDistance {
        let mut found = TrajectoryDistance {
            excess: self.track_instants,
            instants: self.instants,
            cutoff_m: self.cutoff_m,
            switch_m: self.switch_m,
            ..TrajectoryDistance::default()
        };
        for (near, way) in self.near.iter().zip(chosen) {
            for (near, choice) in near.iter().zip(way) {
                let pair = near.iter().flatten().find(|(track, _)| Some(*track) == *choice);
                match pair {
                    Some((_, square)) => {
                        found.localisation_m2 += square;
                        found.excess -= 1;
                    }
                    None if near.is_some() => found.missed += 1,
                    None => {}
                }
            }
            found.switches += way.windows(2).map(|two| switches(two[0], two[1])).sum::<f64>();
        }
        found
    }
}

/// From track to track one, from or to none half.
fn switches(from: Choice, to: Choice) -> f64 {
    match (from, to) {
        _ if from == to => 0.0,
        (Some(_), Some(_)) => 1.0,
        _ => 0.5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use proptest::prelude::*;

    /// Every sequence of assignments of two truths to two tracks, tried.
    fn slow(truths: &[Instant], tracks: &[Instant], c: f64, g: f64) -> f64 {
        const ASSIGNMENTS: [[Choice; 2]; 7] = [
            [None, None],
            [Some(0), None],
            [Some(1), None],
            [None, Some(0)],
            [None, Some(1)],
            [Some(0), Some(1)],
            [Some(1), Some(0)],
        ];
        let cost = |instant: usize, assignment: &[Choice; 2]| {
            let mut paired = 0;
            let mut sum = 0.0;
            for (truth, choice) in assignment.iter().enumerate() {
                let here = truths[instant].iter().find(|one| one.0 == truth as u32);
                let there = tracks[instant].iter().find(|one| Some(one.0) == *choice);
                match (here, there, choice) {
                    (Some((_, a)), Some((_, b)), _) => {
                        let d = (a[0] - b[0]).hypot(a[1] - b[1]);
                        if d >= c {
                            return f64::INFINITY;
                        }
                        sum += d * d;
                        paired += 1;
                    }
                    (_, _, Some(_)) => return f64::INFINITY,
                    _ => {}
                }
            }
            let wrong = truths[instant].len() + tracks[instant].len() - 2 * paired;
            sum + c * c / 2.0 * wrong as f64
        };
        let mut least: Vec<f64> = ASSIGNMENTS.iter().map(|a| cost(0, a)).collect();
        for instant in 1..truths.len() {
            least = ASSIGNMENTS
                .iter()
                .map(|to| {
                    let reach = ASSIGNMENTS.iter().zip(&least).map(|(from, sum)| {
                        let s: f64 = from.iter().zip(to).map(|(a, b)| switches(*a, *b)).sum();
                        sum + g * g * s
                    });
                    reach.fold(f64::INFINITY, f64::min) + cost(instant, to)
                })
                .collect();
        }
        let sum = least.into_iter().fold(f64::INFINITY, f64::min);
        (sum / truths.len() as f64).sqrt()
    }

    fn sets(seed: u64, apart: f64) -> (Vec<Instant>, Vec<Instant>) {
        let mut random = Random::of(seed, &[]);
        let mut one = |noise: f64| -> Vec<Instant> {
            (0..6)
                .map(|instant| {
                    (0..2)
                        .filter_map(|name| {
                            let x = f64::from(instant) * 10.0 + noise * random.normal();
                            let y = f64::from(name) * apart + noise * random.normal();
                            random.chance(0.85).then_some((name, [x, y]))
                        })
                        .collect()
                })
                .collect()
        };
        (one(0.0), one(3.0))
    }

    proptest! {
        #[test]
        fn the_distance_is_never_below_the_least_and_meets_it_where_targets_are_apart(
            seed in any::<u64>()
        ) {
            let (truths, tracks) = sets(seed, 4.0);
            let close = TrajectoryDistance::between(&truths, &tracks, 10.0, 4.0).metres();
            prop_assert!(close >= slow(&truths, &tracks, 10.0, 4.0) - 1e-9);
            let (truths, tracks) = sets(seed, 40.0);
            let apart = TrajectoryDistance::between(&truths, &tracks, 10.0, 4.0).metres();
            prop_assert!((apart - slow(&truths, &tracks, 10.0, 4.0)).abs() < 1e-9);
        }
    }

    #[test]
    fn an_exchange_of_two_tracks_costs_two_switches() {
        let truths: Vec<Instant> =
            (0..10).map(|_| vec![(0, [0.0, 0.0]), (1, [0.0, 100.0])]).collect();
        let mut tracks = truths.clone();
        for instant in &mut tracks[5..] {
            (instant[0].0, instant[1].0) = (1, 0);
        }
        let found = TrajectoryDistance::between(&truths, &tracks, 50.0, 5.0);
        assert_eq!((found.switches, found.missed, found.excess), (2.0, 0, 0));
        assert!((found.metres() - (2.0 * 25.0 / 10.0_f64).sqrt()).abs() < 1e-9);
    }
}
