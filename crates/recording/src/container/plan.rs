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
/// So much is looked at first: enough where units are short against it, and far less to do.
pub(super) const NEAR: usize = 1 << 15;
/// So much of that is settled.
const NEAR_SETTLED: usize = NEAR / 4 * 3;
/// Units that are short against it: four of the longest lie in what is not settled.
const NEAR_UNIT_MAX: usize = NEAR / 16;
const NEAR_UNITS: usize = 16;
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

    fn category_bits(&self, category: u8) -> i32 {
        match category {
            _ if self.has(category) => KNOWN_BITS,
            _ if is_assigned(category) || self.blocks[usize::from(category)] > 0 => ASSIGNED_BITS,
            _ => STRANGE_BITS,
        }
    }

    /// Octets and bits of the unit that starts here, which may go beyond `bytes`.
    fn unit(&self, bytes: &[u8]) -> Option<(usize, i32)> {
        self.unit_by(bytes, |category| self.category_bits(category))
    }

    fn unit_by(&self, bytes: &[u8], bits: impl Fn(u8) -> i32) -> Option<(usize, i32)> {
        let length = self.framing.unit_len(bytes)?;
        let bits = bits(self.framing.category(bytes)?);
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

    /// What stands here if nothing is in doubt, and behind it a unit of a known category or the end:
    /// such a unit, padding, or what is behind every unit.
    pub(super) fn plain(&self, bytes: &[u8], is_behind_unit: bool) -> Option<Piece> {
        let is_known = |bytes: &[u8]| {
            let category = self.framing.category(bytes);
            let length = self.framing.unit_len(bytes);
            length.filter(|_| category.is_some_and(|category| self.has(category)))
        };
        let goes_on = |bytes: &[u8]| bytes.is_empty() || is_known(bytes).is_some();
        let padded = |bytes: &[u8]| {
            let length = self.framing.padding_len(bytes);
            (length > 0 && goes_on(&bytes[length..])).then_some(length)
        };
        let gapped = |bytes: &[u8]| self.gap.filter(|gap| bytes.get(*gap..).is_some_and(goes_on));
        // What is behind a unit may look like another one, but that leads nowhere then.
        let leads_on = |bytes: &[u8]| {
            let (unit, rest) = bytes.split_at_checked(is_known(bytes)?)?;
            let is_one = goes_on(rest) || padded(rest).is_some() || gapped(rest).is_some();
            (is_one && self.framing.is_timely(unit)).then_some(unit.len())
        };
        if let Some(length) = leads_on(bytes) {
            let rest = &bytes[length..];
            let is_doubtful = (is_behind_unit && gapped(bytes).is_some())
                || (gapped(rest).is_some() && (leads_on(rest).or(padded(rest))).is_some());
            return (!is_doubtful).then_some(Piece { kind: Kind::Unit, length });
        }
        let padding = padded(bytes).filter(|_| is_known(bytes).is_none());
        match (padding, gapped(bytes).filter(|_| is_behind_unit)) {
            (Some(length), None) => Some(Piece { kind: Kind::Padding, length }),
            (None, Some(length)) => Some(Piece { kind: Kind::Lost, length }),
            _ => None,
        }
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

    /// The pieces at the beginning of [`NEAR`] octets of a file that goes on; `None` if more has to be
    /// looked at to tell: units are long or of categories that are not known yet, or much is left over, as
    /// where a gap is to be learned.
    pub(super) fn plan_near(&self, bytes: &[u8]) -> Option<VecDeque<Piece>> {
        let pieces = Best::of(self, bytes, false).pieces(NEAR_SETTLED);
        let (mut at, mut units, mut left) = (0, 0, 0);
        for piece in &pieces {
            match piece.kind {
                Kind::Unit => {
                    let category = self.framing.category(&bytes[at..])?;
                    if piece.length > NEAR_UNIT_MAX || !self.has(category) {
                        return None;
                    }
                    units += 1;
                }
                Kind::Lost if Some(piece.length) != self.gap => left += 1,
                _ => {}
            }
            at += piece.length;
        }
        (units >= NEAR_UNITS.max(4 * left)).then_some(pieces)
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
    /// Of each category.
    categories: [i32; 256],
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
            categories: std::array::from_fn(|category| known.category_bits(category as u8)),
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
            best.joined[at] = best.best_join(at);
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
        let bits = |category: u8| self.categories[usize::from(category)];
        let unit = self.known.unit_by(&self.bytes[at..], bits);
        let Some((length, bits)) = unit else { return NEVER };
        let end = at + length;
        match self.joined.get(end) {
            Some(joined) => bits + (joined + length_bits(length)).max(self.lost[end]),
            None if self.is_end => NEVER,
            None => bits,
        }
    }

    /// The ways to go on where a unit ended and something fits: what each counts, and how far ahead.
    fn joins(&self, at: usize) -> [(i32, usize); 3] {
        let beyond = |ahead: usize| match at + ahead {
            _ if ahead == 0 => NEVER,
            place if place == self.bytes.len() => USUAL_BITS,
            place => self.unit.get(place).map_or(NEVER, |bits| bits + USUAL_BITS),
        };
        let (padding, gap) = (self.padding_len(at), self.known.gap.unwrap_or(0));
        [(self.unit[at], 0), (beyond(padding), padding), (beyond(gap), gap)]
    }

    fn best_join(&self, at: usize) -> i32 {
        let [(unit, _), (padded, _), (gapped, _)] = self.joins(at);
        unit.max(padded).max(gapped)
    }

    fn padding_len(&self, at: usize) -> usize {
        let run = self.run[at] as usize;
        if self.known.framing.is_padding(self.bytes[at], run) { run } else { 0 }
    }

    fn pieces(&self, within: usize) -> VecDeque<Piece> {
        let mut pieces = VecDeque::new();
        let mut at = 0;
        let mut led = 0;
        while at < within.min(self.bytes.len()) {
            let mut piece = self.piece(at, led);
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
            led = pieces.back().map_or(0, |unit| length_bits(unit.length));
        }
        pieces
    }

    fn unit_piece(&self, at: usize) -> Piece {
        let rest = &self.bytes[at..];
        let length = self.known.unit(rest).map_or(rest.len(), |(length, _)| length);
        Piece { kind: Kind::Unit, length }
    }

    /// What stands where a unit has just ended whose length counts `led` if it leads to something.
    fn piece(&self, at: usize, led: i32) -> Piece {
        let (joined, lost) = (self.joined[at], self.lost[at]);
        let mut joins = self.joins(at).into_iter();
        let ahead = joins.find(|(bits, _)| *bits == joined).map_or(0, |(_, ahead)| ahead);
        // Of equals a damaged header is left over, which costs its unit and not the one behind it.
        if joined >= lost || joined + led > lost {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// One way to read octets: what each piece of it is, and how long.
    type Cutting = Vec<(Read, usize)>;

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Read {
        Unit,
        /// Padding, or the gap behind every block.
        Usual,
        Lost,
    }

    /// Every way to read `bytes[at..]` behind `so_far`.
    fn every(
        known: &Known,
        bytes: &[u8],
        is_end: bool,
        at: usize,
        so_far: &Cutting,
        all: &mut Vec<Cutting>,
    ) {
        let with = |of: Read, length: usize| [&so_far[..], &[(of, length)]].concat();
        let last = so_far.last().map(|(of, _)| *of);
        let rest = &bytes[at..];
        if rest.is_empty() {
            all.push(so_far.clone());
            return;
        }
        if let Some((length, _)) = known.unit(rest) {
            if length <= rest.len() {
                every(known, bytes, is_end, at + length, &with(Read::Unit, length), all);
            } else if !is_end {
                all.push(with(Read::Unit, length));
            }
        }
        if !matches!(last, None | Some(Read::Unit)) {
            return;
        }
        let padding = known.framing.padding_len(rest);
        for length in [padding, known.gap.unwrap_or(0)] {
            if (1..=rest.len()).contains(&length) {
                every(known, bytes, is_end, at + length, &with(Read::Usual, length), all);
            }
        }
        for length in 1..=rest.len() {
            every(known, bytes, is_end, at + length, &with(Read::Lost, length), all);
        }
    }

    /// What a way to read counts, in bits, as the constants have it; `None` if it is none: behind
    /// what is no unit stands one, or the end.
    fn counts(known: &Known, bytes: &[u8], cutting: &Cutting) -> Option<i32> {
        let mut bits = 0;
        let mut at = 0;
        for (place, &(of, length)) in cutting.iter().enumerate() {
            let next = cutting.get(place + 1).map(|(of, _)| *of);
            bits += match of {
                Read::Unit if at + length > bytes.len() => known.unit(&bytes[at..])?.1,
                Read::Unit => {
                    let leads_on = next != Some(Read::Lost);
                    known.unit(&bytes[at..])?.1 + if leads_on { length_bits(length) } else { 0 }
                }
                _ if !matches!(next, None | Some(Read::Unit)) => return None,
                Read::Usual => USUAL_BITS,
                Read::Lost if next.is_some() && length <= GAP_MAX => GAP_BITS,
                Read::Lost => LOST_BITS,
            };
            at += length;
        }
        Some(bits)
    }

    fn best_of_every(known: &Known, bytes: &[u8], is_end: bool) -> i32 {
        let mut all = Vec::new();
        every(known, bytes, is_end, 0, &Vec::new(), &mut all);
        all.iter().filter_map(|cutting| counts(known, bytes, cutting)).max().unwrap_or(0)
    }

    /// Units, octets that may be the start of one, and noise.
    fn octets(framing: Framing, most: usize) -> impl Strategy<Value = Vec<u8>> {
        let category = prop::sample::select(vec![48_u8, 34, 99, 1, 250]);
        let unit =
            (category, 4_u8..8, any::<[u8; 16]>()).prop_map(move |(category, length, noise)| {
                let inside = usize::from(length) - 3;
                let block = [&[category, 0, length][..], &noise[..inside]].concat();
                match framing {
                    Framing::Bare => block,
                    Framing::Gps => [&block[..], &[9; 6], &noise[12..]].concat(),
                    Framing::Oradis => [&[0, length + 6, 1, 2, 3, 4][..], &block].concat(),
                }
            });
        let likely = prop::sample::select(vec![0_u8, 0, 4, 5, 48, 99, 0xff, 0xff]);
        let noise = prop::collection::vec(prop_oneof![3 => likely, 1 => any::<u8>()], 1..5);
        let pieces = prop::collection::vec(prop_oneof![2 => unit, 1 => noise], 1..5);
        pieces.prop_map(move |pieces| {
            let mut octets = pieces.concat();
            octets.truncate(most);
            octets
        })
    }

    fn cases() -> impl Strategy<Value = (Framing, Vec<u8>)> {
        prop_oneof![
            3 => octets(Framing::Bare, 17).prop_map(|octets| (Framing::Bare, octets)),
            1 => octets(Framing::Gps, 40).prop_map(|octets| (Framing::Gps, octets)),
            1 => octets(Framing::Oradis, 28).prop_map(|octets| (Framing::Oradis, octets)),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn no_other_cutting_counts_more(
            (framing, bytes) in cases(),
            met in 0_usize..4,
            gap in prop::option::of(1_usize..4),
            is_end: bool,
        ) {
            let mut known = Known::new(framing);
            (0..met).for_each(|_| known.met(48));
            known.met(250);
            known.gap = gap.filter(|_| framing == Framing::Bare);
            let best = Best::of(&known, &bytes, is_end);
            prop_assert_eq!(best.bits(), best_of_every(&known, &bytes, is_end));
            if is_end {
                // And the pieces that are taken are one that counts so much.
                let pieces = best.pieces(bytes.len());
                let usual = |piece: &Piece| match piece.kind {
                    Kind::Unit => vec![Read::Unit],
                    Kind::Padding => vec![Read::Usual],
                    Kind::Lost if Some(piece.length) == known.gap => vec![Read::Usual, Read::Lost],
                    Kind::Lost | Kind::Cut => vec![Read::Lost],
                };
                let mut readings: Vec<Cutting> = vec![Vec::new()];
                for piece in &pieces {
                    let next = |reading: &Cutting| {
                        let reading = reading.clone();
                        usual(piece).into_iter().map(move |of| [&reading[..], &[(of, piece.length)]].concat())
                    };
                    readings = readings.iter().flat_map(next).collect();
                }
                let length: usize = pieces.iter().map(|piece| piece.length).sum();
                let taken = readings.iter().filter_map(|reading| counts(&known, &bytes, reading)).max();
                prop_assert_eq!((length, taken), (bytes.len(), Some(best.bits())), "{:?}", pieces);
            }
        }
    }
}
