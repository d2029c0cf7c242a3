//! Where in the words of a [`Fields`] a path leads, by the tables.

use super::{EXPANDED, FieldError, Fields, UNKNOWN};
use crate::spec::{Choice, Content, Element, Explicit, Extended, Item, Key, Part, Shape, Slot};
use std::ops::Range;

/// What a path leads to.
pub(super) enum Found {
    /// An element: its word, or the number of its octets if it is wider than 64 bits.
    Element { at: usize, bits: u16, content: &'static Content },
    /// Octets: their number.
    Octets { at: usize },
    /// Several elements.
    Holder,
    /// Nothing yet; with this mended, the path leads one step further.
    Missing(Fix),
}

/// How to make what is not there.
#[derive(Default)]
pub(super) struct Fix {
    pub(super) slot: u64,
    pub(super) header: Option<(usize, u64)>,
    pub(super) at: usize,
    pub(super) insert: Vec<u64>,
}

/// Bits whose layout other elements decide, as they lie in the words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen {
    at: usize,
    /// `None` is one word for all.
    shape: Option<&'static Shape>,
    bits: u64,
    width: u16,
}

impl Chosen {
    /// Each of its words: where, its first bit and how many bits.
    fn words(self) -> impl Iterator<Item = (usize, u16, u16)> {
        let whole = match self.shape {
            Some(Shape::Group(_)) => None,
            _ => Some((self.at, 0, self.width)),
        };
        let parts = match self.shape {
            Some(Shape::Group(parts)) => *parts,
            _ => &[],
        };
        let (mut at, mut offset) = (self.at, 0);
        let parts = parts.iter().filter_map(move |part| {
            let (start, bits) = (offset, part.bits());
            offset += bits;
            matches!(part, Part::Item(_)).then(|| {
                at += 1;
                (at - 1, start, bits)
            })
        });
        whole.into_iter().chain(parts)
    }
}

/// The parts of a group passed so far: bits from its start, and word.
type Passed<'p> = &'p [(u16, usize)];

impl Fields {
    pub(super) fn find(&self, path: &str) -> Result<Found, FieldError> {
        let steps: Vec<&str> = path.split('/').collect();
        self.find_item(&steps).ok_or_else(|| FieldError::Unknown {
            category: self.spec.category,
            edition: self.spec.edition,
            path: path.to_owned(),
        })
    }

    fn find_item(&self, steps: &[&str]) -> Option<Found> {
        let (name, steps) = steps.split_first()?;
        let named = |slot: &Slot| matches!(slot, Slot::Item(item) if item.name == *name);
        let slot = self.uap.slots.iter().position(named)?;
        let Slot::Item(item) = self.uap.slots[slot] else { return None };
        match self.item_span(slot) {
            Some(span) => self.find_in(&item.shape, span.start, steps, &[], 0),
            None => {
                let at = self.slots_before(slot).last().map_or(0, |span| span.end);
                let insert = self.zeros(&item.shape);
                Some(Found::Missing(Fix { slot: 1 << (63 - slot), header: None, at, insert }))
            }
        }
    }

    /// The words of the item in `slot`, if it is there.
    pub(super) fn item_span(&self, slot: usize) -> Option<Range<usize>> {
        let is_there = self.there & 1 << (63 - slot) != 0;
        is_there.then(|| self.slots_before(slot + 1).last()).flatten()
    }

