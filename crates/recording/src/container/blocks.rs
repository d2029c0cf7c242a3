//! ASTERIX data blocks one after the other: bare, or in one of two framings as Croatia Control's
//! decoder reads them.
//!
//! ```text
//! bare    blocks, perhaps with padding or the ends of packets between them
//! GPS     2,200 octets of header once · then: a block · 10 octets, of which 7 to 9 are the time of
//!         day in 1/128 s
//! ORADIS  length u16, of all of this · time u32, its unit not known · blocks
//! ```
//!
//! A block is a category, a length in two octets that counts these three, and records
//! (EUROCONTROL-SPEC-0149, part 1). No public standard for the framings; everything is big-endian.
//! Here a unit is a block with what its framing adds, or an ORADIS frame.

use std::io::{self, Read};
use std::time::Duration;

use super::day::DayClock;
use super::window::Window;
use super::{DefectKind, Origin, Output, Step};

pub(super) const GPS_HEADER_LEN: usize = 2200;
pub(super) const GPS_TRAILER_LEN: usize = 10;
const ORADIS_HEADER_LEN: usize = 6;
/// The least a block can be: header and one octet of record.
const BLOCK_LEN_MIN: usize = 4;
const UNIT_LEN_MAX: usize = (1 << 16) + GPS_TRAILER_LEN;
/// Four of the longest units: enough to find the run of units after a bad one.
const LOOK_AHEAD: usize = 4 * UNIT_LEN_MAX;
/// So much of it can be passed over without a look at what follows.
const SEARCHED: usize = LOOK_AHEAD - RUN * UNIT_LEN_MAX;
/// Units that have to follow each other before bytes are believed to be units.
const RUN: usize = 3;
/// As many while nothing is known of the categories: any octet is an assigned one once in five.
const RUN_BLIND: usize = 8;
/// Longest thing between bare blocks that is looked over for the next one: packet ends, checksums.
const GAP_MAX: usize = 64;
/// Bare blocks of no more than two categories, each with a gap behind it, that make a recording.
const RUN_GAPPED: usize = 6;
const STEPS_PER_DAY: u32 = 86_400 * 128;

/// How blocks lie in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    Bare,
    Gps,
    Oradis,
}

#[derive(Debug)]
pub(super) struct Blocks {
    framing: Framing,
    clock: DayClock,
    started: bool,
    met: Categories,
}

/// Categories of the blocks so far: a recording has few, and after damage others are not believed.
#[derive(Debug)]
struct Categories([bool; 256]);

impl Categories {
    fn is_empty(&self) -> bool {
        !self.0.contains(&true)
    }

    fn has(&self, category: u8) -> bool {
        self.0[usize::from(category)]
    }

    /// Whether a block of this category is nothing new; before the first one every assigned is.
    fn believes(&self, category: u8) -> bool {
        if self.is_empty() { is_assigned(category) } else { self.has(category) }
    }
}

impl Blocks {
    pub(super) fn new(framing: Framing) -> Self {
        let met = Categories([false; 256]);
        Self { framing, clock: DayClock::default(), started: false, met }
    }

    pub(super) fn clock(&mut self) -> &mut DayClock {
        &mut self.clock
    }

