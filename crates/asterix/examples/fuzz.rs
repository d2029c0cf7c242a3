//! Random and mutated datagrams, read, written and read again: nothing may panic, hang, or come out
//! other than it went in. The same seed gives the same inputs on every machine.
//!
//!     cargo xtask fuzz asterix --inputs 100000000
//!
//! `--corpus FILE` writes down the shortest input that shows each kind of defect in each category;
//! `testdata/corpus.txt` is such a file, and the tests replay it.
#![expect(clippy::disallowed_methods, reason = "tells how long it took, and finds hangs")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that tells")]

#[path = "fuzz/inputs.rs"]
mod inputs;

use asterix::{Editions, Fields, Interpreter, JsonStyle, Output, blocks, write_json};
use inputs::{Inputs, hex};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::process::exit;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use surveillance::Time;

thread_local! {
    static CURRENT: Cell<u64> = const { Cell::new(0) };
}

/// A worker that takes longer over a single round of inputs is taken for hung.
const HANG: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// So that a long run that is stopped has told how far it came.
const TELL_EVERY: Duration = Duration::from_secs(60);
const ROUND: u64 = 4096;
/// What a worker's counter says once there is nothing left for it.
const FINISHED: u64 = u64::MAX;

fn main() {
    let option = |name: &str| {
        let mut arguments = std::env::args().skip_while(|argument| argument != name);
        arguments.nth(1)
    };
    let number = |name: &str, default: u64| {
        option(name).map_or(default, |text| text.parse().expect("a number"))
    };
    let (inputs, seed) = (number("--inputs", 1_000_000), number("--seed", 1));
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let workers = number("--workers", cores).max(1);
    let default_hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        eprintln!("input {} of seed {seed}:", CURRENT.get());
        default_hook(info);
        exit(1);
    }));
    let start = Instant::now();
    let counters: Vec<AtomicU64> = (0..workers).map(|_| AtomicU64::new(0)).collect();
    let next = AtomicU64::new(0);
    let (done, all_done) = channel::<()>();
    let mut all = Tally::default();
    std::thread::scope(|scope| {
        let run = |counter| {
            let (next, done) = (&next, done.clone());
            scope.spawn(move || {
                let tally = work(seed, inputs, next, counter);
                // Nobody sends: the last worker's end is what is waited for.
                drop(done);
                tally
            })
        };
        let running: Vec<_> = counters.iter().map(run).collect();
        drop(done);
        watch(&counters, &next, inputs, &all_done, start);
        for worker in running {
            all.add(worker.join().expect("a panic has ended the program"));
        }
    });
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{inputs} inputs of seed {seed} in {seconds:.0} s by {workers} workers: {} octets, {} records decoded, encoded and decoded \
         again, {} plots, {} defects of {} kinds by category; no panic, no hang, no difference",
        all.octets,
        all.records,
        all.plots,
        all.defects,
        all.corpus.len(),
    );
    if let Some(path) = option("--corpus") {
        let lines: Vec<String> = all.corpus.into_values().map(|(_, _, line)| line).collect();
        std::fs::write(&path, lines.join("\n") + "\n").expect("the corpus file is writable");
    }
}

/// Waits until every worker has dropped its end of the channel, telling of headway; ends the program
/// if one makes none.
fn watch(
    counters: &[AtomicU64],
    next: &AtomicU64,
    inputs: u64,
    all_done: &Receiver<()>,
    start: Instant,
) {
    let mut seen: Vec<(u64, Instant)> = counters.iter().map(|_| (0, start)).collect();
    let mut told = start;
    while all_done.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
        for (counter, (count, since)) in counters.iter().zip(&mut seen) {
            let done = counter.load(Ordering::Relaxed);
            if done != *count {
                (*count, *since) = (done, Instant::now());
            } else if done != FINISHED && since.elapsed() > HANG {
                eprintln!("a worker hangs after {count} inputs");
                exit(1);
            }
        }
        if told.elapsed() >= TELL_EVERY {
            told = Instant::now();
            // Each worker is still within its last round.
            let rounds = ROUND * counters.len() as u64;
            let done = next.load(Ordering::Relaxed).saturating_sub(rounds).min(inputs);
            eprintln!("{done} inputs after {} s", start.elapsed().as_secs());
        }
    }
}

