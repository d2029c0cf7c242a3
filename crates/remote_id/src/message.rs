//! What a message says, in SI and radians. "Unknown", however a format writes it, is `None`.

use crate::UasId;
use arrayvec::ArrayVec;
use std::fmt;
use surveillance::Time;

/// A place on WGS-84.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Latitude, radians.
    pub latitude_rad: f64,
    /// Longitude, radians.
    pub longitude_rad: f64,
}

/// Printable text of at most 23 octets; what cannot be printed is shown as `?`.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Text {
    length: u8,
    octets: [u8; 23],
}

impl Text {
    /// Padding (zeros, spaces) is dropped, and what is beyond 23 octets.
    pub fn new(octets: &[u8]) -> Self {
        let end = octets.iter().rposition(|octet| !matches!(octet, 0 | b' ')).map_or(0, |n| n + 1);
        let mut text = Self::default();
        for (to, from) in text.octets.iter_mut().zip(&octets[..end]) {
            *to = if (b' '..=b'~').contains(from) { *from } else { b'?' };
            text.length += 1;
        }
        text
    }

    /// The text; empty if nothing was said.
    pub fn as_str(&self) -> &str {
        let octets = self.octets.get(..usize::from(self.length)).unwrap_or_default();
        std::str::from_utf8(octets).unwrap_or_default()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// What kind of craft (ASTM F3411-22a table 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names are the standard's own")]
pub enum UaType {
    #[default]
    NotDeclared,
    Aeroplane,
    HelicopterOrMultirotor,
    Gyroplane,
    HybridLift,
    Ornithopter,
    Glider,
    Kite,
    FreeBalloon,
    CaptiveBalloon,
    Airship,
    Parachute,
    Rocket,
    Tethered,
    GroundObstacle,
    Other,
}

/// Basic ID message: who.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BasicId {
    /// Identification; `None` if the message has none.
    pub id: Option<UasId>,
    /// Kind of craft.
    pub ua_type: UaType,
}

/// Operational status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Status {
    /// Not told.
    #[default]
    Undeclared,
    /// On the ground.
    Ground,
    /// In the air.
    Airborne,
    /// In an emergency.
    Emergency,
    /// Its Remote ID has failed.
    RemoteIdFailure,
    /// A value that the standard reserves.
    Reserved(u8),
}

/// What a height is above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HeightReference {
    /// The place of take-off.
    #[default]
    TakeOff,
    /// The ground below.
    Ground,
}

/// When a position was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// Tenths of a second since the full hour UTC, at most 36,000.
    TenthsOfHour(u16),
    /// An instant, UTC.
    At(Time),
}

/// Location/Vector message: where, and how it moves.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Location {
    /// Operational status.
    pub status: Status,
    /// Place.
    pub point: Option<Point>,
    /// Height above the ellipsoid, metres.
    pub height_geometric_m: Option<f64>,
    /// Pressure altitude, metres.
    pub pressure_altitude_m: Option<f64>,
    /// Height above `height_reference`, metres.
    pub height_m: Option<f64>,
    /// What `height_m` is above.
    pub height_reference: HeightReference,
    /// Course over the ground, radians clockwise from true north in [0, 2π).
    pub course_rad: Option<f64>,
    /// Speed over the ground, m/s.
    pub speed_mps: Option<f64>,
    /// Climb positive, m/s.
    pub vertical_rate_mps: Option<f64>,
    /// It says that it moves over the ground, even where the format does not say in which unit.
    pub moves: Option<bool>,
    /// 95 % bound of the horizontal position, metres.
    pub horizontal_accuracy_m: Option<f64>,
    /// 95 % bound of the height above the ellipsoid, metres.
    pub vertical_accuracy_m: Option<f64>,
    /// 95 % bound of the pressure altitude, metres.
    pub pressure_accuracy_m: Option<f64>,
    /// 95 % bound of the speed, m/s.
    pub speed_accuracy_mps: Option<f64>,
    /// When.
    pub stamp: Option<Stamp>,
    /// 95 % bound of that time, seconds.
    pub stamp_accuracy_s: Option<f64>,
}

/// One page of an authentication message. Kept, and not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthenticationPage {
    /// Kind of authentication (F3411-22a table 8).
    pub kind: u8,
    /// Page, 0–15.
    pub page: u8,
    /// Of page 0: the last page, 0–15.
    pub last_page: Option<u8>,
    /// Of page 0: octets of all pages.
    pub length: Option<u8>,
    /// Of page 0: when it was made, UTC.
    pub time: Option<Time>,
    /// 17 octets of page 0, 23 of the others; those beyond are zero.
    pub data: [u8; 23],
}

/// Self-ID message: free text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelfId {
    /// 0 text, 1 emergency, 2 extended status; 201–255 private.
    pub kind: u8,
    /// What it says.
    pub text: Text,
}

/// What an operator's place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OperatorPlace {
    /// Where the aircraft took off.
    #[default]
    TakeOff,
    /// Where the operator is, as the control station measures it.
    Live,
    /// A fixed place.
    Fixed,
}

/// Class within a region (only the European Union's is defined).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Classification {
    /// 1 open, 2 specific, 3 certified; 0 undeclared.
    pub category: u8,
    /// Class C0 is 1 … C6 is 7; 0 undeclared.
    pub class: u8,
}

/// System message: whose, and over what area.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct System {
    /// What `operator` is.
    pub operator_place: OperatorPlace,
    /// Where the operator is.
    pub operator: Option<Point>,
    /// Height of the operator above the ellipsoid, metres.
    pub operator_height_m: Option<f64>,
    /// Where the aircraft took off, where the format tells it beside the operator's place.
    pub take_off: Option<Point>,
    /// Class in the European Union.
    pub classification: Option<Classification>,
    /// Aircraft in the group; 1 for one alone.
    pub area_count: u16,
    /// Radius of the group's cylinder, metres.
    pub area_radius_m: f64,
    /// Its ceiling above the ellipsoid, metres.
    pub area_ceiling_m: Option<f64>,
    /// Its floor above the ellipsoid, metres.
    pub area_floor_m: Option<f64>,
    /// When this was measured, UTC.
    pub time: Option<Time>,
}

/// Operator ID message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperatorId {
    /// 0 the operator's registration; 201–255 private.
    pub kind: u8,
    /// What it says; empty if nothing.
    pub text: Text,
}

/// One message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Message {
    /// Who.
    BasicId(BasicId),
    /// Where.
    Location(Location),
    /// A page of authentication.
    Authentication(AuthenticationPage),
    /// Free text.
    SelfId(SelfId),
    /// Whose.
    System(System),
    /// The operator's registration.
    OperatorId(OperatorId),
}

/// Messages of one broadcast: a pack has at most nine.
pub(crate) type Messages = ArrayVec<Message, 9>;
