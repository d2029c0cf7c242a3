//! The local frame that follows a track.
//!
//! Origin on the ellipsoid below the track. State east and north are those of the target itself,
//! so the horizontal state is exact; up follows from the height and how far the earth has curved
//! away, which at the 15 km a track may stray is good to centimetres.

use crate::motion::Fix;
use geodesy::{Ecef, Enu, Geodetic, LocalFrame};

/// Mean radius of the earth, metres (IUGG): only for the drop of the horizon within one frame.
const RADIUS_M: f64 = 6_371_009.0;

/// East-north-up below a track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TrackFrame(LocalFrame);

impl TrackFrame {
    /// The frame whose origin is on the ellipsoid at this latitude and longitude.
    pub(crate) fn below(position: Geodetic) -> Self {
        Self(LocalFrame::at(position.at_height(0.0)))
    }

    /// Earth-centred position of a target at east and north (m) and this height (m).
    pub(crate) fn ecef(&self, place: [f64; 2], height_m: f64) -> Ecef {
        self.0.ecef_from_enu(self.place(place, height_m))
    }

    /// The same in this frame's axes.
    pub(crate) fn place(&self, [east, north]: [f64; 2], height_m: f64) -> Enu {
        let drop_m = (east * east + north * north) / (2.0 * (RADIUS_M + height_m));
        Enu { east, north, up: height_m - drop_m }
    }

    /// A point in this frame's axes.
    pub(crate) fn enu(&self, point: Ecef) -> Enu {
        self.0.enu_from_ecef(point)
    }

    /// Geodetic position of a target.
    pub(crate) fn geodetic(&self, position: [f64; 2], height_m: f64) -> Geodetic {
        self.ecef(position, height_m).to_geodetic().at_height(height_m)
    }

    /// East and north of a point.
    pub(crate) fn horizontal(&self, point: Ecef) -> [f64; 2] {
        let enu = self.0.enu_from_ecef(point);
        [enu.east, enu.north]
    }

    /// A velocity over the ground at `at`, told in east and north there, in this frame's axes.
    pub(crate) fn velocity_from(&self, at: &TrackFrame, [east, north]: [f64; 2]) -> [f64; 2] {
        let turned = self.rotate_from(at, Enu { east, north, up: 0.0 });
        [turned.east, turned.north]
    }

    /// A velocity of this frame in earth-centred axes.
    pub(crate) fn velocity_ecef(&self, [east, north]: [f64; 2], up: f64) -> [f64; 3] {
        self.0.rotate_to_ecef(Enu { east, north, up })
    }

    fn rotate_from(&self, other: &TrackFrame, vector: Enu) -> Enu {
        self.0.rotate_from_ecef(other.0.rotate_to_ecef(vector))
    }

    /// How `other`'s east and north look here.
    pub(crate) fn axes_from(&self, other: &TrackFrame) -> [[f64; 2]; 2] {
        let east = self.rotate_from(other, Enu { east: 1.0, north: 0.0, up: 0.0 });
        let north = self.rotate_from(other, Enu { east: 0.0, north: 1.0, up: 0.0 });
        [[east.east, north.east], [east.north, north.north]]
    }

