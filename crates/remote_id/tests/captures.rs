//! The two captures of spoofed Remote ID in the open: what is in them, and what is impossible of it.
//! Read from beside the workspace and skipped where they are not there (docs/design/remote-id.md).

#![expect(clippy::print_stdout, reason = "says that it skips")]

use pcap_parser::traits::PcapReaderIterator;
use pcap_parser::{Block, PcapBlockOwned, PcapError, PcapNGReader};
use remote_id::{
    Book, DoubtKind, Grade, Limits, Link, Sighting, Status, Transport, UasId, decode, to_plot,
};
use std::collections::BTreeMap;
use surveillance::{AddressKind, Measurement, SensorId, Time};

const RECEIVER: SensorId = SensorId { sac: 0, sic: 9 };

/// Frames with their times and link type.
fn frames(name: &str) -> Option<Vec<(Time, Link, Vec<u8>)>> {
    let path = format!("{}/../../../shared/data/remote_id/{name}", env!("CARGO_MANIFEST_DIR"));
    let Ok(file) = std::fs::File::open(&path) else {
        println!("skipped: no {path}");
        return None;
    };
    let mut reader = PcapNGReader::new(1 << 16, file).expect("a pcapng file");
    let (mut frames, mut link) = (Vec::new(), None);
    loop {
        match reader.next() {
            Ok((size, block)) => {
                match block {
                    PcapBlockOwned::NG(Block::InterfaceDescription(interface)) => {
                        assert_eq!(interface.if_tsresol, 9, "nanoseconds");
                        link = Link::of_capture(interface.linktype.0);
                    }
                    PcapBlockOwned::NG(Block::EnhancedPacket(packet)) => {
                        let nanos = u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low);
                        let octets = packet.data[..packet.caplen as usize].to_vec();
                        let link = link.expect("a link type that is known");
                        frames.push((Time::from_unix_nanos(nanos as i64), link, octets));
                    }
                    _ => {}
                }
                reader.consume(size);
            }
            Err(PcapError::Eof) => return Some(frames),
            Err(PcapError::Incomplete(_)) => reader.refill().expect("a readable file"),
            Err(error) => panic!("{error:?}"),
        }
    }
}

struct Heard {
    book: Book,
    sightings: Vec<Sighting>,
    defects: BTreeMap<&'static str, u32>,
    end: Time,
}

fn heard(name: &str) -> Option<Heard> {
    let mut book = Book::new(Limits::default());
    let (mut sightings, mut defects) = (Vec::new(), BTreeMap::<_, u32>::new());
    let mut end = Time::EPOCH;
    for (time, link, octets) in frames(name)? {
        end = time;
        decode(link, &octets, &mut |each| match each {
            Ok(broadcast) => sightings.extend(book.hear(&broadcast, RECEIVER, time)),
            Err(defect) => *defects.entry(defect.name()).or_default() += 1,
        });
    }
    Some(Heard { book, sightings, defects, end })
}

/// All that is doubted of the only aircraft, with what was found rounded to whole units.
fn doubts(heard: &Heard) -> Vec<(DoubtKind, f64)> {
    let aircraft: Vec<_> = heard.book.aircraft().collect();
    assert_eq!(aircraft.len(), 1);
    let doubts = aircraft[0].doubts(heard.end, heard.book.limits());
    doubts.map(|doubt| (doubt.kind, doubt.found.round())).collect()
}

fn grade(heard: &Heard) -> Option<Grade> {
    let aircraft = heard.book.aircraft().next()?;
    aircraft.grade(heard.end, heard.book.limits())
}

