//! Plays a recording of Beast frames to whoever connects, at the pace at which it was received.
//!
//! The pace comes from the frames' own 12 MHz counter (Beast: 0x1a, a type, six counter bytes, one
//! of signal level, the message; each 0x1a after the first is doubled). Played in a loop, the
//! counter is rewritten so that it goes on: the receiver sees one unbroken clock.

use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{self, Instant};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Beast counter ticks a second.
const TICKS_PER_S: f64 = 12e6;
/// The counter has 48 bits.
const COUNTER_MASK: u64 = (1 << 48) - 1;
/// Counters that are no time: none, and what readsb and dump1090 put on MLAT results ("MLAT").
const NO_TIME: [u64; 2] = [0, 0xff00_4d4c_4154];
/// A leap of the counter beyond this, or any step back beyond [`STEP_BACK_MAX_TICKS`], is a cut in
/// the recording: play goes on at once, [`CUT_TICKS`] later.
const LEAP_MAX_TICKS: u64 = 10 * 12_000_000;
/// Receivers put frames out of order by this much at most: half a second.
const STEP_BACK_MAX_TICKS: u64 = 6_000_000;
/// What a cut takes: a millisecond.
const CUT_TICKS: u64 = 12_000;
/// Frames due within this time go out together.
const PACK: Duration = Duration::from_millis(10);
/// Listeners at once.
const LISTENERS_MAX: usize = 16;
/// A listener that takes nothing for this long is dropped.
const WRITE_MAX: Duration = Duration::from_secs(30);
const READ_BYTES: usize = 64 << 10;
const ESCAPE: u8 = 0x1a;

/// What to play, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Play {
    /// Beast frames, plain or gzip (told by its first bytes).
    pub file: PathBuf,
    /// 1 is the pace of the recording.
    pub speed: f64,
    /// Whether to begin again at the end.
    pub repeat: bool,
}

/// Plays to each that connects, from the beginning, until told to stop.
pub async fn serve(listener: TcpListener, play: Play, stop: CancellationToken) -> io::Result<()> {
    open(&play.file)?;
    let play = Arc::new(play);
    let seats = Arc::new(Semaphore::new(LISTENERS_MAX));
    let tasks = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (Ok((stream, peer)), Ok(seat)) = (accepted, seats.clone().try_acquire_owned()) else {
            // Out of descriptors or seats: the caller sees a closed connection and comes again.
            time::sleep(PACK).await;
            continue;
        };
        let (play, stop) = (play.clone(), stop.clone());
        tasks.spawn(async move {
            tracing::info!(%peer, file = %play.file.display(), "playing");
            let ended = tokio::select! {
                () = stop.cancelled() => Ok(()),
                ended = play_to(stream, &play) => ended,
            };
            drop(seat);
            match ended {
                Ok(()) => tracing::info!(%peer, "played"),
                Err(error) => tracing::info!(%peer, %error, "playing ended"),
            }
        });
    }
    tasks.close();
    tasks.wait().await;
    Ok(())
}

async fn play_to(mut stream: TcpStream, play: &Play) -> io::Result<()> {
    let mut pacer = Pacer::new(play.speed);
    let begun = Instant::now();
    let mut packed = Vec::new();
    loop {
        // Read here and not on a thread of its own: 64 KB at a time, seconds apart.
        let mut frames = Frames::new(open(&play.file)?);
        let mut any = false;
        while let Some(frame) = frames.next()? {
            any = true;
            let (counter, due) = pacer.pace(frame.counter);
            if begun + due > Instant::now() + PACK {
                send(&mut stream, &mut packed).await?;
                time::sleep_until(begun + due).await;
            }
            frame.write(counter, &mut packed);
            if packed.len() >= READ_BYTES {
                send(&mut stream, &mut packed).await?;
            }
        }
        send(&mut stream, &mut packed).await?;
        if !play.repeat || !any {
            return stream.shutdown().await;
        }
        pacer.begin_again();
    }
}

async fn send(stream: &mut TcpStream, packed: &mut Vec<u8>) -> io::Result<()> {
    time::timeout(WRITE_MAX, stream.write_all(packed)).await??;
    packed.clear();
    Ok(())
}

