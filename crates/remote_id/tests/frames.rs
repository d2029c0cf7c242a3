//! Frames made by hand as their standards write them, and whatever else arrives.

use proptest::prelude::*;
use remote_id::{
    Broadcast, Defect, IdKind, Link, Message, Status, Transport, UasId, decode, decode_pack,
};
use std::f64::consts::FRAC_PI_2;

const LINKS: [Link; 6] = [
    Link::Radiotap,
    Link::Wifi,
    Link::BluetoothLe,
    Link::BluetoothLeRadio,
    Link::Advertising,
    Link::Tzsp,
];

fn taken_apart(link: Link, octets: &[u8]) -> (Vec<Broadcast>, Vec<Defect>) {
    let (mut broadcasts, mut defects) = (Vec::new(), Vec::new());
    decode(link, octets, &mut |each| match each {
        Ok(broadcast) => broadcasts.push(broadcast),
        Err(defect) => defects.push(defect),
    });
    (broadcasts, defects)
}

fn basic_id(text: &[u8]) -> Vec<u8> {
    let mut message = vec![0x02, 0x12];
    message.extend_from_slice(text);
    message.resize(25, 0);
    message
}

fn element(oui: [u8; 3], body: &[u8]) -> Vec<u8> {
    let mut element = vec![221, (3 + body.len()) as u8];
    element.extend_from_slice(&oui);
    element.extend_from_slice(body);
    element
}

fn beacon(elements: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80, 0, 0, 0, 255, 255, 255, 255, 255, 255];
    frame.extend_from_slice(&[0x90, 0x3a, 0xe6, 1, 2, 3, 0x90, 0x3a, 0xe6, 1, 2, 3, 0, 0]);
    frame.extend_from_slice(&[0; 12]);
    frame.extend_from_slice(elements);
    frame
}

fn open_drone_id(pack: &[u8]) -> Vec<u8> {
    element([0xfa, 0x0b, 0xbc], &[&[0x0d, 1], pack].concat())
}

#[test]
fn a_signal_is_read_behind_a_radio_header_and_a_checksum_is_no_element() {
    let frame = beacon(&open_drone_id(&basic_id(b"ABC")));
    // Time, flags (checksum at the end), rate, channel, signal; a second word of what is present.
    let present = (1_u32 | 1 << 1 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 31).to_le_bytes();
    let mut header = vec![0, 0, 0, 0];
    header.extend_from_slice(&present);
    header.extend_from_slice(&[0, 0, 0, 0]);
    header.resize(16, 0);
    header.extend_from_slice(&[9; 8]);
    header.extend_from_slice(&[0x10, 2, 0x6c, 9, 0xa0, 0, (-71_i8) as u8]);
    header[2] = header.len() as u8;
    // A checksum that looks like an element of 255 octets of ours.
    let captured = [&header[..], &frame, &[221, 255, 0xfa, 0x0b]].concat();
    let (broadcasts, defects) = taken_apart(Link::Radiotap, &captured);
    assert_eq!((broadcasts.len(), defects.len()), (1, 0));
    assert_eq!(broadcasts[0].signal_dbm, Some(-71));
    assert_eq!(broadcasts[0].transmitter.to_string(), "90:3a:e6:01:02:03");
    assert_eq!(Link::of_datagram(&captured), Some(Link::Radiotap));
    let sniffed = [&[1, 0, 0, 18, 0, 10, 1, (-60_i8) as u8, 1][..], &frame].concat();
    assert_eq!(Link::of_datagram(&sniffed), Some(Link::Tzsp));
    let (broadcasts, defects) = taken_apart(Link::Tzsp, &sniffed);
    assert_eq!((broadcasts[0].signal_dbm, defects.len()), (Some(-60), 0));
    header[24] = 0x40;
    let damaged = [&header[..], &frame].concat();
    assert_eq!(taken_apart(Link::Radiotap, &damaged).1, [Defect::BadChecksum]);
}

#[test]
fn a_single_message_without_a_pack_is_read_as_older_senders_and_bluetooth_4_send_it() {
    let single = basic_id(b"MFR1C123456789ABC");
    let (broadcasts, _) = taken_apart(Link::Wifi, &beacon(&open_drone_id(&single)));
    assert_eq!(broadcasts[0].messages.len(), 1);
    let data = [&[2, 1, 6, 30, 0x16, 0xfa, 0xff, 0x0d, 77], &single[..]].concat();
    let advertised = [&[6, 5, 4, 3, 2, 1][..], &data].concat();
    let mut packets = vec![(Link::Advertising, advertised.clone())];
    let packet = [&[0xd6, 0xbe, 0x89, 0x8e, 2, advertised.len() as u8][..], &advertised].concat();
    packets.push((Link::BluetoothLeRadio, [&[0; 10][..], &packet].concat()));
    packets.push((Link::BluetoothLe, packet));
    let header = [&[7, 1, 6, 5, 4, 3, 2, 1][..], &data].concat();
    let extended = [&[0xd6, 0xbe, 0x89, 0x8e, 7, header.len() as u8][..], &header].concat();
    packets.push((Link::BluetoothLe, extended));
    for (link, packet) in packets {
        let (broadcasts, defects) = taken_apart(link, &packet);
        assert_eq!((broadcasts.len(), defects.len()), (1, 0), "{link:?}");
        let broadcast = &broadcasts[0];
        assert_eq!(broadcast.transmitter.to_string(), "01:02:03:04:05:06");
        assert_eq!((broadcast.transport, broadcast.counter), (Transport::Bluetooth, Some(77)));
        assert!(matches!(&broadcast.messages[..], [Message::BasicId(basic)]
            if basic.id == UasId::new(IdKind::Serial, b"MFR1C123456789ABC")));
    }
}

