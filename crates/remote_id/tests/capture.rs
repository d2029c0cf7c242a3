//! A capture cut anywhere gives the frames it holds; a damaged one stops and harms nothing.

use proptest::prelude::*;
use remote_id::{CaptureSplitter, Defect, Link};
use surveillance::Time;

type Frames = Vec<(Link, Option<Time>, Vec<u8>)>;

fn split(pieces: &[&[u8]]) -> (Frames, Vec<Defect>) {
    let (mut frames, mut defects) = (Vec::new(), Vec::new());
    let mut splitter = CaptureSplitter::default();
    for piece in pieces {
        splitter.push(piece, &mut |found| match found {
            Ok(captured) => {
                frames.push((captured.link, captured.time, captured.octets.to_vec()));
            }
            Err(defect) => defects.push(defect),
        });
    }
    splitter.finish(&mut |found| defects.extend(found.err()));
    (frames, defects)
}

fn word(value: u32, big: bool) -> [u8; 4] {
    if big { value.to_be_bytes() } else { value.to_le_bytes() }
}

fn pcap(big: bool, nanos: bool, frames: &[&[u8]]) -> Vec<u8> {
    let mut file = word(if nanos { 0xa1b2_3c4d } else { 0xa1b2_c3d4 }, big).to_vec();
    file.extend([0; 16]);
    file.extend(word(127, big));
    for frame in frames {
        for value in [1_700_000_000, 250, frame.len() as u32, frame.len() as u32] {
            file.extend(word(value, big));
        }
        file.extend_from_slice(frame);
    }
    file
}

fn pcapng(big: bool, frames: &[&[u8]]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut block = |kind: u32, mut body: Vec<u8>| {
        body.resize(body.len().next_multiple_of(4), 0);
        let length = word(body.len() as u32 + 12, big);
        file.extend([&word(kind, big)[..], &length, &body, &length].concat());
    };
    let magic = [&word(0x1a2b_3c4d, big)[..], &[0; 12]].concat();
    block(0x0a0d_0d0a, magic);
    let short = |value: u16| if big { value.to_be_bytes() } else { value.to_le_bytes() };
    let link = [short(105), [0, 0], [0, 0], [0, 0]].concat();
    block(1, [&link[..], &short(9), &short(1), &[9, 0, 0, 0]].concat());
    for frame in frames {
        let ticks = 1_700_000_000_000_000_250_u64;
        let words = [0, (ticks >> 32) as u32, ticks as u32, frame.len() as u32, 0];
        let head = words.map(|value| word(value, big)).concat();
        block(6, [&head[..], frame].concat());
        block(5, vec![0; 12]);
    }
    file
}

#[test]
fn frames_have_their_link_and_time_in_either_byte_order_and_unit() {
    let frames: [&[u8]; 2] = [b"one", b"another one"];
    for big in [false, true] {
        for (file, link, nanos) in [
            (pcap(big, false, &frames), Link::Radiotap, 250_000),
            (pcap(big, true, &frames), Link::Radiotap, 250),
            (pcapng(big, &frames), Link::Wifi, 250),
        ] {
            let time = Some(Time::from_unix_nanos(1_700_000_000_000_000_000 + nanos));
            let expected = frames.map(|frame| (link, time, frame.to_vec()));
            assert_eq!(split(&[&file]), (expected.to_vec(), vec![]));
        }
    }
}

#[test]
fn what_is_no_capture_or_ends_within_a_record_is_named_once() {
    assert_eq!(split(&[b"hello", b"again"]).1, [Defect::CaptureDamaged]);
    let file = pcap(false, false, &[b"whole", b"cut"]);
    let (frames, defects) = split(&[&file[..file.len() - 1]]);
    assert_eq!((frames.len(), defects), (1, vec![Defect::CaptureTruncated]));
    let mut long = pcap(false, false, &[b"whole"]);
    long.extend([0; 8]);
    long.extend([0xff; 8]);
    let (frames, defects) = split(&[&long, b"more"]);
    assert_eq!((frames.len(), defects), (1, vec![Defect::CaptureDamaged]));
}

proptest! {
    #[test]
    fn wherever_it_is_cut_the_frames_are_the_same(
        frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 1..8),
        cuts in proptest::collection::vec(0_usize..900, 0..12),
        big: bool,
        ng: bool,
    ) {
        let frames: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
        let file = if ng { pcapng(big, &frames) } else { pcap(big, false, &frames) };
        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut % (file.len() + 1)).collect();
        cuts.extend([0, file.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &file[cut[0]..cut[1]]).collect();
        let (found, defects) = split(&pieces);
        prop_assert_eq!(defects, vec![]);
        let octets: Vec<&[u8]> = found.iter().map(|(_, _, octets)| octets.as_slice()).collect();
        prop_assert_eq!(octets, frames);
    }

    #[test]
    fn any_octets_behind_a_good_beginning_harm_nothing(
        start in 0..3_usize,
        rest in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        let start = [pcap(false, false, &[]), pcapng(true, &[]), Vec::new()][start].clone();
        split(&[&start, &rest]);
    }
}
