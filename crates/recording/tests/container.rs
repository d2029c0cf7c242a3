//! Captures made here, read back: byte orders, units of time, link types, fragments, damage.

#![expect(clippy::unwrap_used, reason = "helpers of tests, outside a test function")]

use std::io::Write;

use etherparse::{IpFragOffset, IpNumber, Ipv4Header, PacketBuilder};
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use recording::container::{DefectKind, Format, Item, Reader, detect};
use surveillance::Time;

/// An item with its bytes owned.
#[derive(Debug, Clone, PartialEq)]
enum Found {
    Datagram(Option<i64>, String, Vec<u8>),
    Stream(String, Vec<u8>),
    Frame(Option<i64>, u32, Vec<u8>),
    Defect(&'static str),
}

fn read(bytes: &[u8]) -> Vec<Found> {
    let mut reader = Reader::new(bytes, "test").unwrap();
    let mut found = Vec::new();
    while let Some(item) = reader.read().unwrap() {
        found.push(match item {
            Item::Datagram(chunk) => {
                let ends = match (chunk.source, chunk.destination) {
                    (Some(source), Some(destination)) => format!("{source} {destination}"),
                    _ => String::new(),
                };
                Found::Datagram(chunk.time.map(Time::unix_nanos), ends, chunk.bytes.to_vec())
            }
            Item::Stream(chunk) => {
                let source = chunk.source.map(|s| s.to_string()).unwrap_or_default();
                Found::Stream(source, chunk.bytes.to_vec())
            }
            Item::Frame(frame) => {
                let time = frame.time.map(Time::unix_nanos);
                Found::Frame(time, frame.link_type, frame.bytes.to_vec())
            }
            Item::Defect(defect) => Found::Defect(defect.kind.name()),
        });
    }
    found
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn u16(self, value: u16) -> [u8; 2] {
        if self == Self::Big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn u32(self, value: u32) -> [u8; 4] {
        if self == Self::Big { value.to_be_bytes() } else { value.to_le_bytes() }
    }
}

fn pcap(order: Order, is_nanos: bool, link: u32, packets: &[(u32, u32, Vec<u8>)]) -> Vec<u8> {
    let magic = if is_nanos { 0xA1B2_3C4D } else { 0xA1B2_C3D4 };
    let mut out = order.u32(magic).to_vec();
    out.extend([order.u16(2), order.u16(4)].concat());
    out.extend([0, 0, 65535, link].map(|v| order.u32(v)).concat());
    for (seconds, fraction, bytes) in packets {
        let length = bytes.len() as u32;
        out.extend([*seconds, *fraction, length, length].map(|v| order.u32(v)).concat());
        out.extend(bytes);
    }
    out
}

fn block(order: Order, kind: u32, body: &[u8]) -> Vec<u8> {
    let mut body = body.to_vec();
    body.resize(body.len().next_multiple_of(4), 0);
    let length = order.u32(body.len() as u32 + 12);
    [&order.u32(kind), &length, &body[..], &length].concat()
}

fn section(order: Order) -> Vec<u8> {
    let fixed = [&order.u32(0x1A2B_3C4D)[..], &order.u16(1), &order.u16(0), &[0xFF; 8]].concat();
    block(order, 0x0A0D_0D0A, &fixed)
}

fn interface(order: Order, link: u16, options: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let mut body = [&order.u16(link)[..], &[0; 2], &order.u32(0)].concat();
    for (code, value) in options {
        body.extend([order.u16(*code), order.u16(value.len() as u16)].concat());
        body.extend(value);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    block(order, 1, &body)
}

fn enhanced(order: Order, interface: u32, ticks: u64, bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len() as u32;
    let head = [interface, (ticks >> 32) as u32, ticks as u32, length, length];
    block(order, 6, &[&head.map(|v| order.u32(v)).concat()[..], bytes].concat())
}

const ENDS: &str = "10.1.2.3:4000 232.1.1.31:21131";

fn ip_udp(payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let builder = PacketBuilder::ipv4([10, 1, 2, 3], [232, 1, 1, 31], 20).udp(4000, 21131);
    builder.write(&mut out, payload).unwrap();
    out
}

fn ethernet_udp(payload: &[u8]) -> Vec<u8> {
    [&[0; 12][..], &[0x08, 0x00], &ip_udp(payload)].concat()
}

fn datagram(nanos: i64, payload: &[u8]) -> Found {
    Found::Datagram(Some(nanos), ENDS.to_owned(), payload.to_vec())
}

#[test]
fn pcap_is_read_in_both_byte_orders_and_both_units_of_time() {
    for order in [Order::Little, Order::Big] {
        for (is_nanos, nanos) in [(false, 7_000), (true, 7)] {
            let packets =
                [(1_800_000_000, 7, ethernet_udp(b"one")), (3_000_000_000, 0, ethernet_udp(b""))];
            let found = read(&pcap(order, is_nanos, 1, &packets));
            let expected = [
                datagram(1_800_000_000_000_000_000 + nanos, b"one"),
                datagram(3_000_000_000_000_000_000, b""),
            ];
            assert_eq!(found, expected);
        }
    }
}

#[test]
fn pcapng_keeps_each_interfaces_link_type_unit_and_offset() {
    for order in [Order::Little, Order::Big] {
        let offset: i64 = 1_000;
        let offset = if order == Order::Big { offset.to_be_bytes() } else { offset.to_le_bytes() };
        let bytes = [
            section(order),
            interface(order, 1, &[(2, b"eth0".to_vec())]),
            interface(order, 101, &[(9, vec![9]), (14, offset.to_vec())]),
            interface(order, 1, &[(9, vec![0x80 | 10])]),
            enhanced(order, 0, 5_000_001, &ethernet_udp(b"micro")),
            enhanced(order, 1, 5_000_000_001, &ip_udp(b"nano")),
            enhanced(order, 2, 512, &ethernet_udp(b"binary")),
            enhanced(order, 3, 0, &ethernet_udp(b"nobody's")),
            block(order, 3, &[&order.u32(45)[..], &ethernet_udp(b"old")].concat()),
            section(order),
            enhanced(order, 0, 0, &ethernet_udp(b"forgotten")),
        ]
        .concat();
        let expected = [
            datagram(5_000_001_000, b"micro"),
            datagram(1_005_000_000_001, b"nano"),
            datagram(500_000_000, b"binary"),
            Found::Defect("interface_unknown"),
            Found::Datagram(None, ENDS.to_owned(), b"old".to_vec()),
            Found::Defect("interface_unknown"),
        ];
        assert_eq!(read(&bytes), expected);
    }
}

#[test]
fn radio_frames_are_handed_out_as_they_were_captured() {
    for link in [105, 127, 251, 256] {
        let packet = b"\x80\0 a frame".to_vec();
        let found = read(&pcap(Order::Big, false, link, &[(1, 0, packet.clone())]));
        assert_eq!(found, [Found::Frame(Some(1_000_000_000), link, packet)]);
    }
    let found = read(&pcap(Order::Big, false, 163, &[(1, 0, vec![0; 40])]));
    assert_eq!(found, [Found::Defect("link_type_unsupported")]);
}

#[test]
fn each_link_type_is_taken_off() {
    let ip = ip_udp(b"x");
    let check = |link_type: u32, header: &[u8]| {
        let packet = [header, &ip].concat();
        let found = read(&pcap(Order::Little, false, link_type, &[(1, 0, packet)]));
        assert_eq!(found, [datagram(1_000_000_000, b"x")], "link type {link_type}");
    };
    check(0, &[2, 0, 0, 0]);
    check(1, &[&[0; 12][..], &[0x08, 0x00]].concat());
    check(1, &[&[0; 12][..], &[0x81, 0, 0, 5, 0x08, 0x00]].concat());
    check(1, &[&[0; 12][..], &[0x88, 0xA8, 0, 5, 0x81, 0, 0, 6, 0x08, 0x00]].concat());
    check(101, &[]);
    check(108, &[0, 0, 0, 2]);
    check(113, &[&[0; 14][..], &[0x08, 0x00]].concat());
    check(228, &[]);
    check(276, &[&[0x08, 0x00][..], &[0; 18]].concat());
}

#[test]
fn ipv6_and_tcp_are_told_by_their_ends() {
    let mut udp = Vec::new();
    let builder = PacketBuilder::ipv6([1; 16], [2; 16], 20).udp(7, 8);
    builder.write(&mut udp, b"six").unwrap();
    let mut tcp = Vec::new();
    let builder = PacketBuilder::ipv4([10, 0, 0, 1], [10, 0, 0, 2], 20).tcp(30005, 9, 1, 100);
    builder.write(&mut tcp, b"\x1A2").unwrap();
    let found = read(&pcap(Order::Little, false, 101, &[(1, 0, udp), (1, 0, tcp)]));
    let ends = "[101:101:101:101:101:101:101:101]:7 [202:202:202:202:202:202:202:202]:8";
    let expected = [
        Found::Datagram(Some(1_000_000_000), ends.to_owned(), b"six".to_vec()),
        Found::Stream("10.0.0.1:30005".to_owned(), b"\x1A2".to_vec()),
    ];
    assert_eq!(found, expected);
}

#[test]
fn packets_that_carry_nothing_for_us_are_counted() {
    let arp = [&[0; 12][..], &[0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1], &[0; 20]].concat();
    let bytes = pcap(Order::Little, false, 1, &[(1, 0, arp)]);
    let mut reader = Reader::new(&bytes[..], "test").unwrap();
    assert_eq!(reader.read().unwrap(), None);
    assert_eq!(reader.packets_passed_over(), 1);
}

/// The fragments of a datagram, each with eight bytes of the IP payload or a multiple.
fn fragments(identification: u16, payload: &[u8], size: usize) -> Vec<Vec<u8>> {
    let whole = ip_udp(payload)[20..].to_vec();
    let count = whole.chunks(size).count();
    let fragment = |(index, chunk): (usize, &[u8])| {
        let mut header =
            Ipv4Header::new(chunk.len() as u16, 20, IpNumber::UDP, [10, 1, 2, 3], [232, 1, 1, 31])
                .unwrap();
        header.identification = identification;
        header.more_fragments = index + 1 < count;
        header.fragment_offset = IpFragOffset::try_new((index * size / 8) as u16).unwrap();
        [&header.to_bytes()[..], chunk].concat()
    };
    whole.chunks(size).enumerate().map(fragment).collect()
}

#[test]
fn fragments_are_put_together_in_any_order() {
    let payload: Vec<u8> = (0..5000_u16).map(|i| i as u8).collect();
    let mut parts = fragments(9, &payload, 1480);
    parts.reverse();
    parts.insert(2, ip_udp(b"between"));
    let packets: Vec<_> = parts.into_iter().map(|part| (1, 0, part)).collect();
    let found = read(&pcap(Order::Little, false, 101, &packets));
    assert_eq!(found, [datagram(1_000_000_000, b"between"), datagram(1_000_000_000, &payload)]);
}

#[test]
fn fragments_that_never_complete_are_bounded_and_counted() {
    let packets: Vec<_> =
        (0..200).map(|id| (1, 0, fragments(id, &[7; 100], 64)[0].clone())).collect();
    let found = read(&pcap(Order::Little, false, 101, &packets));
    assert_eq!(found, vec![Found::Defect("fragments_missing"); 200]);
}

#[test]
fn a_packet_cut_by_the_snap_length_is_delivered_and_named() {
    let mut packet = ethernet_udp(b"abcdefgh");
    packet.truncate(packet.len() - 3);
    let found = read(&pcap(Order::Little, false, 1, &[(1, 0, packet)]));
    let mut found = found.into_iter();
    assert!(found.any(|item| item == Found::Defect("packet_truncated")));
    let found =
        read(&pcap(Order::Little, false, 1, &[(1, 0, ethernet_udp(b"abcdefgh")[..47].to_vec())]));
    assert!(found.contains(&datagram(1_000_000_000, b"abcde")), "{found:?}");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn gzip_is_unpacked_over_several_members_and_a_cut_one_gives_what_it_has() {
    let text = b"MSG,3,1,1,4840D6,1\r\n".repeat(9);
    let whole = [gzip(&text[..50]), gzip(&text[50..])].concat();
    let reader = Reader::new(&whole[..], "test").unwrap();
    assert_eq!((reader.format(), reader.is_compressed()), (Format::Sbs, true));
    assert_eq!(read(&whole), [Found::Stream(String::new(), text.clone())]);
    let cut = &whole[..whole.len() - 6];
    assert_eq!(read(cut), [Found::Stream(String::new(), text), Found::Defect("gzip_damaged")]);
}

/// A capture of twenty datagrams whose payload is their number.
fn twenty(is_pcapng: bool) -> Vec<u8> {
    let packet = |i: u8| ethernet_udp(&[i; 30]);
    if is_pcapng {
        let head = [section(Order::Little), interface(Order::Little, 1, &[])].concat();
        let blocks = (0..20).flat_map(|i| enhanced(Order::Little, 0, u64::from(i), &packet(i)));
        head.into_iter().chain(blocks).collect()
    } else {
        let packets: Vec<_> = (0..20).map(|i| (1_000_000 + u32::from(i), 0, packet(i))).collect();
        pcap(Order::Little, false, 1, &packets)
    }
}

#[test]
fn a_bad_packet_length_costs_that_packet_alone() {
    for (is_pcapng, length_at) in [(false, 24 + 5 * 88 + 8), (true, 28 + 20 + 5 * 104 + 4)] {
        for bit in 0..32 {
            let mut bytes = twenty(is_pcapng);
            bytes[length_at + bit / 8] ^= 1 << (bit % 8);
            let found = read(&bytes);
            let good = |i: u8| {
                found.iter().any(|f| matches!(f, Found::Datagram(_, _, b) if b == &[i; 30]))
            };
            let lost: Vec<u8> = (0..20).filter(|&i| !good(i)).collect();
            assert!(lost.is_empty() || lost == [5], "pcapng {is_pcapng}, bit {bit}: lost {lost:?}");
            let is_named = found.iter().any(|f| matches!(f, Found::Defect(_)));
            assert!(is_named, "pcapng {is_pcapng}, bit {bit} went unnoticed: {found:?}");
        }
    }
}

#[test]
fn a_cut_capture_yields_its_whole_packets_and_says_so() {
    for is_pcapng in [false, true] {
        let bytes = twenty(is_pcapng);
        let found = read(&bytes[..bytes.len() - 1]);
        assert_eq!(found.len(), 20);
        assert_eq!(found[19], Found::Defect("file_truncated"));
    }
}

#[test]
fn an_unknown_content_is_refused_with_its_first_bytes() {
    let error = Reader::new(&b"\x7FELF\x02\x01\x01\x00\x00"[..], "a.pcap").unwrap_err();
    let expected = "a.pcap is of no known recording format (it starts with \
                    [7f, 45, 4c, 46, 02, 01, 01, 00])";
    assert_eq!(error.to_string(), expected);
    assert!(Reader::new(&b""[..], "empty").is_err());
}

/// Reads to the end; the number of steps is bounded by the input, or it would hang here.
fn exhaust(bytes: &[u8]) {
    let Ok(mut reader) = Reader::new(bytes, "test") else { return };
    let mut items = 0;
    let mut handed_out = 0;
    while let Some(item) = reader.read().unwrap() {
        items += 1;
        if let Item::Datagram(chunk) | Item::Stream(chunk) = item {
            handed_out += chunk.bytes.len();
        }
        if let Item::Defect(defect) = item {
            assert!(defect.kind != DefectKind::GzipDamaged || bytes.starts_with(&[0x1F, 0x8B]));
        }
    }
    assert!(items <= 2 * bytes.len() + 2);
    assert!(bytes.starts_with(&[0x1F, 0x8B]) || handed_out <= bytes.len() + 65_536);
}

proptest! {
    #[test]
    fn any_bytes_never_panic(
        start in prop::sample::select(vec![
            vec![], twenty(false), twenty(true), vec![0x1F, 0x8B, 8, 0],
            b"\x1A2\0\0\x15\xA8\x87\x7E\x0D\x20\0\x0C\xA8\xF7\x0A\xA7".to_vec(),
            vec![48, 0, 5, 0x80, 1, 34, 0, 5, 0x80, 1, 48, 0, 5, 0x80, 1],
            vec![0, 14, 0, 0, 0, 1, 2, 3, 48, 0, 0xA5, 0xA5, 0xA5, 0xA5],
        ]),
        tail in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let bytes = [&start[..], &tail, &start].concat();
        let _ = detect(&bytes);
        exhaust(&bytes);
    }

    #[test]
    fn any_flipped_bytes_in_a_capture_never_panic(
        is_pcapng in any::<bool>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        is_gzipped in any::<bool>(),
    ) {
        let mut bytes = twenty(is_pcapng);
        if is_gzipped {
            bytes = gzip(&bytes);
        }
        for (index, value) in flips {
            let at = index.index(bytes.len());
            bytes[at] = value;
        }
        exhaust(&bytes);
    }

    #[test]
    fn a_capture_is_read_back(
        payloads in prop::collection::vec((any::<u32>(), 0_u32..1_000_000, prop::collection::vec(any::<u8>(), 0..1400)), 0..20),
        is_big in any::<bool>(),
    ) {
        let order = if is_big { Order::Big } else { Order::Little };
        let packets: Vec<_> = payloads.iter().map(|(s, f, p)| (*s, *f, ethernet_udp(p))).collect();
        let expected: Vec<_> = payloads
            .iter()
            .map(|(s, f, p)| datagram(i64::from(*s) * 1_000_000_000 + i64::from(*f) * 1000, p))
            .collect();
        prop_assert_eq!(read(&pcap(order, false, 1, &packets)), expected.clone());
        let blocks = payloads.iter().flat_map(|(s, f, p)| {
            enhanced(order, 0, u64::from(*s) * 1_000_000 + u64::from(*f), &ethernet_udp(p))
        });
        let head = [section(order), interface(order, 1, &[])].concat();
        let pcapng: Vec<u8> = head.into_iter().chain(blocks).collect();
        prop_assert_eq!(read(&pcapng), expected);
    }
}