    pub(super) fn step<R: Read>(
        &mut self,
        window: &mut Window<R>,
        output: &mut Output,
    ) -> io::Result<Step> {
        if !self.started {
            self.started = true;
            let header = window.fill(self.framing.file_header_len())?.len();
            window.advance(header);
        }
        let offset = window.offset();
        let bytes = window.fill(LOOK_AHEAD)?;
        let padding = self.framing.padding_len(bytes);
        if padding > 0 && (padding == bytes.len() || self.framing.is_unit(&bytes[padding..])) {
            window.advance(padding);
            return Ok(Step::Nothing);
        }
        let Some(length) = self.framing.unit_len(bytes) else {
            return self.pass_over(window, output);
        };
        // A flipped bit in a length leads beyond the file or to where no unit starts.
        let is_lost = match bytes.get(length..) {
            None => true,
            Some(rest) => {
                let next = &rest[self.framing.padding_len(rest)..];
                self.framing.category(next).is_some_and(|category| !self.met.believes(category))
            }
        };
        if is_lost && self.search(bytes, length).is_some() {
            return self.pass_over(window, output);
        }
        if length > bytes.len() {
            let rest = bytes.len();
            window.advance(rest);
            output.defect(DefectKind::FileTruncated { bytes: rest as u64 }, offset);
            return Ok(Step::End);
        }
        let unit = &bytes[..length];
        if let Some(category) = self.framing.category(unit) {
            self.met.0[usize::from(category)] = true;
        }
        output.set_payload(self.framing.payload(unit));
        let time = (self.framing == Framing::Gps).then(|| {
            let nanos = u64::from(gps_steps(unit) % STEPS_PER_DAY) * 7_812_500;
            self.clock.time(Duration::from_nanos(nanos))
        });
        window.advance(length);
        Ok(Step::Datagram(Origin { time, ..Origin::default() }))
    }

    /// Goes on to the next place where units follow each other.
    fn pass_over<R: Read>(&self, window: &mut Window<R>, output: &mut Output) -> io::Result<Step> {
        let offset = window.offset();
        let bytes = window.fill(LOOK_AHEAD)?;
        if bytes.is_empty() {
            return Ok(Step::End);
        }
        // Where more follows than is shown, a run may begin that is not seen whole.
        let within = if bytes.len() < LOOK_AHEAD { bytes.len() } else { SEARCHED };
        let skip = self.search(bytes, within).unwrap_or(within);
        output.defect(DefectKind::RecordCorrupt { bytes: skip as u64 }, offset);
        window.advance(skip);
        Ok(Step::Nothing)
    }

    /// Where units of categories met before follow each other, less than `within` from here.
    fn search(&self, bytes: &[u8], within: usize) -> Option<usize> {
        let framing = self.framing;
        let is_blind = self.met.is_empty();
        let need = match is_blind {
            true => Need { units: RUN_BLIND, at_end: RUN },
            false => Need { units: RUN, at_end: 1 },
        };
        let fits = |at: usize, gap: usize| {
            framing.fits_run(&bytes[at..], gap, |category| self.met.believes(category), need)
        };
        // What lies between two blocks is as long between the next ones.
        let has_gaps = framing == Framing::Bare && !is_blind;
        (1..within.min(bytes.len()))
            .find(|&at| fits(at, 0) || (has_gaps && at <= GAP_MAX && fits(at, at)))
    }
}

/// How many units are asked of a run, and how many where the bytes end with one of them.
#[derive(Debug, Clone, Copy)]
struct Need {
    units: usize,
    at_end: usize,
}

impl Framing {
    fn file_header_len(self) -> usize {
        if self == Self::Gps { GPS_HEADER_LEN } else { 0 }
    }

    /// Octets before the first block of a unit.
    fn header_len(self) -> usize {
        if self == Self::Oradis { ORADIS_HEADER_LEN } else { 0 }
    }

    /// Category of the first block of the unit that starts here.
    fn category(self, bytes: &[u8]) -> Option<u8> {
        bytes.get(self.header_len()).copied()
    }

    fn payload(self, unit: &[u8]) -> &[u8] {
        match self {
            Self::Bare => unit,
            Self::Gps => &unit[..unit.len() - GPS_TRAILER_LEN],
            Self::Oradis => &unit[ORADIS_HEADER_LEN..],
        }
    }

