//! SBS format: BaseStation's comma-separated lines (Kinetic; dump1090 and readsb, TCP port 30003).
//!
//! | field | what | field | what |
//! |-------|------|-------|------|
//! | 1  | `MSG` (`MLAT`: computed by multilateration) | 14 | track, degrees |
//! | 2  | transmission type 1–8 | 15 | latitude, degrees |
//! | 5  | address, hexadecimal (`~` first: not ICAO's) | 16 | longitude, degrees |
//! | 7, 8 | date and time generated, sender's wall clock | 17 | vertical rate, ft/min |
//! | 11 | callsign | 18 | squawk |
//! | 12 | pressure altitude, ft | 19–21 | alert, emergency, ident: `0`, or `1` / `-1` |
//! | 13 | ground speed, kt | 22 | on the ground |

use crate::FramingDefect;
use geodesy::Geodetic;
use geodesy::units::{METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT};
use std::str::FromStr;
use std::time::Duration;
use surveillance::{Address, Callsign, Mode3A, Time};

const LINE_MAX: usize = 512;
const FIELDS: usize = 22;

/// One decoded BaseStation line. Absent and unreadable fields are `None`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SbsMessage {
    /// Transmission type 1–8.
    pub kind: u8,
    /// Position computed by multilateration.
    pub mlat: bool,
    /// The aircraft.
    pub address: Address,
    /// The sender's wall clock when it made the line, read as if it were UTC: the format names no
    /// time zone.
    pub generated: Option<Time>,
    /// Aircraft identification.
    pub callsign: Option<Callsign>,
    /// Pressure altitude, metres.
    pub altitude_m: Option<f64>,
    /// Speed over the ground, m/s.
    pub ground_speed_mps: Option<f64>,
    /// Track over the ground, radians clockwise from true north.
    pub track_rad: Option<f64>,
    /// Position; its height is 0 and means nothing.
    pub position: Option<Geodetic>,
    /// Climb positive, m/s.
    pub vertical_rate_mps: Option<f64>,
    /// Mode 3/A code.
    pub squawk: Option<Mode3A>,
    /// Alert.
    pub alert: Option<bool>,
    /// An emergency code is set.
    pub emergency: Option<bool>,
    /// Special position identification.
    pub ident: Option<bool>,
    /// On the ground.
    pub on_ground: Option<bool>,
}

/// Cuts an SBS stream into messages.
#[derive(Debug, Clone)]
pub struct SbsSplitter {
    line: [u8; LINE_MAX],
    filled: usize,
    /// The line is already too long and being skipped.
    overrun: bool,
}

impl Default for SbsSplitter {
    fn default() -> Self {
        Self::new()
    }
}

impl SbsSplitter {
    /// A splitter at the start of a stream.
    pub const fn new() -> Self {
        Self { line: [0; LINE_MAX], filled: 0, overrun: false }
    }

    /// Takes the next bytes of the stream. A field that cannot be read is reported before its
    /// message, which stands without it. Lines of other kinds than `MSG` and `MLAT` that
    /// BaseStation is known to send (selections, status) pass in silence.
    pub fn push(&mut self, bytes: &[u8], sink: &mut impl FnMut(Result<SbsMessage, FramingDefect>)) {
        for byte in bytes {
            match byte {
                b'\n' => self.end_line(sink),
                _ if self.filled < LINE_MAX => {
                    self.line[self.filled] = *byte;
                    self.filled += 1;
                }
                _ => self.overrun = true,
            }
        }
    }

    /// The stream is at its end: a last line without a line feed is taken as complete.
    pub fn finish(&mut self, sink: &mut impl FnMut(Result<SbsMessage, FramingDefect>)) {
        self.end_line(sink);
    }

    fn end_line(&mut self, sink: &mut impl FnMut(Result<SbsMessage, FramingDefect>)) {
        let line = &self.line[..self.filled];
        self.filled = 0;
        if std::mem::take(&mut self.overrun) {
            return sink(Err(FramingDefect::TooLong));
        }
        let line = line.trim_ascii();
        if line.is_empty() {
            return;
        }
        match std::str::from_utf8(line) {
            Ok(text) => read_line(text, sink),
            Err(_) => sink(Err(FramingDefect::BadLine)),
        }
    }
}

