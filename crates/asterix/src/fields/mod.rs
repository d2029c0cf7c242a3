//! A record as values of its own: to be made or changed by name, and encoded.
//!
//! What a [`Fields`] holds is a list of words, in the order of the record's octets:
//!
//! | shape | words |
//! |---|---|
//! | element | its bits; if it is wider than 64, its octets as an explicit item's |
//! | group | those of its parts |
//! | extended | how many segments, then those of their parts; [`UNKNOWN`] is added where octets of unknown extensions follow, as an explicit item's |
//! | repeated | how many members, then theirs |
//! | compound | a bit for each subitem, the first the highest; then those of the subitems |
//! | explicit | how many octets, then these, eight to a word; an expansion field read by its layout is [`EXPANDED`], a bit for each subitem, then theirs |
//! | random field sequence | how many, then the slot and words of each |
//!
//! The generated encoders (`generated/encoders.rs`) turn words into octets.

mod find;
mod random;

use crate::generated::encoders;
use crate::pack::put_fspec;
use crate::record::{Record, chosen_uap};
use crate::spec::{Content, Expansion, Sign, Slot, Spec, Uap};
use crate::visit::{Leaf, Nest, Visitor};
use find::Found;
use thiserror::Error;

/// Marks the words of an expansion field that is given by its layout.
pub const EXPANDED: u64 = u64::MAX;
/// Marks an extended item with extensions that the edition does not know.
pub const UNKNOWN: u64 = 1 << 32;

/// Every value of one record, in the order of its profile.
#[derive(Debug, Clone)]
pub struct Fields {
    spec: &'static Spec,
    uap: &'static Uap,
    expansion: Option<&'static Expansion>,
    /// Slot 0 in the highest bit.
    there: u64,
    words: Vec<u64>,
}

/// A value cannot be put there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FieldError {
    /// No such item or subitem.
    #[error("CAT{category:03} edition {edition} has no {path}")]
    Unknown {
        /// ASTERIX category.
        category: u8,
        /// Edition of the table.
        edition: &'static str,
        /// What was asked for.
        path: String,
    },
    /// It is there, but not of that kind: text for a number, a value for octets.
    #[error("{path} of CAT{category:03} does not take that kind of value")]
    Kind {
        /// ASTERIX category.
        category: u8,
        /// What was asked for.
        path: String,
    },
    /// The value needs more bits than there are, or another sign.
    #[error("{path} of CAT{category:03} cannot hold {value}")]
    Range {
        /// ASTERIX category.
        category: u8,
        /// What was asked for.
        path: String,
        /// The value.
        value: String,
    },
}

/// Words that are not as the layout has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the values of item {} of CAT{category:03} do not fit its layout", item.unwrap_or("of no name"))]
pub struct EncodeError {
    /// ASTERIX category.
    pub category: u8,
    /// The item; none if the record is empty, announces what its profile lacks, or is longer than a
    /// block.
    pub item: Option<&'static str>,
}

impl PartialEq for Fields {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.uap, other.uap) && self.there == other.there && self.words == other.words
    }
}

impl Fields {
    /// An empty record; of the first profile, where the edition has several.
    pub fn new(spec: &'static Spec) -> Self {
        Self { spec, uap: &spec.uaps[0], expansion: None, there: 0, words: Vec::new() }
    }

    /// As [`Self::new`], of the profile with this name (`plot`, `track`), if there is one.
    pub fn of_profile(spec: &'static Spec, name: &str) -> Option<Self> {
        let uap = spec.uaps.iter().find(|uap| uap.name == name)?;
        Some(Self { uap, ..Self::new(spec) })
    }

    /// Gives the reserved expansion field this layout.
    pub fn with_expansion(self, layout: &'static Expansion) -> Self {
        Self { expansion: Some(layout), ..self }
    }

    /// All that a record says.
    pub fn of(record: &Record<'_>) -> Self {
        let mut fields = Self::new(record.spec);
        fields.read(record);
        fields
    }

    /// Becomes all that `record` says, in the memory it has.
    pub fn read(&mut self, record: &Record<'_>) {
        self.words.clear();
        let mut recorder = Recorder { words: &mut self.words, header: 0 };
        record.visit(&mut recorder);
        self.spec = record.spec;
        self.uap = record.uap;
        self.expansion = record.expansion;
        self.there = record.announced();
    }

    /// No item any more, in the memory it has.
    pub fn clear(&mut self) {
        self.there = 0;
        self.words.clear();
    }

