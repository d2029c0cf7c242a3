//! Mutated files of airspace, permissions, places and flight plans through every reader: nothing may
//! panic, give an airspace that cannot be built, or a message that is not read again once written. The same seed gives the same inputs on every machine.
//!
//!     cargo xtask fuzz intent --inputs 1000000
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that tells")]

use intent::airspace::Airspaces;
use intent::airspace::read::{aerodromes_csv, aixm, geojson, openair, permissions, points_csv};
use intent::plan::{DEFECTS_MAX, read, write_adexp, write_icao};
use std::process::exit;

const SEEDS: [&[u8]; 7] = [
    include_bytes!("../testdata/airspace/valley.openair"),
    include_bytes!("../testdata/airspace/valley.geojson"),
    include_bytes!("../testdata/airspace/valley.xml"),
    include_bytes!("../testdata/airspace/permissions.toml"),
    b"ident,name,type,latitude_deg,longitude_deg,elevation_ft\nMNS,Manas,VOR-DME,43.05,74.47,2090\n",
    include_bytes!("../testdata/plan/filed.txt"),
    include_bytes!("../testdata/plan/later.txt"),
];

fn main() {
    let number = |name: &str, default: u64| {
        let mut arguments = std::env::args().skip_while(|argument| argument != name);
        arguments.nth(1).map_or(default, |text| text.parse().expect("a number"))
    };
    let (inputs, seed) = (number("--inputs", 1_000_000), number("--seed", 1));
    let (mut airspaces, mut messages, mut defects, mut octets) = (0, 0, 0, 0);
    for input in 0..inputs {
        let bytes = mutated(&mut Random(seed.wrapping_mul(1 << 40) ^ input));
        octets += bytes.len();
        let read = std::panic::catch_unwind(|| {
            let files =
                [openair, geojson, aixm, aerodromes_csv, points_csv].map(|read| read(&bytes));
            let (_, faults) = permissions(&bytes);
            let mut counts = (0, plans(&bytes), faults.len());
            for understood in files {
                counts.0 += understood.airspaces.len();
                counts.2 += understood.defects.len();
                Airspaces::build(understood.airspaces).expect("what was read can be built");
            }
            counts
        });
        let Ok((read, said, faults)) = read else {
            eprintln!("input {input} of seed {seed}: {}", String::from_utf8_lossy(&bytes));
            exit(1);
        };
        airspaces += read;
        messages += said;
        defects += faults;
    }
    println!(
        "{inputs} inputs of seed {seed}: {octets} octets, {airspaces} airspaces, {messages} messages, {defects} defects; no panic"
    );
}

/// How many messages of flight plans were read, each written and read again in both formats.
fn plans(bytes: &[u8]) -> usize {
    let reading = read(bytes);
    assert!(reading.defects.len() <= DEFECTS_MAX, "more defects than are kept");
    for (_, message) in &reading.messages {
        for text in [write_icao(message), write_adexp(message)] {
            assert!(
                read(text.as_bytes()).messages.len() <= 1,
                "one message became several: {text}"
            );
        }
    }
    reading.messages.len()
}

/// A seed with octets changed, pieces doubled, moved or left out, and numbers exchanged.
fn mutated(random: &mut Random) -> Vec<u8> {
    let mut bytes = SEEDS[random.below(SEEDS.len())].to_vec();
    for _ in 0..=random.below(8) {
        if bytes.is_empty() {
            break;
        }
        let (at, length) = (random.below(bytes.len()), random.below(64));
        let piece = at..(at + length).min(bytes.len());
        match random.below(6) {
            0 => bytes[at] = random.below(256) as u8,
            1 => bytes[at] ^= 1 << random.below(8),
            2 => drop(bytes.drain(piece)),
            3 => {
                let copy = bytes[piece].to_vec();
                let to = random.below(bytes.len());
                bytes.splice(to..to, copy);
            }
            4 => {
                const NUMBERS: [&str; 8] =
                    ["-1", "1e308", "NaN", "91", "181", "0", "99999999999999999999", "-0.0"];
                let number = NUMBERS[random.below(NUMBERS.len())];
                if let Some(from) = bytes[at..].iter().position(u8::is_ascii_digit) {
                    let from = at + from;
                    let digits = bytes[from..].iter().take_while(|c| c.is_ascii_digit()).count();
                    bytes.splice(from..from + digits, number.bytes());
                }
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

/// Splitmix64 (Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z % limit as u64) as usize
    }
}
