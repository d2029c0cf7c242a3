//! Captures as they come over a connection: libpcap (draft-ietf-opsawg-pcap) or pcapng
//! (draft-ietf-opsawg-pcapng), told apart by their first octets. Cut anywhere.
//!
//! `tcpdump -U -w -` writes the one, `dumpcap -w -` the other.

use crate::{Defect, Link};
use surveillance::Time;

/// The longest packet that any tool keeps, and so about the most that is held back.
const RECORD_MAX: usize = 256 << 10;
/// Interfaces remembered of a pcapng section.
const INTERFACES_MAX: usize = 256;

/// A captured frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Captured<'a> {
    /// What it begins with.
    pub link: Link,
    /// When it was captured, UTC, if the capture says.
    pub time: Option<Time>,
    /// The frame.
    pub octets: &'a [u8],
}

/// Cuts a capture's stream into frames. After damage nothing more is read until the next stream:
/// where the next record begins cannot be told for sure.
#[derive(Debug, Default)]
pub struct CaptureSplitter {
    held: Vec<u8>,
    state: State,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Start,
    Pcap(Pcap),
    Pcapng {
        is_big_endian: bool,
        interfaces: Vec<Interface>,
    },
    Damaged,
}

#[derive(Debug, Clone, Copy)]
struct Pcap {
    is_big_endian: bool,
    nanos_per_fraction: i64,
    link: Option<Link>,
}

#[derive(Debug, Clone, Copy)]
struct Interface {
    link: Option<Link>,
    /// Nanoseconds are ticks × `by` / `per`.
    by: u128,
    per: u128,
    offset_s: i64,
}

/// What a state made of the octets it was shown.
enum Cut {
    /// It needs more.
    More,
    /// So many are done with.
    Done(usize),
    Damaged,
}

type Each<'a> = &'a mut dyn FnMut(Result<Captured<'_>, Defect>);

impl CaptureSplitter {
    /// Takes the next piece of the stream.
    pub fn push(&mut self, bytes: &[u8], each: Each<'_>) {
        if matches!(self.state, State::Damaged) {
            return;
        }
        self.held.extend_from_slice(bytes);
        let mut at = 0;
        loop {
            match self.state.cut(self.held.get(at..).unwrap_or_default(), each) {
                Cut::Done(count) => at += count,
                Cut::More => break,
                Cut::Damaged => {
                    each(Err(Defect::CaptureDamaged));
                    self.state = State::Damaged;
                    self.held = Vec::new();
                    return;
                }
            }
        }
        self.held.drain(..at);
    }

    /// Whether a capture has begun and is sound: what comes next belongs to it.
    pub fn is_within_capture(&self) -> bool {
        match self.state {
            State::Start => !self.held.is_empty(),
            State::Pcap(_) | State::Pcapng { .. } => true,
            State::Damaged => false,
        }
    }

    /// The stream ended, and another one may begin.
    pub fn finish(&mut self, each: Each<'_>) {
        if !self.held.is_empty() {
            each(Err(Defect::CaptureTruncated));
        }
        *self = Self::default();
    }
}

impl State {
    fn cut(&mut self, bytes: &[u8], each: Each<'_>) -> Cut {
        match self {
            Self::Start => {
                let Some(&magic) = bytes.first_chunk::<4>() else { return Cut::More };
                let pcap = match magic {
                    [0x0a, 0x0d, 0x0d, 0x0a] => None,
                    [0xd4, 0xc3, 0xb2, 0xa1] => Some((false, 1000)),
                    [0x4d, 0x3c, 0xb2, 0xa1] => Some((false, 1)),
                    [0xa1, 0xb2, 0xc3, 0xd4] => Some((true, 1000)),
                    [0xa1, 0xb2, 0x3c, 0x4d] => Some((true, 1)),
                    _ => return Cut::Damaged,
                };
                let Some((is_big_endian, nanos_per_fraction)) = pcap else {
                    *self = Self::Pcapng { is_big_endian: false, interfaces: Vec::new() };
                    return Cut::Done(0);
                };
                let Some(number) = word(bytes, 20, is_big_endian) else { return Cut::More };
                // The upper half tells of the frame check sequence.
                let link = Link::of_capture((number & 0xffff) as i32);
                *self = Self::Pcap(Pcap { is_big_endian, nanos_per_fraction, link });
                Cut::Done(24)
            }
            Self::Pcap(pcap) => pcap.cut(bytes, each),
            Self::Pcapng { is_big_endian, interfaces } => {
                block(bytes, is_big_endian, interfaces, each)
            }
            Self::Damaged => Cut::More,
        }
    }
}

impl Pcap {
    fn cut(self, bytes: &[u8], each: Each<'_>) -> Cut {
        let field = |at| word(bytes, at, self.is_big_endian);
        let (Some(seconds), Some(fraction), Some(kept), Some(_)) =
            (field(0), field(4), field(8), field(12))
        else {
            return Cut::More;
        };
        let nanos = i64::from(fraction) * self.nanos_per_fraction;
        let kept = kept as usize;
        if kept > RECORD_MAX || nanos >= 1_000_000_000 {
            return Cut::Damaged;
        }
        let Some(octets) = bytes.get(16..16 + kept) else { return Cut::More };
        let time = Time::from_unix_nanos(i64::from(seconds) * 1_000_000_000 + nanos);
        give(self.link, Some(time), octets, each);
        Cut::Done(16 + kept)
    }
}

fn give(link: Option<Link>, time: Option<Time>, octets: &[u8], each: Each<'_>) {
    each(match link {
        Some(link) => Ok(Captured { link, time, octets }),
        None => Err(Defect::LinkType),
    });
}

/// One pcapng block: type, length, body, the length again.
fn block(
    bytes: &[u8],
    is_big_endian: &mut bool,
    interfaces: &mut Vec<Interface>,
    each: Each<'_>,
) -> Cut {
    const SECTION: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];
    let Some(head) = bytes.first_chunk::<12>() else { return Cut::More };
    let is_section = head.starts_with(&SECTION);
    if is_section {
        *is_big_endian = match head[8..] {
            [0x1a, 0x2b, 0x3c, 0x4d] => true,
            [0x4d, 0x3c, 0x2b, 0x1a] => false,
            _ => return Cut::Damaged,
        };
        interfaces.clear();
    }
    let big = *is_big_endian;
    let (Some(kind), Some(length)) = (word(head, 0, big), word(head, 4, big)) else {
        return Cut::More;
    };
    let length = length as usize;
    if !(12..=RECORD_MAX + 4096).contains(&length) || !length.is_multiple_of(4) {
        return Cut::Damaged;
    }
    let Some(whole) = bytes.get(..length) else { return Cut::More };
    if word(whole, length - 4, big) != Some(length as u32) {
        return Cut::Damaged;
    }
    let body = whole.get(8..length - 4).unwrap_or_default();
    match kind {
        1 if interfaces.len() < INTERFACES_MAX => interfaces.push(interface(body, big)),
        3 => {
            let link = interfaces.first().and_then(|interface| interface.link);
            let kept = word(body, 0, big).unwrap_or(0) as usize;
            let octets = body.get(4..).unwrap_or_default();
            give(link, None, octets.get(..kept).unwrap_or(octets), each);
        }
        6 => {
            let field = |at| word(body, at, big);
            let (Some(number), Some(high), Some(low), Some(kept)) =
                (field(0), field(4), field(8), field(12))
            else {
                return Cut::Damaged;
            };
            let octets = body.get(20..).and_then(|rest| rest.get(..kept as usize));
            let Some(octets) = octets else { return Cut::Damaged };
            let interface = interfaces.get(number as usize);
            let ticks = u64::from(high) << 32 | u64::from(low);
            let time = interface.and_then(|interface| interface.time(ticks));
            give(interface.and_then(|interface| interface.link), time, octets, each);
        }
        _ => {}
    }
    Cut::Done(length)
}

