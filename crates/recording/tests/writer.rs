//! Recordings written here, read back by us and by pcap-parser.

#![expect(clippy::unwrap_used, reason = "helpers of tests, outside a test function")]

use std::net::SocketAddr;

use pcap_parser::traits::PcapReaderIterator;
use pcap_parser::{LegacyPcapReader, PcapBlockOwned, PcapError, PcapNGReader};
use proptest::prelude::*;
use recording::container::{Chunk, Format, Item, Reader, Refused, Writer};
use surveillance::Time;

type Datagram = (Time, SocketAddr, SocketAddr, Vec<u8>);

fn written(format: Format, datagrams: &[Datagram]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), format).unwrap();
    for (time, source, destination, bytes) in datagrams {
        let chunk = Chunk {
            time: Some(*time),
            source: Some(*source),
            destination: Some(*destination),
            bytes,
        };
        writer.write(&chunk).unwrap();
    }
    writer.finish().unwrap()
}

fn read(bytes: &[u8], format: Format, day: Time) -> Vec<(Option<Time>, String, Vec<u8>)> {
    let mut reader = Reader::new(bytes, "test").unwrap().on_day_of(day);
    assert_eq!(reader.format(), format);
    let mut found = Vec::new();
    while let Some(item) = reader.read().unwrap() {
        let Item::Datagram(chunk) = item else { panic!("{item:?}") };
        let ends = chunk.source.zip(chunk.destination);
        let ends = ends.map(|(from, to)| format!("{from} {to}")).unwrap_or_default();
        found.push((chunk.time, ends, chunk.bytes.to_vec()));
    }
    found
}

/// A block of CAT048 of any octets.
fn block(octets: &[u8]) -> Vec<u8> {
    let length = (octets.len() + 3) as u16;
    [&[48], &length.to_be_bytes()[..], octets].concat()
}

fn start() -> Time {
    "2026-11-23T14:00:00Z".parse().unwrap()
}

/// Times that run on, over midnight too.
fn datagrams() -> impl Strategy<Value = Vec<Datagram>> {
    let ends = prop_oneof![
        Just(("192.0.2.7:8600", "239.1.1.1:8601")),
        Just(("[2001:db8::1]:8600", "[ff02::1]:8601")),
    ];
    let datagram = (0..7_200_000_000_000_u64, ends, proptest::collection::vec(any::<u8>(), 1..300));
    proptest::collection::vec(datagram, 1..20).prop_map(|datagrams| {
        let mut time = start();
        let made = datagrams.into_iter().map(|(later, (from, to), octets)| {
            time = time.plus(std::time::Duration::from_nanos(later));
            (time, from.parse().unwrap(), to.parse().unwrap(), block(&octets))
        });
        made.collect()
    })
}

/// Times and packets as pcap-parser sees them.
fn judged(bytes: &[u8], format: Format) -> Vec<(i64, Vec<u8>)> {
    let mut reader: Box<dyn PcapReaderIterator> = match format {
        Format::Pcap => Box::new(LegacyPcapReader::new(1 << 20, bytes).unwrap()),
        _ => Box::new(PcapNGReader::new(1 << 20, bytes).unwrap()),
    };
    let mut found = Vec::new();
    loop {
        let (consumed, block) = match reader.next() {
            Ok(next) => next,
            Err(PcapError::Eof) => return found,
            Err(PcapError::Incomplete(_)) => {
                reader.refill().unwrap();
                continue;
            }
            Err(error) => panic!("{error:?}"),
        };
        match block {
            PcapBlockOwned::Legacy(packet) => {
                let nanos = i64::from(packet.ts_sec) * 1_000_000_000 + i64::from(packet.ts_usec);
                found.push((nanos, packet.data[..packet.caplen as usize].to_vec()));
            }
            PcapBlockOwned::NG(pcap_parser::Block::EnhancedPacket(packet)) => {
                let ticks = u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low);
                found.push((ticks as i64, packet.data[..packet.caplen as usize].to_vec()));
            }
            _ => {}
        }
        reader.consume(consumed);
    }
}

proptest! {
    #[test]
    fn a_capture_keeps_times_ends_and_bytes(datagrams in datagrams(), is_pcapng: bool) {
        let format = if is_pcapng { Format::Pcapng } else { Format::Pcap };
        let bytes = written(format, &datagrams);
        let expected: Vec<_> = datagrams
            .iter()
            .map(|(time, from, to, bytes)| (Some(*time), format!("{from} {to}"), bytes.clone()))
            .collect();
        prop_assert_eq!(read(&bytes, format, start()), expected);
        let judged = judged(&bytes, format);
        prop_assert_eq!(judged.len(), datagrams.len());
        for ((nanos, packet), (time, _, _, bytes)) in judged.iter().zip(&datagrams) {
            prop_assert_eq!(*nanos, time.unix_nanos());
            prop_assert!(packet.ends_with(bytes));
        }
    }

    #[test]
    fn other_formats_keep_bytes_and_the_time_of_day_to_their_step(datagrams in datagrams()) {
        for (format, step_nanos) in [(Format::Final, Some(10_000_000)), (Format::Gps, Some(7_812_500)), (Format::RawAsterix, None)] {
            let bytes = written(format, &datagrams);
            let found = read(&bytes, format, start());
            prop_assert_eq!(found.len(), datagrams.len());
            for ((time, _, found), (told, _, _, bytes)) in found.iter().zip(&datagrams) {
                prop_assert_eq!(found, bytes);
                let step = |step_nanos: i64| {
                    let nanos = told.unix_nanos();
                    Time::from_unix_nanos(nanos - nanos.rem_euclid(step_nanos))
                };
                prop_assert_eq!(*time, step_nanos.map(step));
            }
        }
    }
}

#[test]
fn what_a_format_has_no_room_for_is_refused_by_name() {
    let check = |format, bytes: usize, time, expected: &str| {
        let mut writer = Writer::new(Vec::new(), format).unwrap();
        let bytes = vec![48; bytes];
        let chunk = Chunk { time, source: None, destination: None, bytes: &bytes };
        assert_eq!(writer.write(&chunk).unwrap_err().to_string(), expected);
    };
    let timeless = "pcap keeps the time of each datagram, and this one has none";
    check(Format::Pcap, 10, None, timeless);
    let time = Some(start());
    check(Format::Pcap, 65_508, time, "pcap has no room for a datagram of 65508 bytes");
    check(Format::Final, 65_524, time, "final has no room for a datagram of 65524 bytes");
    let refused = Writer::new(Vec::new(), Format::Beast).unwrap_err();
    assert!(matches!(refused, Refused::Format(Format::Beast)));
}

#[test]
fn a_datagram_of_unknown_ends_is_of_the_loopback() {
    let mut writer = Writer::new(Vec::new(), Format::Pcap).unwrap();
    let bytes = block(&[0x80, 1]);
    writer
        .write(&Chunk { time: Some(start()), source: None, destination: None, bytes: &bytes })
        .unwrap();
    let found = read(&writer.finish().unwrap(), Format::Pcap, start());
    assert_eq!(found[0].1, "127.0.0.1:8600 127.0.0.1:8600");
}
