//! A record as one JSON object, its items under the documents' names.
//!
//! ```json
//! {"category":48,"edition":"1.32","sac":25,"sic":201,"time":"2026-11-23T14:32:07.25Z",
//!  "items":{"010":{"SAC":25,"SIC":201},"040":{"RHO":197.68359375,"THETA":340.13671875},…}}
//! ```
//! Numbers are exact: an integer times a step with a finite decimal expansion, never a rounded
//! float. A code is its number, text is a string as sent, bare bits of 24 and more (addresses,
//! registers) and explicit items (RE, SP) are hexadecimal, spare bits are left out. No number has more
//! than the 53 bits that every reader of JSON keeps.

use crate::record::Record;
use crate::spec::Content;
use crate::visit::{Leaf, Nest, Visitor};
use crate::window::Window;
use surveillance::Time;

/// How much to say of each value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JsonStyle {
    /// The value.
    #[default]
    Values,
    /// An object of `raw` (the bits as a number; of more than 53, and octets, as hexadecimal),
    /// `value`, `unit` where there is one, and `text` where the code table has one.
    Full,
}

/// Numbers of more bits are not read by everybody as they were written (RFC 8259, clause 6).
const NUMBER_BITS_MAX: u16 = 53;

/// Appends `record` to `out` as one JSON object, without a newline. `time` is when it was
/// measured, if the caller found out.
pub fn write_json(record: &Record<'_>, time: Option<Time>, out: &mut Vec<u8>, style: JsonStyle) {
    let mut out = Window::new(out);
    out.fixed(b"{\"category\":");
    out.number(u64::from(record.category()));
    out.fixed(b",\"edition\":\"");
    out.text(record.edition().as_bytes());
    match record.sensor() {
        Some(sensor) => {
            out.fixed(b"\",\"sac\":");
            out.number(u64::from(sensor.sac));
            out.fixed(b",\"sic\":");
            out.number(u64::from(sensor.sic));
        }
        None => out.fixed(b"\",\"sac\":null,\"sic\":null"),
    }
    match time {
        Some(time) => {
            out.fixed(b",\"time\":\"");
            out.time(time);
            out.fixed(b"\",\"items\":{");
        }
        None => out.fixed(b",\"time\":null,\"items\":{"),
    }
    let mut writer = Writer { out, style, is_first: true };
    record.visit(&mut writer);
    writer.out.make_room();
    writer.out.fixed(b"}}");
    writer.out.hand_on();
}

struct Writer<'o> {
    out: Window<'o>,
    style: JsonStyle,
    /// Nothing stands yet between the brackets last opened.
    is_first: bool,
}

impl Writer<'_> {
    /// A comma if something stands before, and the name if there is one.
    #[inline]
    fn key(&mut self, name: &'static str) {
        self.out.make_room();
        self.out.octet_if(!self.is_first, b',');
        self.is_first = false;
        if !name.is_empty() {
            self.out.octet(b'"');
            self.out.text(name.as_bytes());
            self.out.fixed(b"\":");
        }
    }

    fn full(&mut self, leaf: Leaf) {
        self.out.fixed(b"{\"raw\":");
        match leaf.bits {
            ..=NUMBER_BITS_MAX => self.out.number(leaf.raw),
            bits => self.hex(leaf.raw, bits),
        }
        self.out.fixed(b",\"value\":");
        self.value(leaf);
        match leaf.content {
            Content::Quantity(quantity) if !quantity.unit.is_empty() => {
                self.out.fixed(b",\"unit\":");
                self.out.quoted(quantity.unit);
            }
            Content::Table(rows) => {
                if let Some((_, text)) =
                    rows.iter().find(|(value, _)| u64::from(*value) == leaf.raw)
                {
                    self.out.fixed(b",\"text\":");
                    self.out.quoted(text);
                }
            }
            _ => {}
        }
        self.out.octet(b'}');
    }

    #[inline]
    fn value(&mut self, leaf: Leaf) {
        match leaf.content {
            Content::Quantity(quantity) => {
                let count = leaf.integer();
                self.out.octet_if(count < 0, b'-');
                self.out.steps(count.unsigned_abs(), quantity);
            }
            Content::Integer(_) => {
                let count = leaf.integer();
                self.out.octet_if(count < 0, b'-');
                self.out.number(count.unsigned_abs());
            }
            Content::Text(charset) => self.out.characters(leaf.raw, leaf.bits, *charset),
            Content::Raw | Content::Table(_) | Content::Bds(_) | Content::By(_) => {
                // As the field writes addresses.
                if leaf.bits < 24 {
                    self.out.number(leaf.raw);
                } else {
                    self.hex(leaf.raw, leaf.bits);
                }
            }
        }
    }

    fn hex(&mut self, raw: u64, bits: u16) {
        self.out.octet(b'"');
        self.out.hex(raw, usize::from(bits).div_ceil(4));
        self.out.octet(b'"');
    }

    fn hex_octets(&mut self, octets: &[u8]) {
        self.out.octet(b'"');
        self.out.hex_octets(octets);
        self.out.octet(b'"');
    }
}

impl Visitor for Writer<'_> {
    #[inline]
    fn leaf(&mut self, name: &'static str, leaf: Leaf) {
        self.key(name);
        match self.style {
            JsonStyle::Values => self.value(leaf),
            JsonStyle::Full => self.full(leaf),
        }
    }

    fn octets(&mut self, name: &'static str, octets: &[u8]) {
        self.key(name);
        match self.style {
            JsonStyle::Values => self.hex_octets(octets),
            JsonStyle::Full => {
                self.out.fixed(b"{\"raw\":");
                self.hex_octets(octets);
                self.out.fixed(b",\"value\":");
                self.hex_octets(octets);
                self.out.octet(b'}');
            }
        }
    }

    fn open(&mut self, name: &'static str, nest: Nest) {
        self.key(name);
        self.out.octet(if nest == Nest::Named { b'{' } else { b'[' });
        self.is_first = true;
    }

    fn close(&mut self, nest: Nest) {
        self.out.make_room();
        self.out.octet(if nest == Nest::Named { b'}' } else { b']' });
        self.is_first = false;
    }
}
