//! One feed's bytes on their way to plots.

use super::levels::Said;
use super::plan_stream::{Fault, PlanStream};
use super::receiver_clock::ReceiverClock;
use super::remote_id::{Ear, RemoteIds};
use super::sensors::{Health, SensorBook, Source};
use super::{TIME_AHEAD_MAX_S, TIME_LATE_MAX_S};
use crate::config::Format;
use ::intent::plan::Message;
use asterix::{Editions, Interpreter, Output, ServiceKind, ServiceMessage};
use geodesy::Geodetic;
use modes::{
    AvrSplitter, BeastClock, BeastSplitter, Decoder, DecoderConfig, Frame, FrameClock,
    FramingDefect, SbsMessage, SbsSplitter,
};
use ogn::{Beacon, LineSplitter};
use remote_id::CaptureSplitter;
use std::time::Duration;
use surveillance::{Address, Plot, PlotOrigin, Sensor, SensorId, SensorKind, Time};

/// What the engine is told of a feed.
#[derive(Debug, Clone)]
pub struct FeedSetup {
    /// What people call it.
    pub name: String,
    /// What arrives on it.
    pub format: Format,
    /// The receiver behind a Beast, AVR, SBS or Remote ID feed; ASTERIX names its sensors itself.
    pub receiver: Option<Sensor>,
    /// Whether a Beast receiver stamps its frames with GPS time of day.
    pub tells_gps_time: bool,
    /// Which ASTERIX editions it speaks.
    pub editions: Editions,
}

impl FeedSetup {
    /// Puts the feed's rows on the sensor panel before anything arrives.
    pub(crate) fn introduce(&self, index: usize, sensors: &mut SensorBook) {
        match &self.receiver {
            Some(receiver) => sensors.add_sensor(receiver.clone(), index),
            None => sensors.add_feed(index, &self.name),
        }
    }

    /// Where its good and bad bytes are counted before a sensor is known.
    fn source(&self, index: usize) -> Source {
        match &self.receiver {
            Some(receiver) => Source::Sensor(receiver.id),
            None => Source::Feed(index),
        }
    }
}

/// A feed and what it keeps between two pieces of its bytes.
#[derive(Debug)]
pub(crate) struct Feed {
    setup: FeedSetup,
    decoding: Decoding,
    bytes: u64,
    bytes_shed: u64,
    /// Sensors that told something about themselves which the tracker must know.
    learned: Vec<Sensor>,
    /// Messages about flight plans that came in.
    messages: Vec<Message>,
    /// What was told of aircraft's levels beside their plots.
    levels: Vec<(Address, Said)>,
    /// Frames with GPS time that came in.
    timed: Vec<Frame>,
}

#[derive(Debug)]
enum Decoding {
    Beast { splitter: BeastSplitter, receiver: Box<Receiver> },
    Avr { splitter: AvrSplitter, receiver: Box<Receiver> },
    Sbs { splitter: Box<SbsSplitter> },
    Asterix { interpreter: Interpreter },
    RemoteId { splitter: CaptureSplitter },
    Ogn { splitter: LineSplitter },
    Plans { stream: PlanStream },
}

/// A piece of a stream or one datagram, and when it arrived.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrived<'a> {
    pub(crate) bytes: &'a [u8],
    /// Whether it surely is one datagram.
    pub(crate) is_datagram: bool,
    pub(crate) now: Time,
}

/// A Mode S receiver's frames to plots.
#[derive(Debug)]
struct Receiver {
    decoder: Decoder,
    clock: ReceiverClock,
}

impl Decoding {
    fn new(setup: &FeedSetup) -> Self {
        let receiver = || {
            let mut config = DecoderConfig::default();
            if let Some(sensor) = &setup.receiver {
                config.receiver = sensor.site;
                config.range_max_m = sensor.range_max_m.unwrap_or(config.range_max_m);
            }
            Box::new(Receiver { decoder: Decoder::new(config), clock: ReceiverClock::default() })
        };
        match setup.format {
            Format::Beast => {
                let clock =
                    if setup.tells_gps_time { BeastClock::GpsTime } else { BeastClock::default() };
                Self::Beast { splitter: BeastSplitter::new(clock), receiver: receiver() }
            }
            Format::Avr => Self::Avr { splitter: AvrSplitter::default(), receiver: receiver() },
            Format::Sbs => Self::Sbs { splitter: Box::default() },
            Format::Asterix => Self::Asterix { interpreter: Interpreter::new() },
            Format::Plans => Self::Plans { stream: PlanStream::default() },
            Format::Ogn => Self::Ogn { splitter: LineSplitter::default() },
            Format::RemoteId => Self::RemoteId { splitter: CaptureSplitter::default() },
        }
    }
}

