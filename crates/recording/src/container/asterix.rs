//! ASTERIX data blocks one after the other, without framing or time.
//!
//! A block is a category, a length in two bytes that counts these three, and records
//! (EUROCONTROL-SPEC-0149, part 1).

use std::io::{self, Read};

use super::window::Window;
use super::{DefectKind, Origin, Output, Step};

/// Four of the longest blocks: enough to find the run of blocks after a bad one.
const LOOK_AHEAD: usize = 4 << 16;
/// The least a block can be: header and one byte of record.
const BLOCK_LEN_MIN: usize = 4;
/// Blocks that have to follow each other before bytes are believed to be blocks.
const RUN: usize = 3;

#[derive(Debug)]
pub(super) struct Blocks {
    /// Categories of the blocks so far: a recording has few, and after damage others are not
    /// believed. Any three octets in five are a block of some assigned category or other.
    met: [bool; 256],
}

impl Default for Blocks {
    fn default() -> Self {
        Self { met: [false; 256] }
    }
}

impl Blocks {
    pub(super) fn step<R: Read>(
        &mut self,
        window: &mut Window<R>,
        output: &mut Output,
    ) -> io::Result<Step> {
        let offset = window.offset();
        let bytes = window.fill(LOOK_AHEAD)?;
        let Some(length) = block_len(bytes) else {
            return self.pass_over(window, output);
        };
        // A flipped bit in a length leads beyond the file or to where no block starts.
        let is_lost = match bytes.get(length) {
            None => length > bytes.len(),
            Some(category) => !self.met[usize::from(*category)],
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
        self.met[usize::from(bytes[0])] = true;
        output.set_payload(&bytes[..length]);
        window.advance(length);
        Ok(Step::Datagram(Origin::default()))
    }

    /// Goes on to the next place where blocks follow each other.
    fn pass_over<R: Read>(&self, window: &mut Window<R>, output: &mut Output) -> io::Result<Step> {
        let offset = window.offset();
        let bytes = window.fill(LOOK_AHEAD)?;
        if bytes.is_empty() {
            return Ok(Step::End);
        }
        let skip = self.search(bytes, bytes.len()).unwrap_or(bytes.len());
        output.defect(DefectKind::RecordCorrupt { bytes: skip as u64 }, offset);
        window.advance(skip);
        Ok(Step::Nothing)
    }

    /// Where blocks of categories met before follow each other, less than `within` from here.
    fn search(&self, bytes: &[u8], within: usize) -> Option<usize> {
        (1..within.min(bytes.len()))
            .find(|&at| fits_run(&bytes[at..], |category| self.met[usize::from(category)]))
    }
}

/// The length of the block that starts here, which may go beyond `bytes`. A category nobody has
/// assigned is believed if an assigned one follows.
fn block_len(bytes: &[u8]) -> Option<usize> {
    let &[category, high, low, ..] = bytes else { return None };
    let length = usize::from(u16::from_be_bytes([high, low]));
    let believed = || is_assigned(category) || bytes.get(length).is_some_and(|c| is_assigned(*c));
    (length >= BLOCK_LEN_MIN && believed()).then_some(length)
}

/// Whether [`RUN`] blocks of assigned categories follow each other here, or at least one and
/// nothing else up to the end.
pub(super) fn fits_blocks(bytes: &[u8]) -> bool {
    fits_run(bytes, is_assigned)
}

fn fits_run(mut bytes: &[u8], is_believed: impl Fn(u8) -> bool) -> bool {
    for seen in 0..RUN {
        match (bytes.first(), block_len(bytes)) {
            (None, _) => return seen > 0,
            (Some(category), Some(length)) if is_believed(*category) && length <= bytes.len() => {
                bytes = &bytes[length..];
            }
            _ => return false,
        }
    }
    true
}

/// The categories met in practice: those EUROCONTROL has assigned, and the known private ones.
const fn is_assigned(category: u8) -> bool {
    matches!(category, 1..=4 | 7..=11 | 15..=25 | 30..=32 | 34 | 48 | 61..=63 | 65 | 128 | 129 | 150..=156 | 205 | 240 | 244..=247 | 252 | 253)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::{Item, Reader};

    fn read(bytes: &[u8]) -> Vec<Result<Vec<u8>, DefectKind>> {
        let mut reader = Reader::new(bytes, "test").unwrap();
        let mut found = Vec::new();
        while let Some(item) = reader.read().unwrap() {
            found.push(match item {
                Item::Datagram(chunk) | Item::Stream(chunk) => Ok(chunk.bytes.to_vec()),
                Item::Frame(frame) => panic!("{frame:?}"),
                Item::Defect(defect) => Err(defect.kind),
            });
        }
        found
    }

    const A: &[u8] = &[48, 0, 5, 0x80, 1];
    const B: &[u8] = &[34, 0, 6, 0x80, 1, 2];

    #[test]
    fn a_bad_length_costs_its_block_alone() {
        let bad: &[u8] = &[48, 0, 1, 0x80, 77];
        let found = read(&[A, B, A, bad, B, A, B].concat());
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
            let found = read(&[&good[..], &bad, &good].concat());
            let expected = vec![[Ok(A.to_vec()), Ok(B.to_vec())]; 20].concat();
            assert!(found.starts_with(&expected) && found.ends_with(&expected), "bit {bit}");
            assert!((81..=82).contains(&found.len()), "bit {bit}: {}", found.len());
            assert!(found[40..42].iter().any(Result::is_err), "bit {bit}");
        }
    }

    #[test]
    fn a_cut_file_yields_its_whole_blocks_and_says_so() {
        let found = read(&[A, B, A, &B[..4]].concat());
        assert_eq!(found.len(), 4);
        assert_eq!(found[3], Err(DefectKind::FileTruncated { bytes: 4 }));
    }
}
