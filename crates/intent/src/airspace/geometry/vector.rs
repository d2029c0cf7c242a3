//! Vectors from the Earth's centre, and the gnomonic plane of a shape.
//!
//! A position is the direction of its foot on the ellipsoid as seen from the Earth's centre, so
//! poles and the antimeridian are like anywhere else. A plane through the centre cuts the ellipsoid
//! in a great ellipse; the gnomonic plane at a middle shows each great ellipse as a straight line.
//! Between ends 50 km apart a great ellipse is within 0.2 m of the geodesic.

use geodesy::{Ecef, FLATTENING, Geodetic, SEMI_MAJOR_M};

pub(crate) type Vec3 = [f64; 3];
pub(crate) type Vec2 = [f64; 2];

/// A radius for turning a chord into an arc, metres: that the ellipsoid's radii differ from it by
/// half a percent moves the arc by 5 mm at 100 km and 5 m at 1,000 km.
const ARC_RADIUS_M: f64 = 6_371_000.0;

pub(crate) fn dot(a: Vec3, b: Vec3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(crate) fn cross(a: Vec3, b: Vec3) -> Vec3 {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

pub(crate) fn sum(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

pub(crate) fn difference(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(crate) fn times(a: Vec3, factor: f64) -> Vec3 {
    [a[0] * factor, a[1] * factor, a[2] * factor]
}

/// `None` for the zero vector.
pub(crate) fn unit(a: Vec3) -> Option<Vec3> {
    let length = dot(a, a).sqrt();
    (length > 0.0 && length.is_finite()).then(|| times(a, 1.0 / length))
}

/// A position's foot on the ellipsoid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Foot {
    /// Earth-centred, metres.
    pub(crate) ecef: Vec3,
    /// Direction from the Earth's centre.
    pub(crate) unit: Vec3,
}

impl Foot {
    pub(crate) fn of(position: Geodetic) -> Self {
        let Ecef { x_m, y_m, z_m } = position.at_height(0.0).to_ecef();
        let ecef = [x_m, y_m, z_m];
        Self { ecef, unit: times(ecef, 1.0 / dot(ecef, ecef).sqrt()) }
    }

    pub(crate) fn in_direction(unit: Vec3) -> Self {
        let polar = unit[2] / (1.0 - FLATTENING);
        let radius_m =
            SEMI_MAJOR_M / (unit[0] * unit[0] + unit[1] * unit[1] + polar * polar).sqrt();
        Self { ecef: times(unit, radius_m), unit }
    }

    pub(crate) fn position(&self) -> Geodetic {
        let [x_m, y_m, z_m] = self.ecef;
        Ecef { x_m, y_m, z_m }.to_geodetic().at_height(0.0)
    }
}

/// Length along the ellipsoid that belongs to a straight distance between two feet, metres.
pub(crate) fn arc_m(chord_m: f64) -> f64 {
    2.0 * ARC_RADIUS_M * (chord_m / (2.0 * ARC_RADIUS_M)).min(1.0).asin()
}

/// The straight distance that belongs to a length along the ellipsoid, metres.
pub(crate) fn chord_m(arc_m: f64) -> f64 {
    2.0 * ARC_RADIUS_M * (arc_m / (2.0 * ARC_RADIUS_M)).min(std::f64::consts::FRAC_PI_2).sin()
}

/// The gnomonic plane that touches the unit sphere at a middle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plane {
    pub(crate) middle: Vec3,
    right: Vec3,
    up: Vec3,
}

impl Plane {
    pub(crate) fn at(middle: Vec3) -> Self {
        let away = if middle[2].abs() < 0.9 { [0.0, 0.0, 1.0] } else { [1.0, 0.0, 0.0] };
        let right = unit(cross(away, middle)).unwrap_or([1.0, 0.0, 0.0]);
        Self { middle, right, up: cross(middle, right) }
    }

    /// `None` for what is 85° or more from the middle.
    #[inline]
    pub(crate) fn project(&self, direction: Vec3) -> Option<Vec2> {
        let along = dot(self.middle, direction);
        (along > COS_REACH).then(|| {
            let scale = 1.0 / along;
            [dot(self.right, direction) * scale, dot(self.up, direction) * scale]
        })
    }

    pub(crate) fn lift(&self, point: Vec2) -> Vec3 {
        let v = sum(self.middle, sum(times(self.right, point[0]), times(self.up, point[1])));
        times(v, 1.0 / dot(v, v).sqrt())
    }
}

/// Cosine of the furthest that is projected, 85°.
pub(crate) const COS_REACH: f64 = 0.087_155_742_747_658_17;
