//! Datagram → blocks → records, each a view of the bytes that came.

use crate::defect::{Defect, DefectKind, Fault};
use crate::editions::Editions;
use crate::measure::{compound_walk, expansion_walk, item_end, rfs_end};
use crate::spec::{Expansion, Explicit, Item, SLOTS_MAX, Shape, Slot, Spec, Uap};
use crate::visit::read;
use surveillance::SensorId;

/// The blocks of one datagram (or of any octets that are blocks end to end).
///
/// Zeros after the last block are padding and only counted ([`Blocks::padding_octets`]); anything
/// else that is no block gives one [`Defect`] and the end.
///
/// Some recorders put six octets before each block: two of length, themselves included, and four
/// of time (ORADIS, as real captures have it). They are passed over where the whole datagram is of
/// that form.
pub fn blocks(datagram: &[u8]) -> Blocks<'_> {
    let before_block = if is_oradis(datagram) { ORADIS_HEADER } else { 0 };
    Blocks { datagram, at: 0, before_block, padding: 0 }
}

const ORADIS_HEADER: usize = 6;

/// Whether the datagram is nothing but blocks with ORADIS headers.
fn is_oradis(datagram: &[u8]) -> bool {
    let mut rest = datagram;
    while let [high, low, _, _, _, _, _, block_high, block_low, ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let block = usize::from(u16::from_be_bytes([*block_high, *block_low]));
        if length != ORADIS_HEADER + block || block < 3 || length > rest.len() {
            return false;
        }
        rest = &rest[length..];
    }
    rest.is_empty() && !datagram.is_empty()
}

/// Iterator over a datagram's blocks; see [`blocks`].
#[derive(Debug, Clone)]
pub struct Blocks<'a> {
    datagram: &'a [u8],
    at: usize,
    /// Octets of another framing before each block.
    before_block: usize,
    padding: usize,
}

impl<'a> Blocks<'a> {
    /// How many zeros followed the last block.
    pub fn padding_octets(&self) -> usize {
        self.padding
    }

    fn end_with(&mut self, kind: DefectKind, category: Option<u8>) -> Defect {
        let offset = self.at;
        let kind = if offset == 0 { kind } else { DefectKind::TrailingOctets };
        self.at = self.datagram.len();
        Defect { kind, category, item: None, offset }
    }
}

impl<'a> Iterator for Blocks<'a> {
    type Item = Result<Block<'a>, Defect>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.datagram[self.at..];
        if rest.is_empty() {
            return None;
        }
        if self.at > 0 && rest.iter().all(|octet| *octet == 0) {
            self.padding = rest.len();
            self.at = self.datagram.len();
            return None;
        }
        // Nothing before a block, or a whole header: `is_oradis` has walked the datagram.
        self.at += self.before_block;
        let rest = &rest[self.before_block..];
        let Some(&[category, high, low]) = rest.first_chunk::<3>() else {
            return Some(Err(self.end_with(DefectKind::BlockHeaderTruncated, None)));
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if length < 3 || length > rest.len() {
            return Some(Err(self.end_with(DefectKind::BlockLengthWrong, Some(category))));
        }
        let block = Block { bytes: &rest[..length], category, offset: self.at };
        self.at += length;
        Some(Ok(block))
    }
}

/// One data block: CAT, LEN, records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block<'a> {
    bytes: &'a [u8],
    category: u8,
    offset: usize,
}

impl<'a> Block<'a> {
    /// Its category.
    pub fn category(&self) -> u8 {
        self.category
    }

    /// All its octets, CAT and LEN included.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Octets from the start of the datagram to its first.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Its records as the chosen edition reads them. The first defect ends the block: nothing
    /// tells where a next record would start. Zeros after the last record are padding.
    pub fn records(&self, editions: &Editions) -> Records<'a> {
        let spec = editions.spec(self.category);
        Records { block: *self, spec, expansion: editions.expansion(self.category), at: 3 }
    }
}