    /// Octets of the unit that starts here, its framing included, which may go beyond `bytes`; `None`
    /// if none does. A category nobody has assigned is believed if an assigned one follows.
    fn unit_len(self, bytes: &[u8]) -> Option<usize> {
        let &[category, high, low, ..] = bytes.get(self.header_len()..)? else { return None };
        let block = usize::from(u16::from_be_bytes([high, low]));
        let length = match self {
            Self::Bare => block,
            Self::Gps => block + GPS_TRAILER_LEN,
            Self::Oradis => {
                let stated = usize::from(u16::from_be_bytes([bytes[0], bytes[1]]));
                (stated >= ORADIS_HEADER_LEN + block).then_some(stated)?
            }
        };
        let follows = || self.category(bytes.get(length..)?).filter(|next| is_assigned(*next));
        let believed = is_assigned(category) || (category != 0 && follows().is_some());
        (block >= BLOCK_LEN_MIN && believed).then_some(length)
    }

    /// Whether a unit of an assigned category starts here.
    fn is_unit(self, bytes: &[u8]) -> bool {
        self.category(bytes).is_some_and(is_assigned) && self.unit_len(bytes).is_some()
    }

    /// Octets of padding here: zeros, or two and more of another octet that is no category. Only bare
    /// blocks have any.
    fn padding_len(self, bytes: &[u8]) -> usize {
        let Some(&first) = bytes.first() else { return 0 };
        if self != Self::Bare || is_assigned(first) {
            return 0;
        }
        let length = bytes.iter().take_while(|octet| **octet == first).count();
        if first == 0 || length > 1 { length } else { 0 }
    }

    /// Whether the start of a file looks like this: some units of assigned categories one after the
    /// other, or at least one and nothing else to the end.
    pub(super) fn fits(self, start: &[u8]) -> bool {
        let Some(bytes) = start.get(self.file_header_len()..) else { return false };
        self.fits_run(bytes, 0, is_assigned, Need { units: RUN, at_end: 1 })
    }

    /// Whether units of believed categories follow each other here, `gap` octets of whatever behind
    /// some or each of them.
    fn fits_run(
        self,
        bytes: &[u8],
        gap: usize,
        is_believed: impl Fn(u8) -> bool,
        need: Need,
    ) -> bool {
        let unit = |bytes: &[u8]| -> Option<usize> {
            let length = self.unit_len(bytes).filter(|length| *length <= bytes.len())?;
            let timely = self != Self::Gps || gps_steps(&bytes[..length]) < STEPS_PER_DAY;
            (timely && self.category(bytes).is_some_and(&is_believed)).then_some(length)
        };
        self.goes_on(bytes, gap, &unit, need, 0)
    }

    /// Whether the rest of a run is here, of which `seen` units were; at most [`RUN_BLIND`] deep.
    fn goes_on(
        self,
        bytes: &[u8],
        gap: usize,
        unit: &impl Fn(&[u8]) -> Option<usize>,
        need: Need,
        seen: usize,
    ) -> bool {
        if seen == need.units {
            return true;
        }
        let bytes = if seen > 0 { &bytes[self.padding_len(bytes)..] } else { bytes };
        if bytes.is_empty() || (seen > 0 && bytes.len() == gap) {
            return seen >= need.at_end;
        }
        let from = |bytes: &[u8]| {
            let rest = unit(bytes).map(|length| &bytes[length..]);
            rest.is_some_and(|rest| self.goes_on(rest, gap, unit, need, seen + 1))
        };
        from(bytes) || (gap > 0 && seen > 0 && bytes.get(gap..).is_some_and(from))
    }
}

/// Whether a file begins with bare blocks of one or two assigned categories that have the same number
/// of octets behind each, whatever they are.
pub(super) fn fits_gapped_blocks(start: &[u8]) -> bool {
    let Some(first) = Framing::Bare.unit_len(start) else { return false };
    let ours = start[0];
    (1..=GAP_MAX).any(|gap| {
        let Some(second) = start.get(first + gap).copied() else { return false };
        let is_believed = |category| is_assigned(category) && [ours, second].contains(&category);
        let need = Need { units: RUN_GAPPED, at_end: RUN };
        Framing::Bare.fits_run(start, gap, is_believed, need)
    })
}

