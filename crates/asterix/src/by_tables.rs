//! Every element of a record as the tables tell at run time: the slow twin of the generated
//! visitors and their test oracle, and the only one who is shown spare bits.

use crate::measure::expansion_walk;
use crate::record::Record;
use crate::spec::{
    Choice, Content, Element, Expansion, Explicit, Extended, Item, Key, Part, Repeated, Shape, Slot,
};
use crate::visit::{Leaf, Nest, UNKNOWN_EXTENSION, Visitor, read};

/// A visitor who also wants the bits that mean nothing.
pub(crate) trait Walker: Visitor {
    /// Spare bits of a group or of an extended item, as a number.
    fn spare(&mut self, bits: u64) {
        let _ = bits;
    }
}

impl Record<'_> {
    /// Shows each item, in the order of the octets.
    pub(crate) fn visit_by_tables(&self, visitor: &mut impl Walker) {
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

    /// Shows the subitems of its reserved expansion field, if it follows the layout that was chosen.
    pub(crate) fn visit_expansion_by_tables(&self, visitor: &mut impl Walker) {
        let Some(layout) = self.expansion else { return };
        for (slot, start) in self.present() {
            if let Slot::Item(item) = self.uap.slots[slot]
                && matches!(item.shape, Shape::Explicit(Explicit::Re))
            {
                expansion_visit(layout, item.name, self, start * 8, visitor);
            }
        }
    }

    fn visit_rfs(&self, start: usize, visitor: &mut impl Walker) {
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
fn item_visit(item: &'static Item, record: &Record<'_>, start: usize, visitor: &mut impl Walker) {
    shape_visit(&item.shape, item.name, record, start * 8, visitor);
}

/// Shows a shape that starts at bit `at`; returns the bit after it.
fn shape_visit(
    shape: &'static Shape,
    name: &'static str,
    record: &Record<'_>,
    at: usize,
    visitor: &mut impl Walker,
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
    visitor: &mut impl Walker,
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
    visitor: &mut impl Walker,
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
    visitor: &mut impl Walker,
) -> usize {
    match part {
        Part::Spare(bits) => {
            visitor.spare(read(record.bytes, at, u16::from(*bits)));
            at + usize::from(*bits)
        }
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
    visitor: &mut impl Walker,
) -> usize {
    visitor.open(name, Nest::Named);
    let mut at = at;
    let mut more = true;
    for part in extended.parts {
        at = part_visit(part, record, at, visitor);
        more = matches!(part, Part::Fx) && read(record.bytes, at - 1, 1) == 1;
        if matches!(part, Part::Fx) && !more {
            break;
        }
    }
    if more {
        let rest = &record.bytes[at / 8..];
        let octets = 1 + rest.iter().take_while(|octet| **octet & 1 == 1).count();
        visitor.octets(UNKNOWN_EXTENSION, &rest[..octets]);
        at += octets * 8;
    }
    visitor.close(Nest::Named);
    at
}

fn compound_visit(
    subitems: &'static [Option<&'static Item>],
    name: &'static str,
    record: &Record<'_>,
    at: usize,
    visitor: &mut impl Walker,
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
    visitor: &mut impl Walker,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::{EXPANSIONS, SPECS, visitors};
    use crate::measure::items_end;
    use crate::spec::SLOTS_MAX;
    use crate::{Editions, blocks};

    /// What a visitor was shown, in words.
    #[derive(Default)]
    struct Log(Vec<String>);

    impl Visitor for Log {
        fn leaf(&mut self, name: &'static str, leaf: Leaf) {
            self.0.push(format!("{name} {} {} {:?}", leaf.raw, leaf.bits, leaf.content));
        }
        fn octets(&mut self, name: &'static str, octets: &[u8]) {
            self.0.push(format!("{name} {octets:02x?}"));
        }
        fn open(&mut self, name: &'static str, nest: Nest) {
            self.0.push(format!("{name} {nest:?}"));
        }
        fn close(&mut self, nest: Nest) {
            self.0.push(format!("{nest:?}"));
        }
    }

    impl Walker for Log {}

    /// Random octets after an FSPEC that announces a few items of a profile: `with` gets the
    /// profile's number in its edition, what is announced, and the octets.
    fn random_items(mut with: impl FnMut(&'static crate::spec::Spec, usize, u64, &[u8])) {
        // xorshift64: the same octets on every run.
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for spec in SPECS {
            for (number, uap) in spec.uaps.iter().enumerate() {
                for _ in 0..400 {
                    let used = u64::MAX << (64 - uap.slots.len());
                    let announced = random() & random() & random() & used;
                    let octets: Vec<u8> = (0..random() % 120).map(|_| random() as u8).collect();
                    // Small octets too, else hardly any compound item is as its edition has it.
                    let thin = octets.iter().map(|octet| octet & random() as u8 & random() as u8);
                    let thin: Vec<u8> = thin.collect();
                    with(spec, number, announced, &octets);
                    with(spec, number, announced, &thin);
                }
            }
        }
    }

    #[test]
    fn the_generated_visitors_accept_and_measure_as_the_tables_do() {
        let (mut whole, mut broken) = (0, 0);
        random_items(|spec, number, announced, octets| {
            let uap = &spec.uaps[number];
            let slow = items_end(uap, announced, octets, 0, SLOTS_MAX);
            let fast = visitors::profile(
                uap.visitor,
                announced,
                octets,
                0,
                &mut Log::default() as &mut dyn Visitor,
            );
            assert_eq!(fast.map(|rest| octets.len() - rest.len()), slow.ok(), "{octets:02x?}");
            *(if slow.is_ok() { &mut whole } else { &mut broken }) += 1;
        });
        assert!(whole > 1_000 && broken > 1_000, "{whole} {broken}");
    }

    #[test]
    fn the_generated_visitors_show_what_the_tables_say() {
        let mut records = 0;
        random_items(|spec, _, announced, octets| {
            let mut editions = Editions::default();
            editions.set(spec.category, spec.edition).unwrap();
            for layout in EXPANSIONS.iter().filter(|layout| layout.category == spec.category) {
                editions.set_expansion(layout.category, layout.edition).unwrap();
            }
            let mut block = vec![spec.category, 0, 0];
            let last = (63 - announced.trailing_zeros().min(63)) / 7;
            for index in 0..=last {
                let more = u8::from(index < last);
                block.push(((announced >> (57 - 7 * index)) as u8) << 1 | more);
            }
            block.extend_from_slice(octets);
            let length = (block.len() as u16).to_be_bytes();
            block[1..3].copy_from_slice(&length);
            let block = blocks(&block).next().unwrap().unwrap();
            for record in block.records(&editions).flatten() {
                let (mut fast, mut slow) = (Log::default(), Log::default());
                record.show(&mut fast);
                record.visit_by_tables(&mut slow);
                assert_eq!(fast.0, slow.0, "{:02x?}", record.bytes());
                records += 1;
            }
        });
        assert!(records > 1_000, "{records}");
    }
}
