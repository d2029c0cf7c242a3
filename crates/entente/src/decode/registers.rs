//! Mode S registers by what they say, for those lines that carry some.

use asterix::spec::{Bds, Content};
use asterix::{Leaf, Nest, Record, Visitor};
use modes::registers::{self, Value};
use serde_json::{Map, Value as Json, json};

/// What a register says, by name: numbers in the units of ICAO Doc 9871.
pub(super) fn fields(number: u8, bits: [u8; 7]) -> Map<String, Json> {
    let mut fields = Map::new();
    let mut served = Vec::new();
    registers::read(number, bits, |name, value| {
        let value = match value {
            // To six digits: steps are binary or decimal fractions, never finer.
            Value::Number { value, .. } => json!((value * 1e6).round() / 1e6),
            Value::Flag(flag) => json!(flag),
            Value::Code { code, text } => text.map_or(json!(code), |text| json!(text)),
            Value::Callsign(callsign) => json!(callsign.to_string()),
            Value::Address(address) => json!(address.to_string()),
            Value::Register(register) => return served.push(json!(format!("{register:02X}"))),
        };
        fields.insert(name.to_owned(), value);
    });
    if !served.is_empty() {
        fields.insert("served".to_owned(), Json::Array(served));
    }
    fields
}

/// Appends `,"registers":[…]` with each register of the record, in its order.
pub(super) fn write(record: &Record<'_>, out: &mut Vec<u8>) {
    let mut found = Registers::default();
    record.visit(&mut found);
    if !found.told.is_empty() {
        out.extend_from_slice(b",\"registers\":");
        serde_json::to_writer(out, &found.told).expect("a Vec takes every line");
    }
}

/// In some categories the 56 bits and the two digits of the number are three elements.
#[derive(Default)]
struct Registers {
    told: Vec<Json>,
    bits: Option<u64>,
    digit: Option<u8>,
}

impl Registers {
    fn tell(&mut self, number: u8, bits: u64) {
        let [_, octets @ ..] = bits.to_be_bytes();
        let mut register = fields(number, octets);
        register.insert("bds".to_owned(), json!(format!("{number:02X}")));
        self.told.push(Json::Object(register));
    }
}

impl Visitor for Registers {
    fn leaf(&mut self, name: &'static str, leaf: Leaf) {
        match (leaf.content, name) {
            (Content::Bds(Bds::Addressed), _) => self.tell(leaf.raw as u8, leaf.raw >> 8),
            (Content::Bds(Bds::At(number)), _) => self.tell(*number, leaf.raw),
            (_, "BDS1") => self.digit = Some(leaf.raw as u8),
            (_, "BDS2") => {
                if let (Some(bits), Some(digit)) = (self.bits.take(), self.digit.take()) {
                    self.tell(digit << 4 | leaf.raw as u8 & 15, bits);
                }
            }
            _ if leaf.bits == 56 => self.bits = Some(leaf.raw),
            _ => {}
        }
    }
    fn octets(&mut self, _: &'static str, _: &[u8]) {}
    fn open(&mut self, _: &'static str, _: Nest) {}
    fn close(&mut self, _: Nest) {}
}
