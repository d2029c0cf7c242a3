//! Mode S frames and BaseStation lines, one line each.

use super::{Lines, registers};
use geodesy::units::{METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT};
use modes::{
    AvrSplitter, BeastSplitter, Decoder, DecoderConfig, Frame, FrameClock, FramingDefect, Report,
    SbsMessage, SbsSplitter,
};
use recording::container::{Chunk, Format};
use serde::Serialize;
use std::time::Duration;
use surveillance::Time;

/// One byte stream.
pub(super) enum Stream {
    Beast(BeastSplitter, Box<Frames>),
    Avr(AvrSplitter, Box<Frames>),
    Sbs(Box<SbsSplitter>),
    Foreign,
}

impl Stream {
    pub(super) fn new(format: Option<Format>) -> Self {
        match format {
            Some(Format::Beast) => Self::Beast(BeastSplitter::default(), Box::default()),
            Some(Format::Avr) => Self::Avr(AvrSplitter::default(), Box::default()),
            Some(Format::Sbs) => Self::Sbs(Box::default()),
            _ => Self::Foreign,
        }
    }

    pub(super) fn decode(&mut self, chunk: &Chunk<'_>, lines: &mut Lines<'_>) {
        match self {
            Self::Beast(splitter, frames) => {
                splitter.push(chunk.bytes, &mut |framed| frames.line(framed, chunk.time, lines));
            }
            Self::Avr(splitter, frames) => {
                splitter.push(chunk.bytes, &mut |framed| frames.line(framed, chunk.time, lines));
            }
            Self::Sbs(splitter) => {
                splitter.push(chunk.bytes, &mut |framed| sbs_line(framed, lines));
            }
            Self::Foreign => lines.defect("stream_of_unknown_format"),
        }
    }

    pub(super) fn finish(&mut self, lines: &mut Lines<'_>) {
        match self {
            Self::Beast(splitter, frames) => {
                splitter.finish(&mut |framed| frames.line(framed, None, lines));
            }
            Self::Avr(splitter, frames) => {
                splitter.finish(&mut |framed| frames.line(framed, None, lines));
            }
            Self::Sbs(splitter) => splitter.finish(&mut |framed| sbs_line(framed, lines)),
            Self::Foreign => {}
        }
    }
}

/// One Mode S frame. Keys that a frame neither gives nor completes are left out, but for the
/// first four, which every line has.
#[derive(Debug, Default, Serialize)]
struct FrameLine {
    /// When it was received, UTC: by the receiver's clock of the day where it has one, else by the
    /// recording's; null where neither is known.
    time: Option<String>,
    /// The receiver's own counter, seconds since an instant that nobody tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    receiver_s: Option<f64>,
    /// As received, hexadecimal.
    frame: String,
    df: Option<u8>,
    icao: Option<String>,
    /// The address was announced under plain parity, not only overlaid on this frame's.
    #[serde(skip_serializing_if = "Option::is_none")]
    icao_confirmed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    altitude_ft: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    geometric_height_ft: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callsign: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    squawk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lat_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lon_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_ground: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ground_speed_kt: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    track_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    airspeed_kt: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    heading_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vertical_rate_fpm: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nic: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nac_p: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sil: Option<u8>,
    /// The register of a Comm-B reply, where its bits leave one possibility.
    #[serde(skip_serializing_if = "Option::is_none")]
    bds: Option<String>,
    /// What that register says.
    #[serde(skip_serializing_if = "Option::is_none")]
    register: Option<serde_json::Map<String, serde_json::Value>>,
    /// Why the frame, or its position or altitude, was not believed.
    #[serde(skip_serializing_if = "Option::is_none")]
    defect: Option<&'static str>,
}

impl FrameLine {
    fn tell_register(&mut self, frame: &[u8]) {
        let [first, _, _, _, mb @ .., _, _, _] = frame else { return };
        let Ok(bits) = <[u8; 7]>::try_from(mb) else { return };
        if !matches!(first >> 3, 20 | 21) {
            return;
        }
        if let Some(number) = modes::registers::infer(bits) {
            self.bds = Some(format!("{number:02X}"));
            self.register = Some(registers::fields(number, bits));
        }
    }

