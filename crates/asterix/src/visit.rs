//! Every element of a record in order, for those who want them all: JSON, inspection, tests.

use crate::measure::expansion_walk;
use crate::record::Record;
use crate::spec::{
    Choice, Content, Element, Expansion, Explicit, Extended, Item, Key, Part, Repeated, Shape,
    Sign, Slot, signed,
};

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
    pub fn value(&self) -> f64 {
        match self.content {
            Content::Quantity(quantity) => quantity.value(self.raw, self.bits),
            _ => self.integer() as f64,
        }
    }

    /// The number before scaling, with its sign.
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
}

impl Record<'_> {
    /// Shows each item, in the order of the octets.
    pub fn visit(&self, visitor: &mut impl Visitor) {
        for (slot, start) in self.present() {
            match self.uap.slots[slot] {
                Slot::Item(item) => {
                    // Of the whole block, so that short items too are read by the word.
                    item_visit(item, self, start, visitor);
                }
                Slot::Rfs => self.visit_rfs(start, visitor),
                Slot::Spare => {}
            }
        }
    }

    fn visit_rfs(&self, start: usize, visitor: &mut impl Visitor) {
        visitor.open("RFS", Nest::List);
        // The sequence was measured when the record was parsed, so this cannot fail again.
        let _ = crate::measure::rfs_end(self.uap, self.bytes, start, |_, item, start| {
            visitor.open("", Nest::Named);
            item_visit(item, self, start, visitor);
            visitor.close(Nest::Named);
        });
        visitor.close(Nest::List);
    }
}

/// Shows one item, which starts at octet `start`.
#[inline]
fn item_visit(item: &'static Item, record: &Record<'_>, start: usize, visitor: &mut impl Visitor) {
    shape_visit(&item.shape, item.name, record, start * 8, visitor);
}

/// Shows a shape that starts at bit `at`; returns the bit after it.
fn shape_visit(
    shape: &'static Shape,
    name: &'static str,
    record: &Record<'_>,
    at: usize,
    visitor: &mut impl Visitor,
) -> usize {
    match shape {
        Shape::Element(element) => element_visit(element, name, record.bytes, at, visitor),
        Shape::Group(parts) => {
            visitor.open(name, Nest::Named);
            let mut at = at;
            for part in *parts {
                at = part_visit(part, record, at, visitor);
            }
            visitor.close(Nest::Named);
            at
        }
        Shape::Extended(extended) => extended_visit(extended, name, record, at, visitor),
        Shape::Repeated(Repeated { width, of, .. }) => {
            let start = at + usize::from(*width) * 8;
            let count = read(record.bytes, at, u16::from(*width) * 8);
            visitor.open(name, Nest::List);
            let mut at = start;
            for _ in 0..count {
                at = shape_visit(of, "", record, at, visitor);
            }
            visitor.close(Nest::List);
            at
        }
        Shape::RepeatedFx(Repeated { of, .. }) => {
            visitor.open(name, Nest::List);
            let mut at = at;
            loop {
                at = shape_visit(of, "", record, at, visitor) + 1;
                if read(record.bytes, at - 1, 1) == 0 {
                    break;
                }
            }
            visitor.close(Nest::List);
            at
        }
        Shape::Choice(choice) => choice_visit(choice, name, record, at, visitor),
        Shape::Explicit(kind) => {
            let expansion = record.expansion.filter(|_| *kind == Explicit::Re);
            if let Some(end) =
                expansion.and_then(|layout| expansion_visit(layout, name, record, at, visitor))
            {
                return end;
            }
            let start = at / 8;
            let length = usize::from(record.bytes.get(start).copied().unwrap_or(1)).max(1);
            visitor.octets(name, record.bytes.get(start + 1..start + length).unwrap_or_default());
            at + length * 8
        }
        Shape::Compound(subitems) => compound_visit(subitems, name, record, at, visitor),
    }
}