impl Feed {
    pub(crate) fn new(setup: FeedSetup) -> Self {
        let decoding = Decoding::new(&setup);
        let (learned, messages, levels, timed) = Default::default();
        Self { setup, decoding, bytes: 0, bytes_shed: 0, learned, messages, levels, timed }
    }

    /// Where all that arrives on it is counted.
    pub(crate) fn source(&self, index: usize) -> Source {
        self.setup.source(index)
    }

    pub(crate) fn format(&self) -> Format {
        self.setup.format
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(crate) fn bytes_shed(&self) -> u64 {
        self.bytes_shed
    }

    pub(crate) fn shed(&mut self, bytes: u64) {
        self.bytes_shed += bytes;
    }

    /// What follows continues nothing that came before; half a message is a defect. What is known
    /// of aircraft stays.
    pub(crate) fn begin_stream(&mut self, index: usize, now: Time, sensors: &mut SensorBook) {
        let source = self.setup.source(index);
        let Some(health) = sensors.health_mut(source) else { return };
        let mut half = |defect: FramingDefect| health.defect(defect.name(), now);
        match &mut self.decoding {
            Decoding::Beast { splitter, receiver } => {
                splitter.finish(&mut |framed| framed.err().into_iter().for_each(&mut half));
                receiver.clock.reset();
            }
            Decoding::Avr { splitter, receiver } => {
                splitter.finish(&mut |framed| framed.err().into_iter().for_each(&mut half));
                receiver.clock.reset();
            }
            Decoding::Sbs { splitter } => {
                splitter.finish(&mut |framed| framed.err().into_iter().for_each(&mut half));
            }
            Decoding::Ogn { splitter } => splitter.finish(&mut |found| {
                if let Err(defect) = found {
                    health.defect(defect.name(), now);
                }
            }),
            Decoding::Plans { stream } => {
                stream.finish(&mut plans_heard(&mut self.messages, health, now));
            }
            Decoding::RemoteId { splitter } => splitter.finish(&mut |found| {
                if let Err(defect) = found {
                    health.defect(defect.name(), now);
                }
            }),
            Decoding::Asterix { .. } => {}
        }
    }

    /// Decodes what arrived; appends its plots.
    pub(crate) fn decode(
        &mut self,
        index: usize,
        arrived: Arrived<'_>,
        sensors: &mut SensorBook,
        heard: &mut RemoteIds,
        plots: &mut Vec<Plot>,
    ) {
        let Arrived { bytes, is_datagram, now } = arrived;
        self.bytes += bytes.len() as u64;
        let source = self.setup.source(index);
        if let Decoding::Asterix { interpreter } = &mut self.decoding {
            let learned = &mut self.learned;
            let levels = &mut self.levels;
            let mut datagram = Datagram { index, now, sensors, plots, learned, levels };
            return datagram.decode(bytes, &self.setup.editions, interpreter);
        }
        if let Decoding::Plans { stream } = &mut self.decoding {
            if let Some(health) = sensors.health_mut(source) {
                let mut heard = plans_heard(&mut self.messages, health, now);
                stream.push(bytes, &mut heard);
                if is_datagram {
                    stream.finish(&mut heard);
                }
            }
            return;
        }
        let (Some(health), Some(sensor)) =
            (sensors.health_mut(source), self.setup.receiver.as_ref())
        else {
            return;
        };
        if let Decoding::RemoteId { splitter } = &mut self.decoding {
            let mut ear = Ear { sensor: sensor.id, now, health, plots, heard };
            if is_datagram {
                return ear.datagram(bytes);
            }
            return ear.piece(splitter, bytes);
        }
        let levels = &mut self.levels;
        let believed = self.setup.receiver.as_ref().and_then(|r| Some((r.site?, r.range_max_m?)));
        let mut stream = Stream { sensor: sensor.id, now, health, plots, levels };
        match &mut self.decoding {
            Decoding::Beast { splitter, receiver } => {
                let timed = &mut self.timed;
                splitter.push(bytes, &mut |framed| {
                    timed.extend(framed.ok().filter(Frame::has_gps_time));
                    stream.frame(receiver, framed);
                });
            }
            Decoding::Avr { splitter, receiver } => {
                splitter.push(bytes, &mut |framed| stream.frame(receiver, framed));
            }
            Decoding::Sbs { splitter } => {
                splitter.push(bytes, &mut |framed| stream.message(framed));
            }
            Decoding::Ogn { splitter } => {
                splitter.push(bytes, &mut |found| stream.beacon(found, believed));
            }
            Decoding::Asterix { .. } | Decoding::RemoteId { .. } | Decoding::Plans { .. } => {}
        }
    }

    /// Messages about flight plans since the last call.
    pub(crate) fn take_messages(&mut self) -> Vec<Message> {
        std::mem::take(&mut self.messages)
    }

    /// What was told of aircraft's levels since the last call.
    pub(crate) fn take_levels(&mut self) -> std::vec::Drain<'_, (Address, Said)> {
        self.levels.drain(..)
    }

