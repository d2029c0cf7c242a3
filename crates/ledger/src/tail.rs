//! The tail: an append-only file with the newest entries, the only file that a commit waits for.
//! Full tiles are written beside it and synced when the next tail is begun.
//!
//! | bytes | |
//! |---|---|
//! | 4 | CRC-32 over the rest of the frame, starting from the entry's number; little-endian, as all |
//! | 2 | length of the entry, bytes |
//! | 2 | hashes in its list |
//! | … | the entry, then the list |

use crate::entry::LIST_COUNT_MAX;
use crate::hash::Hash;

const HEADER_LEN: usize = 8;
pub(crate) const FOLDER: &str = "tail";

/// Path of the tail that begins with entry `first`.
pub(crate) fn path(first: u64) -> String {
    format!("{FOLDER}/{first:020}")
}

/// The first entry of the tail of that name; `None` for another file.
pub(crate) fn first(name: &str) -> Option<u64> {
    (name.len() == 20 && name.bytes().all(|b| b.is_ascii_digit())).then(|| name.parse().ok())?
}

fn checksum(index: u64, bytes: &[u8]) -> u32 {
    // The number keeps a frame from being taken for another's in its place.
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&index.to_le_bytes());
    hasher.update(bytes);
    hasher.finalize()
}

/// Adds a frame. The caller has kept the bounds of entry and list.
pub(crate) fn push(out: &mut Vec<u8>, index: u64, entry: &[u8], list: &[Hash]) {
    let start = out.len();
    out.extend([0; 4]);
    out.extend((entry.len() as u16).to_le_bytes());
    out.extend((list.len() as u16).to_le_bytes());
    out.extend_from_slice(entry);
    for hash in list {
        out.extend_from_slice(&hash.0);
    }
    let sum = checksum(index, &out[start + 4..]);
    out[start..start + 4].copy_from_slice(&sum.to_le_bytes());
}

/// One frame read back: entry, list, and the frame's length in bytes.
pub(crate) struct Frame<'a> {
    pub(crate) entry: &'a [u8],
    pub(crate) list: Vec<Hash>,
    pub(crate) len: usize,
}

/// The frame of entry `index` at the start of `bytes`; `None` if it is torn or no frame.
pub(crate) fn parse(index: u64, bytes: &[u8]) -> Option<Frame<'_>> {
    let header = bytes.get(..HEADER_LEN)?;
    let stated = u32::from_le_bytes(header[..4].try_into().expect("four bytes"));
    let entry_len = usize::from(u16::from_le_bytes([header[4], header[5]]));
    let count = usize::from(u16::from_le_bytes([header[6], header[7]]));
    let len = HEADER_LEN + entry_len + 32 * count;
    let body = bytes.get(4..len)?;
    if count > LIST_COUNT_MAX || checksum(index, body) != stated {
        return None;
    }
    let (entry, list) = body[HEADER_LEN - 4..].split_at(entry_len);
    let list = list.chunks_exact(32).filter_map(Hash::from_slice).collect();
    Some(Frame { entry, list, len })
}
