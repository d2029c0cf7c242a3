//! Where an item ends, by the tables, and what exactly is wrong where it does not.
//!
//! Records are measured by the generated visitors; what those refuse is measured here again, slowly
//! and with a name for what is wrong. A test holds the two together.

use crate::defect::{Bits, DefectKind, Fault};
use crate::spec::{Expansion, Extended, Item, SLOTS_MAX, Shape, Slot, Uap};

/// Most octets in the FSPEC of a compound item that announce anything.
pub(crate) const COMPOUND_MAX: usize = 9;

/// What measuring yields: the octet after the item, or what is wrong and where.
type End = Result<usize, Wrong>;

/// What, in which octet, in which of its bits.
type Wrong = (DefectKind, usize, Bits);

const fn wrong(kind: DefectKind, at: usize) -> Wrong {
    (kind, at, kind.bits())
}

/// The end of `item`, which starts at octet `at` of `bytes`.
#[inline]
pub(crate) fn item_end(item: &'static Item, bytes: &[u8], at: usize) -> Result<usize, Fault> {
    let end = if item.octets != 0 {
        fits(bytes, at, usize::from(item.octets))
    } else {
        shape_end(&item.shape, bytes, at)
    };
    end.map_err(|(kind, at, bits)| Fault { kind, item: Some(item.name), at, bits })
}

/// The end of a random field sequence that starts at `at`; `found` learns where each item starts.
pub(crate) fn rfs_end(
    uap: &'static Uap,
    bytes: &[u8],
    at: usize,
    mut found: impl FnMut(usize, &'static Item, usize),
) -> Result<usize, Fault> {
    let fault = |kind, at| Fault::new(kind, Some("RFS"), at);
    let mut at = at;
    let count = *bytes.get(at).ok_or(fault(DefectKind::ItemTruncated, at))?;
    at += 1;
    for _ in 0..count {
        let frn = *bytes.get(at).ok_or(fault(DefectKind::ItemTruncated, at))?;
        let slot = usize::from(frn).wrapping_sub(1);
        let Some(Slot::Item(item)) = uap.slots.get(slot) else {
            return Err(fault(DefectKind::RfsItemUnknown, at));
        };
        let end = item_end(item, bytes, at + 1)?;
        found(slot, item, at + 1);
        at = end;
    }
    Ok(at)
}

#[inline]
fn fits(bytes: &[u8], at: usize, octets: usize) -> End {
    if bytes.len() - at.min(bytes.len()) >= octets {
        Ok(at + octets)
    } else {
        Err(wrong(DefectKind::ItemTruncated, at))
    }
}

fn octet(bytes: &[u8], at: usize) -> Result<u8, Wrong> {
    bytes.get(at).copied().ok_or(wrong(DefectKind::ItemTruncated, at))
}

fn shape_end(shape: &'static Shape, bytes: &[u8], at: usize) -> End {
    match shape {
        Shape::Element(_) | Shape::Group(_) | Shape::Choice(_) => {
            fits(bytes, at, usize::from(shape.fixed_bits() / 8))
        }
        Shape::Extended(extended) => extended_end(extended, bytes, at),
        Shape::Repeated(repeated) => {
            let start = fits(bytes, at, usize::from(repeated.width))?;
            let count = bytes[at..start].iter().fold(0, |n, octet| n << 8 | usize::from(*octet));
            fits(bytes, start, count * usize::from(repeated.octets))
        }
        Shape::RepeatedFx(repeated) => {
            let octets = usize::from(repeated.octets);
            let mut end = fits(bytes, at, octets)?;
            while bytes[end - 1] & 1 == 1 {
                end = fits(bytes, end, octets)?;
            }
            Ok(end)
        }
        Shape::Explicit(_) => match octet(bytes, at)? {
            0 => Err(wrong(DefectKind::ExplicitLengthZero, at)),
            length => fits(bytes, at, usize::from(length)),
        },
        Shape::Compound(subitems) => compound_end(subitems, bytes, at),
    }
}

fn extended_end(extended: &Extended, bytes: &[u8], at: usize) -> End {
    let segments = extended.segments();
    let mut end = at;
    for (index, octets) in segments.iter().enumerate() {
        end = fits(bytes, end, usize::from(*octets))?;
        let ends_without_fx = index + 1 == segments.len() && !extended.last_has_fx();
        if ends_without_fx || bytes[end - 1] & 1 == 0 {
            return Ok(end);
        }
    }
    // Extensions past the last that the edition knows: each an octet with its own FX bit.
    loop {
        let more = octet(bytes, end)? & 1 == 1;
        end += 1;
        if !more {
            return Ok(end);
        }
    }
}

/// Where the extensions of `item` begin that its edition does not know, if it has any.
pub(crate) fn unknown_extension(item: &'static Item, bytes: &[u8], at: usize) -> Option<usize> {
    let Shape::Extended(extended) = &item.shape else { return None };
    let mut end = at;
    for octets in extended.segments() {
        end += usize::from(*octets);
        if bytes.get(end - 1)? & 1 == 0 {
            return None;
        }
    }
    extended.last_has_fx().then_some(end)
}

/// What is wrong with the record that starts with `bytes`: an FSPEC that ends at `start` and
/// announces `announced`.
#[cold]
pub(crate) fn fault(uap: &'static Uap, announced: u64, bytes: &[u8], start: usize) -> Fault {
    match items_end(uap, announced, bytes, start, SLOTS_MAX) {
        Err(fault) => fault,
        // The visitors refuse nothing else, as a test shows.
        Ok(at) => Fault::new(DefectKind::ItemTruncated, None, at),
    }
}

/// The end of the items announced in slots before `slots_end`.
pub(crate) fn items_end(
    uap: &'static Uap,
    announced: u64,
    bytes: &[u8],
    start: usize,
    slots_end: usize,
) -> Result<usize, Fault> {
    let (mut left, mut at) = (announced, start);
    while left != 0 {
        let slot = left.leading_zeros() as usize;
        if slot >= slots_end {
            break;
        }
        left &= !(1 << (63 - slot));
        at = match uap.slots.get(slot) {
            Some(Slot::Item(item)) => item_end(item, bytes, at)?,
            Some(Slot::Rfs) => rfs_end(uap, bytes, at, |_, _, _| {})?,
            _ => {
                let bits = Bits::one(slot % 7);
                return Err(Fault {
                    bits,
                    ..Fault::new(DefectKind::SpareItemPresent, None, slot / 7)
                });
            }
        };
    }
    Ok(at)
}

fn compound_end(subitems: &'static [Option<&'static Item>], bytes: &[u8], at: usize) -> End {
    compound_walk(subitems, bytes, at, |_, _, _| {})
}

