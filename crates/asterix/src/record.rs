//! Datagram → blocks → records, each a view of the bytes that came.

use crate::defect::{Defect, DefectKind, Fault};
use crate::editions::Editions;
use crate::generated::visitors;
use crate::measure::{
    self, COMPOUND_MAX, compound_walk, expansion_walk, fault, item_end, items_end,
};
use crate::spec::{Expansion, Explicit, Item, SLOTS_MAX, Shape, Slot, Spec, Uap};
use crate::visit::{Leaf, Nest, Visitor, read};
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
        Defect { kind, category, item: None, offset, bits: kind.bits() }
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

    /// Its records as the chosen edition reads them: the one for its category and [`Self::source`].
    /// A defect ends the block, as nothing tells where a next record would start; but an extension
    /// that the edition does not know is only told after its record. Zeros after the last record
    /// are padding.
    pub fn records(&self, editions: &Editions) -> Records<'a> {
        let (spec, expansion) = editions.of(self.category, || self.source());
        self.records_by(spec, expansion)
    }

    pub(crate) fn records_by(
        &self,
        spec: Option<&'static Spec>,
        expansion: Option<&'static Expansion>,
    ) -> Records<'a> {
        Records { block: *self, spec, expansion, record: None, at: 3, pending: None }
    }

    /// Who sent its first record, as far as that shows before an edition is chosen: the first item
    /// of every profile of every category is a data source identifier of two octets.
    pub fn source(&self) -> Option<SensorId> {
        let record = self.bytes.get(3..)?;
        if record.first()? & 0x80 == 0 {
            return None;
        }
        let fspec = record.iter().position(|octet| octet & 1 == 0)? + 1;
        let &[sac, sic] = record.get(fspec..)?.first_chunk::<2>()?;
        Some(SensorId { sac, sic })
    }
}

/// Iterator over a block's records; see [`Block::records`].
#[derive(Debug, Clone)]
pub struct Records<'a> {
    block: Block<'a>,
    /// None if there are no tables for the category.
    spec: Option<&'static Spec>,
    expansion: Option<&'static Expansion>,
    /// The record last read.
    record: Option<Record<'a>>,
    at: usize,
    /// Found in the record last read, and told after it.
    pending: Option<Defect>,
}

impl<'a> Records<'a> {
    /// The next record, without a copy: what [`Iterator::next`] gives, for as long as it is looked at.
    #[inline]
    pub fn next_ref(&mut self) -> Option<Result<&Record<'a>, Defect>> {
        if let Some(defect) = self.pending.take() {
            return Some(Err(defect));
        }
        let rest = &self.block.bytes[self.at..];
        if rest.is_empty() || (rest[0] == 0 && rest.iter().all(|octet| *octet == 0)) {
            return None;
        }
        let Some(spec) = self.spec else {
            // The category is the first octet of the block.
            let fault = Fault::new(DefectKind::CategoryUnknown, None, 0);
            let defect = fault.in_block(&self.block, self.block.offset);
            self.at = self.block.bytes.len();
            return Some(Err(defect));
        };
        let record = self.record.get_or_insert_with(|| Record::empty(spec, self.expansion));
        match record.parse(rest) {
            Ok(()) => {
                if record.unknown_in != 0 {
                    let at = self.block.offset + self.at;
                    self.pending =
                        record.unknown_extension().map(|found| found.in_block(&self.block, at));
                }
                self.at += usize::from(record.length);
                Some(Ok(record))
            }
            Err(fault) => {
                let defect = fault.in_block(&self.block, self.block.offset + self.at);
                self.at = self.block.bytes.len();
                Some(Err(defect))
            }
        }
    }
}

