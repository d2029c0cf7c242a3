//! The slow obvious model: for one cell, the one line from the antenna to it, every crossing with
//! every row and column of the lattice, in double precision and closed form ("R3" in the viewshed
//! literature, Franklin and Ray 1994). It shares no code with the sweep.

#![allow(dead_code, reason = "each test and benchmark takes its part")]

use coverage::terrain::{Lattice, Terrain};
use geodesy::{Geodesic, Geodetic};
use std::path::Path;

/// The sample for Kyrgyzstan that the project ships.
pub(crate) fn sample() -> Terrain {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../data/terrain/gebco_2023_15s_kyrgyzstan.tif");
    let bytes = std::fs::read(path).expect("the sample is in the repository");
    let tile = coverage::terrain::read("sample", &bytes).expect("the sample can be read");
    let mut assembler = coverage::terrain::Assembler::new(tile.lattice);
    assembler.add(&tile);
    assembler.finish(0).terrain
}

/// Straight rays over a sphere of `k` times the earth's radius, exactly.
#[derive(Clone, Copy)]
pub(crate) struct Sphere {
    pub(crate) radius_m: f64,
    pub(crate) antenna_m: f64,
}

impl Sphere {
    pub(crate) fn tangent(self, ground_m: f64, height_m: f64) -> f64 {
        let (sin, cos) = (ground_m / self.radius_m).sin_cos();
        (cos - (self.radius_m + self.antenna_m) / (self.radius_m + height_m)) / sin
    }

    pub(crate) fn height_m(self, ground_m: f64, tangent: f64) -> f64 {
        let (sin, cos) = (ground_m / self.radius_m).sin_cos();
        (self.radius_m + self.antenna_m) / (cos - tangent * sin) - self.radius_m
    }
}

/// A deterministic sequence of numbers in [0, 1).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Between two neighbours on a line; NaN beside a void.
fn lerp(values: &[f32], index: usize, stride: usize, part: f64) -> f64 {
    let low = f64::from(values[index]);
    if part == 0.0 { low } else { low * (1.0 - part) + f64::from(values[index + stride]) * part }
}

/// Lowest visible height over `(row, col)` of a plane raster, before it is held above the ground.
pub(crate) fn r3_flat(
    heights: &[f32],
    (rows, cols): (usize, usize),
    cell_m: f64,
    (site_row, site_col): (f64, f64),
    (row, col): (usize, usize),
    sphere: Sphere,
) -> f64 {
    let (dr, dc) = (row as f64 - site_row, col as f64 - site_col);
    let length_m = dr.hypot(dc) * cell_m;
    let mut tangent = f64::NEG_INFINITY;
    let mut see = |part: f64, height: f64| {
        if part > 0.0 && part < 1.0 - 1e-12 {
            tangent = tangent.max(sphere.tangent(part * length_m, height));
        }
    };
    let lines = |from: f64, to: f64| {
        let (low, high) = (from.min(to), from.max(to));
        (low.ceil() as usize..=high.floor() as usize)
            .map(move |line| (line, (line as f64 - from) / (to - from)))
    };
    if dc != 0.0 {
        for (line, part) in lines(site_col, col as f64) {
            let at = (site_row + part * dr).clamp(0.0, rows as f64 - 1.0);
            see(part, lerp(heights, at as usize * cols + line, cols, at.fract()));
        }
    }
    if dr != 0.0 {
        for (line, part) in lines(site_row, row as f64) {
            let at = (site_col + part * dc).clamp(0.0, cols as f64 - 1.0);
            see(part, lerp(heights, line * cols + at as usize, 1, at.fract()));
        }
    }
    sphere.height_m(length_m, tangent)
}

/// The shortest line between two points, as latitude and longitude by distance: Karney's at 48
/// places, a cubic through the nearest four in between.
struct Line {
    length_m: f64,
    places: Vec<(f64, f64)>,
}

impl Line {
    const PIECES: usize = 48;

    fn new(from: Geodetic, to: Geodetic) -> (Self, f64) {
        let line = from.geodesic_to(to);
        let place = |i: usize| {
            let distance_m = line.distance_m * (i as f64 / Self::PIECES as f64);
            let there = from.travel(Geodesic { distance_m, ..line });
            // Longitudes go on past 180° from the site's, or there would be nothing to interpolate.
            let east = (there.longitude_rad - from.longitude_rad).to_degrees();
            let east = (east + 180.0).rem_euclid(360.0) - 180.0;
            (there.latitude_deg(), from.longitude_deg() + east)
        };
        let path =
            Self { length_m: line.distance_m, places: (0..=Self::PIECES).map(place).collect() };
        (path, line.bearing_rad)
    }

