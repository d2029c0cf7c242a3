//! The field's own units, for the rim only: the core computes in SI.

/// Metres in a nautical mile (ICAO Annex 5).
pub const METRES_PER_NM: f64 = 1852.0;
/// Metres in a foot (ICAO Annex 5).
pub const METRES_PER_FOOT: f64 = 0.3048;
/// Metres a second in a knot.
pub const MPS_PER_KNOT: f64 = METRES_PER_NM / 3600.0;
/// Light's way in a nanosecond, metres (SI).
pub const METRES_PER_LIGHT_NS: f64 = 0.299_792_458;
/// Metres a second in a foot a minute.
pub const MPS_PER_FPM: f64 = METRES_PER_FOOT / 60.0;
