//! What can be wrong with a frame, by name. What was understood around it is kept.

use thiserror::Error;

/// A fault in a frame that claims to carry Remote ID, or in the frame itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum Defect {
    /// A radio header longer than what was captured, or of an unknown version.
    #[error("radio header that does not fit the frame")]
    RadioHeader,
    /// The receiver says that the frame arrived damaged.
    #[error("frame that the receiver marked as damaged")]
    BadChecksum,
    /// A frame of a management kind that ends inside its header.
    #[error("frame cut short")]
    Truncated,
    /// An element, attribute or advertising structure longer than its frame.
    #[error("element longer than its frame")]
    ElementLength,
    /// A message of fewer than 25 octets, or a pack with fewer messages than it says.
    #[error("message cut short")]
    MessageTruncated,
    /// A pack whose messages are not 25 octets, or number none or more than nine.
    #[error("message pack of a size that none has")]
    PackSize,
    /// A pack inside a pack.
    #[error("message pack inside a message pack")]
    PackNested,
    /// A message type that the standard reserves.
    #[error("message type that is reserved")]
    MessageType,
    /// A latitude beyond 90° or a longitude beyond 180°.
    #[error("position that is not on Earth")]
    PositionOutOfRange,
    /// A course of more than 360° that is not the one for "unknown".
    #[error("course beyond a full turn")]
    CourseOutOfRange,
    /// A time beyond an hour that is not the one for "unknown".
    #[error("time beyond the full hour")]
    TimeOutOfRange,
    /// An accuracy that the standard reserves.
    #[error("accuracy that is reserved")]
    AccuracyReserved,
    /// An identification with characters its kind does not have.
    #[error("identification with characters that it cannot have")]
    IdCharacters,
    /// An authentication page beyond the last that a message may have.
    #[error("authentication page that cannot be")]
    AuthenticationPage,
    /// A French element of another version, or a field of another length than its type has.
    #[error("field of the French element that does not fit its type")]
    FrenchField,
    /// A proprietary message of an unknown kind or version (DJI DroneID).
    #[error("DJI DroneID of an unknown kind or version")]
    DjiUnknown,
    /// A capture whose structure was lost: nothing more of its stream is read.
    #[error("capture whose records no longer fit")]
    CaptureDamaged,
    /// A capture that ended within a record.
    #[error("capture that ends within a record")]
    CaptureTruncated,
    /// A captured frame of a kind of link that is not taken apart, or a datagram that begins like
    /// none that is.
    #[error("frame of an unknown kind of link")]
    LinkType,
}

impl Defect {
    /// Stable name for counters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RadioHeader => "radio_header",
            Self::BadChecksum => "bad_checksum",
            Self::Truncated => "truncated",
            Self::ElementLength => "element_length",
            Self::MessageTruncated => "message_truncated",
            Self::PackSize => "pack_size",
            Self::PackNested => "pack_nested",
            Self::MessageType => "message_type_reserved",
            Self::PositionOutOfRange => "position_out_of_range",
            Self::CourseOutOfRange => "course_out_of_range",
            Self::TimeOutOfRange => "time_out_of_range",
            Self::AccuracyReserved => "accuracy_reserved",
            Self::IdCharacters => "id_characters",
            Self::AuthenticationPage => "authentication_page",
            Self::FrenchField => "french_field",
            Self::DjiUnknown => "dji_unknown",
            Self::CaptureDamaged => "capture_damaged",
            Self::CaptureTruncated => "capture_truncated",
            Self::LinkType => "link_type_unsupported",
        }
    }
}
