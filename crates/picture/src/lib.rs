//! The recognised air picture: every track a node shows, with its standard identity, and what
//! changed since it was last shown.
//!
//! Pure: the engine feeds it tracks as the tracker believes them and takes [`Delta`]s out. The
//! picture holds no history and no clock. Start at [`Picture`].

pub mod identity;
mod picture;

pub use identity::{Identity, IdentityRules};
pub use picture::{
    CHANGES_MAX, Delta, Ended, Entry, Holder, Owner, PartnerIndex, Picture, WORDS_MAX, Word,
};
