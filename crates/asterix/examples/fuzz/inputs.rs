//! Inputs by number: octets of chance, records by the tables, and both of them damaged.

use asterix::spec::{Expansion, Spec};
use asterix::{Editions, Fields};

/// What makes inputs, in memory that is used again.
pub(crate) struct Inputs {
    tables: Vec<Table>,
    datagram: Vec<u8>,
    fields: Vec<u8>,
}

struct Table {
    spec: &'static Spec,
    expansion: Option<&'static Expansion>,
    editions: Editions,
    /// `48 1.32`, with `+1.13` behind it for the layout of the expansion field.
    name: String,
}

/// splitmix64, by Steele, Lea and Flood (2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

impl Inputs {
    pub(crate) fn new() -> Self {
        let table = |spec: &'static Spec| {
            let mut editions = Editions::default();
            editions.set(spec.category, spec.edition).expect("a known edition");
            let name = format!("{} {}", spec.category, spec.edition);
            Table { spec, expansion: None, editions, name }
        };
        let layout = |layout: &'static Expansion| {
            let spec = Editions::default().spec(layout.category).expect("a known category");
            let mut table = table(spec);
            table.editions.set_expansion(layout.category, layout.edition).expect("a known layout");
            table.name += &format!("+{}", layout.edition);
            Table { expansion: Some(layout), ..table }
        };
        let tables = Editions::known().map(table).chain(Editions::expansions_known().map(layout));
        Self { tables: tables.collect(), datagram: Vec::new(), fields: Vec::new() }
    }

    /// The input of this number: the editions to read it by, their name, and its octets.
    pub(crate) fn make(&mut self, seed: u64, number: u64) -> (&Editions, &str, &[u8]) {
        let mut random = Random(seed.wrapping_mul(0xd605_1bd6_9a33_7f4f) ^ number);
        random.next();
        let table = &self.tables[random.below(self.tables.len())];
        self.datagram.clear();
        for _ in 0..1 + random.below(8) / 6 {
            block(table, &mut random, &mut self.fields, &mut self.datagram);
        }
        if random.below(16) == 0 {
            damage(&mut self.datagram, &mut random);
        }
        (&table.editions, &table.name, &self.datagram)
    }
}

fn block(table: &Table, random: &mut Random, records: &mut Vec<u8>, datagram: &mut Vec<u8>) {
    records.clear();
    match random.below(8) {
        0 => (0..random.below(200)).for_each(|_| records.push(random.next() as u8)),
        // Few bits: short FSPECs, small counts, ends of FX chains.
        1 => (0..random.below(80)).for_each(|_| {
            records.push((random.next() & random.next() & random.next()) as u8);
        }),
        kind => {
            for _ in 0..1 + random.below(4) / 3 {
                let mut numbers = || random.next();
                let fields = match table.expansion {
                    None => Fields::random(table.spec, &mut numbers),
                    Some(layout) => {
                        let empty = Fields::new(table.spec).with_expansion(layout);
                        empty.random_expansion(&mut numbers)
                    }
                };
                fields.encode(records).expect("a random record can be encoded");
            }
            if kind > 3 {
                damage(records, random);
            }
        }
    }
    let length = (records.len() + 3) as u16;
    datagram.push(table.spec.category);
    datagram.extend_from_slice(&length.to_be_bytes());
    datagram.extend_from_slice(records);
}

/// One to four hurts: bits turned over, octets changed, lost, doubled, put in; the end cut off.
fn damage(octets: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..1 + random.below(4) {
        if octets.is_empty() {
            return;
        }
        let at = random.below(octets.len());
        match random.below(9) {
            0..=2 => octets[at] ^= 1 << random.below(8),
            3 => octets[at] = 0xff,
            4 => octets[at] = random.next() as u8,
            5 => octets.truncate(at),
            6 => octets.insert(at, random.next() as u8),
            7 => _ = octets.remove(at),
            _ => {
                let end = octets.len().min(at + 1 + random.below(12));
                octets.extend_from_within(at..end);
            }
        }
    }
}

pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
