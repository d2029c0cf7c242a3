//! What a leaf says: one line of JSON, so that a court needs no program of ours to read it.
//!
//! A reader skips keys and kinds it does not know: the hash covers the bytes, not our idea of them.

use crate::hash::{Hash, leaf_hash};
use crate::merkle::root_of;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Longest entry, bytes: a bundle's length prefix has 16 bits.
pub const ENTRY_LEN_MAX: usize = u16::MAX as usize;
/// Longest hash list beside an entry, hashes: records of one release batch.
pub const LIST_COUNT_MAX: usize = 4096;

/// One entry of a log between two parties. Times are milliseconds since 1970, UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// A batch went into the outbox for the partner. The hashes of its records stand beside it.
    Release {
        /// Number of the batch between the two.
        sequence: u64,
        /// When.
        at_ms: i64,
        /// Accord and articles under which, as the sender names them.
        basis: String,
        /// Records in it.
        count: u32,
        /// Root over the hashes of its records, see [`batch_root`].
        root: RootText,
    },
    /// A batch came from the partner and is kept.
    Receipt {
        /// The partner's number of it.
        sequence: u64,
        /// When.
        at_ms: i64,
        /// Records in it.
        count: u32,
        /// Root over the hashes of its records as they arrived.
        root: RootText,
    },
    /// Batches that will not be sent any more, or that the partner said will not come.
    Withdrawn {
        /// The first.
        first: u64,
        /// The one after the last.
        end: u64,
        /// When.
        at_ms: i64,
        /// Suspension, or a bound that was reached.
        reason: String,
        /// Whose numbers they are; in earlier entries the reason tells, see [`Entry::direction`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        direction: Option<Direction>,
    },
    /// A request for assistance or consultation.
    Request(Act),
    /// The node of the party that is asked has it; nobody there need have read it.
    Delivery(Act),
    /// An answer to one.
    Answer(Act),
    /// What was done about one.
    Report(Act),
    /// Who asked asks no longer.
    Retraction(Act),
    /// That no answer came by the due time.
    Silence(Act),
    /// What named people decided: a suspension, a resumption, the text that counts, a take-over. The party that decided
    /// knows who did; the log of the other names nobody where it was not told.
    Decision(Act),
}

/// Which way a batch goes, as the party sees it whose log it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To the partner, under this party's numbers.
    Sent,
    /// From the partner, under the partner's.
    Received,
}

/// What people did, or did not do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Which request, as `KGZ-1764412345`, or decision, as the accord, `/` and a number that rises:
    /// unique at the party that raised it.
    pub id: String,
    /// The party that acted.
    pub party: String,
    /// When.
    pub at_ms: i64,
    /// The people who did it; none for a silence.
    #[serde(default)]
    pub by: Vec<String>,
    /// What they said.
    pub text: String,
}

/// A hash in base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RootText(pub Hash);

impl Serialize for RootText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_base64())
    }
}

impl<'de> Deserialize<'de> for RootText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let hash = Hash::from_base64(&text);
        hash.map(Self).ok_or_else(|| serde::de::Error::custom("not a SHA-256 hash in base64"))
    }
}

impl Entry {
    /// The line, without a newline.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("every field has a JSON form")
    }

    /// `None` for what this version does not know; its bytes count all the same.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// Which way the batches went, or did not go, that it is about; `None` if about none.
    pub fn direction(&self) -> Option<Direction> {
        match self {
            Self::Release { .. } => Some(Direction::Sent),
            Self::Receipt { .. } => Some(Direction::Received),
            Self::Withdrawn { direction: Some(direction), .. } => Some(*direction),
            Self::Withdrawn { reason, .. } if reason.starts_with("the sender: ") => {
                Some(Direction::Received)
            }
            Self::Withdrawn { .. } => Some(Direction::Sent),
            _ => None,
        }
    }

    /// Whether it is about the batch of this number.
    pub fn is_about(&self, batch: u64) -> bool {
        match self {
            Self::Release { sequence, .. } | Self::Receipt { sequence, .. } => *sequence == batch,
            Self::Withdrawn { first, end, .. } => (*first..*end).contains(&batch),
            _ => false,
        }
    }

    /// What people did or did not do; `None` for what is about batches.
    pub fn act(&self) -> Option<&Act> {
        match self {
            Self::Request(act)
            | Self::Delivery(act)
            | Self::Answer(act)
            | Self::Report(act)
            | Self::Retraction(act)
            | Self::Silence(act)
            | Self::Decision(act) => Some(act),
            Self::Release { .. } | Self::Receipt { .. } | Self::Withdrawn { .. } => None,
        }
    }

    /// Records and root that the hash list beside it must have, where it has one.
    pub fn batch(&self) -> Option<(u32, Hash)> {
        match self {
            Self::Release { count, root, .. } | Self::Receipt { count, root, .. } => {
                Some((*count, root.0))
            }
            _ => None,
        }
    }
}

/// The hash list of a batch, and the root over it: a small tree in the manner of the log's own, so
/// that one record can be proven to have been in the batch without showing the others.
pub fn batch_root<'a>(records: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Hash>, Hash) {
    let list: Vec<_> = records.into_iter().map(leaf_hash).collect();
    let root = root_of(&list);
    (list, root)
}
