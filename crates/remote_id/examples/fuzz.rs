//! Random and changed frames: nothing may panic or give a number that is none. The same seed gives
//! the same frames on every machine.
//!
//!     cargo xtask fuzz remote-id --inputs 100000000
#![expect(clippy::disallowed_methods, reason = "tells how long it took")]
#![expect(clippy::print_stdout, reason = "a program that tells")]

use remote_id::{Link, Message, decode};
use std::time::Instant;

const LINKS: [Link; 5] =
    [Link::Wifi, Link::Radiotap, Link::BluetoothLe, Link::BluetoothLeRadio, Link::Advertising];
/// Beginnings behind which decoding goes deeper: beacons with each element, NAN, advertising.
const HEADS: [&[u8]; 6] = [
    &[0xdd, 105, 0xfa, 0x0b, 0xbc, 0x0d, 0, 0xf2, 25, 4],
    &[0xdd, 94, 0x26, 0x37, 0x12, 0x58, 0x62, 0x13, 0x10, 2],
    &[0xdd, 80, 0x6a, 0x5c, 0x35, 1, 1, 1, 1],
    &[
        4, 9, 0x50, 0x6f, 0x9a, 0x13, 3, 120, 0, 0x88, 0x69, 0x19, 0x9d, 0x92, 9, 1, 0, 0x10, 110,
        0, 0xf2, 25, 4,
    ],
    &[0xd6, 0xbe, 0x89, 0x8e, 2, 37, 1, 2, 3, 4, 5, 6, 30, 0x16, 0xfa, 0xff, 0x0d],
    &[1, 2, 3, 4, 5, 6, 110, 0x16, 0xfa, 0xff, 0x0d, 0, 0xf2, 25, 4],
];

fn main() {
    let option = |name: &str| std::env::args().skip_while(|argument| argument != name).nth(1);
    let number = |name: &str, default: u64| {
        option(name).map_or(default, |text| text.parse().expect("a number"))
    };
    let (inputs, seed) = (number("--inputs", 1_000_000), number("--seed", 1));
    let start = Instant::now();
    let (mut broadcasts, mut defects, mut octets) = (0_u64, 0_u64, 0_u64);
    let mut random = Random(seed);
    let mut frame = Vec::new();
    for _ in 0..inputs {
        let link = make(&mut random, &mut frame);
        octets += frame.len() as u64;
        decode(link, &frame, &mut |each| match each {
            Ok(broadcast) => {
                broadcasts += 1;
                assert!(broadcast.messages.iter().all(is_sound), "{broadcast:?}");
            }
            Err(_) => defects += 1,
        });
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{inputs} frames of seed {seed} in {seconds:.1} s: {octets} octets, {broadcasts} broadcasts, {defects} defects; \
         no panic, no number that is none"
    );
}

fn make(random: &mut Random, frame: &mut Vec<u8>) -> Link {
    frame.clear();
    let way = random.below(HEADS.len() as u64 + 1) as usize;
    let link = match way {
        0..=2 => {
            frame.extend_from_slice(&[0x80, 0]);
            frame.resize(36, 0);
            Link::Wifi
        }
        3 => {
            frame.push(0xd0);
            frame.resize(24, 0);
            Link::Wifi
        }
        4 => Link::BluetoothLe,
        5 => Link::Advertising,
        _ => LINKS[random.below(LINKS.len() as u64) as usize],
    };
    frame.extend_from_slice(HEADS.get(way).copied().unwrap_or_default());
    let rest = random.below(160) as usize;
    // Few values, so that lengths and types often fit.
    frame.extend((0..rest).map(|_| match random.below(3) {
        0 => random.below(16) as u8 * 16 + random.below(3) as u8,
        1 => random.below(40) as u8,
        _ => random.below(256) as u8,
    }));
    for _ in 0..random.below(3) {
        let at = random.below(frame.len() as u64 + 1) as usize;
        let value = random.below(256) as u8;
        if let Some(octet) = frame.get_mut(at) {
            *octet = value;
        }
    }
    link
}

fn is_sound(message: &Message) -> bool {
    let Message::Location(location) = message else { return true };
    let values = [
        location.point.map(|point| point.latitude_rad),
        location.point.map(|point| point.longitude_rad),
        location.course_rad,
        location.speed_mps,
        location.vertical_rate_mps,
        location.height_m,
        location.height_geometric_m,
    ];
    values.iter().flatten().all(|value| value.is_finite())
        && location.point.is_none_or(|point| point.latitude_rad.abs() < 1.571)
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ z >> 31) % bound.max(1)
    }
}
