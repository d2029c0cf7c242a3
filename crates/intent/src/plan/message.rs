//! What messages say: a [`Plan`] as filed, and what is said about one later.

use super::{Date, Elapsed, Location, Route, TimeOfDay};
use std::fmt;
use surveillance::{Address, Callsign, Mode3A};

/// One message, of either format.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// FPL, IFPL: a plan is filed.
    Filed(Box<Plan>),
    /// CHG, ICHG: parts of it are replaced.
    Changed(Change),
    /// CNL, ICNL: the flight will not take place.
    Cancelled(Flight),
    /// DLA, IDLA: `flight.time` is the new estimated off-block time.
    Delayed(Flight),
    /// DEP, IDEP: `flight.time` is the actual time of departure.
    Departed(Flight),
    /// ARR, IARR: it landed.
    Arrived(Arrival),
}

impl Message {
    /// Title of the ICAO message that says it: `DEP`.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Filed(_) => "FPL",
            Self::Changed(_) => "CHG",
            Self::Cancelled(_) => "CNL",
            Self::Delayed(_) => "DLA",
            Self::Departed(_) => "DEP",
            Self::Arrived(_) => "ARR",
        }
    }

    /// The flight that it is about, field 7a.
    pub fn callsign(&self) -> Callsign {
        match self {
            Self::Filed(plan) => plan.callsign,
            Self::Changed(change) => change.flight.callsign,
            Self::Cancelled(flight) | Self::Delayed(flight) | Self::Departed(flight) => {
                flight.callsign
            }
            Self::Arrived(arrival) => arrival.flight.callsign,
        }
    }
}

/// A flight's intent as filed. What the message did not say, or said wrongly, is absent.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Field 7a.
    pub callsign: Callsign,
    /// Field 7b and c.
    pub code: Option<SsrCode>,
    /// Field 8a.
    pub rules: Option<FlightRules>,
    /// Field 8b.
    pub kind: Option<FlightType>,
    /// Field 9.
    pub aircraft: Option<Aircraft>,
    /// Field 10.
    pub equipment: Equipment,
    /// Field 13a.
    pub departure: Location,
    /// Field 13b: the estimated off-block time.
    pub off_block: Option<TimeOfDay>,
    /// Field 15.
    pub route: Route,
    /// Field 16a.
    pub destination: Location,
    /// Field 16b: from take-off to over the destination.
    pub elapsed: Option<Elapsed>,
    /// Field 16c, two at most.
    pub alternates: Vec<Location>,
    /// Field 18.
    pub other: Other,
    /// Field 19 as it stands; rarely sent.
    pub supplement: Option<String>,
    /// Points as a centre calculated them (ADEXP RTEPTS); ICAO messages have none.
    pub profile: Vec<ProfilePoint>,
}

/// A point that a centre calculated a flight to be over.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfilePoint {
    /// Its name, or a name that the message gave to a position: `GEO01`.
    pub name: super::Name,
    /// Where, if the message says.
    pub position: Option<geodesy::Geodetic>,
    /// Level there.
    pub level: Option<super::Level>,
    /// When, UTC.
    pub over: Option<surveillance::Time>,
}

/// What a message about a plan says to find it by.
#[derive(Debug, Clone, PartialEq)]
pub struct Flight {
    /// Field 7a.
    pub callsign: Callsign,
    /// Field 7b and c.
    pub code: Option<SsrCode>,
    /// Field 13a.
    pub departure: Location,
    /// Field 13b: the off-block time as filed before; the new one in DLA, the actual one in DEP.
    pub time: Option<TimeOfDay>,
    /// Field 16a; ARR may leave it out.
    pub destination: Option<Location>,
    /// Field 18 DOF: the day of the off-block time as filed before.
    pub date: Option<Date>,
}

/// CHG: what replaces what.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Which plan.
    pub flight: Flight,
    /// Fields 22, in their order.
    pub amendments: Vec<Amendment>,
}

/// One field 22: the field's new content, whole.
#[derive(Debug, Clone, PartialEq)]
pub enum Amendment {
    /// Field 7.
    Identification(Callsign, Option<SsrCode>),
    /// Field 8.
    Rules(FlightRules, Option<FlightType>),
    /// Field 9.
    Aircraft(Aircraft),
    /// Field 10.
    Equipment(Equipment),
    /// Field 13.
    Departure(Location, Option<TimeOfDay>),
    /// Field 15.
    Route(Route),
    /// Field 16.
    Destination(Location, Option<Elapsed>, Vec<Location>),
    /// Field 18, all of it: what is not said again is gone.
    Other(Other),
}

