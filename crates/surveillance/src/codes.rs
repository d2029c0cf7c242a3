//! The codes by which a target is known: 24-bit address, Mode 3/A, callsign, a source's own number.

use arrayvec::ArrayString;
use std::fmt;

/// What allots the 24 bits of an [`Address`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressKind {
    /// ICAO Annex 10 volume III part I chapter 9: one aircraft, one state's block.
    Icao,
    /// Anonymous, self-assigned, surface vehicle, TIS-B track file or otherwise not ICAO: unique
    /// only within its source.
    Other,
}

/// A 24-bit aircraft address. Shown as six lower-case hex digits, `~` first if not ICAO's.
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
        let mark = if self.kind == AddressKind::Icao { "" } else { "~" };
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
pub struct Callsign(ArrayString<8>);

impl Callsign {
    /// `None` if the text is empty, longer than eight, or has a character outside the set.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim_end_matches(' ');
        let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == ' ';
        if text.is_empty() || !text.chars().all(allowed) {
            return None;
        }
        ArrayString::from(text).ok().map(Self)
    }

    /// From eight characters of six bits (ICAO Annex 10 volume IV table 3-8), the first in the highest
    /// of the low 48; `None` as [`Self::new`].
    pub fn from_six_bits(bits: u64) -> Option<Self> {
        let mut text = [0; 8];
        let mut length = 0;
        for (index, letter) in text.iter_mut().enumerate() {
            *letter = SIX_BITS[(bits >> (42 - 6 * index)) as usize % 64];
            if *letter == 0 {
                return None;
            }
            if *letter != b' ' {
                length = index + 1;
            }
        }
        let mut text = ArrayString::from_byte_string(&text).ok()?;
        text.truncate(length);
        (length > 0).then_some(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What six bits stand for; 0 where they stand for nothing.
const SIX_BITS: [u8; 64] = {
    let mut letters = [0; 64];
    let mut code = 0;
    while code < 64 {
        letters[code] = match code as u8 {
            letter @ 1..=26 => b'A' + letter - 1,
            b' ' => b' ',
            digit @ b'0'..=b'9' => digit,
            _ => 0,
        };
        code += 1;
    }
    letters
};

impl fmt::Display for Callsign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
}
