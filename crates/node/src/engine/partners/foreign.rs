//! A partner's track in the terms of our own picture.

use accord::Item;
use arrayvec::ArrayVec;
use fusion::{Gaussian, Report, Steps, TheirNumber, inverse_covariance_intersection};
use geodesy::{Enu, Geodetic, LocalFrame};
use nalgebra::{Matrix2, Vector2};
use picture::PartnerIndex;
use std::collections::BTreeMap;
use surveillance::{AdsbQuality, Codes, Phase, Time, Track, TrackNumber};

/// Standard deviation, metres, of a position whose accuracy was not released.
const POSITION_SD_M: f64 = 500.0;
/// The same of a velocity, m/s.
const VELOCITY_SD_M_S: f64 = 10.0;
/// The same of a velocity that was not released: nothing is known of it.
const VELOCITY_UNKNOWN_SD_M_S: f64 = 1_000.0;
/// Speed of a track whose speed was not released, m/s.
const SPEED_UNKNOWN_M_S: f64 = 300.0;
/// How fast a position grows doubtful, m/s, from when it was told.
const DRIFT_SD_M_S: f64 = 10.0;
/// Seconds after which a track that is not told again is shown as coasting.
const COASTING_S: f64 = 30.0;
/// Seconds that a position is carried on with its last velocity at most.
const CARRY_MAX_S: f64 = 60.0;
/// Numbers of partners' tracks in our picture begin here; the tracker's own never reach them.
const FIRST: u32 = 1 << 31;
/// Numbers set aside for each partner.
const SPAN: u32 = 1 << 24;
/// Partners that have numbers of their own.
pub(crate) const PARTNERS_MAX: usize = (FIRST / SPAN) as usize;

/// The number of a partner's track in our picture.
pub(crate) fn number(partner: PartnerIndex, theirs: accord::PartnerNumber) -> TrackNumber {
    let within = theirs.0 % SPAN;
    let of_partner = u32::from(partner.0) % PARTNERS_MAX as u32 * SPAN;
    TrackNumber(FIRST | of_partner | within)
}

/// The partner's own number for a track of it in our picture, where that has not wrapped.
pub(crate) fn within(number: TrackNumber) -> accord::PartnerNumber {
    accord::PartnerNumber(number.0 % SPAN)
}

/// The partner whose track bears a number in our picture; `None`: it is one of ours.
pub(crate) fn teller(number: TrackNumber) -> Option<PartnerIndex> {
    (number.0 >= FIRST).then(|| PartnerIndex(((number.0 - FIRST) / SPAN) as u8))
}

/// A partner's tracks by their numbers in our picture, which wrap: of two that fall together the first
/// given stands.
pub(crate) fn numbered<'a>(
    partner: PartnerIndex,
    items: impl Iterator<Item = &'a Item>,
) -> BTreeMap<TrackNumber, &'a Item> {
    let mut numbered = BTreeMap::new();
    for item in items {
        numbered.entry(number(partner, item.number)).or_insert(item);
    }
    numbered
}

/// Whether a partner told where it is and not how it moves.
pub(crate) fn speed_unknown(track: &Track) -> bool {
    track.velocity_covariance[0] >= VELOCITY_UNKNOWN_SD_M_S * VELOCITY_UNKNOWN_SD_M_S
}

/// The track as our picture shows it at `now`. `None` if its position is nowhere.
pub(crate) fn track(number: TrackNumber, item: &Item, first: Time, now: Time) -> Option<Track> {
    let facts = &item.told;
    let told = position(item)?;
    let [east, north] = facts.velocity_mps.unwrap_or([0.0, 0.0]);
    let velocity = Enu { east, north, up: facts.vertical_rate_mps.unwrap_or(0.0) };
    let age_s = now.seconds_since(item.time);
    let carried_s = age_s.clamp(0.0, CARRY_MAX_S);
    let ahead = Enu { east: east * carried_s, north: north * carried_s, up: 0.0 };
    let drift = DRIFT_SD_M_S * DRIFT_SD_M_S * carried_s * carried_s;
    let [ee, en, nn] = covariance(item);
    let known = facts.velocity_mps.is_some();
    let velocity_sd_m_s = if known { VELOCITY_SD_M_S } else { VELOCITY_UNKNOWN_SD_M_S };
    let velocity_variance = velocity_sd_m_s * velocity_sd_m_s;
    Some(Track {
        number,
        phase: if age_s > COASTING_S { Phase::Coasting } else { Phase::Confirmed },
        time: now,
        position: LocalFrame::at(told).geodetic_from_enu(ahead).at_height(told.height_m),
        height_sd_m: None,
        velocity,
        position_covariance: [ee + drift, en, nn + drift],
        velocity_covariance: [velocity_variance, 0.0, velocity_variance],
        pressure_altitude_m: facts.level_m,
        pressure_altitude_time: facts.level_m.map(|_| item.time),
        vertical_rate_mps: facts.vertical_rate_mps,
        on_ground: facts.on_ground.unwrap_or(false),
        codes: codes(item),
        quality: AdsbQuality::default(),
        category: facts.category,
        first,
        last: item.time,
        contributors: ArrayVec::new(),
    })
}

