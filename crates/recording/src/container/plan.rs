//! How a stretch of a file is cut into units: of all ways to read it, the one that chance would least
//! have made.
//!
//! Each unit counts by how rarely octets that are none look like it, in bits: its category, and its
//! length once something fitting stands where it leads. Octets that are left over count against it.
//! The best way from each place on follows from those of the places behind it, so one pass from the
//! end finds it (the algorithm of Viterbi, IEEE Trans. Inf. Theory 13, 1967), whatever the bytes are.

use super::blocks::{Framing, is_assigned};
use std::collections::VecDeque;

/// A category that a recording has: one octet in a hundred or so.
const KNOWN_BITS: i32 = 7;
/// One that is assigned: one octet in five.
const ASSIGNED_BITS: i32 = 1;
/// One that nobody has assigned: more often damage, or no category at all. With a length that leads to
/// the next unit past the usual gap it is neither for nor against.
const STRANGE_BITS: i32 = -5;
/// A length that leads to the next unit, at most; lengths of thousands of octets are rarer.
const LENGTH_BITS: i32 = 6;
/// A unit of a GPS capture whose time is beyond the day.
const UNTIMELY_BITS: i32 = -4;
/// Padding, or what this recording has behind every block.
const USUAL_BITS: i32 = -1;
/// Octets left over, up to [`GAP_MAX`] and more.
const GAP_BITS: i32 = -12;
const LOST_BITS: i32 = -21;
const NEVER: i32 = i32::MIN / 2;

/// Longest thing between bare blocks that is learned, or likely: packet ends, checksums.
pub(super) const GAP_MAX: usize = 64;
/// So much of a stretch is looked over for what lies between its blocks.
const LEARNED: usize = 1 << 14;
/// What a gap has to be worth more than none: a single damage may look like one.
const LEARNED_BITS: i32 = -2 * GAP_BITS;
/// Blocks of a category that make it known: damage makes one.
const KNOWN_BLOCKS: u8 = 3;

/// What a piece of a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Unit,
    Padding,
    /// Left over between units.
    Lost,
    /// A unit that the file ends in.
    Cut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub kind: Kind,
    pub length: usize,
}

/// What is known of a recording so far.
#[derive(Debug)]
pub(super) struct Known {
    pub framing: Framing,
    blocks: [u8; 256],
    /// Octets behind each of its blocks.
    gap: Option<usize>,
}

impl Known {
    pub(super) fn new(framing: Framing) -> Self {
        Self { framing, blocks: [0; 256], gap: None }
    }

    pub(super) fn met(&mut self, category: u8) {
        let blocks = &mut self.blocks[usize::from(category)];
        *blocks = blocks.saturating_add(1);
    }

    pub(super) fn has(&self, category: u8) -> bool {
        self.blocks[usize::from(category)] >= KNOWN_BLOCKS
    }

    /// Octets and bits of the unit that starts here, which may go beyond `bytes`.
    fn unit(&self, bytes: &[u8]) -> Option<(usize, i32)> {
        let length = self.framing.unit_len(bytes)?;
        let category = self.framing.category(bytes)?;
        let bits = match category {
            _ if self.has(category) => KNOWN_BITS,
            _ if is_assigned(category) || self.blocks[usize::from(category)] > 0 => ASSIGNED_BITS,
            _ => STRANGE_BITS,
        };
        let untimely = bytes.get(..length).is_some_and(|unit| !self.framing.is_timely(unit));
        Some((length, bits + if untimely { UNTIMELY_BITS } else { 0 }))
    }

    /// Whether the octets up to the end of a file are the beginning of a unit.
    fn begins_unit(&self, bytes: &[u8]) -> bool {
        let is_likely = |category| self.has(category) || is_assigned(category);
        let header_len = self.framing.header_len() + 3;
        self.framing.category(bytes).is_none_or(is_likely)
            && (bytes.len() < header_len || self.framing.unit_len(bytes).is_some())
    }

