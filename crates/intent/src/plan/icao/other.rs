//! Field 18: other information (PANS-ATM appendix 3, field type 18).

use super::super::source::Reader;
use super::super::{Date, Elapsed, Estimate, Fault, Indicator, Other};
use super::fields::ELAPSED_MAX_MIN;
use surveillance::Address;

/// Most entries of EET/ that are kept.
const ESTIMATES_MAX: usize = 100;

/// Parts a field 18 from a field 19 that follows it.
pub(crate) fn split_supplement(tail: &str) -> (&str, Option<&str>) {
    let supplement = memchr::memchr_iter(b'-', tail.as_bytes()).find(|at| {
        let rest = tail[at + 1..].trim_start().as_bytes();
        matches!(rest, [b'E' | b'P' | b'R' | b'S' | b'J' | b'D' | b'A' | b'N' | b'C', b'/', ..])
    });
    supplement.map_or((tail, None), |at| (&tail[..at], Some(&tail[at + 1..])))
}

/// Whether a field looks like field 18.
pub(crate) fn is_other(part: &str) -> bool {
    let part = part.trim();
    part == "0" || part.split_once('/').is_some_and(|(word, _)| Indicator::new(word).is_some())
}

/// Words parted by single spaces.
pub(crate) fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Field 18 without its hyphen. A word with a stroke that is no indicator belongs to the text of
/// the one before it.
pub(crate) fn read(reader: &mut Reader<'_>, part: &str) -> Other {
    let mut other = Other::default();
    if part.trim() == "0" {
        return other;
    }
    let mut starts = starts(part).peekable();
    let before = &part[..starts.peek().map_or(part.len(), |(_, at, _)| *at)];
    if !before.trim().is_empty() || starts.peek().is_none() {
        reader.say(before, "18", Fault::not(before.trim(), "an indicator, or 0"));
    }
    while let Some((indicator, _, from)) = starts.next() {
        let to = starts.peek().map_or(part.len(), |(_, at, _)| *at);
        add(reader, &mut other, (indicator, indicator.field()), &part[from..to]);
    }
    other
}

/// Indicators with where each begins and where its text does.
fn starts(part: &str) -> impl Iterator<Item = (Indicator, usize, usize)> {
    part.split_whitespace().filter_map(move |word| {
        let (left, _) = word.split_once('/')?;
        let at = word.as_ptr() as usize - part.as_ptr() as usize;
        Some((Indicator::new(left)?, at, at + left.len() + 1))
    })
}

/// Adds an indicator with its text, and what the text means where that is known.
/// `text` is a part of the text that is read, and `field` what a defect calls it.
pub(crate) fn add(
    reader: &mut Reader<'_>,
    other: &mut Other,
    (indicator, field): (Indicator, &'static str),
    text: &str,
) {
    let clean = single_spaced(text);
    if clean.is_empty() {
        reader.say(text, field, Fault::Missing);
        return;
    }
    match indicator {
        Indicator::Dof | Indicator::Code if other.get(indicator).is_some() => {
            reader.say(text, field, Fault::Repeated { text: indicator.as_str().to_owned() });
            return;
        }
        Indicator::Dof => other.date = reader.need(Date::new(&clean), text, field, "a day, YYMMDD"),
        Indicator::Code => {
            let bits = u32::from_str_radix(&clean, 16).ok().filter(|_| clean.len() == 6);
            let address = bits.filter(|bits| (1..0xff_ffff).contains(bits)).map(Address::icao);
            other.address = reader.need(address, text, field, "a 24-bit address of six hex digits");
        }
        Indicator::Eet => {
            for word in text.split_whitespace() {
                estimate(reader, other, (word, field), word);
            }
        }
        _ => {}
    }
    // Some systems say an indicator once for each entry: the entries belong together.
    match other.items.iter_mut().find(|(said, _)| *said == indicator) {
        Some((_, before)) => {
            before.push(' ');
            before.push_str(&clean);
        }
        None => other.items.push((indicator, clean)),
    }
}

/// One entry of EET/: a name and the time from take-off, never shorter than in the one before it.
/// `part` is where it stands in the text that is read.
pub(crate) fn estimate(
    reader: &mut Reader<'_>,
    other: &mut Other,
    (part, field): (&str, &'static str),
    word: &str,
) {
    let parts = word.len().checked_sub(4).and_then(|at| word.split_at_checked(at));
    let read = parts.filter(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    let read = read.and_then(|(name, time)| Some((name, Elapsed::new(time)?)));
    let read = read.filter(|(_, elapsed)| elapsed.minutes() <= ELAPSED_MAX_MIN);
    let wanted = "a point and an elapsed time up to 4800";
    let Some((name, elapsed)) = reader.need(read, part, field, wanted) else { return };
    if let Some(before) = other.estimates.last()
        && before.elapsed > elapsed
    {
        let (point, before) = (super::super::defect::excerpt(name), before.name.clone());
        reader.say(part, field, Fault::Backwards { point, before });
        return;
    }
    if other.estimates.len() == ESTIMATES_MAX {
        reader.say(part, field, Fault::TooMany { what: "estimates", max: ESTIMATES_MAX });
        return;
    }
    other.estimates.push(Estimate { name: name.chars().take(12).collect(), elapsed });
}
