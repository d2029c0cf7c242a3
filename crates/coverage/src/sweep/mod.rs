//! One polar sweep a site: the lowest altitude at which an aircraft over each cell is seen.
//!
//! Rays go out in all directions, one to each cell at the edge. Each samples the ground where it
//! crosses the lattice's lines (exactly where linear interpolation between two points is exact) and
//! keeps the greatest launch angle any ground before asks for; what that ray reaches over a cell is
//! the lowest visible altitude there. One pass so answers for all flight levels at once.

mod geometry;
mod kernel;

use crate::atmosphere::{Propagation, RayTable};
use crate::terrain::{Cell, Lattice, Surface, Terrain};
use geometry::Flat;
pub(crate) use geometry::{Ellipsoidal, Geometry};
use kernel::{Block, LANES, Sector, Sweep};
use rayon::prelude::*;
use std::sync::atomic::AtomicU32;

/// What a sweep starts from.
#[derive(Debug, Clone, PartialEq)]
pub struct Antenna {
    /// The site's name, for messages.
    pub name: String,
    /// Latitude, degrees.
    pub latitude_deg: f64,
    /// Longitude, degrees.
    pub longitude_deg: f64,
    /// Height over the geoid, metres.
    pub altitude_m: f64,
    /// The site's own horizon, if known: lowest free elevation of each degree of azimuth, radians.
    pub horizon_rad: Option<Vec<f64>>,
}

/// How to sweep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sweeping {
    /// How rays bend.
    pub propagation: Propagation,
    /// Distance over the ground, metres.
    pub range_m: f64,
    /// Ground nearer than this hides nothing: coarse cells about a mast on a slope would bury it.
    pub near_m: f64,
    /// Which of the two surfaces hides.
    pub surface: Surface,
    /// Spacing of rays at the edge, cells.
    pub spacing_cells: f64,
}

impl Sweeping {
    /// To `range_m`, in the mean exponential atmosphere, over mean ground.
    pub fn to(range_m: f64) -> Self {
        Self {
            propagation: Propagation::default(),
            range_m,
            near_m: 0.0,
            surface: Surface::Mean,
            spacing_cells: 0.7,
        }
    }
}

/// The lowest visible altitude about a site.
#[derive(Debug, Clone, PartialEq)]
pub struct Visibility {
    /// Cells of the terrain's lattice about the site.
    pub lattice: Lattice,
    /// Where this lattice begins in the terrain's.
    pub corner: Cell,
    /// Lowest visible altitude, metres over the geoid, never below the ground; NaN beyond the
    /// range and where the ground on the way is unknown.
    pub lowest_m: Vec<f32>,
}

/// Why a site cannot be swept.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what the parts are")]
pub enum SiteError {
    #[error(
        "{name}: the site at {latitude_deg:.4} {longitude_deg:.4} is outside the terrain; add the tile it stands on"
    )]
    Outside { name: String, latitude_deg: f64, longitude_deg: f64 },
    #[error("{name}: the ground at the site is a void (row {row}, column {col} of the terrain); fill it in its tile, or give the site's ground_m", row = cell.row, col = cell.col)]
    OnVoid { name: String, cell: Cell },
    #[error("{name}: the antenna at {altitude_m:.0} m is under the ground, {ground_m:.0} m there (row {row}, column {col} of the terrain); check the position, or raise the mast", row = cell.row, col = cell.col)]
    Buried { name: String, altitude_m: f64, ground_m: f64, cell: Cell },
    #[error(
        "{name}: a pole is within range of {latitude_deg:.2}; give a shorter range_max_nm: cells of latitude and longitude end at {limit_deg}°"
    )]
    Pole { name: String, latitude_deg: f64, limit_deg: f64 },
}

/// Beyond this, meridians converge so fast that cells lose their meaning.
const LATITUDE_MAX_DEG: f64 = 88.0;

/// A degree of latitude is never shorter than at the equator.
const METRES_PER_DEGREE_MIN: f64 = 110_570.0;

/// Whether a site can be swept out to a range: not where that comes too near to a pole. To be asked
/// before terrain is read for it, which would go around the earth there.
pub fn clear_of_poles(name: &str, latitude_deg: f64, range_m: f64) -> Result<(), SiteError> {
    if latitude_deg.abs() + range_m / METRES_PER_DEGREE_MIN > LATITUDE_MAX_DEG {
        let (name, limit_deg) = (name.to_owned(), LATITUDE_MAX_DEG);
        return Err(SiteError::Pole { name, latitude_deg, limit_deg });
    }
    Ok(())
}

/// Sweeps `terrain` from `antenna`. The result does not depend on the number of threads.
pub fn sweep(
    terrain: &Terrain,
    antenna: &Antenna,
    sweeping: &Sweeping,
) -> Result<Visibility, SiteError> {
    let (corner, lattice) = window(&terrain.lattice, antenna, sweeping.range_m)?;
    let heights_m = cut(terrain, sweeping.surface, corner, &lattice);
    let geometry = Ellipsoidal::new(&lattice, antenna.latitude_deg, antenna.longitude_deg);
    let lowest_m = run(&geometry, &lattice, &heights_m, antenna, sweeping);
    Ok(Visibility { lattice, corner, lowest_m })
}

