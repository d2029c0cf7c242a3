//! What can be wrong with what a receiver sent, by name. A defect never costs a later good frame.

use thiserror::Error;

/// Bytes of a stream that are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum FramingDefect {
    /// Bytes between frames that begin none; reported once a run.
    #[error("bytes that belong to no frame")]
    Garbage,
    /// A frame that the next one cut short, or the end of the stream did.
    #[error("frame cut short")]
    Truncated,
    /// An escape byte before something other than itself or a frame type (Beast).
    #[error("escape byte inside a frame that escapes nothing")]
    BadEscape,
    /// A kind of frame that carries no message: receiver status, receiver identity.
    #[error("kind of frame that carries no Mode S message")]
    UnsupportedType,
    /// A frame or line longer than its format allows.
    #[error("frame longer than its format allows")]
    TooLong,
    /// A frame of another length than 2, 7 or 14 bytes (AVR).
    #[error("frame of a length that no message has")]
    BadLength,
    /// A character that is no hexadecimal digit (AVR).
    #[error("character that is no hexadecimal digit")]
    BadHex,
    /// A line that is no BaseStation message, or of a kind unknown (SBS).
    #[error("line that is no BaseStation message")]
    BadLine,
    /// A field that does not hold what its column says (SBS).
    #[error("field that does not hold what its column says")]
    BadField,
}

impl FramingDefect {
    /// Stable name for counters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Garbage => "garbage",
            Self::Truncated => "truncated",
            Self::BadEscape => "bad_escape",
            Self::UnsupportedType => "unsupported_type",
            Self::TooLong => "too_long",
            Self::BadLength => "bad_frame_length",
            Self::BadHex => "bad_hex",
            Self::BadLine => "bad_line",
            Self::BadField => "bad_field",
        }
    }
}

/// Why a frame yielded no report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum Defect {
    /// No bytes, or fewer than a short message.
    #[error("{length} bytes are too few for a message")]
    TooShort {
        /// Bytes given.
        length: usize,
    },
    /// Not the length of this downlink format.
    #[error("{length} bytes do not fit downlink format {df}")]
    BadLength {
        /// Downlink format.
        df: u8,
        /// Bytes given.
        length: usize,
    },
    /// Parity of a self-announcing message (DF 11, 17, 18) is wrong. It is not repaired.
    #[error("parity of downlink format {df} is wrong")]
    Crc {
        /// Downlink format.
        df: u8,
    },
    /// A downlink format that the standard leaves undefined.
    #[error("downlink format {df} is undefined")]
    UnknownFormat {
        /// Downlink format.
        df: u8,
    },
    /// A defined kind that says nothing of an aircraft's whereabouts: military squitter (DF 19),
    /// extended length message (DF 24 and up), DF 18 management and reserved.
    #[error("downlink format {df} of this kind is not decoded")]
    Unsupported {
        /// Downlink format.
        df: u8,
    },
    /// A Mode A/C reply: two bytes that do not say whether they are a code or a level, nor whose.
    #[error("a Mode A/C reply has no address")]
    ModeAC,
    /// The address is all zeros or all ones, which Annex 10 volume III 9.2.1 allots to nobody.
    #[error("address {address:06x} belongs to no aircraft")]
    ImpossibleAddress {
        /// The address.
        address: u32,
    },
}

impl Defect {
    /// Stable name for counters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::BadLength { .. } => "bad_length",
            Self::Crc { .. } => "crc",
            Self::UnknownFormat { .. } => "unknown_format",
            Self::Unsupported { .. } => "unsupported_format",
            Self::ModeAC => "mode_ac",
            Self::ImpossibleAddress { .. } => "impossible_address",
        }
    }
}

/// Why a message's position was not believed; the rest of the message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum PositionDefect {
    /// Even and odd report fall in latitude zones with different numbers of longitude zones.
    #[error("even and odd position fall in different latitude zones")]
    ZoneMismatch,
    /// The pair decodes to a latitude beyond a pole.
    #[error("position decodes beyond a pole")]
    BadLatitude,
    /// Farther from the last position than the aircraft can have gone.
    #[error("position is farther from the last than the aircraft can have gone")]
    Jump,
    /// Farther from the receiver than it can hear.
    #[error("position is farther from the receiver than it can hear")]
    OutOfRange,
    /// A surface position that nothing places in one of the eight possible places.
    #[error("surface position without a place to resolve it by")]
    NoReference,
}

impl PositionDefect {
    /// Stable name for counters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ZoneMismatch => "cpr_zone_mismatch",
            Self::BadLatitude => "cpr_bad_latitude",
            Self::Jump => "cpr_jump",
            Self::OutOfRange => "out_of_range",
            Self::NoReference => "cpr_no_reference",
        }
    }
}

/// Why a message's altitude was not taken; the rest of the message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum AltitudeDefect {
    /// A pattern of pulses that stands for no altitude.
    #[error("altitude code stands for no altitude")]
    Impossible,
    /// The M bit asks for a metric reading, which no edition defined.
    #[error("metric altitude code")]
    Metric,
}

impl AltitudeDefect {
    /// Stable name for counters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Impossible => "impossible_altitude",
            Self::Metric => "metric_altitude",
        }
    }
}