impl Records<'_> {
    /// Shows the next record as it is read, which saves walking it twice. Of a record that turns out
    /// broken, what comes before the defect has been shown; extensions that the edition does not know
    /// are told to [`Visitor::unknown_extension`] alone.
    #[inline]
    pub fn visit_next<V: Visitor + ?Sized>(
        &mut self,
        visitor: &mut V,
    ) -> Option<Result<(), Defect>> {
        let rest = &self.block.bytes[self.at..];
        if rest.is_empty() && self.pending.is_none() {
            return None;
        }
        if let (Some(spec), [first, ..]) = (self.spec, rest)
            && *first != 0
            && spec.selector.is_none()
            && let Ok((announced, start)) = fspec(rest)
        {
            let (number, items) = (spec.uaps[0].visitor, &rest[start..]);
            let layout = self.expansion.map_or(0, |expansion| expansion.visitor);
            if let Some(left) = visitors::profile(number, announced, items, layout, visitor) {
                self.at += rest.len() - left.len();
                return Some(Ok(()));
            }
            // Walked again for what is wrong.
            return self.next_ref().map(|record| record.map(|_| ()));
        }
        let record = self.next_ref()?;
        Some(record.map(|record| record.visit(visitor)))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, Defect>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.next_ref().map(|record| record.cloned())
    }
}

impl Fault {
    /// `at` is where its record begins, from the start of the datagram.
    fn in_block(self, block: &Block<'_>, at: usize) -> Defect {
        let Fault { kind, item, at: within, bits } = self;
        Defect { kind, category: Some(block.category), item, offset: at + within, bits }
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
    /// Octets of the FSPEC.
    fspec: u8,
    /// One more than the slot of the last item with an extension that its edition does not know.
    unknown_in: u8,
    /// Items announced by the FSPEC, slot 0 in the highest bit.
    announced: u64,
    /// Those and the ones that came in a random field sequence.
    there: u64,
    /// First octet, by slot.
    starts: [u16; 64],
}

impl<'a> Record<'a> {
    /// Of nothing, to be parsed into.
    fn empty(spec: &'static Spec, expansion: Option<&'static Expansion>) -> Self {
        let uap = &spec.uaps[0];
        Self {
            spec,
            uap,
            expansion,
            bytes: &[],
            length: 0,
            fspec: 0,
            unknown_in: 0,
            announced: 0,
            there: 0,
            starts: [0; 64],
        }
    }

    /// Reads the record at the start of `bytes`.
    #[inline]
    fn parse(&mut self, bytes: &'a [u8]) -> Result<(), Fault> {
        // Offsets are kept in 16 bits, which a block's LEN guarantees; longer input is cut there.
        let bytes = &bytes[..bytes.len().min(usize::from(u16::MAX))];
        let (announced, start) = fspec(bytes)?;
        if self.spec.selector.is_some() {
            self.uap = chosen_uap(self.spec, announced, bytes, start)?;
        }
        self.bytes = bytes;
        self.fspec = start as u8;
        self.announced = announced;
        self.there = announced;
        self.unknown_in = 0;
        let mut finder = Finder {
            starts: &mut self.starts,
            total: bytes.len(),
            there: &mut self.there,
            unknown_in: &mut self.unknown_in,
            slot: 0,
        };
        let items = &bytes[start..];
        match visitors::profile(self.uap.visitor, announced, items, 0, &mut finder) {
            Some(rest) => {
                self.length = (bytes.len() - rest.len()) as u16;
                Ok(())
            }
            None => Err(fault(self.uap, announced, bytes, start)),
        }
    }

    /// The octets after the FSPEC.
    pub(crate) fn after_fspec(&self) -> &'a [u8] {
        &self.bytes[usize::from(self.fspec)..]
    }

    /// Items announced by the FSPEC, slot 0 in the highest bit.
    pub(crate) fn announced(&self) -> u64 {
        self.announced
    }