fn choice_visit(
    choice: &'static Choice,
    name: &'static str,
    record: &Record<'_>,
    at: usize,
    visitor: &mut impl Visitor,
) -> usize {
    let value = |key: &Key| match key {
        Key::Earlier { back, bits } => Some(read(record.bytes, at - usize::from(*back), *bits)),
        Key::Item(number) => {
            let octets = record.item(*number)?;
            Some(read(octets, 0, octets.len() as u16 * 8))
        }
    };
    let is_so = |(values, _): &&(&[u64], Shape)| {
        choice.on.iter().zip(*values).all(|(key, wanted)| value(key) == Some(*wanted))
    };
    match choice.cases.iter().find(is_so) {
        Some((_, shape)) => shape_visit(shape, name, record, at, visitor),
        None => {
            let raw = read(record.bytes, at, choice.bits);
            visitor.leaf(name, Leaf { raw, bits: choice.bits, content: &Content::Raw });
            at + usize::from(choice.bits)
        }
    }
}

/// Shows a reserved expansion field that starts with its length at bit `at`; nothing, and `None`,
/// if the layout does not account for each of its octets.
fn expansion_visit(
    layout: &'static Expansion,
    name: &'static str,
    record: &Record<'_>,
    at: usize,
    visitor: &mut impl Visitor,
) -> Option<usize> {
    let start = at / 8;
    let end = expansion_walk(layout, record.bytes, start, |_, _, _| {}).ok()?;
    visitor.open(name, Nest::Named);
    let _ = expansion_walk(layout, record.bytes, start, |item, start, _| {
        item_visit(item, record, start, visitor);
    });
    visitor.close(Nest::Named);
    Some(end * 8)
}

#[inline]
fn part_visit(
    part: &'static Part,
    record: &Record<'_>,
    at: usize,
    visitor: &mut impl Visitor,
) -> usize {
    match part {
        Part::Spare(bits) => at + usize::from(*bits),
        Part::Fx => at + 1,
        Part::Item(item) => match &item.shape {
            Shape::Element(element) => element_visit(element, item.name, record.bytes, at, visitor),
            shape => shape_visit(shape, item.name, record, at, visitor),
        },
    }
}

fn extended_visit(
    extended: &'static Extended,
    name: &'static str,
    record: &Record<'_>,
    at: usize,
    visitor: &mut impl Visitor,
) -> usize {
    visitor.open(name, Nest::Named);
    let mut at = at;
    for part in extended.parts {
        at = part_visit(part, record, at, visitor);
        if matches!(part, Part::Fx) && read(record.bytes, at - 1, 1) == 0 {
            break;
        }
    }
    visitor.close(Nest::Named);
    at
}

fn compound_visit(
    subitems: &'static [Option<&'static Item>],
    name: &'static str,
    record: &Record<'_>,
    at: usize,
    visitor: &mut impl Visitor,
) -> usize {
    visitor.open(name, Nest::Named);
    let start = at / 8;
    let octets = 1 + record.bytes[start..].iter().take_while(|octet| **octet & 1 == 1).count();
    let mut at = (start + octets) * 8;
    for (index, fspec) in record.bytes[start..].iter().take(octets).enumerate() {
        let mut bits = *fspec & 0xfe;
        while bits != 0 {
            let bit = bits.leading_zeros() as usize;
            bits &= !(0x80 >> bit);
            if let Some(Some(item)) = subitems.get(index * 7 + bit) {
                at = shape_visit(&item.shape, item.name, record, at, visitor);
            }
        }
    }
    visitor.close(Nest::Named);
    at
}

#[inline]
fn element_visit(
    element: &'static Element,
    name: &'static str,
    bytes: &[u8],
    at: usize,
    visitor: &mut impl Visitor,
) -> usize {
    let bits = element.bits;
    let end = at + usize::from(bits);
    if bits > 64 {
        visitor.octets(name, bytes.get(at / 8..end / 8).unwrap_or_default());
        return end;
    }
    let content = match &element.content {
        Content::By(dependent) => {
            let key = read(bytes, at - usize::from(dependent.back), dependent.bits);
            let case = dependent.cases.iter().find(|(value, _)| *value == key);
            case.map_or(&Content::Raw, |(_, content)| content)
        }
        content => content,
    };
    visitor.leaf(name, Leaf { raw: read(bytes, at, bits), bits, content });
    end
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
