//! Area on the ellipsoid.

use super::vector::{Vec3, cross, dot};
use geodesy::{ECCENTRICITY_SQUARED, Geodetic};

/// Radius of the sphere that has the ellipsoid's area, metres (TR8350.2, table 3.5).
const AUTHALIC_RADIUS_M: f64 = 6_371_007.180_9;

/// Area that a closed outline goes round, m², never negative: the sum of spherical triangles with
/// `middle` after each corner is moved to its authalic latitude, which keeps area (Snyder, USGS
/// PP 1395, equations 3-11 and 3-12). Sides are short, so that they stay geodesics to some parts in
/// a million of the area.
pub(crate) fn area_m2(corners: &[Geodetic], middle: Geodetic) -> f64 {
    let directions: Vec<Vec3> = corners.iter().map(|corner| authalic(*corner)).collect();
    let middle = authalic(middle);
    let following = directions.iter().cycle().skip(1);
    let excess: f64 =
        directions.iter().zip(following).map(|(a, b)| excess_rad(middle, *a, *b)).sum();
    excess.abs() * AUTHALIC_RADIUS_M * AUTHALIC_RADIUS_M
}

/// Signed spherical excess of a triangle of unit vectors (Van Oosterom and Strackee, 1983).
fn excess_rad(a: Vec3, b: Vec3, c: Vec3) -> f64 {
    2.0 * dot(a, cross(b, c)).atan2(1.0 + dot(a, b) + dot(b, c) + dot(c, a))
}

fn authalic(position: Geodetic) -> Vec3 {
    let e = ECCENTRICITY_SQUARED.sqrt();
    let q = |sin: f64| {
        (1.0 - ECCENTRICITY_SQUARED)
            * (sin / (1.0 - ECCENTRICITY_SQUARED * sin * sin) + (e * sin).atanh() / e)
    };
    let sin = (q(position.latitude_rad.sin()) / q(1.0)).clamp(-1.0, 1.0);
    let cos = (1.0 - sin * sin).sqrt();
    let (sin_lon, cos_lon) = position.longitude_rad.sin_cos();
    [cos * cos_lon, cos * sin_lon, sin]
}