/// Iterator over a block's records; see [`Block::records`].
#[derive(Debug, Clone)]
pub struct Records<'a> {
    block: Block<'a>,
    spec: Option<&'static Spec>,
    expansion: Option<&'static Expansion>,
    at: usize,
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, Defect>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.block.bytes[self.at..];
        if rest.is_empty() || (rest[0] == 0 && rest.iter().all(|octet| *octet == 0)) {
            return None;
        }
        let parsed = match self.spec {
            Some(spec) => Record::parse(spec, rest),
            None => Err(Fault { kind: DefectKind::CategoryUnknown, item: None, at: 0 }),
        };
        Some(match parsed {
            Ok(mut record) => {
                self.at += usize::from(record.length);
                record.expansion = self.expansion;
                Ok(record)
            }
            Err(fault) => {
                let offset = self.block.offset + self.at + fault.at;
                self.at = self.block.bytes.len();
                let category = Some(self.block.category);
                Err(Defect { kind: fault.kind, category, item: fault.item, offset })
            }
        })
    }
}

/// One record: where each of its items lies. Reading an item costs nothing until it is asked for.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    pub(crate) spec: &'static Spec,
    pub(crate) uap: &'static Uap,
    /// How its reserved expansion field is to be read, if that was said.
    pub(crate) expansion: Option<&'static Expansion>,
    /// From its first octet to the end of its block.
    pub(crate) bytes: &'a [u8],
    length: u16,
    /// Items announced by the FSPEC, slot 0 in the highest bit.
    announced: u64,
    /// Those and the ones that came in a random field sequence.
    there: u64,
    /// First octet, by slot.
    starts: [u16; SLOTS_MAX],
}

impl<'a> Record<'a> {
    /// The record at the start of `bytes`, read by `spec`.
    #[inline]
    pub(crate) fn parse(spec: &'static Spec, bytes: &'a [u8]) -> Result<Self, Fault> {
        let uap = match spec.selector {
            None => &spec.uaps[0],
            Some(_) => chosen_uap(spec, bytes)?,
        };
        Self::parse_by(spec, uap, bytes, SLOTS_MAX)
    }

    /// Reads the items in slots before `slots_end`.
    #[inline]
    fn parse_by(
        spec: &'static Spec,
        uap: &'static Uap,
        bytes: &'a [u8],
        slots_end: usize,
    ) -> Result<Self, Fault> {
        // Offsets are kept in 16 bits, which a block's LEN guarantees; longer input is cut there.
        let bytes = &bytes[..bytes.len().min(usize::from(u16::MAX))];
        let (announced, start) = fspec(bytes)?;
        let mut record = Self {
            spec,
            uap,
            expansion: None,
            bytes,
            length: 0,
            announced,
            there: announced,
            starts: [0; SLOTS_MAX],
        };
        let (mut left, mut at) = (announced, start);
        while left != 0 {
            let slot = left.leading_zeros() as usize;
            if slot >= slots_end {
                break;
            }
            left &= !(1 << (63 - slot));
            let end = match uap.slots.get(slot) {
                Some(Slot::Item(item)) => item_end(item, bytes, at)?,
                Some(Slot::Rfs) => record.parse_rfs(at)?,
                _ => {
                    return Err(Fault {
                        kind: DefectKind::SpareItemPresent,
                        item: None,
                        at: slot / 7,
                    });
                }
            };
            record.starts[slot] = at as u16;
            at = end;
        }
        record.length = at as u16;
        Ok(record)
    }

    fn parse_rfs(&mut self, at: usize) -> Result<usize, Fault> {
        let (starts, there) = (&mut self.starts, &mut self.there);
        rfs_end(self.uap, self.bytes, at, |slot, _, start| {
            if *there & 1 << (63 - slot) == 0 {
                *there |= 1 << (63 - slot);
                starts[slot] = start as u16;
            }
        })
    }

    /// Its category.
    pub fn category(&self) -> u8 {
        self.spec.category
    }

