//! How well a system of receivers fixes a target by differences of time of arrival.
//!
//! With unit vectors uᵢ from the receivers to the target and receiver 1 as the reference, each row
//! of H is (uᵢ − u₁); differences share the reference's error, so their covariance is
//! R = I + 1 1ᵀ, and (Hᵀ R⁻¹ H)⁻¹ is the position's covariance in units of (c σ_t)²
//! (Torrieri, IEEE Trans. AES 20(2), 1984, 183–198).

use geodesy::{Geodetic, LocalFrame};

/// Receivers a fix needs without the target's own height.
pub const RECEIVERS_MIN: usize = 4;

/// Metres of error per metre of error in each receiver's time of arrival (σ_t times c).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dilution {
    /// Horizontal: the root of the east and north variances' sum.
    pub horizontal: f64,
    /// Vertical.
    pub vertical: f64,
}

/// The dilution at `target` seen by `receivers`; `None` with fewer than [`RECEIVERS_MIN`], or where
/// they stand so that there is no fix.
pub fn dilution(receivers: &[Geodetic], target: Geodetic) -> Option<Dilution> {
    if receivers.len() < RECEIVERS_MIN {
        return None;
    }
    let frame = LocalFrame::at(target);
    let away = |receiver: &Geodetic| {
        let enu = frame.enu_from_geodetic(*receiver);
        let length = (enu.east.powi(2) + enu.north.powi(2) + enu.up.powi(2)).sqrt();
        [-enu.east / length, -enu.north / length, -enu.up / length]
    };
    let units: Vec<[f64; 3]> = receivers.iter().map(away).collect();
    // Hᵀ (I + 1 1ᵀ)⁻¹ H is the scatter of the unit vectors about their mean (Sherman–Morrison).
    let count = units.len() as f64;
    let mean: [f64; 3] = std::array::from_fn(|i| units.iter().map(|u| u[i]).sum::<f64>() / count);
    let information: [[f64; 3]; 3] = std::array::from_fn(|i| {
        std::array::from_fn(|j| units.iter().map(|u| (u[i] - mean[i]) * (u[j] - mean[j])).sum())
    });
    let variance = inverse_diagonal(&information)?;
    let [east, north, up] = variance;
    Some(Dilution { horizontal: (east + north).sqrt(), vertical: up.sqrt() })
}

/// Diagonal of a symmetric positive matrix's inverse; `None` where it has none to working accuracy.
fn inverse_diagonal(m: &[[f64; 3]; 3]) -> Option<[f64; 3]> {
    let minor = |a: usize, b: usize| m[a][a] * m[b][b] - m[a][b] * m[a][b];
    let minors = [minor(1, 2), minor(0, 2), minor(0, 1)];
    let determinant = m[0][0] * minors[0] - m[0][1] * (m[0][1] * m[2][2] - m[1][2] * m[0][2])
        + m[0][2] * (m[0][1] * m[1][2] - m[1][1] * m[0][2]);
    let trace = m[0][0] + m[1][1] + m[2][2];
    if determinant.is_nan() || determinant <= 1e-15 * trace.powi(3) {
        return None;
    }
    let diagonal = minors.map(|minor| minor / determinant);
    diagonal.iter().all(|v| *v > 0.0).then_some(diagonal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: f64, lon: f64, height_m: f64) -> Geodetic {
        Geodetic::from_degrees(lat, lon, height_m).unwrap()
    }

    /// The covariance by the definition, with R inverted by elimination.
    fn by_definition(receivers: &[Geodetic], target: Geodetic) -> [f64; 3] {
        let frame = LocalFrame::at(target);
        let unit = |r: &Geodetic| {
            let e = frame.enu_from_geodetic(*r);
            let l = (e.east * e.east + e.north * e.north + e.up * e.up).sqrt();
            [-e.east / l, -e.north / l, -e.up / l]
        };
        let first = unit(&receivers[0]);
        let h: Vec<[f64; 3]> =
            receivers[1..].iter().map(|r| std::array::from_fn(|i| unit(r)[i] - first[i])).collect();
        let n = h.len();
        let r = (0..n).map(|i| (0..n).map(|j| if i == j { 2.0 } else { 1.0 }).collect()).collect();
        let w = invert(r);
        let info = (0..3)
            .map(|a| {
                (0..3)
                    .map(|b| {
                        (0..n)
                            .flat_map(|i| (0..n).map(move |j| (i, j)))
                            .map(|(i, j)| h[i][a] * w[i][j] * h[j][b])
                            .sum()
                    })
                    .collect()
            })
            .collect();
        let covariance = invert(info);
        [covariance[0][0], covariance[1][1], covariance[2][2]]
    }

    fn invert(mut m: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
        let n = m.len();
        let mut out: Vec<Vec<f64>> =
            (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
        for i in 0..n {
            let pivot = m[i][i];
            for j in 0..n {
                m[i][j] /= pivot;
                out[i][j] /= pivot;
            }
            for k in (0..n).filter(|&k| k != i) {
                let factor = m[k][i];
                for j in 0..n {
                    m[k][j] -= factor * m[i][j];
                    out[k][j] -= factor * out[i][j];
                }
            }
        }
        out
    }

    #[test]
    fn the_dilution_is_the_definitions() {
        let receivers = [
            at(42.8, 74.5, 800.0),
            at(42.9, 75.1, 900.0),
            at(42.5, 74.9, 2500.0),
            at(43.1, 74.7, 600.0),
            at(42.7, 75.5, 1700.0),
        ];
        for target in [at(42.7, 74.8, 9000.0), at(43.0, 76.0, 4000.0)] {
            let [east, north, up] = by_definition(&receivers, target);
            let found = dilution(&receivers, target).unwrap();
            assert!((found.horizontal / (east + north).sqrt() - 1.0).abs() < 1e-6);
            assert!((found.vertical / up.sqrt() - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn three_receivers_or_four_on_a_line_give_no_fix() {
        let line: Vec<Geodetic> = (0..4).map(|i| at(0.0, f64::from(i) * 0.1, 0.0)).collect();
        let target = at(0.0, 0.15, 9000.0);
        assert_eq!(dilution(&line[..3], target), None);
        assert_eq!(dilution(&line, target), None);
    }

    #[test]
    fn a_square_sees_better_inside_than_outside() {
        let square = [
            at(42.5, 74.5, 800.0),
            at(42.5, 75.5, 800.0),
            at(43.2, 74.5, 2500.0),
            at(43.2, 75.5, 700.0),
        ];
        let inside = dilution(&square, at(42.85, 75.0, 6000.0)).unwrap();
        let outside = dilution(&square, at(42.85, 78.0, 6000.0)).unwrap();
        assert!(inside.horizontal < 2.0 && outside.horizontal > 5.0 * inside.horizontal);
    }
}