fn open(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    let mut start = [0; 2];
    let is_gzip = File::open(path)?.read(&mut start)? == 2 && start == [0x1f, 0x8b];
    let file = BufReader::new(File::open(path)?);
    Ok(if is_gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) })
}

/// Counters in, counters without cuts and the time to send out.
#[derive(Debug)]
struct Pacer {
    speed: f64,
    /// The recording's newest counter; none before the first frame and after a cut.
    newest: Option<u64>,
    /// The same frame's counter as sent, not yet cut to 48 bits.
    sent: u64,
    /// The first counter sent.
    first: Option<u64>,
}

impl Pacer {
    fn new(speed: f64) -> Self {
        Self { speed, newest: None, sent: 0, first: None }
    }

    /// The next frame continues no counter before it.
    fn begin_again(&mut self) {
        self.newest = None;
    }

    /// The counter to send instead of `counter`, and when, from the beginning of the play.
    fn pace(&mut self, counter: u64) -> (u64, Duration) {
        if NO_TIME.contains(&counter) {
            return (counter, self.due(self.sent));
        }
        let first = *self.first.get_or_insert(counter);
        let Some(newest) = self.newest.replace(counter) else {
            self.sent = if self.sent == 0 { first } else { self.sent + CUT_TICKS };
            return (self.sent & COUNTER_MASK, self.due(self.sent));
        };
        let ahead = counter.wrapping_sub(newest) & COUNTER_MASK;
        let behind = newest.wrapping_sub(counter) & COUNTER_MASK;
        if behind > 0 && behind <= STEP_BACK_MAX_TICKS {
            // Out of order: its own place in time, but the newest stays the newest.
            self.newest = Some(newest);
            let counter = self.sent.saturating_sub(behind);
            return (counter & COUNTER_MASK, self.due(self.sent));
        }
        self.sent += if ahead <= LEAP_MAX_TICKS { ahead } else { CUT_TICKS };
        (self.sent & COUNTER_MASK, self.due(self.sent))
    }

    fn due(&self, sent: u64) -> Duration {
        let ticks = sent.saturating_sub(self.first.unwrap_or(sent));
        Duration::from_secs_f64(ticks as f64 / TICKS_PER_S / self.speed)
    }
}

/// One frame, its bytes undoubled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Frame {
    kind: u8,
    counter: u64,
    /// Signal level and message.
    body: [u8; 15],
    body_length: usize,
}

impl Frame {
    fn write(&self, counter: u64, out: &mut Vec<u8>) {
        out.extend([ESCAPE, self.kind]);
        let counter = counter.to_be_bytes();
        for byte in counter[2..].iter().chain(&self.body[..self.body_length]) {
            out.push(*byte);
            if *byte == ESCAPE {
                out.push(ESCAPE);
            }
        }
    }
}

/// The frames of a stream; whatever lies between them is passed over.
struct Frames<R> {
    source: R,
    buffer: Box<[u8]>,
    at: usize,
    end: usize,
}

impl<R: Read> Frames<R> {
    fn new(source: R) -> Self {
        Self { source, buffer: vec![0; READ_BYTES].into(), at: 0, end: 0 }
    }

    fn next(&mut self) -> io::Result<Option<Frame>> {
        let mut escaped = false;
        loop {
            // A type byte directly after a single escape begins a frame.
            let Some(byte) = self.byte()? else { return Ok(None) };
            if !escaped || byte == ESCAPE {
                escaped = byte == ESCAPE && !escaped;
                continue;
            }
            escaped = false;
            let body_length = match byte {
                b'1' => 3,
                b'2' => 8,
                b'3' | b'4' => 15,
                _ => continue,
            };
            match self.frame(byte, body_length)? {
                Read1::Frame(frame) => return Ok(Some(frame)),
                // What broke it off may be the type of the next one.
                Read1::BrokenOff => escaped = true,
                Read1::End => return Ok(None),
            }
        }
    }