    /// Its edition's table.
    pub fn spec(&self) -> &'static Spec {
        self.spec
    }

    /// The words; see the module's table.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The quick way to make a record: appends the words of the next item, by its three-digit
    /// number. False, and nothing done, if the profile lacks it or has it before what is there.
    /// Whether the words fit is seen at [`Self::encode`].
    #[inline]
    pub fn push(&mut self, number: u16, words: &[u64]) -> bool {
        let Some(slot) = self.uap.slot_of(number) else { return false };
        let bit = 1 << (63 - slot);
        if self.there & (bit | (bit - 1)) != 0 {
            return false;
        }
        self.there |= bit;
        self.words.extend_from_slice(words);
        true
    }

    /// Appends the record's octets to `out`: the FSPEC no longer than needed, each item as its words
    /// say. On an error nothing is appended.
    ///
    /// # Errors
    /// If [`Self::push`] brought words that are not as the layout has them, there is no item, or what
    /// chooses the profile chooses another one.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let start = out.len();
        let mut slot = 0;
        let layout = self.expansion.map_or(0, |expansion| expansion.visitor);
        if self.there != 0 {
            put_fspec(self.there, out);
            let number = self.uap.visitor;
            let items = out.len();
            let rest = encoders::profile(number, self.there, &self.words, layout, &mut slot, out);
            if rest == Some(&[]) {
                let chosen = chosen_uap(self.spec, self.there, &out[start..], items - start);
                if chosen.is_ok_and(|chosen| std::ptr::eq(chosen, self.uap)) {
                    return Ok(());
                }
                slot = self.spec.selector.map_or(slot, |selector| selector.slot.into());
            }
        }
        out.truncate(start);
        let item = match self.uap.slots.get(slot) {
            Some(Slot::Item(item)) if self.there != 0 => Some(item.name),
            _ => None,
        };
        Err(EncodeError { category: self.spec.category, item })
    }

    /// The element at `path`: item and subitems as the document names them, members of a list by
    /// their number from 0 (`040/RHO`, `070/MODE3A`, `380/ADR`, `250/0/MBDATA`). `None` if it is not
    /// there or is octets.
    pub fn get(&self, path: &str) -> Option<Leaf> {
        match self.find(path) {
            Ok(Found::Element { at, bits, content }) if bits <= 64 => {
                Some(Leaf { raw: *self.words.get(at)?, bits, content })
            }
            _ => None,
        }
    }

    /// The octets at `path`: an explicit item, or an element wider than 64 bits.
    pub fn octets(&self, path: &str) -> Option<Vec<u8>> {
        match self.find(path) {
            Ok(Found::Octets { at } | Found::Element { at, bits: 65.., .. }) => {
                let length = usize::try_from(self.words[at]).ok()?;
                let words = self.words.get(at + 1..)?.iter();
                Some(words.flat_map(|word| word.to_be_bytes()).take(length).collect())
            }
            _ => None,
        }
    }

    /// Sets the bits of the element at `path`. What holds it comes into being where it is not there:
    /// an extended item just so far as needed, a list by one member at a time. Bits whose layout the
    /// element decides (I004/120 CPC) stay as they are.
    ///
    /// # Errors
    /// If there is no such element, or it has fewer bits; the record is then as it was.
    pub fn set_raw(&mut self, path: &str, raw: u64) -> Result<&mut Self, FieldError> {
        self.set(path, |bits, _| {
            if bits < 64 && raw >> bits != 0 { Err(Refused::range(raw)) } else { Ok(raw) }
        })
    }

    /// As [`Self::set_raw`], by the number before scaling, with its sign.
    ///
    /// # Errors
    /// If there is no such element, or it cannot hold the number; the record is then as it was.
    pub fn set_integer(&mut self, path: &str, number: i64) -> Result<&mut Self, FieldError> {
        self.set(path, |bits, content| integer(bits, content, number))
    }

    /// As [`Self::set_raw`], by the value in the document's unit, to the nearest step.
    ///
    /// # Errors
    /// If there is no such element, or it cannot hold the value; the record is then as it was.
    pub fn set_value(&mut self, path: &str, value: f64) -> Result<&mut Self, FieldError> {
        self.set(path, |bits, content| {
            let scale = match content {
                Content::Quantity(quantity) => quantity.scale,
                _ => 1.0,
            };
            let steps = (value / scale).round();
            // Not a number is refused too.
            if steps.abs() < 9.2e18 {
                integer(bits, content, steps as i64)
            } else {
                Err(Refused::range(value))
            }
        })
    }

    /// As [`Self::set_raw`], by its characters; ICAO text is padded with spaces.
    ///
    /// # Errors
    /// If there is no such text, or it cannot hold the characters; the record is then as it was.
    pub fn set_text(&mut self, path: &str, text: &str) -> Result<&mut Self, FieldError> {
        self.set(path, |bits, content| {
            let Content::Text(charset) = content else { return Err(Refused::Kind) };
            crate::text::coded(text, *charset, bits).ok_or_else(|| Refused::range(text))
        })
    }

    /// Sets the octets of the explicit item (or the wide element) at `path`, without its length.
    ///
    /// # Errors
    /// If there is none, or there are more than it can hold.
    pub fn set_octets(&mut self, path: &str, octets: &[u8]) -> Result<&mut Self, FieldError> {
        let (at, fits) = match self.found(path)? {
            Found::Octets { at } => (at, octets.len() <= 254),
            Found::Element { at, bits: bits @ 65.., .. } => (at, octets.len() * 8 == bits.into()),
            _ => return Err(self.refused(path, Refused::Kind)),
        };
        if !fits {
            let octets = format_args!("{} octets", octets.len());
            return Err(self.refused(path, Refused::range(octets)));
        }
        let end = at + 1 + (self.words[at] as usize).div_ceil(8);
        self.words.splice(at..end, packed(octets));
        Ok(self)
    }

    /// Takes an item out, if it is there.
    pub fn remove(&mut self, number: u16) {
        let Some(slot) = self.uap.slot_of(number) else { return };
        if let Some(span) = self.item_span(slot) {
            let before = self.choice();
            self.words.drain(span);
            self.there &= !(1 << (63 - slot));
            self.keep(before);
        }
    }

    /// Puts what `raw` gives for the element at `path` there.
    fn set(
        &mut self,
        path: &str,
        raw: impl FnOnce(u16, &'static Content) -> Result<u64, Refused>,
    ) -> Result<&mut Self, FieldError> {
        // What is made to hold a value must go again if the value is refused.
        let before = match self.find(path)? {
            Found::Missing(_) => Some((self.there, self.words.clone())),
            _ => None,
        };
        let result = match self.found(path)? {
            // Words that do not fit their layout, as `push` may bring them, may end before it.
            Found::Element { at, bits, content } if bits <= 64 && at < self.words.len() => {
                raw(bits, content).map(|raw| {
                    let before = self.choice();
                    self.words[at] = raw;
                    self.keep(before);
                })
            }
            _ => Err(Refused::Kind),
        };
        let Err(refused) = result else { return Ok(self) };
        if let Some((there, words)) = before {
            (self.there, self.words) = (there, words);
        }
        Err(self.refused(path, refused))
    }

    /// Finds what is at `path`, and makes it where it is not there.
    fn found(&mut self, path: &str) -> Result<Found, FieldError> {
        loop {
            match self.find(path)? {
                Found::Missing(fix) => {
                    if let Some((at, word)) = fix.header {
                        self.words[at] = word;
                    }
                    self.there |= fix.slot;
                    self.words.splice(fix.at..fix.at, fix.insert);
                }
                found => return Ok(found),
            }
        }
    }

    fn refused(&self, path: &str, refused: Refused) -> FieldError {
        let (category, path) = (self.spec.category, path.to_owned());
        match refused {
            Refused::Kind => FieldError::Kind { category, path },
            Refused::Range(value) => FieldError::Range { category, path, value },
        }
    }
}

