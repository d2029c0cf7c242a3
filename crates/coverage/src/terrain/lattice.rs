//! A regular raster of points in latitude and longitude.

use geodesy::wrap_pi;

/// Points at equal steps of latitude and longitude. Row 0 is the northernmost, column 0 the
/// westernmost; a value stands at the point itself, and for a raster of cells at the cell's centre.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lattice {
    /// Latitude of row 0, degrees.
    pub north_deg: f64,
    /// Longitude of column 0, degrees; columns go on eastwards, past 180° where need be.
    pub west_deg: f64,
    /// Step of a row southwards, degrees.
    pub lat_step_deg: f64,
    /// Step of a column eastwards, degrees.
    pub lon_step_deg: f64,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub cols: usize,
}

/// A box in latitude and longitude, degrees. `east_deg` is greater than `west_deg` and may pass 180.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Southern edge.
    pub south_deg: f64,
    /// Western edge.
    pub west_deg: f64,
    /// Northern edge.
    pub north_deg: f64,
    /// Eastern edge.
    pub east_deg: f64,
}

/// A row and a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// From the north, from 0.
    pub row: usize,
    /// From the west, from 0.
    pub col: usize,
}

impl Lattice {
    /// The lattice whose points are the multiples of `step_deg` (offset by half a step, as rasters
    /// of cells have them) that cover `bounds`.
    pub fn covering(bounds: Bounds, step_deg: f64) -> Self {
        let first_row = ((90.0 - bounds.north_deg) / step_deg - 0.5).floor();
        let first_col = ((bounds.west_deg + 180.0) / step_deg - 0.5).floor();
        let last_row = ((90.0 - bounds.south_deg) / step_deg - 0.5).ceil();
        let last_col = ((bounds.east_deg + 180.0) / step_deg - 0.5).ceil();
        Self {
            north_deg: 90.0 - (first_row + 0.5) * step_deg,
            west_deg: (first_col + 0.5) * step_deg - 180.0,
            lat_step_deg: step_deg,
            lon_step_deg: step_deg,
            rows: (last_row - first_row) as usize + 1,
            cols: (last_col - first_col) as usize + 1,
        }
    }

    /// Whether it lies between the poles and goes round the Earth once at most. Files can say
    /// otherwise.
    pub fn is_on_earth(&self) -> bool {
        // Half a step of tolerance is for rasters whose cells end at a pole.
        let Bounds { south_deg, west_deg, north_deg, east_deg } = self.bounds();
        self.lat_step_deg > 0.0
            && self.lon_step_deg > 0.0
            && (-90.5..=90.5).contains(&south_deg)
            && (-90.5..=90.5).contains(&north_deg)
            && west_deg.abs() <= 360.5
            && east_deg - west_deg <= 360.5
    }

    /// How many points.
    pub fn len(&self) -> usize {
        self.rows * self.cols
    }

    /// Whether there is no point.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Latitude of a (fractional) row, degrees.
    pub fn latitude_deg(&self, row: f64) -> f64 {
        self.north_deg - row * self.lat_step_deg
    }

    /// Longitude of a (fractional) column, degrees; past 180 where the lattice goes on there.
    pub fn longitude_deg(&self, col: f64) -> f64 {
        self.west_deg + col * self.lon_step_deg
    }

    /// Latitude and longitude of a point, degrees; longitude in (−180, 180].
    pub fn position_deg(&self, cell: Cell) -> (f64, f64) {
        let longitude = self.longitude_deg(cell.col as f64);
        let wrapped = wrap_pi(longitude.to_radians()).to_degrees();
        (self.latitude_deg(cell.row as f64), wrapped)
    }

    /// Fractional row of a latitude.
    pub fn row_of(&self, latitude_deg: f64) -> f64 {
        (self.north_deg - latitude_deg) / self.lat_step_deg
    }

    /// Fractional column of a longitude, the one nearest to the lattice's middle: the longitude may
    /// be written on either side of the antimeridian.
    pub fn col_of(&self, longitude_deg: f64) -> f64 {
        let middle = self.longitude_deg((self.cols as f64 - 1.0) / 2.0);
        let from_middle = (longitude_deg - middle + 180.0).rem_euclid(360.0) - 180.0;
        (middle + from_middle - self.west_deg) / self.lon_step_deg
    }

    /// The point nearest to a position, `None` outside by more than half a step.
    pub fn nearest(&self, latitude_deg: f64, longitude_deg: f64) -> Option<Cell> {
        let (row, col) = (self.row_of(latitude_deg).round(), self.col_of(longitude_deg).round());
        let within = row >= 0.0 && col >= 0.0 && row < self.rows as f64 && col < self.cols as f64;
        within.then_some(Cell { row: row as usize, col: col as usize })
    }

    /// Where a cell's value stands in a slice of all values, row after row.
    pub fn index(&self, cell: Cell) -> usize {
        cell.row * self.cols + cell.col
    }

    /// The cell whose value stands at `index`.
    pub fn cell(&self, index: usize) -> Cell {
        Cell { row: index / self.cols, col: index % self.cols }
    }

    /// The box through the outermost points.
    pub fn bounds(&self) -> Bounds {
        Bounds {
            south_deg: self.latitude_deg(self.rows as f64 - 1.0),
            west_deg: self.west_deg,
            north_deg: self.north_deg,
            east_deg: self.longitude_deg(self.cols as f64 - 1.0),
        }
    }

    /// Area for which each point of `row` stands, square metres, on WGS-84.
    pub fn cell_area_m2(&self, row: usize) -> f64 {
        let latitude = self.latitude_deg(row as f64).to_radians();
        let (sin, cos) = latitude.sin_cos();
        let w = 1.0 - geodesy::ECCENTRICITY_SQUARED * sin * sin;
        let prime_vertical_m = geodesy::SEMI_MAJOR_M / w.sqrt();
        let meridian_m = prime_vertical_m * (1.0 - geodesy::ECCENTRICITY_SQUARED) / w;
        let height_m = meridian_m * self.lat_step_deg.to_radians();
        height_m * prime_vertical_m * cos.max(0.0) * self.lon_step_deg.to_radians()
    }
}
