//! Named places: aerodromes, navaids, waypoints.

use geodesy::Geodetic;

/// Where aircraft land and take off.
#[derive(Debug, Clone, PartialEq)]
pub struct Aerodrome {
    /// ICAO location indicator, or the national code where there is none.
    pub indicator: String,
    /// IATA code.
    pub iata: Option<String>,
    /// Name.
    pub name: String,
    /// State, as its file writes it: ISO 3166 alpha-2 in the CSV files.
    pub state: Option<String>,
    /// Reference point. Its height is the elevation above mean sea level, metres; 0 if not told.
    pub position: Geodetic,
    /// Whether the elevation was told.
    pub elevation_known: bool,
}

/// A named place on a route.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Identifier, as in `BISKA` or `MNS`; not unique over the world.
    pub ident: String,
    /// Full name.
    pub name: Option<String>,
    /// What it is.
    pub kind: PointKind,
    /// Where.
    pub position: Geodetic,
}

/// What a point is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PointKind {
    /// A waypoint without an aid.
    Waypoint,
    /// VOR, with or without DME.
    Vor,
    /// DME alone.
    Dme,
    /// NDB, with or without DME.
    Ndb,
    /// TACAN or VORTAC.
    Tacan,
    /// Any other aid.
    Other,
}