    /// Frames with GPS time since the last call.
    pub(crate) fn take_timed(&mut self) -> std::vec::Drain<'_, Frame> {
        self.timed.drain(..)
    }

    /// Sensors that told something new of themselves since the last call.
    pub(crate) fn take_learned(&mut self) -> std::vec::Drain<'_, Sensor> {
        self.learned.drain(..)
    }
}

/// Counts and keeps what a stream of flight plans brings.
fn plans_heard<'a>(
    messages: &'a mut Vec<Message>,
    health: &'a mut Health,
    now: Time,
) -> impl FnMut(Result<Message, Fault>) + 'a {
    move |found| match found {
        Ok(message) => {
            health.message(now);
            messages.push(message);
        }
        Err(fault) => {
            health.defect("plan_defect", now);
            if let Some(words) = fault {
                health.tell(&words, now);
            }
        }
    }
}

/// A piece of a receiver's stream on its way to plots.
struct Stream<'a> {
    sensor: SensorId,
    now: Time,
    health: &'a mut Health,
    plots: &'a mut Vec<Plot>,
    levels: &'a mut Vec<(Address, Said)>,
}

impl Stream<'_> {
    fn frame(&mut self, receiver: &mut Receiver, framed: Result<Frame, FramingDefect>) {
        let frame = match framed {
            Ok(frame) => frame,
            Err(defect) => return self.health.defect(defect.name(), self.now),
        };
        let time = match frame.clock {
            FrameClock::Ticks12MHz(ticks) if ticks > 0 => receiver.clock.time_of(ticks, self.now),
            FrameClock::GpsNanosOfDay(nanos) => self.gps_time(nanos),
            FrameClock::Ticks12MHz(_) | FrameClock::None | FrameClock::MlatResult => self.now,
        };
        match receiver.decoder.decode_frame(&frame, time) {
            Ok(report) => {
                self.health.message(self.now);
                let doubts = [
                    report.position_defect.map(|defect| defect.name()),
                    report.altitude_defect.map(|defect| defect.name()),
                ];
                for name in doubts.into_iter().flatten() {
                    self.health.defect(name, self.now);
                }
                if let (Some(address), Some(selected_m)) =
                    (report.address, report.selected_altitude_m)
                    && report.address_confirmed
                {
                    let said = Said { selected_m: Some(selected_m), cleared_m: None };
                    self.levels.push((address, said));
                }
                self.plot(modes::to_plot(&report, self.sensor, time, self.now));
            }
            Err(defect) => self.health.defect(defect.name(), self.now),
        }
    }

    /// The decoder remembers by time: a damaged stamp must not make it forget.
    fn gps_time(&mut self, nanos: u64) -> Time {
        let time = Time::from_time_of_day(Duration::from_nanos(nanos), self.now);
        if is_sane(time, self.now) {
            return time;
        }
        self.health.defect("time_far_from_receipt", self.now);
        self.now
    }

    fn message(&mut self, framed: Result<SbsMessage, FramingDefect>) {
        match framed {
            Ok(message) => {
                self.health.message(self.now);
                // Its own time is the sender's wall clock in a zone the format does not name.
                self.plot(modes::sbs_to_plot(&message, self.sensor, self.now, self.now));
            }
            Err(defect) => self.health.defect(defect.name(), self.now),
        }
    }

    /// `believed`: about which place, and how far from it, positions are believed.
    fn beacon(&mut self, found: Result<Beacon, ogn::Defect>, believed: Option<(Geodetic, f64)>) {
        match found {
            Ok(beacon) => {
                self.health.message(self.now);
                let (latitude_rad, longitude_rad) = (beacon.latitude_rad, beacon.longitude_rad);
                let there = Geodetic { latitude_rad, longitude_rad, height_m: 0.0 };
                if believed
                    .is_some_and(|(site, most_m)| site.geodesic_to(there).distance_m > most_m)
                {
                    return self.health.defect("beyond_range", self.now);
                }
                self.plot(Some(ogn::to_plot(&beacon, self.sensor, self.now)));
            }
            Err(defect) => self.health.defect(defect.name(), self.now),
        }
    }

    fn plot(&mut self, plot: Option<Plot>) {
        if let Some(plot) = plot {
            self.health.plot(self.now);
            self.plots.push(with_sane_time(plot, self.health, self.now));
        }
    }
}

