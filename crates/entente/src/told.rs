//! A scenario's tracks as a centre would tell them: ASTERIX in a recording.

use crate::convert;
use anyhow::{Context, Result};
use asterix::Condition;
use asterix::emit::{Emitter, SensorState, Sent};
use recording::container::{Chunk, Writer};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use surveillance::{Plot, SensorId, Time, Track};
use tracker::Registration;

/// What UDP over Ethernet carries unbroken.
const DATAGRAM_BYTES: usize = 1_472;
/// A sensor that sent nothing for so long is told as not connected, seconds.
const SILENT_S: f64 = 60.0;

/// Tells tracks and sensors, instant after instant.
pub(crate) struct Told {
    emitter: Emitter,
    writer: Writer<BufWriter<File>>,
    /// When each sensor last sent.
    heard: BTreeMap<SensorId, Time>,
    sent: Sent,
}

impl Told {
    /// As `sender`, into `path`, whose name tells the container.
    pub(crate) fn create(path: &Path, sender: SensorId) -> Result<Self> {
        let format = convert::by_name(path)?;
        let file = File::create(path).with_context(|| path.display().to_string())?;
        Ok(Self {
            emitter: Emitter::new(sender, None, DATAGRAM_BYTES),
            writer: Writer::new(BufWriter::new(file), format)?,
            heard: BTreeMap::new(),
            sent: Sent::default(),
        })
    }

    /// Plots that arrived.
    pub(crate) fn hear(&mut self, plots: &[Plot]) {
        for plot in plots {
            self.heard.insert(plot.sensor, plot.received);
        }
    }

    /// The picture at `now`, and what is known of the sensors' errors.
    pub(crate) fn update(
        &mut self,
        now: Time,
        tracks: &[Track],
        registrations: &[Registration],
    ) -> Result<()> {
        let state = |(sensor, last): (&SensorId, &Time)| {
            let known = registrations.iter().find(|known| known.sensor == *sensor && known.applied);
            let silent = now.seconds_since(*last) > SILENT_S;
            SensorState {
                sensor: *sensor,
                condition: if silent { Condition::Disconnected } else { Condition::Operational },
                time_bias_s: known.map(|known| known.time_s.value),
                range_bias_m: known.map(|known| known.range_m.value),
                range_gain: known.map(|known| known.range_gain.value),
                azimuth_bias_rad: known.map(|known| known.azimuth_rad.value),
            }
        };
        let sensors: Vec<SensorState> = self.heard.iter().map(state).collect();
        let mut datagrams = Vec::new();
        let sent =
            self.emitter.update(now, tracks, &sensors, &mut |datagram| datagrams.push(datagram))?;
        for bytes in &datagrams {
            let chunk = Chunk { time: Some(now), source: None, destination: None, bytes };
            self.writer.write(&chunk)?;
        }
        self.sent.tracks += sent.tracks;
        self.sent.ended += sent.ended;
        self.sent.numberless += sent.numberless;
        Ok(())
    }

    /// What was told in all.
    pub(crate) fn finish(self) -> Result<Sent> {
        self.writer.finish()?;
        Ok(self.sent)
    }
}
