//! AVR format: one frame in hexadecimal between a mark and `;` (dump1090 "raw", TCP port 30002).
//!
//! | mark | what precedes the message |
//! |------|---------------------------|
//! | `*`, `:` | nothing |
//! | `@`, `%` | clock: twelve digits, 12 MHz count |
//! | `<`  | clock, and two digits of signal level |

use super::{Frame, FrameClock};
use crate::FramingDefect;

/// Clock, signal and a long message.
const DIGITS_MAX: usize = 12 + 2 + 28;

/// Cuts an AVR stream into frames. Case of digits and white space between frames do not matter.
#[derive(Debug, Clone)]
pub struct AvrSplitter {
    state: State,
    nibbles: [u8; DIGITS_MAX],
    filled: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between frames; whether the bytes being skipped were reported.
    Hunting { reported: bool },
    /// After a mark.
    Digits { mark: u8 },
}

impl Default for AvrSplitter {
    fn default() -> Self {
        Self::new()
    }
}

impl AvrSplitter {
    /// A splitter at the start of a stream.
    pub const fn new() -> Self {
        Self { state: State::Hunting { reported: false }, nibbles: [0; DIGITS_MAX], filled: 0 }
    }

    /// Takes the next bytes of the stream.
    pub fn push(&mut self, bytes: &[u8], sink: &mut impl FnMut(Result<Frame, FramingDefect>)) {
        for byte in bytes {
            self.step(*byte, sink);
        }
    }

    /// The stream is at its end: an unfinished frame is reported.
    pub fn finish(&mut self, sink: &mut impl FnMut(Result<Frame, FramingDefect>)) {
        if matches!(self.state, State::Digits { .. }) {
            sink(Err(FramingDefect::Truncated));
        }
        self.state = State::Hunting { reported: false };
    }

    fn step(&mut self, byte: u8, sink: &mut impl FnMut(Result<Frame, FramingDefect>)) {
        match (self.state, byte) {
            (State::Hunting { .. }, b'*' | b':' | b'@' | b'%' | b'<') => self.begin(byte),
            (State::Hunting { .. }, b'\r' | b'\n' | b' ' | b'\t' | 0) => {}
            (State::Hunting { reported }, _) => {
                if !reported {
                    sink(Err(FramingDefect::Garbage));
                }
                self.state = State::Hunting { reported: true };
            }
            (State::Digits { mark }, b';') => {
                self.emit(mark, sink);
                self.state = State::Hunting { reported: false };
            }
            (State::Digits { .. }, b'*' | b':' | b'@' | b'%' | b'<') => {
                sink(Err(FramingDefect::Truncated));
                self.begin(byte);
            }
            (State::Digits { .. }, b'\r' | b'\n') => self.give_up(FramingDefect::Truncated, sink),
            (State::Digits { .. }, _) => match (byte as char).to_digit(16) {
                None => self.give_up(FramingDefect::BadHex, sink),
                Some(_) if self.filled == DIGITS_MAX => {
                    self.give_up(FramingDefect::TooLong, sink);
                }
                Some(digit) => {
                    self.nibbles[self.filled] = digit as u8;
                    self.filled += 1;
                }
            },
        }
    }

    fn begin(&mut self, mark: u8) {
        self.filled = 0;
        self.state = State::Digits { mark };
    }

    fn give_up(
        &mut self,
        defect: FramingDefect,
        sink: &mut impl FnMut(Result<Frame, FramingDefect>),
    ) {
        sink(Err(defect));
        self.state = State::Hunting { reported: true };
    }

    fn emit(&self, mark: u8, sink: &mut impl FnMut(Result<Frame, FramingDefect>)) {
        let (clock_digits, signal_digits) = match mark {
            b'@' | b'%' => (12, 0),
            b'<' => (12, 2),
            _ => (0, 0),
        };
        let nibbles = &self.nibbles[..self.filled];
        let (Some((head, message)), true) = (
            nibbles.split_at_checked(clock_digits + signal_digits),
            nibbles.len().is_multiple_of(2),
        ) else {
            return sink(Err(FramingDefect::BadLength));
        };
        let mut bytes = [0; DIGITS_MAX / 2];
        for (pair, byte) in message.chunks_exact(2).zip(&mut bytes) {
            *byte = pair[0] << 4 | pair[1];
        }
        let bytes = &bytes[..message.len() / 2];
        // `*0000;` is how dump1090 keeps a connection alive.
        if bytes == [0, 0] {
            return;
        }
        let number = |digits: &[u8]| digits.iter().fold(0, |sum, d| sum << 4 | u64::from(*d));
        let (clock, signal) = head.split_at(clock_digits);
        let clock = match clock {
            [] => FrameClock::None,
            digits => FrameClock::from_ticks(number(digits)),
        };
        let signal = (!signal.is_empty()).then(|| number(signal) as u8);
        match Frame::new(clock, signal, bytes) {
            Some(frame) => sink(Ok(frame)),
            None => sink(Err(FramingDefect::BadLength)),
        }
    }
}