    fn tell(&mut self, report: &Report) {
        self.icao = report.address.map(|address| address.to_string());
        self.icao_confirmed = report.address.map(|_| report.address_confirmed);
        self.altitude_ft =
            report.pressure_altitude.map(|level| rounded(level.altitude_m / METRES_PER_FOOT, 0));
        self.geometric_height_ft =
            report.geometric_height_m.map(|height_m| rounded(height_m / METRES_PER_FOOT, 0));
        self.callsign = report.callsign.map(|callsign| callsign.to_string());
        self.squawk = report.squawk.map(|squawk| squawk.to_string());
        self.lat_deg = report.position.map(|p| rounded(p.latitude_rad.to_degrees(), 7));
        self.lon_deg = report.position.map(|p| rounded(p.longitude_rad.to_degrees(), 7));
        self.on_ground = report.on_ground;
        self.ground_speed_kt = report.ground_speed_mps.map(|v| rounded(v / MPS_PER_KNOT, 3));
        self.track_deg = report.track_rad.map(|track_rad| rounded(track_rad.to_degrees(), 3));
        self.airspeed_kt = report.airspeed.map(|a| rounded(a.speed_mps / MPS_PER_KNOT, 3));
        self.heading_deg = report.heading_rad.map(|heading| rounded(heading.to_degrees(), 3));
        self.vertical_rate_fpm =
            report.vertical_rate_mps.map(|rate_mps| rounded(rate_mps / MPS_PER_FPM, 0));
        self.nic = report.quality.nic;
        self.nac_p = report.quality.nac_p;
        self.sil = report.quality.sil;
        self.defect = report
            .position_defect
            .map(|defect| defect.name())
            .or(report.altitude_defect.map(|defect| defect.name()));
    }
}

/// The Mode S frames of one stream.
pub(super) struct Frames {
    decoder: Decoder,
    /// The time before: a frame without one comes no earlier.
    newest: Time,
}

impl Default for Frames {
    fn default() -> Self {
        Self { decoder: Decoder::new(DecoderConfig::default()), newest: Time::EPOCH }
    }
}

impl Frames {
    fn line(
        &mut self,
        framed: Result<Frame, FramingDefect>,
        recorded: Option<Time>,
        lines: &mut Lines<'_>,
    ) {
        let frame = match framed {
            Ok(frame) => frame,
            Err(defect) => return lines.defect(defect.name()),
        };
        if frame.bytes().len() < 7 {
            // a Mode A/C reply is no Mode S frame
            return lines.defect(modes::Defect::ModeAC.name());
        }
        let time = match frame.clock {
            FrameClock::Ticks12MHz(ticks) => {
                Some(Time::from_unix_nanos((ticks as i64).saturating_mul(250) / 3))
            }
            FrameClock::GpsNanosOfDay(nanos) => Some(Time::from_unix_nanos(nanos as i64)),
            FrameClock::None => recorded,
            // The recording's clock is not that of the frames around it.
            FrameClock::MlatResult => None,
        };
        self.newest = time.unwrap_or(self.newest);
        let of_day = match frame.clock {
            FrameClock::GpsNanosOfDay(nanos) => lines.day().or(recorded).map(|day| {
                Time::from_time_of_day(Duration::from_nanos(nanos), recorded.unwrap_or(day))
            }),
            _ => None,
        };
        let mut line = FrameLine {
            time: of_day.or(recorded).map(|time| time.to_string()),
            receiver_s: match frame.clock {
                FrameClock::Ticks12MHz(_) => time.map(Time::unix_seconds),
                _ => None,
            },
            frame: frame.bytes().iter().map(|byte| format!("{byte:02x}")).collect(),
            df: frame.bytes().first().map(|first| (first >> 3).min(24)),
            ..FrameLine::default()
        };
        line.tell_register(frame.bytes());
        match self.decoder.decode_frame(&frame, self.newest) {
            Ok(report) => line.tell(&report),
            Err(defect) => line.defect = Some(defect.name()),
        }
        if let Some(name) = line.defect {
            lines.defect(name);
        }
        lines.json(&line);
    }
}

/// One BaseStation line.
#[derive(Debug, Serialize)]
struct SbsLine {
    /// The sender's wall clock, as if it were UTC.
    time: Option<String>,
    sbs: u8,
    icao: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    altitude_ft: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callsign: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    squawk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lat_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lon_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_ground: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ground_speed_kt: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    track_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vertical_rate_fpm: Option<f64>,
}

fn sbs_line(framed: Result<SbsMessage, FramingDefect>, lines: &mut Lines<'_>) {
    match framed {
        Ok(message) => lines.json(&SbsLine {
            time: message.generated.map(|time| time.to_string()),
            sbs: message.kind,
            icao: message.address.to_string(),
            altitude_ft: message.altitude_m.map(|m| rounded(m / METRES_PER_FOOT, 0)),
            callsign: message.callsign.map(|callsign| callsign.to_string()),
            squawk: message.squawk.map(|squawk| squawk.to_string()),
            lat_deg: message.position.map(|p| rounded(p.latitude_deg(), 7)),
            lon_deg: message.position.map(|p| rounded(p.longitude_deg(), 7)),
            on_ground: message.on_ground,
            ground_speed_kt: message.ground_speed_mps.map(|v| rounded(v / MPS_PER_KNOT, 3)),
            track_deg: message.track_rad.map(|track_rad| rounded(track_rad.to_degrees(), 3)),
            vertical_rate_fpm: message.vertical_rate_mps.map(|v| rounded(v / MPS_PER_FPM, 0)),
        }),
        Err(defect) => lines.defect(defect.name()),
    }
}

fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}