    /// What stands here if nothing is in doubt: a unit of a known category, or padding, and behind it
    /// another one or the end.
    pub(super) fn plain(&self, bytes: &[u8]) -> Option<Piece> {
        let is_known = |bytes: &[u8]| {
            let category = self.framing.category(bytes);
            let length = self.framing.unit_len(bytes);
            length.filter(|_| category.is_some_and(|category| self.has(category)))
        };
        let goes_on = |bytes: &[u8]| bytes.is_empty() || is_known(bytes).is_some();
        if let Some(length) = is_known(bytes) {
            let (unit, rest) = bytes.split_at_checked(length)?;
            let goes_on = goes_on(rest) || goes_on(&rest[self.framing.padding_len(rest)..]);
            return (goes_on && self.framing.is_timely(unit))
                .then_some(Piece { kind: Kind::Unit, length });
        }
        let length = self.framing.padding_len(bytes);
        (length > 0 && goes_on(&bytes[length..])).then_some(Piece { kind: Kind::Padding, length })
    }

    /// A whole unit of no strange category.
    fn likely(&self, bytes: &[u8]) -> Option<usize> {
        let (length, bits) = self.unit(bytes)?;
        (bits > 0 && length <= bytes.len()).then_some(length)
    }

    /// Takes the gap with which most blocks follow each other, if the beginning reads better with it.
    fn learn_gap(&mut self, bytes: &[u8]) {
        let bytes = &bytes[..bytes.len().min(LEARNED)];
        let ends: Vec<Option<usize>> = (0..bytes.len())
            .map(|at| self.likely(&bytes[at..]).map(|length| at + length))
            .collect();
        let mut rows = vec![0_u32; bytes.len()];
        let mut longest_row = |gap: usize| {
            for at in (0..bytes.len()).rev() {
                let behind = |end| rows.get(end + gap).copied().unwrap_or(0);
                rows[at] = ends[at].map_or(0, |end| 1 + behind(end));
            }
            rows.iter().copied().max().unwrap_or(0)
        };
        // Of equals the shortest.
        let gap = (1..=GAP_MAX).rev().max_by_key(|gap| longest_row(*gap));
        let bits = Best::of(self, bytes, false).bits();
        let before = std::mem::replace(&mut self.gap, gap);
        if Best::of(self, bytes, false).bits() <= bits + LEARNED_BITS {
            self.gap = before;
        }
    }

    /// The pieces of the first `within` octets, the last of which may go on beyond. `is_end` if the
    /// file ends with `bytes`.
    pub(super) fn plan(&mut self, bytes: &[u8], within: usize, is_end: bool) -> VecDeque<Piece> {
        if self.framing == Framing::Bare {
            self.learn_gap(bytes);
        }
        Best::of(self, bytes, is_end).pieces(within)
    }
}

/// What the best way from each place on counts, in bits.
struct Best<'a> {
    known: &'a Known,
    bytes: &'a [u8],
    is_end: bool,
    /// Where a unit starts there.
    unit: Vec<i32>,
    /// Where one has just ended, and what follows fits.
    joined: Vec<i32>,
    /// Where what follows is left over.
    lost: Vec<i32>,
    /// How often the octet there is repeated.
    run: Vec<u32>,
}

impl<'a> Best<'a> {
    fn of(known: &'a Known, bytes: &'a [u8], is_end: bool) -> Self {
        let len = bytes.len();
        let mut best = Self {
            known,
            bytes,
            is_end,
            unit: vec![NEVER; len + 1],
            joined: vec![0; len + 1],
            lost: vec![LOST_BITS; len + 1],
            run: vec![1; len],
        };
        // The most that a unit further on counts, and those less than a gap away: each counts more
        // than all before it, so that the last is the best.
        let mut any = 0;
        let mut near = VecDeque::<usize>::new();
        for at in (0..len).rev() {
            if bytes.get(at + 1) == Some(&bytes[at]) {
                best.run[at] = best.run[at + 1] + 1;
            }
            if near.back().is_some_and(|far| *far > at + GAP_MAX) {
                near.pop_back();
            }
            let gap = near.back().map_or(NEVER, |far| best.unit[*far] + GAP_BITS);
            best.lost[at] = gap.max(any + LOST_BITS);
            let unit = best.unit_from(at);
            best.unit[at] = unit;
            best.joined[at] = best.joins(at).map(|(bits, _)| bits).max().unwrap_or(NEVER);
            any = any.max(unit);
            if unit > NEVER {
                while near.front().is_some_and(|next| best.unit[*next] <= unit) {
                    near.pop_front();
                }
                near.push_front(at);
            }
        }
        best
    }

