//! Two more framings of ASTERIX blocks, as Croatia Control's decoder reads them.
//!
//! ```text
//! GPS     2,200 octets of header once · then: a block · 10 octets, of which 7 to 9 are the time of
//!         day in 1/128 s
//! ORADIS  length u16, of all of this · time u32, its unit not known · ASTERIX blocks
//! ```
//!
//! No public standard; everything is big-endian.

use std::io::{self, Read};
use std::time::Duration;

use super::day::DayClock;
use super::window::Window;
use super::{DefectKind, Origin, Output, Step};

pub(super) const GPS_HEADER_LEN: usize = 2200;
pub(super) const GPS_TRAILER_LEN: usize = 10;
const ORADIS_HEADER_LEN: usize = 6;
/// Units that have to follow each other before a file is believed to be of one of these.
const RUN: usize = 3;
/// The longest unit.
const UNIT_LEN_MAX: usize = (1 << 16) + GPS_TRAILER_LEN;
const STEPS_PER_DAY: u32 = 86_400 * 128;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    Gps,
    Oradis,
}

#[derive(Debug)]
pub(super) struct Framed {
    framing: Framing,
    clock: DayClock,
    started: bool,
}

impl Framed {
    pub(super) fn new(framing: Framing) -> Self {
        Self { framing, clock: DayClock::default(), started: false }
    }

    pub(super) fn clock(&mut self) -> &mut DayClock {
        &mut self.clock
    }

    pub(super) fn step<R: Read>(
        &mut self,
        window: &mut Window<R>,
        output: &mut Output,
    ) -> io::Result<Step> {
        if !self.started && self.framing == Framing::Gps {
            let header = window.fill(GPS_HEADER_LEN)?.len();
            window.advance(header);
        }
        self.started = true;
        let offset = window.offset();
        let bytes = window.fill(UNIT_LEN_MAX)?;
        if bytes.is_empty() {
            return Ok(Step::End);
        }
        let Some(length) = self.framing.unit_len(bytes) else {
            // Nothing in these framings tells where the next unit starts.
            let rest = bytes.len();
            window.advance(rest);
            output.defect(DefectKind::RecordCorrupt { bytes: rest as u64 }, offset);
            return Ok(Step::Nothing);
        };
        if length > bytes.len() {
            let rest = bytes.len();
            window.advance(rest);
            output.defect(DefectKind::FileTruncated { bytes: rest as u64 }, offset);
            return Ok(Step::End);
        }
        let time = match self.framing {
            Framing::Gps => {
                let at = length - GPS_TRAILER_LEN + 6;
                let steps = u32::from_be_bytes([0, bytes[at], bytes[at + 1], bytes[at + 2]]);
                let nanos = u64::from(steps % STEPS_PER_DAY) * 7_812_500;
                output.set_payload(&bytes[..length - GPS_TRAILER_LEN]);
                Some(self.clock.time(Duration::from_nanos(nanos)))
            }
            Framing::Oradis => {
                output.set_payload(&bytes[ORADIS_HEADER_LEN..length]);
                None
            }
        };
        window.advance(length);
        Ok(Step::Datagram(Origin { time, ..Origin::default() }))
    }
}

impl Framing {
    /// Octets of the unit that starts here, its framing included; `None` if none does.
    fn unit_len(self, bytes: &[u8]) -> Option<usize> {
        match (self, bytes) {
            (Self::Gps, [category, high, low, ..]) => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                (*category != 0 && length > 3).then_some(length + GPS_TRAILER_LEN)
            }
            (Self::Oradis, [high, low, _, _, _, _, category, block_high, block_low, ..]) => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                let block = usize::from(u16::from_be_bytes([*block_high, *block_low]));
                let holds = block > 3 && length >= ORADIS_HEADER_LEN + block;
                (*category != 0 && holds).then_some(length)
            }
            _ => None,
        }
    }

    /// Whether the start of a file looks like this: some units one after the other, or at least
    /// one and nothing else to the end.
    pub(super) fn fits(self, start: &[u8]) -> bool {
        let skip = if self == Self::Gps { GPS_HEADER_LEN } else { 0 };
        let Some(mut bytes) = start.get(skip..) else { return false };
        for seen in 0..RUN {
            if bytes.is_empty() {
                return seen > 0;
            }
            match self.unit_len(bytes).and_then(|length| bytes.get(length..)) {
                Some(rest) => bytes = rest,
                None => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::{Format, Item, Reader};
    use surveillance::Time;

    const BLOCK: &[u8] = &[48, 0, 9, 0xc0, 25, 201, 0x66, 0x33, 0xa0];

    /// When, and what.
    type Found = (Option<String>, Result<Vec<u8>, DefectKind>);

    fn read(bytes: &[u8], format: Format) -> Vec<Found> {
        let day: Time = "2026-11-23T00:00:00Z".parse().unwrap();
        let mut reader = Reader::new(bytes, "test").unwrap().on_day_of(day);
        assert_eq!(reader.format(), format);
        let mut found = Vec::new();
        while let Some(item) = reader.read().unwrap() {
            found.push(match item {
                Item::Datagram(chunk) | Item::Stream(chunk) => {
                    (chunk.time.map(|time| time.to_string()), Ok(chunk.bytes.to_vec()))
                }
                Item::Frame(frame) => panic!("{frame:?}"),
                Item::Defect(defect) => (None, Err(defect.kind)),
            });
        }
        found
    }

    fn gps(steps: u32) -> Vec<u8> {
        let [_, a, b, c] = steps.to_be_bytes();
        [BLOCK, &[1, 2, 3, 4, 5, 6, a, b, c, 7]].concat()
    }

    #[test]
    fn a_gps_capture_has_the_time_of_day_behind_each_block() {
        let header = vec![0x20; GPS_HEADER_LEN];
        let bytes = [&header[..], &gps(STEPS_PER_DAY - 64), &gps(32), &gps(64)].concat();
        let found = read(&bytes, Format::Gps);
        let times: Vec<&str> = found.iter().map(|(time, _)| time.as_deref().unwrap()).collect();
        assert_eq!(
            times,
            ["2026-11-23T23:59:59.5Z", "2026-11-24T00:00:00.25Z", "2026-11-24T00:00:00.5Z"]
        );
        assert!(found.iter().all(|(_, bytes)| bytes.as_deref() == Ok(BLOCK)));
        let cut = read(&[&bytes[..], &gps(96)[..16]].concat(), Format::Gps);
        assert_eq!(cut[3].1, Err(DefectKind::FileTruncated { bytes: 16 }));
    }

    #[test]
    fn oradis_frames_are_taken_off() {
        let frame = [&[0, 15, 0, 0, 0, 9], BLOCK].concat();
        let found = read(&[&frame[..], &frame, &frame, &frame].concat(), Format::Oradis);
        assert_eq!(found.len(), 4);
        assert!(found.iter().all(|found| *found == (None, Ok(BLOCK.to_vec()))));
    }
}
