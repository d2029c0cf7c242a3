//! What several test files need.
#![allow(dead_code, reason = "each test file uses its own part")]

use asterix::{Editions, Leaf, Nest, Record, Visitor, blocks};

/// Octets from hexadecimal; spaces are for the reader.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .bytes()
        .filter(u8::is_ascii_hexdigit)
        .map(|digit| (digit as char).to_digit(16).unwrap() as u8)
        .collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// A data block of one record.
pub(crate) fn block(category: u8, record: &[u8]) -> Vec<u8> {
    let length = (record.len() + 3) as u16;
    [&[category], &length.to_be_bytes()[..], record].concat()
}

/// Calls `look` with the only record of a datagram.
pub(crate) fn only_record<T>(
    datagram: &[u8],
    editions: &Editions,
    look: impl FnOnce(&Record<'_>) -> T,
) -> T {
    let mut records = blocks(datagram).flat_map(|block| block.unwrap().records(editions));
    let record = records.next().unwrap().unwrap();
    assert!(records.next().is_none());
    look(&record)
}

/// Each leaf as `PATH=RAW`, list members numbered, octets as `x` and hex.
pub(crate) fn leaves(record: &Record<'_>) -> Vec<String> {
    let mut paths = Paths::default();
    record.visit(&mut paths);
    assert!(paths.path.is_empty());
    paths.found
}

#[derive(Default)]
struct Paths {
    path: Vec<(String, usize)>,
    found: Vec<String>,
}

impl Paths {
    fn here(&mut self, name: &str) -> String {
        let mut parts: Vec<String> = self.path.iter().map(|(name, _)| name.clone()).collect();
        parts.push(self.step(name));
        parts.join("/")
    }

    fn step(&mut self, name: &str) -> String {
        match self.path.last_mut() {
            Some((_, count)) if name.is_empty() => {
                *count += 1;
                (*count - 1).to_string()
            }
            _ => name.to_owned(),
        }
    }
}

impl Visitor for Paths {
    fn leaf(&mut self, name: &'static str, leaf: Leaf) {
        let line = format!("{}={}", self.here(name), leaf.raw);
        self.found.push(line);
    }

    fn octets(&mut self, name: &'static str, octets: &[u8]) {
        let hex: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        let line = format!("{}=x{hex}", self.here(name));
        self.found.push(line);
    }

    fn open(&mut self, name: &'static str, _: Nest) {
        let step = self.step(name);
        self.path.push((step, 0));
    }

    fn close(&mut self, _: Nest) {
        self.path.pop().unwrap();
    }
}
