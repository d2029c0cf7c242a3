//! DJI DroneID in Wi-Fi beacons: a maker's own format, not published by it, described in
//! Department 13, "Anatomy of DJI's Drone ID Implementation" (2017), and for version 2 in Schiller
//! et al., "Drone Security and the Mysterious Case of DJI's DroneID", NDSS 2023.
//!
//! What both and the receivers in use agree on is read: serial number, sequence number, position,
//! places of take-off and operator, time. They do not agree on the units of heights and speeds
//! (metres, feet or decimetres), so that heights and speeds stay untold; that it moves is told.

use crate::message::Messages;
use crate::odid::point_of;
use crate::{
    BasicId, Defect, IdKind, Location, Message, OperatorPlace, Stamp, Status, System, UaType, UasId,
};
use surveillance::Time;

/// Octets of an element's body up to the places, after OUI, type and two unknown octets.
const VERSION_1: usize = 53;
const VERSION_2: usize = 65;
/// Positions are in ten-millionths of a radian; as degrees a step.
const STEP_DEG: f64 = 180.0 / std::f64::consts::PI * 1e-7;
/// Two or more of a unit that is a centimetre or more a second: not the noise of standing still.
const MOVES_FROM: u16 = 100;

/// The element's body after OUI and type: two unknown octets, a kind, and what it says. Returns the
/// sequence number beside the messages.
pub(crate) fn decode(body: &[u8], defects: &mut dyn FnMut(Defect)) -> Option<(u16, Messages)> {
    let (&[_, _, kind], body) = body.split_first_chunk::<3>()?;
    // Kind 0x11 is what the pilot typed about the flight.
    let wanted = match (kind, body.first()) {
        (0x10, Some(1)) => VERSION_1,
        (0x10, Some(2)) => VERSION_2,
        _ => {
            defects(Defect::DjiUnknown);
            return None;
        }
    };
    let Some(body) = body.get(..wanted) else {
        defects(Defect::MessageTruncated);
        return None;
    };
    let short = |at: usize| u16::from_le_bytes([body[at], body[at + 1]]);
    let word = |at: usize| i32::from_le_bytes([body[at], body[at + 1], body[at + 2], body[at + 3]]);
    let state = short(3);
    let mut messages = Messages::new();
    let serial = &body[5..21];
    let id = UasId::new(IdKind::Serial, serial);
    if id.is_none() && serial.iter().any(|octet| *octet != 0) {
        defects(Defect::IdCharacters);
    }
    messages.push(Message::BasicId(BasicId { id, ua_type: UaType::HelicopterOrMultirotor }));
    let speed = [33, 35].map(|at| short(at) as i16);
    messages.push(Message::Location(Location {
        status: if state & IN_AIR != 0 { Status::Airborne } else { Status::Ground },
        point: point_of([word(25), word(21)], STEP_DEG, defects),
        moves: Some(speed.iter().any(|axis| axis.unsigned_abs() >= MOVES_FROM)),
        stamp: (wanted == VERSION_2).then(|| time(body)).flatten().map(Stamp::At),
        ..Location::default()
    }));
    let operator =
        (wanted == VERSION_2).then(|| point_of([word(49), word(53)], STEP_DEG, defects)).flatten();
    let home = if wanted == VERSION_2 { [word(61), word(57)] } else { [word(49), word(45)] };
    messages.push(Message::System(System {
        operator_place: OperatorPlace::Live,
        operator,
        take_off: point_of(home, STEP_DEG, defects),
        area_count: 1,
        ..System::default()
    }));
    Some((short(1), messages))
}

const IN_AIR: u16 = 1 << 5;

/// Milliseconds since 1970, of some firmware seconds, which the size tells; 0 is "unknown".
fn time(body: &[u8]) -> Option<Time> {
    let octets: [u8; 8] = body.get(41..49)?.try_into().ok()?;
    let told = i64::from_le_bytes(octets);
    let unit = if told < MILLIS_FROM { 1_000_000_000 } else { 1_000_000 };
    (told > 0).then(|| Time::from_unix_nanos(told.saturating_mul(unit)))
}

/// As milliseconds March 1973, as seconds the year 5138.
const MILLIS_FROM: i64 = 100_000_000_000;
