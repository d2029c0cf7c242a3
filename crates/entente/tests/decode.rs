//! `entente decode` as a user runs it: files of every kind in, JSON lines out.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A file of this test alone, gone with the value.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let name = format!("entente-decode-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn decode(path: &Path) -> Output {
    let program = env!("CARGO_BIN_EXE_entente");
    Command::new(program).args(["decode", "--format", "json"]).arg(path).output().unwrap()
}

/// Runs `entente decode` with more options; it has to succeed.
fn run(path: &Path, options: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_entente");
    let output = Command::new(program).arg("decode").arg(path).args(options).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

fn json(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn lines(path: &Path) -> Vec<Value> {
    let output = decode(path);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn lines_of(name: &str, bytes: &[u8]) -> Vec<Value> {
    lines(&Scratch::new(name, bytes).0)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn recording() -> PathBuf {
    root().join("data/modes/lax_public_first400s.beast.gz")
}

/// The first frames of the recording.
fn frames(count: usize) -> Vec<modes::Frame> {
    let mut reader = recording::container::Reader::open(recording()).unwrap();
    let mut splitter = modes::BeastSplitter::default();
    let mut frames = Vec::new();
    while frames.len() < count {
        let Some(recording::container::Item::Stream(chunk)) = reader.read().unwrap() else {
            panic!("the recording has more than {count} frames")
        };
        splitter.push(chunk.bytes, &mut |frame| frames.push(frame.unwrap()));
    }
    frames.truncate(count);
    frames
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn ticks(frame: &modes::Frame) -> u64 {
    match frame.clock {
        modes::FrameClock::Ticks12MHz(ticks) => ticks,
        other => panic!("{other:?}"),
    }
}

fn beast(frames: &[modes::Frame]) -> Vec<u8> {
    let mut bytes = Vec::new();
    frames.iter().for_each(|frame| frame.write_beast(&mut bytes));
    bytes
}

/// Packets on Ethernet as a pcapng file, one a second from second 1,700,000,000 on.
fn pcapng(packets: &[Vec<u8>]) -> Vec<u8> {
    let block = |kind: u32, body: &[u8]| {
        let padding = vec![0; body.len().next_multiple_of(4) - body.len()];
        let length = ((body.len() + padding.len()) as u32 + 12).to_le_bytes();
        [&kind.to_le_bytes()[..], &length, body, &padding, &length].concat()
    };
    let section = [&[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0][..], &[0xff; 8]].concat();
    let mut file = [block(0x0a0d_0d0a, &section), block(1, &[1, 0, 0, 0, 0, 0, 0, 0])].concat();
    for (second, packet) in (1_700_000_000_u64..).zip(packets) {
        let micros = second * 1_000_000;
        let length = packet.len() as u32;
        let head = [0, (micros >> 32) as u32, micros as u32, length, length];
        file.extend(block(6, &[head.map(u32::to_le_bytes).as_flattened(), packet].concat()));
    }
    file
}

/// From port 30005 of 10.0.0.1 to port 8600 of 10.0.0.2.
fn packet(protocol: u8, transport: &[u8], payload: &[u8]) -> Vec<u8> {
    let length = (20 + transport.len() + payload.len()) as u16;
    let mut ip = vec![0x45, 0, 0, 0, 0, 1, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    ip[2..4].copy_from_slice(&length.to_be_bytes());
    [&[2; 12][..], &[8, 0], &ip, transport, payload].concat()
}

const PORTS: [u8; 4] = [0x75, 0x35, 0x21, 0x98];

fn tcp(payload: &[u8]) -> Vec<u8> {
    let header = [&PORTS[..], &[0; 8], &[0x50, 0x18, 1, 0, 0, 0, 0, 0]].concat();
    packet(6, &header, payload)
}

fn udp(payload: &[u8]) -> Vec<u8> {
    let length = (8 + payload.len() as u16).to_be_bytes();
    packet(17, &[&PORTS[..], &length, &[0, 0]].concat(), payload)
}

/// I048/010 and I048/140: 25/201 at 52,327.25 s of the day.
const CAT048: &[u8] = &[48, 0, 9, 0xc0, 25, 201, 0x66, 0x33, 0xa0];

#[test]
fn the_recording_gives_a_line_for_each_of_its_frames() {
    let lines = lines(&recording());
    assert_eq!(lines.len(), 108_000);
    for line in &lines {
        assert!(line["receiver_s"].is_f64() && line["df"].is_u64(), "{line}");
        assert!(matches!(line["frame"].as_str().unwrap().len(), 14 | 28), "{line}");
        assert!(line.get("icao").is_some(), "{line}");
    }
    let with = |key| lines.iter().filter(|line| line.get(key).is_some()).count();
    for key in ["altitude_ft", "callsign", "squawk", "lat_deg", "ground_speed_kt"] {
        assert!(with(key) > 1000, "{key}: {}", with(key));
    }
    assert!(with("track_deg") > 1000 && with("vertical_rate_fpm") > 1000);
    assert_eq!(with("lat_deg"), with("lon_deg"));
}

/// The worked examples of Junzi Sun, The 1090 Megahertz Riddle, 2nd edition.
#[test]
fn published_examples_come_out_as_published() {
    let lines = lines_of(
        "riddle.avr",
        b"*8D4840D6202CC371C32CE0576098;\n\
          @0000000000008D40621D58C386435CC412692AD6;\n\
          @000000B71B008D40621D58C382D690C8AC2863A7;\n\
          *8D485020994409940838175B284F;\n\
          *8DA05F219B06B6AF189400CBC33F;\n",
    );
    let near = |value: &Value, expected: f64, within: f64| {
        assert!((value.as_f64().unwrap() - expected).abs() < within, "{value} {expected}");
    };
    assert_eq!(lines.len(), 5);
    assert_eq!((&lines[0]["icao"], &lines[0]["df"]), (&"4840d6".into(), &17.into()));
    assert_eq!(lines[0]["callsign"], "KLM1023");
    assert_eq!(lines[0]["time"], Value::Null);
    assert_eq!(lines[2]["receiver_s"], 1.0);
    assert_eq!(lines[2]["altitude_ft"], 38_000.0);
    near(&lines[2]["lat_deg"], 52.257_20, 1e-5);
    near(&lines[2]["lon_deg"], 3.919_37, 1e-5);
    near(&lines[3]["ground_speed_kt"], 159.20, 0.01);
    near(&lines[3]["track_deg"], 182.88, 0.01);
    assert_eq!(lines[3]["vertical_rate_fpm"], -832.0);
    near(&lines[4]["airspeed_kt"], 375.0, 0.01);
    near(&lines[4]["heading_deg"], 243.98, 0.01);
    assert_eq!(lines[4]["vertical_rate_fpm"], -2304.0);
}

#[test]
fn text_and_binary_of_the_same_frames_decode_alike() {
    let frames = frames(20_000);
    let from_beast = lines_of("same.beast", &beast(&frames));
    assert_eq!(from_beast.len(), frames.len());

    let timed = |frame| format!("@{:012X}{};\r\n", ticks(frame), hex(frame.bytes()).to_uppercase());
    let timed: String = frames.iter().map(timed).collect();
    assert_eq!(lines_of("timed.avr", timed.as_bytes()), from_beast);

    let bare: String = frames.iter().map(|frame| format!("*{};\n", hex(frame.bytes()))).collect();
    let from_bare = lines_of("bare.avr", bare.as_bytes());
    assert_eq!(from_bare.len(), from_beast.len());
    let alike = from_bare.iter().zip(&from_beast).filter(|(bare, timed)| {
        assert_eq!(bare["time"], Value::Null);
        // What a frame says by itself.
        for key in ["frame", "icao", "altitude_ft", "callsign", "squawk", "ground_speed_kt"] {
            assert_eq!(bare.get(key), timed.get(key), "{key}");
        }
        bare.get("lat_deg") == timed.get("lat_deg")
    });
    // Without times some positions are refused that the elapsed time would have allowed.
    assert!(alike.count() > frames.len() * 98 / 100);
}

#[test]
fn a_bad_frame_costs_none_of_its_neighbours() {
    let frames = frames(60);
    let mut bytes = beast(&frames[..20]);
    bytes.extend(b"\x1a3\x00\x01\x02");
    bytes.extend(beast(&frames[20..40]));
    bytes.extend(b"noise\x1a\x1a\x1a9\x05");
    bytes.extend(beast(&frames[40..]));
    let found = lines_of("noise.beast", &bytes);
    let found: Vec<_> = found.iter().map(|line| line["frame"].as_str().unwrap()).collect();
    let expected: Vec<_> = frames.iter().map(|frame| hex(frame.bytes())).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_multilaterated_frame_takes_nothing_from_the_aircrafts_own() {
    // The pair of the published example an hour into the receiver's count, and between them a
    // frame that has a multilateration server's mark in place of the count.
    let found = lines_of(
        "mlat.avr",
        b"@000A0EEBB0008D40621D58C386435CC412692AD6;\n\
          @FF004D4C41548D40621D58C386435CC412692AD6;\n\
          @000A0FA2CB008D40621D58C382D690C8AC2863A7;\n",
    );
    assert_eq!(found[1]["time"], Value::Null);
    assert!(found[2].get("lat_deg").is_some(), "{}", found[2]);
}

#[test]
fn basestation_lines_keep_what_they_say() {
    let found = lines_of(
        "lines.sbs",
        b"MSG,3,1,1,4840D6,1,2026/11/23,14:32:07.250,,,,38000,,,52.2572,3.91937,,,0,0,0,0\r\n\
          MSG,4,1,1,4840D6,1,2026/11/23,14:32:08.000,,,,,159.2,182.88,,,-832,,,,,0\r\n\
          MLAT,6,1,1,4840D6,1,,,,,,,,,,,,7700,0,-1,0,0\r\n",
    );
    assert_eq!(found.len(), 3);
    assert_eq!(found[0]["time"], "2026-11-23T14:32:07.25Z");
    assert_eq!(found[0]["icao"], "4840d6");
    assert_eq!(found[0]["altitude_ft"], 38_000.0);
    assert_eq!(found[0]["lat_deg"], 52.2572);
    assert_eq!(found[1]["ground_speed_kt"], 159.2);
    assert_eq!(found[1]["vertical_rate_fpm"], -832.0);
    assert_eq!(found[2]["squawk"], "7700");
}

#[test]
fn beast_over_tcp_in_a_capture_gives_what_the_file_gives() {
    let stream = beast(&frames(500));
    let packets: Vec<_> = stream.chunks(97).map(tcp).collect();
    let mut captured = lines_of("tcp.pcapng", &pcapng(&packets));
    // The capture has a clock, the file only the receiver's counter.
    assert_eq!(captured[0]["time"], "2023-11-14T22:13:20Z");
    captured.iter_mut().for_each(|line| line["time"] = Value::Null);
    assert_eq!(captured, lines_of("tcp.beast", &stream));
}

#[test]
fn a_capture_that_joins_a_stream_within_a_frame_costs_only_that_frame() {
    let stream = beast(&frames(500));
    // The first segment is too short to tell what it is.
    let (tail, rest) = stream[7..].split_at(5);
    let packets: Vec<_> = std::iter::once(tail).chain(rest.chunks(997)).map(tcp).collect();
    assert_eq!(lines_of("joined.pcapng", &pcapng(&packets)).len(), 499);
}

#[test]
fn asterix_is_read_from_captures_and_from_bare_blocks() {
    let captured = lines_of("asterix.pcapng", &pcapng(&[udp(CAT048), udp(CAT048)]));
    assert_eq!(captured.len(), 2);
    assert_eq!((&captured[0]["category"], &captured[0]["sac"]), (&48.into(), &25.into()));
    // The capture is of 22:13 on that day.
    assert_eq!(captured[0]["time"], "2023-11-14T14:32:07.25Z");

    let bare = lines_of("blocks.ast", &[CAT048, CAT048, CAT048].concat());
    assert_eq!(bare.len(), 3);
    assert_eq!(bare[0]["time"], Value::Null);
    assert_eq!(bare[0]["items"], captured[0]["items"]);
}

#[test]
fn a_recording_without_dates_is_on_the_day_that_is_given() {
    let length = CAT048.len() as u8 + 12;
    let frame = [&[0, length, 0, 0, 0, 0x4f, 0xd8, 0x55], CAT048, &[0xa5; 4]].concat();
    let frames = Scratch::new("frames.ff", &[&frame[..], &frame, &frame].concat());
    let found = lines(&frames.0);
    assert_eq!(found.len(), 3);
    // A time of day on no day is no instant.
    assert_eq!(found[0]["time"], Value::Null);
    let found = json(&run(&frames.0, &["--date", "2026-11-23"]));
    assert_eq!(found[0]["time"], "2026-11-23T14:32:07.25Z");
    let blocks = Scratch::new("dated.ast", &[CAT048, CAT048].concat());
    let found = json(&run(&blocks.0, &["--date", "2026-11-23"]));
    assert_eq!(found[1]["time"], "2026-11-23T14:32:07.25Z");
}

#[test]
fn a_cut_gzip_yields_what_was_readable() {
    let whole = std::fs::read(recording()).unwrap();
    let cut = Scratch::new("cut.gz", &whole[..whole.len() / 10]);
    let output = decode(&cut.0);
    assert!(output.status.success());
    let found = output.stdout.iter().filter(|byte| **byte == b'\n').count();
    assert!(found > 5000, "{found}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("gzip_damaged 1"));
}

#[test]
fn a_file_that_cannot_be_decoded_is_refused_in_one_line() {
    let refused = |path: &Path, words: &str| {
        let output = decode(path);
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        assert_eq!(text.matches(words).count(), 1, "{text}");
    };
    refused(&Scratch::new("foreign", b"hello, world\n").0, "no known recording format");
    refused(&Scratch::new("empty", b"").0, "no known recording format");
    refused(Path::new("/nowhere/at/all"), "No such file");
}

#[test]
fn real_captures_are_read_without_a_defect() {
    let shared = root().join("../shared/data");
    if !shared.is_dir() {
        eprintln!("skipped: ../shared is absent");
        return;
    }
    for (name, expected) in [
        ("asterix/cct_cat_001_002.pcap", 8),
        ("asterix/cct_cat_034_048.pcap", 162),
        ("asterix/jade_final_frame_062_065_large_packet_30min.ff", 34_225),
        ("modes/traffic_sample_dump1090.beast", 239),
    ] {
        let output = decode(&shared.join(name));
        let found = output.stdout.iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(found, expected, "{name}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("no defects"), "{name}");
    }
}

#[test]
fn a_recording_is_not_written_over_by_its_own_lines() {
    let bytes = b"what a receiver sent";
    let file = Scratch::new("own", bytes);
    for format in ["json", "csv", "parquet"] {
        let program = env!("CARGO_BIN_EXE_entente");
        let command = ["decode", "--format", format, "--output"];
        let output = Command::new(program).args(command).arg(&file.0).arg(&file.0).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(2), "{format}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("name another --output"), "{said}");
        assert_eq!(std::fs::read(&file.0).unwrap(), bytes, "{format}");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_entente"))
        .args(["decode", "absent.pcap", "--output"])
        .arg(&file.0)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(std::fs::read(&file.0).unwrap(), bytes);
}
