//! Random valid records, for tests and for load.

use super::find::segments;
use super::{EXPANDED, Fields, packed};
use crate::spec::{Element, Explicit, Item, Key, Part, Shape, Slot, Spec};

impl Fields {
    /// A valid record of a random profile of `spec`, each of its items there as often as not, from
    /// the numbers that `random` gives.
    pub fn random(spec: &'static Spec, random: &mut dyn FnMut() -> u64) -> Self {
        let mut fields = Self::new(spec);
        fields.uap = &spec.uaps[(random() % spec.uaps.len() as u64) as usize];
        while fields.there == 0 {
            fields.random_items(random);
        }
        fields
    }

    /// As [`Self::random`], with a reserved expansion field by the layout given, where the profile
    /// has one.
    pub fn random_expansion(self, random: &mut dyn FnMut() -> u64) -> Self {
        let mut fields = Self { words: Vec::new(), ..self };
        fields.there = 0;
        while fields.there == 0 {
            fields.random_items(random);
        }
        fields
    }

    fn random_items(&mut self, random: &mut dyn FnMut() -> u64) {
        let chosen = random() | random() & random();
        let selector = self.spec.selector.map(|selector| usize::from(selector.slot));
        for (slot, kind) in self.uap.slots.iter().enumerate() {
            let must = selector == Some(slot);
            if !must && chosen & 1 << slot == 0 {
                continue;
            }
            let start = self.words.len();
            match kind {
                Slot::Spare => continue,
                Slot::Item(item) => self.random_words(&item.shape, random),
                Slot::Rfs => self.random_sequence(random),
            }
            self.there |= 1 << (63 - slot);
            if must {
                self.choose_profile(slot, start, random);
            }
        }
    }

    /// Sets the element that chooses the profile to a value that chooses this one.
    fn choose_profile(&mut self, slot: usize, start: usize, random: &mut dyn FnMut() -> u64) {
        let (Some(selector), Slot::Item(item)) = (self.spec.selector, self.uap.slots[slot]) else {
            return;
        };
        let value = self.uap.when[(random() % self.uap.when.len() as u64) as usize];
        let mut bit = 0;
        let parts = match &item.shape {
            Shape::Group(parts) => *parts,
            Shape::Extended(extended) => {
                bit = 0;
                extended.parts
            }
            _ => {
                self.words[start] = value;
                return;
            }
        };
        let mut at = start + usize::from(matches!(item.shape, Shape::Extended(_)));
        for part in parts {
            match part {
                Part::Item(item) => {
                    if bit == u16::from(selector.offset) {
                        self.words[at] = value;
                        return;
                    }
                    bit += item.shape.fixed_bits();
                    at += 1;
                }
                Part::Spare(bits) => bit += u16::from(*bits),
                Part::Fx => bit += 1,
            }
        }
    }

    fn random_sequence(&mut self, random: &mut dyn FnMut() -> u64) {
        let is_item = |slot: &usize| matches!(self.uap.slots[*slot], Slot::Item(_));
        let items: Vec<usize> = (0..self.uap.slots.len()).filter(is_item).collect();
        let count = random() % 4;
        self.words.push(count);
        for _ in 0..count {
            let slot = items[(random() % items.len() as u64) as usize];
            self.words.push(slot as u64);
            if let Slot::Item(item) = self.uap.slots[slot] {
                self.random_words(&item.shape, random);
            }
        }
    }

    fn random_words(&mut self, shape: &'static Shape, random: &mut dyn FnMut() -> u64) {
        match shape {
            Shape::Element(Element { bits: bits @ ..=64, .. }) => {
                self.words.push(random() >> (64 - bits));
            }
            Shape::Element(Element { bits, .. }) => {
                self.random_octets(usize::from(bits / 8), random);
            }
            Shape::Group(parts) => self.random_parts(parts, random),
            Shape::Extended(extended) => {
                let count = 1 + random() % segments(extended).count() as u64;
                self.words.push(count);
                for segment in segments(extended).take(count as usize) {
                    self.random_parts(segment, random);
                }
            }
            Shape::Repeated(of) | Shape::RepeatedFx(of) => {
                let least = u64::from(matches!(shape, Shape::RepeatedFx(_)));
                let count = least + random() % 4;
                self.words.push(count);
                for _ in 0..count {
                    self.random_words(of.of, random);
                }
            }
            Shape::Explicit(Explicit::Re) if self.expansion.is_some() => {
                let subitems = self.expansion.map_or(&[][..], |expansion| expansion.subitems);
                self.words.push(EXPANDED);
                self.random_subitems(subitems, random);
            }
            Shape::Explicit(_) => self.random_octets((random() % 12) as usize, random),
            Shape::Compound(subitems) => self.random_subitems(subitems, random),
            // Bits that no case claims are raw; `random_parts` knows the cases.
            Shape::Choice(choice) => self.words.push(random() >> (64 - choice.bits)),
        }
    }

    fn random_octets(&mut self, count: usize, random: &mut dyn FnMut() -> u64) {
        let octets: Vec<u8> = (0..count).map(|_| random() as u8).collect();
        self.words.extend(packed(&octets));
    }

    fn random_subitems(
        &mut self,
        subitems: &'static [Option<&'static Item>],
        random: &mut dyn FnMut() -> u64,
    ) {
        let chosen = random() & random();
        let header = self.words.len();
        self.words.push(0);
        for (index, subitem) in subitems.iter().enumerate() {
            if let Some(subitem) = subitem
                && chosen & 1 << index != 0
            {
                self.words[header] |= 1 << (63 - index);
                self.random_words(&subitem.shape, random);
            }
        }
    }

    fn random_parts(&mut self, parts: &'static [Part], random: &mut dyn FnMut() -> u64) {
        let mut passed = Vec::new();
        let mut bit = 0;
        for part in parts {
            match part {
                Part::Item(item) => {
                    let at = self.words.len();
                    match &item.shape {
                        Shape::Choice(choice) => {
                            let value = |key: &Key| match key {
                                Key::Item(number) => {
                                    let span = self.item_span(self.uap.slot_of(*number)?)?;
                                    Some(self.words[span.start])
                                }
                                Key::Earlier { back, .. } => {
                                    let is_it = |(start, _): &&(u16, usize)| *start + back == bit;
                                    passed.iter().find(is_it).map(|(_, at)| self.words[*at])
                                }
                            };
                            let is_so = |(values, _): &&(&[u64], Shape)| {
                                let mut pairs = choice.on.iter().zip(*values);
                                pairs.all(|(key, wanted)| value(key) == Some(*wanted))
                            };
                            let shape = choice.cases.iter().find(is_so);
                            let shape = shape.map_or(&item.shape, |(_, shape)| shape);
                            self.random_words(shape, random);
                        }
                        shape => self.random_words(shape, random),
                    }
                    passed.push((bit, at));
                    bit += item.shape.fixed_bits();
                }
                Part::Spare(bits) => bit += u16::from(*bits),
                Part::Fx => bit += 1,
            }
        }
    }
}
