//! A real process, really killed: all it said it had is there.

#![expect(clippy::unwrap_used, reason = "helpers of tests, outside a test function")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use recording::journal::{FileStore, Options, Reader, Writer};
use surveillance::Time;

const DIRECTORY: &str = "ENTENTE_JOURNAL_KILL_TEST_DIRECTORY";

/// The victim. Not a test by itself: it returns at once unless the test below started it.
#[test]
fn victim() {
    let Some(directory) = std::env::var_os(DIRECTORY) else { return };
    let options = Options { segment_bytes_max: 200_000, ..Options::default() };
    let (mut writer, _) = Writer::open(FileStore::open(directory).unwrap(), options).unwrap();
    let mut out = std::io::stdout();
    // Ends by itself should nobody kill it.
    for batch in 0..100_000_i64 {
        for _ in 0..5 {
            let sequence = writer.next_sequence();
            let payload = vec![sequence as u8; 1 + (sequence % 3000) as usize];
            writer.append(Time::from_unix_nanos(batch * 1_000_000), &payload).unwrap();
        }
        let acknowledged = writer.sync().unwrap();
        if writeln!(out, "\nacknowledged {acknowledged}").is_err() {
            return;
        }
    }
}

/// Lets the victim acknowledge `batches` times, kills it, and returns the last number it said.
fn run_and_kill(directory: &std::path::Path, batches: usize) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "victim", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let number = |line: String| line.strip_prefix("acknowledged ")?.parse::<u64>().ok();
    let mut numbers = lines.map_while(Result::ok).filter_map(number);
    let mut last = numbers.nth(batches).expect("the victim lives until it is killed");
    child.kill().unwrap(); // SIGKILL, in the midst of its next batch
    child.wait().unwrap();
    // Said before it died, not yet heard.
    last = numbers.last().unwrap_or(last);
    last
}

#[test]
fn a_killed_process_loses_nothing_it_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    for round in 0..5 {
        let acknowledged = run_and_kill(directory.path(), 3 + 7 * round);
        let store = FileStore::open(directory.path()).unwrap();
        let (writer, recovery) = Writer::open(store.clone(), Options::default()).unwrap();
        drop(writer);
        let mut reader = Reader::from_start(store);
        let mut last = 0;
        while let Some(record) = reader.read().unwrap() {
            assert_eq!(record.sequence, last + 1);
            last = record.sequence;
            assert_eq!(record.payload.len(), 1 + (last % 3000) as usize);
            assert!(record.payload.iter().all(|byte| *byte == last as u8));
        }
        assert!(last >= acknowledged, "{acknowledged} acknowledged, {last} found");
        assert!(reader.damage().is_none());
        assert_eq!(recovery.next_sequence, last + 1);
    }
}
