//! Plots per CPU-second through [`Tracker::observe`]: the public S200 scenario where it is at
//! hand, and synthetic loads of 1,000 to 100,000 targets seen by three radars and ADS-B.
//!
//! `cargo bench -p tracker`. Each figure is the best of three runs (one of the
//! largest), in CPU time, so that other work on the machine does not count. `TARGETS=1000` measures
//! S200 and that load alone.

#![expect(clippy::print_stdout, reason = "a benchmark's output")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/traffic.rs"]
mod traffic;

use common::Scenario;
use std::time::Instant;
use surveillance::{Plot, Sensor};
use tracker::{BYTES_PER_TRACK, Tracker, TrackerConfig};
use traffic::Load;

fn main() {
    println!("at most {BYTES_PER_TRACK} bytes a track");
    if let Some(folder) = common::shared("S200") {
        let scenario = Scenario::read(&folder);
        measure("S200", &scenario.sensors, &scenario.plots);
    }
    let wanted = std::env::var("TARGETS").ok().and_then(|text| text.parse::<u32>().ok());
    let loads = wanted.map_or_else(|| vec![1_000, 20_000, 100_000], |targets| vec![targets]);
    for targets in loads {
        let (sensors, plots) = traffic::synthetic(&Load { targets, ..Load::default() });
        measure(&format!("{targets} targets"), &sensors, &plots);
    }
}

fn measure(name: &str, sensors: &[Sensor], plots: &[Plot]) {
    let runs = if plots.len() > 1_000_000 { 1 } else { 3 };
    let mut best = f64::INFINITY;
    let (mut shown, mut waits) = (0, Vec::new());
    for _ in 0..runs {
        let mut tracker = Tracker::new(TrackerConfig::default());
        sensors.iter().for_each(|sensor| tracker.set_sensor(sensor.clone()));
        let mut events = Vec::new();
        waits.clear();
        let start = cpu_s();
        for batch in plots.chunk_by(|a, b| tick(a) == tick(b)) {
            let before = cpu_s();
            tracker.observe(batch, &mut events);
            let now = batch[batch.len() - 1].received;
            tracker.advance(now, &mut events);
            events.clear();
            waits.push(Wait {
                computed_s: cpu_s() - before,
                plots: batch.len(),
                held: now.seconds_since(plots[0].received) > HELD_AFTER_S,
            });
        }
        best = best.min(cpu_s() - start);
        shown = tracker.tracks().count();
    }
    let span_s = plots[plots.len() - 1].received.seconds_since(plots[0].received);
    println!(
        "{name}: {} plots, {shown} tracks, {:.0} plots per CPU-second, {:.2} of a core, 99 % of \
         plots decided {:.1} ms after their tenth of a second ends",
        plots.len(),
        plots.len() as f64 / best,
        best / span_s,
        decided_within_s(&mut waits) * 1e3
    );
    waits.retain(|wait| wait.held);
    let all: usize = waits.iter().map(|wait| wait.plots).sum();
    let computed_s: f64 = waits.iter().map(|wait| wait.computed_s).sum();
    println!(
        "    once all are tracked, from {HELD_AFTER_S} s on: {:.0} plots per CPU-second, {:.2} of \
         a core, {:.1} ms",
        all as f64 / computed_s,
        computed_s / (span_s - HELD_AFTER_S),
        decided_within_s(&mut waits) * 1e3
    );
}

/// A tenth of a second's plots.
struct Wait {
    computed_s: f64,
    plots: usize,
    held: bool,
}

/// After this every radar has seen every target twice.
const HELD_AFTER_S: f64 = 26.0;

/// What 99 % of plots wait no longer for.
fn decided_within_s(waits: &mut [Wait]) -> f64 {
    waits.sort_by(|a, b| a.computed_s.total_cmp(&b.computed_s));
    let all: usize = waits.iter().map(|wait| wait.plots).sum();
    let mut seen = 0;
    let late = waits.iter().find(|wait| {
        seen += wait.plots;
        seen * 100 >= all * 99
    });
    late.map_or(0.0, |wait| wait.computed_s)
}

/// Seconds that this process has computed, all threads, so that other work on the machine does
/// not count. Linux; elsewhere the elapsed time.
fn cpu_s() -> f64 {
    let ticks = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanos = ticks.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanos.map_or_else(|| START.elapsed().as_secs_f64(), |nanos| nanos * 1e-9)
}

static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);

/// A tenth of a second of receipt: how a node would hand plots over.
fn tick(plot: &Plot) -> i64 {
    plot.received.unix_nanos().div_euclid(100_000_000)
}
