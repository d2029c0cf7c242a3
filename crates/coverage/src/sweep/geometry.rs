//! Where a ray from a site crosses the lines of a lattice.
//!
//! A ray is the vertical plane through the antenna in one direction. On WGS-84, with east and north
//! taken at the site, a surface point at latitude φ and longitude Δλ from it has
//!
//! ```text
//! east  / (N cos φ) = sin Δλ
//! north / (N cos φ) = T(φ) − sin φ₀ cos Δλ
//! T(φ) = cos φ₀ ((1 − e²) tan φ + e² sin φ₀ N₀ / (N cos φ))
//! ```
//!
//! so in T a ray crosses a meridian at `T = sin φ₀ cos Δλ + g |sin Δλ|` with g = north / |east|: one
//! multiplication and no reprojection; and a parallel where an arcsine says. Exact on the ellipsoid.

use crate::terrain::Lattice;
use geodesy::{ECCENTRICITY_SQUARED, SEMI_MAJOR_M};

/// A crossing: where along the crossed line, and how far from the site.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Crossing {
    /// Fractional row (on a column's line) or column (on a row's line).
    pub(crate) at: f64,
    /// Distance over the ground, metres.
    pub(crate) ground_m: f64,
}

/// A lattice seen from a site.
pub(crate) trait Geometry: Sync {
    /// Fractional row and column of the site.
    fn site(&self) -> (f64, f64);
    /// Size of a cell at the site, south and east, metres.
    fn cell_m(&self) -> (f64, f64);
    /// Where the ray with north / |east| = `slope` crosses column `col`.
    fn on_column(&self, slope: f64, col: usize) -> Crossing;
    /// Where the ray with east / |north| = `slope` crosses row `row`.
    fn on_row(&self, slope: f64, row: usize) -> Crossing;
    /// By how much the earth's curvature in a direction exceeds the mean at the site, 1/m; east and
    /// north are those of a unit vector.
    fn curvature_excess(&self, east: f64, north: f64) -> f64;
    /// Mean radius of curvature at the site, metres.
    fn radius_m(&self) -> f64;
}

/// Latitude and longitude on WGS-84.
#[derive(Debug)]
pub(crate) struct Ellipsoidal {
    site: (f64, f64),
    cell_m: (f64, f64),
    sin_lat: f64,
    /// T of each row; falls with the row.
    row_t: Vec<f64>,
    /// N cos φ of each row, metres.
    row_across_m: Vec<f64>,
    /// |sin Δλ| and sin φ₀ cos Δλ of each column.
    col_sin: Vec<f64>,
    col_offset: Vec<f64>,
    /// Fractional row by T, at equal steps of T from the last row's.
    rows_by_t: Vec<f64>,
    t_first: f64,
    t_per_step: f64,
    /// Radii of curvature at the site, along the meridian and across it, and their harmonic mean.
    meridian_m: f64,
    prime_vertical_m: f64,
    radius_m: f64,
}

impl Ellipsoidal {
    /// `lattice` seen from a site, degrees.
    pub(crate) fn new(lattice: &Lattice, latitude_deg: f64, longitude_deg: f64) -> Self {
        let col = lattice.col_of(longitude_deg);
        // Where columns go on past 180°, so does the site.
        let longitude_deg = lattice.longitude_deg(col);
        let (sin_lat, cos_lat) = latitude_deg.to_radians().sin_cos();
        let across = |sin: f64| SEMI_MAJOR_M / (1.0 - ECCENTRICITY_SQUARED * sin * sin).sqrt();
        let prime_vertical_m = across(sin_lat);
        let meridian_m = prime_vertical_m * (1.0 - ECCENTRICITY_SQUARED)
            / (1.0 - ECCENTRICITY_SQUARED * sin_lat * sin_lat);
        let row = |row: usize| {
            let (sin, cos) = lattice.latitude_deg(row as f64).to_radians().sin_cos();
            let across_m = across(sin) * cos;
            let t = cos_lat
                * ((1.0 - ECCENTRICITY_SQUARED) * sin / cos
                    + ECCENTRICITY_SQUARED * sin_lat * prime_vertical_m / across_m);
            (t, across_m)
        };
        let (row_t, row_across_m): (Vec<f64>, Vec<f64>) = (0..lattice.rows).map(row).unzip();
        let col_angle =
            |col: usize| (lattice.longitude_deg(col as f64) - longitude_deg).to_radians();
        let (rows_by_t, t_per_step) = inverse(&row_t);
        Self {
            site: (lattice.row_of(latitude_deg), col),
            cell_m: (
                meridian_m * lattice.lat_step_deg.to_radians(),
                prime_vertical_m * cos_lat * lattice.lon_step_deg.to_radians(),
            ),
            sin_lat,
            t_first: row_t[lattice.rows - 1],
            row_t,
            row_across_m,
            col_sin: (0..lattice.cols).map(|c| col_angle(c).sin().abs()).collect(),
            col_offset: (0..lattice.cols).map(|c| sin_lat * col_angle(c).cos()).collect(),
            rows_by_t,
            t_per_step,
            meridian_m,
            prime_vertical_m,
            radius_m: 2.0 / (1.0 / meridian_m + 1.0 / prime_vertical_m),
        }
    }

