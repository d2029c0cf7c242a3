//! What it costs to tell a partner what changed: decision, snapping, numbering, encoding and the
//! hash of each record. Twenty thousand tracks of which a quarter moved since the slot before.

use accord::{Cadence, Holdings, ObjectKind, OwnNumber, PartnerFeed, Policy, Subject};
use geodesy::{Enu, Geodetic};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;
use surveillance::{Address, Codes, Time};

#[expect(dead_code, reason = "this benchmark needs its clock alone")]
mod workload;

const TRACKS: usize = 20_000;
const MOVED_EACH: usize = 4;
const SLOT_S: f64 = 0.25;
const ACCORD: &str = r#"
form = 1
accord = "xxa-xxb"
title = "All of it"
nature = "illustration"
[[party]]
id = "XXA"
name = "A"
[[party]]
id = "XXB"
name = "B"
[instruments]
requires = ["signature"]
signed = { date = 2020-01-01 }
in_force = 2020-01-01
[[article]]
number = "1"
kind = "release.tracks"
from = ["XXA"]
to = ["XXB"]
area = [{ anywhere = true }]
fields = ["position", "level", "velocity", "address", "identity"]
"#;

fn track(number: usize, at: Time) -> Subject {
    let place = number as f64;
    Subject {
        position: Some(Geodetic {
            latitude_rad: 0.6 + place * 1e-5 + at.unix_seconds() % 100.0 * 1e-5,
            longitude_rad: 1.2 + place * 7e-6,
            height_m: 10_000.0,
        }),
        level_m: Some(10_000.0),
        velocity: Some(Enu { east: 200.0, north: 50.0, up: 0.0 }),
        codes: Codes { address: Some(Address::icao(number as u32)), ..Codes::default() },
        ..Subject::bare(OwnNumber(number as u64), ObjectKind::Track, at)
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#[expect(clippy::print_stdout, reason = "the figures are its output")]
fn main() {
    let slots: usize = std::env::args().filter_map(|word| word.parse().ok()).next().unwrap_or(200);
    let accord = Arc::new(accord::read("bench", ACCORD).expect("it is sound").accord);
    let policy = Policy::new(workload::party("XXA"), vec![accord]).expect("it is sound");
    let mut feed = PartnerFeed::new(workload::party("XXB"), Cadence { slot_s: SLOT_S });
    let mut now = workload::now();
    let mut tracks: Vec<Subject> = (0..TRACKS).map(|number| track(number, now)).collect();
    let mut held = Holdings::default();
    let start = Instant::now();
    let (mut begun, mut told, mut bytes) = (0, 0_usize, 0_usize);
    for slot in 0..=slots {
        if slot == 1 {
            // The first tells all there is.
            (begun, told, bytes) = (workload::ran_ns(start), 0, 0);
        }
        now = now.plus_seconds(SLOT_S);
        for number in (slot % MOVED_EACH..TRACKS).step_by(MOVED_EACH) {
            tracks[number] = track(number, now);
        }
        held.update(tracks.clone());
        let batch = feed.update_held(now, &policy, &held, &[]).expect("an article stands");
        told += batch.value().items.len();
        for part in batch.into_parts() {
            bytes += black_box(part.encode()).value().len();
        }
    }
    let ran_s = (workload::ran_ns(start) - begun) as f64 / 1e9;
    println!(
        "feed: {:.0} thousand updates/s on one core, {:.1} us each, {} bytes, of {} held",
        told as f64 / ran_s / 1e3,
        ran_s / told as f64 * 1e6,
        bytes / told,
        TRACKS
    );
}
