//! The built program, killed hard while data come in.

use node::event::Event;
use node::journal::{Entries, Entry};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

const ROUNDS: usize = 3;

/// A node that is gone when its owner is.
struct Node {
    child: Child,
    console: String,
}

impl Node {
    fn start(feed: &str, recording: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_entente"))
            .args(["--log", "error", "run", "--listen", "127.0.0.1:0", "--feed", feed, "--record"])
            .arg(recording)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let out = child.stdout.take().expect("its output is ours");
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).expect("it says where the console is");
        let console = line.trim().trim_start_matches("console: http://").to_owned();
        Self { child, console }
    }

    /// Bytes of the feed that the engine has acted on; none before it first counted.
    fn bytes_acted_on(&self) -> Option<usize> {
        let mut stream = TcpStream::connect(&self.console).expect("the console listens");
        let request =
            format!("GET /metrics HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.console);
        stream.write_all(request.as_bytes()).expect("it takes a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let line = answer.lines().find(|line| line.starts_with("entente_feed_bytes_total"));
        line.and_then(|line| line.rsplit(' ').next()).and_then(|n| n.parse().ok())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // SIGKILL: nothing of it runs on.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn frames() -> Vec<u8> {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/modes/lax_public_first400s.beast.gz");
    let file = std::fs::File::open(path).expect("the recording is part of the repository");
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).expect("whole gzip");
    bytes
}

/// Everything that the feed brought in the journal's newest run.
fn recorded(folder: &Path) -> Vec<u8> {
    let mut entries = Entries::open(folder).expect("the journal opens");
    let mut bytes = Vec::new();
    while let Some((_, entry)) = entries.read().expect("the journal is readable") {
        match entry {
            Entry::Event(Event::FeedConnected { .. }) => bytes.clear(),
            Entry::Event(Event::Received { bytes: piece, .. }) => bytes.extend(piece),
            _ => {}
        }
    }
    bytes
}

#[test]
fn whatever_the_engine_acted_on_is_in_the_journal_however_hard_the_node_dies() {
    let folder = tempfile::tempdir().expect("a folder");
    let receiver = TcpListener::bind("127.0.0.1:0").expect("a port");
    let feed = format!("beast+tcp://{}", receiver.local_addr().expect("an address"));
    let frames = frames();
    for round in 1..=ROUNDS {
        let node = Node::start(&feed, folder.path());
        let (mut stream, _) = receiver.accept().expect("the node connects");
        // It has acted again on what the run before left.
        let taken_up = loop {
            if let Some(bytes) = node.bytes_acted_on() {
                break bytes;
            }
        };
        let half = frames.len() * round / (2 * ROUNDS);
        stream.write_all(&frames[..half]).expect("the node listens");
        let mut acted_on = 0;
        while acted_on < half / 2 {
            acted_on = node.bytes_acted_on().unwrap_or(0) - taken_up;
        }
        // The rest is on its way while the node dies.
        stream.write_all(&frames[half..half + half / 4]).expect("the node listens");
        drop(node);

        let kept = recorded(folder.path());
        assert!(kept.len() >= acted_on, "round {round}: {} of {acted_on} bytes", kept.len());
        assert!(frames.starts_with(&kept), "round {round}: not what was sent");
    }
}
