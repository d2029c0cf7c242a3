//! Traffic of many kinds over a region, moving, for what is measured at size.

use crate::stage::{RADAR, STATION, at, place, seen, track};
use alert::{AerodromeFact, RemoteId, RemoteIdFact, RemoteIdStatus};
use arrayvec::ArrayVec;
use geodesy::Enu;
use geodesy::units::MPS_PER_KNOT;
use surveillance::{
    AdsbQuality, Codes, Contributor, EmitterCategory, Mode3A, PlotOrigin, Time, Track,
};

/// A number in [0, 1) that goes with `n`, the same each time.
fn share(n: u32, salt: u32) -> f64 {
    let mixed = (u64::from(n) << 32 | u64::from(salt)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 11) as f64 / (1_u64 << 53) as f64
}

/// So many tracks: of a hundred, 85 airliners, ten light aircraft, four that tell nothing, and one
/// low and slow. Some of them tell an emergency, are imprecise, or bear another's code.
pub(crate) fn tracks(count: u32) -> Vec<Track> {
    (1..=count).map(one).collect()
}

fn one(n: u32) -> Track {
    let kind = n % 100;
    let cooperates = kind < 95;
    let (speed_kt, height_m) = match kind {
        0..85 => (380.0 + 100.0 * share(n, 1), 6_000.0 + 6_000.0 * share(n, 2)),
        85..95 => (90.0 + 40.0 * share(n, 1), 600.0 + 2_000.0 * share(n, 2)),
        95..99 => (100.0 + 300.0 * share(n, 1), 1_000.0 + 5_000.0 * share(n, 2)),
        _ => (40.0, 300.0),
    };
    let course_rad = std::f64::consts::TAU * share(n, 3);
    let speed_mps = speed_kt * MPS_PER_KNOT;
    let mut track = Track {
        position: place(36.0 + 10.0 * share(n, 4), 65.0 + 20.0 * share(n, 5), height_m),
        velocity: Enu {
            east: speed_mps * course_rad.sin(),
            north: speed_mps * course_rad.cos(),
            up: 0.0,
        },
        pressure_altitude_m: cooperates.then_some(height_m),
        category: Some(if kind < 85 { EmitterCategory::Large } else { EmitterCategory::Light }),
        ..track(n)
    };
    let nic = Some(if n.is_multiple_of(37) { 3 } else { 8 });
    track.quality = AdsbQuality { version: Some(2), nic, nac_p: Some(9), ..track.quality };
    // Codes are given anew in each part of the region: few of these duplicates are near.
    let code = if n % 5_000 == 17 { 0o7700 } else { 0o0100 + (n % 3_500) as u16 };
    track.codes.mode_3a = Some(Mode3A::new(if n.is_multiple_of(3) { 0o1000 } else { code }));
    let primary = [(RADAR, PlotOrigin::Primary)];
    let all =
        [(RADAR, PlotOrigin::Primary), (RADAR, PlotOrigin::Secondary), (STATION, PlotOrigin::AdsB)];
    if !cooperates {
        (track.codes, track.category) = (Codes::default(), None);
        track.quality = AdsbQuality::default();
    }
    let held: &[_] = if cooperates { &all } else { &primary };
    let contributor = |&(sensor, origin)| Contributor { sensor, origin, last: at(0.0), plots: 100 };
    track.contributors = held.iter().map(contributor).collect::<ArrayVec<_, 8>>();
    track
}

/// Carries tracks on to an instant `step_s` later.
pub(crate) fn carry_on(tracks: &mut [Track], now: Time, step_s: f64) {
    for track in tracks {
        let mut moved = seen(track, now);
        let frame = geodesy::LocalFrame::at(track.position);
        let Enu { east, north, .. } = track.velocity;
        let step = Enu { east: east * step_s, north: north * step_s, up: 0.0 };
        let climbed_m = track.vertical_rate_mps.unwrap_or(0.0) * step_s;
        let height_m = track.position.height_m + climbed_m;
        moved.position = frame.geodetic_from_enu(step).at_height(height_m);
        moved.pressure_altitude_m = track.pressure_altitude_m.map(|level_m| level_m + climbed_m);
        moved.pressure_altitude_time = moved.pressure_altitude_m.map(|_| now);
        *track = moved;
    }
}

pub(crate) fn aerodromes(count: u32) -> Vec<AerodromeFact> {
    let one = |n| AerodromeFact {
        position: place(36.0 + 10.0 * share(n, 6), 65.0 + 20.0 * share(n, 7), 700.0),
    };
    (0..count).map(one).collect()
}

pub(crate) fn remote_ids(count: u32, now: Time) -> Vec<RemoteIdFact> {
    let one = |n: u32| RemoteIdFact {
        id: RemoteId::new(format!("1596F{n:06}").as_bytes()),
        track: None,
        receiver: STATION,
        position: place(36.0 + 10.0 * share(n, 8), 65.0 + 20.0 * share(n, 9), 900.0),
        accuracy_m: Some(10.0),
        velocity: Some(Enu { east: 0.0, north: 0.0, up: 0.0 }),
        operator: None,
        time: now,
        status: RemoteIdStatus::Airborne,
    };
    (0..count).map(one).collect()
}