    /// The words of each item that is there in slots before `end`.
    fn slots_before(&self, end: usize) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut at = 0;
        (0..end).filter(|slot| self.there & 1 << (63 - slot) != 0).map(move |slot| {
            let start = at;
            at += match self.uap.slots[slot] {
                Slot::Item(item) => self.length(&item.shape, at, &[], 0),
                Slot::Rfs => self.rfs_length(at),
                Slot::Spare => 0,
            };
            start..at
        })
    }

    fn word(&self, at: usize) -> u64 {
        self.words.get(at).copied().unwrap_or(0)
    }

    fn rfs_length(&self, start: usize) -> usize {
        let mut at = start + 1;
        for _ in 0..self.word(start).min(255) {
            if let Some(Slot::Item(item)) = self.uap.slots.get(self.word(at) as usize) {
                at += 1 + self.length(&item.shape, at + 1, &[], 0);
            }
        }
        at - start
    }

    /// How many words a shape has that starts at word `at`, `bit` bits into its group.
    fn length(&self, shape: &'static Shape, at: usize, passed: Passed<'_>, bit: u16) -> usize {
        match shape {
            Shape::Element(Element { bits: ..=64, .. }) => 1,
            Shape::Element(_) => 1 + (self.word(at) as usize).div_ceil(8),
            Shape::Group(parts) => self.parts(parts.iter(), at, |_, _, _, _| None::<()>).1 - at,
            Shape::Choice(choice) => match self.chosen(choice, passed, bit) {
                Some(shape) => self.length(shape, at, passed, bit),
                None => 1,
            },
            Shape::Extended(extended) => {
                let known = segments(extended).take((self.word(at) & !UNKNOWN) as usize);
                let end = self.parts(known.flatten(), at + 1, |_, _, _, _| None::<()>).1;
                let unknown = match self.word(at) & UNKNOWN {
                    0 => 0,
                    _ => 1 + (self.word(end) as usize).div_ceil(8),
                };
                end + unknown - at
            }
            Shape::Repeated(of) | Shape::RepeatedFx(of) => {
                let mut end = at + 1;
                for _ in 0..self.word(at) {
                    end += self.length(of.of, end, &[], 0);
                    if end > self.words.len() {
                        break;
                    }
                }
                end - at
            }
            Shape::Explicit(_) if self.word(at) == EXPANDED => {
                let subitems = self.expansion.map_or(&[][..], |expansion| expansion.subitems);
                2 + self.subitems(subitems, at + 1).map(|(_, span)| span.len()).sum::<usize>()
            }
            Shape::Explicit(_) => 1 + (self.word(at) as usize).div_ceil(8),
            Shape::Compound(subitems) => {
                1 + self.subitems(subitems, at).map(|(_, span)| span.len()).sum::<usize>()
            }
        }
    }

    /// Those subitems that the bits at word `header` announce: index and words.
    fn subitems(
        &self,
        subitems: &'static [Option<&'static Item>],
        header: usize,
    ) -> impl Iterator<Item = (usize, Range<usize>)> + '_ {
        let mut at = header + 1;
        let is_there = move |index: &usize| self.word(header) & 1 << (63 - index) != 0;
        (0..subitems.len()).filter(is_there).filter_map(move |index| {
            let start = at;
            at += self.length(&subitems[index]?.shape, at, &[], 0);
            Some((index, start..at))
        })
    }

    /// Goes through parts that start at word `at`, until `stop` gives something; that, and the word
    /// after the last part.
    fn parts<T>(
        &self,
        parts: impl Iterator<Item = &'static Part>,
        mut at: usize,
        mut stop: impl FnMut(&'static Item, usize, Passed<'_>, u16) -> Option<T>,
    ) -> (Option<T>, usize) {
        let mut passed = Vec::new();
        let mut bit = 0;
        for part in parts {
            match part {
                Part::Item(item) => {
                    if let Some(found) = stop(item, at, &passed, bit) {
                        return (Some(found), at);
                    }
                    passed.push((bit, at));
                    at += self.length(&item.shape, at, &passed, bit);
                    bit += item.shape.fixed_bits();
                }
                Part::Spare(bits) => bit += u16::from(*bits),
                Part::Fx => bit += 1,
            }
        }
        (None, at)
    }

    fn chosen(
        &self,
        choice: &'static Choice,
        passed: Passed<'_>,
        bit: u16,
    ) -> Option<&'static Shape> {
        let value = |key: &Key| match key {
            Key::Item(number) => {
                let span = self.item_span(self.uap.slot_of(*number)?)?;
                Some(self.word(span.start))
            }
            Key::Earlier { back, .. } => {
                let at = passed.iter().find(|(start, _)| Some(*start) == bit.checked_sub(*back))?.1;
                Some(self.word(at))
            }
        };
        let is_so = |(values, _): &&(&[u64], Shape)| {
            choice.on.iter().zip(*values).all(|(key, wanted)| value(key) == Some(*wanted))
        };
        choice.cases.iter().find(is_so).map(|(_, shape)| shape)
    }

    /// The bits of which other elements decide the layout: a record has such in one place at most.
    pub(super) fn choice(&self) -> Option<Chosen> {
        self.uap.slots.iter().enumerate().find_map(|(slot, of)| match of {
            Slot::Item(Item { shape: Shape::Compound(subitems), .. })
                if subitems.iter().flatten().any(|item| has_choice(&item.shape)) =>
            {
                let mut there = self.subitems(subitems, self.item_span(slot)?.start);
                there.find_map(|(index, span)| self.choice_in(&subitems[index]?.shape, span.start))
            }
            _ => None,
        })
    }

    fn choice_in(&self, group: &'static Shape, at: usize) -> Option<Chosen> {
        let Shape::Group(parts) = group else { return None };
        let found = |item: &'static Item, at, passed: Passed<'_>, bit| {
            let Shape::Choice(choice) = &item.shape else { return None };
            let (shape, width) = (self.chosen(choice, passed, bit), choice.bits);
            let mut chosen = Chosen { at, shape, bits: 0, width };
            for (word, offset, bits) in chosen.words() {
                chosen.bits |= self.word(word) << (width - offset - bits);
            }
            Some(chosen)
        };
        self.parts(parts.iter(), at, found).0
    }

    /// After a change: the bits that were `before` are laid out as now decided.
    pub(super) fn keep(&mut self, before: Option<Chosen>) {
        let (Some(before), Some(now)) = (before, self.choice()) else { return };
        let shape = |chosen: Chosen| chosen.shape.map_or(std::ptr::null(), std::ptr::from_ref);
        if std::ptr::eq(shape(before), shape(now)) {
            return;
        }
        let end = now.at + before.words().count();
        let word = |(_, offset, bits)| {
            before.bits >> (before.width - offset - bits) & (u64::MAX >> (64 - bits))
        };
        if end <= self.words.len() {
            self.words.splice(now.at..end, now.words().map(word));
        }
    }

    fn find_in(
        &self,
        shape: &'static Shape,
        at: usize,
        steps: &[&str],
        passed: Passed<'_>,
        bit: u16,
    ) -> Option<Found> {
        let Some((step, rest)) = steps.split_first() else {
            return Some(match shape {
                Shape::Element(Element { bits, content }) => {
                    let content = self.content(content, passed, bit);
                    Found::Element { at, bits: *bits, content }
                }
                Shape::Explicit(_) if self.word(at) != EXPANDED => Found::Octets { at },
                Shape::Choice(choice) => match self.chosen(choice, passed, bit) {
                    Some(shape) => return self.find_in(shape, at, steps, passed, bit),
                    None => Found::Element { at, bits: choice.bits, content: &Content::Raw },
                },
                _ => Found::Holder,
            });
        };
        let found_part = |item: &'static Item, at: usize, passed: Passed<'_>, bit: u16| {
            (item.name == *step).then(|| self.find_in(&item.shape, at, rest, passed, bit))
        };
        match shape {
            Shape::Group(parts) => self.parts(parts.iter(), at, found_part).0?,
            Shape::Choice(choice) => {
                self.find_in(self.chosen(choice, passed, bit)?, at, steps, passed, bit)
            }
            Shape::Extended(extended) => {
                let there = (self.word(at) & !UNKNOWN) as usize;
                let known = segments(extended).take(there).flatten();
                let (found, end) = self.parts(known, at + 1, found_part);
                if let Some(found) = found {
                    return found;
                }
                let more: Vec<_> = segments(extended).skip(there).collect();
                let is_named =
                    |part: &&Part| matches!(part, Part::Item(item) if item.name == *step);
                more.iter().copied().flatten().find(is_named)?;
                let insert = self.zeros_of(more.first()?.iter());
                let header = Some((at, self.word(at) + 1));
                Some(Found::Missing(Fix { slot: 0, header, at: end, insert }))
            }
            Shape::Repeated(of) | Shape::RepeatedFx(of) => {
                let (index, count) = (step.parse::<u64>().ok()?, self.word(at));
                let mut member = at + 1;
                for _ in 0..index.min(count) {
                    member += self.length(of.of, member, &[], 0);
                }
                match index {
                    _ if index < count => self.find_in(of.of, member, rest, &[], 0),
                    _ if index == count => Some(Found::Missing(Fix {
                        slot: 0,
                        header: Some((at, count + 1)),
                        at: member,
                        insert: self.zeros(of.of),
                    })),
                    _ => None,
                }
            }
            Shape::Compound(subitems) => self.find_subitem(subitems, at, step, rest),
            Shape::Explicit(Explicit::Re) => {
                let subitems = self.expansion?.subitems;
                match self.word(at) {
                    EXPANDED => self.find_subitem(subitems, at + 1, step, rest),
                    0 => Some(Found::Missing(Fix {
                        slot: 0,
                        header: Some((at, EXPANDED)),
                        at: at + 1,
                        insert: vec![0],
                    })),
                    _ => None,
                }
            }
            Shape::Element(_) | Shape::Explicit(_) => None,
        }
    }

    fn find_subitem(
        &self,
        subitems: &'static [Option<&'static Item>],
        header: usize,
        step: &str,
        rest: &[&str],
    ) -> Option<Found> {
        let named = |item: &Option<&'static Item>| item.is_some_and(|item| item.name == step);
        let index = subitems.iter().position(named)?;
        let item = subitems[index]?;
        let bit = 1 << (63 - index);
        let mut end = header + 1;
        for (other, span) in self.subitems(subitems, header) {
            if other == index {
                return self.find_in(&item.shape, span.start, rest, &[], 0);
            }
            if other < index {
                end = span.end;
            }
        }
        let header = Some((header, self.word(header) | bit));
        Some(Found::Missing(Fix { slot: 0, header, at: end, insert: self.zeros(&item.shape) }))
    }

    fn content(&self, content: &'static Content, passed: Passed<'_>, bit: u16) -> &'static Content {
        let Content::By(dependent) = content else { return content };
        let on = passed.iter().find(|(start, _)| Some(*start) == bit.checked_sub(dependent.back));
        let case = on
            .and_then(|(_, at)| dependent.cases.iter().find(|(value, _)| *value == self.word(*at)));
        case.map_or(&Content::Raw, |(_, content)| content)
    }

    /// The words of a shape all of whose bits are zero, as small as it can be.
    fn zeros(&self, shape: &'static Shape) -> Vec<u64> {
        match shape {
            Shape::Element(Element { bits: bits @ 65.., .. }) => {
                let octets = u64::from(bits / 8);
                std::iter::once(octets).chain((0..octets.div_ceil(8)).map(|_| 0)).collect()
            }
            Shape::Group(parts) => self.zeros_of(parts.iter()),
            Shape::Extended(extended) => {
                let first = segments(extended).next().unwrap_or_default();
                std::iter::once(1).chain(self.zeros_of(first.iter())).collect()
            }
            Shape::RepeatedFx(of) => std::iter::once(1).chain(self.zeros(of.of)).collect(),
            Shape::Element(_)
            | Shape::Repeated(_)
            | Shape::Explicit(_)
            | Shape::Compound(_)
            | Shape::Choice(_) => vec![0],
        }
    }

    fn zeros_of(&self, parts: impl Iterator<Item = &'static Part>) -> Vec<u64> {
        let items = parts.filter_map(|part| match part {
            Part::Item(item) => Some(&item.shape),
            _ => None,
        });
        items.flat_map(|shape| self.zeros(shape)).collect()
    }
}

fn has_choice(shape: &Shape) -> bool {
    let is_one = |part: &Part| matches!(part, Part::Item(Item { shape: Shape::Choice(_), .. }));
    matches!(shape, Shape::Group(parts) if parts.iter().any(is_one))
}

/// The parts of each segment of an extended item.
pub(super) fn segments(extended: &'static Extended) -> impl Iterator<Item = &'static [Part]> {
    extended.parts.split_inclusive(|part| matches!(part, Part::Fx))
}
