//! Extended squitters by type code: one file a register, its bit table on top.
//!
//! | type code | register | file |
//! |-----------|----------|------|
//! | 0, 9–18, 20–22 | BDS 0,5 airborne position | `bds05` |
//! | 5–8       | BDS 0,6 surface position | `bds06` |
//! | 1–4       | BDS 0,8 identification and category (and Comm-B BDS 2,0) | `bds08` |
//! | 19        | BDS 0,9 airborne velocity | `bds09` |
//! | 28        | BDS 6,1 aircraft status | `bds61` |
//! | 29        | BDS 6,2 target state and status | `bds62` |
//! | 31        | BDS 6,5 operational status | `bds65` |
//! | DF 18 CF 3 | TIS-B coarse position | `tisb_coarse` |
//!
//! Each writes what its bits say into a [`crate::Report`]; what needs memory of the aircraft
//! (compact positions, integrity by edition) comes back as a small value for the decoder.

pub(crate) mod bds05;
pub(crate) mod bds06;
pub(crate) mod bds08;
pub(crate) mod bds09;
pub(crate) mod bds61;
pub(crate) mod bds62;
pub(crate) mod bds65;
pub(crate) mod integrity;
pub(crate) mod tisb_coarse;

use crate::cpr::{Fractions, Parity};

/// A compact position as one message carries it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CompactPosition {
    pub(crate) parity: Parity,
    pub(crate) fractions: Fractions,
    pub(crate) kind: PositionKind,
}

/// What kind of message carries a compact position; only like pairs with like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PositionKind {
    Airborne,
    Surface,
    Coarse,
}

/// Seventeen-bit compact position at the place that registers 0,5 and 0,6 share: bit 22 parity,
/// 23–39 latitude, 40–56 longitude.
fn compact_position(me: crate::field::Field56, kind: PositionKind) -> CompactPosition {
    CompactPosition {
        parity: Parity::of(me.bit(22)),
        fractions: Fractions::from_17_bits(me.bits(23, 39), me.bits(40, 56)),
        kind,
    }
}