    /// N cos φ at a fractional row, metres.
    fn across_m(&self, row: f64) -> f64 {
        let last = self.row_across_m.len() - 2;
        let near = (row.max(0.0) as usize).min(last);
        let part = row - near as f64;
        self.row_across_m[near] + part * (self.row_across_m[near + 1] - self.row_across_m[near])
    }

    /// Distance along the ellipsoid, from the distance in the site's horizontal plane. Points of
    /// the surface stand at R sin(s / R) from the site's normal; R in this direction.
    fn ground_m(&self, horizontal_m: f64, east2: f64, north2: f64) -> f64 {
        let curvature =
            (east2 / self.prime_vertical_m + north2 / self.meridian_m) / (east2 + north2);
        let x2 = (horizontal_m * curvature).powi(2);
        // asin x = x (1 + x²/6 + 3x⁴/40 + 15x⁶/336 + …)
        horizontal_m * (1.0 + x2 * (1.0 / 6.0 + x2 * (0.075 + x2 * (15.0 / 336.0 + x2 * 0.0304))))
    }
}

/// Fractional row at equal steps of T, twice as many as rows, and the step. T falls with the row.
fn inverse(row_t: &[f64]) -> (Vec<f64>, f64) {
    let (high, low) = (row_t[0], row_t[row_t.len() - 1]);
    let count = 2 * row_t.len();
    let step = (high - low) / (count - 1) as f64;
    let mut row = row_t.len() - 1;
    let by_t = (0..count).map(|i| {
        let t = low + i as f64 * step;
        while row > 1 && row_t[row - 1] < t {
            row -= 1;
        }
        // Three points: T's own curvature over a row would be centimetres of a row at high latitude.
        let (t0, t1) = (row_t[row], row_t[row - 1]);
        row as f64 - (t - t0) / (t1 - t0)
    });
    (by_t.collect(), step)
}

impl Geometry for Ellipsoidal {
    fn site(&self) -> (f64, f64) {
        self.site
    }

    fn cell_m(&self) -> (f64, f64) {
        self.cell_m
    }

    fn on_column(&self, slope: f64, col: usize) -> Crossing {
        let sin = self.col_sin[col];
        let t = self.col_offset[col] + slope * sin;
        let place = (t - self.t_first) / self.t_per_step;
        let near = (place.max(0.0) as usize).min(self.rows_by_t.len() - 2);
        let part = place - near as f64;
        let at = self.rows_by_t[near] + part * (self.rows_by_t[near + 1] - self.rows_by_t[near]);
        let east_m = self.across_m(at) * sin;
        let horizontal_m = east_m * (1.0 + slope * slope).sqrt();
        Crossing { at, ground_m: self.ground_m(horizontal_m, 1.0, slope * slope) }
    }

    fn on_row(&self, slope: f64, row: usize) -> Crossing {
        let t = self.row_t[row];
        // sin Δλ + k cos Δλ = k' with the signed slope east / north, solved for Δλ.
        let northwards = if (row as f64) < self.site.0 { 1.0 } else { -1.0 };
        let signed = slope * northwards;
        let k = signed * self.sin_lat;
        let length = (1.0 + k * k).sqrt();
        let sum_sin = signed * t / length;
        let angle = sum_sin.asin() - k.atan();
        // Of a difference of angles whose tangent and sine are known.
        let sum_cos = (1.0 - sum_sin * sum_sin).sqrt();
        let sin = (sum_sin - sum_cos * k) / length;
        let cos = (sum_cos + sum_sin * k) / length;
        let north_m = self.row_across_m[row] * (t - self.sin_lat * cos);
        let east_m = self.row_across_m[row] * sin;
        let horizontal_m = (north_m * north_m + east_m * east_m).sqrt();
        let at = self.site.1 + angle / self.col_radians();
        Crossing { at, ground_m: self.ground_m(horizontal_m, slope * slope, 1.0) }
    }

    fn curvature_excess(&self, east: f64, north: f64) -> f64 {
        east * east / self.prime_vertical_m + north * north / self.meridian_m - 1.0 / self.radius_m
    }

    fn radius_m(&self) -> f64 {
        self.radius_m
    }
}

