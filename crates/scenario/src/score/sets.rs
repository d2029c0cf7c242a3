//! Distances between two finite sets: GOSPA and OSPA.

use super::assign::{neighbours, pair_up};

/// GOSPA with p = 2 and α = 2 (Rahmathullah, García-Fernández, Svensson, FUSION 2017) and OSPA with
/// p = 2 (Schuhmacher, Vo, Vo, IEEE TSP 56(8), 2008), of points in the plane.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SetDistance {
    /// Sum of squared distances of the pairs, m².
    pub localisation_m2: f64,
    /// Pairs.
    pub paired: usize,
    /// Truths without a track.
    pub missed: usize,
    /// Tracks without a truth.
    pub excess: usize,
    cutoff_m: f64,
}

impl SetDistance {
    /// Between truths and tracks, cut off at `cutoff_m`.
    pub fn between(truths: &[[f64; 2]], tracks: &[[f64; 2]], cutoff_m: f64) -> Self {
        let near = neighbours(truths, tracks, cutoff_m);
        let pairs = pair_up(&near, cutoff_m * cutoff_m, |distance| distance * distance);
        Self {
            localisation_m2: pairs.iter().map(|pair| pair.2 * pair.2).sum(),
            paired: pairs.len(),
            missed: truths.len() - pairs.len(),
            excess: tracks.len() - pairs.len(),
            cutoff_m,
        }
    }

    /// GOSPA, metres: grows with the number of targets.
    pub fn gospa_m(&self) -> f64 {
        let wrong = (self.missed + self.excess) as f64;
        (self.localisation_m2 + self.cutoff_m * self.cutoff_m / 2.0 * wrong).sqrt()
    }

    /// OSPA, metres: an average over the larger set, at most the cut-off.
    pub fn ospa_m(&self) -> f64 {
        let larger = self.paired + self.missed.max(self.excess);
        if larger == 0 {
            return 0.0;
        }
        let unpaired = (larger - self.paired) as f64;
        let sum = self.localisation_m2 + self.cutoff_m * self.cutoff_m * unpaired;
        (sum / larger as f64).sqrt()
    }
}
