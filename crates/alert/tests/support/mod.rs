//! Tracks as the rules see them, made by hand, and chance from a seed.

#![allow(dead_code, reason = "each user takes a part")]

use alert::{Firing, Firings, Scene, Subject};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_FPM, MPS_PER_KNOT};
use geodesy::{Enu, Geodesic, Geodetic};
use picture::{IdentityRules, Picture};
use surveillance::{AdsbQuality, Codes, Mode3A, Phase, Time, Track, TrackNumber};

/// Noon of a day.
pub(crate) fn noon() -> Time {
    Time::from_unix_seconds(1_780_000_000.0)
}

/// How a track flies, in the units of people.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flight {
    pub(crate) number: u32,
    pub(crate) at: Geodetic,
    pub(crate) course_deg: f64,
    pub(crate) speed_kt: f64,
    pub(crate) level_ft: Option<f64>,
    pub(crate) climb_fpm: f64,
}

/// A track that is old, sure of itself and just updated.
pub(crate) fn track(flight: Flight, now: Time) -> Track {
    let course_rad = flight.course_deg.to_radians();
    let speed_mps = flight.speed_kt * MPS_PER_KNOT;
    let level_m = flight.level_ft.map(|feet| feet * METRES_PER_FOOT);
    Track {
        number: TrackNumber(flight.number),
        phase: Phase::Confirmed,
        time: now,
        position: flight.at.at_height(level_m.unwrap_or(0.0)),
        height_sd_m: None,
        velocity: Enu {
            east: speed_mps * course_rad.sin(),
            north: speed_mps * course_rad.cos(),
            up: 0.0,
        },
        position_covariance: [900.0, 0.0, 900.0],
        velocity_covariance: [4.0, 0.0, 4.0],
        pressure_altitude_m: level_m,
        pressure_altitude_time: level_m.map(|_| now),
        vertical_rate_mps: Some(flight.climb_fpm * MPS_PER_FPM),
        on_ground: false,
        codes: Codes {
            mode_3a: Some(Mode3A::new(0o1001 + flight.number as u16 % 500)),
            ..Codes::default()
        },
        quality: AdsbQuality::default(),
        category: None,
        first: now.plus_seconds(-600.0),
        last: now,
        contributors: arrayvec::ArrayVec::new(),
    }
}

pub(crate) fn degrees(latitude_deg: f64, longitude_deg: f64) -> Geodetic {
    Geodetic::from_degrees(latitude_deg, longitude_deg, 0.0).expect("a place on Earth")
}

pub(crate) fn away(from: Geodetic, distance_nm: f64, bearing_deg: f64) -> Geodetic {
    from.travel(Geodesic {
        distance_m: distance_nm * METRES_PER_NM,
        bearing_rad: bearing_deg.to_radians(),
    })
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): chance from a seed.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in [from, to).
    pub(crate) fn within(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Gaussian of zero mean and a standard deviation (Box and Muller 1958).
    pub(crate) fn normal(&mut self, sd: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.within(0.0, 1.0)).ln()).sqrt();
        sd * radius * self.within(0.0, std::f64::consts::TAU).cos()
    }
}

/// Tracks in a picture, as rules get them.
pub(crate) struct Stage {
    pub(crate) picture: Picture,
    pub(crate) now: Time,
    pub(crate) running_s: f64,
}

impl Stage {
    pub(crate) fn new(tracks: impl IntoIterator<Item = Track>, now: Time) -> Self {
        let mut picture = Picture::new(IdentityRules::default());
        for track in tracks {
            picture.update(track, None, &[], now);
        }
        Self { picture, now, running_s: now.seconds_since(noon()) }
    }

    pub(crate) fn subjects(&self) -> Vec<Subject<'_>> {
        self.picture.entries().map(Subject::bare).collect()
    }

    pub(crate) fn scene<'a>(&self, subjects: &'a [Subject<'a>]) -> Scene<'a> {
        Scene::of_tracks(self.now, self.running_s, subjects)
    }

    /// What a rule fires on this stage, with the subjects as `know` completes them.
    pub(crate) fn fires<'a>(
        &'a self,
        know: impl Fn(Subject<'a>) -> Subject<'a>,
        mut evaluate: impl FnMut(&Scene<'_>, &mut Firings),
    ) -> Vec<Firing> {
        let subjects: Vec<_> = self.subjects().into_iter().map(know).collect();
        let mut firings = Firings::new();
        evaluate(&self.scene(&subjects), &mut firings);
        firings.iter().cloned().collect()
    }
}
