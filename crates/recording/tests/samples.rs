//! Real recordings. They are not part of the repository: absent, each test says so and passes.

#![expect(clippy::unwrap_used, reason = "helpers of tests, outside a test function")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use pcap_parser::{PcapBlockOwned, PcapError, create_reader};
use recording::container::{Format, Item, Reader};
use surveillance::Time;

fn sample(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: ../shared is absent");
    None
}

#[derive(Debug, Default)]
struct Summary {
    datagrams: usize,
    bytes: usize,
    first: Option<Time>,
    last: Option<Time>,
    categories: BTreeMap<u8, usize>,
    ends: BTreeMap<String, usize>,
    defects: BTreeMap<&'static str, usize>,
    /// By link type.
    frames: BTreeMap<u32, usize>,
}

fn summarise(mut reader: Reader<File>) -> Summary {
    let mut summary = Summary::default();
    while let Some(item) = reader.read().unwrap() {
        match item {
            Item::Datagram(chunk) => {
                summary.datagrams += 1;
                summary.bytes += chunk.bytes.len();
                summary.first = summary.first.or(chunk.time);
                summary.last = chunk.time;
                *summary.categories.entry(chunk.bytes[0]).or_default() += 1;
                if let (Some(source), Some(destination)) = (chunk.source, chunk.destination) {
                    *summary.ends.entry(format!("{source} {destination}")).or_default() += 1;
                }
            }
            Item::Stream(chunk) => summary.bytes += chunk.bytes.len(),
            Item::Frame(frame) => *summary.frames.entry(frame.link_type).or_default() += 1,
            Item::Defect(defect) => *summary.defects.entry(defect.kind.name()).or_default() += 1,
        }
    }
    summary
}

