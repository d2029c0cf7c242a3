//! MB/s of ASTERIX per second of processor time: records walked, plots lazily, every element raw and
//! scaled, all values into `Fields`, these encoded, JSON text; on one core, and on two at once.
//!
//! `cargo xtask bench asterix` runs this beside other decoders. Reads the real captures where they
//! are at hand, else the golden records of the tests. Best of three passes of at least 0.2 s
//! each. An argument, as in `-- 062`, chooses by label; `--corpus FOLDER` writes what is measured
//! to files for others to read, block by block; `--only plots` does one kind of work, for a profiler.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use asterix::{
    Editions, Fields, Interpreter, JsonStyle, Leaf, Nest, Output, Record, Visitor, blocks,
    write_json,
};
use std::hint::black_box;
use std::io::Read as _;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;
use surveillance::Time;

const PASSES: usize = 3;
/// The kernel tells a thread's time in steps of 4 ms or so.
const PASS_S: f64 = 0.2;
/// Between two looks at the clock.
const OCTETS_AT_ONCE: usize = 500_000;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (mut asked, mut folder) = (None, None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--corpus" => folder = arguments.next(),
            "--only" => _ = ONLY.set(arguments.next().unwrap_or_default()),
            option if option.starts_with('-') => {}
            _ => asked = Some(argument),
        }
    }
    println!(
        "{:12} {:>9} {:>7}  {:>5} {:>5} {:>5} {:>6} {:>6} {:>6} {:>5} {:>5}   MB/s of ASTERIX, one core (two)",
        "corpus",
        "octets",
        "records",
        "walk",
        "plots",
        "raw",
        "scaled",
        "fields",
        "encode",
        "json",
        "full"
    );
    for (label, octets, editions) in corpora() {
        if asked.as_ref().is_some_and(|asked| !label.contains(asked.as_str())) || octets.is_empty()
        {
            continue;
        }
        if let Some(folder) = &folder {
            let name = format!("{}.ast", label.replace(' ', "_"));
            std::fs::write(Path::new(folder).join(name), &octets).expect("the folder is writable");
        }
        report(&label, &octets, &editions);
    }
}

/// The one kind of work to do, by its column's name.
static ONLY: OnceLock<String> = OnceLock::new();

/// Label, blocks end to end, and the editions to read them by.
fn corpora() -> Vec<(String, Vec<u8>, Editions)> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/asterix");
    let read = |name: &str| std::fs::read(shared.join(name)).ok();
    let mut found = Vec::new();
    if let Some(file) = read("jade_final_frame_062_065_large_packet_30min.ff") {
        let octets = final_blocks(&file);
        for category in [62, 63, 65] {
            let label = format!("{category:03} real");
            found.push((label, of_category(&octets, category), Editions::default()));
        }
    }
    if let Some(file) = read("cct_cat_034_048.pcap") {
        let octets = pcap_blocks(&file);
        for category in [48, 34] {
            let label = format!("{category:03} real");
            found.push((label, of_category(&octets, category), Editions::default()));
        }
    }
    if let Some(octets) = read("cct_cat21_re.ast") {
        found.push(("021 real".to_owned(), octets, Editions::default()));
    }
    for (category, edition) in [(21, "2.7"), (21, "2.1"), (48, "1.32"), (62, "1.21"), (1, "1.4")] {
        let mut editions = Editions::default();
        editions.set(category, edition).expect("an edition with golden records");
        found.push((format!("{category:03} {edition} made"), golden(category, edition), editions));
    }
    found
}

fn report(label: &str, octets: &[u8], editions: &Editions) {
    let records = each(octets, editions, |_| {});
    let one = measure(octets, editions);
    let two = std::thread::scope(|scope| {
        let run = || scope.spawn(|| measure(octets, editions));
        let (first, second) = (run(), run());
        let (first, second) = (first.join().expect("it ran"), second.join().expect("it ran"));
        first.map_with(second, |a, b| a + b)
    });
    let cell = |index: usize| format!("{:.0}", one.0[index]);
    let line: Vec<String> = (0..RATES).map(cell).collect();
    let sum: Vec<String> = two.0.iter().map(|rate| format!("{rate:.0}")).collect();
    println!(
        "{label:12} {:9} {records:7}  {:>5} {:>5} {:>5} {:>6} {:>6} {:>6} {:>5} {:>5}   ({})",
        octets.len(),
        line[0],
        line[1],
        line[2],
        line[3],
        line[4],
        line[5],
        line[6],
        line[7],
        sum.join(" "),
    );
}

