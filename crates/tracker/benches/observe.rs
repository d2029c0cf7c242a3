//! Plots per CPU-second through [`Tracker::observe`], on one thread and on two: the public S200
//! scenario where it is at hand, and synthetic loads of 1,000 to 100,000 targets seen by three
//! radars and ADS-B.
//!
//! `cargo bench -p tracker`. Each figure is the best of three runs (one of the largest), in CPU
//! time, so that other work on the machine does not count: how long a batch takes is the CPU time
//! of the thread that worked longest on it. `TARGETS=1000` measures that load alone, `THREADS=1`
//! one thread alone, `SECONDS=40` so much of each load. `SCENARIO=folder` measures that scenario alone
//! on one thread and says only how many plots it has and the CPU time they took, seconds.

#![expect(clippy::print_stdout, reason = "a benchmark's output")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/traffic.rs"]
mod traffic;

use common::Scenario;
use std::fs::{read_dir, read_to_string};
use std::path::PathBuf;
use std::time::Instant;
use surveillance::{Plot, Sensor};
use tracker::{BYTES_PER_TRACK, Tracker, TrackerConfig};
use traffic::Load;

fn main() {
    if let Some(folder) = std::env::var_os("SCENARIO") {
        let scenario = Scenario::read(&PathBuf::from(folder));
        let cost_s =
            |_| run(&scenario.sensors, &scenario.plots).1.iter().map(|w| w.computed_s).sum();
        let best_s = (0..3).map(cost_s).fold(f64::INFINITY, f64::min);
        println!("{} {best_s:.6}", scenario.plots.len());
        return;
    }
    println!("at most {BYTES_PER_TRACK} bytes a track");
    let wanted = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
    let targets = wanted("TARGETS");
    if let (None, Some(folder)) = (targets, common::shared("S200")) {
        let scenario = Scenario::read(&folder);
        measure("S200", &scenario.sensors, &scenario.plots, &[1]);
    }
    let loads = targets.map_or_else(|| vec![1_000, 20_000, 100_000], |targets| vec![targets]);
    let threads = wanted("THREADS").map_or_else(|| vec![1, 2], |threads| vec![threads]);
    let duration_s = wanted("SECONDS").map_or(60.0, f64::from);
    for targets in loads {
        let (sensors, plots) = traffic::synthetic(&Load { targets, duration_s, ..Load::default() });
        measure(&format!("{targets} targets"), &sensors, &plots, &threads);
    }
}

fn measure(name: &str, sensors: &[Sensor], plots: &[Plot], threads: &[u32]) {
    let span_s = plots[plots.len() - 1].received.seconds_since(plots[0].received);
    println!("{name}: {} plots in {span_s:.0} s", plots.len());
    for &count in threads {
        let builder = rayon::ThreadPoolBuilder::new().num_threads(count as usize);
        let pool = builder.build().expect("threads can be started");
        let runs = if plots.len() > 1_000_000 { 1 } else { 3 };
        let run = |_| pool.install(|| run(sensors, plots));
        let cost = |(_, waits): &(usize, Vec<Wait>)| waits.iter().map(|wait| wait.computed_s).sum();
        let best = (0..runs).map(run).min_by(|a, b| f64::total_cmp(&cost(a), &cost(b)));
        let (shown, mut waits) = best.expect("at least one run");
        println!("  {count} threads, {shown} tracks: {}", told(&mut waits, span_s));
        waits.retain(|wait| wait.held);
        let all = told(&mut waits, span_s - HELD_AFTER_S);
        println!("    once all are tracked, from {HELD_AFTER_S} s on: {all}");
    }
}

fn run(sensors: &[Sensor], plots: &[Plot]) -> (usize, Vec<Wait>) {
    let mut tracker = Tracker::new(TrackerConfig::default());
    sensors.iter().for_each(|sensor| tracker.set_sensor(sensor.clone()));
    let (mut events, mut waits) = (Vec::new(), Vec::new());
    let mut clock = Clock::start();
    for batch in plots.chunk_by(|a, b| tick(a) == tick(b)) {
        let began = Instant::now();
        clock.lap();
        tracker.observe(batch, &mut events);
        let now = batch[batch.len() - 1].received;
        tracker.advance(now, &mut events);
        events.clear();
        let (computed_s, longest_s) = clock.lap();
        waits.push(Wait {
            computed_s,
            longest_s,
            elapsed_s: began.elapsed().as_secs_f64(),
            plots: batch.len(),
            held: now.seconds_since(plots[0].received) > HELD_AFTER_S,
        });
    }
    (tracker.tracks().count(), waits)
}

/// A tenth of a second's plots.
struct Wait {
    /// By all threads, and by the one that worked longest.
    computed_s: f64,
    longest_s: f64,
    elapsed_s: f64,
    plots: usize,
    held: bool,
}

/// After this every radar has seen every target twice.
const HELD_AFTER_S: f64 = 26.0;

fn told(waits: &mut [Wait], span_s: f64) -> String {
    let plots: usize = waits.iter().map(|wait| wait.plots).sum();
    let computed_s: f64 = waits.iter().map(|wait| wait.computed_s).sum();
    let longest_s: f64 = waits.iter().map(|wait| wait.longest_s).sum();
    format!(
        "{:.0} plots per CPU-second, {:.2} of a core, the busiest thread {:.2}; 99 % of plots \
         decided within {:.1} ms of it after their tenth of a second ends, {:.1} ms elapsed",
        plots as f64 / computed_s,
        computed_s / span_s,
        longest_s / span_s,
        decided_within_s(waits, |wait| wait.longest_s) * 1e3,
        decided_within_s(waits, |wait| wait.elapsed_s) * 1e3,
    )
}

/// What 99 % of plots wait no longer for.
fn decided_within_s(waits: &mut [Wait], of: impl Fn(&Wait) -> f64) -> f64 {
    waits.sort_by(|a, b| of(a).total_cmp(&of(b)));
    let all: usize = waits.iter().map(|wait| wait.plots).sum();
    let mut seen = 0;
    let late = waits.iter().find(|wait| {
        seen += wait.plots;
        seen * 100 >= all * 99
    });
    late.map_or(0.0, of)
}

/// What each thread of this process has computed, seconds. Linux alone tells.
struct Clock(Vec<(PathBuf, f64)>);

impl Clock {
    fn start() -> Self {
        let threads = read_dir("/proc/self/task").expect("Linux tells what threads compute");
        let path = |entry: std::io::Result<std::fs::DirEntry>| Some(entry.ok()?.path());
        Self(threads.filter_map(path).map(|path| (path.join("schedstat"), 0.0)).collect())
    }

    /// Computed since the last lap: by all threads, and by the one that worked longest.
    fn lap(&mut self) -> (f64, f64) {
        let (mut all_s, mut longest_s) = (0.0, 0.0_f64);
        for (path, before_s) in &mut self.0 {
            let text = read_to_string(path).unwrap_or_default();
            let nanos = text.split(' ').next().and_then(|text| text.parse::<f64>().ok());
            let now_s = nanos.map_or(*before_s, |nanos| nanos * 1e-9);
            let lap_s = now_s - std::mem::replace(before_s, now_s);
            all_s += lap_s;
            longest_s = longest_s.max(lap_s);
        }
        (all_s, longest_s)
    }
}

/// A tenth of a second of receipt: how a node would hand plots over.
fn tick(plot: &Plot) -> i64 {
    plot.received.unix_nanos().div_euclid(100_000_000)
}
