//! What several test files need.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::print_stderr, reason = "says that it was skipped")]

use asterix::spec::Content;
use asterix::{Editions, Leaf, Nest, Record, Visitor, blocks};
use std::io::Read as _;
use std::path::Path;

/// A record of `testdata/golden.txt.gz` and what libasterix reads in it.
pub(crate) struct Golden {
    pub(crate) category: u8,
    pub(crate) edition: String,
    /// Edition of the layout of its reserved expansion field.
    pub(crate) expansion: Option<String>,
    pub(crate) octets: Vec<u8>,
    /// As [`leaves`] has them.
    pub(crate) leaves: Vec<String>,
}

impl Golden {
    /// Editions that read it.
    pub(crate) fn editions(&self) -> Editions {
        let mut editions = Editions::default();
        editions.set(self.category, &self.edition).unwrap();
        if let Some(expansion) = &self.expansion {
            editions.set_expansion(self.category, expansion).unwrap();
        }
        editions
    }
}

/// The golden records, or those of the file that `ASTERIX_GOLDEN` names.
pub(crate) fn golden() -> Vec<Golden> {
    let committed = include_bytes!("../../testdata/golden.txt.gz").to_vec();
    let file =
        std::env::var("ASTERIX_GOLDEN").map_or(committed, |path| std::fs::read(path).unwrap());
    let mut text = String::new();
    flate2::read::GzDecoder::new(&file[..]).read_to_string(&mut text).unwrap();
    let record = |line: &str| {
        let mut words = line.split(' ');
        let category = words.next().unwrap().parse().unwrap();
        let edition = words.next().unwrap();
        let (edition, expansion) = match edition.split_once('+') {
            Some((edition, expansion)) => (edition, Some(expansion.to_owned())),
            None => (edition, None),
        };
        let octets = hex(words.next().unwrap());
        let leaves = words.map(str::to_owned).collect();
        Golden { category, edition: edition.to_owned(), expansion, octets, leaves }
    };
    text.lines().map(record).collect()
}

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

/// Each leaf as `PATH=RAW`, with `:VALUE` behind it as a fraction where it is a number of steps; list
/// members numbered, octets as `x` and hex.
pub(crate) fn leaves(record: &Record<'_>) -> Vec<String> {
    let mut paths = Paths::default();
    record.show(&mut paths);
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
        let mut line = format!("{}={}", self.here(name), leaf.raw);
        if let Content::Quantity(quantity) = leaf.content {
            let (numerator, denominator) = quantity.lsb;
            line += &fraction(i128::from(leaf.integer()) * i128::from(numerator), denominator);
        }
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

/// `:7/4`, `:-3`, in lowest terms.
fn fraction(numerator: i128, denominator: u64) -> String {
    let (mut a, mut b) = (numerator.unsigned_abs(), u128::from(denominator));
    while b > 0 {
        (a, b) = (b, a % b);
    }
    let (numerator, denominator) = (numerator / a as i128, u128::from(denominator) / a);
    match denominator {
        1 => format!(":{numerator}"),
        _ => format!(":{numerator}/{denominator}"),
    }
}

/// A real capture, where it is at hand.
pub(crate) fn capture(name: &str) -> Option<Vec<u8>> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/asterix").join(name);
    let bytes = std::fs::read(path).ok();
    if bytes.is_none() {
        eprintln!("skipped: ../shared is absent");
    }
    bytes
}

/// Payloads of a little-endian classic pcap of UDP over IPv4 over Ethernet.
pub(crate) fn pcap_payloads(file: &[u8]) -> Vec<&[u8]> {
    let (mut found, mut at) = (Vec::new(), 24);
    while at + 16 <= file.len() {
        let length = u32::from_le_bytes(file[at + 8..at + 12].try_into().unwrap()) as usize;
        let datagram = &file[at + 16..at + 16 + length];
        // The UDP length leaves out what Ethernet adds to a short frame.
        let udp = usize::from(u16::from_be_bytes([datagram[38], datagram[39]]));
        found.push(&datagram[42..34 + udp]);
        at += 16 + length;
    }
    found
}

/// Payloads of FINAL frames: total length, six octets, payload, four times A5.
pub(crate) fn final_payloads(file: &[u8]) -> Vec<&[u8]> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at + 12 <= file.len() {
        let length = usize::from(u16::from_be_bytes([file[at], file[at + 1]]));
        found.push(&file[at + 8..at + length - 4]);
        at += length;
    }
    found
}