/// As [`sweep`] over a plane raster of square cells in an azimuthal equidistant projection about
/// the site, as other tools need it; `site` is its fractional row and column. For comparisons.
pub fn sweep_flat(
    heights_m: &[f32],
    (rows, cols): (usize, usize),
    (cell_m, radius_m): (f64, f64),
    site: (f64, f64),
    (antenna, sweeping): (&Antenna, &Sweeping),
) -> Vec<f32> {
    let lattice =
        Lattice { north_deg: 0.0, west_deg: 0.0, lat_step_deg: 1.0, lon_step_deg: 1.0, rows, cols };
    run(&Flat { site, cell_m, radius_m }, &lattice, heights_m, antenna, sweeping)
}

fn run<G: Geometry>(
    geometry: &G,
    lattice: &Lattice,
    heights_m: &[f32],
    antenna: &Antenna,
    sweeping: &Sweeping,
) -> Vec<f32> {
    let Sweeping { propagation, range_m, near_m, spacing_cells, .. } = *sweeping;
    let table = RayTable::new(propagation, antenna.altitude_m, geometry.radius_m(), range_m);
    let unknown = f32::NAN.to_bits();
    let out: Vec<AtomicU32> = (0..lattice.len()).map(|_| AtomicU32::new(unknown)).collect();
    let horizon = antenna.horizon_rad.as_ref().map(|horizon| {
        move |east: f64, north: f64| {
            let azimuth = geodesy::wrap_tau(east.atan2(north)).to_degrees();
            let place = azimuth * horizon.len() as f64 / 360.0;
            horizon[place as usize % horizon.len()].tan() as f32
        }
    });
    let sweep = Sweep {
        geometry,
        heights_m,
        rows: lattice.rows,
        cols: lattice.cols,
        table: &table,
        curvature_share: propagation.curvature_share(),
        range_m,
        near_m,
        horizon: horizon.as_ref().map(|h| h as &(dyn Fn(f64, f64) -> f32 + Sync)),
        out: &out,
    };
    let machine = pulp::Arch::new();
    // One sector after the other: where they overlap, which one writes must not be chance.
    for sector in Sector::ALL {
        let blocks = sweep.rays(sector, spacing_cells).div_ceil(LANES - 1);
        (0..blocks).into_par_iter().for_each(|block| {
            let first = block * (LANES - 1);
            machine.dispatch(Block { sweep: &sweep, sector, spacing_cells, first });
        });
    }
    let mut lowest_m: Vec<f32> =
        out.into_iter().map(|bits| f32::from_bits(bits.into_inner())).collect();
    over_the_site(geometry, lattice, heights_m, &mut lowest_m);
    lowest_m
}

/// On the cells about the site itself the antenna sees whatever is over the ground.
fn over_the_site<G: Geometry>(
    geometry: &G,
    lattice: &Lattice,
    heights_m: &[f32],
    lowest_m: &mut [f32],
) {
    let (row, col) = geometry.site();
    let near = |at: f64, count: usize| {
        let first = (at.ceil() - 1.0).max(0.0) as usize;
        first..((at.floor() + 2.0).max(0.0) as usize).min(count)
    };
    for row in near(row, lattice.rows) {
        for col in near(col, lattice.cols) {
            lowest_m[row * lattice.cols + col] = heights_m[row * lattice.cols + col];
        }
    }
}

/// The part of a lattice within range of a site.
fn window(
    lattice: &Lattice,
    antenna: &Antenna,
    range_m: f64,
) -> Result<(Cell, Lattice), SiteError> {
    let Antenna { name, latitude_deg, longitude_deg, .. } = antenna;
    let (row, col) = (lattice.row_of(*latitude_deg), lattice.col_of(*longitude_deg));
    let inside = (0.0..=lattice.rows as f64 - 1.0).contains(&row)
        && (0.0..=lattice.cols as f64 - 1.0).contains(&col);
    if !inside {
        let (latitude_deg, longitude_deg) = (*latitude_deg, *longitude_deg);
        return Err(SiteError::Outside { name: name.clone(), latitude_deg, longitude_deg });
    }
    clear_of_poles(name, *latitude_deg, range_m)?;
    let reach_deg = range_m / METRES_PER_DEGREE_MIN;
    // The widest meridian a circle touches: sin Δλ = sin σ / cos φ.
    let sine = reach_deg.to_radians().sin() / latitude_deg.to_radians().cos();
    let wide_deg = sine.min(1.0).asin().to_degrees() * 1.005;
    let part = |at: f64, reach: f64, count: usize| {
        let first = (at - reach - 1.0).floor().max(0.0) as usize;
        let last = ((at + reach + 1.0).ceil() as usize).min(count - 1);
        (first, last - first + 1)
    };
    let (first_row, rows) = part(row, reach_deg / lattice.lat_step_deg, lattice.rows);
    let (first_col, cols) = part(col, wide_deg / lattice.lon_step_deg, lattice.cols);
    let cut = Lattice {
        north_deg: lattice.latitude_deg(first_row as f64),
        west_deg: lattice.longitude_deg(first_col as f64),
        rows,
        cols,
        ..*lattice
    };
    Ok((Cell { row: first_row, col: first_col }, cut))
}

fn cut(terrain: &Terrain, surface: Surface, corner: Cell, part: &Lattice) -> Vec<f32> {
    let all = terrain.surface(surface);
    let mut heights_m = Vec::with_capacity(part.len());
    for row in 0..part.rows {
        let start = (corner.row + row) * terrain.lattice.cols + corner.col;
        heights_m.extend_from_slice(&all[start..start + part.cols]);
    }
    heights_m
}
