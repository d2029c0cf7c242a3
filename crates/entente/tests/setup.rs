//! `entente setup`: what it hears on the network it is told of is written as feeds, and the file is sound.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

fn entente(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_entente"));
    command.current_dir(folder).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    format!("{out}{err}")
}

/// A receiver that speaks Beast: a Mode S frame each time, as readsb writes it.
fn receiver(is_over: Arc<AtomicBool>) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    // <1a> "3", six octets of time, one of signal, DF17 of 4840D6 (1090 MHz Riddle, chapter 2).
    let mut frame = vec![0x1a, b'3', 0, 0, 0, 0, 0, 1, 0x80];
    frame.extend([
        0x8d, 0x48, 0x40, 0xd6, 0x20, 0x2c, 0xc3, 0x71, 0xc3, 0x2c, 0xe0, 0x57, 0x60, 0x98,
    ]);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // Until whoever listens has heard enough.
            while !is_over.load(Ordering::Relaxed) && stream.write_all(&frame).is_ok() {
                thread::yield_now();
            }
        }
    });
    address
}

/// A radar that sends a north mark, CAT034, again and again.
fn radar(is_over: Arc<AtomicBool>) -> SocketAddr {
    let place = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = place.local_addr().unwrap();
    drop(place);
    let sender = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    // I034/010 of 25/7, I034/000 north marker, I034/030.
    let mark = [0x22, 0, 10, 0xe0, 25, 7, 1, 0x66, 0x33, 0xa0];
    thread::spawn(move || {
        while !is_over.load(Ordering::Relaxed) {
            // Nobody may listen yet.
            let _ = sender.send_to(&mark, address);
            thread::yield_now();
        }
    });
    address
}

#[test]
fn what_is_heard_is_written_as_feeds_and_the_file_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let is_over = Arc::new(AtomicBool::new(false));
    let beast = receiver(is_over.clone()).to_string();
    let group = radar(is_over.clone()).to_string();
    let arguments = [
        "setup",
        "node.toml",
        "--name",
        "Manas",
        "--party",
        "KGZ",
        "--console",
        "127.0.0.1:8480",
        "--people",
        "no",
        "--look",
        &beast,
        "--groups",
        &group,
        "--take",
        "yes",
        "--listen-s",
        "1",
    ];
    let output = entente(folder.path(), &arguments);
    assert!(output.status.success(), "{}", said(&output));
    let text = said(&output);
    assert!(text.contains(&format!("{beast}: beast")), "{text}");
    assert!(text.contains(&format!("{group}: CAT034 from 25/7")), "{text}");
    let written = std::fs::read_to_string(folder.path().join("node.toml")).unwrap();
    for line in [format!("connect = \"{beast}\""), format!("udp = \"{group}\"")] {
        assert!(written.contains(&line), "{written}");
    }
    let checked = entente(folder.path(), &["config", "check", "node.toml"]);
    assert!(checked.status.success(), "{}", said(&checked));

    let again = entente(folder.path(), &arguments);
    assert_eq!(again.status.code(), Some(2), "{}", said(&again));
    assert!(said(&again).contains("--force"), "{}", said(&again));
    assert_eq!(std::fs::read_to_string(folder.path().join("node.toml")).unwrap(), written);
    is_over.store(true, Ordering::Relaxed);
}
