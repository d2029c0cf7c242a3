//! Five partners under load: one node's links send what an accord lets out to five other nodes'
//! links, over TLS on this machine, each outbox, inbox and ledger on this disk.
//! `cargo xtask bench link`
//!
//! Twenty thousand aircraft, each with a plot a second, told to five partners: 100,000 updates a
//! second. A slot of a quarter of a second tells what a quarter of the aircraft did; a plot waits
//! up to that long for its slot, and that wait is counted. Releasing (decision, snapping, encoding)
//! is in it; tracking is not.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::print_stdout, reason = "the figures are its output")]

use accord::{
    Batch, Cadence, Holdings, ObjectKind, OwnNumber, PartnerFeed, PartyId, Policy, Subject,
};
use geodesy::{Enu, Geodetic};
use node::clock::Clock;
use node::config::{Config, PartnerSection};
use node::event::Event;
use node::intake::Intake;
use node::link::{Links, keys};
use rayon::prelude::*;
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use surveillance::{Address, Codes, Time};

const AIRCRAFT: usize = 20_000;
const SLOTS_PER_S: usize = 4;
const SLOT_S: f64 = 1.0 / SLOTS_PER_S as f64;
const PARTNERS: [&str; 5] = ["XXB", "XXC", "XXD", "XXE", "XXF"];
const WARM_UP_S: usize = 2;
const MEASURED_S: usize = 20;

fn accord(to: &str) -> String {
    format!(
        r#"
form = 1
accord = "xxa-{}"
title = "All of it"
nature = "illustration"
[[party]]
id = "XXA"
name = "A"
[[party]]
id = "{to}"
name = "{to}"
[instruments]
requires = ["signature"]
signed = {{ date = 2020-01-01 }}
in_force = 2020-01-01
[[article]]
number = "1"
kind = "release.tracks"
from = ["XXA"]
to = ["{to}"]
area = [{{ anywhere = true }}]
fields = ["position", "level", "velocity", "address", "identity"]
"#,
        to.to_lowercase()
    )
}

/// Keys as `entente keys make` writes them.
fn make_keys(folder: &Path, party: &str, seed: u8) {
    let id: PartyId = party.parse().expect("a party");
    let key = KeyPair::generate().expect("randomness");
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, party);
    let authority = params.self_signed(&key).expect("it signs").pem();
    let issuer = Issuer::new(params, key);
    let own = KeyPair::generate().expect("randomness");
    let mut params = CertificateParams::new(vec![keys::name(id)]).expect("a name");
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    let certificate = params.signed_by(&own, &issuer).expect("it signs").pem();
    let signer = ledger::Signer::from_seed(&keys::name(id), [seed; 32]).expect("a name");
    let identity = format!("party {party}\nledger {}\n{authority}", signer.key());
    fs::create_dir_all(folder).expect("a folder");
    for (name, text) in [
        (keys::CERTIFICATE, certificate),
        (keys::KEY, own.serialize_pem()),
        (keys::LEDGER_KEY, signer.to_secret_text()),
        (keys::IDENTITY, identity),
    ] {
        let path = folder.join(name);
        fs::write(&path, text).expect("it is written");
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("it is ours");
    }
}

fn config(root: &Path, party: &str) -> Config {
    let mut config = Config::default();
    config.node.party = party.to_owned();
    config.link.keys = root.join(party);
    config.link.directory = root.join(party).join("links");
    config
}

fn partner(root: &Path, party: &str) -> PartnerSection {
    let identity = root.join(party).join(keys::IDENTITY);
    PartnerSection { party: party.to_owned(), identity, connect: Vec::new() }
}

