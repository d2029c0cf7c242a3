//! Every element of a record in order, for those who want them all: JSON, inspection, tests.

use crate::generated::visitors;
use crate::record::Record;
use crate::spec::{Content, Sign, signed};

/// One value met on the way.
#[derive(Debug, Clone, Copy)]
pub struct Leaf {
    /// The bits as an unsigned number.
    pub raw: u64,
    /// How many.
    pub bits: u16,
    /// What they mean; where that depends on another element, already decided.
    pub content: &'static Content,
}

impl Leaf {
    /// The value in the document's unit: raw × LSB for a quantity, the number itself otherwise.
    #[inline]
    pub fn value(&self) -> f64 {
        match self.content {
            Content::Quantity(quantity) => quantity.value(self.raw, self.bits),
            _ => self.integer() as f64,
        }
    }

    /// The number before scaling, with its sign.
    #[inline]
    pub fn integer(&self) -> i64 {
        let sign = match self.content {
            Content::Integer(sign) => *sign,
            Content::Quantity(quantity) => quantity.sign,
            _ => Sign::Unsigned,
        };
        signed(self.raw, self.bits, sign)
    }
}

/// What holds values together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nest {
    /// Subitems by name.
    Named,
    /// The same thing again and again; what is inside has no names.
    List,
}

/// Someone to whom [`Record::visit`] shows a record. `name` is empty inside a list.
pub trait Visitor {
    /// A value.
    fn leaf(&mut self, name: &'static str, leaf: Leaf);
    /// Octets kept as they came: the content of an explicit item without its length octet, or an
    /// element too wide for a number.
    fn octets(&mut self, name: &'static str, octets: &[u8]);
    /// Subitems follow, until [`Self::close`].
    fn open(&mut self, name: &'static str, nest: Nest);
    /// They are over.
    fn close(&mut self, nest: Nest);

    /// Whether it cares for nothing within compound items but unknown extensions, so that those
    /// whose subitems are all of fixed width may be passed over at once.
    #[inline(always)]
    fn passes_over(&self) -> bool {
        false
    }
    /// The item in this slot of the profile follows, and begins `rest` octets before the end of
    /// what is read.
    #[inline(always)]
    fn item(&mut self, slot: usize, rest: usize) {
        let _ = (slot, rest);
    }
    /// As [`Self::item`], but within a random field sequence.
    #[inline(always)]
    fn rfs_item(&mut self, slot: usize, rest: usize) {
        let _ = (slot, rest);
    }
    /// The list just opened is a counted one, of so many members.
    #[inline(always)]
    fn count(&mut self, members: usize) {
        let _ = members;
    }
    /// Octets of extensions past the last that the edition knows.
    #[inline(always)]
    fn unknown_extension(&mut self, octets: &[u8]) {
        self.octets(UNKNOWN_EXTENSION, octets);
    }
    /// The next part of the extended item, or member of the list that FX bits end, follows.
    #[inline(always)]
    fn segment(&mut self, is_first: bool) {
        let _ = is_first;
    }
    /// The reserved expansion field that follows is shown by its layout instead of as octets.
    #[inline(always)]
    fn expansion(&mut self) {}
    /// Which subitems of the compound item or expansion field just opened are there, the first in the highest bit.
    #[inline(always)]
    fn presence(&mut self, bits: u64) {
        let _ = bits;
    }
}

/// The name under which a visitor is shown the octets of extensions past the last that the edition
/// knows.
pub const UNKNOWN_EXTENSION: &str = "unknown_extension";

impl Record<'_> {
    /// As [`Self::visit`], compiled once for all visitors: for those who are in no hurry.
    pub fn show(&self, visitor: &mut dyn Visitor) {
        self.visit(visitor);
    }

    /// Shows each item, in the order of the octets.
    #[inline]
    pub fn visit<V: Visitor + ?Sized>(&self, visitor: &mut V) {
        // The record was parsed by the same functions, so this cannot fail again.
        let layout = self.expansion.map_or(0, |expansion| expansion.visitor);
        let items = self.after_fspec();
        let _ = visitors::profile(self.uap.visitor, self.announced(), items, layout, visitor);
    }
}

/// `bits` bits from bit `at`: 1 to 64 of them, within eight octets; zeros past the end.
#[inline]
pub(crate) fn read(bytes: &[u8], at: usize, bits: u16) -> u64 {
    let drop = 64 - u32::from(bits);
    if let Some(word) = bytes.get(at / 8..).and_then(<[u8]>::first_chunk::<8>) {
        return (u64::from_be_bytes(*word) << (at % 8)) >> drop;
    }
    // Near the end: the last eight octets, of which fewer count.
    if let Some(word) = bytes.last_chunk::<8>() {
        let skip = (at - (bytes.len() - 8) * 8) as u32;
        return u64::from_be_bytes(*word).checked_shl(skip).unwrap_or(0) >> drop;
    }
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_be_bytes(word).checked_shl(at as u32).unwrap_or(0) >> drop
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_read_alike_wherever_the_octets_end() {
        let octets: Vec<u8> = (0..20u8).map(|octet| octet.wrapping_mul(0x9d) ^ 0x5a).collect();
        let slow = |length: usize, at: usize, bits: usize| {
            (at..at + bits).fold(0u64, |value, bit| {
                let octet = if bit / 8 < length { octets[bit / 8] } else { 0 };
                value << 1 | u64::from(octet >> (7 - bit % 8) & 1)
            })
        };
        for length in 0..=octets.len() {
            for at in 0..length * 8 + 20 {
                for bits in 1..=64 - at % 8 {
                    let found = read(&octets[..length], at, bits as u16);
                    assert_eq!(found, slow(length, at, bits), "{bits} at {at} of {length}");
                }
            }
        }
    }
}