/// Packets and the time of the first and last in microseconds, as the crate `pcap-parser` sees them.
fn oracle(path: &Path) -> (usize, i64, i64) {
    let mut reader = create_reader(1 << 20, File::open(path).unwrap()).unwrap();
    let (mut count, mut first, mut last) = (0, None, 0);
    loop {
        match reader.next() {
            Ok((length, block)) => {
                if let PcapBlockOwned::Legacy(packet) = block {
                    last = i64::from(packet.ts_sec) * 1_000_000 + i64::from(packet.ts_usec);
                    first.get_or_insert(last);
                    count += 1;
                }
                reader.consume(length);
            }
            Err(PcapError::Eof) => return (count, first.unwrap(), last),
            Err(PcapError::Incomplete(_)) => reader.refill().unwrap(),
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// 100 packets, 6,882 bytes of UDP payload, 1462433756.508910 to .953471: `tshark` 4.0.17
/// `-T fields -e frame.time_epoch -e udp.length`, 8 off each length.
#[test]
fn eight_radars_on_multicast() {
    let Some(path) = sample("asterix/cct_cat_034_048.pcap") else { return };
    let reader = Reader::open(&path).unwrap();
    assert_eq!((reader.format(), reader.is_compressed()), (Format::Pcap, false));
    let found = summarise(reader);
    assert_eq!((found.datagrams, found.bytes), (100, 6882));
    let micros = |time: Option<Time>| time.unwrap().unix_nanos() / 1000;
    assert_eq!(micros(found.first), 1_462_433_756_508_910);
    assert_eq!(micros(found.last), 1_462_433_756_953_471);
    assert_eq!(oracle(&path), (100, micros(found.first), micros(found.last)));
    assert!(found.ends.contains_key("10.17.58.184:21124 232.2.1.31:22131"));
    assert!(found.categories.keys().eq(&[34, 48]));
    assert!(found.defects.is_empty());
}

/// One packet of 223 bytes of payload: `tshark` as above.
#[test]
fn one_packet_of_an_older_radar() {
    let Some(path) = sample("asterix/cct_cat_001_002.pcap") else { return };
    let found = summarise(Reader::open(&path).unwrap());
    assert_eq!((found.datagrams, found.bytes), (1, 223));
    assert_eq!(found.first, Some(Time::from_unix_nanos(1_393_332_226_414_938_000)));
    assert!(found.ends.contains_key("10.19.58.182:20124 233.1.1.31:21131"));
    assert!(found.defects.is_empty());
}

/// 18,163 frames, by a walk over the lengths written separately in another language; the times of
/// day in them run from 10:37:27.00 to 11:07:27.00.
#[test]
fn half_an_hour_of_system_tracks_in_final_framing() {
    let Some(path) = sample("asterix/jade_final_frame_062_065_large_packet_30min.ff") else {
        return;
    };
    let length = path.metadata().unwrap().len() as usize;
    let reader = Reader::open(&path).unwrap().on_day_of("2026-11-23T00:00:00Z".parse().unwrap());
    assert_eq!(reader.format(), Format::Final);
    let found = summarise(reader);
    assert_eq!(found.datagrams, 18_163);
    assert_eq!(found.bytes + 12 * found.datagrams, length, "every byte is accounted for");
    assert!(found.categories.into_iter().eq([(62, 6334), (63, 5772), (65, 6057)]));
    assert_eq!(found.first.unwrap().to_string(), "2026-11-23T10:37:27Z");
    assert_eq!(found.last.unwrap().to_string(), "2026-11-23T11:07:27Z");
    assert!(found.defects.is_empty());
}

#[test]
fn bare_asterix_blocks() {
    let Some(path) = sample("asterix/cct_cat21_re.ast") else { return };
    let reader = Reader::open(&path).unwrap();
    assert_eq!(reader.format(), Format::RawAsterix);
    let found = summarise(reader);
    assert_eq!((found.datagrams, found.bytes), (2, 91));
    assert!(found.categories.into_iter().eq([(21, 2)]));
    assert!(found.defects.is_empty());
}

/// Packets by `capinfos -c`. Frames of radio captures are handed out whole.
#[test]
fn a_radio_captures_frames_are_handed_out() {
    for (name, packets) in [
        ("remote_id/mavic_alessa_spoofed.pcapng", 10),
        ("remote_id/parrot_anafi4_spoofed.pcapng", 1606),
    ] {
        let Some(path) = sample(name) else { return };
        let reader = Reader::open(&path).unwrap();
        assert_eq!(reader.format(), Format::Pcapng);
        let found = summarise(reader);
        assert!(found.defects.is_empty(), "{:?}", found.defects);
        assert!(found.frames.into_iter().eq([(127, packets)]));
    }
}

/// Bytes by `zcat | wc -c`.
#[test]
fn beast_streams_plain_and_gzipped() {
    for (name, is_compressed, bytes) in [
        ("modes/lax_public_first400s.beast.gz", true, 2_000_575),
        ("modes/traffic_sample_dump1090.beast", false, 4218),
    ] {
        let Some(path) = sample(name) else { return };
        let reader = Reader::open(&path).unwrap();
        assert_eq!((reader.format(), reader.is_compressed()), (Format::Beast, is_compressed));
        let found = summarise(reader);
        assert_eq!((found.datagrams, found.bytes), (0, bytes));
        assert!(found.defects.is_empty());
    }
}

/// Flips a bit about every 6,000 bytes, the same ones each time.
fn flip_bits(bytes: &mut [u8], from: usize) {
    let mut state = 1_u64;
    let mut at = from;
    while at < bytes.len() {
        bytes[at] ^= 1 << (state >> 60 & 7);
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        at += 1 + (state >> 33) as usize % 12_000;
    }
}

/// Counts the units of which `guard` picks the bytes that hold the structure together, and how
/// many of them were hit there.
fn units_hit(
    good: &[u8],
    bad: &[u8],
    mut at: usize,
    unit_len: impl Fn(&[u8]) -> usize,
    guard: impl Fn(&[u8]) -> Vec<u8>,
) -> (usize, usize) {
    let (mut units, mut hit) = (0, 0);
    while at < good.len() {
        let end = at + unit_len(&good[at..]);
        units += 1;
        hit += usize::from(guard(&good[at..end]) != guard(&bad[at..end]));
        at = end;
    }
    (units, hit)
}

fn datagrams(bytes: &[u8]) -> usize {
    let mut reader = Reader::new(bytes, "damaged").unwrap();
    let mut count = 0;
    while let Some(item) = reader.read().unwrap() {
        count += usize::from(matches!(item, Item::Datagram(_)));
    }
    count
}

#[test]
fn flipped_bits_in_final_framing_cost_only_the_frames_whose_framing_they_hit() {
    let Some(path) = sample("asterix/jade_final_frame_062_065_large_packet_30min.ff") else {
        return;
    };
    let good = std::fs::read(path).unwrap();
    let mut bad = good.clone();
    flip_bits(&mut bad, 500);
    let unit_len = |unit: &[u8]| usize::from(u16::from_be_bytes([unit[0], unit[1]]));
    let guard = |unit: &[u8]| [&unit[..2], &unit[unit.len() - 4..]].concat();
    let (frames, hit) = units_hit(&good, &bad, 0, unit_len, guard);
    assert!(hit > 5, "{hit} of {frames}");
    assert_eq!(datagrams(&bad), frames - hit);
}

#[test]
fn flipped_bits_in_a_capture_cost_only_the_packets_whose_headers_they_hit() {
    let Some(path) = sample("asterix/cct_cat_034_048.pcap") else { return };
    let once = std::fs::read(path).unwrap();
    let good = [&once[..24], &once[24..].repeat(200)].concat();
    let mut bad = good.clone();
    flip_bits(&mut bad, 24);
    let unit_len = |unit: &[u8]| 16 + u32::from_le_bytes(unit[8..12].try_into().unwrap()) as usize;
    // The packet's header, Ethernet, IP and UDP.
    let guard = |unit: &[u8]| unit[..16 + 14 + 20 + 8].to_vec();
    let (packets, hit) = units_hit(&good, &bad, 24, unit_len, guard);
    assert!(hit > 50, "{hit} of {packets}");
    let found = datagrams(&bad);
    assert!((packets - hit..=packets).contains(&found), "{packets}, {hit} hit, {found} found");
}