    /// A polar measurement as a position in this frame, solved at the given height so that slant
    /// range and azimuth from the radar are met exactly, with the height's doubt carried into the
    /// covariance. `guess` is where the target is expected.
    ///
    /// `None` above 80° of elevation, where range and azimuth say next to nothing.
    pub(crate) fn fix_from_polar(&self, polar: &PolarAt<'_>, guess: [f64; 2]) -> Option<Fix> {
        let radar = polar.radar;
        let mut z = guess;
        for _ in 0..4 {
            let Sight { range_m, azimuth_rad, inverse, range_by_up } =
                self.sight(radar, z, polar.height_m)?;
            let off_range = polar.slant_range_m - range_m;
            let off_azimuth = geodesy::wrap_pi(polar.azimuth_rad - azimuth_rad);
            let step = [
                inverse[0][0] * off_range + inverse[0][1] * off_azimuth,
                inverse[1][0] * off_range + inverse[1][1] * off_azimuth,
            ];
            z = [z[0] + step[0], z[1] + step[1]];
            let step2 = step[0] * step[0] + step[1] * step[1];
            // the straight step's own error is about step²/2r; leave when below 5 m
            if step2 < 10.0 * range_m {
                let var_range =
                    polar.range_sd_m.powi(2) + (range_by_up * polar.height_sd_m).powi(2);
                let var_azimuth = polar.azimuth_sd_rad.powi(2);
                return finite(Fix { z, r: spread(&inverse, var_range, var_azimuth) });
            }
        }
        None
    }

    /// How a radar sees a place of this frame. `None` above 80° of elevation.
    pub(crate) fn sight(&self, radar: &LocalFrame, z: [f64; 2], height_m: f64) -> Option<Sight> {
        let point = radar.enu_from_ecef(self.ecef(z, height_m));
        let ground2 = point.east * point.east + point.north * point.north;
        let range_m = (ground2 + point.up * point.up).sqrt();
        if ground2 < 0.03 * range_m * range_m {
            return None;
        }
        let by_range = self.turned(radar, point, 1.0 / range_m);
        let across = Enu { east: point.north, north: -point.east, up: 0.0 };
        let by_azimuth = self.turned(radar, across, 1.0 / ground2);
        let determinant = by_range.east * by_azimuth.north - by_range.north * by_azimuth.east;
        let inverse = [
            [by_azimuth.north / determinant, -by_range.north / determinant],
            [-by_azimuth.east / determinant, by_range.east / determinant],
        ];
        let azimuth_rad = point.east.atan2(point.north);
        Some(Sight { range_m, azimuth_rad, inverse, range_by_up: by_range.up })
    }

    /// The unit vector from a radar to a place of this frame, in this frame's axes.
    pub(crate) fn line_from(&self, radar: &LocalFrame, z: [f64; 2], height_m: f64) -> Enu {
        let point = radar.enu_from_ecef(self.ecef(z, height_m));
        let square = point.east * point.east + point.north * point.north + point.up * point.up;
        self.turned(radar, point, 1.0 / square.sqrt())
    }

    fn turned(&self, radar: &LocalFrame, v: Enu, scale: f64) -> Enu {
        let v = Enu { east: v.east * scale, north: v.north * scale, up: v.up * scale };
        self.0.rotate_from_ecef(radar.rotate_to_ecef(v))
    }
}

/// How a radar sees a place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sight {
    pub(crate) range_m: f64,
    pub(crate) azimuth_rad: f64,
    /// Metres east (first row) and north per metre of slant range and per radian of azimuth, at a
    /// height that stays.
    pub(crate) inverse: [[f64; 2]; 2],
    range_by_up: f64,
}

/// What a radar measured and the height to place it at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PolarAt<'a> {
    pub(crate) radar: &'a LocalFrame,
    pub(crate) slant_range_m: f64,
    pub(crate) azimuth_rad: f64,
    pub(crate) range_sd_m: f64,
    pub(crate) azimuth_sd_rad: f64,
    pub(crate) height_m: f64,
    pub(crate) height_sd_m: f64,
}

fn spread(j: &[[f64; 2]; 2], a: f64, b: f64) -> [f64; 3] {
    [
        j[0][0] * j[0][0] * a + j[0][1] * j[0][1] * b,
        j[0][0] * j[1][0] * a + j[0][1] * j[1][1] * b,
        j[1][0] * j[1][0] * a + j[1][1] * j[1][1] * b,
    ]
}

fn finite(fix: Fix) -> Option<Fix> {
    fix.z.iter().chain(&fix.r).all(|v| v.is_finite()).then_some(fix)
}
