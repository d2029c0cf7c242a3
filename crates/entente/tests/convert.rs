//! `entente convert` as a user runs it: every container into every other, and what is said when that
//! cannot be.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn entente(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_entente")).args(words).output().unwrap()
}

fn convert(source: &Path, destination: &Path, options: &[&str]) -> Output {
    let names = [source.to_str().unwrap(), destination.to_str().unwrap()];
    entente(&[&["convert"][..], &names, options].concat())
}

/// The lines of `entente decode`.
fn decoded(path: &Path) -> String {
    let output = entente(&["decode", path.to_str().unwrap(), "--date", "2026-11-23"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A report of CAT048 and a north mark of CAT034 at this time of day, in 1/128 s.
fn datagram(steps: u32) -> Vec<u8> {
    let [_, a, b, c] = steps.to_be_bytes();
    let report = [48, 0, 14, 0xf0, 25, 201, a, b, c, 0xa0, 0x40, 0, 0x10, 0];
    let mark = [34, 0, 11, 0xf0, 25, 201, 1, a, b, c, 0];
    [&report[..], &mark, &[0, 0]].concat()
}

/// FINAL frames from before midnight to after it.
fn frames() -> Vec<u8> {
    let mut file = Vec::new();
    for second in [86_390_u32, 86_399, 8, 17] {
        let payload = datagram(second * 128 + 64);
        let length = (payload.len() + 12) as u16;
        file.extend_from_slice(&length.to_be_bytes());
        file.extend_from_slice(&[0; 3]);
        file.extend_from_slice(&(second * 100 + 75).to_be_bytes()[1..]);
        file.extend_from_slice(&payload);
        file.extend_from_slice(&[0xA5; 4]);
    }
    file
}

#[test]
fn every_container_becomes_every_other_and_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("0.ff"), frames()).unwrap();
    let expected = decoded(&at("0.ff"));
    assert_eq!(expected.lines().count(), 8);
    assert!(expected.contains(r#""time":"2026-11-23T23:59:59.5Z""#), "{expected}");
    assert!(expected.contains(r#""time":"2026-11-24T00:00:08.5Z""#), "{expected}");
    // Each container after each other one, once.
    let names = ["pcap", "gps", "pcapng", "ast", "ff", "gps", "pcap", "ff", "pcapng", "gps", "ast"];
    let mut before: PathBuf = at("0.ff");
    for (index, name) in names.iter().enumerate() {
        let next = at(&format!("{}.{name}", index + 1));
        let output = convert(&before, &next, &["--date", "2026-11-23"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(decoded(&next), expected, "{}", next.display());
        before = next;
    }
}

#[test]
fn a_capture_keeps_its_datagrams_whole_and_their_times() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("a.ff"), frames()).unwrap();
    convert(&at("a.ff"), &at("b.pcapng"), &["--date", "2026-11-23"]);
    convert(&at("b.pcapng"), &at("c.ff"), &[]);
    // The padding behind the last block too.
    assert_eq!(std::fs::read(at("c.ff")).unwrap(), frames());
}

#[test]
fn what_cannot_be_is_said_in_one_line_and_costs_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("a.ff"), frames()).unwrap();
    let check = |destination: &str, options: &[&str], expected: &str| {
        let output = convert(&at("a.ff"), &at(destination), options);
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(expected) && said.lines().count() == 1, "{said}");
    };
    check("b.pcap", &[], "final has no dates; say on which day it began: --date 2026-11-23");
    check("b.zip", &[], "say the format with --to, or by the name");
    check("a.ff", &[], "it is what is read, and would be lost; name another file");
    assert_eq!(std::fs::read(at("a.ff")).unwrap(), frames());
    assert!(!at("b.pcap").exists());
}

#[test]
fn what_comes_over_udp_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let recorded = folder.path().join("live.pcapng");
    // A port that is free now: nobody else is told of it.
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    drop(socket);
    let url = format!("udp://127.0.0.1:{port}");
    let mut program = Command::new(env!("CARGO_BIN_EXE_entente"))
        .args(["convert", &url, recorded.to_str().unwrap(), "--limit", "2"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = std::io::BufReader::new(program.stderr.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut said, &mut line).unwrap();
    assert!(line.contains("listening"), "{line}");
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    for steps in [1_000, 2_000] {
        sender.send_to(&datagram(steps), ("127.0.0.1", port)).unwrap();
    }
    assert!(program.wait().unwrap().success());
    assert_eq!(decoded(&recorded).lines().count(), 4);
}
