//! Who: the identification an unmanned aircraft broadcasts, and the address of its transmitter.

use std::fmt;

/// Octets of the longest identification: a French one (`arrêté` of 27 December 2019).
const LONGEST: usize = 30;

/// What kind of identification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdKind {
    /// The aircraft's serial number (ANSI/CTA-2063-A; a maker's own for DJI DroneID).
    Serial,
    /// Registration that a civil aviation authority gave.
    Registration,
    /// UUID that a traffic management service gave for this flight.
    Utm,
    /// Identification for this session alone; its first octet says of which kind.
    Session,
    /// French identification: 3 of the maker, 3 of the model, 24 of the aircraft.
    French,
}

impl IdKind {
    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Serial => "serial number",
            Self::Registration => "CAA registration",
            Self::Utm => "UTM UUID",
            Self::Session => "session ID",
            Self::French => "French ID",
        }
    }
}

/// An identification as it was broadcast, without its padding. Shown as text where it is text, else
/// as hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UasId {
    kind: IdKind,
    length: u8,
    octets: [u8; LONGEST],
}

impl UasId {
    /// From the octets of a message. Padding (zeros, spaces) is dropped. `None` if nothing is left,
    /// if there are more than 30, or if a kind that is text has something else in it.
    pub fn new(kind: IdKind, octets: &[u8]) -> Option<Self> {
        let binary = matches!(kind, IdKind::Utm | IdKind::Session);
        let padding = |octet: &u8| *octet == 0 || !binary && *octet == b' ';
        let end = octets.iter().rposition(|octet| !padding(octet))? + 1;
        let octets = &octets[..end];
        if !binary && !octets.iter().all(|octet| (b' '..=b'~').contains(octet)) {
            return None;
        }
        let mut kept = [0; LONGEST];
        kept.get_mut(..octets.len())?.copy_from_slice(octets);
        Some(Self { kind, length: octets.len() as u8, octets: kept })
    }

    /// What kind it is.
    pub const fn kind(&self) -> IdKind {
        self.kind
    }

    /// The octets, without padding.
    pub fn octets(&self) -> &[u8] {
        self.octets.get(..usize::from(self.length)).unwrap_or(&self.octets)
    }

    /// Whether a serial number is made as ANSI/CTA-2063-A says: four characters of the maker, one
    /// that tells how many follow (1–9, A–F for 10–15), and as many. The letters O and I are not
    /// used. `None` for other kinds.
    pub fn is_well_formed_serial(&self) -> Option<bool> {
        if self.kind != IdKind::Serial {
            return None;
        }
        let octets = self.octets();
        let allowed =
            |c: &u8| c.is_ascii_digit() || c.is_ascii_uppercase() && !matches!(c, b'O' | b'I');
        let told = octets.get(4).and_then(|c| char::from(*c).to_digit(16)).unwrap_or(0);
        Some(octets.iter().all(allowed) && told > 0 && octets.len() == 5 + told as usize)
    }
}

impl fmt::Display for UasId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let octets = self.octets();
        match (self.kind, std::str::from_utf8(octets)) {
            (IdKind::Serial | IdKind::Registration | IdKind::French, Ok(text)) => f.write_str(text),
            _ => octets.iter().try_for_each(|octet| write!(f, "{octet:02x}")),
        }
    }
}

impl fmt::Debug for UasId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {self}", self.kind.name())
    }
}

/// The address of a transmitter (IEEE 802.11 transmitter address, Bluetooth advertiser address):
/// anyone may send with any. Shown as `90:3a:e6:5b:c8:a8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Mac(
    /// As people write it, first octet first.
    pub [u8; 6],
);

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_says_how_long_it_is() {
        let well =
            |text: &str| UasId::new(IdKind::Serial, text.as_bytes())?.is_well_formed_serial();
        // The example of the standard's annex: maker MFR1, twelve (C) characters.
        assert_eq!(well("MFR1C123456789ABC"), Some(true));
        assert_eq!(well("MFR1C123456789AB"), Some(false));
        assert_eq!(well("MFRIC123456789ABC"), Some(false));
        assert_eq!(well("MFR10"), Some(false));
        assert_eq!(well(""), None);
    }

    #[test]
    fn padding_is_no_part_of_an_identification() {
        let serial = |octets: &[u8]| UasId::new(IdKind::Serial, octets);
        assert_eq!(serial(b"ABC\0\0\0"), serial(b"ABC  \0"));
        assert_eq!(serial(&[0; 20]), None);
        assert_eq!(serial(b"AB\x07C"), None);
        assert_eq!(serial(&[b'A'; 31]), None);
        let session = UasId::new(IdKind::Session, &[1, 0, 0xff, 0, 0]);
        assert_eq!(session.map(|id| id.to_string()), Some("0100ff".into()));
    }
}