    /// The edition it was read by.
    pub fn edition(&self) -> &'static str {
        self.spec.edition
    }

    /// Its octets, FSPEC first.
    pub fn bytes(&self) -> &'a [u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// Who sent it: item 010.
    #[inline]
    pub fn sensor(&self) -> Option<SensorId> {
        let &[sac, sic] = self.item(10)?.first_chunk::<2>()?;
        Some(SensorId { sac, sic })
    }

    /// Octets of the item with this three-digit number (`item(40)` is I../040), in place or out
    /// of a random field sequence.
    #[inline]
    pub fn item(&self, number: u16) -> Option<&'a [u8]> {
        self.in_slot(self.uap.slot_of(number)?)
    }

    /// Each item that is there and its octets, in the order of the profile.
    pub fn items(&self) -> impl Iterator<Item = (&'static Item, &'a [u8])> + '_ {
        self.uap.slots.iter().enumerate().filter_map(|(slot, kind)| match kind {
            Slot::Item(item) => self.in_slot(slot).map(|octets| (*item, octets)),
            _ => None,
        })
    }

    /// Calls `found` with the name and octets of each subitem of a compound item, in order; not
    /// at all if the item is not there or is no compound.
    #[inline]
    pub fn subitems(&self, number: u16, mut found: impl FnMut(&'static str, &'a [u8])) {
        let Some(slot) = self.uap.slot_of(number) else { return };
        let (Slot::Item(item), Some(octets)) = (self.uap.slots[slot], self.in_slot(slot)) else {
            return;
        };
        if let Shape::Compound(subitems) = item.shape {
            // The item was measured when the record was parsed, so this cannot fail again.
            let _ = compound_walk(subitems, octets, 0, |subitem, start, end| {
                found(subitem.name, &octets[start..end]);
            });
        }
    }

    /// What is wrong with its reserved expansion field, if a layout was chosen for the category
    /// and the field does not follow it to its last octet. Such a field is shown as octets.
    /// The offset counts from the record's first octet.
    pub fn expansion_defect(&self) -> Option<Defect> {
        let expansion = self.expansion?;
        self.present().find_map(|(slot, start)| {
            let Slot::Item(item) = self.uap.slots[slot] else { return None };
            let Shape::Explicit(Explicit::Re) = item.shape else { return None };
            let (kind, offset) =
                expansion_walk(expansion, self.bytes, start, |_, _, _| {}).err()?;
            let category = Some(self.category());
            Some(Defect { kind, category, item: Some(item.name), offset })
        })
    }

    #[inline]
    fn in_slot(&self, slot: usize) -> Option<&'a [u8]> {
        if self.there & 1 << (63 - slot) == 0 {
            return None;
        }
        let start = usize::from(self.starts[slot]);
        let end = match self.uap.slots[slot] {
            Slot::Item(item) if item.octets != 0 => start + usize::from(item.octets),
            // The item was measured when the record was parsed, so this cannot fail again.
            Slot::Item(item) => item_end(item, self.bytes, start).ok()?,
            _ => return None,
        };
        self.bytes.get(start..end)
    }

    /// Slot and start of what the FSPEC announced, in order.
    pub(crate) fn present(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let mut left = self.announced;
        std::iter::from_fn(move || {
            if left == 0 {
                return None;
            }
            let slot = left.leading_zeros() as usize;
            left &= !(1 << (63 - slot));
            Some((slot, usize::from(self.starts[slot])))
        })
    }
}

/// The FSPEC's bits without the FX bits, the first in the highest, and the octet after it.
#[inline]
fn fspec(bytes: &[u8]) -> Result<(u64, usize), Fault> {
    let mut bits = 0;
    for (index, octet) in bytes.iter().enumerate() {
        if index * 7 >= SLOTS_MAX {
            return Err(Fault { kind: DefectKind::FspecTooLong, item: None, at: index });
        }
        bits |= u64::from(octet >> 1) << (57 - 7 * index);
        if octet & 1 == 0 {
            // A record of nothing is lost step; taking it for one would look at the rest of the
            // block for padding again at each of its zeros.
            return match bits {
                0 => Err(Fault { kind: DefectKind::FspecEmpty, item: None, at: index }),
                _ => Ok((bits, index + 1)),
            };
        }
    }
    Err(Fault { kind: DefectKind::FspecTruncated, item: None, at: bytes.len() })
}

/// The profile that the selecting element chooses; the first where the element is not there.
fn chosen_uap(spec: &'static Spec, bytes: &[u8]) -> Result<&'static Uap, Fault> {
    let first = &spec.uaps[0];
    let Some(selector) = spec.selector else { return Ok(first) };
    let slot = usize::from(selector.slot);
    let head = Record::parse_by(spec, first, bytes, slot + 1)?;
    let Some(item) = head.in_slot(slot) else { return Ok(first) };
    let value = read(item, usize::from(selector.offset), u16::from(selector.bits));
    Ok(spec.uaps.iter().find(|uap| uap.when.contains(&value)).unwrap_or(first))
}
