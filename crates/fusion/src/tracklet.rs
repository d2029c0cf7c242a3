//! What a track learned between two instants, without what it knew before.

use crate::gaussian::{Gaussian, inverse};
use nalgebra::{SMatrix, SVector};

/// An equivalent measurement in information form: inverse covariance, and inverse covariance times
/// mean. It may say nothing of some directions, so it need not be invertible.
///
/// Information decorrelation after Drummond, Proc. SPIE 3163 (1997), "tracklets": the sender takes
/// out what it had told before, so that the receiver may add what is left as if it were a plot. It
/// is exact where little process noise enters between two of them, and a tracklet a scan is a plot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tracklet<const N: usize> {
    information: SMatrix<f64, N, N>,
    vector: SVector<f64, N>,
}

impl<const N: usize> Tracklet<N> {
    /// From the sender's own estimate of one instant: `before`, predicted from what it had last
    /// told, and `after`, with all that it measured since.
    ///
    /// `None` if a covariance is not positive definite.
    pub fn between(before: &Gaussian<N>, after: &Gaussian<N>) -> Option<Self> {
        let (old, new) = (inverse(&before.covariance)?, inverse(&after.covariance)?);
        Some(Self { information: new - old, vector: new * after.mean - old * before.mean })
    }

    /// The receiver's estimate of the same instant with the tracklet taken in.
    ///
    /// `None` if the outcome is not a covariance: then the two are not of one target, or the
    /// tracklet is damaged.
    pub fn fuse_into(&self, estimate: &Gaussian<N>) -> Option<Gaussian<N>> {
        let prior = inverse(&estimate.covariance)?;
        let covariance = inverse(&(prior + self.information))?;
        let mean = covariance * (prior * estimate.mean + self.vector);
        mean.iter().all(|value| value.is_finite()).then_some(Gaussian { mean, covariance })
    }
}
