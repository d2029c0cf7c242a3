//! Which editions fit a recording, found by trial.
//!
//! ASTERIX says the category of a block but not the edition it was written by, and the wrong one
//! gives rubbish without a word. [`Inspector`] reads each block by every edition there are tables
//! for and counts what speaks against it.
//!
//! ```
//! let datagram = [48, 0, 10, 0x90, 25, 201, 0x04, 0x04, 0x40, 0x00];
//! let mut inspector = asterix::inspect::Inspector::new();
//! for block in asterix::blocks(&datagram).flatten() {
//!     inspector.block(&block);
//! }
//! for finding in inspector.findings() {
//!     let fitting: Vec<&str> = finding.fitting().map(|fit| fit.edition).collect();
//!     assert_eq!((finding.category, fitting.len()), (48, 6));
//! }
//! ```

use crate::by_tables::Walker;
use crate::defect::Defect;
use crate::editions::Editions;
use crate::record::{Block, Record};
use crate::spec::{Charset, Content, Expansion, Spec};
use crate::visit::{Leaf, Nest, Visitor};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use surveillance::SensorId;

/// Most pairs of category and data source that are told apart; blocks of more are counted in
/// [`Inspector::blocks_of_too_many`].
pub const SOURCES_MAX: usize = 4096;

/// Tries every edition on the blocks it is shown.
#[derive(Debug, Clone)]
pub struct Inspector {
    sources: BTreeMap<(u8, Option<SensorId>), Source>,
    blocks_judged_max: u64,
    too_many: u64,
}

#[derive(Debug, Clone)]
struct Source {
    blocks: u64,
    editions: Vec<(&'static Spec, Fit)>,
    expansions: Vec<(&'static Expansion, Fit)>,
}

/// What was found of one category from one data source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// ASTERIX category.
    pub category: u8,
    /// Who sent the blocks ([`Block::source`]), if they say so.
    pub source: Option<SensorId>,
    /// How many blocks there were.
    pub blocks: u64,
    /// How each edition fits, the best first, of equals the newest; empty if there are no tables
    /// for the category.
    pub editions: Vec<Fit>,
    /// How each layout of the reserved expansion field fits, the best first, of equals the newest;
    /// [`Fit::records`] counts the fields. Empty where no field came or there are no layouts.
    pub expansions: Vec<Fit>,
}

impl Finding {
    /// The editions that nothing speaks against, the newest first.
    pub fn fitting(&self) -> impl Iterator<Item = &Fit> {
        self.editions.iter().filter(|fit| fit.fits())
    }
}

/// How an edition fits: how much it read, and what speaks against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// The edition.
    pub edition: &'static str,
    /// Records read, or expansion fields.
    pub records: u64,
    /// Defects: what cannot be read as the edition has it. One ends its block.
    pub defects: u64,
    /// The first of those; the offset counts from the start of its datagram.
    pub first_defect: Option<Defect>,
    /// Groups of spare bits that are not zero.
    pub spare_bits: u64,
    /// Numbers outside the limits that the document sets.
    pub out_of_range: u64,
    /// Texts with characters that their set does not have. Senders pass on what pilots and other
    /// systems filled in, so this only breaks a tie.
    pub bad_texts: u64,
    /// Codes that are in no code table. Tables leave codes out that are not yet used, so this only
    /// breaks a tie.
    pub unknown_codes: u64,
}

impl Fit {
    fn of(edition: &'static str) -> Self {
        Self {
            edition,
            records: 0,
            defects: 0,
            first_defect: None,
            spare_bits: 0,
            out_of_range: 0,
            bad_texts: 0,
            unknown_codes: 0,
        }
    }

    /// Whether nothing speaks against it: every record read to its end, spare bits zero, numbers
    /// within their limits.
    pub fn fits(&self) -> bool {
        self.defects == 0 && self.oddities() == 0
    }

    fn oddities(&self) -> u64 {
        self.spare_bits + self.out_of_range
    }

    fn add_defect(&mut self, defect: Defect) {
        self.defects += 1;
        self.first_defect = self.first_defect.or(Some(defect));
    }
}

impl Default for Inspector {
    fn default() -> Self {
        Self::new()
    }
}

impl Inspector {
    /// Judges every block it is shown.
    pub fn new() -> Self {
        Self::judging_at_most(u64::MAX)
    }

    /// Judges the first `blocks` blocks of each category from each data source and counts the rest:
    /// every edition reads each block, and a thousand blocks tell as much as a million.
    pub fn judging_at_most(blocks: u64) -> Self {
        Self { sources: BTreeMap::new(), blocks_judged_max: blocks, too_many: 0 }
    }

