//! What one message says, and what the decoder knows to complete it.

use crate::{AltitudeDefect, PositionDefect};
use surveillance::{Address, AdsbQuality, Callsign, EmitterCategory, Mode3A, PressureAltitude};

/// One decoded message. Absent is `None`. Plain data, no heap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Report {
    /// Downlink format.
    pub df: u8,
    /// Which kind of message it was.
    pub content: Content,
    /// Who sent it about whom.
    pub source: Source,
    /// The aircraft.
    pub address: Option<Address>,
    /// The address was announced under plain parity: by this message, or by another of the same
    /// aircraft within the last minute. An overlaid address that was never announced may be the
    /// remainder of a damaged message.
    pub address_confirmed: bool,
    /// Whose interrogation an all-call reply answers.
    pub interrogator: Option<Interrogator>,
    /// Pressure altitude.
    pub pressure_altitude: Option<PressureAltitude>,
    /// Why the altitude it carries was not taken.
    pub altitude_defect: Option<AltitudeDefect>,
    /// Height above the WGS-84 ellipsoid, metres.
    pub geometric_height_m: Option<f64>,
    /// Geometric height less pressure altitude, metres.
    pub geometric_minus_pressure_m: Option<f64>,
    /// Aircraft identification.
    pub callsign: Option<Callsign>,
    /// Mode 3/A code.
    pub squawk: Option<Mode3A>,
    /// Special position identification is set; `None` if the message has no room for it.
    pub ident: Option<bool>,
    /// The alert condition (Mode 3/A code changed or an emergency code) is set.
    pub alert: Option<bool>,
    /// Emergency state.
    pub emergency: Option<Emergency>,
    /// On the ground or airborne, if it says.
    pub on_ground: Option<bool>,
    /// Where it is, if this message completes a position that can be believed.
    pub position: Option<Position>,
    /// Why the position it carries was not believed.
    pub position_defect: Option<PositionDefect>,
    /// Standard deviation of the position per horizontal axis, metres, as the aircraft claims.
    pub horizontal_sd_m: Option<f64>,
    /// Speed over the ground, m/s.
    pub ground_speed_mps: Option<f64>,
    /// Direction of movement over the ground, radians clockwise from true north in [0, 2π).
    pub track_rad: Option<f64>,
    /// Speed through the air.
    pub airspeed: Option<Airspeed>,
    /// Where the nose points, radians clockwise in [0, 2π); from magnetic north unless the
    /// aircraft's operational status said otherwise (see `heading_is_true`).
    pub heading_rad: Option<f64>,
    /// The aircraft's operational status refers headings to true north.
    pub heading_is_true: bool,
    /// Climb positive, m/s.
    pub vertical_rate_mps: Option<f64>,
    /// What the climb rate is of.
    pub vertical_rate_source: Option<VerticalRateSource>,
    /// Altitude selected at the flight deck, metres of pressure altitude.
    pub selected_altitude_m: Option<f64>,
    /// What the aircraft says of its own quality: this message's word where it has one, else what
    /// it last said within five minutes. `nic` is set on messages that carry a position.
    pub quality: AdsbQuality,
    /// Kind of craft it declares.
    pub category: Option<EmitterCategory>,
}

impl Report {
    /// A report that says nothing yet.
    pub(crate) const fn bare(df: u8, content: Content, source: Source) -> Self {
        Self {
            df,
            content,
            source,
            address: None,
            address_confirmed: false,
            interrogator: None,
            pressure_altitude: None,
            altitude_defect: None,
            geometric_height_m: None,
            geometric_minus_pressure_m: None,
            callsign: None,
            squawk: None,
            ident: None,
            alert: None,
            emergency: None,
            on_ground: None,
            position: None,
            position_defect: None,
            horizontal_sd_m: None,
            ground_speed_mps: None,
            track_rad: None,
            airspeed: None,
            heading_rad: None,
            heading_is_true: false,
            vertical_rate_mps: None,
            vertical_rate_source: None,
            selected_altitude_m: None,
            quality: AdsbQuality { version: None, nic: None, nac_p: None, nac_v: None, sil: None },
            category: None,
        }
    }
}

