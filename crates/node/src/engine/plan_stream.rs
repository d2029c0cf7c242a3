//! A stream of messages about flight plans, cut into pieces that can be read.

use super::sensors::TOLD_MAX;
use intent::plan::{Defect, Message, read};

/// Text that waits for its end; beyond it, it is read as it is.
const TEXT_MAX: usize = 256 * 1024;

/// What is searched again with the next piece: the longest mark of an end, and the blanks in one.
const MARK_MAX: usize = 16;

/// Lines of a message in which its callsign is looked for.
const LINES_MAX: usize = 40;
/// Characters of a callsign at most (field 7a).
const CALLSIGN_MAX: usize = 7;

/// What was wrong with a message, in words for those that are told.
pub(super) type Fault = Option<String>;

/// What came and is not yet a whole message.
#[derive(Debug, Default)]
pub(super) struct PlanStream {
    text: Vec<u8>,
    /// How much of it was searched for an end.
    searched: usize,
}

impl PlanStream {
    /// Takes in a piece of the stream: the messages that are whole now, and what was wrong.
    pub(super) fn push(&mut self, bytes: &[u8], each: &mut impl FnMut(Result<Message, Fault>)) {
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
        hand_on(&whole, each);
    }

    /// Nothing that follows belongs to what came.
    pub(super) fn finish(&mut self, each: &mut impl FnMut(Result<Message, Fault>)) {
        self.searched = 0;
        let text = std::mem::take(&mut self.text);
        if !text.iter().all(u8::is_ascii_whitespace) {
            hand_on(&text, each);
        }
    }
}

/// The last few are told in words; of the others it counts that they were.
fn hand_on(bytes: &[u8], each: &mut impl FnMut(Result<Message, Fault>)) {
    let reading = read(bytes);
    for (_, message) in reading.messages {
        each(Ok(message));
    }
    for _ in 0..reading.defects_left_out {
        each(Err(None));
    }
    let told_from = reading.defects.len().saturating_sub(TOLD_MAX);
    let lines: Vec<&[u8]> = if reading.defects.is_empty() {
        Vec::new()
    } else {
        bytes.split(|octet| *octet == b'\n').collect()
    };
    for (place, defect) in reading.defects.iter().enumerate() {
        each(Err((place >= told_from).then(|| in_words(&lines, defect))));
    }
}

/// `KGZ101: line 2, field 15: …`, the line counted from where its message begins.
fn in_words(lines: &[&[u8]], defect: &Defect) -> String {
    let upper = |line: &[u8]| String::from_utf8_lossy(line).trim_start().to_ascii_uppercase();
    let begins = |line: &&[u8]| {
        let line = upper(line);
        line.starts_with('(') || line.contains("-TITLE")
    };
    let at = (defect.line as usize).clamp(1, lines.len().max(1));
    let seen = lines.get(..at).unwrap_or_default();
    let Some(first) = seen.iter().rposition(begins) else {
        return format!("a message without a callsign: {defect}");
    };
    let message = &lines[first..lines.len().min(first + LINES_MAX)];
    let words = message.iter().map(|line| upper(line)).collect::<Vec<_>>().join("\n");
    // ICAO: `(FPL-KGZ101/A2511-…`; ADEXP: `-ARCID KGZ101`.
    let after = match words.strip_prefix('(') {
        Some(icao) => icao.split('-').nth(1),
        None => words.split_once("-ARCID").map(|(_, rest)| rest.trim_start()),
    };
    let letters = after.unwrap_or_default().chars().take_while(char::is_ascii_alphanumeric);
    let called: String = letters.take(CALLSIGN_MAX).collect();
    let called = if called.is_empty() { "a message without a callsign" } else { &called };
    let told = Defect { line: (at - first) as u32, ..defect.clone() };
    format!("{called}: {told}")
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
        let mut each = |found: Result<Message, Fault>| match found {
            Ok(_) => messages += 1,
            Err(_) => defects += 1,
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
    fn what_is_wrong_is_told_with_its_callsign_line_and_field() {
        let wrong = PLAN.replace("KZR901", "KZR902").replace("F330", "F3300");
        let adexp = "-TITLE IFPL\n-ARCID KZR903 -ADEP UCFM -ADES UAAA\n-EOBD 261123 -EOBT 2460\n\
                     -ROUTE N0450F330 DCT\nNNNN\n";
        let mut told = Vec::new();
        let mut each = |found: Result<Message, Fault>| told.extend(found.err().flatten());
        let mut stream = PlanStream::default();
        stream.push(format!("{PLAN}{wrong}{adexp}").as_bytes(), &mut each);
        stream.finish(&mut each);
        assert!(told[0].starts_with("KZR902: line 4, field 15"), "{told:?}");
        assert!(told.iter().any(|line| line.starts_with("KZR903: line 3, field EOBT: 2460 is")));
        assert!(told.iter().all(|line| !line.contains("KZR901")), "{told:?}");
        let mut many = 0;
        PlanStream::default().push(wrong.repeat(50).as_bytes(), &mut |found| {
            many += usize::from(found.is_err_and(|fault| fault.is_some()));
        });
        assert_eq!(many, TOLD_MAX, "of many the last few are told in words");
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
