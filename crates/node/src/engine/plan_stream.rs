//! A stream of messages about flight plans, cut into pieces that can be read.

use intent::plan::{Message, Reading, read};

/// Text that waits for its end; beyond it, it is read as it is.
const TEXT_MAX: usize = 256 * 1024;

/// What is searched again with the next piece: the longest mark of an end, and the blanks in one.
const MARK_MAX: usize = 16;

/// What came and is not yet a whole message.
#[derive(Debug, Default)]
pub(super) struct PlanStream {
    text: Vec<u8>,
    /// How much of it was searched for an end.
    searched: usize,
}

impl PlanStream {
    /// Takes in a piece of the stream: the messages that are whole now, and how many defects there
    /// were.
    pub(super) fn push(&mut self, bytes: &[u8], each: &mut impl FnMut(Result<Message, ()>)) {
        self.text.extend_from_slice(bytes);
        let from = self.searched.saturating_sub(MARK_MAX);
        self.searched = self.text.len();
        let end = match last_end(&self.text[from..]) {
            Some(end) => from + end,
            None if self.text.len() > TEXT_MAX => self.text.len(),
            None => return,
        };
        let rest = self.text.split_off(end);
        let whole = std::mem::replace(&mut self.text, rest);
        self.searched = self.text.len();
        hand_on(read(&whole), each);
    }

    /// Nothing that follows belongs to what came.
    pub(super) fn finish(&mut self, each: &mut impl FnMut(Result<Message, ()>)) {
        self.searched = 0;
        let text = std::mem::take(&mut self.text);
        if !text.iter().all(u8::is_ascii_whitespace) {
            hand_on(read(&text), each);
        }
    }
}

fn hand_on(reading: Reading, each: &mut impl FnMut(Result<Message, ()>)) {
    for (_, message) in reading.messages {
        each(Ok(message));
    }
    for _ in 0..reading.defects.len() + reading.defects_left_out {
        each(Err(()));
    }
}

/// Where the last message that is surely whole ends: an ICAO one with a bracket at the end of its
/// line (a remark may have others), any with `NNNN` or an empty line.
fn last_end(text: &[u8]) -> Option<usize> {
    let ends_line = |rest: &[u8]| {
        let after = rest.iter().find(|octet| !matches!(octet, b' ' | b'\r' | b'\t'));
        matches!(after, Some(b'\n' | b'('))
    };
    // The bracket first: of blanks alone each would look past all that follow.
    let closes = |at: &usize| text[*at] == b')' && ends_line(&text[at + 1..]);
    let bracket = (0..text.len()).rev().find(closes).map(|at| at + 1);
    let after = |mark: &[u8]| {
        text.windows(mark.len()).rposition(|part| part == mark).map(|at| at + mark.len())
    };
    [bracket, after(b"NNNN"), after(b"\n\n"), after(b"\n\r\n")].into_iter().flatten().max()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = "(FPL-KZR901-IS\n-A320/M-SDE2E3FGIWY/S\n-UCFM0900\n\
                        -N0450F330 DCT\n-UAAA0045\n-DOF/261123)\n";

    fn through(pieces: &[&[u8]]) -> (usize, usize) {
        let (mut stream, mut messages, mut defects) = (PlanStream::default(), 0, 0);
        let mut each = |found: Result<Message, ()>| match found {
            Ok(_) => messages += 1,
            Err(()) => defects += 1,
        };
        pieces.iter().for_each(|piece| stream.push(piece, &mut each));
        stream.finish(&mut each);
        (messages, defects)
    }

    #[test]
    fn a_stream_cut_anywhere_gives_the_same_messages() {
        let text = format!("{PLAN}{PLAN}").into_bytes();
        for at in 0..text.len() {
            assert_eq!(through(&[&text[..at], &text[at..]]), (2, 0), "cut at {at}");
        }
    }

    #[test]
    fn a_bracket_in_a_remark_ends_nothing() {
        let text = PLAN.replace("-DOF/261123)", "-DOF/261123 RMK/TEST (ABC) MORE)").into_bytes();
        let whole = through(&[&text]);
        assert_eq!(whole.0, 1);
        for at in 0..text.len() {
            assert_eq!(through(&[&text[..at], &text[at..]]), whole, "cut at {at}");
        }
    }

    #[test]
    fn what_is_no_message_is_a_defect_and_holds_up_nothing() {
        let (messages, defects) = through(&[b"(FPL-?)\n", PLAN.as_bytes()]);
        assert_eq!(messages, 1);
        assert!(defects > 0);
        let endless = vec![b'x'; TEXT_MAX + 10];
        assert_eq!(through(&[&endless, b"\n\n", PLAN.as_bytes()]).0, 1);
    }
}
