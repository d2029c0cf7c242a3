//! Plays a recording of Beast frames to whoever connects, at the pace at which it was received, and
//! datagrams that others made to whom they are for ([`Sender`]).
//!
//! The pace comes from the frames' own 12 MHz counter ([`Pacer`]). Played in a loop, the counter is
//! rewritten so that it goes on: the receiver sees one unbroken clock.

use crate::clock::Clock;
use crate::pace::Pacer;
use flate2::read::MultiGzDecoder;
use modes::{BeastSplitter, Frame, FramingDefect};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use surveillance::Time;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::Semaphore;
use tokio::time::{self, Instant};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Frames due within this time go out together.
const PACK: Duration = Duration::from_millis(10);
/// Listeners at once.
const LISTENERS_MAX: usize = 16;
/// A listener that takes nothing for this long is dropped.
const WRITE_MAX: Duration = Duration::from_secs(30);
const READ_BYTES: usize = 64 << 10;

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

/// A datagram, and when it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// Seconds after the start.
    pub after_s: f64,
    /// To whom.
    pub to: SocketAddr,
    /// What.
    pub octets: Vec<u8>,
}

/// Sends datagrams on this machine when they are due.
#[derive(Debug)]
pub struct Sender {
    socket: UdpSocket,
    clock: Clock,
}

impl Sender {
    /// # Errors
    /// If the machine gives no socket.
    pub async fn new() -> io::Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        Ok(Self { socket, clock: Clock::new() })
    }

    /// Times count from now.
    pub fn start(&self) -> Start<'_> {
        Start { sender: self, begun: Instant::now(), began: self.clock.now() }
    }
}

/// When something began to be sent.
#[derive(Debug)]
pub struct Start<'a> {
    sender: &'a Sender,
    begun: Instant,
    /// The same, UTC.
    pub began: Time,
}

impl Start<'_> {
    /// Sends them, in their order. Nobody there yet, or any more, is nothing to wait for.
    pub async fn send(&self, datagrams: impl Iterator<Item = Due>) {
        for due in datagrams {
            self.wait(due.after_s).await;
            let _ = self.sender.socket.send_to(&due.octets, due.to).await;
        }
    }

    /// Until so many seconds after the start.
    pub async fn wait(&self, after_s: f64) {
        time::sleep_until(self.begun + Duration::from_secs_f64(after_s.max(0.0))).await;
    }
}

async fn play_to(mut stream: TcpStream, play: &Play) -> io::Result<()> {
    let mut pacer = Pacer::default();
    let begun = Instant::now();
    let mut packed = Vec::new();
    loop {
        let mut frames = Frames::new(open(&play.file)?);
        let mut any = false;
        // Read here and not on a thread of its own: 64 KB at a time, seconds apart.
        while let Some(piece) = frames.next_piece()? {
            for frame in piece {
                any = true;
                let mut frame = *frame;
                let (clock, due) = pacer.pace(frame.clock);
                let at = begun + due.div_f64(play.speed);
                if at > Instant::now() + PACK {
                    send(&mut stream, &mut packed).await?;
                    time::sleep_until(at).await;
                }
                frame.clock = clock;
                frame.write_beast(&mut packed);
            }
            send(&mut stream, &mut packed).await?;
        }
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

/// The frames of a file, a piece at a time; whatever lies between them is passed over.
struct Frames<R> {
    source: R,
    splitter: BeastSplitter,
    bytes: Box<[u8]>,
    piece: Vec<Frame>,
}

impl<R: Read> Frames<R> {
    fn new(source: R) -> Self {
        let bytes = vec![0; READ_BYTES].into();
        Self { source, splitter: BeastSplitter::default(), bytes, piece: Vec::new() }
    }

    /// What the next 64 KB hold, perhaps nothing; `None` at the end.
    fn next_piece(&mut self) -> io::Result<Option<&[Frame]>> {
        let count = self.source.read(&mut self.bytes)?;
        self.piece.clear();
        let piece = &mut self.piece;
        let mut keep = |framed: Result<Frame, FramingDefect>| piece.extend(framed);
        self.splitter.push(&self.bytes[..count], &mut keep);
        Ok((count > 0).then_some(&self.piece))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use modes::FrameClock;
    use tokio::io::AsyncReadExt;

    fn frame(counter: u64, fill: u8) -> Frame {
        Frame::new(FrameClock::Ticks12MHz(counter), Some(fill), &[fill; 14]).expect("14 bytes")
    }

    fn ticks(frame: &Frame) -> u64 {
        let FrameClock::Ticks12MHz(ticks) = frame.clock else { panic!("{frame:?}") };
        ticks
    }

    fn bytes_of(frames: &[Frame]) -> Vec<u8> {
        let mut out = Vec::new();
        frames.iter().for_each(|frame| frame.write_beast(&mut out));
        out
    }

    fn frames_in(bytes: &[u8]) -> Vec<Frame> {
        let mut frames = Frames::new(bytes);
        let mut found = Vec::new();
        while let Some(piece) = frames.next_piece().unwrap() {
            found.extend_from_slice(piece);
        }
        found
    }

    #[test]
    fn frames_that_lie_across_two_reads_are_found() {
        let frames: Vec<_> = (0..10_000).map(|n| frame(n * 0x1a1a, 0x1a)).collect();
        assert!(bytes_of(&frames).len() > 2 * READ_BYTES);
        assert_eq!(frames_in(&bytes_of(&frames)), frames);
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
        let counters: Vec<_> = frames_in(&received).iter().map(ticks).collect();
        assert_eq!(counters.len(), 100);
        assert!(counters.windows(2).all(|pair| pair[1] == pair[0] + 12_000), "{counters:?}");

        stop.cancel();
        serving.await.unwrap().unwrap();
        std::fs::remove_file(path).unwrap();
    }
}
