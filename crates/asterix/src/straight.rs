//! What the generated visitors are made of. Each takes octets off the front of `b`, or is `None`
//! where a record is not as its edition has it; `measure` then says what exactly is wrong.

use crate::generated::visitors;
use crate::measure::COMPOUND_MAX;
use crate::spec::Content;
use crate::visit::{Leaf, Nest, Visitor};

/// The next `N` octets.
#[inline(always)]
pub(crate) fn take<'a, const N: usize>(b: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (first, rest) = b.split_first_chunk::<N>()?;
    *b = rest;
    Some(first)
}

#[inline(always)]
pub(crate) fn word(octets: [u8; 8]) -> u64 {
    u64::from_be_bytes(octets)
}

#[inline(always)]
pub(crate) fn leaf<V: Visitor + ?Sized>(
    v: &mut V,
    name: &'static str,
    raw: u64,
    bits: u16,
    content: &'static Content,
) {
    v.leaf(name, Leaf { raw, bits, content });
}

/// Opens a counted repetition: `W` octets of count, then so many of `N` octets.
#[inline(always)]
pub(crate) fn repeated<'a, const W: usize, const N: usize, V: Visitor + ?Sized>(
    b: &mut &'a [u8],
    name: &'static str,
    v: &mut V,
) -> Option<&'a [[u8; N]]> {
    let count = take::<W>(b)?.iter().fold(0, |count, octet| count << 8 | usize::from(*octet));
    let (all, rest) = b.split_at_checked(count * N)?;
    *b = rest;
    v.open(name, Nest::List);
    v.count(count);
    Some(all.as_chunks::<N>().0)
}

/// An explicit item: its length, which counts itself, and its octets.
#[inline(always)]
pub(crate) fn explicit<V: Visitor + ?Sized>(
    b: &mut &[u8],
    name: &'static str,
    v: &mut V,
) -> Option<()> {
    let length = usize::from(*b.first()?);
    let (all, rest) = b.split_at_checked(length)?;
    *b = rest;
    v.octets(name, all.get(1..)?);
    Some(())
}

/// The FSPEC of a compound item without its FX bits, the first bit the highest; none of `unused`.
#[inline(always)]
pub(crate) fn presence(b: &mut &[u8], unused: u64) -> Option<u64> {
    let (&first, rest) = b.split_first()?;
    *b = rest;
    let mut bits = u64::from(first >> 1) << 57;
    if first & 1 != 0 {
        bits |= presence_more(b)?;
    }
    (bits & unused == 0).then_some(bits)
}

/// By the bits of each octet of a compound item's FSPEC, its FX bit left out: the octets of the
/// subitems they announce, or [`VARIES`].
pub(crate) type Sums<const N: usize> = [[u8; 128]; N];

/// In [`Sums`]: some subitem is of no fixed width, or there is none for the bit.
const VARIES: u8 = u8::MAX;

/// From the octets of each subitem, 0 where they vary. What comes to more than an octet tells varies.
pub(crate) const fn sums<const N: usize>(widths: [[u8; 7]; N]) -> Sums<N> {
    let mut sums = [[0; 128]; N];
    let mut octet = 0;
    while octet < N {
        let mut bits = 0;
        while bits < 128 {
            let (mut sum, mut bit) = (0, 0);
            while bit < 7 {
                if bits & 0x40 >> bit != 0 {
                    let width = widths[octet][bit] as usize;
                    sum += if width == 0 { VARIES as usize } else { width };
                }
                bit += 1;
            }
            sums[octet][bits] = if sum < VARIES as usize { sum as u8 } else { VARIES };
            bits += 1;
        }
        octet += 1;
    }
    sums
}

/// What follows a compound item whose subitems are all of fixed width; `None` where they are not, or
/// where anything is wrong with it.
#[inline(always)]
pub(crate) fn passed_over<'a, const N: usize>(b: &'a [u8], sums: &Sums<N>) -> Option<&'a [u8]> {
    let mut length = 0;
    for (index, sums) in sums.iter().enumerate() {
        let octet = *b.get(index)?;
        let sum = sums[usize::from(octet >> 1)];
        if sum == VARIES {
            return None;
        }
        length += usize::from(sum);
        if octet & 1 == 0 {
            return b.get(index + 1 + length..);
        }
    }
    None
}

