//! Named places: aerodromes, navaids, waypoints.

use geodesy::Geodetic;
use std::collections::BTreeMap;

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

impl PointKind {
    /// From a word of OurAirports or AIXM; a waypoint where there is none.
    pub fn from_word(word: &str) -> PointKind {
        match word.trim().to_ascii_uppercase().replace('_', "-").as_str() {
            "" | "WAYPOINT" | "ICAO" | "COORD" => PointKind::Waypoint,
            "VOR" | "VOR-DME" => PointKind::Vor,
            "DME" => PointKind::Dme,
            "NDB" | "NDB-DME" => PointKind::Ndb,
            "TACAN" | "VORTAC" => PointKind::Tacan,
            _ => PointKind::Other,
        }
    }
}

/// Aerodromes that have had two indicators: now, and before. Plans and tables use both.
const RENAMED: [(&str, &str); 15] = [
    ("UCFL", "UAFL"),
    ("UCFM", "UAFM"),
    ("UCFO", "UAFO"),
    ("UCFP", "UAFP"),
    ("UZKA", "UTKA"),
    ("UZKF", "UTKF"),
    ("UZKN", "UTKN"),
    ("UZNN", "UTNN"),
    ("UZNU", "UTNU"),
    ("UZSA", "UTSA"),
    ("UZSB", "UTSB"),
    ("UZSK", "UTSK"),
    ("UZSS", "UTSS"),
    ("UZST", "UTST"),
    ("UZTT", "UTTT"),
];

/// The other indicator that an aerodrome has or had, of those known to have two.
pub fn other_indicator(indicator: &str) -> Option<&'static str> {
    RENAMED.iter().find_map(|(now, before)| match indicator {
        code if code == *now => Some(*before),
        code if code == *before => Some(*now),
        _ => None,
    })
}

/// Aerodromes and points, found by their codes.
#[derive(Debug, Clone, Default)]
pub struct Places {
    aerodromes: BTreeMap<String, Aerodrome>,
    points: BTreeMap<String, Vec<Point>>,
}

impl Places {
    /// The first of an indicator counts; points may share an identifier.
    pub fn of(aerodromes: Vec<Aerodrome>, points: Vec<Point>) -> Self {
        let mut places = Self::default();
        for aerodrome in aerodromes {
            places.aerodromes.entry(aerodrome.indicator.clone()).or_insert(aerodrome);
        }
        for point in points {
            places.points.entry(point.ident.clone()).or_default().push(point);
        }
        places
    }

    /// The aerodrome of an ICAO location indicator, under the other one it has or had too.
    pub fn aerodrome(&self, indicator: &str) -> Option<&Aerodrome> {
        let other = || other_indicator(indicator).and_then(|other| self.aerodromes.get(other));
        self.aerodromes.get(indicator).or_else(other)
    }

    /// All points of an identifier, in the order they came.
    pub fn points(&self, ident: &str) -> &[Point] {
        self.points.get(ident).map_or(&[], Vec::as_slice)
    }

    /// Of the points of an identifier the one nearest to a position: routes go to the near one.
    pub fn point_near(&self, ident: &str, position: Geodetic) -> Option<&Point> {
        let points = self.points(ident).iter();
        let far = |point: &Point| point.position.geodesic_to(position).distance_m;
        points.min_by(|a, b| far(a).total_cmp(&far(b)))
    }

    /// Every aerodrome, by indicator.
    pub fn aerodromes(&self) -> impl Iterator<Item = &Aerodrome> {
        self.aerodromes.values()
    }
}