/// Which kind of message a report came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Content {
    /// A short or long reply to an interrogation (DF 0, 4, 5, 16).
    Reply,
    /// All-call reply or acquisition squitter (DF 11).
    AllCall,
    /// Comm-B reply (DF 20, 21).
    CommB,
    /// Airborne position, BDS 0,5.
    AirbornePosition,
    /// Surface position, BDS 0,6.
    SurfacePosition,
    /// Identification and category, BDS 0,8.
    Identification,
    /// Airborne velocity, BDS 0,9.
    Velocity,
    /// Emergency and priority status, BDS 6,1.
    AircraftStatus,
    /// Target state and status, BDS 6,2.
    TargetState,
    /// Operational status, BDS 6,5.
    OperationalStatus,
    /// TIS-B coarse position.
    CoarsePosition,
    /// A squitter of a type that is not decoded: its address was heard.
    OtherSquitter,
}

/// Who sent a message about whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// The aircraft's transponder, asked or by acquisition squitter (DF 0, 4, 5, 11, 16, 20, 21).
    Transponder,
    /// The aircraft's own ADS-B (DF 17; DF 18 of a transmitter without a transponder).
    AdsB,
    /// Ground surveillance uplinked as TIS-B.
    TisB,
    /// ADS-B of another link, rebroadcast by a ground station (ADS-R).
    AdsR,
    /// A position that a multilateration server computed and fed back as if squittered.
    Mlat,
}

/// Whose interrogation an all-call reply answers (Annex 10 volume IV 3.1.2.5.2.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Interrogator {
    /// Interrogator identifier 1–15.
    Ii(u8),
    /// Surveillance identifier 1–63.
    Si(u8),
}

/// A position that a message completed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// Latitude, radians, WGS-84.
    pub latitude_rad: f64,
    /// Longitude, radians in (−π, π].
    pub longitude_rad: f64,
    /// How it was completed.
    pub method: PositionMethod,
    /// Two different pairs of reports agree on where this aircraft is. The first position of an
    /// aircraft is given out at once, but nothing is decoded relative to it until it is proven.
    pub proven: bool,
}

/// How a compact position report was completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PositionMethod {
    /// By a pair of reports of either parity: unambiguous (surface: by the nearest reference).
    Global,
    /// Relative to the aircraft's own last proven position.
    Local,
    /// Relative to the receiver.
    Receiver,
}

/// Speed through the air.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Airspeed {
    /// Metres a second.
    pub speed_mps: f64,
    /// Which.
    pub kind: AirspeedKind,
}

/// Which airspeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AirspeedKind {
    /// Indicated.
    Indicated,
    /// True.
    True,
}

/// What a climb rate is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VerticalRateSource {
    /// Geometric height.
    Geometric,
    /// Pressure altitude.
    Barometric,
}

/// Emergency state (DO-260B table 2-78).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Emergency {
    /// None.
    None,
    /// General.
    General,
    /// Lifeguard or medical.
    Medical,
    /// Minimum fuel.
    MinimumFuel,
    /// No communications.
    NoCommunications,
    /// Unlawful interference.
    UnlawfulInterference,
    /// Downed aircraft.
    Downed,
}

impl Emergency {
    /// From the three-bit code; `None` for the reserved one.
    pub(crate) const fn from_code(code: u32) -> Option<Self> {
        Some(match code {
            0 => Self::None,
            1 => Self::General,
            2 => Self::Medical,
            3 => Self::MinimumFuel,
            4 => Self::NoCommunications,
            5 => Self::UnlawfulInterference,
            6 => Self::Downed,
            _ => return None,
        })
    }
}