#[test]
fn a_french_element_is_read_as_the_decree_writes_it() {
    let mut fields = vec![1, 1, 1, 2, 30];
    fields.extend_from_slice(b"ABC001000000000000000000000042");
    for (kind, value) in [(4, 4_361_200_i32), (5, -481_454), (8, 4_361_100), (9, -481_400)] {
        fields.extend_from_slice(&[kind, 4]);
        fields.extend_from_slice(&value.to_be_bytes());
    }
    fields.extend_from_slice(&[6, 2, 0, 140, 7, 2, 0xff, 0x9b, 10, 1, 12, 11, 2, 0x01, 0x0e]);
    let element = element([0x6a, 0x5c, 0x35], &[&[1], &fields[..]].concat());
    let (broadcasts, defects) = taken_apart(Link::Wifi, &beacon(&element));
    assert_eq!(defects, []);
    let [Message::BasicId(basic), Message::Location(location), Message::System(system)] =
        &broadcasts[0].messages[..]
    else {
        panic!("{broadcasts:?}")
    };
    let id = basic.id.expect("an identification");
    assert_eq!((id.kind(), id.to_string().len()), (IdKind::French, 30));
    let degrees = |point: Option<remote_id::Point>| {
        let point = point.expect("a place");
        let degrees = [point.latitude_rad, point.longitude_rad].map(f64::to_degrees);
        degrees.map(|degrees| (degrees * 1e5).round() / 1e5)
    };
    assert_eq!(degrees(location.point), [43.612, -4.81454]);
    assert_eq!(degrees(system.take_off), [43.611, -4.814]);
    assert_eq!((location.height_m, location.speed_mps), (Some(-101.0), Some(12.0)));
    assert_eq!(location.course_rad.map(|c| c.to_degrees().round()), Some(270.0));
}

/// Built as the Department 13 paper writes version 2.
fn dji(state: u8, speed: i16) -> Vec<u8> {
    let mut body = vec![0x58, 0x62, 0x13, 0x10, 2, 0x4d, 6, state, 0x1f];
    body.extend_from_slice(b"0K1CG8R0A301KX\0\0");
    let radians = |degrees: f64| ((degrees.to_radians() * 1e7).round() as i32).to_le_bytes();
    body.extend_from_slice(&radians(74.6));
    body.extend_from_slice(&radians(42.9));
    body.extend_from_slice(&[0; 4]);
    body.extend_from_slice(&speed.to_le_bytes());
    body.extend_from_slice(&[0; 6]);
    body.extend_from_slice(&1_700_000_000_000_u64.to_le_bytes());
    for degrees in [42.8, 74.5, 74.4, 42.7] {
        body.extend_from_slice(&radians(degrees));
    }
    body.resize(91, 0);
    body
}

#[test]
fn a_dji_element_gives_what_its_descriptions_agree_on() {
    let (broadcasts, defects) =
        taken_apart(Link::Wifi, &beacon(&element([0x26, 0x37, 0x12], &dji(0x33, -150))));
    assert_eq!(defects, []);
    assert_eq!(broadcasts[0].counter, Some(0x64d));
    let [Message::BasicId(basic), Message::Location(location), Message::System(system)] =
        &broadcasts[0].messages[..]
    else {
        panic!("{broadcasts:?}")
    };
    assert_eq!(basic.id.map(|id| id.to_string()).as_deref(), Some("0K1CG8R0A301KX"));
    let degrees = |point: Option<remote_id::Point>| {
        let point = point.expect("a place");
        let degrees = [point.latitude_rad, point.longitude_rad].map(f64::to_degrees);
        degrees.map(|degrees| (degrees * 1e5).round() / 1e5)
    };
    assert_eq!(degrees(location.point), [42.9, 74.6]);
    assert_eq!(degrees(system.operator), [42.8, 74.5]);
    assert_eq!(degrees(system.take_off), [42.7, 74.4]);
    assert_eq!((location.status, location.moves), (Status::Airborne, Some(true)));
    assert_eq!((location.speed_mps, location.height_m), (None, None));
    let still = beacon(&element([0x26, 0x37, 0x12], &dji(0, 20)));
    let (broadcasts, _) = taken_apart(Link::Wifi, &still);
    assert!(matches!(broadcasts[0].messages[1], Message::Location(location)
        if location.moves == Some(false) && location.status == Status::Ground));
    let mut unknown = dji(0, 0);
    unknown[3] = 0x11;
    let (_, defects) = taken_apart(Link::Wifi, &beacon(&element([0x26, 0x37, 0x12], &unknown)));
    assert_eq!(defects, [Defect::DjiUnknown]);
}

