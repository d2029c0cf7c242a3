//! A sensor on the ground, and what it covers: the sweep, held to the sensor's own limits.

use crate::atmosphere::{Propagation, RayTable};
use crate::ceiling::{Ceiling, Seen, Slant, ground_reach_m};
use crate::sweep::{Antenna, SiteError, Sweeping, Visibility, sweep};
use crate::sweep::{Ellipsoidal, Geometry};
use crate::terrain::{Cell, Lattice, Surface, Terrain};
use geodesy::wrap_tau;
use std::f64::consts::TAU;

/// A sensor on the ground.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Its name; unique among the sites looked at together.
    pub name: String,
    /// Whose it is.
    pub party: String,
    /// Latitude, degrees.
    pub latitude_deg: f64,
    /// Longitude, degrees.
    pub longitude_deg: f64,
    /// Surveyed height of the ground over the geoid, metres; else the terrain's is taken.
    pub ground_m: Option<f64>,
    /// The antenna above the ground, metres.
    pub mast_m: f64,
    /// What it does.
    pub role: Role,
    /// Where it looks.
    pub limits: Limits,
    /// Its own horizon, if surveyed or learned: lowest free elevation of each degree of azimuth,
    /// radians.
    pub horizon_rad: Option<Vec<f64>>,
    /// What it costs, in any unit; for siting.
    pub cost: f64,
}

/// What a site does in joint coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Sees by itself: radar, or a receiver of positions.
    Alone,
    /// A receiver that fixes only with at least three others of its system.
    Multilateration,
}

/// Where a sensor looks.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Nearest slant range, metres.
    pub range_min_m: f64,
    /// Farthest slant range, metres: the instrumented or the radio one, whichever is less.
    pub range_max_m: f64,
    /// Lowest elevation, radians.
    pub elevation_min_rad: f64,
    /// Highest elevation, radians: above it is the cone of silence.
    pub elevation_max_rad: f64,
    /// Azimuths from, clockwise to, radians; all around where there is none.
    pub sectors: Vec<(f64, f64)>,
}

impl Limits {
    /// All around out to a range, no limit of elevation.
    pub fn to(range_max_m: f64) -> Self {
        Self {
            range_min_m: 0.0,
            range_max_m,
            elevation_min_rad: -TAU / 4.0,
            elevation_max_rad: TAU / 4.0,
            sectors: Vec::new(),
        }
    }

    fn looks(&self, azimuth_rad: f64) -> bool {
        // From 0 to 360° is all around, not nothing.
        let inside = |(from, to): &(f64, f64)| {
            to - from >= TAU - 1e-9 || wrap_tau(azimuth_rad - from) <= wrap_tau(to - from)
        };
        self.sectors.is_empty() || self.sectors.iter().any(inside)
    }
}

/// What one site covers: over each cell, altitudes from `lowest_m` up to [`Cover::highest_m`].
#[derive(Debug, Clone, PartialEq)]
pub struct Cover {
    /// The antenna over the geoid, metres; NaN where it is not told.
    pub antenna_m: f64,
    /// Cells about the site.
    pub lattice: Lattice,
    /// Where these begin in the terrain's lattice.
    pub corner: Cell,
    /// Lowest covered altitude, metres over the geoid; NaN where nothing is covered.
    pub lowest_m: Vec<f32>,
    ceiling: Ceiling,
}

/// A skyline is looked for at quarters of a cell up to here, metres; then at whole cells.
const FINELY_M: f64 = 20_000.0;

impl Cover {
    /// A cover without ceilings, as a partner shares it.
    pub(crate) fn plain(
        antenna_m: f64,
        (lattice, corner): (Lattice, Cell),
        lowest_m: Vec<f32>,
    ) -> Self {
        Self { antenna_m, lattice, corner, lowest_m, ceiling: Ceiling::default() }
    }

    /// Highest covered altitude over a cell of this cover's lattice, metres: under the cone of
    /// silence and within the slant range; infinite where neither limits it.
    pub fn highest_m(&self, cell: Cell) -> f32 {
        self.ceiling.highest_m(&self.lattice, cell)
    }

    /// Whether an altitude over a cell of this cover's lattice is in the cone of silence.
    pub fn in_cone(&self, cell: Cell, altitude_m: f32) -> bool {
        self.ceiling.in_cone(cell, altitude_m)
    }

    /// Whether an aircraft at `altitude_m` over a cell of the terrain's lattice is covered.
    pub fn covers(&self, terrain_cell: Cell, altitude_m: f32) -> bool {
        self.local(terrain_cell).is_some_and(|cell| {
            let lowest = self.lowest_m[self.lattice.index(cell)];
            // The ceiling is looked up only where the ground lets see.
            lowest <= altitude_m && altitude_m <= self.highest_m(cell)
        })
    }

