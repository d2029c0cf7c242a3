//! East-north-up at a point, and what a radar measures from there.

use crate::{Ecef, Geodetic, wrap_tau};

/// A vector or position in a [`LocalFrame`], metres (or metres a second).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Enu {
    /// East.
    pub east: f64,
    /// North.
    pub north: f64,
    /// Up, along the ellipsoid's normal.
    pub up: f64,
}

/// What a radar measures: slant range, azimuth from true north, elevation over the horizontal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Polar {
    /// Straight-line distance from the antenna, metres.
    pub slant_range_m: f64,
    /// Clockwise from true north, radians in [0, 2π).
    pub azimuth_rad: f64,
    /// Above the antenna's horizontal plane, radians.
    pub elevation_rad: f64,
}

/// The east-north-up frame tangent to the ellipsoid at its origin.
///
/// The rotation is exact: a frame that is carried along with a target is right at any latitude
/// and across the antimeridian. At a pole, east is that of the origin's longitude.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LocalFrame {
    origin: Geodetic,
    origin_ecef: Ecef,
    sin_lat: f64,
    cos_lat: f64,
    sin_lon: f64,
    cos_lon: f64,
}

impl LocalFrame {
    /// The frame at `origin`.
    pub fn at(origin: Geodetic) -> Self {
        let (sin_lat, cos_lat) = origin.latitude_rad.sin_cos();
        let (sin_lon, cos_lon) = origin.longitude_rad.sin_cos();
        Self { origin, origin_ecef: origin.to_ecef(), sin_lat, cos_lat, sin_lon, cos_lon }
    }

    /// Where the frame is tangent.
    pub fn origin(&self) -> Geodetic {
        self.origin
    }

    /// Position relative to the origin.
    pub fn enu_from_ecef(&self, point: Ecef) -> Enu {
        self.rotate_from_ecef([
            point.x_m - self.origin_ecef.x_m,
            point.y_m - self.origin_ecef.y_m,
            point.z_m - self.origin_ecef.z_m,
        ])
    }

    /// Position in earth-centred coordinates.
    pub fn ecef_from_enu(&self, point: Enu) -> Ecef {
        let [x, y, z] = self.rotate_to_ecef(point);
        Ecef {
            x_m: x + self.origin_ecef.x_m,
            y_m: y + self.origin_ecef.y_m,
            z_m: z + self.origin_ecef.z_m,
        }
    }

    /// Position relative to the origin.
    pub fn enu_from_geodetic(&self, point: Geodetic) -> Enu {
        self.enu_from_ecef(point.to_ecef())
    }

    /// Position in geodetic coordinates.
    pub fn geodetic_from_enu(&self, point: Enu) -> Geodetic {
        self.ecef_from_enu(point).to_geodetic()
    }

    /// A free vector (a velocity) turned into this frame's axes.
    pub fn rotate_from_ecef(&self, [x, y, z]: [f64; 3]) -> Enu {
        let horizontal = self.cos_lon * x + self.sin_lon * y;
        Enu {
            east: -self.sin_lon * x + self.cos_lon * y,
            north: -self.sin_lat * horizontal + self.cos_lat * z,
            up: self.cos_lat * horizontal + self.sin_lat * z,
        }
    }

    /// A free vector (a velocity) turned into earth-centred axes.
    pub fn rotate_to_ecef(&self, v: Enu) -> [f64; 3] {
        let horizontal = -self.sin_lat * v.north + self.cos_lat * v.up;
        [
            -self.sin_lon * v.east + self.cos_lon * horizontal,
            self.cos_lon * v.east + self.sin_lon * horizontal,
            self.cos_lat * v.north + self.sin_lat * v.up,
        ]
    }

    /// What a radar at the origin measures of a point.
    pub fn polar_from_ecef(&self, point: Ecef) -> Polar {
        self.enu_from_ecef(point).to_polar()
    }
}

impl Enu {
    /// As slant range, azimuth and elevation. Azimuth is 0 straight overhead.
    pub fn to_polar(self) -> Polar {
        let ground_m = self.east.hypot(self.north);
        Polar {
            slant_range_m: ground_m.hypot(self.up),
            azimuth_rad: wrap_tau(self.east.atan2(self.north)),
            elevation_rad: self.up.atan2(ground_m),
        }
    }
}

impl Polar {
    /// As east, north, up.
    pub fn to_enu(self) -> Enu {
        let (sin_az, cos_az) = self.azimuth_rad.sin_cos();
        let (sin_el, cos_el) = self.elevation_rad.sin_cos();
        let ground_m = self.slant_range_m * cos_el;
        Enu { east: ground_m * sin_az, north: ground_m * cos_az, up: self.slant_range_m * sin_el }
    }

    /// Elevation at which a target of geodetic height `height_m` stands, seen from `antenna` at
    /// this slant range: the slant-range correction of a two-dimensional radar.
    ///
    /// Law of cosines on the sphere whose radius is the ellipsoid's curvature at the antenna in
    /// this azimuth (Euler's theorem), so good to metres at radar ranges; `None` where no point
    /// at that height is so near (the target is inside the cone under the height) or so far.
    pub fn elevation_for_height(self, antenna: Geodetic, height_m: f64) -> Option<f64> {
        let radius_m = radius_of_curvature_m(antenna.latitude_rad, self.azimuth_rad);
        let from_m = radius_m + antenna.height_m;
        let to_m = radius_m + height_m;
        let sine = (to_m * to_m - from_m * from_m - self.slant_range_m * self.slant_range_m)
            / (2.0 * from_m * self.slant_range_m);
        (sine.abs() <= 1.0).then(|| sine.asin())
    }
}

fn radius_of_curvature_m(latitude_rad: f64, azimuth_rad: f64) -> f64 {
    let sin_lat = latitude_rad.sin();
    let w = 1.0 - crate::ECCENTRICITY_SQUARED * sin_lat * sin_lat;
    let prime_vertical_m = crate::SEMI_MAJOR_M / w.sqrt();
    let meridian_m = prime_vertical_m * (1.0 - crate::ECCENTRICITY_SQUARED) / w;
    let (sin_az, cos_az) = azimuth_rad.sin_cos();
    1.0 / (cos_az * cos_az / meridian_m + sin_az * sin_az / prime_vertical_m)
}