/// What the correlator compares.
pub(crate) fn report(item: &Item) -> Option<Report> {
    let facts = &item.told;
    let velocity = facts.velocity_mps.map(|[east, north]| Enu { east, north, up: 0.0 });
    // A time told in steps is the last step before the true one.
    let time_s = item.precision.time_s;
    let speed = velocity.map_or(SPEED_UNKNOWN_M_S, |velocity| velocity.east.hypot(velocity.north));
    let along = (speed * time_s) * (speed * time_s) / 12.0;
    let [ee, en, nn] = covariance(item);
    Some(Report {
        number: TheirNumber(item.number.0),
        time: item.time.plus_seconds(time_s / 2.0),
        position: position(item)?,
        position_covariance: [ee + along, en, nn + along],
        velocity,
        pressure_altitude_m: facts.level_m,
        codes: codes(item),
        steps: Steps {
            position_m: item.precision.position_m + speed * time_s / 2.0,
            velocity_m_s: item.precision.velocity_mps,
            level_m: item.precision.level_m,
        },
    })
}

/// Our position with the partner's taken in, for the screen alone: honest whatever both have in
/// common, and never fed back nor sent on.
pub(crate) fn joined(ours: &Track, theirs: &Track) -> Option<Track> {
    let frame = LocalFrame::at(ours.position.at_height(0.0));
    let gaussian = |track: &Track| {
        let at = frame.enu_from_geodetic(track.position.at_height(0.0));
        let [ee, en, nn] = track.position_covariance;
        Gaussian { mean: Vector2::new(at.east, at.north), covariance: Matrix2::new(ee, en, en, nn) }
    };
    let both = inverse_covariance_intersection(&gaussian(ours), &gaussian(theirs))?;
    let shift = Enu { east: both.mean[0], north: both.mean[1], up: 0.0 };
    let p = both.covariance;
    Some(Track {
        position: frame.geodetic_from_enu(shift).at_height(ours.position.height_m),
        position_covariance: [p[(0, 0)], p[(0, 1)], p[(1, 1)]],
        ..ours.clone()
    })
}

fn position(item: &Item) -> Option<Geodetic> {
    let [latitude, longitude] = item.told.position_rad?;
    let height_m = item.told.level_m.unwrap_or(0.0);
    Geodetic::from_degrees(latitude.to_degrees(), longitude.to_degrees(), height_m)
}

/// Covariance of east and north as told, and what rounding to the grid adds: a twelfth of its
/// square on either axis.
fn covariance(item: &Item) -> [f64; 3] {
    let sound = |[ee, en, nn]: &[f64; 3]| {
        let determinant = ee * nn - en * en;
        *ee > 0.0 && *nn > 0.0 && determinant > 0.0 && determinant.is_finite()
    };
    let unknown = [POSITION_SD_M * POSITION_SD_M, 0.0, POSITION_SD_M * POSITION_SD_M];
    let [ee, en, nn] = item.told.position_covariance.filter(sound).unwrap_or(unknown);
    let grid = item.precision.position_m * item.precision.position_m / 12.0;
    [ee + grid, en, nn + grid]
}

fn codes(item: &Item) -> Codes {
    let facts = &item.told;
    Codes {
        address: facts.address,
        mode_3a: facts.mode_3a,
        callsign: facts.callsign,
        ..Codes::default()
    }
}
