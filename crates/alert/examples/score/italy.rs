//! The ground under a recording: Italy, of NOAA's GLOBE.

use crate::support::degrees;
use alert::rules::terrain::{Inhibited, SafetyMap, TerrainConfig};
use alert::rules::{Ground, Highest};
use geodesy::Geodetic;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM};

/// The north-west corner, degrees.
const NORTH: f64 = 47.5;
const WEST: f64 = 5.0;
const ROWS: usize = 1_380;
const COLUMNS: usize = 1_800;
/// Cells a degree.
const A_DEGREE: f64 = 120.0;

/// Aerodromes with scheduled traffic in the recording's area: latitude, longitude, elevation in feet.
const AERODROMES: [(&str, f64, f64, f64); 19] = [
    ("LIRF", 41.800, 12.239, 14.0),
    ("LIRA", 41.799, 12.595, 427.0),
    ("LIRU", 41.952, 12.499, 55.0),
    ("LIRN", 40.886, 14.291, 294.0),
    ("LIRP", 43.684, 10.393, 6.0),
    ("LIRQ", 43.810, 11.205, 142.0),
    ("LIRZ", 43.096, 12.513, 697.0),
    ("LIEO", 40.899, 9.518, 37.0),
    ("LIEE", 39.251, 9.054, 13.0),
    ("LIPE", 44.535, 11.289, 123.0),
    ("LIPR", 44.020, 12.612, 40.0),
    ("LIPY", 43.616, 13.362, 49.0),
    ("LIBP", 42.432, 14.181, 48.0),
    ("LIBD", 41.139, 16.761, 177.0),
    ("LIPZ", 45.505, 12.352, 7.0),
    ("LIMC", 45.631, 8.728, 768.0),
    ("LIML", 45.445, 9.277, 353.0),
    ("LIME", 45.674, 9.704, 782.0),
    ("LIMJ", 44.413, 8.838, 13.0),
];

/// The grid with no undulation: heights that the recording tells are of the standard atmosphere.
pub(crate) struct Italy(SafetyMap);

impl Ground for Italy {
    fn height_m(&self, at: Geodetic) -> Option<f64> {
        self.0.height_m(at)
    }

    fn highest_within(&self, at: Geodetic, radius_m: f64) -> Highest {
        self.0.highest_within(at, radius_m)
    }

    fn undulation_m(&self, _at: Geodetic) -> Option<f64> {
        Some(0.0)
    }
}

/// From the file that `GLOBE_ITALY` names: tile G cut to 5–20°E and 36–47.5°N, rows from the north, two
/// octets a cell, the low one first, the sea 0.
pub(crate) fn ground() -> Option<Italy> {
    let octets = std::env::var_os("GLOBE_ITALY").and_then(|path| std::fs::read(path).ok());
    let Some(octets) = octets.filter(|octets| octets.len() == 2 * ROWS * COLUMNS) else {
        println!("\nMinimum safe altitude over Italy: skipped, GLOBE_ITALY names no ground");
        return None;
    };
    let corner = degrees(NORTH - ROWS as f64 / A_DEGREE, WEST);
    let mut map = SafetyMap::new(corner, 1.0 / A_DEGREE, ROWS, COLUMNS)?;
    for (index, height) in octets.as_chunks::<2>().0.iter().enumerate() {
        let (row, column) = (index / COLUMNS, index % COLUMNS);
        let middle = |place: usize| (place as f64 + 0.5) / A_DEGREE;
        let at = degrees(NORTH - middle(row), WEST + middle(column));
        map.raise(at, f64::from(i16::from_le_bytes(*height)));
    }
    map.settle();
    Some(Italy(map))
}

/// As it comes, with the default silence about aerodromes, and as a site would set it up.
pub(crate) fn configs() -> [(&'static str, TerrainConfig); 3] {
    let own = TerrainConfig::default();
    let about = |radius_nm: f64, top_ft: f64| {
        let cylinder = |(_, lat, lon, elevation_ft): (_, f64, f64, f64)| Inhibited::Cylinder {
            centre: degrees(lat, lon),
            radius_m: radius_nm * METRES_PER_NM,
            top_m: (elevation_ft + top_ft) * METRES_PER_FOOT,
        };
        TerrainConfig { inhibited: AERODROMES.map(cylinder).to_vec(), ..own.clone() }
    };
    [
        ("Italy, system tracks, no aerodrome known", own.clone()),
        ("Italy, silent as by default about 19 aerodromes (3 NM, 1,500 ft)", about(3.0, 1_500.0)),
        ("Italy, silent about them within 10 NM up to 3,000 ft", about(10.0, 3_000.0)),
    ]
}
