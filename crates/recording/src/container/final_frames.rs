//! FINAL framing (`.ff`): how some recorders keep ASTERIX.
//!
//! ```text
//! length u16, of all of this · error u8 · board u8 · line u8 · time of day u24, 1/100 s
//! · ASTERIX data blocks · trailer A5 A5 A5 A5                                  (big-endian)
//! ```
//!
//! No public standard: this layout accounts for every byte of a half-hour recording of 18,163
//! frames (see `tests/samples.rs`).

use std::io::{self, Read};
use std::time::Duration;

use super::day::DayClock;
use super::window::Window;
use super::{DefectKind, Origin, Output, Step};

pub(super) const HEADER_LEN: usize = 8;
pub(super) const TRAILER: [u8; 4] = [0xA5; 4];
const FRAME_LEN_MIN: usize = HEADER_LEN + TRAILER.len();
/// Two of the longest frames: enough to find the frame after a bad one.
const LOOK_AHEAD: usize = 2 << 16;
/// Frames that have to follow each other before bytes are believed to be frames.
const RUN: usize = 3;

#[derive(Debug, Default)]
pub(super) struct FinalFrames {
    clock: DayClock,
}

impl FinalFrames {
    pub(super) fn clock(&mut self) -> &mut DayClock {
        &mut self.clock
    }

    pub(super) fn step<R: Read>(
        &mut self,
        window: &mut Window<R>,
        output: &mut Output,
    ) -> io::Result<Step> {
        let offset = window.offset();
        let bytes = window.fill(LOOK_AHEAD)?;
        if bytes.is_empty() {
            return Ok(Step::End);
        }
        // A flipped bit in a length may have made it end on the next frame's trailer.
        if let Some(frame) = frame(bytes).filter(|frame| search(bytes, frame.len()).is_none()) {
            let length = frame.len();
            let hundredths = u64::from(u32::from_be_bytes([0, frame[5], frame[6], frame[7]]));
            output.set_payload(&frame[HEADER_LEN..length - TRAILER.len()]);
            window.advance(length);
            let time = Some(self.clock.time(Duration::from_millis(hundredths * 10)));
            return Ok(Step::Datagram(Origin { time, ..Origin::default() }));
        }
        // With a bad trailer the length still leads to the next frame.
        let stated = stated_len(bytes).clamp(1, bytes.len());
        let next = search(bytes, stated)
            .or_else(|| frame(&bytes[stated..]).map(|_| stated))
            .or_else(|| search(bytes, bytes.len()));
        let skip = next.unwrap_or(bytes.len());
        let is_cut = next.is_none() && bytes.len() < stated_len(bytes);
        window.advance(skip);
        let bytes = skip as u64;
        let kind = if is_cut {
            DefectKind::FileTruncated { bytes }
        } else {
            DefectKind::RecordCorrupt { bytes }
        };
        output.defect(kind, offset);
        Ok(Step::Nothing)
    }
}

fn stated_len(bytes: &[u8]) -> usize {
    match bytes {
        [high, low, ..] => usize::from(u16::from_be_bytes([*high, *low])),
        _ => FRAME_LEN_MIN,
    }
}

/// The frame that starts here, if it is all here and ends as it should.
fn frame(bytes: &[u8]) -> Option<&[u8]> {
    let length = stated_len(bytes);
    let frame = bytes.get(..length.max(FRAME_LEN_MIN))?;
    (length >= FRAME_LEN_MIN && frame.ends_with(&TRAILER)).then_some(frame)
}

/// Where the next frame starts, less than `within` from here: directly behind a trailer. Trying
/// every offset would be fooled by lengths that happen to end on some later frame's trailer.
fn search(bytes: &[u8], within: usize) -> Option<usize> {
    memchr::memmem::find_iter(&bytes[..within], &TRAILER)
        .map(|at| at + TRAILER.len())
        // A payload that ends in A5 makes the trailer look early.
        .flat_map(|end| end..(end + TRAILER.len()).min(within))
        .find(|&at| bytes[..at].ends_with(&TRAILER) && frame(&bytes[at..]).is_some())
}

/// Whether [`RUN`] frames follow each other here, or at least one and nothing else to the end.
pub(super) fn fits_frames(mut bytes: &[u8]) -> bool {
    for seen in 0..RUN {
        if bytes.is_empty() {
            return seen > 0;
        }
        let Some(frame) = frame(bytes) else {
            // A frame longer than what is shown of the file.
            return seen > 0 && stated_len(bytes) > bytes.len();
        };
        bytes = &bytes[frame.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::{Item, Reader};

    fn framed(hundredths: u32, payload: &[u8]) -> Vec<u8> {
        let length = (payload.len() + FRAME_LEN_MIN) as u16;
        let time = hundredths.to_be_bytes();
        [&length.to_be_bytes()[..], &[0; 3], &time[1..], payload, &TRAILER].concat()
    }

    #[derive(Debug, PartialEq)]
    enum Found {
        Frame(String, Vec<u8>),
        Defect(DefectKind),
    }

    fn read(bytes: &[u8]) -> Vec<Found> {
        let day = "2026-11-23T14:00:00Z".parse().unwrap();
        let mut reader = Reader::new(bytes, "test").unwrap().on_day_of(day);
        let mut found = Vec::new();
        while let Some(item) = reader.read().unwrap() {
            found.push(match item {
                Item::Datagram(chunk) | Item::Stream(chunk) => {
                    Found::Frame(chunk.time.unwrap().to_string(), chunk.bytes.to_vec())
                }
                Item::Frame(frame) => panic!("{frame:?}"),
                Item::Defect(defect) => Found::Defect(defect.kind),
            });
        }
        found
    }

    #[test]
    fn the_time_of_day_runs_over_midnight() {
        let bytes = [framed(8_639_999, b"a"), framed(25, b"b")].concat();
        let expected = [
            Found::Frame("2026-11-23T23:59:59.99Z".into(), b"a".to_vec()),
            Found::Frame("2026-11-24T00:00:00.25Z".into(), b"b".to_vec()),
        ];
        assert_eq!(read(&bytes), expected);
    }

    #[test]
    fn a_bad_frame_costs_itself_alone() {
        let good = framed(100, b"good\xA5");
        for position in [0, 1, 11, 12, 13, 14] {
            let mut bad = framed(100, b"bad");
            bad[position] ^= 0x10;
            let bytes = [&good[..], &good, &good, &bad, &good, &good].concat();
            let found = read(&bytes);
            assert_eq!(found.len(), 6);
            assert_eq!(found[3], Found::Defect(DefectKind::RecordCorrupt { bytes: 15 }));
        }
    }

    #[test]
    fn a_cut_file_yields_its_whole_frames_and_says_so() {
        let bytes = [framed(1, b"one"), framed(2, b"two"), framed(3, b"three")].concat();
        let found = read(&bytes[..bytes.len() - 2]);
        assert_eq!(found.len(), 3);
        assert_eq!(found[2], Found::Defect(DefectKind::FileTruncated { bytes: 15 }));
    }
}
