//! Height of the geoid over the WGS-84 ellipsoid (the undulation), by EGM96.
//!
//! Terrain and charts give heights over the geoid; satellite navigation, and so ADS-B's geometric
//! height, gives heights over the ellipsoid. `ellipsoidal = orthometric + undulation`. In Kyrgyzstan
//! the undulation is −36 to −48 m. EGM96 (NASA/TP-1998-206861) to degree 360, computed by the crate
//! `egm96`; EGM2008 differs from it by under two metres here.

/// Name of the model, for the screen.
pub const MODEL: &str = "EGM96";

/// Undulation at a position, metres, positive where the geoid is above the ellipsoid. About 0.2 ms.
pub fn undulation_m(latitude_deg: f64, longitude_deg: f64) -> f64 {
    egm96::egm96_compute_altitude_offset(latitude_deg, longitude_deg)
}

/// Height over the geoid of a height over the ellipsoid, metres.
pub fn orthometric_m(latitude_deg: f64, longitude_deg: f64, ellipsoidal_m: f64) -> f64 {
    ellipsoidal_m - undulation_m(latitude_deg, longitude_deg)
}