    /// The same cell in this cover's lattice; `None` outside it.
    pub fn local(&self, terrain_cell: Cell) -> Option<Cell> {
        let row = terrain_cell.row.checked_sub(self.corner.row)?;
        let col = terrain_cell.col.checked_sub(self.corner.col)?;
        (row < self.lattice.rows && col < self.lattice.cols).then_some(Cell { row, col })
    }

    /// Area covered at an altitude, square metres.
    pub fn area_m2(&self, altitude_m: f32) -> f64 {
        let row_area = |row: usize| {
            let covered = (0..self.lattice.cols)
                .map(|col| Cell { row, col })
                .filter(|&cell| {
                    self.lowest_m[self.lattice.index(cell)] <= altitude_m
                        && altitude_m <= self.highest_m(cell)
                })
                .count();
            covered as f64 * self.lattice.cell_area_m2(row)
        };
        (0..self.lattice.rows).map(row_area).sum()
    }
}

/// How coverage is computed, the same for all sites of a study.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Method {
    /// How rays bend.
    pub propagation: Propagation,
    /// Ground nearer than this hides nothing, metres; the site's own horizon, where it is known,
    /// stands for it.
    pub near_m: f64,
    /// Which surface hides.
    pub surface: Surface,
    /// Rays' spacing at the edge, cells.
    pub spacing_cells: f64,
}

impl Default for Method {
    fn default() -> Self {
        Self {
            propagation: Propagation::default(),
            near_m: 0.0,
            surface: Surface::Mean,
            spacing_cells: 0.7,
        }
    }
}

impl Method {
    /// The same over the upper surface, from which what is seen is surely seen. Cells about the mast
    /// are left out of it out to 2 km: their maxima would bury most antennas, and what really stands
    /// there is the site's own horizon.
    pub fn surely(self) -> Self {
        Self { surface: Surface::Upper, near_m: self.near_m.max(2_000.0), ..self }
    }
}

impl Site {
    /// The antenna over the geoid, metres: the surveyed ground, or the terrain's, and the mast.
    pub fn antenna_m(&self, terrain: &Terrain) -> Result<f64, SiteError> {
        let (name, latitude_deg, longitude_deg) =
            (self.name.clone(), self.latitude_deg, self.longitude_deg);
        let Some(cell) = terrain.lattice.nearest(latitude_deg, longitude_deg) else {
            return Err(SiteError::Outside { name, latitude_deg, longitude_deg });
        };
        let mean_m = terrain.height_m(latitude_deg, longitude_deg);
        match (self.ground_m, mean_m) {
            (None, None) => Err(SiteError::OnVoid { name, cell }),
            (None, Some(ground_m)) => Ok(ground_m + self.mast_m),
            (Some(surveyed_m), None) => Ok(surveyed_m + self.mast_m),
            (Some(surveyed_m), Some(ground_m)) => {
                let altitude_m = surveyed_m + self.mast_m;
                // A coarse cell's mean may be above a valley's floor: what is told is judged
                // against the lowest of the four points around it.
                let floor_m = self.floor_m(terrain).unwrap_or(ground_m);
                if altitude_m < floor_m {
                    return Err(SiteError::Buried { name, altitude_m, ground_m, cell });
                }
                Ok(altitude_m)
            }
        }
    }

    fn floor_m(&self, terrain: &Terrain) -> Option<f64> {
        let lattice = &terrain.lattice;
        let (row, col) = (lattice.row_of(self.latitude_deg), lattice.col_of(self.longitude_deg));
        let rows = [row.floor() as usize, (row.ceil() as usize).min(lattice.rows - 1)];
        let cols = [col.floor() as usize, (col.ceil() as usize).min(lattice.cols - 1)];
        let corners = rows.into_iter().flat_map(|row| cols.map(|col| Cell { row, col }));
        let heights = corners.map(|cell| f64::from(terrain.mean_m[lattice.index(cell)]));
        heights.filter(|h| !h.is_nan()).reduce(f64::min)
    }

