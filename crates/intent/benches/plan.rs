//! What correlation costs: 20,000 tracks against 5,000 plans once a second, beside the slow obvious
//! way (every plan for every track, geodesics to points along each route).
//!
//! `cargo bench -p intent --bench plan`. CPU time, the best of several seconds, so that other work
//! on the machine does not count.

#![expect(clippy::print_stdout, reason = "a benchmark's output")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Grid, at, plan_text, track};
use geodesy::Geodetic;
use intent::plan::{AdherenceConfig, Correlator, PlanId, Plans, adherence, read};
use std::time::Instant;
use surveillance::{Callsign, Mode3A, Time, Track};

const PLANS: u64 = 5_000;
const TRACKS: u32 = 20_000;
const NOW: &str = "2026-11-28T05:30:00Z";

fn main() {
    let now = at(NOW);
    let text: String = (0..PLANS).map(filed).collect();
    let before = cpu_s();
    let reading = read(text.as_bytes());
    let read_s = cpu_s() - before;
    assert!(reading.defects.is_empty());
    println!(
        "reading: {} messages, {:.0} MB/s, {:.0} messages per CPU-second",
        reading.messages.len(),
        text.len() as f64 / read_s / 1e6,
        reading.messages.len() as f64 / read_s
    );
    let mut plans = Plans::default();
    let before = cpu_s();
    for (_, message) in &reading.messages {
        plans.apply(message, at("2026-11-28T03:30:00Z"));
    }
    println!("book: {:.0} messages applied per CPU-second", PLANS as f64 / (cpu_s() - before));

    let mut correlator = Correlator::default();
    let before = cpu_s();
    correlator.refresh(&plans, &Grid, now);
    println!("first refresh, every route expanded: {:.1} ms", (cpu_s() - before) * 1e3);
    let tracks = tracks(&plans, &correlator, now);

    let mut seconds = Vec::new();
    let mut refreshes = Vec::new();
    let mut matched = 0;
    for second in 0..31 {
        let now = now.plus_seconds(f64::from(second));
        let before = cpu_s();
        correlator.refresh(&plans, &Grid, now);
        let refreshed = cpu_s();
        matched = tracks.iter().filter(|track| correlator.correlate(track, now).is_ok()).count();
        seconds.push(cpu_s() - refreshed);
        refreshes.push(refreshed - before);
    }
    let rebuild_s = refreshes.iter().copied().fold(0.0, f64::max);
    let best_s = seconds[1..].iter().copied().fold(f64::INFINITY, f64::min);
    println!(
        "correlation: {TRACKS} tracks x {PLANS} plans, {matched} matched: {:.1} ms a second, and \
         {:.1} ms every ten seconds for the index: {:.1} % of a core, headroom {:.0}x",
        best_s * 1e3,
        rebuild_s * 1e3,
        (best_s + rebuild_s / 10.0) * 100.0,
        1.0 / (best_s + rebuild_s / 10.0)
    );

    let config = AdherenceConfig::default();
    let before = cpu_s();
    let mut judged = 0;
    for track in &tracks {
        let Some(plan) = correlator.plan_of(track.number) else { continue };
        let route = correlator.trajectory(plan).expect("a matched plan has a route here");
        let take_off = correlator.take_off(plan).expect("a matched plan is looked at");
        judged += usize::from(!adherence(route, take_off, track, None, &config).off_route);
    }
    let spent_s = cpu_s() - before;
    println!("adherence: {matched} tracks, {judged} on route, {:.1} ms", spent_s * 1e3);

    let sample: Vec<&Track> = tracks.iter().step_by(TRACKS as usize / 20 - 1).collect();
    let before = cpu_s();
    let slow: usize =
        sample.iter().filter(|track| slowly(track, &plans, &correlator, now).is_some()).count();
    let slow_s = (cpu_s() - before) / sample.len() as f64 * f64::from(TRACKS);
    println!(
        "the slow obvious way: {slow} of {} named; {slow_s:.0} s for all: {:.0} times as much",
        sample.len(),
        slow_s / best_s
    );
}

/// Plans all over the grid, in the air about the same hour.
fn filed(number: u64) -> String {
    let mut bits = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bd1_e995;
    let mut letter = |below: u64| {
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'A' + ((bits >> 33) % below) as u8)
    };
    let from: String = [letter(16), letter(26), letter(20), letter(26)].into_iter().collect();
    let mut to: String = [letter(16), letter(26), letter(20), letter(26)].into_iter().collect();
    if from[..1] == to[..1] && from[2..3] == to[2..3] {
        to = if from.starts_with('A') { "PAAA" } else { "AATA" }.to_owned();
    }
    plan_text(&format!("AB{number}"), &from, &to)
}

/// A quarter flies plans: most tell their callsign, some nothing. Of the others four in five tell a
/// callsign that nobody filed.
fn tracks(plans: &Plans, correlator: &Correlator, now: Time) -> Vec<Track> {
    let one = |number: u32| {
        let entry = plans.get(PlanId(u64::from(number) % PLANS)).expect("filed");
        let route = correlator.trajectory(entry.id).expect("expanded");
        let elapsed_s = now.seconds_since(entry.departure_time(plans.config()));
        let flies = number < PLANS as u32;
        let off_nm = if flies { f64::from(number % 5) } else { f64::from(number % 97) };
        let late_s = if flies { 0.0 } else { f64::from(number % 60 * 60) };
        let mut track = track(number, route, elapsed_s - late_s, now, off_nm);
        track.codes.callsign = match (flies, number % 5) {
            (true | false, 0) => None,
            (true, _) => Some(entry.plan.callsign),
            (false, _) => Callsign::new(&format!("ZZ{number}")),
        };
        track.codes.mode_3a = Some(Mode3A::new((number % 4096) as u16));
        track
    };
    (0..TRACKS).map(one).collect()
}

/// Every plan, every point of its route.
fn slowly(track: &Track, plans: &Plans, correlator: &Correlator, now: Time) -> Option<PlanId> {
    let mut best: Option<(f64, PlanId)> = None;
    for entry in plans.iter() {
        let Some(route) = correlator.trajectory(entry.id) else { continue };
        let elapsed_s = now.seconds_since(entry.departure_time(plans.config()));
        let expected: Geodetic = route.position_at(elapsed_s);
        let off_m = route
            .points()
            .iter()
            .map(|point| point.position.geodesic_to(track.position).distance_m)
            .fold(expected.geodesic_to(track.position).distance_m, f64::min);
        let named = track.codes.callsign == Some(entry.plan.callsign);
        let score = if named { 1.0 } else { 0.0 } + 1.0 / (1.0 + off_m / 20_000.0);
        if score > 1.0 && best.is_none_or(|(known, _)| score > known) {
            best = Some((score, entry.id));
        }
    }
    best.map(|(_, id)| id)
}

/// Seconds that this process has computed, all threads. Linux; elsewhere the elapsed time.
fn cpu_s() -> f64 {
    let ticks = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanos = ticks.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanos.map_or_else(|| START.elapsed().as_secs_f64(), |nanos| nanos * 1e-9)
}

static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