#[derive(Default)]
struct Tally {
    octets: u64,
    records: u64,
    plots: u64,
    defects: u64,
    /// The shortest input, of these the first, by category and kind of defect.
    corpus: BTreeMap<(u8, &'static str), (usize, u64, String)>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.octets += other.octets;
        self.records += other.records;
        self.plots += other.plots;
        self.defects += other.defects;
        for (key, found) in other.corpus {
            let kept = self.corpus.entry(key).or_insert_with(|| found.clone());
            *kept = found.min(kept.clone());
        }
    }
}

fn work(seed: u64, inputs: u64, next: &AtomicU64, counter: &AtomicU64) -> Tally {
    let mut made = Inputs::new();
    let mut exercise = Exercise::default();
    loop {
        let start = next.fetch_add(ROUND, Ordering::Relaxed);
        if start >= inputs {
            counter.store(FINISHED, Ordering::Relaxed);
            return exercise.tally;
        }
        let end = inputs.min(start + ROUND);
        for number in start..end {
            CURRENT.set(number);
            let (editions, name, datagram) = made.make(seed, number);
            exercise.datagram(number, editions, name, datagram);
        }
        counter.fetch_add(end - start, Ordering::Relaxed);
    }
}

#[derive(Default)]
struct Exercise {
    tally: Tally,
    json: Vec<u8>,
    block: Vec<u8>,
}

impl Exercise {
    fn datagram(&mut self, number: u64, editions: &Editions, name: &str, datagram: &[u8]) {
        self.tally.octets += datagram.len() as u64;
        let received = Time::from_unix_seconds(1.8e9);
        let mut interpreter = Interpreter::new();
        for block in blocks(datagram) {
            let block = match block {
                Ok(block) => block,
                Err(defect) => {
                    self.defect(number, name, datagram, &defect);
                    continue;
                }
            };
            let mut records = block.records(editions);
            while let Some(record) = records.next_ref() {
                let record = match record {
                    Ok(record) => record,
                    Err(defect) => {
                        self.defect(number, name, datagram, &defect);
                        continue;
                    }
                };
                self.tally.records += 1;
                interpreter.interpret(record, received, &mut |output| {
                    self.tally.plots += u64::from(matches!(output, Output::Plot(_)));
                });
                if number.is_multiple_of(8) {
                    self.json.clear();
                    write_json(record, None, &mut self.json, JsonStyle::Values);
                    write_json(record, None, &mut self.json, JsonStyle::Full);
                    assert!(std::str::from_utf8(&self.json).is_ok(), "JSON is text");
                }
                self.round_trip(record, editions);
            }
        }
    }

    /// Decoded, encoded, decoded: the same values.
    fn round_trip(&mut self, record: &asterix::Record<'_>, editions: &Editions) {
        let fields = Fields::of(record);
        self.block.clear();
        self.block.extend_from_slice(&[record.category(), 0, 0]);
        if let Err(error) = fields.encode(&mut self.block) {
            panic!(
                "{error}: {} of edition {}, {:x?}",
                hex(record.bytes()),
                record.edition(),
                fields.words()
            );
        }
        assert!(
            self.block.len() <= record.bytes().len() + 3,
            "canonical is no longer than it came"
        );
        let length = (self.block.len() as u16).to_be_bytes();
        self.block[1..3].copy_from_slice(&length);
        let block = blocks(&self.block).next().expect("a block").expect("a whole one");
        let mut records = block.records(editions);
        let again = records.next_ref().expect("a record").expect("a whole one");
        assert!(Fields::of(again) == fields, "other values than were encoded");
        assert_eq!(again.bytes().len() + 3, self.block.len(), "octets are left");
    }

    fn defect(&mut self, number: u64, name: &str, datagram: &[u8], defect: &asterix::Defect) {
        assert!(defect.offset <= datagram.len(), "a defect beyond the datagram");
        self.tally.defects += 1;
        let known = defect
            .category
            .filter(|category| Editions::known().any(|spec| spec.category == *category));
        let key = (known.unwrap_or(0), defect.name());
        let kept = self.tally.corpus.get(&key);
        if kept.is_none_or(|kept| (datagram.len(), number) < (kept.0, kept.1)) {
            let line = format!("{name} {}", hex(datagram));
            self.tally.corpus.insert(key, (datagram.len(), number, line));
        }
    }
}
