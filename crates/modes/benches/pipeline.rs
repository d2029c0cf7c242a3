//! Our whole way from stream to report against `rs1090`, in one run, on a real recording.
//!
//! `cargo bench -p modes --bench pipeline`. Rounds alternate, so that what else the machine does
//! falls on both. Ours: framing, parity, decoding, compact positions, plots. Theirs: decoding
//! (which includes parity) and compact positions, on frames cut beforehand. One thread each; CPU
//! time of that thread where the system tells it (Linux), else wall-clock time.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use modes::{BeastSplitter, Decoder, DecoderConfig, Frame, to_plot};
use rs1090::decode::adsb::ME;
use rs1090::decode::cpr::decode_position;
use rs1090::decode::{DF, Message};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::Read;
use surveillance::{SensorId, Time};

const RECORDING: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/modes/lax_public_first400s.beast.gz");
/// The recording's times are derived from this constant rate.
const FRAMES_PER_S: f64 = 270.0;
const ROUNDS: usize = 7;
const OUR_PASSES: usize = 10;
const SENSOR: SensorId = SensorId { sac: 0, sic: 1 };

fn main() {
    let stream = read_recording();
    let frames = cut(&stream);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let (mut our_positions, mut their_positions) = (0, 0);
    for _ in 0..ROUNDS {
        let start_s = cpu_s();
        for _ in 0..OUR_PASSES {
            our_positions = run_ours(&stream);
        }
        ours.push((frames.len() * OUR_PASSES) as f64 / (cpu_s() - start_s));
        let start_s = cpu_s();
        their_positions = run_theirs(&frames);
        theirs.push(frames.len() as f64 / (cpu_s() - start_s));
    }
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    println!("recording  {} frames, {} bytes", frames.len(), stream.len());
    println!("positions  modes {our_positions}, rs1090 {their_positions}");
    println!("modes      {ours:>12.0} messages/CPU-s (framing to plot)");
    println!("rs1090     {theirs:>12.0} messages/CPU-s (decode and positions)");
    println!("ratio      {:>12.1}", ours / theirs);
}

fn read_recording() -> Vec<u8> {
    let file = std::fs::File::open(RECORDING).expect("the recording is committed under data/");
    let mut stream = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut stream).expect("a whole gzip file");
    stream
}

fn cut(stream: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    BeastSplitter::default().push(stream, &mut |found| frames.extend(found));
    frames
}

/// The stream arrives in pieces as a socket gives them.
fn run_ours(stream: &[u8]) -> usize {
    let mut splitter = BeastSplitter::default();
    let mut decoder = Decoder::new(DecoderConfig::default());
    let (mut number, mut positions) = (0_u32, 0);
    for piece in stream.chunks(4096) {
        splitter.push(piece, &mut |found| {
            number += 1;
            let time = Time::EPOCH.plus_seconds(f64::from(number) / FRAMES_PER_S);
            if let Ok(frame) = found
                && let Ok(report) = decoder.decode_frame(&frame, time)
            {
                positions += usize::from(report.position.is_some());
                black_box(to_plot(&report, SENSOR, time, time));
            }
        });
    }
    positions
}

fn run_theirs(frames: &[Frame]) -> usize {
    let mut aircraft = BTreeMap::new();
    let mut reference = None;
    let mut positions = 0;
    for (number, frame) in frames.iter().enumerate() {
        let Ok(mut message) = Message::try_from(frame.bytes()) else { continue };
        if let DF::ExtendedSquitterADSB(squitter) = &mut message.df {
            let time_s = number as f64 / FRAMES_PER_S;
            let address = squitter.icao24;
            let me = &mut squitter.message;
            decode_position(me, time_s, &address, &mut aircraft, &mut reference, &None);
            if let ME::BDS05 { inner, .. } = me {
                positions += usize::from(inner.latitude.is_some());
            }
        }
        black_box(&message);
    }
    positions
}

fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Seconds this thread has run.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn cpu_s() -> f64 {
    use std::sync::LazyLock;
    use std::time::Instant;
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let started = *START;
    let on_cpu_ns = std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|line| line.split(' ').next()?.parse::<f64>().ok());
    on_cpu_ns.map_or_else(|| started.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}
