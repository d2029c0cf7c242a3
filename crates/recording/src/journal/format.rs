//! The bytes of segments and records; see the table in the parent module.

use surveillance::Time;

/// The longest payload a record may carry: enough for any datagram or batch of feed bytes, small
/// enough that a reader's buffer is never a question.
pub const PAYLOAD_LEN_MAX: usize = 1 << 20;

pub(super) const SEGMENT_HEADER_LEN: usize = 32;
pub(super) const RECORD_HEADER_LEN: usize = 32;
pub(super) const RECORD_LEN_MAX: usize = RECORD_HEADER_LEN + PAYLOAD_LEN_MAX;
pub(super) const VERSION: u32 = 1;
/// Not text, not a likely length, no byte twice: rare in feeds, quick to search for.
pub(super) const MARKER: [u8; 4] = [0xE7, 0x1D, 0xC2, 0x9B];
const MAGIC: [u8; 8] = *b"ENTJRNL\0";
const EXTENSION: &str = ".entj";

/// A segment's name is its index entry: where it starts, in time (whole seconds) and in number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SegmentName {
    pub(super) text: String,
    pub(super) start: Time,
    pub(super) first_sequence: u64,
}

impl SegmentName {
    pub(super) fn new(start: Time, first_sequence: u64) -> Self {
        let start =
            Time::from_unix_nanos(start.unix_nanos().div_euclid(1_000_000_000) * 1_000_000_000);
        let compact: String = start.to_string().chars().filter(|c| !"-:".contains(*c)).collect();
        Self { text: format!("{compact}-{first_sequence:012}{EXTENSION}"), start, first_sequence }
    }

    /// `None` for any file that is not a segment.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (compact, sequence) = text.strip_suffix(EXTENSION)?.split_once('-')?;
        if compact.len() != 16 || !compact.is_ascii() {
            return None;
        }
        let c = compact;
        let rfc3339 = format!("{}-{}-{}:{}:{}", &c[..4], &c[4..6], &c[6..11], &c[11..13], &c[13..]);
        let start = rfc3339.parse().ok()?;
        Some(Self { text: text.to_owned(), start, first_sequence: sequence.parse().ok()? })
    }

    /// What every checksum of the segment starts from.
    pub(super) fn salt(&self) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&self.first_sequence.to_le_bytes());
        hasher.update(&self.start.unix_nanos().to_le_bytes());
        hasher.finalize()
    }
}

fn checksum(salt: u32, bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(salt);
    hasher.update(bytes);
    hasher.finalize()
}

pub(super) fn segment_header(name: &SegmentName) -> [u8; SEGMENT_HEADER_LEN] {
    let mut header = [0; SEGMENT_HEADER_LEN];
    header[..8].copy_from_slice(&MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_le_bytes());
    header[16..24].copy_from_slice(&name.first_sequence.to_le_bytes());
    header[24..].copy_from_slice(&name.start.unix_nanos().to_le_bytes());
    let sum = checksum(name.salt(), &header);
    header[12..16].copy_from_slice(&sum.to_le_bytes());
    header
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SegmentHeader {
    Good,
    /// The checksum is right, so this is really another version and not a flipped bit.
    Version(u32),
    Corrupt,
}

pub(super) fn check_segment_header(name: &SegmentName, bytes: &[u8]) -> SegmentHeader {
    let Ok(mut header) = <[u8; SEGMENT_HEADER_LEN]>::try_from(bytes) else {
        return SegmentHeader::Corrupt;
    };
    let stated = u32_at(&header, 12);
    header[12..16].fill(0);
    match u32_at(&header, 8) {
        _ if checksum(name.salt(), &header) != stated || header[..8] != MAGIC => {
            SegmentHeader::Corrupt
        }
        VERSION => SegmentHeader::Good,
        other => SegmentHeader::Version(other),
    }
}

/// A record's header, its checksum verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RecordHeader {
    pub(super) sequence: u64,
    pub(super) time: Time,
    pub(super) payload_len: usize,
    payload_sum: u32,
}

impl RecordHeader {
    /// `None` unless `bytes` start with a whole, sound header.
    pub(super) fn parse(salt: u32, bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.get(..RECORD_HEADER_LEN)?;
        let payload_len = u32_at(bytes, 4) as usize;
        let sound = bytes[..4] == MARKER
            && payload_len <= PAYLOAD_LEN_MAX
            && checksum(salt, &bytes[..28]) == u32_at(bytes, 28);
        sound.then(|| Self {
            sequence: u64_at(bytes, 8),
            time: Time::from_unix_nanos(u64_at(bytes, 16) as i64),
            payload_len,
            payload_sum: u32_at(bytes, 24),
        })
    }

    pub(super) fn matches(&self, salt: u32, payload: &[u8]) -> bool {
        checksum(salt, payload) == self.payload_sum
    }
}

pub(super) fn encode_record(
    out: &mut Vec<u8>,
    salt: u32,
    sequence: u64,
    time: Time,
    payload: &[u8],
) {
    let start = out.len();
    out.extend_from_slice(&MARKER);
    out.extend_from_slice(&(payload.len() as u32).to_le_bytes());
    out.extend_from_slice(&sequence.to_le_bytes());
    out.extend_from_slice(&time.unix_nanos().to_le_bytes());
    out.extend_from_slice(&checksum(salt, payload).to_le_bytes());
    let sum = checksum(salt, &out[start..]);
    out.extend_from_slice(&sum.to_le_bytes());
    out.extend_from_slice(payload);
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_name_is_written_and_read_back() {
        let start = "2026-11-23T14:32:00.75Z".parse().unwrap();
        let name = SegmentName::new(start, 1);
        assert_eq!(name.text, "20261123T143200Z-000000000001.entj");
        assert_eq!(SegmentName::parse(&name.text), Some(name));
        let before_1970 = SegmentName::new(Time::from_unix_nanos(-1), u64::MAX);
        assert_eq!(SegmentName::parse(&before_1970.text), Some(before_1970));
    }

    #[test]
    fn other_files_are_not_segments() {
        for name in
            ["", ".entj", "lock", "20261123T143200Z.entj", "2026-1.entj", "ééééééééé-1.entj"]
        {
            assert_eq!(SegmentName::parse(name), None, "{name}");
        }
    }

    #[test]
    fn a_record_of_another_segment_is_not_taken_for_ours() {
        let ours = SegmentName::new(Time::EPOCH, 1).salt();
        let theirs = SegmentName::new(Time::EPOCH, 2).salt();
        let mut bytes = Vec::new();
        encode_record(&mut bytes, theirs, 7, Time::EPOCH, b"abc");
        assert!(RecordHeader::parse(theirs, &bytes).is_some_and(|h| h.sequence == 7));
        assert_eq!(RecordHeader::parse(ours, &bytes), None);
    }
}
