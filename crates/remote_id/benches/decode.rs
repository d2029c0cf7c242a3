//! Frames a CPU-second from the captured octets to the judged sighting.
//!
//! `cargo bench -p remote-id`. The air is one as beside a town: of a hundred management frames one has
//! Remote ID, of fifty aircraft in turn; and the worst, in which every frame has. CPU time of this thread
//! where the system tells it (Linux), else wall-clock time.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use remote_id::{Book, Limits, Link, decode, to_plot};
use std::hint::black_box;
use surveillance::{SensorId, Time};

const ROUNDS: usize = 9;
const FRAMES: usize = 200_000;
const SENSOR: SensorId = SensorId { sac: 0, sic: 1 };

fn main() {
    for (name, every) in [("one in a hundred", 100), ("every one", 1)] {
        let frames = air(every);
        let octets: usize = frames.iter().map(Vec::len).sum();
        let mut rates: Vec<f64> = (0..ROUNDS).map(|_| round(&frames)).collect();
        rates.sort_by(f64::total_cmp);
        println!(
            "{name:>17} has Remote ID: {:>10.0} frames/CPU-s (best {:.0}), {} frames of {} octets",
            rates[ROUNDS / 2],
            rates[ROUNDS - 1],
            frames.len(),
            octets / frames.len()
        );
    }
}

fn round(frames: &[Vec<u8>]) -> f64 {
    let mut book = Book::new(Limits::default());
    let start_s = cpu_s();
    let mut plots = 0_u64;
    for (n, frame) in frames.iter().enumerate() {
        let now = Time::from_unix_seconds(1_800_000_000.0 + n as f64 * 1e-3);
        decode(Link::Wifi, frame, &mut |found| {
            if let Ok(broadcast) = found
                && let Some(sighting) = book.hear(&broadcast, SENSOR, now)
            {
                plots += u64::from(black_box(to_plot(&sighting)).is_some());
            }
        });
    }
    assert!(plots > 0);
    frames.len() as f64 / (cpu_s() - start_s)
}

/// Beacons with a dozen elements; of `every` one a pack of four messages in the last.
fn air(every: usize) -> Vec<Vec<u8>> {
    (0..FRAMES)
        .map(|n| {
            let aircraft = (n / every % 50) as u8;
            let mut frame =
                vec![0x80, 0, 0, 0, 255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, aircraft];
            frame.resize(36, 0);
            for element in [0, 1, 3, 5, 7, 11, 42, 48, 50, 45, 61, 127] {
                frame.extend_from_slice(&[element, 14]);
                frame.extend_from_slice(&[0; 14]);
            }
            frame.extend_from_slice(&[221, 24, 0x00, 0x50, 0xf2, 2]);
            frame.extend_from_slice(&[0; 20]);
            if n % every == 0 {
                frame.extend_from_slice(&[221, 108, 0xfa, 0x0b, 0xbc, 0x0d, n as u8, 0xf2, 25, 4]);
                let mut id = [0; 25];
                id[..19].copy_from_slice(b"\x02\x12MFR1C123456789AB\0");
                id[18] = b'A' + aircraft % 26;
                let mut location = [0; 25];
                location[0] = 0x12;
                location[5..9].copy_from_slice(&(428_000_000 + n as i32 * 20).to_le_bytes());
                location[9..13].copy_from_slice(&745_000_000_i32.to_le_bytes());
                let (mut system, mut operator) = ([0; 25], [0; 25]);
                (system[0], operator[0]) = (0x42, 0x52);
                frame.extend([id, location, system, operator].concat());
            }
            frame
        })
        .collect()
}

/// CPU time of this thread, seconds.
fn cpu_s() -> f64 {
    let Ok(stat) = std::fs::read_to_string("/proc/thread-self/schedstat") else {
        use std::sync::OnceLock;
        static START: OnceLock<std::time::Instant> = OnceLock::new();
        return START.get_or_init(std::time::Instant::now).elapsed().as_secs_f64();
    };
    stat.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}