impl Ellipsoidal {
    /// Distance over the ground to a point of the lattice, metres, and east and north of its
    /// direction as a unit vector; east and north are 0 at the site itself.
    pub(crate) fn polar(&self, row: usize, col: usize) -> (f64, f64, f64) {
        let across_m = self.row_across_m[row];
        let side = if (col as f64) < self.site.1 { -1.0 } else { 1.0 };
        let east_m = across_m * self.col_sin[col] * side;
        let north_m = across_m * (self.row_t[row] - self.col_offset[col]);
        let horizontal_m = east_m.hypot(north_m);
        if horizontal_m == 0.0 {
            return (0.0, 0.0, 0.0);
        }
        let (east, north) = (east_m / horizontal_m, north_m / horizontal_m);
        (self.ground_m(horizontal_m, east * east, north * north), east, north)
    }

    fn col_radians(&self) -> f64 {
        self.cell_m.1 / (self.prime_vertical_m * (1.0 - self.sin_lat * self.sin_lat).sqrt())
    }
}

/// A plane with square cells, as rasters in an azimuthal equidistant projection about the site are:
/// distances and directions from the site are right in it. For comparison with other tools.
#[derive(Debug)]
pub(crate) struct Flat {
    pub(crate) site: (f64, f64),
    pub(crate) cell_m: f64,
    pub(crate) radius_m: f64,
}

impl Geometry for Flat {
    fn site(&self) -> (f64, f64) {
        self.site
    }

    fn cell_m(&self) -> (f64, f64) {
        (self.cell_m, self.cell_m)
    }

    fn on_column(&self, slope: f64, col: usize) -> Crossing {
        let east = (col as f64 - self.site.1).abs();
        let ground_m = east * (1.0 + slope * slope).sqrt() * self.cell_m;
        Crossing { at: self.site.0 - slope * east, ground_m }
    }

    fn on_row(&self, slope: f64, row: usize) -> Crossing {
        let north = (row as f64 - self.site.0).abs();
        let ground_m = north * (1.0 + slope * slope).sqrt() * self.cell_m;
        Crossing { at: self.site.1 + slope * north, ground_m }
    }

    fn curvature_excess(&self, _: f64, _: f64) -> f64 {
        0.0
    }

    fn radius_m(&self) -> f64 {
        self.radius_m
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geodesy::Geodetic;

    /// A crossing lies where Karney's geodesic from the site, in the ray's direction and of the
    /// crossing's length, ends.
    #[test]
    fn crossings_lie_on_the_geodesic_within_a_metre_at_463_km() {
        for (lat, lon) in [(42.853, 74.847), (0.3, 10.0), (-35.0, 179.2), (63.0, -20.0)] {
            let span = 8.0_f64.max(6.0 / f64::to_radians(lat).cos());
            let lattice = Lattice {
                north_deg: lat + 5.0,
                west_deg: lon - span,
                lat_step_deg: 1.0 / 60.0,
                lon_step_deg: 1.0 / 60.0,
                rows: 601,
                cols: (span * 120.0) as usize + 1,
            };
            let geometry = Ellipsoidal::new(&lattice, lat, lon);
            let site = Geodetic::from_degrees(lat, lon, 0.0).unwrap();
            let (site_row, site_col) = geometry.site();
            let mut worst: f64 = 0.0;
            let mut compared = 0;
            let mut compare = |found: Crossing, row: f64, col: f64| {
                if found.ground_m > 463_000.0 || found.ground_m < 100.0 {
                    return;
                }
                let there = Geodetic::from_degrees(
                    lattice.latitude_deg(row),
                    lattice.longitude_deg(col),
                    0.0,
                );
                let line = site.geodesic_to(there.unwrap());
                worst = worst.max((line.distance_m - found.ground_m).abs());
                compared += 1;
                let (east, north) = line.bearing_rad.sin_cos();
                let slopes = [north / east.abs(), east / north.abs()];
                let other = if (row - row.round()).abs() < 1e-9 {
                    geometry.on_row(slopes[1], row.round() as usize).at - col
                } else {
                    geometry.on_column(slopes[0], col.round() as usize).at - row
                };
                // A row or column is about 1.8 km; across the ray a thousandth is two metres.
                assert!(other.abs() < 2e-3, "{lat} {row} {col}: {other}");
            };
            for slope in [-0.9, -0.5, -0.01, 0.0, 0.3, 1.0] {
                for col in (0..lattice.cols).step_by(7) {
                    if (col as f64 - site_col).abs() > 1.0 {
                        let found = geometry.on_column(slope, col);
                        compare(found, found.at, col as f64);
                    }
                }
                for row in (0..lattice.rows).step_by(7) {
                    if (row as f64 - site_row).abs() > 1.0 {
                        let found = geometry.on_row(slope, row);
                        compare(found, row as f64, found.at);
                    }
                }
            }
            assert!(compared > 200, "{compared}");
            assert!(worst < 1.0, "{lat}: {worst} m");
        }
    }
}