fn interface(body: &[u8], big: bool) -> Interface {
    let number = short(body, 0, big).unwrap_or(u16::MAX);
    let link = Link::of_capture(i32::from(number));
    let mut interface = Interface { link, by: 1000, per: 1, offset_s: 0 };
    let mut at = 8;
    while let (Some(code), Some(length)) = (short(body, at, big), short(body, at + 2, big)) {
        let length = usize::from(length);
        let Some(value) = body.get(at + 4..at + 4 + length) else { break };
        match (code, value) {
            (0, _) => break,
            // if_tsresol: a negative power of ten, or of two if the top bit is set.
            (9, [power]) => {
                let base: u128 = if power & 0x80 != 0 { 2 } else { 10 };
                let per = base.checked_pow(u32::from(power & 0x7f)).unwrap_or(u128::MAX);
                (interface.by, interface.per) = (1_000_000_000, per);
            }
            // if_tsoffset
            (14, value) => {
                if let Ok(octets) = value.try_into() {
                    interface.offset_s =
                        if big { i64::from_be_bytes(octets) } else { i64::from_le_bytes(octets) };
                }
            }
            _ => {}
        }
        at += 4 + length.next_multiple_of(4);
    }
    interface
}

impl Interface {
    fn time(&self, ticks: u64) -> Option<Time> {
        let nanos = i128::try_from(u128::from(ticks) * self.by / self.per).ok()?;
        let nanos = nanos + i128::from(self.offset_s) * 1_000_000_000;
        i64::try_from(nanos).ok().map(Time::from_unix_nanos)
    }
}

fn word(bytes: &[u8], at: usize, is_big_endian: bool) -> Option<u32> {
    let octets = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(if is_big_endian { u32::from_be_bytes(octets) } else { u32::from_le_bytes(octets) })
}

fn short(bytes: &[u8], at: usize, is_big_endian: bool) -> Option<u16> {
    let octets = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(if is_big_endian { u16::from_be_bytes(octets) } else { u16::from_le_bytes(octets) })
}