/// The end of a compound item that starts at `at`; `found` learns of each subitem's span.
#[inline]
pub(crate) fn compound_walk(
    subitems: &'static [Option<&'static Item>],
    bytes: &[u8],
    at: usize,
    mut found: impl FnMut(&'static Item, usize, usize),
) -> End {
    let mut end = at;
    while octet(bytes, end)? & 1 == 1 {
        end += 1;
    }
    end += 1;
    let fspec = at..end;
    for (index, fspec_at) in fspec.enumerate() {
        let mut bits = bytes[fspec_at] & 0xfe;
        while bits != 0 {
            let bit = bits.leading_zeros() as usize;
            bits &= !(0x80 >> bit);
            let Some(Some(item)) = subitems.get(index * 7 + bit) else {
                return Err((DefectKind::SubitemUnknown, fspec_at, Bits::one(bit)));
            };
            let start = end;
            end = match item.octets {
                0 => shape_end(&item.shape, bytes, start)?,
                octets => fits(bytes, start, usize::from(octets))?,
            };
            found(item, start, end);
        }
    }
    Ok(end)
}

/// The end of a reserved expansion field that starts with its length octet at `at`, if it is laid
/// out like this to its last octet; `found` learns of each subitem's span.
pub(crate) fn expansion_walk(
    expansion: &'static Expansion,
    bytes: &[u8],
    at: usize,
    mut found: impl FnMut(&'static Item, usize, usize),
) -> End {
    let field_end = fits(bytes, at, usize::from(octet(bytes, at)?))?;
    let bytes = &bytes[..field_end];
    let start = at + 1;
    if expansion.indicator == 0 {
        let end = compound_walk(expansion.subitems, bytes, start, found)?;
        return if end == field_end {
            Ok(end)
        } else {
            Err(wrong(DefectKind::ExpansionLength, at))
        };
    }
    let mut end = fits(bytes, start, usize::from(expansion.indicator))?;
    for bit in 0..usize::from(expansion.indicator) * 8 {
        if bytes[start + bit / 8] & 0x80 >> (bit % 8) == 0 {
            continue;
        }
        let Some(Some(item)) = expansion.subitems.get(bit) else {
            return Err((DefectKind::SubitemUnknown, start + bit / 8, Bits::one(bit)));
        };
        let begin = end;
        end = shape_end(&item.shape, bytes, begin)?;
        found(item, begin, end);
    }
    if end == field_end { Ok(end) } else { Err(wrong(DefectKind::ExpansionLength, at)) }
}