#[test]
fn the_spoofed_anafi_leaps_while_it_tells_that_it_stands_and_its_time_stands_still() {
    let Some(heard) = heard("parrot_anafi4_spoofed.pcapng") else { return };
    assert_eq!(heard.sightings.len(), 26);
    // The fourth message of each pack, an empty Operator ID, is three octets short.
    assert_eq!(heard.defects, BTreeMap::from([("message_truncated", 26)]));
    let last = heard.sightings.last().expect("sightings");
    assert_eq!(last.id.to_string(), "1588E040445AC004418");
    assert_eq!(last.transmitter.to_string(), "90:3a:e6:5b:c8:a8");
    assert_eq!(last.transport, Transport::Beacon);
    let point = last.location.point.expect("a place");
    let degrees = [point.latitude_rad, point.longitude_rad].map(|rad| rad.to_degrees() * 1e7);
    assert_eq!(degrees.map(f64::round), [473_868_734.0, 85_388_979.0]);
    assert_eq!((last.location.speed_mps, last.location.height_m), (Some(0.0), Some(0.0)));
    assert_eq!(last.location.height_geometric_m, None);
    let aircraft = heard.book.aircraft().next().expect("the aircraft");
    let operator = aircraft.operator().expect("its operator");
    assert_eq!((operator.latitude_rad.to_degrees() * 1e4).round(), 471_987.0);
    // 5 of 12 steps faster than 70 m/s by the most cautious reckoning; the last of them 374 m in
    // 4.1 s. The clock is 29 minutes off.
    let found = doubts(&heard);
    let kinds: Vec<_> = found.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(
        kinds,
        [
            DoubtKind::Leap,
            DoubtKind::FasterThanTold,
            DoubtKind::TimeStandsStill,
            DoubtKind::OperatorFar,
            DoubtKind::ClockOff,
            DoubtKind::CounterStandsStill,
        ],
        "{found:?}"
    );
    assert_eq!(grade(&heard), Some(Grade::Impossible));
}

#[test]
fn the_spoofed_mavic_repeats_one_message_and_stands_still_while_it_tells_that_it_flies() {
    let Some(heard) = heard("mavic_alessa_spoofed.pcapng") else { return };
    assert_eq!(heard.sightings.len(), 10);
    assert!(heard.defects.is_empty(), "{:?}", heard.defects);
    let last = heard.sightings.last().expect("sightings");
    assert_eq!(last.id.to_string(), "K6RE0WENAH9P8QAL");
    assert_eq!((last.transport, last.location.status), (Transport::DjiBeacon, Status::Airborne));
    let degrees = |point: remote_id::Point| {
        [point.latitude_rad, point.longitude_rad].map(|rad| rad.to_degrees().round())
    };
    // In Chad, its operator near Nizhny Novgorod.
    assert_eq!(last.location.point.map(degrees), Some([12.0, 13.0]));
    let aircraft = heard.book.aircraft().next().expect("the aircraft");
    assert_eq!(aircraft.operator().map(degrees), Some([56.0, 43.0]));
    let found = doubts(&heard);
    let kinds: Vec<_> = found.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(
        kinds,
        [
            DoubtKind::StandsStill,
            DoubtKind::SequenceStandsStill,
            DoubtKind::OperatorImpossible,
            DoubtKind::ClockOff,
        ],
        "{found:?}"
    );
    assert_eq!(grade(&heard), Some(Grade::Impossible));
}

#[test]
fn neither_is_taken_for_two_and_each_is_one_address_with_plots() {
    for name in ["parrot_anafi4_spoofed.pcapng", "mavic_alessa_spoofed.pcapng"] {
        let Some(heard) = heard(name) else { continue };
        assert!(doubts(&heard).iter().all(|(kind, _)| *kind != DoubtKind::TwoPlaces));
        let address = heard.sightings[0].address;
        assert_eq!(address.kind(), AddressKind::RemoteId);
        assert!(heard.sightings.iter().all(|sighting| sighting.address == address));
        let id: UasId = heard.sightings[0].id;
        assert_eq!(heard.book.by_address(address).map(|aircraft| aircraft.id), Some(id));
        let plot = to_plot(&heard.sightings[0]).expect("a plot");
        assert!(matches!(plot.measurement, Some(Measurement::Geodetic(_))));
        // Its own time cannot be: the receipt's counts.
        assert_eq!(plot.time, plot.received);
    }
}