fn aircraft(number: usize, at: Time) -> Subject {
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

/// Batches as they came: slot, when they were decoded, and how many items.
type Heard = Arc<Mutex<Vec<(Time, Instant, usize)>>>;

/// A partner's engine as far as a link is concerned: takes, decodes, and says it is recorded.
fn listen(intake: Arc<Intake>, links: Arc<Links>, heard: Heard) {
    let taking = move || {
        let mut batch = Vec::new();
        while intake.take(&mut batch) {
            for (_, event) in &batch {
                if let Event::PartnerTold { party, body } = event {
                    let told = Batch::decode(body).expect("it is one");
                    let entry = (told.slot, Instant::now(), told.items.len());
                    heard.lock().expect("it is whole").push(entry);
                    links.taken(*party);
                    links.recorded(*party, 1);
                }
            }
        }
    };
    thread::Builder::new().name("partner engine".to_owned()).spawn(taking).expect("a thread");
}

/// Processor seconds of this program's threads so far, user and system, by what they are named.
fn cpu_s() -> BTreeMap<String, f64> {
    let mut spent = BTreeMap::new();
    for task in fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
        let stat = fs::read_to_string(task.path().join("stat")).unwrap_or_default();
        let Some((name, rest)) = stat.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')'))
        else {
            continue;
        };
        let ticks = rest.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<f64>().ok());
        // Linux counts a hundredth of a second a tick for every program.
        *spent.entry(name.to_owned()).or_insert(0.0) += ticks.sum::<f64>() / 100.0;
    }
    spent
}

fn percentile(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share) as usize] * 1e3
}

