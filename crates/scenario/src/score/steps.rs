//! Truth and tracks side by side at each instant of the grid, in one plane.

use super::Options;
use super::assign::{Near, neighbours, pair_up};
use crate::form::{TrackRow, Truth, TruthRow};
use geodesy::{Enu, Geodetic, LocalFrame};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// A target or track at one instant, in the plane.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// Target number, or place of the track's name among all.
    pub(super) id: u32,
    pub(super) at: [f64; 2],
    pub(super) velocity: [f64; 2],
    pub(super) height_m: f64,
    /// Place of its row in the table.
    pub(super) row: usize,
}

/// One instant.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// Targets that some sensor could see.
    pub(super) truths: Vec<Seen>,
    /// Tracks within the area, without those that follow a target nobody should see.
    pub(super) tracks: Vec<Seen>,
}

pub(super) struct Plane {
    frame: LocalFrame,
}

impl Plane {
    pub(super) fn at(centre: Geodetic) -> Self {
        Self { frame: LocalFrame::at(centre) }
    }

    fn seen(&self, id: u32, position: Geodetic, velocity: Enu, row: usize) -> Seen {
        let at = self.frame.enu_from_geodetic(position);
        let local = LocalFrame::at(position).rotate_to_ecef(velocity);
        let velocity = self.frame.rotate_from_ecef(local);
        Seen {
            id,
            at: [at.east, at.north],
            velocity: [velocity.east, velocity.north],
            height_m: position.height_m,
            row,
        }
    }
}

/// Every instant of the truth after the warm-up.
pub(super) fn steps(truth: &Truth, tracks: &[TrackRow], options: &Options) -> Vec<Step> {
    let plane = Plane::at(options.centre);
    let names = name_numbers(tracks);
    let same = |a: &TruthRow, b: &TruthRow| a.t_s == b.t_s;
    let mut steps = Vec::new();
    let mut first_row = 0;
    for rows in truth.rows.chunk_by(same) {
        let (t_s, offset) = (rows[0].t_s, first_row);
        first_row += rows.len();
        if t_s < options.warm_up_s {
            continue;
        }
        let seen = |(index, row): (usize, &TruthRow)| {
            plane.seen(row.target, row.position, row.velocity, offset + index)
        };
        let covered = |row: &TruthRow| row.coverage & options.coverage_mask != 0;
        let indexed = || rows.iter().enumerate();
        let truths: Vec<Seen> = indexed().filter(|(_, row)| covered(row)).map(seen).collect();
        let hidden: Vec<Seen> = indexed().filter(|(_, row)| !covered(row)).map(seen).collect();
        let begin = tracks.partition_point(|row| row.t_s <= t_s - 0.01);
        let now = tracks[begin..].iter().take_while(|row| row.t_s < t_s + 0.01);
        let within = |seen: &Seen| seen.at.iter().all(|x| x.abs() < options.half_width_m);
        let tracks = now
            .enumerate()
            .map(|(index, row)| {
                let id = names[row.track.as_str()];
                plane.seen(id, row.position, row.velocity, begin + index)
            })
            .filter(within)
            .collect();
        let tracks = without_hidden(tracks, &truths, &hidden, options.gate_m);
        steps.push(Step { truths, tracks });
    }
    steps
}

/// A number for each name, in order of the names.
fn name_numbers(tracks: &[TrackRow]) -> FxHashMap<&str, u32> {
    let mut names: Vec<&str> = tracks.iter().map(|row| row.track.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().zip(0..).collect()
}

/// Leaves out tracks near a target that no sensor covers and near none that one does: such a track
/// is not wrong.
fn without_hidden(tracks: Vec<Seen>, truths: &[Seen], hidden: &[Seen], gate_m: f64) -> Vec<Seen> {
    if hidden.is_empty() {
        return tracks;
    }
    let at = |seen: &[Seen]| -> Vec<[f64; 2]> { seen.iter().map(|seen| seen.at).collect() };
    let mut near_hidden = vec![false; tracks.len()];
    let mut near_truth = vec![false; tracks.len()];
    for (_, track, _) in neighbours(&at(hidden), &at(&tracks), gate_m) {
        near_hidden[track] = true;
    }
    for (_, track, _) in neighbours(&at(truths), &at(&tracks), gate_m) {
        near_truth[track] = true;
    }
    let keep =
        |(index, track): (usize, Seen)| (!near_hidden[index] || near_truth[index]).then_some(track);
    tracks.into_iter().enumerate().filter_map(keep).collect()
}

impl Step {
    pub(super) fn places(&self) -> (Vec<[f64; 2]>, Vec<[f64; 2]>) {
        let at = |seen: &Seen| seen.at;
        (self.truths.iter().map(at).collect(), self.tracks.iter().map(at).collect())
    }

    /// Pairs truths with tracks: a target keeps the track it had last while that is within the
    /// gate, the rest go to the nearest. Returns the pairs, ordered by truth, and how many other
    /// tracks there are within and beyond the gate of a target.
    pub(super) fn follow(
        &self,
        last: &BTreeMap<u32, u32>,
        gate_m: f64,
    ) -> (Vec<Near>, usize, usize) {
        let (truths, tracks) = self.places();
        let near = neighbours(&truths, &tracks, gate_m);
        let had = |pair: &&Near| last.get(&self.truths[pair.0].id) == Some(&self.tracks[pair.1].id);
        let mut pairs: Vec<Near> = near.iter().filter(had).copied().collect();
        let mut truth_taken = vec![false; truths.len()];
        let mut track_taken = vec![false; tracks.len()];
        for (truth, track, _) in &pairs {
            truth_taken[*truth] = true;
            track_taken[*track] = true;
        }
        let free = |pair: &&Near| !truth_taken[pair.0] && !track_taken[pair.1];
        let free: Vec<Near> = near.iter().filter(free).copied().collect();
        pairs.extend(pair_up(&free, 1e7, |distance| distance));
        pairs.sort_by_key(|pair| pair.0);
        let mut beside = vec![false; tracks.len()];
        for (_, track, _) in &near {
            beside[*track] = true;
        }
        for (_, track, _) in &pairs {
            track_taken[*track] = true;
        }
        let left = |near: bool| {
            (0..tracks.len()).filter(|j| !track_taken[*j] && beside[*j] == near).count()
        };
        let (ambiguous, spurious) = (left(true), left(false));
        (pairs, ambiguous, spurious)
    }
}
