//! The codes by which a target is known: 24-bit address, Mode 3/A, callsign, a source's own number.

use std::fmt;

/// What allots the 24 bits of an [`Address`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressKind {
    /// ICAO Annex 10 volume III part I chapter 9: one aircraft, one state's block.
    Icao,
    /// Anonymous, self-assigned, surface vehicle, TIS-B track file or otherwise not ICAO: unique
    /// only within its source.
    Other,
    /// A node's own number for what an unmanned aircraft calls itself in its Remote ID, which is
    /// longer than 24 bits: unique only within the node.
    RemoteId,
}

/// A 24-bit aircraft address. Shown as six lower-case hex digits, `~` first if not ICAO's, `*` first
/// if it stands for a Remote ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    kind: AddressKind,
    bits: u32,
}

impl Address {
    /// An ICAO address; only the low 24 bits of `bits` count.
    pub const fn icao(bits: u32) -> Self {
        Self { kind: AddressKind::Icao, bits: bits & 0xff_ffff }
    }

    /// An address that ICAO did not allot; only the low 24 bits of `bits` count.
    pub const fn other(bits: u32) -> Self {
        Self { kind: AddressKind::Other, bits: bits & 0xff_ffff }
    }

    /// The number a node gave a Remote ID; only the low 24 bits of `bits` count.
    pub const fn remote_id(bits: u32) -> Self {
        Self { kind: AddressKind::RemoteId, bits: bits & 0xff_ffff }
    }

    /// The 24 bits.
    pub const fn bits(self) -> u32 {
        self.bits
    }

    /// What allots it.
    pub const fn kind(self) -> AddressKind {
        self.kind
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.kind {
            AddressKind::Icao => "",
            AddressKind::Other => "~",
            AddressKind::RemoteId => "*",
        };
        write!(f, "{mark}{:06x}", self.bits)
    }
}

/// A Mode 3/A code: four octal digits, twelve bits. Shown as `7700`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mode3A(u16);

impl Mode3A {
    /// From the twelve bits A4 A2 A1 B4 B2 B1 C4 C2 C1 D4 D2 D1, so that `0o7700` is code 7700.
    pub const fn new(bits: u16) -> Self {
        Self(bits & 0o7777)
    }

    /// The twelve bits.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether many aircraft use this code at once, so that it tells none of them apart:
    /// 0000, 1000 (Mode S conspicuity), 1200, 2000, 7000 and the emergency codes.
    pub const fn is_shared(self) -> bool {
        matches!(self.0, 0 | 0o1000 | 0o1200 | 0o2000 | 0o7000 | 0o7500 | 0o7600 | 0o7700)
    }
}

impl fmt::Display for Mode3A {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

/// Aircraft identification as the transponder sends it (ICAO Annex 10 volume IV 3.1.2.9): one to
/// eight of A–Z, 0–9 and inner spaces, trailing spaces dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Callsign(
    /// As text, zeros after its end: so they are in the order of their texts.
    [u8; 8],
);