    /// Reads a block by every edition of its category.
    pub fn block(&mut self, block: &Block<'_>) {
        let key = (block.category(), block.source());
        if self.sources.len() >= SOURCES_MAX && !self.sources.contains_key(&key) {
            self.too_many += 1;
            return;
        }
        let source = self.sources.entry(key).or_insert_with(|| Source::of(key.0));
        source.blocks += 1;
        if source.blocks <= self.blocks_judged_max {
            source.judge(block);
        }
    }

    /// Blocks that were passed over because [`SOURCES_MAX`] others had come before.
    pub fn blocks_of_too_many(&self) -> u64 {
        self.too_many
    }

    /// What was found, by category and data source.
    pub fn findings(&self) -> Vec<Finding> {
        let finding = |(&(category, sensor), source): (&(u8, Option<SensorId>), &Source)| Finding {
            category,
            source: sensor,
            blocks: source.blocks,
            editions: ranked(source.editions.iter().map(|(_, fit)| fit)),
            expansions: ranked(
                source.expansions.iter().map(|(_, fit)| fit).filter(|fit| fit.records > 0),
            ),
        };
        self.sources.iter().map(finding).collect()
    }
}

impl Source {
    fn of(category: u8) -> Self {
        let specs = Editions::known().filter(|spec| spec.category == category);
        let layouts = Editions::expansions_known().filter(|layout| layout.category == category);
        Self {
            blocks: 0,
            editions: specs.map(|spec| (spec, Fit::of(spec.edition))).collect(),
            expansions: layouts.map(|layout| (layout, Fit::of(layout.edition))).collect(),
        }
    }

    fn judge(&mut self, block: &Block<'_>) {
        for (spec, fit) in &mut self.editions {
            for record in block.records_by(Some(spec), None) {
                match record {
                    Ok(record) => {
                        fit.records += 1;
                        record.visit_by_tables(&mut Judge { fit });
                    }
                    Err(defect) => fit.add_defect(defect),
                }
            }
        }
        // The layouts are tried on what the edition finds that is ahead so far.
        let best = self.editions.iter().min_by_key(|(_, fit)| (fit.defects, fit.oddities()));
        let Some(&(spec, _)) = best else { return };
        for (layout, fit) in &mut self.expansions {
            for record in block.records_by(Some(spec), Some(layout)).flatten() {
                judge_expansion(&record, fit);
            }
        }
    }
}

fn judge_expansion(record: &Record<'_>, fit: &mut Fit) {
    if !record.has_expansion() {
        return;
    }
    fit.records += 1;
    match record.expansion_defect() {
        Some(defect) => fit.add_defect(defect),
        None => record.visit_expansion_by_tables(&mut Judge { fit }),
    }
}

/// Best first; of equals the newest, which is the last.
fn ranked<'f>(fits: impl Iterator<Item = &'f Fit>) -> Vec<Fit> {
    let mut ranked: Vec<(usize, Fit)> = fits.cloned().enumerate().collect();
    ranked.sort_by_key(|(age, fit)| {
        let doubts = fit.bad_texts + fit.unknown_codes;
        (fit.defects, fit.oddities(), doubts, Reverse(*age))
    });
    ranked.into_iter().map(|(_, fit)| fit).collect()
}

/// Counts what is odd in a record.
struct Judge<'f> {
    fit: &'f mut Fit,
}

impl Visitor for Judge<'_> {
    fn leaf(&mut self, _: &'static str, leaf: Leaf) {
        match leaf.content {
            Content::Table(rows) => {
                let is_known = rows.iter().any(|(value, _)| u64::from(*value) == leaf.raw);
                self.fit.unknown_codes += u64::from(!is_known);
            }
            Content::Text(charset) => {
                self.fit.bad_texts += u64::from(!is_text(leaf.raw, leaf.bits, *charset));
            }
            Content::Quantity(quantity) => {
                self.fit.out_of_range += u64::from(!quantity.allows(leaf.integer()));
            }
            _ => {}
        }
    }
    fn octets(&mut self, _: &'static str, _: &[u8]) {}
    fn open(&mut self, _: &'static str, _: Nest) {}
    fn close(&mut self, _: Nest) {}
}

impl Walker for Judge<'_> {
    fn spare(&mut self, bits: u64) {
        self.fit.spare_bits += u64::from(bits != 0);
    }
}

/// Whether each character is one of its set; a text of nothing but zeros is one not filled in.
fn is_text(raw: u64, bits: u16, charset: Charset) -> bool {
    if raw == 0 {
        return true;
    }
    let characters = |width: u16| {
        (0..bits / width).map(move |index| (raw >> (index * width)) as u8 & (0xff >> (8 - width)))
    };
    match charset {
        Charset::Ascii => characters(8).all(|code| matches!(code, 0 | b' '..=b'~')),
        Charset::Icao => characters(6).all(|code| matches!(code, 0 | 1..=26 | 32 | 48..=57)),
        Charset::Octal => true,
    }
}
