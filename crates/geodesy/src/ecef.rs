//! Earth-centred, earth-fixed coordinates.

use crate::{ECCENTRICITY_SQUARED, FLATTENING, Geodetic, SEMI_MAJOR_M};

/// Earth-centred, earth-fixed position, metres: x to 0°N 0°E, y to 0°N 90°E, z to the north pole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ecef {
    /// Metres toward 0°N 0°E.
    pub x_m: f64,
    /// Metres toward 0°N 90°E.
    pub y_m: f64,
    /// Metres toward the north pole.
    pub z_m: f64,
}

impl Ecef {
    /// The same point in geodetic coordinates.
    ///
    /// Bowring's start (Survey Review 23, 1976) and two Newton-like turns: below a micrometre
    /// from 1 km under the ellipsoid to 1,000 km above it.
    pub fn to_geodetic(self) -> Geodetic {
        let semi_minor_m = SEMI_MAJOR_M * (1.0 - FLATTENING);
        let second_eccentricity_squared =
            ECCENTRICITY_SQUARED / ((1.0 - FLATTENING) * (1.0 - FLATTENING));
        let p_m = self.x_m.hypot(self.y_m);
        let longitude_rad = if p_m == 0.0 { 0.0 } else { self.y_m.atan2(self.x_m) };

        // Parametric latitude, kept as the (cos, sin) pair so that the poles need no special case.
        let mut reduced = unit(p_m * semi_minor_m, self.z_m * SEMI_MAJOR_M);
        let mut normal = (1.0, 0.0);
        for _ in 0..3 {
            let (cos_b, sin_b) = reduced;
            normal = unit(
                p_m - ECCENTRICITY_SQUARED * SEMI_MAJOR_M * cos_b.powi(3),
                self.z_m + second_eccentricity_squared * semi_minor_m * sin_b.powi(3),
            );
            reduced = unit(normal.0, normal.1 * (1.0 - FLATTENING));
        }
        let (cos_lat, sin_lat) = normal;
        let curvature_m = SEMI_MAJOR_M / (1.0 - ECCENTRICITY_SQUARED * sin_lat * sin_lat).sqrt();
        // p·cos + z·sin − a²/N is stable at the equator and at the poles alike.
        let height_m =
            p_m * cos_lat + self.z_m * sin_lat - SEMI_MAJOR_M * SEMI_MAJOR_M / curvature_m;
        Geodetic { latitude_rad: sin_lat.atan2(cos_lat), longitude_rad, height_m }
    }

    /// Straight-line distance, metres.
    pub fn distance_m(self, other: Ecef) -> f64 {
        let (dx, dy, dz) = (self.x_m - other.x_m, self.y_m - other.y_m, self.z_m - other.z_m);
        (dx * dx + dy * dy + dz * dz).sqrt()
    }
}

fn unit(x: f64, y: f64) -> (f64, f64) {
    let length = x.hypot(y);
    if length == 0.0 { (1.0, 0.0) } else { (x / length, y / length) }
}