fn main() {
    // Beside the built program: the same disk, and nothing that could be committed.
    let beside = std::env::current_exe().expect("a program");
    let beside = beside.parent().expect("a folder");
    let folder = tempfile::tempdir_in(beside).expect("it is writable");
    let root = folder.path();
    for (seed, party) in ["XXA"].iter().chain(&PARTNERS).enumerate() {
        make_keys(&root.join(party), party, seed as u8);
    }
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let _entered = runtime.enter();
    let clock = Arc::new(Clock::new());
    let mut own = config(root, "XXA");
    own.link.listen = Some("127.0.0.1:0".parse().expect("an address"));
    own.partners = PARTNERS.iter().map(|party| partner(root, party)).collect();
    let intake = Arc::new(Intake::new(clock.clone(), 0));
    let links = Links::start(&own, &clock, &intake, &[]).expect("it starts");
    let address = links.listening.expect("it listens").to_string();
    let heard: Vec<Heard> = PARTNERS.iter().map(|_| Heard::default()).collect();
    for (party, heard) in PARTNERS.iter().zip(&heard) {
        let mut config = config(root, party);
        let mut to = partner(root, "XXA");
        to.connect.push(address.parse().expect("an address"));
        config.partners.push(to);
        let intake = Arc::new(Intake::new(clock.clone(), 0));
        let links = Links::start(&config, &clock, &intake, &[]).expect("it starts");
        listen(intake, links, heard.clone());
    }
    let accords = PARTNERS
        .iter()
        .map(|party| Arc::new(accord::read("bench", &accord(party)).expect("it is sound").accord));
    let policy = Policy::new("XXA".parse().expect("a party"), accords.collect()).expect("sound");
    let feed = |party: &&str| {
        PartnerFeed::new(party.parse().expect("a party"), Cadence { slot_s: SLOT_S })
    };
    let mut feeds: Vec<PartnerFeed> = PARTNERS.iter().map(feed).collect();
    let mut batch = Vec::new();
    let mut linked = 0;
    while linked < PARTNERS.len() && intake.take(&mut batch) {
        let up = |event: &Event| matches!(event, Event::PartnerConnected { .. });
        linked += batch.iter().filter(|(_, event)| up(event)).count();
    }

    let mut subjects: Vec<Subject> = Vec::new();
    let mut held = Holdings::default();
    let mut sent: BTreeMap<Time, Instant> = BTreeMap::new();
    let (mut released_s, mut offered) = (0.0, 0_usize);
    let slots = (WARM_UP_S + MEASURED_S) * SLOTS_PER_S;
    let mut measured = Instant::now();
    let mut spent = BTreeMap::new();
    for slot in 0..=slots {
        let now = clock.now();
        let next = feeds[0].next_slot(now);
        thread::park_timeout(clock.wall_time_until(next).unwrap_or_default());
        let now = clock.now().max(next);
        let begun = Instant::now();
        if slot == WARM_UP_S * SLOTS_PER_S {
            measured = begun;
            spent = cpu_s();
        }
        for number in 0..AIRCRAFT {
            let place = subjects.len();
            if number >= place {
                subjects.push(aircraft(number, now));
            } else if number % SLOTS_PER_S == slot % SLOTS_PER_S {
                subjects[number] = aircraft(number, now);
            }
        }
        held.update(subjects.clone());
        // As the engine does it: each feed by itself.
        let update = |feed: &mut PartnerFeed| {
            let batch = feed.update_held(now, &policy, &held, &[])?;
            let (slot, count) = (batch.value().slot, batch.value().items.len());
            batch.into_parts().into_iter().for_each(|part| links.offer(part));
            Some((slot, count))
        };
        let updated: Vec<_> = feeds.par_iter_mut().filter_map(update).collect();
        for (of, count) in updated {
            sent.insert(of, begun);
            if slot > WARM_UP_S * SLOTS_PER_S {
                offered += count;
            }
        }
        released_s += begun.elapsed().as_secs_f64();
    }
    // More than it should be where releasing takes longer than a slot.
    let measured_s = measured.elapsed().as_secs_f64();
    // What is on its way comes in a second, or counts as late.
    let deadline = Instant::now() + Duration::from_secs(10);
    let first = sent.keys().nth(WARM_UP_S * SLOTS_PER_S).copied().expect("slots");
    let count = |heard: &Heard| {
        let heard = heard.lock().expect("it is whole");
        heard.iter().filter(|(slot, ..)| *slot > first).map(|(.., items)| items).sum::<usize>()
    };
    while heard.iter().map(count).sum::<usize>() < offered && Instant::now() < deadline {
        thread::park_timeout(Duration::from_millis(20));
    }
    let (mut from_picture, mut from_plot) = (Vec::new(), Vec::new());
    for heard in &heard {
        for (slot, at, items) in heard.lock().expect("it is whole").iter() {
            let Some(begun) = sent.get(slot).filter(|_| *slot > first) else { continue };
            let latency_s = at.duration_since(*begun).as_secs_f64();
            for item in 0..*items {
                from_picture.push(latency_s);
                // Plots come evenly over the slot before.
                let waited_s = SLOT_S * item as f64 / *items as f64;
                from_plot.push(latency_s + waited_s);
            }
        }
    }
    from_picture.sort_by(f64::total_cmp);
    from_plot.sort_by(f64::total_cmp);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load average {}", load.trim());
    println!(
        "released {offered} updates to {} partners in {measured_s:.1} s: {:.0}/s; {} came",
        PARTNERS.len(),
        offered as f64 / measured_s,
        from_picture.len()
    );
    let mut all_s = 0.0;
    for (name, now_s) in &cpu_s() {
        let of_s = now_s - spent.get(name).copied().unwrap_or(0.0);
        all_s += of_s;
        if of_s >= 0.1 {
            println!("  {of_s:6.2} processor seconds in threads named {name}");
        }
    }
    let each_us = all_s / offered as f64 * 1e6;
    println!(
        "{each_us:.1} us of processor an update, both ends: two cores could do {:.0}/s",
        2e6 / each_us
    );
    println!("releasing took {:.1} ms a slot", released_s / (slots + 1) as f64 * 1e3);
    for (name, sorted) in [("picture to partner", &from_picture), ("plot to partner", &from_plot)] {
        let [p50, p99, max] = [0.5, 0.99, 1.0].map(|share| percentile(sorted, share));
        println!("{name}: p50 {p50:.0} ms, p99 {p99:.0} ms, most {max:.0} ms");
    }
    println!(
        "beside it, trials on loopback with 200-byte updates one by one: direct TLS with fsync\n\
         145,000-217,000/s, p99 224-301 ms at 5,000/s; NATS JetStream, file store, 43,000-55,000/s;\n\
         JetStream always synced 10,800-16,200/s in batches of 500"
    );
    let (figures, _) = links.figures();
    let shed: u64 = figures.iter().map(|link| link.offers_shed).sum();
    println!("offers shed {shed}");
}