    #[cold]
    fn unknown_extension(&self) -> Option<Fault> {
        let slot = usize::from(self.unknown_in) - 1;
        let Slot::Item(item) = self.uap.slots[slot] else { return None };
        let start = usize::from(self.starts[slot]);
        let at = measure::unknown_extension(item, self.bytes, start).unwrap_or(start);
        Some(Fault::new(DefectKind::ExtensionUnknown, Some(item.name), at))
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

    /// Who sent it: item 010, or 036 in CAT018, which has no 010.
    #[inline]
    pub fn sensor(&self) -> Option<SensorId> {
        let number = if self.spec.category == 18 { 36 } else { 10 };
        let &[sac, sic] = self.item(number)?.first_chunk::<2>()?;
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

    /// Calls `found` with the number (from 0) and octets of each subitem of a compound item that is
    /// `wanted`: a bit for each, the first the highest. Looks no further than the last of them.
    #[inline]
    pub(crate) fn pick(&self, number: u16, wanted: u64, mut found: impl FnMut(u32, &'a [u8])) {
        let Some(slot) = self.uap.slot_of(number) else { return };
        let (Slot::Item(item), Some(octets)) = (self.uap.slots[slot], self.in_slot(slot)) else {
            return;
        };
        let Shape::Compound(subitems) = item.shape else { return };
        let (mut left, mut at) = (0, 0);
        for (index, octet) in octets.iter().enumerate() {
            if index < COMPOUND_MAX {
                left |= u64::from(octet >> 1) << (57 - 7 * index);
            }
            if octet & 1 == 0 {
                at = index + 1;
                break;
            }
        }
        let mut wanted = wanted & left;
        while wanted != 0 {
            let bit = left.leading_zeros();
            left &= !(1 << (63 - bit));
            let Some(Some(subitem)) = subitems.get(bit as usize) else { return };
            let end = match subitem.octets {
                // The item was measured when the record was parsed, so this cannot fail again.
                0 => match item_end(subitem, octets, at) {
                    Ok(end) => end,
                    Err(_) => return,
                },
                length => at + usize::from(length),
            };
            if wanted & 1 << (63 - bit) != 0 {
                wanted &= !(1 << (63 - bit));
                let Some(octets) = octets.get(at..end) else { return };
                found(bit, octets);
            }
            at = end;
        }
    }

    /// Whether it has a reserved expansion field.
    pub(crate) fn has_expansion(&self) -> bool {
        self.items().any(|(item, _)| matches!(item.shape, Shape::Explicit(Explicit::Re)))
    }

    /// What is wrong with its reserved expansion field, if a layout was chosen for the category
    /// and the field does not follow it to its last octet. Such a field is shown as octets.
    /// The offset counts from the record's first octet.
    pub fn expansion_defect(&self) -> Option<Defect> {
        let expansion = self.expansion?;
        self.present().find_map(|(slot, start)| {
            let Slot::Item(item) = self.uap.slots[slot] else { return None };
            let Shape::Explicit(Explicit::Re) = item.shape else { return None };
            let (kind, offset, bits) =
                expansion_walk(expansion, self.bytes, start, |_, _, _| {}).err()?;
            let category = Some(self.category());
            Some(Defect { kind, category, item: Some(item.name), offset, bits })
        })
    }

    /// Calls `found` with the name and octets of each subitem of the reserved expansion field, if a
    /// layout was chosen and the field follows it.
    pub(crate) fn expansion_subitems(&self, mut found: impl FnMut(&'static Item, &'a [u8])) {
        let Some(expansion) = self.expansion else { return };
        for (slot, start) in self.present() {
            let Slot::Item(item) = self.uap.slots[slot] else { continue };
            if !matches!(item.shape, Shape::Explicit(Explicit::Re)) {
                continue;
            }
            let mut spans = Vec::new();
            let walked = expansion_walk(expansion, self.bytes, start, |subitem, from, to| {
                spans.push((subitem, from, to));
            });
            if walked.is_ok() {
                spans.into_iter().for_each(|(subitem, from, to)| {
                    found(subitem, &self.bytes[from..to]);
                });
            }
        }
    }

    /// The first octets of the item in this slot, if it is there. A fixed item of `N` octets or more has
    /// them; another may end before, which its own bits tell.
    #[inline(always)]
    pub(crate) fn octets<const N: usize>(&self, slot: usize) -> Option<&'a [u8; N]> {
        if self.there & 1 << (63 - slot) == 0 {
            return None;
        }
        self.bytes.get(usize::from(self.starts[slot])..)?.first_chunk::<N>()
    }

    #[inline]
    pub(crate) fn in_slot(&self, slot: usize) -> Option<&'a [u8]> {
        let bit = 1 << (63 - slot);
        if self.there & bit == 0 {
            return None;
        }
        let start = usize::from(self.starts[slot]);
        if self.announced & bit == 0 {
            return self.in_rfs(slot, start);
        }
        // Items lie end to end: each ends where the next one starts.
        let later = self.announced & (bit - 1);
        let end = match later {
            0 => self.length,
            _ => self.starts[later.leading_zeros() as usize],
        };
        self.bytes.get(start..usize::from(end))
    }

    #[cold]
    fn in_rfs(&self, slot: usize, start: usize) -> Option<&'a [u8]> {
        let Slot::Item(item) = self.uap.slots[slot] else { return None };
        // The sequence was measured when the record was parsed, so this cannot fail again.
        self.bytes.get(start..item_end(item, self.bytes, start).ok()?)
    }