/// The time of day behind a block of a GPS capture, 1/128 s.
fn gps_steps(unit: &[u8]) -> u32 {
    let at = unit.len() - GPS_TRAILER_LEN + 6;
    u32::from_be_bytes([0, unit[at], unit[at + 1], unit[at + 2]])
}

/// The categories met in practice: those EUROCONTROL has assigned, and the known private ones.
const fn is_assigned(category: u8) -> bool {
    matches!(category, 1..=4 | 7..=11 | 15..=25 | 30..=32 | 34 | 48 | 61..=63 | 65 | 128 | 129 | 150..=156 | 205 | 240 | 244..=247 | 252 | 253)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::{Format, Item, Reader};
    use surveillance::Time;

    /// When, and what.
    type Found = (Option<String>, Result<Vec<u8>, DefectKind>);

    fn found(mut reader: Reader<&[u8]>) -> Vec<Found> {
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

    fn read(bytes: &[u8], format: Format) -> Vec<Found> {
        let day: Time = "2026-11-23T00:00:00Z".parse().unwrap();
        let reader = Reader::new(bytes, "test").unwrap().on_day_of(day);
        assert_eq!(reader.format(), format);
        found(reader)
    }

    /// Without times.
    fn bare(bytes: &[u8]) -> Vec<Result<Vec<u8>, DefectKind>> {
        read(bytes, Format::RawAsterix).into_iter().map(|(_, what)| what).collect()
    }

    const A: &[u8] = &[48, 0, 5, 0x80, 1];
    const B: &[u8] = &[34, 0, 6, 0x80, 1, 2];
    const BLOCK: &[u8] = &[48, 0, 9, 0xc0, 25, 201, 0x66, 0x33, 0xa0];

    #[test]
    fn a_bad_length_costs_its_block_alone() {
        let bad: &[u8] = &[48, 0, 1, 0x80, 77];
        let found = bare(&[A, B, A, bad, B, A, B].concat());
        let [a, b] = [Ok(A.to_vec()), Ok(B.to_vec())];
        let corrupt = Err(DefectKind::RecordCorrupt { bytes: 5 });
        assert_eq!(found, [a.clone(), b.clone(), a.clone(), corrupt, b.clone(), a, b]);
    }

    #[test]
    fn a_flipped_bit_in_a_length_costs_its_block_alone() {
        // Bit 4 makes it end where a later block begins: by its structure it is a sound block.
        for bit in (0..16).filter(|bit| *bit != 4) {
            let mut bad = B.to_vec();
            bad[2 - bit / 8] ^= 1 << (bit % 8);
            let good = [A, B].concat().repeat(20);
            let found = bare(&[&good[..], &bad, &good].concat());
            let expected = vec![[Ok(A.to_vec()), Ok(B.to_vec())]; 20].concat();
            assert!(found.starts_with(&expected) && found.ends_with(&expected), "bit {bit}");
            assert!((81..=82).contains(&found.len()), "bit {bit}: {}", found.len());
            assert!(found[40..42].iter().any(Result::is_err), "bit {bit}");
        }
    }

    #[test]
    fn a_cut_file_yields_its_whole_blocks_and_says_so() {
        let found = bare(&[A, B, A, &B[..4]].concat());
        assert_eq!(found.len(), 4);
        assert_eq!(found[3], Err(DefectKind::FileTruncated { bytes: 4 }));
    }

    /// More than the header of a GPS capture, so that it might be one.
    fn with_between(between: &[u8]) -> Vec<u8> {
        [&[A, between].concat()[..], &[BLOCK, between].concat(), &[B, between].concat()]
            .concat()
            .repeat(200)
    }

    #[test]
    fn padding_between_blocks_is_passed_over() {
        for padding in [&[0; 1][..], &[0; 7], &[0; 600], &[0xFF; 2], &[0xEE; 41]] {
            let found = bare(&with_between(padding));
            let wrong: Vec<_> = found.iter().filter(|found| found.is_err()).collect();
            assert_eq!(found.len(), 600, "{padding:02x?} {wrong:?}");
            assert!(found.iter().all(Result::is_ok), "{padding:02x?}");
        }
    }

    #[test]
    fn what_lies_between_blocks_is_told_and_costs_none_of_them() {
        let check = |between: &[u8]| {
            let pair = [A, between, BLOCK, between].concat();
            let found = bare(&[&pair.repeat(199)[..], A, between, BLOCK].concat());
            let (blocks, rest): (Vec<_>, Vec<_>) = found.into_iter().partition(Result::is_ok);
            assert_eq!(blocks.len(), 400, "{between:02x?}");
            let bytes = between.len() as u64;
            let told = Err(DefectKind::RecordCorrupt { bytes });
            assert!(rest.len() == 399 && rest.iter().all(|found| *found == told), "{between:02x?}");
        };
        // Ends of packets: checksums, and one that looks like the start of a block.
        check(&[0xde, 0xad, 0xbe, 0xef]);
        check(&[1, 2, 3, 4, 5, 6, 7, 8]);
        check(&[48, 0, 40, 3, 9, 9, 9, 9]);
    }

    #[test]
    fn a_named_format_is_read_though_its_start_does_not_show_it() {
        let good = [A, B].concat().repeat(9);
        let bytes = [&[0x77, 0x10, 1][..], &good].concat();
        assert!(Reader::new(&bytes[..], "test").is_err());
        let reader = Reader::of_format(&bytes[..], "test", Format::RawAsterix).unwrap();
        let found = found(reader);
        assert_eq!(found[0].1, Err(DefectKind::RecordCorrupt { bytes: 3 }));
        assert_eq!(found.len(), 1 + 18);
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
    fn a_damaged_unit_of_a_gps_capture_costs_itself_alone() {
        let header = vec![0; GPS_HEADER_LEN];
        let good: Vec<u8> = (0..30).flat_map(gps).collect();
        let unit = gps(30).len();
        for at in [0, 1, 2] {
            for bit in 0..8 {
                let mut bad = gps(30);
                bad[at] ^= 1 << bit;
                let found = read(&[&header[..], &good, &bad, &good].concat(), Format::Gps);
                let sound = found.iter().filter(|(_, what)| what.as_deref() == Ok(BLOCK)).count();
                assert_eq!(sound, 60, "octet {at} bit {bit}");
                let lost: u64 = (found.iter())
                    .filter_map(|(_, what)| match what {
                        Err(DefectKind::RecordCorrupt { bytes }) => Some(*bytes),
                        _ => None,
                    })
                    .sum();
                // Of another category, or shorter, it is a block all the same.
                assert!(lost <= unit as u64, "octet {at} bit {bit}: {lost}");
            }
        }
        // Octets that were lost from within one, and octets that came in between.
        for bad in [&gps(30)[5..], &[&gps(30)[..], &[0x99; 300]].concat()] {
            let found = read(&[&header[..], &good, bad, &good].concat(), Format::Gps);
            let sound = found.iter().filter(|(_, what)| what.as_deref() == Ok(BLOCK)).count();
            assert!(sound >= 60, "{}", bad.len());
        }
    }

    #[test]
    fn oradis_frames_are_taken_off() {
        let frame = [&[0, 15, 0, 0, 0, 9], BLOCK].concat();
        let found = read(&[&frame[..], &frame, &frame, &frame].concat(), Format::Oradis);
        assert_eq!(found.len(), 4);
        assert!(found.iter().all(|found| *found == (None, Ok(BLOCK.to_vec()))));
    }

    #[test]
    fn a_damaged_oradis_frame_costs_itself_alone() {
        let frame = [&[0, 15, 0, 0, 0, 9], BLOCK].concat();
        let good = frame.repeat(20);
        let mut bad = frame.clone();
        bad[1] = 3;
        let found = read(&[&good[..], &bad, &good].concat(), Format::Oradis);
        assert_eq!(found.len(), 41);
        assert_eq!(found[20].1, Err(DefectKind::RecordCorrupt { bytes: 15 }));
    }
}
