//! A record as one JSON object, its items under the documents' names.
//!
//! ```json
//! {"category":48,"edition":"1.32","sac":25,"sic":201,"time":"2026-11-23T14:32:07.25Z",
//!  "items":{"010":{"SAC":25,"SIC":201},"040":{"RHO":197.68359375,"THETA":340.13671875},…}}
//! ```
//! Numbers are exact: an integer times a step with a finite decimal expansion, never a rounded
//! float. A code is its number, text is a string as sent, bare bits of 24 and more (addresses,
//! registers) and explicit items (RE, SP) are hexadecimal, spare bits are left out.

use crate::record::Record;
use crate::spec::Content;
use crate::text::characters;
use crate::visit::{Leaf, Nest, Visitor};
use std::io::Write as _;
use surveillance::Time;

/// How much to say of each value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JsonStyle {
    /// The value.
    #[default]
    Values,
    /// An object of `raw` (the bits as a number), `value`, `unit` where there is one, and `text`
    /// where the code table has one.
    Full,
}

/// Appends `record` to `out` as one JSON object, without a newline. `time` is when it was
/// measured, if the caller found out.
pub fn write_json(record: &Record<'_>, time: Option<Time>, out: &mut Vec<u8>, style: JsonStyle) {
    out.extend_from_slice(b"{\"category\":");
    push_number(out, u64::from(record.category()));
    out.extend_from_slice(b",\"edition\":\"");
    out.extend_from_slice(record.edition().as_bytes());
    out.push(b'"');
    match record.sensor() {
        Some(sensor) => {
            out.extend_from_slice(b",\"sac\":");
            push_number(out, u64::from(sensor.sac));
            out.extend_from_slice(b",\"sic\":");
            push_number(out, u64::from(sensor.sic));
        }
        None => out.extend_from_slice(b",\"sac\":null,\"sic\":null"),
    }
    match time {
        // Writing to a Vec cannot fail.
        Some(time) => _ = write!(out, ",\"time\":\"{time}\""),
        None => out.extend_from_slice(b",\"time\":null"),
    }
    out.extend_from_slice(b",\"items\":{");
    let mut writer = Writer { out, style };
    record.visit(&mut writer);
    writer.out.extend_from_slice(b"}}");
}

struct Writer<'o> {
    out: &'o mut Vec<u8>,
    style: JsonStyle,
}

impl Writer<'_> {
    /// A comma if something stands before, and the name if there is one.
    #[inline]
    fn key(&mut self, name: &'static str) {
        if !matches!(self.out.last(), Some(b'{' | b'[')) {
            self.out.push(b',');
        }
        if !name.is_empty() {
            self.out.push(b'"');
            self.out.extend_from_slice(name.as_bytes());
            self.out.extend_from_slice(b"\":");
        }
    }

    fn full(&mut self, leaf: Leaf) {
        self.out.extend_from_slice(b"{\"raw\":");
        push_number(self.out, leaf.raw);
        self.out.extend_from_slice(b",\"value\":");
        push_value(self.out, leaf);
        match leaf.content {
            Content::Quantity(quantity) if !quantity.unit.is_empty() => {
                self.out.extend_from_slice(b",\"unit\":");
                push_text(self.out, quantity.unit.chars());
            }
            Content::Table(rows) => {
                if let Some((_, text)) =
                    rows.iter().find(|(value, _)| u64::from(*value) == leaf.raw)
                {
                    self.out.extend_from_slice(b",\"text\":");
                    push_text(self.out, text.chars());
                }
            }
            _ => {}
        }
        self.out.push(b'}');
    }
}

impl Visitor for Writer<'_> {
    #[inline]
    fn leaf(&mut self, name: &'static str, leaf: Leaf) {
        self.key(name);
        match self.style {
            JsonStyle::Values => push_value(self.out, leaf),
            JsonStyle::Full => self.full(leaf),
        }
    }

    fn octets(&mut self, name: &'static str, octets: &[u8]) {
        self.key(name);
        self.out.push(b'"');
        for octet in octets {
            push_hex(self.out, u64::from(*octet), 2);
        }
        self.out.push(b'"');
    }

    fn open(&mut self, name: &'static str, nest: Nest) {
        self.key(name);
        self.out.push(if nest == Nest::Named { b'{' } else { b'[' });
    }

    fn close(&mut self, nest: Nest) {
        self.out.push(if nest == Nest::Named { b'}' } else { b']' });
    }
}

