//! What goes over a link: frames of a length, a kind and a body.
//!
//! | bytes | |
//! |---|---|
//! | 4 | length of the rest, big-endian |
//! | 1 | kind |
//! | … | body: MessagePack maps with named keys, except of a batch |
//!
//! A batch's body is its number (8 bytes), lane (1), flags (1), time in nanoseconds since 1970 (8),
//! all big-endian, then its bytes as `accord` encoded them. A reader skips keys it does not know;
//! kinds from 128 on it skips too; any other unknown kind it refuses.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Longest batch, bytes: what one record of the outbox holds.
pub const BATCH_LEN_MAX: usize = recording::journal::PAYLOAD_LEN_MAX - 64;
/// Longest frame, bytes, its length field left out.
pub const FRAME_LEN_MAX: usize = BATCH_LEN_MAX + 64;
/// Kinds from here on may be skipped by who does not know them.
const OPTIONAL: u8 = 128;
const BATCH_HEADER_LEN: usize = 18;

/// Which of a connection's two streams of batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// The newest picture and what follows.
    Fresh,
    /// What was missed, behind it.
    History,
}

/// First on every connection, from both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Oldest version of this protocol that the sender speaks.
    pub version_min: u16,
    /// Newest.
    pub version_max: u16,
    /// Who speaks. It has to be who the certificate says.
    pub party: String,
    /// Whom it means to speak to.
    pub to: String,
    /// What the other side must know to understand the sender; unknown ones are refused.
    #[serde(default)]
    pub requires: Vec<String>,
    /// The sender's clock, milliseconds since 1970.
    #[serde(default)]
    pub at_ms: i64,
}

/// What the sender's outbox holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holds {
    /// The oldest batch still kept.
    pub first: u64,
    /// The number the next batch will have.
    pub next: u64,
    /// Where the newest picture begins.
    pub fresh: u64,
}

/// The receiver asks for batches: its cursor in one lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pull {
    /// Which lane.
    pub lane: Lane,
    /// The first wanted.
    pub from: u64,
    /// The one after the last; `None`: whatever comes.
    #[serde(default)]
    pub end: Option<u64>,
}

/// The receiver keeps, durably, all of a lane's pull below `next`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// Which lane.
    pub lane: Lane,
    /// All before it are kept.
    pub next: u64,
}

/// Batches that will not come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// The first.
    pub first: u64,
    /// The one after the last.
    pub end: u64,
    /// Why.
    pub reason: String,
}

/// A head of the sender's log of the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The signed note.
    pub note: String,
    /// Proof from the size that the receiver cosigned last.
    #[serde(default)]
    pub proof: Vec<[u8; 32]>,
    /// That size.
    #[serde(default)]
    pub from: u64,
}

/// The receiver's cosignature of a head, and from where it wants the next proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cosigned {
    /// The note with both signatures; `None` where it only says what it has seen.
    #[serde(default)]
    pub note: Option<String>,
    /// Size of the newest head it has cosigned.
    pub seen: u64,
}

/// Why a connection ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bye {
    /// In words.
    pub reason: String,
}

/// A batch, borrowed from the frame it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch<'a> {
    /// Its number in the sender's outbox.
    pub sequence: u64,
    /// In which lane it was pulled.
    pub lane: Lane,
    /// Whether it begins a whole picture.
    pub complete: bool,
    /// When it was released, nanoseconds since 1970.
    pub at_ns: i64,
    /// What `accord` made.
    pub bytes: &'a [u8],
}

/// Any message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the type it holds")]
pub enum Message<'a> {
    Hello(Hello),
    Holds(Holds),
    Pull(Pull),
    Batch(Batch<'a>),
    Ack(Ack),
    Gone(Gone),
    Head(Head),
    Cosigned(Cosigned),
    /// Nothing but a sign of life.
    Beat,
    Bye(Bye),
    /// Of a kind this version may skip.
    Skipped,
}