    fn frame(&mut self, kind: u8, body_length: usize) -> io::Result<Read1> {
        let mut bytes = [0; 6 + 15];
        for slot in &mut bytes[..6 + body_length] {
            let Some(byte) = self.byte()? else { return Ok(Read1::End) };
            if byte == ESCAPE {
                match self.byte()? {
                    Some(ESCAPE) => {}
                    Some(_) => {
                        self.at -= 1;
                        return Ok(Read1::BrokenOff);
                    }
                    None => return Ok(Read1::End),
                }
            }
            *slot = byte;
        }
        let counter = bytes[..6].iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
        let mut body = [0; 15];
        body[..body_length].copy_from_slice(&bytes[6..6 + body_length]);
        Ok(Read1::Frame(Frame { kind, counter, body, body_length }))
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        if self.at == self.end {
            // The byte before stays, so that one can be given back.
            self.buffer[0] = self.buffer[self.end.saturating_sub(1)];
            let count = self.source.read(&mut self.buffer[1..])?;
            (self.at, self.end) = (1, 1 + count);
            if count == 0 {
                return Ok(None);
            }
        }
        self.at += 1;
        Ok(Some(self.buffer[self.at - 1]))
    }
}

enum Read1 {
    Frame(Frame),
    BrokenOff,
    End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tokio::io::AsyncReadExt;

    fn frame(counter: u64, fill: u8) -> Frame {
        Frame { kind: b'3', counter, body: [fill; 15], body_length: 15 }
    }

    fn bytes_of(frames: &[Frame]) -> Vec<u8> {
        let mut out = Vec::new();
        frames.iter().for_each(|frame| frame.write(frame.counter, &mut out));
        out
    }

    fn frames_in(bytes: &[u8]) -> Vec<Frame> {
        let mut frames = Frames::new(bytes);
        std::iter::from_fn(|| frames.next().unwrap()).collect()
    }

    proptest! {
        #[test]
        fn frames_are_written_and_read_back(counters in proptest::collection::vec(0..1_u64 << 48, 0..20), fill: u8) {
            let frames: Vec<_> = counters.iter().map(|counter| frame(*counter, fill)).collect();
            prop_assert_eq!(frames_in(&bytes_of(&frames)), frames);
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes: Vec<u8>) {
            frames_in(&bytes);
        }
    }

    #[test]
    fn a_frame_broken_off_does_not_cost_the_next_one() {
        let whole = frame(0x1a1a_0000_1a1a, ESCAPE);
        let mut bytes = bytes_of(&[frame(7, 7)]);
        bytes.truncate(9);
        bytes.extend(bytes_of(&[whole]));
        assert_eq!(frames_in(&bytes), [whole]);
    }

    #[test]
    fn the_pace_is_the_counters_and_a_loop_goes_on_where_it_ended() {
        let mut pacer = Pacer::new(2.0);
        let start = COUNTER_MASK - 6_000_000;
        let half_s = Duration::from_millis(250);
        assert_eq!(pacer.pace(start), (start, Duration::ZERO));
        // Over the 48 bits: one second later at double speed.
        assert_eq!(pacer.pace(5_999_999), (5_999_999, 2 * half_s));
        // Out of order: not waited for, and not put in order.
        assert_eq!(pacer.pace(5_999_000), (5_999_000, 2 * half_s));
        // No time of its own.
        assert_eq!(pacer.pace(0), (0, 2 * half_s));
        pacer.begin_again();
        let (counter, due) = pacer.pace(start);
        assert_eq!(counter, 5_999_999 + CUT_TICKS);
        assert!(due > 2 * half_s && due < 2 * half_s + PACK);
        // An hour's leap is a cut, not an hour's wait.
        assert_eq!(pacer.pace(start + 43_200_000_000).0, counter + CUT_TICKS);
    }

    #[tokio::test]
    async fn a_listener_gets_the_recording_again_and_again_with_one_clock() {
        let path = std::env::temp_dir().join(format!("player-{}.beast", std::process::id()));
        std::fs::write(&path, bytes_of(&[frame(1000, 1), frame(13_000, 2)])).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let play = Play { file: path.clone(), speed: 1000.0, repeat: true };
        let serving = tokio::spawn(serve(listener, play, stop.clone()));

        let mut stream = TcpStream::connect(address).await.unwrap();
        let mut received = vec![0; 23 * 100];
        stream.read_exact(&mut received).await.unwrap();
        let counters: Vec<_> = frames_in(&received).iter().map(|frame| frame.counter).collect();
        assert_eq!(counters.len(), 100);
        assert!(counters.windows(2).all(|pair| pair[1] == pair[0] + 12_000), "{counters:?}");

        stop.cancel();
        serving.await.unwrap().unwrap();
        std::fs::remove_file(path).unwrap();
    }
}