const RATES: usize = 8;

/// MB/s of each kind of work, in the order of the head line.
#[derive(Clone, Copy)]
struct Rates([f64; RATES]);

impl Rates {
    fn map_with(self, other: Self, join: impl Fn(f64, f64) -> f64) -> Self {
        Self(std::array::from_fn(|index| join(self.0[index], other.0[index])))
    }
}

fn measure(octets: &[u8], editions: &Editions) -> Rates {
    let rate = |kind: &str, work: &mut dyn FnMut()| {
        if ONLY.get().is_some_and(|only| only != kind) {
            return 0.0;
        }
        let pass = |_| {
            let (start, mut octets_done) = (cpu_seconds(), 0);
            loop {
                for _ in 0..OCTETS_AT_ONCE / octets.len() + 1 {
                    work();
                    octets_done += octets.len();
                }
                let taken_s = cpu_seconds() - start;
                if taken_s >= PASS_S {
                    return octets_done as f64 / taken_s / 1e6;
                }
            }
        };
        (0..PASSES).map(pass).fold(0.0, f64::max)
    };
    let walk = rate("walk", &mut || {
        black_box(each(octets, editions, |record| _ = black_box(record)));
    });
    let mut interpreter = Interpreter::new();
    let received = Time::from_unix_seconds(1.7e9);
    let plots = rate("plots", &mut || {
        each(octets, editions, |record| {
            interpreter.interpret(record, received, &mut |output: Output| _ = black_box(output));
        });
    });
    let mut raw = Raw(0);
    let raws = rate("raw", &mut || {
        visit_each(octets, editions, &mut raw);
    });
    let mut kept = Kept { values: [0.0; 64], at: 0 };
    let scaled = rate("scaled", &mut || {
        visit_each(octets, editions, &mut kept);
    });
    black_box((raw.0, kept.values));
    let mut fields = Fields::new(editions.spec(octets[0]).expect("a known category"));
    let read = rate("fields", &mut || {
        each(octets, editions, |record| fields.read(record));
    });
    let mut all = Vec::new();
    each(octets, editions, |record| all.push(Fields::of(record)));
    let mut encoded = Vec::new();
    let encode = rate("encode", &mut || {
        encoded.clear();
        for fields in &all {
            fields.encode(&mut encoded).expect("what was decoded can be encoded");
        }
        black_box(&encoded);
    });
    let mut json = Vec::new();
    let mut text = |kind, style| {
        rate(kind, &mut || {
            json.clear();
            each(octets, editions, |record| {
                write_json(record, None, &mut json, style);
                json.push(b'\n');
            });
        })
    };
    let (values, full) = (text("json", JsonStyle::Values), text("full", JsonStyle::Full));
    Rates([walk, plots, raws, scaled, read, encode, values, full])
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

fn visit_each(octets: &[u8], editions: &Editions, visitor: &mut impl Visitor) {
    for block in blocks(octets).flatten() {
        let mut records = block.records(editions);
        while records.visit_next(visitor).is_some() {}
    }
}

/// Takes in the bits of every element, so that none can be left out.
struct Raw(u64);

impl Visitor for Raw {
    #[inline]
    fn leaf(&mut self, _: &'static str, leaf: Leaf) {
        self.0 = self.0.wrapping_add(leaf.raw);
    }
    fn octets(&mut self, _: &'static str, octets: &[u8]) {
        self.0 += octets.len() as u64;
    }
    fn open(&mut self, _: &'static str, _: Nest) {}
    fn close(&mut self, _: Nest) {}
}

/// Keeps the last few scaled values. A sum would measure how long one addition waits for another.
struct Kept {
    values: [f64; 64],
    at: usize,
}

impl Visitor for Kept {
    #[inline]
    fn leaf(&mut self, _: &'static str, leaf: Leaf) {
        self.values[self.at % 64] = leaf.value();
        self.at += 1;
    }
    fn octets(&mut self, _: &'static str, octets: &[u8]) {
        self.at += octets.len();
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
