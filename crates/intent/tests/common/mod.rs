//! Made-up places, plans and tracks.

#![allow(dead_code, reason = "each test uses its part")]

use geodesy::units::METRES_PER_NM;
use geodesy::{Enu, Geodetic};
use intent::plan::{Places, Trajectory};
use surveillance::{AdsbQuality, Codes, Phase, Time, Track, TrackNumber};

pub(crate) fn at(text: &str) -> Time {
    text.parse().expect("an instant")
}

/// Aerodromes and points of four and five letters on a grid of 1 degree: the first two letters say
/// how far north of 36°, the last two how far east of 60°, each letter once and twenty-six times.
pub(crate) struct Grid;

impl Places for Grid {
    fn aerodrome(&self, indicator: &str) -> Option<Geodetic> {
        let [a, b, c, d] = indicator.as_bytes() else { return None };
        let value = |letter: &u8| f64::from(letter - b'A');
        let north_deg = 36.0 + value(a) + value(b) / 26.0;
        let east_deg = 60.0 + value(c) + value(d) / 26.0;
        Geodetic::from_degrees(north_deg, east_deg, 0.0)
    }

    fn points(&self, name: &str, found: &mut Vec<Geodetic>) {
        if let Some(short) = name.strip_suffix('X') {
            found.extend(self.aerodrome(short));
        }
    }
}

/// A plan off block at 05:00 with a point half-way; its times are those of its speed.
pub(crate) fn plan_text(callsign: &str, from: &str, to: &str) -> String {
    let halves = from.bytes().zip(to.bytes()).map(|(a, b)| char::from(a.midpoint(b)));
    let middle: String = halves.chain(['X']).collect();
    format!(
        "(FPL-{callsign}-IS-B738/M-SDE2FGHIWY/S-{from}0500-N0450F330 DCT {middle} DCT-{to}0100-0)"
    )
}

/// Whoever flies a route as planned, `off_nm` to the right of it.
pub(crate) fn track(
    number: u32,
    route: &Trajectory,
    elapsed_s: f64,
    time: Time,
    off_nm: f64,
) -> Track {
    let on = route.position_at(elapsed_s);
    let ahead = route.position_at(elapsed_s + 60.0);
    let line = on.geodesic_to(ahead);
    let mut aside = line;
    aside.bearing_rad += std::f64::consts::FRAC_PI_2;
    aside.distance_m = off_nm * METRES_PER_NM;
    let speed_mps = line.distance_m / 60.0;
    let (sin, cos) = line.bearing_rad.sin_cos();
    Track {
        number: TrackNumber(number),
        phase: Phase::Confirmed,
        time,
        position: on.travel(aside).at_height(10_000.0),
        height_sd_m: None,
        velocity: Enu { east: speed_mps * sin, north: speed_mps * cos, up: 0.0 },
        position_covariance: [100.0, 0.0, 100.0],
        velocity_covariance: [1.0, 0.0, 1.0],
        pressure_altitude_m: Some(10_058.4),
        pressure_altitude_time: Some(time),
        vertical_rate_mps: Some(0.0),
        on_ground: false,
        codes: Codes::default(),
        quality: AdsbQuality::default(),
        category: None,
        first: time,
        last: time,
        contributors: Default::default(),
    }
}
