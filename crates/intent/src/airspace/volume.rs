//! What an airspace is.

use super::{Activation, Limits};
use geodesy::Geodetic;
use std::fmt;

/// A volume of air with a kind, limits and times.
#[derive(Debug, Clone, PartialEq)]
pub struct Airspace {
    /// Name or designator, as in `UCR-1` or `MANAS CTR`.
    pub name: String,
    /// What it is for.
    pub kind: Kind,
    /// Class of ICAO Annex 11, where it has one.
    pub class: Option<Class>,
    /// State or organisation it belongs to: ISO 3166 alpha-3 or the organisation's id.
    pub party: Option<String>,
    /// From where up to where.
    pub limits: Limits,
    /// When.
    pub activation: Activation,
    /// Over which ground.
    pub geometry: Geometry,
    /// Line in the file it came from at which it begins, counted from 1.
    pub line: Option<u32>,
}

/// What an airspace is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Flight information region, upper or lower.
    Fir,
    /// Control zone.
    Ctr,
    /// Terminal control area.
    Tma,
    /// Control area or sector beside those.
    Cta,
    /// Restricted area (R).
    Restricted,
    /// Prohibited area (P).
    Prohibited,
    /// Danger area (D).
    Danger,
    /// Reserved or segregated for a while: TSA, TRA, military training.
    Reserved,
    /// Corridor or route segment.
    Corridor,
    /// A state's territory: its edge is the border.
    Territory,
    /// Zone for unmanned aircraft (ED-318 / ED-269 "UAS geographical zone").
    Uas,
    /// Aerodrome traffic zone.
    Atz,
    /// Any other, by the word its file uses.
    Other(String),
}

/// Class of airspace, ICAO Annex 11 §2.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// IFR only; all separated.
    A,
    /// All separated.
    B,
    /// IFR separated from all.
    C,
    /// IFR separated from IFR.
    D,
    /// IFR separated, VFR without clearance.
    E,
    /// Advisory service.
    F,
    /// Uncontrolled.
    G,
}

/// Over which ground an airspace lies. Sides are geodesics; a reader whose format draws them
/// otherwise (GeoJSON: straight in longitude and latitude) puts in corners that follow.
#[derive(Debug, Clone, PartialEq)]
pub enum Geometry {
    /// One polygon or several apart; their order and direction do not count.
    Polygons(Vec<Polygon>),
    /// Within `radius_m` of `centre` along the ellipsoid.
    Circle {
        /// Middle.
        centre: Geodetic,
        /// Geodesic radius, metres.
        radius_m: f64,
    },
    /// Within `half_width_m` of a line of geodesics, with round ends.
    Corridor {
        /// Corners of the middle line.
        line: Vec<Geodetic>,
        /// Half the width, metres.
        half_width_m: f64,
    },
}

/// A closed outline with holes. The first corner need not be repeated. Its inside is the side that
/// does not hold the antipode of its middle, so a pole or the antimeridian may be inside.
#[derive(Debug, Clone, PartialEq)]
pub struct Polygon {
    /// Corners of the outline.
    pub outer: Vec<Geodetic>,
    /// Corners of each hole.
    pub holes: Vec<Vec<Geodetic>>,
}

impl Kind {
    /// The word that files of ours use, as in `restricted`.
    pub fn word(&self) -> &str {
        match self {
            Kind::Fir => "fir",
            Kind::Ctr => "ctr",
            Kind::Tma => "tma",
            Kind::Cta => "cta",
            Kind::Restricted => "restricted",
            Kind::Prohibited => "prohibited",
            Kind::Danger => "danger",
            Kind::Reserved => "reserved",
            Kind::Corridor => "corridor",
            Kind::Territory => "territory",
            Kind::Uas => "uas",
            Kind::Atz => "atz",
            Kind::Other(word) => word,
        }
    }

    /// From a word of OpenAir's AC and AY, AIXM's `type` or our own files, in any case.
    /// [`Kind::Other`] with that word where it is none of those known.
    pub fn from_word(word: &str) -> Kind {
        match word.trim().to_ascii_uppercase().as_str() {
            "FIR" | "UIR" | "FIR_P" | "UIR_P" => Kind::Fir,
            "CTR" | "CTR_P" => Kind::Ctr,
            "TMA" | "TMA_P" | "UTA" | "TCA" => Kind::Tma,
            "CTA" | "CTA_P" | "UCA" | "OCA" | "OTA" | "SECTOR" | "ACCSEC" | "LTA" => Kind::Cta,
            "R" | "RESTRICTED" => Kind::Restricted,
            "P" | "PROHIBITED" => Kind::Prohibited,
            "Q" | "D" | "DANGER" | "D_OTHER" => Kind::Danger,
            "RESERVED" | "TSA" | "TRA" | "CBA" | "RCA" | "MTR" | "MTA" | "MIL" | "MOA" | "TFR" => {
                Kind::Reserved
            }
            "CORRIDOR" | "AWY" => Kind::Corridor,
            "TERRITORY" | "BORDER" | "STATE" | "POLITICAL" => Kind::Territory,
            "UAS" | "DRONE" | "UAV" => Kind::Uas,
            "ATZ" | "ATZ_P" | "MATZ" => Kind::Atz,
            _ => Kind::Other(word.trim().to_owned()),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Class {
    /// From its letter.
    pub fn from_letter(letter: &str) -> Option<Class> {
        Some(match letter.trim() {
            "A" | "a" => Class::A,
            "B" | "b" => Class::B,
            "C" | "c" => Class::C,
            "D" | "d" => Class::D,
            "E" | "e" => Class::E,
            "F" | "f" => Class::F,
            "G" | "g" => Class::G,
            _ => return None,
        })
    }

    /// Its letter.
    pub fn letter(self) -> char {
        match self {
            Class::A => 'A',
            Class::B => 'B',
            Class::C => 'C',
            Class::D => 'D',
            Class::E => 'E',
            Class::F => 'F',
            Class::G => 'G',
        }
    }
}

impl Airspace {
    /// An airspace that is always active, with no class or party.
    pub fn new(name: impl Into<String>, kind: Kind, limits: Limits, geometry: Geometry) -> Self {
        Self {
            name: name.into(),
            kind,
            class: None,
            party: None,
            limits,
            activation: Activation::Always,
            geometry,
            line: None,
        }
    }
}
