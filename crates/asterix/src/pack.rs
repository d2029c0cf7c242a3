//! What the generated encoders are made of. Each takes words of [`crate::Fields`] off the front of
//! `s` and appends octets to `o`, or is `None` where the words are not as the layout has them.

use crate::fields::{EXPANDED, UNKNOWN};
use crate::generated::encoders;

/// The next `N` words.
#[inline(always)]
pub(crate) fn take<'s, const N: usize>(s: &mut &'s [u64]) -> Option<&'s [u64; N]> {
    let (first, rest) = s.split_first_chunk::<N>()?;
    *s = rest;
    Some(first)
}

/// An FSPEC of these bits, the first the highest: as many octets as have a bit, but one at least.
#[inline]
pub(crate) fn put_fspec(bits: u64, o: &mut Vec<u8>) {
    let mut rest = bits;
    loop {
        let octet = (rest >> 57) as u8;
        rest <<= 7;
        o.push(octet << 1 | u8::from(rest != 0));
        if rest == 0 {
            return;
        }
    }
}

/// The bits of a compound item, and its FSPEC.
#[inline]
pub(crate) fn compound(s: &mut &[u64], unused: u64, o: &mut Vec<u8>) -> Option<u64> {
    let [bits] = *take(s)?;
    put_fspec(bits, o);
    (bits & unused == 0).then_some(bits)
}

/// The bits of an items indicator of `N` octets.
pub(crate) fn indicator<const N: usize>(
    s: &mut &[u64],
    unused: u64,
    o: &mut Vec<u8>,
) -> Option<u64> {
    let [bits] = *take(s)?;
    o.extend_from_slice(&bits.to_be_bytes()[..N]);
    (bits & unused == 0).then_some(bits)
}

/// How many segments an extended item has, and whether unknown ones follow its last.
#[inline]
pub(crate) fn extended(s: &mut &[u64], segments: usize, has_fx: bool) -> Option<(usize, bool)> {
    let [header] = *take(s)?;
    let (count, unknown) = (header & !UNKNOWN, header & UNKNOWN != 0);
    let count = usize::try_from(count).ok().filter(|count| (1..=segments).contains(count))?;
    (!unknown || (has_fx && count == segments)).then_some((count, unknown))
}

/// The count of a repetition, in `W` octets.
#[inline]
pub(crate) fn counted<const W: usize>(s: &mut &[u64], o: &mut Vec<u8>) -> Option<usize> {
    let [count] = *take(s)?;
    o.extend_from_slice(&count.to_be_bytes()[8 - W..]);
    (count >> (8 * W) == 0).then_some(count as usize)
}

/// How many members a list has that FX bits end.
#[inline]
pub(crate) fn chain(s: &mut &[u64]) -> Option<usize> {
    let [count] = *take(s)?;
    usize::try_from(count).ok().filter(|count| *count > 0)
}

/// Octets kept as they came, eight to a word behind their number.
fn octets<'s>(s: &mut &'s [u64]) -> Option<(&'s [u64], usize)> {
    let [length] = *take(s)?;
    let length = usize::try_from(length).ok()?;
    let (words, rest) = s.split_at_checked(length.div_ceil(8))?;
    *s = rest;
    Some((words, length))
}

fn put_octets(words: &[u64], length: usize, o: &mut Vec<u8>) {
    let end = o.len() + length;
    words.iter().for_each(|word| o.extend_from_slice(&word.to_be_bytes()));
    o.truncate(end);
}

/// A value of `N` octets, which is more than a word holds.
pub(crate) fn wide<const N: usize>(s: &mut &[u64]) -> Option<[u8; N]> {
    let (words, length) = octets(s).filter(|(_, length)| *length == N)?;
    let mut value = [0; N];
    for (octets, word) in value.chunks_mut(8).zip(words) {
        octets.copy_from_slice(&word.to_be_bytes()[..octets.len()]);
    }
    let _ = length;
    Some(value)
}

/// An explicit item with its length.
pub(crate) fn explicit(s: &mut &[u64], o: &mut Vec<u8>) -> Option<()> {
    let (words, length) = octets(s)?;
    o.push(u8::try_from(length + 1).ok()?);
    put_octets(words, length, o);
    Some(())
}

/// A reserved expansion field: by its layout where its words say so, else as octets.
pub(crate) fn expansion_field<'s>(
    mut s: &'s [u64],
    layout: u16,
    o: &mut Vec<u8>,
) -> Option<&'s [u64]> {
    if s.first() != Some(&EXPANDED) {
        explicit(&mut s, o)?;
        return Some(s);
    }
    let start = o.len();
    o.push(0);
    let rest = encoders::expansion(layout, s.get(1..)?, o)?;
    o[start] = u8::try_from(o.len() - start).ok()?;
    Some(rest)
}

/// Extensions past the last that the edition knows: the FX bits must be as they came.
#[cold]
pub(crate) fn unknown_extension(s: &mut &[u64], o: &mut Vec<u8>) -> Option<()> {
    let (words, length) = octets(s).filter(|(_, length)| *length > 0)?;
    let start = o.len();
    put_octets(words, length, o);
    let (last, before) = o.get(start..)?.split_last()?;
    (last & 1 == 0 && before.iter().all(|octet| octet & 1 == 1)).then_some(())
}

/// A random field sequence: a count, then so many slots and items.
#[cold]
pub(crate) fn rfs<'s>(
    mut s: &'s [u64],
    o: &mut Vec<u8>,
    item: impl Fn(usize, &'s [u64], &mut Vec<u8>) -> Option<&'s [u64]>,
) -> Option<&'s [u64]> {
    for _ in 0..counted::<1>(&mut s, o)? {
        let [slot] = *take(&mut s)?;
        o.push(u8::try_from(slot).ok()?.checked_add(1)?);
        s = item(usize::try_from(slot).ok()?, s, o)?;
    }
    Some(s)
}
