//! What a recording is, by its content. Names and extensions are not asked: they lie.

use super::blocks::{Framing, fits_gapped_blocks};
use super::final_frames::fits_frames;

/// Enough of a file's start to recognise it by: no unit of any format is longer.
pub const DETECT_LEN: usize = 68 << 10;

/// The recording formats known. Each may be gzipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// libpcap capture, either byte order, microseconds or nanoseconds.
    Pcap,
    /// pcapng capture.
    Pcapng,
    /// FINAL framing (`.ff`) of ASTERIX recorders.
    Final,
    /// ASTERIX data blocks, one after the other; padding may lie between them.
    RawAsterix,
    /// Croatia Control's GPS capture: a header, then blocks with a time of day behind each.
    Gps,
    /// ORADIS frames: a length and a time before ASTERIX blocks.
    Oradis,
    /// Mode S Beast binary stream.
    Beast,
    /// Mode S frames as hexadecimal text.
    Avr,
    /// BaseStation text.
    Sbs,
    /// A segment of our own [`journal`](crate::journal).
    Journal,
}

impl Format {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcap => "pcap",
            Self::Pcapng => "pcapng",
            Self::Final => "final",
            Self::RawAsterix => "asterix",
            Self::Gps => "gps",
            Self::Oradis => "oradis",
            Self::Beast => "beast",
            Self::Avr => "avr",
            Self::Sbs => "sbs",
            Self::Journal => "journal",
        }
    }
}

/// Recognises a format by the first [`DETECT_LEN`] bytes of a file, gunzipped, or by all of it if
/// it is shorter.
pub fn detect(start: &[u8]) -> Option<Format> {
    match start.get(..4)? {
        [0xA1, 0xB2, 0xC3, 0xD4]
        | [0xD4, 0xC3, 0xB2, 0xA1]
        | [0xA1, 0xB2, 0x3C, 0x4D]
        | [0x4D, 0x3C, 0xB2, 0xA1] => Some(Format::Pcap),
        [0x0A, 0x0D, 0x0D, 0x0A] => Some(Format::Pcapng),
        _ if start.starts_with(b"ENTJRNL\0") => Some(Format::Journal),
        _ if fits_frames(start) => Some(Format::Final),
        _ if holds_beast(start) => Some(Format::Beast),
        _ => detect_text(start).or_else(|| detect_blocks(start)),
    }
}

/// Blocks, bare or in a framing of which nothing but lengths and categories tell.
fn detect_blocks(start: &[u8]) -> Option<Format> {
    match () {
        () if Framing::Bare.fits(start) => Some(Format::RawAsterix),
        () if Framing::Oradis.fits(start) => Some(Format::Oradis),
        () if fits_gapped_blocks(start) => Some(Format::RawAsterix),
        () if Framing::Gps.fits(start) => Some(Format::Gps),
        () => None,
    }
}

/// A stream may have been joined within a frame, which is 45 bytes at the very most.
fn holds_beast(start: &[u8]) -> bool {
    memchr::memchr_iter(0x1A, &start[..start.len().min(46)]).any(|at| fits_beast(&start[at..]))
}

/// Whether three Beast frames follow each other here, or one or two up to the end.
fn fits_beast(mut bytes: &[u8]) -> bool {
    for seen in 0..3 {
        if bytes.is_empty() {
            return seen > 0;
        }
        // Escape, type, then 48 bits of time, 8 of signal, and the message.
        let message_len = match bytes {
            [0x1A, b'1', ..] => 2,
            [0x1A, b'2', ..] => 7,
            [0x1A, b'3' | b'4', ..] => 14,
            [0x1A, ..] if seen > 0 => return bytes.len() == 1,
            _ => return false,
        };
        let mut rest = &bytes[2..];
        for _ in 0..7 + message_len {
            rest = match rest {
                [0x1A, 0x1A, after @ ..] => after,
                [0x1A] => &[],
                [0x1A, ..] => return false,
                [_, after @ ..] => after,
                [] => return seen > 0,
            };
        }
        bytes = rest;
    }
    true
}

