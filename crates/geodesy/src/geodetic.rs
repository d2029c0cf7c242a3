//! Latitude, longitude, height; distances and bearings along the ellipsoid.

use crate::{ECCENTRICITY_SQUARED, Ecef, SEMI_MAJOR_M, wrap_pi, wrap_tau};
use geographiclib_rs::{DirectGeodesic, Geodesic as Karney, InverseGeodesic};
use std::sync::LazyLock;

static WGS84: LazyLock<Karney> = LazyLock::new(Karney::wgs84);

/// A position on WGS-84: latitude and longitude in radians, height above the ellipsoid in metres.
///
/// Height is geometric. Pressure altitude is another quantity and lives with the plot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Geodetic {
    /// Geodetic latitude, radians, north positive.
    pub latitude_rad: f64,
    /// Longitude, radians, east positive, in (−π, π].
    pub longitude_rad: f64,
    /// Height above the ellipsoid, metres.
    pub height_m: f64,
}

/// The shortest line between two points on the ellipsoid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Geodesic {
    /// Length, metres.
    pub distance_m: f64,
    /// True bearing at the start, radians clockwise from north in [0, 2π).
    pub bearing_rad: f64,
}

impl Geodetic {
    /// From degrees and metres, as people write positions. `None` unless latitude is within ±90°
    /// and everything is finite; longitude is wrapped.
    pub fn from_degrees(latitude_deg: f64, longitude_deg: f64, height_m: f64) -> Option<Self> {
        let finite = latitude_deg.is_finite() && longitude_deg.is_finite() && height_m.is_finite();
        (finite && latitude_deg.abs() <= 90.0).then(|| Self {
            latitude_rad: latitude_deg.to_radians(),
            longitude_rad: wrap_pi(longitude_deg.to_radians()),
            height_m,
        })
    }

    /// Latitude, degrees.
    pub fn latitude_deg(self) -> f64 {
        self.latitude_rad.to_degrees()
    }

    /// Longitude, degrees.
    pub fn longitude_deg(self) -> f64 {
        self.longitude_rad.to_degrees()
    }

    /// The same latitude and longitude at another height.
    pub fn at_height(self, height_m: f64) -> Self {
        Self { height_m, ..self }
    }

    /// The same point in earth-centred coordinates.
    pub fn to_ecef(self) -> Ecef {
        let (sin_lat, cos_lat) = self.latitude_rad.sin_cos();
        let (sin_lon, cos_lon) = self.longitude_rad.sin_cos();
        let curvature_m = SEMI_MAJOR_M / (1.0 - ECCENTRICITY_SQUARED * sin_lat * sin_lat).sqrt();
        let across_m = (curvature_m + self.height_m) * cos_lat;
        Ecef {
            x_m: across_m * cos_lon,
            y_m: across_m * sin_lon,
            z_m: (curvature_m * (1.0 - ECCENTRICITY_SQUARED) + self.height_m) * sin_lat,
        }
    }

    /// Length and initial bearing of the shortest line to `other` on the ellipsoid; heights are
    /// not used. Karney, J. Geodesy 87 (2013); exact to nanometres, about a microsecond.
    pub fn geodesic_to(self, other: Geodetic) -> Geodesic {
        let (distance_m, azimuth_deg, _, _) = WGS84.inverse(
            self.latitude_deg(),
            self.longitude_deg(),
            other.latitude_deg(),
            other.longitude_deg(),
        );
        Geodesic { distance_m, bearing_rad: wrap_tau(azimuth_deg.to_radians()) }
    }

    /// The point reached by going `line.distance_m` on the ellipsoid at `line.bearing_rad`; the
    /// height is kept.
    pub fn travel(self, line: Geodesic) -> Geodetic {
        let (latitude_deg, longitude_deg) = WGS84.direct(
            self.latitude_deg(),
            self.longitude_deg(),
            line.bearing_rad.to_degrees(),
            line.distance_m,
        );
        Geodetic {
            latitude_rad: latitude_deg.to_radians(),
            longitude_rad: wrap_pi(longitude_deg.to_radians()),
            height_m: self.height_m,
        }
    }
}
