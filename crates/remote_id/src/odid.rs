//! Open Drone ID: the 25-octet messages of ASTM F3411-22a clause 5.4.5, the same octets in ASD-STAN
//! EN 4709-002 clause 5.4. Numbers have their lowest octet first.

use crate::message::Messages;
use crate::{
    AuthenticationPage, BasicId, Classification, Defect, HeightReference, IdKind, Location,
    Message, OperatorId, OperatorPlace, Point, SelfId, Stamp, Status, System, Text, UaType, UasId,
};
use surveillance::Time;

/// Octets of every message but a pack.
pub(crate) const MESSAGE: usize = 25;
/// 2019-01-01T00:00:00Z, from which messages count seconds, in seconds since 1970.
const EPOCH_S: i64 = 1_546_300_800;
const NANOS: i64 = 1_000_000_000;
/// Of a course: "unknown" is 361°.
const COURSE_UNKNOWN: u16 = 361;
const TENTHS_OF_HOUR: u16 = 36_000;

/// A message pack (type F) or a single message; more octets than it needs are passed over.
///
/// Defects go to `defects`; messages that could be read are returned whatever else is wrong.
pub fn decode_pack(octets: &[u8], defects: &mut dyn FnMut(Defect)) -> Messages {
    let mut messages = Messages::new();
    let Some(&[head]) = octets.first_chunk::<1>() else {
        defects(Defect::MessageTruncated);
        return messages;
    };
    if head >> 4 != 0xf {
        messages.extend(decode_message(octets, defects));
        return messages;
    }
    let Some((&[_, size, count], rest)) = octets.split_first_chunk::<3>() else {
        defects(Defect::MessageTruncated);
        return messages;
    };
    if usize::from(size) != MESSAGE || !(1..=messages.capacity()).contains(&usize::from(count)) {
        defects(Defect::PackSize);
        return messages;
    }
    let mut pieces = rest.chunks_exact(MESSAGE);
    for _ in 0..count {
        let Some(piece) = pieces.next() else {
            defects(Defect::MessageTruncated);
            break;
        };
        messages.extend(decode_message(piece, defects));
    }
    messages
}

/// One message; what is beyond 25 octets is passed over.
pub fn decode_message(octets: &[u8], defects: &mut dyn FnMut(Defect)) -> Option<Message> {
    let Some(message) = octets.first_chunk::<MESSAGE>() else {
        defects(Defect::MessageTruncated);
        return None;
    };
    let version = message[0] & 0xf;
    Some(match message[0] >> 4 {
        0 => Message::BasicId(basic_id(message, defects)),
        1 => Message::Location(location(message, defects)),
        2 => Message::Authentication(authentication(message, defects)?),
        3 => Message::SelfId(SelfId { kind: message[1], text: Text::new(&message[2..]) }),
        4 => Message::System(system(message, version, defects)),
        5 => Message::OperatorId(OperatorId { kind: message[1], text: Text::new(&message[2..22]) }),
        0xf => {
            defects(Defect::PackNested);
            return None;
        }
        _ => {
            defects(Defect::MessageType);
            return None;
        }
    })
}

fn basic_id(message: &[u8; MESSAGE], defects: &mut dyn FnMut(Defect)) -> BasicId {
    let octets = &message[2..22];
    let kind = match message[1] >> 4 {
        1 => Some(IdKind::Serial),
        2 => Some(IdKind::Registration),
        3 => Some(IdKind::Utm),
        4 => Some(IdKind::Session),
        _ => None,
    };
    let id = kind.and_then(|kind| UasId::new(kind, octets));
    if kind.is_some() && id.is_none() && octets.iter().any(|octet| *octet != 0) {
        defects(Defect::IdCharacters);
    }
    BasicId { id, ua_type: ua_type(message[1] & 0xf) }
}

const fn ua_type(code: u8) -> UaType {
    match code {
        0 => UaType::NotDeclared,
        1 => UaType::Aeroplane,
        2 => UaType::HelicopterOrMultirotor,
        3 => UaType::Gyroplane,
        4 => UaType::HybridLift,
        5 => UaType::Ornithopter,
        6 => UaType::Glider,
        7 => UaType::Kite,
        8 => UaType::FreeBalloon,
        9 => UaType::CaptiveBalloon,
        10 => UaType::Airship,
        11 => UaType::Parachute,
        12 => UaType::Rocket,
        13 => UaType::Tethered,
        14 => UaType::GroundObstacle,
        _ => UaType::Other,
    }
}

