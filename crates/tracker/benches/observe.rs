//! Plots per CPU-second through [`Tracker::observe`]: the public S200 scenario where it is at
//! hand, and synthetic loads of 1,000 and 20,000 targets seen by three radars and ADS-B.
//!
//! `cargo bench -p tracker`. Single-threaded and never waiting, so elapsed time is CPU time on a
//! machine with a core to spare. Each figure is the best of three runs.

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
    for targets in [1_000, 20_000] {
        let (sensors, plots) = traffic::synthetic(&Load { targets, ..Load::default() });
        measure(&format!("{targets} targets"), &sensors, &plots);
    }
}

fn measure(name: &str, sensors: &[Sensor], plots: &[Plot]) {
    let mut best = f64::INFINITY;
    let mut shown = 0;
    for _ in 0..3 {
        let mut tracker = Tracker::new(TrackerConfig::default());
        sensors.iter().for_each(|sensor| tracker.set_sensor(sensor.clone()));
        let mut events = Vec::new();
        let start = Instant::now();
        for batch in plots.chunk_by(|a, b| tick(a) == tick(b)) {
            tracker.observe(batch, &mut events);
            tracker.advance(batch[batch.len() - 1].received, &mut events);
            events.clear();
        }
        best = best.min(start.elapsed().as_secs_f64());
        shown = tracker.tracks().count();
    }
    let rate = plots.len() as f64 / best;
    println!("{name}: {} plots, {shown} tracks, {rate:.0} plots per CPU-second", plots.len());
}

/// A tenth of a second of receipt: how a node would hand plots over.
fn tick(plot: &Plot) -> i64 {
    plot.received.unix_nanos().div_euclid(100_000_000)
}