    /// What the site covers.
    pub fn cover(&self, terrain: &Terrain, method: &Method) -> Result<Cover, SiteError> {
        let antenna = Antenna {
            name: self.name.clone(),
            latitude_deg: self.latitude_deg,
            longitude_deg: self.longitude_deg,
            altitude_m: self.antenna_m(terrain)?,
            horizon_rad: self.horizon_rad.clone(),
        };
        let geometry = Ellipsoidal::new(&terrain.lattice, self.latitude_deg, self.longitude_deg);
        let range_m = ground_reach_m(self.limits.range_max_m, geometry.radius_m());
        let sweeping = Sweeping {
            propagation: method.propagation,
            range_m,
            near_m: method.near_m,
            surface: method.surface,
            spacing_cells: method.spacing_cells,
        };
        let visibility = sweep(terrain, &antenna, &sweeping)?;
        let Visibility { lattice, corner, mut lowest_m } = visibility;
        let geometry = Ellipsoidal::new(&lattice, self.latitude_deg, self.longitude_deg);
        let antenna_m = antenna.altitude_m;
        let table = RayTable::new(method.propagation, antenna_m, geometry.radius_m(), range_m);
        let seen = Seen { lattice: &lattice, geometry: &geometry, table: &table, antenna_m };
        self.hold_to_limits(&mut lowest_m, &seen);
        let ceiling = Ceiling::of(&self.limits, &seen);
        ceiling.cut(&mut lowest_m);
        Ok(Cover { antenna_m, lattice, corner, lowest_m, ceiling })
    }

    fn hold_to_limits(&self, lowest_m: &mut [f32], seen: &Seen<'_>) {
        let Limits { range_min_m, elevation_min_rad, ref sectors, .. } = self.limits;
        // Below −45° there is nothing to see that ground would not hide.
        let tilted = elevation_min_rad > -TAU / 8.0;
        if range_min_m <= 0.0 && !tilted && sectors.is_empty() {
            return;
        }
        let tangent = elevation_min_rad.tan();
        let slant = Slant { radius_m: seen.geometry.radius_m(), antenna_m: seen.antenna_m };
        let cols = seen.lattice.cols;
        for (index, lowest_m) in lowest_m.iter_mut().enumerate() {
            if lowest_m.is_nan() {
                continue;
            }
            let (ground_m, east, north) = seen.geometry.polar(index / cols, index % cols);
            if !self.limits.looks(wrap_tau(east.atan2(north))) {
                *lowest_m = f32::NAN;
                continue;
            }
            if tilted {
                *lowest_m = lowest_m.max(seen.table.height_m(ground_m, tangent) as f32);
            }
            // What is high enough over a near cell is not near.
            if range_min_m > ground_m
                && let Some(altitude_m) = slant.altitude_m(ground_m, range_min_m)
            {
                *lowest_m = lowest_m.max(altitude_m as f32);
            }
        }
    }

    /// Elevation of the skyline in each degree of azimuth as seen from the antenna, after
    /// refraction, radians, and the ground distance of what makes it, metres; for a horizon diagram
    /// and as the shape of [`Site::horizon_rad`].
    pub fn skyline(&self, terrain: &Terrain, method: &Method) -> Result<Vec<Skyline>, SiteError> {
        let antenna_m = self.antenna_m(terrain)?;
        let here = geodesy::Geodetic::from_degrees(self.latitude_deg, self.longitude_deg, 0.0)
            .unwrap_or(geodesy::Geodetic { latitude_rad: 0.0, longitude_rad: 0.0, height_m: 0.0 });
        let geometry = Ellipsoidal::new(&terrain.lattice, self.latitude_deg, self.longitude_deg);
        let range_m = self.limits.range_max_m;
        let table = RayTable::new(method.propagation, antenna_m, geometry.radius_m(), range_m);
        let heights = terrain.surface(method.surface);
        let (south_m, east_m) = geometry.cell_m();
        let step_m = south_m.min(east_m);
        let degree = |azimuth_deg: usize| {
            let bearing_rad = (azimuth_deg as f64).to_radians();
            let mut best = Skyline { elevation_rad: -TAU / 4.0, ground_m: 0.0 };
            let mut distance_m = method.near_m.max(step_m);
            while distance_m <= range_m {
                let there = here.travel(geodesy::Geodesic { distance_m, bearing_rad });
                let (lat, lon) = (there.latitude_deg(), there.longitude_deg());
                let Some(height_m) = crate::terrain::bilinear(&terrain.lattice, heights, lat, lon)
                else {
                    break;
                };
                let elevation_rad = table.launch_tangent(distance_m, height_m).atan();
                if elevation_rad > best.elevation_rad {
                    best = Skyline { elevation_rad, ground_m: distance_m };
                }
                // Near by, a ridge between two samples would be a degree too low.
                distance_m += if distance_m < FINELY_M { step_m / 4.0 } else { step_m };
            }
            best
        };
        Ok((0..360).map(degree).collect())
    }
}

/// What makes the horizon in one direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Skyline {
    /// Lowest free elevation at the antenna, radians.
    pub elevation_rad: f64,
    /// How far away, metres.
    pub ground_m: f64,
}