#[test]
fn what_is_wrong_with_a_pack_has_a_name_and_costs_no_good_message() {
    let of = |octets: &[u8]| {
        let mut defects = Vec::new();
        let messages = decode_pack(octets, &mut |defect| defects.push(defect));
        (messages.len(), defects)
    };
    let good = basic_id(b"ABC");
    let pack = |size: u8, count: u8, messages: &[&[u8]]| {
        [&[0xf2, size, count], &messages.concat()[..]].concat()
    };
    assert_eq!(of(&pack(25, 1, &[&good])), (1, vec![]));
    assert_eq!(of(&pack(25, 0, &[])), (0, vec![Defect::PackSize]));
    assert_eq!(of(&pack(25, 10, &[&good[..]; 10])), (0, vec![Defect::PackSize]));
    assert_eq!(of(&pack(24, 1, &[&good])), (0, vec![Defect::PackSize]));
    assert_eq!(of(&pack(25, 2, &[&good, &good[..9]])), (1, vec![Defect::MessageTruncated]));
    let nested = [&[0xf2_u8][..], &[0; 24]].concat();
    assert_eq!(of(&pack(25, 2, &[&nested, &good])), (1, vec![Defect::PackNested]));
    let reserved = [&[0x92_u8][..], &[0; 24]].concat();
    assert_eq!(of(&pack(25, 2, &[&reserved, &good])), (1, vec![Defect::MessageType]));
    assert_eq!(of(&basic_id(b"A\x01C")), (1, vec![Defect::IdCharacters]));
    let mut far = [0; 25];
    far[0] = 0x12;
    far[5..9].copy_from_slice(&900_000_001_i32.to_le_bytes());
    assert_eq!(of(&far), (1, vec![Defect::PositionOutOfRange]));
    assert_eq!(of(&[]), (0, vec![Defect::MessageTruncated]));
}

#[test]
fn an_element_that_runs_over_its_frame_is_named_and_the_one_before_is_read() {
    let good = open_drone_id(&basic_id(b"ABC"));
    let cut = &good[..good.len() - 1];
    let (broadcasts, defects) = taken_apart(Link::Wifi, &beacon(&[&good[..], cut].concat()));
    assert_eq!((broadcasts.len(), defects), (1, vec![Defect::ElementLength]));
    let other = [&good[..], &[48, 20, 1, 2, 3, 4, 5]].concat();
    assert_eq!(taken_apart(Link::Wifi, &beacon(&other)).1, []);
}

proptest! {
    #[test]
    fn any_octets_give_finite_values_or_named_defects(
        octets in proptest::collection::vec(any::<u8>(), 0..300),
        oui in 0..3_usize,
    ) {
        let oui = [[0xfa, 0x0b, 0xbc], [0x6a, 0x5c, 0x35], [0x26, 0x37, 0x12]][oui];
        let kind = [0x0d, 1, 0x58];
        for body in [octets.clone(), [&kind[..1], &octets].concat(), [&kind[1..], &octets].concat()] {
            let body = &body[..body.len().min(250)];
            check(Link::Wifi, &beacon(&element(oui, body)))?;
        }
        for link in LINKS {
            check(link, &octets)?;
        }
    }

    #[test]
    fn a_good_frame_with_changed_octets_harms_nothing(
        changes in proptest::collection::vec((0..200_usize, any::<u8>()), 1..8),
        cut in 0..220_usize,
    ) {
        let pack = [&[0xf2, 25, 2][..], &basic_id(b"MFR1C123456789ABC"), &[0x12; 25]].concat();
        let elements = [open_drone_id(&pack), element([0x26, 0x37, 0x12], &dji(0x33, 9))].concat();
        let mut frame = beacon(&elements);
        for (at, value) in changes {
            if let Some(octet) = frame.get_mut(at) {
                *octet = value;
            }
        }
        check(Link::Wifi, &frame)?;
        check(Link::Wifi, &frame[..cut.min(frame.len())])?;
    }
}

fn check(link: Link, octets: &[u8]) -> Result<(), TestCaseError> {
    let (broadcasts, defects) = taken_apart(link, octets);
    for defect in defects {
        prop_assert!(!defect.name().is_empty());
    }
    for broadcast in broadcasts {
        for message in &broadcast.messages {
            if let Message::Location(location) = message {
                let values = [
                    location.point.map(|p| p.latitude_rad),
                    location.point.map(|p| p.longitude_rad),
                    location.course_rad,
                    location.speed_mps,
                    location.height_m,
                ];
                prop_assert!(values.iter().flatten().all(|value| value.is_finite()));
                prop_assert!(location.point.is_none_or(|p| p.latitude_rad.abs() <= FRAC_PI_2));
            }
        }
    }
    Ok(())
}