    fn at(&self, distance_m: f64) -> (f64, f64) {
        let place = distance_m / self.length_m * Self::PIECES as f64;
        let start = (place.floor().max(1.0) as usize - 1).min(Self::PIECES - 3);
        let x = place - start as f64;
        let weights = [
            (x - 1.0) * (x - 2.0) * (x - 3.0) / -6.0,
            x * (x - 2.0) * (x - 3.0) / 2.0,
            x * (x - 1.0) * (x - 3.0) / -2.0,
            x * (x - 1.0) * (x - 2.0) / 6.0,
        ];
        let near = &self.places[start..start + 4];
        near.iter().zip(weights).fold((0.0, 0.0), |sum, (p, w)| (sum.0 + w * p.0, sum.1 + w * p.1))
    }

    /// Distance at which `of` is `wanted` between two distances that enclose it.
    fn solve(&self, of: impl Fn((f64, f64)) -> f64, wanted: f64, mut a: f64, mut b: f64) -> f64 {
        let (mut fa, mut fb) = (of(self.at(a)) - wanted, of(self.at(b)) - wanted);
        for _ in 0..4 {
            if fa == fb {
                break;
            }
            let next = b - fb * (b - a) / (fb - fa);
            (a, fa) = (b, fb);
            (b, fb) = (next, of(self.at(next)) - wanted);
        }
        b
    }
}

/// Lowest visible height over `(row, col)` of terrain on the ellipsoid, before it is held above the
/// ground; `None` where the ground on the way is unknown. `k` multiplies the earth's radius.
pub(crate) fn r3(
    terrain: &Terrain,
    site: Geodetic,
    antenna_m: f64,
    (row, col): (usize, usize),
    k: f64,
) -> Option<(f64, f64)> {
    let Lattice { rows, cols, .. } = terrain.lattice;
    let to = Geodetic::from_degrees(
        terrain.lattice.latitude_deg(row as f64),
        terrain.lattice.longitude_deg(col as f64),
        0.0,
    )?;
    let (path, bearing_rad) = Line::new(site, to);
    let sphere = Sphere { radius_m: k * euler_radius_m(site.latitude_rad, bearing_rad), antenna_m };
    let row_of = |p: (f64, f64)| terrain.lattice.row_of(p.0);
    let col_of = |p: (f64, f64)| terrain.lattice.col_of(p.1);
    let mut tangent = f64::NEG_INFINITY;
    let mut known = true;
    let piece_m = path.length_m / Line::PIECES as f64;
    for piece in 0..Line::PIECES {
        let (a, b) = (piece as f64 * piece_m, (piece + 1) as f64 * piece_m);
        let mut see = |distance: f64, height: f64| {
            if distance > 0.0 && distance < path.length_m - 0.01 {
                known &= !height.is_nan();
                tangent = tangent.max(sphere.tangent(distance, height));
            }
        };
        for (of, along_columns) in [(&row_of as &dyn Fn((f64, f64)) -> f64, false), (&col_of, true)]
        {
            let (from, to) = (of(path.at(a)), of(path.at(b)));
            if (from - to).abs() < 1e-9 {
                continue;
            }
            let (low, high) = (from.min(to).ceil(), from.max(to).floor());
            let mut line = low;
            while line <= high {
                let distance = path.solve(of, line, a, b);
                let place = path.at(distance);
                let at = if along_columns { row_of(place) } else { col_of(place) };
                let count = if along_columns { rows } else { cols };
                if !(0.0..=count as f64 - 1.0).contains(&at) {
                    return None;
                }
                let (index, stride) = if along_columns {
                    (at as usize * cols + line as usize, cols)
                } else {
                    (line as usize * cols + at as usize, 1)
                };
                see(distance, lerp(&terrain.mean_m, index, stride, at.fract()));
                line += 1.0;
            }
        }
    }
    known.then(|| (sphere.height_m(path.length_m, tangent), path.length_m))
}

/// Euler's theorem.
fn euler_radius_m(latitude_rad: f64, azimuth_rad: f64) -> f64 {
    let (a, e2) = (geodesy::SEMI_MAJOR_M, geodesy::ECCENTRICITY_SQUARED);
    let w = 1.0 - e2 * latitude_rad.sin().powi(2);
    let (n, m) = (a / w.sqrt(), a * (1.0 - e2) / w.powf(1.5));
    1.0 / (azimuth_rad.cos().powi(2) / m + azimuth_rad.sin().powi(2) / n)
}

/// Errors in ascending order of size, and what stands at fractions of them.
pub(crate) struct Errors(pub(crate) Vec<f64>);

impl Errors {
    pub(crate) fn of(mut signed: Vec<f64>) -> Self {
        signed.iter_mut().for_each(|e| *e = e.abs());
        signed.sort_by(f64::total_cmp);
        Self(signed)
    }

    pub(crate) fn at(&self, fraction: f64) -> f64 {
        self.0[((self.0.len() - 1) as f64 * fraction) as usize]
    }
}