/// By the first line that is one of the known kinds; a stream may have been joined within a line,
/// and a line may be damaged.
fn detect_text(start: &[u8]) -> Option<Format> {
    start[..start.len().min(4096)].split(|byte| *byte == b'\n').find_map(|line| {
        let line = line.trim_ascii();
        let field = line.split(|byte| *byte == b',').next().unwrap_or_default();
        match (line.first()?, line.last()?) {
            (b'*' | b'@' | b'%' | b'<' | b':', b';') if is_hex(&line[1..line.len() - 1]) => {
                Some(Format::Avr)
            }
            _ if field.len() < line.len()
                && matches!(
                    field,
                    b"MSG" | b"MLAT" | b"SEL" | b"ID" | b"AIR" | b"STA" | b"CLK"
                ) =>
            {
                Some(Format::Sbs)
            }
            _ => None,
        }
    })
}

fn is_hex(digits: &[u8]) -> bool {
    digits.len() >= 4 && digits.iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_recognised_by_its_first_bytes() {
        let check = |start: &[u8], expected| {
            let end = &start[start.len().saturating_sub(40)..];
            assert_eq!(detect(start), expected, "{end:02x?}");
        };
        check(b"", None);
        check(b"hello, world\n", None);
        check(&[0; 100], None);
        check(&[0xFF; 100], None);
        check(b"\xD4\xC3\xB2\xA1", Some(Format::Pcap));
        check(b"\n\r\r\n", Some(Format::Pcapng));
        check(b"*8D4840D6202CC371C32CE0576098;\r\n", Some(Format::Avr));
        check(b"@0123456789AB5D4840D6202CC3;\n", Some(Format::Avr));
        check(b"8098;\n*5D4840D6202CC3;\n", Some(Format::Avr));
        check(b"MSG,3,1,1,4840D6,1,,,,,,38000,,,52.2,3.9,,,,,,0\r\n", Some(Format::Sbs));
        check(b"MLAT,3,1,1,4840D6,1,,,,,,38000,,,52.2,3.9,,,,,,0\r\n", Some(Format::Sbs));
        check(b"MSG,\xB3,1,1\nMSG,3,1,1\n", Some(Format::Sbs));
        check(b"MSG\n", None);
        check(b"*;\n", None);
        check(&[48, 0, 5, 0x80, 1, 34, 0, 5, 0x80, 1], Some(Format::RawAsterix));
        check(&[0, 14, 0, 0, 0, 1, 2, 3, 48, 0, 0xA5, 0xA5, 0xA5, 0xA5], Some(Format::Final));
        check(b"ENTJRNL\0", Some(Format::Journal));
        check(&[0, 11, 0, 0, 0, 1, 48, 0, 5, 0x80, 1], Some(Format::Oradis));
        let header = [0; 2200];
        let block: &[u8] = &[48, 0, 5, 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
        check(&[&header, block].concat(), Some(Format::Gps));
        check(&header, None);
        // Of a category that nobody has assigned it takes more of them.
        let private: &[u8] = &[99, 0, 5, 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
        check(&[&header[..], private].concat(), None);
        check(&[&header[..], private, private, private].concat(), Some(Format::Gps));
        check(&[&header[..], private, block, private, block].concat(), Some(Format::Gps));
        // Two of the longest go beyond what is looked at.
        let video = |len: u16| {
            let [high, low] = len.to_be_bytes();
            [&[240, high, low][..], &vec![0x11; usize::from(len) - 3]].concat()
        };
        check(&video(40_000).repeat(7)[..DETECT_LEN], Some(Format::RawAsterix));
        check(&[0, 11, 0, 0, 0, 1, 99, 0, 5, 0x80, 1], None);
        let beast = b"\x1A2\0\0\x15\xA8\x87\x7E\x0D\x20\0\x0C\xA8\xF7\x0A\xA7";
        check(beast, Some(Format::Beast));
        let escaped = b"\x01\x02\x1A2\0\0\x15\xBE\x1A\x1A\x0C\x0F\x02\xE1\x8C\xA8\xF1\xD2\xED\x1A";
        check(escaped, Some(Format::Beast));
        check(b"\x1A2\0\0\x15", None);
    }
}
