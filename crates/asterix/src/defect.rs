//! What can be wrong with bytes, each with a name that never changes.

use thiserror::Error;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DefectKind {
    /// Fewer than the three octets of CAT and LEN.
    BlockHeaderTruncated,
    /// LEN is under three or over what is left of the datagram.
    BlockLengthWrong,
    /// After at least one whole block come octets that are neither a block nor zeros.
    TrailingOctets,
    /// No tables for this category.
    CategoryUnknown,
    /// The block ends within an FSPEC.
    FspecTruncated,
    /// An FSPEC that announces nothing, and what follows is no padding.
    FspecEmpty,
    /// An FSPEC of more octets than any profile has.
    FspecTooLong,
    /// An FSPEC bit that the profile leaves unused is one.
    SpareItemPresent,
    /// The block ends within an item.
    ItemTruncated,
    /// An extended item goes on past the last extension that the edition knows.
    ExtensionUnknown,
    /// The length of an explicit item is zero.
    ExplicitLengthZero,
    /// The FSPEC of a compound item announces a subitem that the edition does not know.
    SubitemUnknown,
    /// A reserved expansion field is longer than what its layout accounts for.
    ExpansionLength,
    /// A random field sequence names an item that the profile does not have.
    RfsItemUnknown,
}

impl DefectKind {
    /// Its stable name, as in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BlockHeaderTruncated => "block_header_truncated",
            Self::BlockLengthWrong => "block_length_wrong",
            Self::TrailingOctets => "trailing_octets",
            Self::CategoryUnknown => "category_unknown",
            Self::FspecTruncated => "fspec_truncated",
            Self::FspecEmpty => "fspec_empty",
            Self::FspecTooLong => "fspec_too_long",
            Self::SpareItemPresent => "spare_item_present",
            Self::ItemTruncated => "item_truncated",
            Self::ExtensionUnknown => "extension_unknown",
            Self::ExplicitLengthZero => "explicit_length_zero",
            Self::SubitemUnknown => "subitem_unknown",
            Self::ExpansionLength => "expansion_length",
            Self::RfsItemUnknown => "rfs_item_unknown",
        }
    }

    /// The bits it shows in where nothing more is known: the FX bit of an FSPEC that goes on, all of
    /// the octet else.
    pub(crate) const fn bits(self) -> Bits {
        match self {
            Self::FspecTruncated | Self::FspecTooLong => Bits::one(7),
            _ => Bits::ALL,
        }
    }
}

/// Something wrong at a place. It costs at most the rest of its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{} at octet {offset}{bits}{}", kind.name(), Within(*category, *item))]
pub struct Defect {
    /// What.
    pub kind: DefectKind,
    /// Category of the block, if it got that far.
    pub category: Option<u8>,
    /// Item as the document names it, if it got that far.
    pub item: Option<&'static str>,
    /// Octets from the start of the datagram to where it showed.
    pub offset: usize,
    /// Which bits of that octet.
    pub bits: Bits,
}

/// Bits of an octet as the documents number them: 8 is the highest, 1 the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bits {
    /// The first, 8 to 1.
    pub from: u8,
    /// The last, not above the first.
    pub to: u8,
}

impl Bits {
    /// The whole octet.
    pub const ALL: Self = Self { from: 8, to: 1 };

    /// The one bit at this place from the highest, 0 to 7.
    pub(crate) const fn one(place: usize) -> Self {
        let bit = 8 - (place % 8) as u8;
        Self { from: bit, to: bit }
    }
}

/// Nothing for a whole octet.
impl std::fmt::Display for Bits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            &Self::ALL => Ok(()),
            Self { from, to } if from == to => write!(f, " bit {from}"),
            Self { from, to } => write!(f, " bits {from} to {to}"),
        }
    }
}

impl Defect {
    /// The stable name of [`Self::kind`].
    pub const fn name(&self) -> &'static str {
        self.kind.name()
    }
}

/// The item or the block it is in, as the documents write them.
struct Within(Option<u8>, Option<&'static str>);

impl std::fmt::Display for Within {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self(Some(category), Some(item)) => write!(f, " in I{category:03}/{item}"),
            Self(Some(category), None) => write!(f, " of CAT{category:03}"),
            Self(None, _) => Ok(()),
        }
    }
}

/// A [`Defect`] before its block is known; `at` counts from the record's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: DefectKind,
    pub(crate) item: Option<&'static str>,
    pub(crate) at: usize,
    pub(crate) bits: Bits,
}

impl Fault {
    pub(crate) const fn new(kind: DefectKind, item: Option<&'static str>, at: usize) -> Self {
        Self { kind, item, at, bits: kind.bits() }
    }
}