#[inline]
fn push_value(out: &mut Vec<u8>, leaf: Leaf) {
    match leaf.content {
        Content::Quantity(quantity) => {
            let count = leaf.integer();
            if count < 0 {
                out.push(b'-');
            }
            push_scaled(out, count.unsigned_abs(), quantity.mantissa, quantity.decimals);
        }
        Content::Integer(_) => {
            let count = leaf.integer();
            if count < 0 {
                out.push(b'-');
            }
            push_number(out, count.unsigned_abs());
        }
        Content::Text(charset) => push_text(out, characters(leaf.raw, leaf.bits, *charset)),
        Content::Raw | Content::Table(_) | Content::Bds(_) | Content::By(_) => {
            // As the field writes addresses; and JSON numbers are safe to 53 bits only.
            if leaf.bits < 24 {
                push_number(out, leaf.raw);
            } else {
                out.push(b'"');
                push_hex(out, leaf.raw, usize::from(leaf.bits).div_ceil(4));
                out.push(b'"');
            }
        }
    }
}

fn push_text(out: &mut Vec<u8>, text: impl Iterator<Item = char>) {
    out.push(b'"');
    for character in text {
        match character {
            '"' | '\\' => out.extend_from_slice(&[b'\\', character as u8]),
            ' '..='~' => out.push(character as u8),
            '\0'..='\u{ff}' if !('\u{a0}'..).contains(&character) => {
                out.extend_from_slice(b"\\u");
                push_hex(out, u64::from(character as u32), 4);
            }
            _ => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

fn push_hex(out: &mut Vec<u8>, value: u64, digits: usize) {
    for digit in (0..digits).rev() {
        out.push(b"0123456789abcdef"[(value >> (4 * digit)) as usize & 15]);
    }
}

#[inline]
fn push_number(out: &mut Vec<u8>, value: u64) {
    if value < 10 {
        out.push(b'0' + value as u8);
    } else {
        let mut buffer = [0; 20];
        let start = digits_before(&mut buffer, 20, value);
        out.extend_from_slice(&buffer[start..]);
    }
}

/// `count` × `mantissa` / 10^`decimals`, without trailing zeros.
#[inline]
fn push_scaled(out: &mut Vec<u8>, count: u64, mantissa: u128, decimals: u8) {
    // Sixteen digits hold all but the finest angles and times; those take the slow way.
    let narrow = u64::try_from(mantissa).ok().and_then(|mantissa| count.checked_mul(mantissa));
    match narrow {
        Some(product) if decimals == 0 => push_number(out, product),
        Some(product) => {
            let mut buffer = [b'0'; 48];
            let start = digits_before(&mut buffer, 48, product);
            push_decimal(out, &buffer, start, usize::from(decimals));
        }
        None => push_wide(out, u128::from(count) * mantissa, usize::from(decimals)),
    }
}

fn push_wide(out: &mut Vec<u8>, product: u128, decimals: usize) {
    const HALF: u128 = 10_000_000_000_000_000_000;
    let mut buffer = [b'0'; 48];
    let (high, low) = (product / HALF, (product % HALF) as u64);
    let mut start = digits_before(&mut buffer, 48, low);
    if high > 0 {
        // 2^64 steps of the finest LSB stay under 10^38, so the high half fits.
        start = digits_before(&mut buffer, 48 - 19, u64::try_from(high).unwrap_or(u64::MAX));
    }
    push_decimal(out, &buffer, start, decimals);
}

/// Writes the digits of `buffer[start..]` with the point before the last `decimals` of them;
/// whatever is before `start` is zeros.
fn push_decimal(out: &mut Vec<u8>, buffer: &[u8; 48], start: usize, decimals: usize) {
    let point = 48 - decimals;
    if start < point {
        out.extend_from_slice(&buffer[start..point]);
    } else {
        out.push(b'0');
    }
    let mut end = 48;
    while end > point && buffer[end - 1] == b'0' {
        end -= 1;
    }
    if end > point {
        out.push(b'.');
        out.extend_from_slice(&buffer[point..end]);
    }
}

/// Writes `value` so that it ends before `end`; returns where it starts.
#[inline]
fn digits_before(buffer: &mut [u8], end: usize, mut value: u64) -> usize {
    let mut at = end;
    loop {
        at -= 1;
        buffer[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            return at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        let check = |count, numerator, denominator, expected: &str| {
            let sign = crate::spec::Sign::Unsigned;
            let lsb = crate::spec::Quantity::new(sign, numerator, denominator, "");
            let mut out = Vec::new();
            push_scaled(&mut out, count, lsb.mantissa, lsb.decimals);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        };
        check(0, 1, 128, "0");
        check(1, 1, 128, "0.0078125");
        check(128, 1, 128, "1");
        check(50_606, 1, 256, "197.6796875");
        check(3, 25, 4, "18.75");
        check(7, 1, 1000, "0.007");
        check(1000, 1, 1000, "1");
        check(12, 25, 1, "300");
        // 180/2^30 is 0.000000167638063430786132812500 exactly.
        check(1, 180, 1 << 30, "0.0000001676380634307861328125");
        check(0x4000_0000, 180, 1 << 30, "180");
        check(0x7fff_ffff, 180, 1 << 30, "359.9999998323619365692138671875");
        check((1 << 30) - 1, 1, 1 << 30, "0.999999999068677425384521484375");
    }
}