fn read_line(line: &str, sink: &mut impl FnMut(Result<SbsMessage, FramingDefect>)) {
    let mut fields = [""; FIELDS];
    for (field, slot) in line.split(',').zip(&mut fields) {
        *slot = field.trim();
    }
    if matches!(fields[0], "SEL" | "ID" | "AIR" | "STA" | "CLK") {
        return;
    }
    let kind = fields[1].parse().ok().filter(|kind| (1..=8).contains(kind));
    let (Some(kind), Some(address), "MSG" | "MLAT") = (kind, address(fields[4]), fields[0]) else {
        return sink(Err(FramingDefect::BadLine));
    };
    let mut reader = Reader { bad: false };
    let message = SbsMessage {
        kind,
        mlat: fields[0] == "MLAT",
        address,
        generated: reader.take(fields[7], |time| wall_clock(fields[6], time)),
        callsign: reader.take(fields[10], Callsign::new),
        altitude_m: reader.number(fields[11], -2_000.0..=150_000.0, METRES_PER_FOOT),
        ground_speed_mps: reader.number(fields[12], 0.0..=5_000.0, MPS_PER_KNOT),
        track_rad: reader.number(fields[13], 0.0..=360.0, 1.0).map(f64::to_radians),
        position: reader.position(fields[14], fields[15]),
        vertical_rate_mps: reader.number(fields[16], -40_000.0..=40_000.0, MPS_PER_FPM),
        squawk: reader.take(fields[17], squawk),
        alert: reader.take(fields[18], flag),
        emergency: reader.take(fields[19], flag),
        ident: reader.take(fields[20], flag),
        on_ground: reader.take(fields[21], flag),
    };
    if reader.bad {
        sink(Err(FramingDefect::BadField));
    }
    sink(Ok(message));
}

/// Reads fields and remembers whether one could not be read.
struct Reader {
    bad: bool,
}

impl Reader {
    fn take<T>(&mut self, text: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        if text.is_empty() {
            return None;
        }
        let found = parse(text);
        self.bad |= found.is_none();
        found
    }

    fn number(
        &mut self,
        text: &str,
        range: std::ops::RangeInclusive<f64>,
        unit: f64,
    ) -> Option<f64> {
        self.take(text, |text| f64::from_str(text).ok().filter(|number| range.contains(number)))
            .map(|number| number * unit)
    }

    fn position(&mut self, latitude: &str, longitude: &str) -> Option<Geodetic> {
        let latitude_deg = self.number(latitude, -90.0..=90.0, 1.0)?;
        let longitude_deg = self.number(longitude, -180.0..=180.0, 1.0)?;
        Geodetic::from_degrees(latitude_deg, longitude_deg, 0.0)
    }
}

fn address(text: &str) -> Option<Address> {
    let (digits, make): (_, fn(u32) -> Address) = match text.strip_prefix('~') {
        Some(digits) => (digits, Address::other),
        None => (text, Address::icao),
    };
    let hex = digits.len() <= 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let bits = u32::from_str_radix(digits, 16).ok().filter(|_| hex)?;
    (bits != 0 && bits != 0xff_ffff).then(|| make(bits))
}

fn squawk(text: &str) -> Option<Mode3A> {
    let octal = text.len() <= 4 && text.bytes().all(|digit| matches!(digit, b'0'..=b'7'));
    u16::from_str_radix(text, 8).ok().filter(|_| octal).map(Mode3A::new)
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "0" => Some(false),
        "1" | "-1" => Some(true),
        _ => None,
    }
}

/// From `2026/11/23` and `14:32:07.250`.
fn wall_clock(date: &str, time: &str) -> Option<Time> {
    let mut date = date.split('/').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let mut time = time.split(':');
    let hours: u64 = time.next()?.parse().ok()?;
    let minutes: u64 = time.next()?.parse().ok()?;
    let seconds: f64 = time.next()?.parse().ok()?;
    let sane = (1970..=2261).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hours < 24
        && minutes < 60
        && (0.0..61.0).contains(&seconds);
    if !sane {
        return None;
    }
    let midnight = Time::from_unix_nanos(days_since_1970(year, month, day) * 86_400_000_000_000);
    let whole = Duration::from_secs(hours * 3600 + minutes * 60);
    Some(midnight.plus(whole).plus(Duration::from_secs_f64(seconds)))
}

/// Days from 1970-01-01 in the Gregorian calendar, counting years from March so that the leap day
/// is the last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
}