/// Why a value cannot be put somewhere.
enum Refused {
    Kind,
    Range(String),
}

impl Refused {
    fn range(value: impl std::fmt::Display) -> Self {
        Self::Range(value.to_string())
    }
}

/// The bits of a number with its sign.
fn integer(bits: u16, content: &Content, number: i64) -> Result<u64, Refused> {
    let sign = match content {
        Content::Integer(sign) => *sign,
        Content::Quantity(quantity) => quantity.sign,
        _ => Sign::Unsigned,
    };
    let limit = |bits: u16| if bits >= 63 { i64::MAX } else { (1 << bits) - 1 };
    let range = match sign {
        Sign::Unsigned => 0..=limit(bits),
        Sign::Signed => -limit(bits - 1) - 1..=limit(bits - 1),
    };
    if range.contains(&number) {
        Ok(number as u64 & (u64::MAX >> (64 - bits)))
    } else {
        Err(Refused::range(number))
    }
}

/// The words of octets: how many, then eight to a word.
fn packed(octets: &[u8]) -> impl Iterator<Item = u64> {
    let words = octets.chunks(8).map(|chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        u64::from_be_bytes(word)
    });
    std::iter::once(octets.len() as u64).chain(words)
}

/// Writes down the words of a record.
struct Recorder<'w> {
    words: &'w mut Vec<u64>,
    /// Where the segments or members are counted that no number in the octets counts.
    header: usize,
}

impl Visitor for Recorder<'_> {
    #[inline]
    fn leaf(&mut self, _: &'static str, leaf: Leaf) {
        self.words.push(leaf.raw);
    }
    fn octets(&mut self, _: &'static str, octets: &[u8]) {
        self.words.extend(packed(octets));
    }
    fn unknown_extension(&mut self, octets: &[u8]) {
        self.words[self.header] |= UNKNOWN;
        self.words.extend(packed(octets));
    }
    #[inline]
    fn open(&mut self, _: &'static str, _: Nest) {}
    #[inline]
    fn close(&mut self, _: Nest) {}
    #[inline]
    fn rfs_item(&mut self, slot: usize, _: usize) {
        self.words.push(slot as u64);
    }
    #[inline]
    fn count(&mut self, members: usize) {
        self.words.push(members as u64);
    }
    #[inline]
    fn segment(&mut self, is_first: bool) {
        if is_first {
            self.header = self.words.len();
            self.words.push(1);
        } else {
            self.words[self.header] += 1;
        }
    }
    #[inline]
    fn expansion(&mut self) {
        self.words.push(EXPANDED);
    }
    #[inline]
    fn presence(&mut self, bits: u64) {
        self.words.push(bits);
    }
}
