//! Scores the rules on seeded encounters with truth, and counts what they tell on real
//! recordings: `cargo run -p alert --example score`.
//!
//! Plots of an ADS-B receiver (1 s) or a radar (5 s) go through the tracker, tracks through the
//! rules, firings through the board with its own delays: what a person would see. Prints Markdown.

#![expect(clippy::print_stdout, reason = "an example's output")]

#[path = "../../tests/stage/all.rs"]
mod all;
mod areas;
mod encounters;
mod italy;
mod recordings;
mod rig;
mod signals;
#[path = "../../tests/support/mod.rs"]
mod support;
mod table;
mod targets;
mod terrain;
mod theatre;

/// Every chance comes from this.
const SEED: u64 = 20_260_601;
/// Encounters of each kind.
const RUNS: u32 = 40;

fn main() {
    println!("Seed {SEED}, {RUNS} encounters of each kind and sensor.\n");
    encounters::score();
    terrain::score();
    areas::score();
    targets::all();
    signals::all();
    recordings::count();
}