    /// All of it.
    fn bits(&self) -> i32 {
        self.joined[0].max(self.lost[0])
    }

    fn unit_from(&self, at: usize) -> i32 {
        let Some((length, bits)) = self.known.unit(&self.bytes[at..]) else { return NEVER };
        let end = at + length;
        match self.joined.get(end) {
            Some(joined) => bits + (joined + length_bits(length)).max(self.lost[end]),
            None if self.is_end => NEVER,
            None => bits,
        }
    }

    /// The ways to go on where a unit ended and something fits: what each counts, and how far ahead.
    fn joins(&self, at: usize) -> impl Iterator<Item = (i32, usize)> {
        let padding = self.padding_len(at);
        let gap = self.known.gap.unwrap_or(0);
        let beyond = move |ahead: usize| match at + ahead {
            place if place == self.bytes.len() => USUAL_BITS,
            place => self.unit.get(place).map_or(NEVER, |bits| bits + USUAL_BITS),
        };
        let rarer = [padding, gap].into_iter().filter(|ahead| *ahead > 0);
        std::iter::once((self.unit[at], 0)).chain(rarer.map(move |ahead| (beyond(ahead), ahead)))
    }

    fn padding_len(&self, at: usize) -> usize {
        let run = self.run[at] as usize;
        if self.known.framing.is_padding(self.bytes[at], run) { run } else { 0 }
    }

    fn pieces(&self, within: usize) -> VecDeque<Piece> {
        let mut pieces = VecDeque::new();
        let mut at = 0;
        while at < within.min(self.bytes.len()) {
            let mut piece = self.piece(at);
            // Where more follows than is shown, a unit may begin that is not seen whole.
            let is_cut_off = piece.kind == Kind::Lost && at + piece.length == self.bytes.len();
            if is_cut_off && !self.is_end {
                piece.length = within - at;
                pieces.push_back(piece);
                break;
            }
            pieces.push_back(piece);
            at += piece.length;
            if piece.kind != Kind::Unit && at < self.bytes.len() {
                let unit = self.unit_piece(at);
                // One that is not seen whole is looked at again with what follows.
                if at + unit.length > self.bytes.len() && !self.is_end {
                    break;
                }
                pieces.push_back(unit);
                at += unit.length;
            }
        }
        pieces
    }

    fn unit_piece(&self, at: usize) -> Piece {
        let rest = &self.bytes[at..];
        let length = self.known.unit(rest).map_or(rest.len(), |(length, _)| length);
        Piece { kind: Kind::Unit, length }
    }

    /// What stands where a unit has just ended.
    fn piece(&self, at: usize) -> Piece {
        let (joined, lost) = (self.joined[at], self.lost[at]);
        let ahead = self.joins(at).find(|(bits, _)| *bits == joined).map_or(0, |(_, ahead)| ahead);
        if joined >= lost {
            return match ahead {
                0 => self.unit_piece(at),
                _ if ahead == self.padding_len(at) => Piece { kind: Kind::Padding, length: ahead },
                _ => Piece { kind: Kind::Lost, length: ahead },
            };
        }
        let len = self.bytes.len();
        let first = |bits: i32, end: usize| {
            (at + 1..end.min(len)).find(|place| self.unit[*place] + bits == lost)
        };
        let next = first(GAP_BITS, at + GAP_MAX + 1).or_else(|| first(LOST_BITS, len));
        let is_cut = next.is_none() && self.is_end && self.known.begins_unit(&self.bytes[at..]);
        let kind = if is_cut { Kind::Cut } else { Kind::Lost };
        Piece { kind, length: next.unwrap_or(len) - at }
    }
}

fn length_bits(length: usize) -> i32 {
    (16 - length.checked_ilog2().map_or(0, |log| log as i32 + 1)).clamp(0, LENGTH_BITS)
}
