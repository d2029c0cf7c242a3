//! Release decisions a second on one core, explanation kept. `cargo xtask bench accord` runs this
//! and, in crate `proof`, the same beside Cedar.

mod workload;

use accord::Policy;
use std::hint::black_box;
use std::time::Instant;
use workload::{PARTNERS, accords, now, own, party, ran_ns, tracks};

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#[expect(clippy::print_stdout, reason = "the figures are its output")]
fn main() {
    let rounds: usize = std::env::args().filter_map(|word| word.parse().ok()).next().unwrap_or(100);
    let policy = Policy::new(own(), accords()).expect("ids differ");
    let partners = PARTNERS.map(party);
    let tracks = tracks(20_000);
    let view = policy.at(now());
    let start = Instant::now();
    let before = ran_ns(start);
    let mut released = 0_usize;
    for _ in 0..rounds {
        released = 0;
        let mut placed = view.place(&tracks[0]);
        for track in &tracks {
            view.place_again(track, &mut placed);
            for partner in partners {
                released += usize::from(black_box(view.decide(&placed, partner)).is_released());
            }
        }
    }
    // Over all rounds: the system counts in steps of some milliseconds.
    let each_round_ns = (ran_ns(start) - before) as f64 / rounds as f64;
    let decisions = (tracks.len() * partners.len()) as f64;
    println!(
        "filter: {:.1} million decisions/s on one core, {:.0} ns each, {:.0} % released",
        decisions / each_round_ns * 1e3,
        each_round_ns / decisions,
        released as f64 / decisions * 100.0
    );
}
