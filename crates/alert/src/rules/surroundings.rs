//! The ground and the air pressure: what turns a told height into one over the sea and the ground.

use geodesy::Geodetic;
use intent::airspace::Heights;
use surveillance::{Time, Track};

/// Mean-sea-level pressure of the standard atmosphere, hPa.
pub(super) const STANDARD_HPA: f64 = 1013.25;

/// Mean radius of the Earth, metres (IUGG).
const RADIUS_M: f64 = 6_371_008.8;

/// The highest ground of an area, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Highest {
    /// Of the part that is known, metres above mean sea level; `None` if nothing is.
    pub height_m: Option<f64>,
    /// Whether all of the area is known.
    pub whole: bool,
}

/// Ground and obstacles.
pub trait Ground {
    /// Height of the ground at a place, metres above mean sea level.
    fn height_m(&self, at: Geodetic) -> Option<f64>;

    /// Highest ground or obstacle within a distance; may look a little further than asked.
    fn highest_within(&self, at: Geodetic, radius_m: f64) -> Highest;

    /// Geoid over the ellipsoid at a place, metres (EGM96 or later).
    fn undulation_m(&self, _at: Geodetic) -> Option<f64> {
        None
    }
}

/// No ground is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoGround;

impl Ground for NoGround {
    fn height_m(&self, _at: Geodetic) -> Option<f64> {
        None
    }

    fn highest_within(&self, _at: Geodetic, _radius_m: f64) -> Highest {
        Highest { height_m: None, whole: false }
    }
}

/// Air pressure around a place, reduced to the sea (QNH).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Qnh {
    /// Around here; the height is not used.
    pub centre: Geodetic,
    /// As far as this, metres along the ellipsoid.
    pub radius_m: f64,
    /// Pressure, hPa.
    pub hpa: f64,
    /// Until when it is believed, UTC.
    pub until: Time,
}

/// The pressures that are known; of those that hold a place the first counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QnhTable(pub Vec<Qnh>);

impl QnhTable {
    /// Pressure at a place and instant, hPa.
    pub fn at(&self, place: Geodetic, now: Time) -> Option<f64> {
        let near = |qnh: &&Qnh| {
            now < qnh.until && qnh.hpa.is_finite() && arc_m(qnh.centre, place) <= qnh.radius_m
        };
        self.0.iter().find(near).map(|qnh| qnh.hpa)
    }
}

/// Distance on a sphere, metres, right to half a percent: a QNH has no sharper edge.
fn arc_m(a: Geodetic, b: Geodetic) -> f64 {
    let north = ((b.latitude_rad - a.latitude_rad) / 2.0).sin();
    let east = ((b.longitude_rad - a.longitude_rad) / 2.0).sin();
    let across = a.latitude_rad.cos() * b.latitude_rad.cos();
    2.0 * RADIUS_M * (north * north + across * east * east).sqrt().min(1.0).asin()
}

/// How much higher an altimeter set to `qnh_hpa` shows than one set to the standard, metres: the
/// difference of the settings' pressure altitudes, ICAO Doc 7488 troposphere.
pub(super) fn altimeter_shift_m(qnh_hpa: f64) -> f64 {
    44_330.77 * ((qnh_hpa / STANDARD_HPA).powf(0.190_263) - 1.0)
}

/// How old and how uncertain a height may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeightLimits {
    /// A level told longer ago than this is not known, seconds.
    pub age_max_s: f64,
    /// A height less certain than this is not a measured one, metres, standard deviation.
    pub sd_max_m: f64,
}

impl Default for HeightLimits {
    fn default() -> Self {
        Self { age_max_s: 30.0, sd_max_m: 60.0 }
    }
}

impl HeightLimits {
    /// A track's level on the standard atmosphere now, metres; and its measured height above the
    /// ellipsoid. Both go on at its climb rate since they were told.
    pub(super) fn of(&self, track: &Track, now: Time) -> (Option<f64>, Option<f64>) {
        let rate_mps = track.vertical_rate_mps.filter(|rate| rate.is_finite()).unwrap_or(0.0);
        let told = track.pressure_altitude_m.zip(track.pressure_altitude_time);
        let level_m = told.and_then(|(level_m, at)| {
            let age_s = now.seconds_since(at);
            (level_m.is_finite() && age_s <= self.age_max_s)
                .then(|| level_m + rate_mps * age_s.max(0.0))
        });
        let measured = track.height_sd_m.is_some_and(|sd_m| sd_m <= self.sd_max_m)
            && track.position.height_m.is_finite();
        let ahead_s = now.seconds_since(track.time).clamp(-self.age_max_s, self.age_max_s);
        let height_m = measured.then_some(track.position.height_m + rate_mps * ahead_s);
        (level_m, height_m)
    }
}

/// What surrounds the traffic: where the ground is and how heavy the air.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// Ground and obstacles.
    pub ground: &'a dyn Ground,
    /// Pressures.
    pub qnh: &'a QnhTable,
}

impl Surroundings<'_> {
    /// What is known of a track's height at its place, for limits of any reference.
    pub fn heights(&self, track: &Track, limits: &HeightLimits, now: Time) -> Heights {
        let (pressure_altitude_m, geometric_m) = limits.of(track, now);
        let at = track.position;
        Heights {
            geometric_m,
            undulation_m: geometric_m.and_then(|_| self.ground.undulation_m(at)),
            pressure_altitude_m,
            qnh_hpa: pressure_altitude_m.and_then(|_| self.qnh.at(at, now)),
            ground_m: self.ground.height_m(at),
            on_ground: track.on_ground,
        }
    }
}
