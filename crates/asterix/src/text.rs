//! The three ways in which ASTERIX codes characters.

use crate::spec::Charset;

/// Bits of a character.
pub(crate) const fn width(charset: Charset) -> u16 {
    match charset {
        Charset::Ascii => 8,
        Charset::Icao => 6,
        Charset::Octal => 3,
    }
}

/// The characters of `bits` bits; what their set does not have becomes U+FFFD.
pub(crate) fn characters(raw: u64, bits: u16, charset: Charset) -> impl Iterator<Item = char> {
    let width = width(charset);
    (0..bits / width).rev().map(move |index| {
        let code = (raw >> (index * width)) as u8 & (0xff >> (8 - width));
        match charset {
            Charset::Ascii => char::from(code),
            Charset::Icao => icao(code),
            Charset::Octal => char::from(b'0' + code),
        }
    })
}

/// ICAO Annex 10 volume IV table 3-8.
pub(crate) fn icao(code: u8) -> char {
    match code & 0x3f {
        letter @ 1..=26 => char::from(b'A' + letter - 1),
        0x20 => ' ',
        digit @ 0x30..=0x39 => char::from(digit),
        _ => char::REPLACEMENT_CHARACTER,
    }
}

/// The bits of `text`, padded with spaces (octal digits with leading zeros); `None` if it is too
/// long or has a character that the set has not.
pub(crate) fn coded(text: &str, charset: Charset, bits: u16) -> Option<u64> {
    let width = width(charset);
    let room = usize::from(bits / width);
    let missing = room.checked_sub(text.chars().count())?;
    let (before, after) = match charset {
        Charset::Octal => (missing, 0),
        _ => (0, missing),
    };
    let zeros = std::iter::repeat_n('0', before);
    let padded = zeros.chain(text.chars()).chain(std::iter::repeat_n(' ', after));
    padded
        .map(|character| code(character, charset))
        .try_fold(0, |raw, code| Some(raw << width | u64::from(code?)))
}

fn code(character: char, charset: Charset) -> Option<u8> {
    match (charset, character) {
        (Charset::Ascii, '\0'..='\u{ff}') => u8::try_from(character).ok(),
        (Charset::Icao, 'A'..='Z') => Some(character as u8 - b'A' + 1),
        (Charset::Icao, ' ') => Some(0x20),
        (Charset::Icao, '0'..='9') => Some(character as u8),
        (Charset::Octal, '0'..='7') => Some(character as u8 - b'0'),
        _ => None,
    }
}
