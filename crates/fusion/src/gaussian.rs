//! Two estimates of one target made one, by what is known of how they depend on each other.

use nalgebra::{SMatrix, SVector};

/// A mean with its covariance. What the components are (metres, m/s) is the caller's; both
/// estimates of one call are of the same instant, in the same frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gaussian<const N: usize> {
    /// Mean.
    pub mean: SVector<f64, N>,
    /// Covariance: symmetric, positive definite.
    pub covariance: SMatrix<f64, N, N>,
}

/// Both are fused as if their errors had nothing in common. Right for two sensors; for two tracks
/// it counts their common past twice, and claims more than it knows.
///
/// `None` if a covariance is not positive definite.
pub fn as_if_independent<const N: usize>(a: &Gaussian<N>, b: &Gaussian<N>) -> Option<Gaussian<N>> {
    let (a_inv, b_inv) = (inverse(&a.covariance)?, inverse(&b.covariance)?);
    let covariance = inverse(&(a_inv + b_inv))?;
    Some(Gaussian { mean: covariance * (a_inv * a.mean + b_inv * b.mean), covariance })
}

/// Covariance intersection: consistent for every correlation that two estimates can have, and so
/// more cautious than most need (Julier, Uhlmann, Proc. American Control Conference 1997, eq. 3–5;
/// the weight makes the trace of the covariance least).
///
/// `None` if a covariance is not positive definite.
pub fn covariance_intersection<const N: usize>(
    a: &Gaussian<N>,
    b: &Gaussian<N>,
) -> Option<Gaussian<N>> {
    let (a_inv, b_inv) = (inverse(&a.covariance)?, inverse(&b.covariance)?);
    let fused = |weight: f64| {
        let (a_part, b_part) = (a_inv * weight, b_inv * (1.0 - weight));
        let covariance = inverse(&(a_part + b_part))?;
        Some(Gaussian { mean: covariance * (a_part * a.mean + b_part * b.mean), covariance })
    };
    best(fused)
}

/// Inverse covariance intersection: consistent where what two estimates share is itself an
/// estimate, as it is when both heard a third or each other, and less cautious than covariance
/// intersection (Noack, Sijs, Reinhardt, Hanebeck, Automatica 79, 2017, eq. 10–12; the weight makes
/// the trace least).
///
/// `None` if a covariance is not positive definite.
pub fn inverse_covariance_intersection<const N: usize>(
    a: &Gaussian<N>,
    b: &Gaussian<N>,
) -> Option<Gaussian<N>> {
    let (a_inv, b_inv) = (inverse(&a.covariance)?, inverse(&b.covariance)?);
    let fused = |weight: f64| {
        let common = inverse(&(a.covariance * weight + b.covariance * (1.0 - weight)))?;
        let covariance = inverse(&(a_inv + b_inv - common))?;
        let gain_a = covariance * (a_inv - common * weight);
        let gain_b = covariance * (b_inv - common * (1.0 - weight));
        Some(Gaussian { mean: gain_a * a.mean + gain_b * b.mean, covariance })
    };
    best(fused)
}

/// Symmetric inverse; `None` unless positive definite.
pub(crate) fn inverse<const N: usize>(matrix: &SMatrix<f64, N, N>) -> Option<SMatrix<f64, N, N>> {
    let inverse = matrix.cholesky()?.inverse();
    inverse.iter().all(|value| value.is_finite()).then_some((inverse + inverse.transpose()) * 0.5)
}

/// Steps of the search below: the weight is found to 0.618^24 ≈ 1e-5.
const STEPS: usize = 24;

/// The candidate of least trace over weights in [0, 1], by golden section (Kiefer 1953): the trace
/// is convex in the weight for both intersections.
fn best<const N: usize>(fused: impl Fn(f64) -> Option<Gaussian<N>>) -> Option<Gaussian<N>> {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let cost = |weight: f64| fused(weight).map_or(f64::INFINITY, |g| g.covariance.trace());
    let (mut low, mut high) = (0.0, 1.0);
    let (mut left, mut right) = (high - GOLDEN, low + GOLDEN);
    let (mut left_cost, mut right_cost) = (cost(left), cost(right));
    for _ in 0..STEPS {
        if left_cost <= right_cost {
            high = right;
            (right, right_cost) = (left, left_cost);
            left = high - GOLDEN * (high - low);
            left_cost = cost(left);
        } else {
            low = left;
            (left, left_cost) = (right, right_cost);
            right = low + GOLDEN * (high - low);
            right_cost = cost(right);
        }
    }
    // One estimate may be better than any mixture: the ends are candidates themselves.
    let candidates = [0.5 * (low + high), 0.0, 1.0];
    candidates
        .into_iter()
        .filter_map(fused)
        .min_by(|a, b| a.covariance.trace().total_cmp(&b.covariance.trace()))
}