    /// Slot and start of what the FSPEC announced, in order.
    pub(crate) fn present(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let is_there = |slot: &usize| self.announced & 1 << (63 - slot) != 0;
        (0..SLOTS_MAX).filter(is_there).map(|slot| (slot, usize::from(self.starts[slot])))
    }
}

/// Notes where each item starts.
struct Finder<'r> {
    starts: &'r mut [u16; 64],
    total: usize,
    there: &'r mut u64,
    unknown_in: &'r mut u8,
    slot: u8,
}

impl Visitor for Finder<'_> {
    #[inline(always)]
    fn passes_over(&self) -> bool {
        true
    }
    #[inline(always)]
    fn item(&mut self, slot: usize, rest: usize) {
        self.starts[slot % 64] = (self.total - rest) as u16;
        self.slot = slot as u8;
    }
    #[inline(always)]
    fn rfs_item(&mut self, slot: usize, rest: usize) {
        // What the FSPEC announces stays; of several in sequences, the first.
        let bit = 1u64.checked_shl(63u32.saturating_sub(slot as u32)).unwrap_or(0);
        if slot < SLOTS_MAX && *self.there & bit == 0 {
            *self.there |= bit;
            self.starts[slot % 64] = (self.total - rest) as u16;
        }
        self.slot = slot as u8;
    }
    #[inline(always)]
    fn octets(&mut self, _: &'static str, _: &[u8]) {}
    #[inline(always)]
    fn unknown_extension(&mut self, _: &[u8]) {
        *self.unknown_in = self.slot + 1;
    }
    #[inline(always)]
    fn leaf(&mut self, _: &'static str, _: Leaf) {}
    #[inline(always)]
    fn open(&mut self, _: &'static str, _: Nest) {}
    #[inline(always)]
    fn close(&mut self, _: Nest) {}
}

/// The FSPEC's bits without the FX bits, the first in the highest, and the octet after it.
#[inline(always)]
fn fspec(bytes: &[u8]) -> Result<(u64, usize), Fault> {
    // Small records have one octet of it.
    match bytes.first() {
        Some(octet) if octet & 1 == 0 && *octet != 0 => Ok((u64::from(octet >> 1) << 57, 1)),
        _ => long_fspec(bytes),
    }
}

fn long_fspec(bytes: &[u8]) -> Result<(u64, usize), Fault> {
    let mut bits = 0;
    for (index, octet) in bytes.iter().enumerate() {
        if index * 7 >= SLOTS_MAX {
            return Err(Fault::new(DefectKind::FspecTooLong, None, index));
        }
        bits |= u64::from(octet >> 1) << (57 - 7 * index);
        if octet & 1 == 0 {
            // A record of nothing is lost step; taking it for one would look at the rest of the
            // block for padding again at each of its zeros.
            return match bits {
                0 => Err(Fault::new(DefectKind::FspecEmpty, None, index)),
                _ => Ok((bits, index + 1)),
            };
        }
    }
    Err(Fault::new(DefectKind::FspecTruncated, None, bytes.len()))
}

/// The profile that the selecting element chooses; the first where the element is not there.
pub(crate) fn chosen_uap(
    spec: &'static Spec,
    announced: u64,
    bytes: &[u8],
    start: usize,
) -> Result<&'static Uap, Fault> {
    let first = &spec.uaps[0];
    let Some(selector) = spec.selector else { return Ok(first) };
    let slot = usize::from(selector.slot);
    if announced & 1 << (63 - slot) == 0 {
        return Ok(first);
    }
    let at = items_end(first, announced, bytes, start, slot)?;
    let item = bytes.get(at..).unwrap_or_default();
    let value = read(item, usize::from(selector.offset), u16::from(selector.bits));
    Ok(spec.uaps.iter().find(|uap| uap.when.contains(&value)).unwrap_or(first))
}