/// One ASTERIX datagram on its way to plots.
struct Datagram<'a> {
    index: usize,
    now: Time,
    sensors: &'a mut SensorBook,
    plots: &'a mut Vec<Plot>,
    learned: &'a mut Vec<Sensor>,
    levels: &'a mut Vec<(Address, Said)>,
}

impl Datagram<'_> {
    fn decode(&mut self, bytes: &[u8], editions: &Editions, interpreter: &mut Interpreter) {
        for block in asterix::blocks(bytes) {
            let block = match block {
                Ok(block) => block,
                Err(defect) => {
                    self.feed_defect(defect.name());
                    continue;
                }
            };
            for record in block.records(editions) {
                match record {
                    Ok(record) => self.record(&record, interpreter),
                    Err(defect) => self.feed_defect(defect.name()),
                }
            }
        }
    }

    fn record(&mut self, record: &asterix::Record<'_>, interpreter: &mut Interpreter) {
        if let Some(health) = self.sensors.health_mut(Source::Feed(self.index)) {
            health.message(self.now);
        }
        interpreter.interpret(record, self.now, &mut |output| self.output(&output, record));
    }

    fn output(&mut self, output: &Output, record: &asterix::Record<'_>) {
        match output {
            Output::Plot(plot) => self.plot(*plot, record),
            Output::Service(message) => self.service(message),
            Output::Skipped(skipped) => match skipped.sensor {
                Some(sensor) => {
                    let kind = self.sensors.sensor(sensor).map_or(SensorKind::Radar, |s| s.kind);
                    if let Some(health) = self.sensors.meet(sensor, kind, self.index) {
                        health.message(self.now);
                    }
                }
                None => self.feed_defect(skipped.why.name()),
            },
        }
    }

    fn plot(&mut self, plot: Plot, record: &asterix::Record<'_>) {
        let kind = sensor_kind(plot.origin);
        let Some(health) = self.sensors.meet(plot.sensor, kind, self.index) else {
            return self.feed_defect("sensors_too_many");
        };
        health.message(self.now);
        health.plot(self.now);
        self.plots.push(with_sane_time(plot, health, self.now));
        if let Some(address) = plot.codes.address {
            let said = Said::of(record);
            if !said.is_nothing() {
                self.levels.push((address, said));
            }
        }
        self.learned.extend(self.sensors.introduce(plot.sensor, kind));
    }

    fn service(&mut self, message: &ServiceMessage) {
        let kind = match message.kind {
            ServiceKind::SystemStatus
            | ServiceKind::EndOfBatch { .. }
            | ServiceKind::ServiceReport { .. } => SensorKind::SystemTracks,
            _ => SensorKind::Radar,
        };
        // What a centre says of a sensor did not arrive from the sensor, nor makes one known.
        let is_of_itself = message.sender == message.sensor;
        let kind = if is_of_itself { kind } else { SensorKind::SystemTracks };
        let Some(health) = self.sensors.meet(message.sender, kind, self.index) else {
            return self.feed_defect("sensors_too_many");
        };
        health.message(self.now);
        self.sensors.note_service(message);
        if !is_of_itself {
            return;
        }
        let told = self.sensors.learn(message.sensor, message.site, message.period_s);
        self.learned.extend(told);
    }

    fn feed_defect(&mut self, name: &'static str) {
        if let Some(health) = self.sensors.health_mut(Source::Feed(self.index)) {
            health.defect(name, self.now);
        }
    }
}

fn sensor_kind(origin: PlotOrigin) -> SensorKind {
    match origin {
        PlotOrigin::Primary | PlotOrigin::Secondary => SensorKind::Radar,
        PlotOrigin::AdsB | PlotOrigin::Rebroadcast => SensorKind::AdsB,
        PlotOrigin::Mlat => SensorKind::Mlat,
        PlotOrigin::SystemTrack => SensorKind::SystemTracks,
        PlotOrigin::RemoteId => SensorKind::RemoteId,
        PlotOrigin::Flarm => SensorKind::Flarm,
    }
}

fn is_sane(time: Time, now: Time) -> bool {
    (-TIME_LATE_MAX_S..=TIME_AHEAD_MAX_S).contains(&time.seconds_since(now))
}

/// The plot, at its receipt if its own time cannot be right.
fn with_sane_time(plot: Plot, health: &mut Health, now: Time) -> Plot {
    if is_sane(plot.time, now) {
        return plot;
    }
    health.defect("time_far_from_receipt", now);
    Plot { time: now, ..plot }
}