fn location(message: &[u8; MESSAGE], defects: &mut dyn FnMut(Defect)) -> Location {
    let flags = message[1];
    let course = u16::from(message[2]) + if flags & 2 != 0 { 180 } else { 0 };
    let course_rad = match course {
        0..360 => Some(f64::from(course).to_radians()),
        360 => Some(0.0),
        COURSE_UNKNOWN => None,
        _ => {
            defects(Defect::CourseOutOfRange);
            None
        }
    };
    // Quarters up to 63.75 m/s, three quarters beyond; 255 m/s is "unknown".
    let speed = f64::from(message[3]);
    let speed_mps = match (flags & 1 != 0, message[3]) {
        (true, 255) => None,
        (true, _) => Some(speed * 0.75 + 63.75),
        (false, _) => Some(speed * 0.25),
    };
    // Halves up to 62 m/s either way; 63 m/s is "unknown".
    let vertical = i8::from_le_bytes([message[4]]);
    let stamp = match u16::from_le_bytes([message[21], message[22]]) {
        u16::MAX => None,
        tenths @ 0..=TENTHS_OF_HOUR => Some(Stamp::TenthsOfHour(tenths)),
        _ => {
            defects(Defect::TimeOutOfRange);
            None
        }
    };
    Location {
        status: match flags >> 4 {
            0 => Status::Undeclared,
            1 => Status::Ground,
            2 => Status::Airborne,
            3 => Status::Emergency,
            4 => Status::RemoteIdFailure,
            other => Status::Reserved(other),
        },
        point: point(message, 5, defects),
        pressure_altitude_m: altitude_m(message, 13),
        height_geometric_m: altitude_m(message, 15),
        height_m: altitude_m(message, 17),
        height_reference: if flags & 4 != 0 {
            HeightReference::Ground
        } else {
            HeightReference::TakeOff
        },
        course_rad,
        speed_mps,
        vertical_rate_mps: (vertical != 126).then(|| f64::from(vertical) * 0.5),
        moves: speed_mps.map(|speed_mps| speed_mps > 0.0),
        horizontal_accuracy_m: bound(message[19] & 0xf, &HORIZONTAL_M, defects),
        vertical_accuracy_m: bound(message[19] >> 4, &VERTICAL_M, defects),
        pressure_accuracy_m: bound(message[20] >> 4, &VERTICAL_M, defects),
        speed_accuracy_mps: bound(message[20] & 0xf, &SPEED_MPS, defects),
        stamp,
        stamp_accuracy_s: match message[23] & 0xf {
            0 => None,
            tenths => Some(f64::from(tenths) * 0.1),
        },
    }
}

/// F3411-22a tables 3 to 5, from code 1; 0 is "unknown".
const HORIZONTAL_M: [f64; 12] =
    [18_520.0, 7_408.0, 3_704.0, 1_852.0, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0, 1.0];
const VERTICAL_M: [f64; 6] = [150.0, 45.0, 25.0, 10.0, 3.0, 1.0];
const SPEED_MPS: [f64; 4] = [10.0, 3.0, 1.0, 0.3];

fn bound(code: u8, table: &[f64], defects: &mut dyn FnMut(Defect)) -> Option<f64> {
    let place = usize::from(code).checked_sub(1)?;
    let found = table.get(place).copied();
    if found.is_none() {
        defects(Defect::AccuracyReserved);
    }
    found
}

fn authentication(
    message: &[u8; MESSAGE],
    defects: &mut dyn FnMut(Defect),
) -> Option<AuthenticationPage> {
    let (kind, page) = (message[1] >> 4, message[1] & 0xf);
    let mut data = [0; 23];
    if page > 0 {
        data.copy_from_slice(&message[2..]);
        return Some(AuthenticationPage {
            kind,
            page,
            last_page: None,
            length: None,
            time: None,
            data,
        });
    }
    if message[2] > 15 {
        defects(Defect::AuthenticationPage);
        return None;
    }
    data[..17].copy_from_slice(&message[8..]);
    let (last_page, length) = (Some(message[2]), Some(message[3]));
    Some(AuthenticationPage { kind, page, last_page, length, time: time(message, 4), data })
}

fn system(message: &[u8; MESSAGE], version: u8, defects: &mut dyn FnMut(Defect)) -> System {
    let flags = message[1];
    System {
        operator_place: match flags & 3 {
            0 => OperatorPlace::TakeOff,
            1 => OperatorPlace::Live,
            _ => OperatorPlace::Fixed,
        },
        operator: point(message, 2, defects),
        // Versions before F3411-22 (protocol 0 and 1) reserve these octets and send zeros.
        operator_height_m: altitude_m(message, 18),
        take_off: None,
        classification: (flags >> 2 & 7 == 1)
            .then_some(Classification { category: message[17] >> 4, class: message[17] & 0xf }),
        area_count: u16::from_le_bytes([message[10], message[11]]),
        area_radius_m: f64::from(message[12]) * 10.0,
        area_ceiling_m: altitude_m(message, 13),
        area_floor_m: altitude_m(message, 15),
        time: if version == 0 { None } else { time(message, 20) },
    }
}

/// Two signed numbers of ten-millionths of a degree; 0, 0 is "unknown".
fn point(message: &[u8; MESSAGE], at: usize, defects: &mut dyn FnMut(Defect)) -> Option<Point> {
    point_of([word(message, at) as i32, word(message, at + 4) as i32], 1e-7, defects)
}

/// Latitude and longitude in steps of `step_deg`; 0, 0 is "unknown" in every format.
pub(crate) fn point_of(
    [latitude, longitude]: [i32; 2],
    step_deg: f64,
    defects: &mut dyn FnMut(Defect),
) -> Option<Point> {
    if latitude == 0 && longitude == 0 {
        return None;
    }
    let (lat, lon) = (f64::from(latitude) * step_deg, f64::from(longitude) * step_deg);
    if lat.abs() > 90.0 || lon.abs() > 180.0 {
        defects(Defect::PositionOutOfRange);
        return None;
    }
    Some(Point { latitude_rad: lat.to_radians(), longitude_rad: lon.to_radians() })
}

/// Half metres from -1000 m, which itself is "unknown".
fn altitude_m(message: &[u8; MESSAGE], at: usize) -> Option<f64> {
    let halves = u16::from_le_bytes([message[at], message[at + 1]]);
    (halves != 0).then(|| f64::from(halves) * 0.5 - 1000.0)
}

/// Seconds from 2019; 0 is "unknown".
fn time(message: &[u8; MESSAGE], at: usize) -> Option<Time> {
    let seconds = word(message, at);
    (seconds != 0).then(|| Time::from_unix_nanos((EPOCH_S + i64::from(seconds)) * NANOS))
}

fn word(message: &[u8; MESSAGE], at: usize) -> u32 {
    let mut octets = [0; 4];
    octets.copy_from_slice(&message[at..at + 4]);
    u32::from_le_bytes(octets)
}
