//! Beast binary format, as Mode-S Beast, Radarcape, dump1090 and readsb send it (TCP port 30005).
//!
//! | byte  | what |
//! |-------|------|
//! | 1     | escape, 1A |
//! | 2     | type: `1` Mode A/C, `2` short, `3` long; others carry no message |
//! | 3–8   | clock: 12 MHz count, or GPS time of day (Radarcape), most significant byte first |
//! | 9     | signal level |
//! | 10–   | 2, 7 or 14 bytes |
//!
//! 1A inside bytes 3 and on is sent twice.

use super::{Frame, FrameClock};
use crate::FramingDefect;
use memchr::memchr;

const ESCAPE: u8 = 0x1a;
/// Clock and signal.
const HEAD: usize = 7;
const BODY_MAX: usize = HEAD + 14;

/// What the six clock bytes mean; nothing in the stream says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BeastClock {
    /// 12 MHz counter.
    #[default]
    Ticks12MHz,
    /// GPS time of day.
    GpsTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Outside frames; whether the bytes being skipped were reported.
    Hunting { reported: bool },
    /// Outside frames, after an escape.
    HuntingEscape { reported: bool },
    /// Inside a frame with `need` bytes after its type.
    Body { need: usize },
    /// Inside a frame, after an escape.
    BodyEscape { need: usize },
}

/// Cuts a Beast stream into frames.
#[derive(Debug, Clone)]
pub struct BeastSplitter {
    clock: BeastClock,
    state: State,
    body: [u8; BODY_MAX],
    filled: usize,
}

impl Frame {
    /// Appends the frame to a Beast stream whose clock is [`BeastClock::Ticks12MHz`]; a frame
    /// without such a clock gets 0, which receivers send where they have none.
    pub fn write_beast(&self, out: &mut Vec<u8>) {
        let kind = match self.bytes().len() {
            2 => b'1',
            7 => b'2',
            _ => b'3',
        };
        let ticks = match self.clock {
            FrameClock::Ticks12MHz(ticks) => ticks,
            FrameClock::MlatResult => super::MLAT_MARK,
            FrameClock::None | FrameClock::GpsNanosOfDay(_) => 0,
        };
        out.extend([ESCAPE, kind]);
        let head = &ticks.to_be_bytes()[2..];
        for byte in head.iter().chain(&[self.signal.unwrap_or(0)]).chain(self.bytes()) {
            out.push(*byte);
            if *byte == ESCAPE {
                out.push(ESCAPE);
            }
        }
    }
}

impl Default for BeastSplitter {
    fn default() -> Self {
        Self::new(BeastClock::default())
    }
}

impl BeastSplitter {
    /// A splitter at the start of a stream.
    pub const fn new(clock: BeastClock) -> Self {
        Self { clock, state: State::Hunting { reported: false }, body: [0; BODY_MAX], filled: 0 }
    }

    /// Takes the next bytes of the stream.
    pub fn push(&mut self, bytes: &[u8], sink: &mut impl FnMut(Result<Frame, FramingDefect>)) {
        let mut rest = bytes;
        while let [first, behind @ ..] = rest {
            if let State::Hunting { .. } = self.state {
                if let Some(after) = self.take_whole(rest, sink) {
                    rest = after;
                    continue;
                }
                if *first != ESCAPE {
                    self.report_garbage(sink);
                    rest = memchr(ESCAPE, behind).map_or(&[], |at| &behind[at..]);
                    continue;
                }
            }
            self.step(*first, sink);
            rest = behind;
        }
    }

    /// The stream is at its end: an unfinished frame is reported.
    pub fn finish(&mut self, sink: &mut impl FnMut(Result<Frame, FramingDefect>)) {
        if matches!(self.state, State::Body { .. } | State::BodyEscape { .. }) {
            sink(Err(FramingDefect::Truncated));
        }
        self.state = State::Hunting { reported: false };
    }

