//! Alerts as safety net messages, CAT004 (EUROCONTROL-SPEC-0149-17, edition 1.13).
//!
//! Which item goes with which message type is its table of I004/000, note 4: an item that the type does
//! not have is left out, whatever is known.

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
    /// The area that it is about.
    pub area: Option<Area<'t>>,
    /// How much it needs a person, and which way it was found.
    pub conflict: Option<Conflict>,
    /// When it comes about, and how two targets stand to each other.
    pub separation: Option<Separation>,
}

/// An area (I004/100 and 045).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area<'t> {
    /// Its name. One that has more than eight characters, or others than letters, digits and spaces, has
    /// no room in the item and is left out.
    pub name: &'t str,
    /// Whether it is active; `None` if that is not known.
    pub active: Option<bool>,
}

/// What is known of a conflict besides where it is (I004/120).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conflict {
    /// How much it needs a person.
    pub severity: ConflictSeverity,
    /// Whether it is still ahead (found by linear prediction) or is so now (by current proximity);
    /// `None` if that is not known.
    pub ahead: Option<bool>,
    /// Since the alert was raised, seconds.
    pub lasts_s: Option<f64>,
}

/// How much a conflict needs a person. The category has these three for areas, and low and high for
/// others: high is [`Self::High`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConflictSeverity {
    /// To be known.
    Low,
    /// To be looked at.
    Medium,
    /// To be acted on now.
    High,
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

/// Which items a message type has besides those that all have.
struct Items {
    area: bool,
    conflict: bool,
    timing: bool,
    second: bool,
}

impl SafetyNetKind {
    const fn items(self) -> Items {
        let [area, conflict, timing, second] = match self {
            Self::Alive | Self::RouteDeparture | Self::LevelDeparture => [false; 4],
            Self::MinimumSafeAltitude => [false, true, true, false],
            Self::AreaProximity | Self::LostTrack | Self::AirspaceInfringement => {
                [true, true, true, false]
            }
            Self::ShortTermConflict => [false, true, true, true],
            Self::EndOfConflict => [false, false, false, true],
        };
        Items { area, conflict, timing, second }
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
    let items = alert.kind.items();
    if alert.kind != SafetyNetKind::Alive {
        fields.set_raw("040", alert.number.into())?;
    }
    let area = alert.area.filter(|_| items.area);
    if let Some(active) = area.and_then(|area| area.active) {
        fields.set_raw("045/AREA/EP", 1)?.set_raw("045/AREA/VAL", active.into())?;
    }
    if let Some(number) = first {
        fields.set_raw("030", number.into())?;
    }
    if let Some(track) = alert.first {
        identification(track, ["170/AI1", "170/M31/MODE3A", "170/MS1"], &mut fields)?;
    }
    if let Some(conflict) = alert.conflict.filter(|_| items.conflict) {
        // In the order of the profile, as words are pushed.
        fields.push(120, &characteristics(alert.kind, &conflict));
    }
    let separation = alert.separation.filter(|found| *found != Separation::default());
    if let Some(separation) = separation.filter(|_| items.timing) {
        separated(&separation, &mut fields)?;
    }
    if let Some(area) = area {
        // A name that the set has no characters for is left out, not bent.
        match fields.set_text("100/AN", &area.name.to_ascii_uppercase()) {
            Err(FieldError::Range { .. }) => {}
            set => _ = set?,
        }
    }
    if let Some(number) = second.filter(|_| items.second) {
        fields.set_raw("035", number.into())?;
    }
    if let Some(track) = alert.second.filter(|_| items.second) {
        identification(track, ["171/AI2", "171/M32/MODE3A", "171/MS2"], &mut fields)?;
    }
    Ok(fields)
}

/// The words of I004/120: its classification by the table that the message type has for it, and how
/// long it has lasted. Without such a table its number and the class are zero (note on the item).
fn characteristics(kind: SafetyNetKind, conflict: &Conflict) -> Vec<u64> {
    /// Subitems CC and CD: the second and the fourth.
    const CLASSIFICATION: u64 = 1 << 62;
    const DURATION: u64 = 1 << 60;
    let steps = conflict.lasts_s.map(|lasts_s| (lasts_s * 128.0).round());
    let duration = steps.filter(|steps| (0.0..f64::from(1 << 24)).contains(steps));
    let duration = duration.map(|steps| steps as u64);
    let mut words = vec![CLASSIFICATION | duration.map_or(0, |_| DURATION)];
    match kind {
        // Low, medium or high.
        SafetyNetKind::AreaProximity => words.extend([1, conflict.severity as u64]),
        // Filters: linear prediction, current proximity, manoeuvre hazard.
        SafetyNetKind::ShortTermConflict if conflict.ahead.is_some() => {
            let [ahead, now] = [true, false].map(|which| conflict.ahead == Some(which));
            words.extend([1, ahead.into(), now.into(), 0]);
        }
        _ => words.extend([0, 0]),
    }
    words.push((conflict.severity == ConflictSeverity::High).into());
    words.extend(duration);
    words
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