/// Why bytes are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Over [`FRAME_LEN_MAX`], or of no length at all.
    #[error("garbage: a frame of {0} bytes")]
    Length(usize),
    /// A kind that may not be skipped and is not known.
    #[error("garbage: a message of unknown kind {0}")]
    Kind(u8),
    /// A body that is not what its kind demands.
    #[error("garbage: a malformed message of kind {0}")]
    Body(u8),
}

fn map<T: DeserializeOwned>(kind: u8, body: &[u8]) -> Result<T, WireError> {
    rmp_serde::from_slice(body).map_err(|_| WireError::Body(kind))
}

fn frame(out: &mut Vec<u8>, kind: u8, body: &impl Serialize) {
    let start = out.len();
    out.extend([0, 0, 0, 0, kind]);
    let mut writer = rmp_serde::Serializer::new(&mut *out).with_struct_map();
    body.serialize(&mut writer).expect("every message has a MessagePack form");
    let length = (out.len() - start - 4) as u32;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

impl Message<'_> {
    /// Adds the message's frame to `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Hello(body) => frame(out, 1, body),
            Self::Holds(body) => frame(out, 2, body),
            Self::Pull(body) => frame(out, 3, body),
            Self::Batch(batch) => {
                let length = 1 + BATCH_HEADER_LEN + batch.bytes.len();
                out.extend((length as u32).to_be_bytes());
                out.push(4);
                out.extend(batch.sequence.to_be_bytes());
                out.push(u8::from(batch.lane == Lane::History));
                out.push(u8::from(batch.complete));
                out.extend(batch.at_ns.to_be_bytes());
                out.extend_from_slice(batch.bytes);
            }
            Self::Ack(body) => frame(out, 5, body),
            Self::Gone(body) => frame(out, 6, body),
            Self::Head(body) => frame(out, 7, body),
            Self::Cosigned(body) => frame(out, 8, body),
            Self::Beat => out.extend([0, 0, 0, 1, 9]),
            Self::Bye(body) => frame(out, 10, body),
            Self::Skipped => {}
        }
    }
}

/// The first message in `bytes` and the length of its frame; `None` until all of it is there.
pub fn read(bytes: &[u8]) -> Result<Option<(Message<'_>, usize)>, WireError> {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_be_bytes(*length) as usize;
    if length == 0 || length > FRAME_LEN_MAX {
        return Err(WireError::Length(length));
    }
    let Some(frame) = rest.get(..length) else { return Ok(None) };
    let (kind, body) = (frame[0], &frame[1..]);
    let message = match kind {
        1 => Message::Hello(map(kind, body)?),
        2 => Message::Holds(map(kind, body)?),
        3 => Message::Pull(map(kind, body)?),
        4 => Message::Batch(batch(body).ok_or(WireError::Body(kind))?),
        5 => Message::Ack(map(kind, body)?),
        6 => Message::Gone(map(kind, body)?),
        7 => Message::Head(map(kind, body)?),
        8 => Message::Cosigned(map(kind, body)?),
        9 => Message::Beat,
        10 => Message::Bye(map(kind, body)?),
        OPTIONAL.. => Message::Skipped,
        other => return Err(WireError::Kind(other)),
    };
    Ok(Some((message, 4 + length)))
}

fn batch(body: &[u8]) -> Option<Batch<'_>> {
    let (header, bytes) = body.split_first_chunk::<BATCH_HEADER_LEN>()?;
    Some(Batch {
        sequence: u64::from_be_bytes(header[..8].try_into().ok()?),
        lane: match header[8] {
            0 => Lane::Fresh,
            1 => Lane::History,
            _ => return None,
        },
        complete: header[9] & 1 == 1,
        at_ns: i64::from_be_bytes(header[10..].try_into().ok()?),
        bytes: (bytes.len() <= BATCH_LEN_MAX).then_some(bytes)?,
    })
}