/// The items indicator of an expansion field: `N` octets all of whose bits announce.
#[inline(always)]
pub(crate) fn indicator<const N: usize>(b: &mut &[u8], unused: u64) -> Option<u64> {
    let octets = take::<N>(b)?;
    let bits = octets.iter().fold(0, |bits, octet| bits << 8 | u64::from(*octet)) << (64 - 8 * N);
    (bits & unused == 0).then_some(bits)
}

/// The value of an item of `N` octets.
#[inline(always)]
pub(crate) fn key<const N: usize>(b: &[u8]) -> Option<u64> {
    Some(b.first_chunk::<N>()?.iter().fold(0, |key, octet| key << 8 | u64::from(*octet)))
}

/// A reserved expansion field: by its layout if there is one and it accounts for every octet, else
/// as octets.
#[inline]
pub(crate) fn expansion_field<'a, V: Visitor + ?Sized>(
    mut b: &'a [u8],
    name: &'static str,
    layout: u16,
    v: &mut V,
) -> Option<&'a [u8]> {
    if layout == 0 {
        explicit(&mut b, name, v)?;
        return Some(b);
    }
    let (all, rest) = b.split_at_checked(usize::from(*b.first()?))?;
    let field = all.get(1..)?;
    if visitors::expansion(layout, field, &mut Nothing) == Some(&[]) {
        v.expansion();
        v.open(name, Nest::Named);
        let _ = visitors::expansion(layout, field, v);
        v.close(Nest::Named);
    } else {
        v.octets(name, field);
    }
    Some(rest)
}

/// Looks at nothing: what is left is whether the octets are as the layout has them.
struct Nothing;

impl Visitor for Nothing {
    #[inline(always)]
    fn leaf(&mut self, _: &'static str, _: Leaf) {}
    #[inline(always)]
    fn octets(&mut self, _: &'static str, _: &[u8]) {}
    #[inline(always)]
    fn open(&mut self, _: &'static str, _: Nest) {}
    #[inline(always)]
    fn close(&mut self, _: Nest) {}
}

#[inline]
fn presence_more(b: &mut &[u8]) -> Option<u64> {
    let mut bits = 0;
    for index in 1.. {
        let (&octet, rest) = b.split_first()?;
        *b = rest;
        if index < COMPOUND_MAX {
            bits |= u64::from(octet >> 1) << (57 - 7 * index);
        } else if octet > 1 {
            return None;
        }
        if octet & 1 == 0 {
            break;
        }
    }
    Some(bits)
}

/// Extensions past the last that the edition knows: octets, each with its FX bit.
#[cold]
pub(crate) fn unknown_extension<V: Visitor + ?Sized>(b: &mut &[u8], v: &mut V) -> Option<()> {
    let octets = b.iter().position(|octet| octet & 1 == 0)? + 1;
    let (unknown, rest) = b.split_at_checked(octets)?;
    *b = rest;
    v.unknown_extension(unknown);
    Some(())
}

/// A random field sequence: a count, then so many pairs of FRN and item.
#[cold]
pub(crate) fn rfs<'a, V: Visitor + ?Sized>(
    mut b: &'a [u8],
    v: &mut V,
    item: impl Fn(usize, &'a [u8], &mut V) -> Option<&'a [u8]>,
) -> Option<&'a [u8]> {
    let [count] = *take::<1>(&mut b)?;
    v.open("RFS", Nest::List);
    v.count(usize::from(count));
    for _ in 0..count {
        let [frn] = *take::<1>(&mut b)?;
        let slot = usize::from(frn).checked_sub(1)?;
        v.open("", Nest::Named);
        v.rfs_item(slot, b.len());
        b = item(slot, b, v)?;
        v.close(Nest::Named);
    }
    v.close(Nest::List);
    Some(b)
}
