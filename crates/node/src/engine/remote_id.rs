//! Remote ID within the engine: captured frames to plots, and what a console is told of an aircraft.

use super::sensors::Health;
use super::{TIME_AHEAD_MAX_S, TIME_LATE_MAX_S};
use crate::wire;
use geodesy::units::METRES_PER_FOOT;
use remote_id::{
    Aircraft, Book, CaptureSplitter, Defect, Doubt, Grade, HeightReference, Limits, Link,
    OperatorPlace, Sighting, Status, Unit, decode, to_plot,
};
use surveillance::{Address, Plot, Sensor, SensorId, Time};

/// Sightings kept until somebody asks for them; the oldest fall out beyond that.
const SIGHTINGS_MAX: usize = 4096;

/// All that this node heard by Remote ID.
#[derive(Debug)]
pub(crate) struct RemoteIds {
    book: Book,
    /// Heard since they were last taken.
    sightings: Vec<Sighting>,
    sightings_shed: u64,
}

impl RemoteIds {
    pub(crate) fn new<'a>(receivers: impl Iterator<Item = &'a Sensor>) -> Self {
        let mut book = Book::new(Limits::default());
        for receiver in receivers {
            if let Some(site) = receiver.site {
                book.place(receiver.id, site);
            }
        }
        Self { book, sightings: Vec::new(), sightings_shed: 0 }
    }

    pub(crate) fn book(&self) -> &Book {
        &self.book
    }

    /// What was heard since the last call, as it came, and how much fell out.
    pub(crate) fn take_sightings(&mut self) -> (Vec<Sighting>, u64) {
        (std::mem::take(&mut self.sightings), std::mem::take(&mut self.sightings_shed))
    }

    /// What an aircraft calls itself, by the address under which its track goes.
    pub(crate) fn name(&self, address: Option<Address>) -> Option<String> {
        address.and_then(|address| self.book.by_address(address)).map(|a| a.id.to_string())
    }

    /// All that it tells, for a console.
    pub(crate) fn told(&self, address: Option<Address>, now: Time) -> Option<wire::RemoteId> {
        let aircraft = self.book.by_address(address?)?;
        Some(told(aircraft, &self.book, now))
    }
}

/// A piece of a receiver's capture on its way to plots.
pub(crate) struct Ear<'a> {
    pub(crate) sensor: SensorId,
    pub(crate) now: Time,
    pub(crate) health: &'a mut Health,
    pub(crate) plots: &'a mut Vec<Plot>,
    pub(crate) heard: &'a mut RemoteIds,
}

impl Ear<'_> {
    /// One frame as a datagram.
    pub(crate) fn datagram(&mut self, octets: &[u8]) {
        match Link::of_datagram(octets) {
            Some(link) => self.frame(link, None, octets),
            None => self.health.defect(Defect::LinkType.name(), self.now),
        }
    }

    /// A piece of a capture's stream, or where a recording hands out captured frames one by one, a
    /// frame.
    pub(crate) fn piece(&mut self, splitter: &mut CaptureSplitter, bytes: &[u8]) {
        if !splitter.is_within_capture() && Link::of_datagram(bytes).is_some() {
            return self.datagram(bytes);
        }
        splitter.push(bytes, &mut |found| match found {
            Ok(captured) => self.frame(captured.link, captured.time, captured.octets),
            Err(defect) => self.health.defect(defect.name(), self.now),
        });
    }

    /// The receiver's own time counts where it can be right.
    fn frame(&mut self, link: Link, captured: Option<Time>, octets: &[u8]) {
        let sane = |time: &Time| {
            (-TIME_LATE_MAX_S..=TIME_AHEAD_MAX_S).contains(&time.seconds_since(self.now))
        };
        let received = captured.filter(sane).unwrap_or(self.now);
        if captured.is_some_and(|captured| captured != received) {
            self.health.defect("time_far_from_receipt", self.now);
        }
        decode(link, octets, &mut |found| match found {
            Ok(broadcast) => {
                self.health.message(self.now);
                let Some(sighting) = self.heard.book.hear(&broadcast, self.sensor, received) else {
                    return;
                };
                if self.heard.sightings.len() >= SIGHTINGS_MAX {
                    let gone = SIGHTINGS_MAX / 8;
                    self.heard.sightings.drain(..gone);
                    self.heard.sightings_shed += gone as u64;
                }
                self.heard.sightings.push(sighting);
                if let Some(plot) = to_plot(&sighting) {
                    self.health.plot(self.now);
                    self.plots.push(Plot { received: self.now, ..plot });
                }
            }
            Err(defect) => self.health.defect(defect.name(), self.now),
        });
    }
}

fn told(aircraft: &Aircraft, book: &Book, now: Time) -> wire::RemoteId {
    let location = &aircraft.last.location;
    let system = aircraft.system.unwrap_or_default();
    let operator = aircraft.operator();
    let status = match location.status {
        Status::Ground => Some("on the ground"),
        Status::Airborne => Some("airborne"),
        Status::Emergency => Some("emergency"),
        Status::RemoteIdFailure => Some("Remote ID failed"),
        Status::Undeclared | Status::Reserved(_) => None,
    };
    let place = match system.operator_place {
        OperatorPlace::Live if system.operator.is_some() => "operator",
        OperatorPlace::Fixed => "fixed place",
        OperatorPlace::TakeOff | OperatorPlace::Live => "take-off",
    };
    let text = aircraft.self_id.map(|told| told.text.to_string());
    let doubts = || aircraft.doubts(now, book.limits());
    wire::RemoteId {
        id: aircraft.id.to_string(),
        id_kind: aircraft.id.kind().name().to_owned(),
        also: aircraft.also.map(|id| format!("{} {id}", id.kind().name())),
        transport: aircraft.last.transport.name().to_owned(),
        transmitters: aircraft.transmitters().map(|mac| mac.to_string()).collect(),
        signal_dbm: aircraft.signal_dbm,
        status: status.map(str::to_owned),
        height_ft: location.height_m.map(|m| m / METRES_PER_FOOT),
        height_above: match location.height_reference {
            HeightReference::TakeOff => "take-off",
            HeightReference::Ground => "ground",
        }
        .to_owned(),
        operator_lat_deg: operator.map(|point| point.latitude_rad.to_degrees()),
        operator_lon_deg: operator.map(|point| point.longitude_rad.to_degrees()),
        operator_place: place.to_owned(),
        operator_id: aircraft.operator_id.map(|told| told.text.to_string()),
        text: text.filter(|text| !text.is_empty()),
        authentication: aircraft.authentication.is_some(),
        doubts: doubts().map(in_words).collect(),
        impossible: aircraft.grade(now, book.limits()) >= Some(Grade::Impossible),
        age_s: now.seconds_since(aircraft.last.received).max(0.0),
    }
}

fn in_words(doubt: Doubt) -> String {
    let number = |value: f64| match doubt.kind.unit() {
        Unit::Metres if value >= 10_000.0 => format!("{:.0} km", value / 1000.0),
        Unit::Metres => format!("{value:.0} m"),
        Unit::MetresPerSecond => format!("{value:.0} m/s"),
        Unit::MetresPerSecondSquared => format!("{value:.0} m/s²"),
        Unit::Seconds => format!("{value:.0} s"),
        Unit::Count => format!("{value:.0}"),
    };
    format!("{} {} (limit {})", doubt.kind.name(), number(doubt.found), number(doubt.limit))
}