/// ARR: where and when it landed.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    /// Which plan.
    pub flight: Flight,
    /// Field 17a.
    pub aerodrome: Location,
    /// Field 17b.
    pub time: TimeOfDay,
    /// Field 17c: the name of an aerodrome without an indicator.
    pub name: Option<String>,
}

/// The Mode 3/A code that the last unit assigned, field 7b and c.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SsrCode(pub Mode3A);

/// Field 8a.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlightRules {
    /// I.
    Ifr,
    /// V.
    Vfr,
    /// Y: IFR first.
    IfrThenVfr,
    /// Z: VFR first.
    VfrThenIfr,
}

/// Field 8b.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlightType {
    /// S.
    Scheduled,
    /// N.
    NonScheduled,
    /// G.
    General,
    /// M.
    Military,
    /// X.
    Other,
}

macro_rules! letters {
    ($kind:ident: $($letter:literal $variant:ident),*) => {
        impl $kind {
            /// From its letter.
            pub fn new(letter: &str) -> Option<Self> {
                match letter { $($letter => Some(Self::$variant),)* _ => None }
            }

            /// Its letter.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $letter),* }
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
letters!(FlightRules: "I" Ifr, "V" Vfr, "Y" IfrThenVfr, "Z" VfrThenIfr);
letters!(FlightType: "S" Scheduled, "N" NonScheduled, "G" General, "M" Military, "X" Other);
letters!(Wake: "L" Light, "M" Medium, "H" Heavy, "J" Super);

/// Wake turbulence category, field 9c.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// L.
    Light,
    /// M.
    Medium,
    /// H.
    Heavy,
    /// J.
    Super,
}

/// Field 9.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aircraft {
    /// How many fly together, 1 to 99.
    pub number: u8,
    /// Type designator (Doc 8643), two to four characters; `ZZZZ` where field 18 TYP/ names it.
    pub designator: String,
    /// Wake turbulence category.
    pub wake: Option<Wake>,
}

/// Field 10: each code once, in the order said, such as `S`, `J4`, `B1`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Equipment {
    /// 10a: communication, navigation and approach.
    pub radio: Vec<EquipmentCode>,
    /// 10b: surveillance.
    pub surveillance: Vec<EquipmentCode>,
}

/// A letter, and a digit where the letter has several kinds.
pub type EquipmentCode = super::Name;

/// Field 18: indicators in the order said, each with its text, white space made single.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Other {
    /// Each indicator once.
    pub items: Vec<(Indicator, String)>,
    /// DOF/ where it is a day.
    pub date: Option<Date>,
    /// CODE/ where it is an address.
    pub address: Option<Address>,
    /// EET/: to each point or FIR boundary, from take-off, in the order said.
    pub estimates: Vec<Estimate>,
}

/// One entry of EET/.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// A point of the route, or the indicator of the FIR that is entered.
    pub name: String,
    /// From take-off.
    pub elapsed: Elapsed,
}

impl Other {
    /// The text of an indicator.
    pub fn get(&self, indicator: Indicator) -> Option<&str> {
        self.items.iter().find(|(said, _)| *said == indicator).map(|(_, text)| text.as_str())
    }
}

macro_rules! indicators {
    ($($variant:ident $field:literal),*) => {
        /// An indicator of field 18: those of PANS-ATM, then those that Europe adds.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each is the indicator itself, defined by PANS-ATM")]
        pub enum Indicator { $($variant),* }

        impl Indicator {
            /// Every indicator that is known.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// By the text before the stroke.
            pub fn new(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str() == text)
            }

            /// The text before the stroke.
            pub fn as_str(self) -> &'static str {
                &self.field()[3..]
            }

            /// As a field in a defect: `18 DOF`.
            pub(crate) fn field(self) -> &'static str {
                match self { $(Self::$variant => concat!("18 ", $field)),* }
            }
        }
    };
}
indicators!(
    Sts "STS", Pbn "PBN", Nav "NAV", Com "COM", Dat "DAT", Sur "SUR", Dep "DEP", Dest "DEST",
    Dof "DOF", Reg "REG", Eet "EET", Sel "SEL", Typ "TYP", Code "CODE", Dle "DLE", Opr "OPR",
    Orgn "ORGN", Per "PER", Altn "ALTN", Ralt "RALT", Talt "TALT", Rif "RIF", Rmk "RMK",
    Rfp "RFP", Rvr "RVR", Src "SRC", StayInfo "STAYINFO", Awr "AWR", Eur "EUR", Ifp "IFP", Route "RTE"
);
