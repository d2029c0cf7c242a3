//! Alerts as safety net messages, CAT004.

use super::{EmitError, set_if_fits, time_of_day};
use crate::fields::{FieldError, Fields};
use geodesy::units::METRES_PER_FOOT;
use surveillance::{Time, Track};

/// An alert about up to two tracks.
#[derive(Debug, Clone, Copy)]
pub struct SafetyNet<'t> {
    /// What it warns of.
    pub kind: SafetyNetKind,
    /// Its number (I004/040), the same for all messages about it.
    pub number: u16,
    /// When this is so, UTC.
    pub time: Time,
    /// The target, or the first of two.
    pub first: Option<&'t Track>,
    /// The other one.
    pub second: Option<&'t Track>,
    /// Name of the area that it is about, up to eight characters A–Z, 0–9 and space.
    pub area: Option<&'t str>,
    /// How two targets stand to each other.
    pub separation: Option<Separation>,
}

/// What a safety net warns of: the message types of I004/000 that a picture with flight plans gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SafetyNetKind {
    /// Nothing: the sender is there.
    Alive,
    /// Away from the route of its plan.
    RouteDeparture,
    /// Too low over terrain.
    MinimumSafeAltitude,
    /// Near or in a volume that is closed to it.
    AreaProximity,
    /// Away from its cleared level.
    LevelDeparture,
    /// Two tracks come too close.
    ShortTermConflict,
    /// An alert of this number is over.
    EndOfConflict,
    /// A track was lost that should be there.
    LostTrack,
    /// An airspace entered without leave.
    AirspaceInfringement,
}

impl SafetyNetKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Alive,
        Self::RouteDeparture,
        Self::MinimumSafeAltitude,
        Self::AreaProximity,
        Self::LevelDeparture,
        Self::ShortTermConflict,
        Self::EndOfConflict,
        Self::LostTrack,
        Self::AirspaceInfringement,
    ];

    /// The kind of that code of I004/000, if it is one of these.
    pub fn of_message_type(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.message_type() == code)
    }

    /// The code of I004/000.
    pub const fn message_type(self) -> u8 {
        match self {
            Self::Alive => 1,
            // Heading deviation: away from the route, not late on it.
            Self::RouteDeparture => 3,
            Self::MinimumSafeAltitude => 4,
            Self::AreaProximity => 5,
            Self::LevelDeparture => 6,
            Self::ShortTermConflict => 7,
            Self::EndOfConflict => 17,
            Self::LostTrack => 97,
            Self::AirspaceInfringement => 99,
        }
    }
}

/// How two targets stand to each other (I004/070); what is not known is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Separation {
    /// Until the infringement, seconds.
    pub conflict_in_s: Option<f64>,
    /// Until they are closest, seconds.
    pub closest_in_s: Option<f64>,
    /// Horizontal, now, metres.
    pub horizontal_m: Option<f64>,
    /// The least horizontal one expected, metres.
    pub horizontal_min_m: Option<f64>,
    /// Vertical, now, metres.
    pub vertical_m: Option<f64>,
    /// The least vertical one expected, metres.
    pub vertical_min_m: Option<f64>,
}

/// Fills `fields`, which say who sends; the tracks go by these numbers.
pub(super) fn record(
    mut fields: Fields,
    alert: &SafetyNet<'_>,
    first: Option<u16>,
    second: Option<u16>,
) -> Result<Fields, EmitError> {
    fields.set_raw("000", alert.kind.message_type().into())?;
    fields.set_raw("020", time_of_day(alert.time))?;
    if alert.kind != SafetyNetKind::Alive {
        fields.set_raw("040", alert.number.into())?;
    }
    for (item, number) in [("030", first), ("035", second)] {
        if let Some(number) = number {
            fields.set_raw(item, number.into())?;
        }
    }
    if let Some(separation) = &alert.separation {
        separated(separation, &mut fields)?;
    }
    if let Some(area) = alert.area {
        // A name that the set has no characters for is left out, not bent.
        match fields.set_text("100/AN", area) {
            Err(FieldError::Range { .. }) => {}
            set => _ = set?,
        }
    }
    if let Some(track) = alert.first {
        identification(track, ["170/AI1", "170/M31/MODE3A", "170/MS1"], &mut fields)?;
    }
    if let Some(track) = alert.second {
        identification(track, ["171/AI2", "171/M32/MODE3A", "171/MS2"], &mut fields)?;
    }
    Ok(fields)
}

fn separated(separation: &Separation, fields: &mut Fields) -> Result<(), FieldError> {
    let feet = |metres: Option<f64>| metres.map(|metres| metres / METRES_PER_FOOT);
    let parts = [
        ("070/TC", separation.conflict_in_s),
        ("070/TCA", separation.closest_in_s),
        ("070/CHS", separation.horizontal_m),
        ("070/MHS", separation.horizontal_min_m),
        ("070/CVS", feet(separation.vertical_m)),
        ("070/MVS", feet(separation.vertical_min_m)),
    ];
    for (path, value) in parts {
        if let Some(value) = value {
            set_if_fits(fields, path, value)?;
        }
    }
    Ok(())
}

/// Callsign in seven characters if it has no more, Mode 3/A code, callsign as downlinked.
fn identification(
    track: &Track,
    [identifier, mode_3a, downlinked]: [&str; 3],
    fields: &mut Fields,
) -> Result<(), FieldError> {
    if let Some(callsign) = track.codes.callsign {
        if callsign.as_str().len() <= 7 {
            fields.set_text(identifier, callsign.as_str())?;
        }
        fields.set_text(downlinked, callsign.as_str())?;
    }
    if let Some(code) = track.codes.mode_3a {
        fields.set_raw(mode_3a, code.bits().into())?;
    }
    Ok(())
}