impl Callsign {
    /// `None` if the text is empty, longer than eight, or has a character outside the set.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim_end_matches(' ').as_bytes();
        let allowed = |c: &u8| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == b' ';
        if text.is_empty() || !text.iter().all(allowed) {
            return None;
        }
        let mut octets = [0; 8];
        octets.get_mut(..text.len())?.copy_from_slice(text);
        Some(Self(octets))
    }

    /// From eight characters of six bits (ICAO Annex 10 volume IV table 3-8), the first in the highest
    /// of the low 48; `None` as [`Self::new`].
    #[inline]
    pub const fn from_six_bits(bits: u64) -> Option<Self> {
        // All eight at once, an octet each, the first in the highest.
        const EACH: u64 = 0x0101_0101_0101_0101;
        const HIGHEST: u64 = EACH << 7;
        let x = (bits & 0xffff_ff00_0000) << 8 | bits & 0x00ff_ffff;
        let x = (x & 0x00ff_f000_00ff_f000) << 4 | x & 0x0000_0fff_0000_0fff;
        let x = (x & 0x0fc0_0fc0_0fc0_0fc0) << 2 | x & 0x003f_003f_003f_003f;
        // The highest bit of each octet that is `from` or more. They are less than 64, so that none
        // runs over into the next.
        const fn at_least(x: u64, from: u64) -> u64 {
            (x + EACH * (0x80 - from)) & HIGHEST
        }
        let letters = at_least(x, 1) & !at_least(x, 27);
        let spaces = at_least(x, 32) & !at_least(x, 33);
        let digits = at_least(x, 48) & !at_least(x, 58);
        if letters | spaces | digits != HIGHEST || spaces == HIGHEST {
            return None;
        }
        // Codes of letters lack the bit 0x20 and are 0x40 less than ASCII; the others are ASCII.
        let text = x | (!x & (EACH << 5)) << 1;
        let trailing = (text ^ (EACH * 0x20)).trailing_zeros() / 8 * 8;
        Some(Self((text >> trailing << trailing).to_be_bytes()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|octet| *octet == 0).unwrap_or(self.0.len());
        std::str::from_utf8(&self.0[..end]).unwrap_or_default()
    }
}

impl fmt::Display for Callsign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The number by which one source knows a target (ASTERIX I048/161, I062/040): means nothing
/// beside the source's own identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceTrack(pub u16);

/// All codes known of a target or carried by one plot. Absent is `None`, never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Codes {
    /// 24-bit address.
    pub address: Option<Address>,
    /// Mode 3/A code, only if valid and not garbled.
    pub mode_3a: Option<Mode3A>,
    /// Aircraft identification.
    pub callsign: Option<Callsign>,
    /// The source's own track number.
    pub source_track: Option<SourceTrack>,
    /// Special position identification was set.
    pub ident: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_shown_as_the_field_writes_them() {
        assert_eq!(Address::icao(0x4c_a1_23).to_string(), "4ca123");
        assert_eq!(Address::other(0x2a).to_string(), "~00002a");
        assert_eq!(Address::remote_id(0x2a).to_string(), "*00002a");
        assert_eq!(Mode3A::new(0o7700).to_string(), "7700");
    }

    #[test]
    fn a_callsign_loses_its_padding_and_nothing_else() {
        assert_eq!(Callsign::new("BTI4RA  ").unwrap().as_str(), "BTI4RA");
        assert_eq!(Callsign::new("        "), None);
        assert_eq!(Callsign::new("BTI#RA"), None);
        assert_eq!(Callsign::new("NINECHARS"), None);
        // KLM1023 padded with a space, as a register 2,0 has it; all spaces; a code of nothing.
        let callsign = Callsign::from_six_bits(0x2cc3_71c3_2ce0);
        assert_eq!(callsign, Callsign::new("KLM1023"));
        assert_eq!(Callsign::from_six_bits(0x8208_2082_0820), None);
        assert_eq!(Callsign::from_six_bits(0x2cc3_71c3_2cc0), None);
    }

    #[test]
    fn eight_characters_at_once_are_each_what_the_table_says() {
        // ICAO Annex 10 volume IV table 3-8, a character at a time.
        let letter = |code: u64| match code as u8 {
            letter @ 1..=26 => Some(char::from(b'A' + letter - 1)),
            other @ (b' ' | b'0'..=b'9') => Some(char::from(other)),
            _ => None,
        };
        let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
        for round in 0..200_000_u64 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(round | 1);
            let mut word = bits >> 16;
            // Mostly characters there are, or hardly any round would have eight.
            for place in 0..8 {
                if round % 3 > 0 && letter(word >> (6 * place) & 63).is_none() {
                    word = word & !(63 << (6 * place)) | (32 << (6 * place));
                }
            }
            let codes = (0..8).rev().map(|place| word >> (6 * place) & 63);
            let text: Option<String> = codes.map(letter).collect();
            let expected = text.and_then(|text| Callsign::new(&text));
            assert_eq!(Callsign::from_six_bits(word), expected, "{word:012x}");
        }
    }
}
