//! MB/s of ASTERIX in per second of processor time, one core: plots lazily, every element scaled, JSON text.
//!
//! `cargo bench -p asterix`. Reads the real captures where they are at hand, else the golden
//! records of the tests. Best of three passes over at least 10 MB each. An
//! argument, as in `-- 062`, chooses by label.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use asterix::{
    Editions, Interpreter, JsonStyle, Leaf, Nest, Output, Record, Visitor, blocks, write_json,
};
use std::hint::black_box;
use std::io::Read as _;
use std::path::Path;
use std::time::Instant;
use surveillance::Time;

const PASSES: usize = 3;
const OCTETS_PER_PASS: usize = 10_000_000;

fn main() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/asterix");
    let captures = [
        (
            "062/063/065 real",
            "jade_final_frame_062_065_large_packet_30min.ff",
            final_blocks as Unpack,
        ),
        ("034/048 real", "cct_cat_034_048.pcap", pcap_blocks as Unpack),
    ];
    for (label, name, unpack) in captures {
        if let Ok(file) = std::fs::read(shared.join(name)) {
            let octets = unpack(&file);
            measure(label, &octets, &Editions::default());
            if name.ends_with("pcap") {
                measure("048 real", &of_category(&octets, 48), &Editions::default());
            }
        }
    }
    for (category, edition) in [(48, "1.32"), (62, "1.21"), (21, "2.7"), (1, "1.4")] {
        let mut editions = Editions::default();
        editions.set(category, edition).expect("an edition with golden records");
        measure(&format!("{category:03} random"), &golden(category, edition), &editions);
    }
}

type Unpack = fn(&[u8]) -> Vec<u8>;

fn measure(label: &str, octets: &[u8], editions: &Editions) {
    let asked = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    if asked.is_some_and(|asked| !label.contains(&asked)) {
        return;
    }
    let rounds = OCTETS_PER_PASS / octets.len().max(1) + 1;
    let records = each(octets, editions, |_| {});
    let rate = |work: &mut dyn FnMut()| {
        let pass = |_| {
            let start = cpu_seconds();
            (0..rounds).for_each(|_| work());
            (octets.len() * rounds) as f64 / (cpu_seconds() - start) / 1e6
        };
        (0..PASSES).map(pass).fold(0.0, f64::max)
    };
    let walk = rate(&mut || {
        black_box(each(octets, editions, |record| _ = black_box(record)));
    });
    let mut interpreter = Interpreter::new();
    let received = Time::from_unix_seconds(1.7e9);
    let plots = rate(&mut || {
        each(octets, editions, |record| {
            interpreter.interpret(record, received, &mut |output: Output| _ = black_box(output));
        });
    });
    let mut sum = Sum::default();
    let elements = rate(&mut || {
        each(octets, editions, |record| record.visit(&mut sum));
    });
    black_box(sum.total);
    let mut json = Vec::new();
    let text = rate(&mut || {
        json.clear();
        each(octets, editions, |record| {
            write_json(record, None, &mut json, JsonStyle::Values);
            json.push(b'\n');
        });
    });
    println!(
        "{label:18} {:9} octets {records:6} records: walk {walk:6.0}  plots {plots:6.0}  \
         elements {elements:6.0}  json {text:5.0} MB/s",
        octets.len(),
    );
}

/// Seconds this thread has run on a processor, so that a busy machine does not blur the figures;
/// where the kernel does not tell, the clock's seconds.
fn cpu_seconds() -> f64 {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|told| told.split(' ').next()?.parse::<f64>().ok());
    nanos.map_or_else(|| START.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}

fn each(octets: &[u8], editions: &Editions, mut with: impl FnMut(&Record<'_>)) -> usize {
    let mut count = 0;
    for block in blocks(octets).flatten() {
        let mut records = block.records(editions);
        while let Some(record) = records.next_ref() {
            let Ok(record) = record else { continue };
            with(record);
            count += 1;
        }
    }
    count
}

/// Adds every element's scaled value, so that none can be left out.
#[derive(Default)]
struct Sum {
    total: f64,
}

impl Visitor for Sum {
    #[inline]
    fn leaf(&mut self, _: &'static str, leaf: Leaf) {
        self.total += leaf.value();
    }
    fn octets(&mut self, _: &'static str, octets: &[u8]) {
        self.total += octets.len() as f64;
    }
    fn open(&mut self, _: &'static str, _: Nest) {}
    fn close(&mut self, _: Nest) {}
}

/// FINAL frames: total length, six octets, blocks, four times A5.
fn final_blocks(file: &[u8]) -> Vec<u8> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at + 12 <= file.len() {
        let length = usize::from(u16::from_be_bytes([file[at], file[at + 1]]));
        found.extend_from_slice(&file[at + 8..at + length - 4]);
        at += length;
    }
    found
}

/// A little-endian classic pcap of UDP over IPv4 over Ethernet.
fn pcap_blocks(file: &[u8]) -> Vec<u8> {
    let (mut found, mut at) = (Vec::new(), 24);
    while at + 16 <= file.len() {
        let length = u32::from_le_bytes(file[at + 8..at + 12].try_into().expect("four")) as usize;
        let datagram = &file[at + 16..at + 16 + length];
        let udp = usize::from(u16::from_be_bytes([datagram[38], datagram[39]]));
        found.extend_from_slice(&datagram[42..34 + udp]);
        at += 16 + length;
    }
    found
}

fn of_category(octets: &[u8], category: u8) -> Vec<u8> {
    let chosen = blocks(octets).flatten().filter(|block| block.category() == category);
    chosen.flat_map(|block| block.bytes().to_vec()).collect()
}

/// The tests' random records of one edition, a block each.
fn golden(category: u8, edition: &str) -> Vec<u8> {
    let head = format!("{category:03} {edition} ");
    let mut found = Vec::new();
    let (golden, mut text) = (include_bytes!("../testdata/golden.txt.gz"), String::new());
    flate2::read::GzDecoder::new(&golden[..]).read_to_string(&mut text).expect("a gzip file");
    for line in text.lines() {
        let Some(rest) = line.strip_prefix(&head) else { continue };
        let hex = rest.split(' ').next().unwrap_or_default().as_bytes();
        let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let record: Vec<u8> = hex.chunks_exact(2).filter_map(octet).collect();
        found.push(category);
        found.extend_from_slice(&((record.len() + 3) as u16).to_be_bytes());
        found.extend_from_slice(&record);
    }
    found
}