    /// The fast way: a whole frame without escapes lies at the front. What is behind it.
    fn take_whole<'a>(
        &mut self,
        bytes: &'a [u8],
        sink: &mut impl FnMut(Result<Frame, FramingDefect>),
    ) -> Option<&'a [u8]> {
        let [ESCAPE, kind, rest @ ..] = bytes else {
            return None;
        };
        let need = body_length(*kind)?;
        let body = rest.get(..need)?;
        if body.contains(&ESCAPE) {
            return None;
        }
        self.emit(body, sink);
        self.state = State::Hunting { reported: false };
        Some(&rest[need..])
    }

    /// The slow way, byte by byte: says what the format is.
    fn step(&mut self, byte: u8, sink: &mut impl FnMut(Result<Frame, FramingDefect>)) {
        match self.state {
            State::Hunting { reported } => {
                if byte == ESCAPE {
                    self.state = State::HuntingEscape { reported };
                } else {
                    self.report_garbage(sink);
                }
            }
            State::HuntingEscape { reported } => {
                self.state = State::Hunting { reported };
                if byte == ESCAPE {
                    // The first was garbage; the second may begin a frame.
                    self.report_garbage(sink);
                    self.state = State::HuntingEscape { reported: true };
                } else {
                    self.begin(byte, sink);
                }
            }
            State::Body { need } => {
                if byte == ESCAPE {
                    self.state = State::BodyEscape { need };
                } else {
                    self.fill(byte, need, sink);
                }
            }
            State::BodyEscape { need } => {
                if byte == ESCAPE {
                    self.fill(byte, need, sink);
                } else if body_length(byte).is_some() {
                    sink(Err(FramingDefect::Truncated));
                    self.begin(byte, sink);
                } else {
                    sink(Err(FramingDefect::BadEscape));
                    self.state = State::Hunting { reported: true };
                }
            }
        }
    }

    fn begin(&mut self, kind: u8, sink: &mut impl FnMut(Result<Frame, FramingDefect>)) {
        self.filled = 0;
        if let Some(need) = body_length(kind) {
            self.state = State::Body { need };
        } else {
            // Its length is nobody's standard: it ends where the next frame begins.
            sink(Err(FramingDefect::UnsupportedType));
            self.state = State::Hunting { reported: true };
        }
    }

    fn fill(&mut self, byte: u8, need: usize, sink: &mut impl FnMut(Result<Frame, FramingDefect>)) {
        self.body[self.filled] = byte;
        self.filled += 1;
        self.state = State::Body { need };
        if self.filled == need {
            let body = self.body;
            self.emit(&body[..need], sink);
            self.state = State::Hunting { reported: false };
        }
    }

    fn emit(&self, body: &[u8], sink: &mut impl FnMut(Result<Frame, FramingDefect>)) {
        let Some((&[a, b, c, d, e, f, signal], message)) = body.split_first_chunk::<HEAD>() else {
            return;
        };
        let word = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        // An all-zero Mode A/C frame is how dump1090 and readsb keep a connection alive.
        if message == [0, 0] && word == 0 {
            return;
        }
        let clock = match self.clock {
            BeastClock::Ticks12MHz => FrameClock::from_ticks(word),
            BeastClock::GpsTime => FrameClock::from_gps(word),
        };
        if let Some(frame) = Frame::new(clock, Some(signal), message) {
            sink(Ok(frame));
        }
    }

    fn report_garbage(&mut self, sink: &mut impl FnMut(Result<Frame, FramingDefect>)) {
        if self.state == (State::Hunting { reported: false }) {
            sink(Err(FramingDefect::Garbage));
            self.state = State::Hunting { reported: true };
        }
    }
}

/// Bytes after the type, escapes undone.
const fn body_length(kind: u8) -> Option<usize> {
    match kind {
        b'1' => Some(HEAD + 2),
        b'2' => Some(HEAD + 7),
        b'3' => Some(HEAD + 14),
        _ => None,
    }
}
