//! What the Open Glider Network (OGN) tells of light aircraft: reports by FLARM, by OGN's own trackers
//! and by the like, heard by ground stations and sent on as lines of APRS.
//!
//! The way of a byte: [`LineSplitter`] cuts the stream of a server into lines and reads each as a
//! [`Beacon`]; [`to_plot`] turns that into a `surveillance::Plot`. It is the aircraft's own word of where it
//! is, heard by a station: a claim as ADS-B is.
//!
//! Sources: Automatic Packet Reporting System, protocol reference 1.0.1 (2000), chapters 6 to 8 (positions, with
//! time, course and speed, altitude); the OGN wiki's page on aircraft beacons (`id`, climb, accuracy, the
//! third decimal of minutes). Aircraft that ask not to be tracked are not told.

mod line;
mod plot;

pub use line::{Beacon, Craft, Defect, read_line};
pub use plot::to_plot;

const LINE_MAX: usize = 512;

/// What a client says first to a server: who it is, read only, and the circle whose aircraft it wants.
///
/// `name` is any of APRS's call signs; `range_km` about the place.
pub fn login(
    name: &str,
    version: &str,
    latitude_deg: f64,
    longitude_deg: f64,
    range_km: f64,
) -> String {
    format!(
        "user {name} pass -1 vers entente {version} filter \
         r/{latitude_deg:.4}/{longitude_deg:.4}/{range_km:.0}\r\n"
    )
}

/// Cuts a server's stream into lines. Holds one line of 512 bytes at most.
#[derive(Debug, Clone, Default)]
pub struct LineSplitter {
    line: Vec<u8>,
    overrun: bool,
}

impl LineSplitter {
    /// Takes the next bytes of the stream. Comments, and lines of what is no aircraft (stations, their
    /// state, weather), pass in silence.
    pub fn push(&mut self, bytes: &[u8], sink: &mut impl FnMut(Result<Beacon, Defect>)) {
        for byte in bytes {
            match byte {
                b'\n' => self.end_line(sink),
                _ if self.line.len() < LINE_MAX => self.line.push(*byte),
                _ => self.overrun = true,
            }
        }
    }

    /// The stream is at its end: half a line is a defect.
    pub fn finish(&mut self, sink: &mut impl FnMut(Result<Beacon, Defect>)) {
        if !self.line.is_empty() {
            sink(Err(Defect::Cut));
        }
        self.line.clear();
        self.overrun = false;
    }

    fn end_line(&mut self, sink: &mut impl FnMut(Result<Beacon, Defect>)) {
        if std::mem::take(&mut self.overrun) {
            sink(Err(Defect::TooLong));
        } else if let Some(found) = read_line(&self.line).transpose() {
            sink(found);
        }
        self.line.clear();
    }
}
