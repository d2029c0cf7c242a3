//! Remote ID within the engine: captured frames to plots, what a console is told of an aircraft, and
//! what rules are shown and alerts say of it.

use super::sensors::Health;
use super::{TIME_AHEAD_MAX_S, TIME_LATE_MAX_S};
use crate::wire;
use alert::{
    AlertKey, Cause, Fact, Firings, RemoteId, RemoteIdFact, RemoteIdStatus, Rule, Severity, Value,
};
use geodesy::units::METRES_PER_FOOT;
use geodesy::{Enu, Geodetic};
use picture::Picture;
use remote_id::{
    Aircraft, Book, CaptureSplitter, Defect, Doubt, Grade, HeightReference, Limits, Link,
    OperatorPlace, Point, Sighting, Status, UasId, Unit, decode, to_plot,
};
use std::collections::BTreeMap;
use surveillance::{Address, AddressKind, Plot, Sensor, SensorId, Time, TrackNumber};

/// Sightings kept from one look of the rules to the next; the oldest fall out beyond that.
const SIGHTINGS_MAX: usize = 4096;
/// An aircraft for which there is no track is told of after so long, seconds.
const TRACKLESS_S: f64 = 10.0;
/// An aircraft not heard for this long is not there to be told of, seconds.
const HEARD_S: f64 = 30.0;

/// All that this node heard by Remote ID.
#[derive(Debug)]
pub(crate) struct RemoteIds {
    book: Book,
    /// Heard since the rules last looked.
    sightings: Vec<Sighting>,
}

impl RemoteIds {
    pub(crate) fn new<'a>(limits: Limits, receivers: impl Iterator<Item = &'a Sensor>) -> Self {
        let mut book = Book::new(limits);
        for receiver in receivers {
            if let Some(site) = receiver.site {
                book.place(receiver.id, site);
            }
        }
        Self { book, sightings: Vec::new() }
    }

    pub(crate) fn book(&self) -> &Book {
        &self.book
    }

    /// What was heard since the last call, as it came, for the rules.
    pub(crate) fn facts(&mut self, picture: &Picture) -> Vec<RemoteIdFact> {
        let sightings = std::mem::take(&mut self.sightings);
        if sightings.is_empty() {
            return Vec::new();
        }
        let tracks = tracks(picture);
        let operator = |sighting: &Sighting| self.book.get(&sighting.id)?.operator().map(place);
        let fact = |sighting: &Sighting| {
            let location = &sighting.location;
            let velocity = location.speed_mps.zip(location.course_rad).map(|(speed, course)| Enu {
                east: speed * course.sin(),
                north: speed * course.cos(),
                up: location.vertical_rate_mps.unwrap_or(0.0),
            });
            Some(RemoteIdFact {
                id: alert_id(&sighting.id),
                track: tracks.get(&sighting.address).copied(),
                receiver: sighting.sensor,
                position: place(location.point?)
                    .at_height(location.height_geometric_m.unwrap_or(0.0)),
                accuracy_m: location.horizontal_accuracy_m,
                velocity,
                operator: operator(sighting),
                time: sighting.time,
                status: match location.status {
                    Status::Ground => RemoteIdStatus::Ground,
                    Status::Airborne => RemoteIdStatus::Airborne,
                    Status::Emergency => RemoteIdStatus::Emergency,
                    Status::RemoteIdFailure => RemoteIdStatus::SystemFailure,
                    Status::Undeclared | Status::Reserved(_) => RemoteIdStatus::Undeclared,
                },
            })
        };
        sightings.iter().filter_map(fact).collect()
    }

    /// Fires for each aircraft that is heard, for each that tells what cannot be, and for each
    /// identification at two places; where a rule has fired for the same, its word stands.
    pub(crate) fn fire(&self, picture: &Picture, now: Time, firings: &mut Firings) {
        let heard = |aircraft: &&Aircraft| now.seconds_since(aircraft.last.received) <= HEARD_S;
        let aircraft: Vec<&Aircraft> = self.book.aircraft().filter(heard).collect();
        if aircraft.is_empty() {
            return;
        }
        let tracks = tracks(picture);
        let fired: Vec<(Rule, Cause)> = firings
            .iter()
            .map(|firing| (firing.key.rule, firing.key.cause))
            .filter(|(_, cause)| matches!(cause, Cause::RemoteId(_)))
            .collect();
        for aircraft in aircraft {
            let cause = Cause::RemoteId(alert_id(&aircraft.id));
            let severity = match aircraft.last.location.status {
                Status::Emergency | Status::RemoteIdFailure => Severity::Caution,
                _ => Severity::Advisory,
            };
            let track = tracks.get(&aircraft.last.address).copied();
            // One alert, with its track: until there is one, not at once.
            let due = track.is_some() || now.seconds_since(aircraft.first) >= TRACKLESS_S;
            let key = |rule, track| AlertKey { rule, cause, tracks: [track, None] };
            let unmanned = key(Rule::Unmanned, track);
            if due && let Some(facts) = fire_new(firings, &fired, unmanned, severity) {
                let silent_s = now.seconds_since(aircraft.last.received).max(0.0);
                let heard = Value::SpanS(silent_s);
                facts.push(Fact::against("last heard before", heard, Value::SpanS(HEARD_S)));
                about(aircraft, facts);
            }
            for (grade, rule) in [
                (Grade::Impossible, Rule::RemoteIdMotion),
                (Grade::Duplicate, Rule::RemoteIdDuplicate),
            ] {
                let doubts = || {
                    let all = aircraft.doubts(now, self.book.limits());
                    all.filter(move |doubt| doubt.kind.grade() == grade)
                };
                if doubts().next().is_none() {
                    continue;
                }
                let key = key(rule, None);
                if let Some(facts) = fire_new(firings, &fired, key, Severity::Caution) {
                    facts.extend(doubts().map(as_fact));
                    about(aircraft, facts);
                }
            }
        }
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
                    self.heard.sightings.drain(..SIGHTINGS_MAX / 8);
                    self.health.defect("remote_id_sightings_shed", self.now);
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

/// Of a French identification, which is longer, its end: that tells one aircraft from the next.
fn alert_id(id: &UasId) -> RemoteId {
    let octets = id.octets();
    RemoteId::new(&octets[octets.len().saturating_sub(20)..])
}

fn place(point: Point) -> Geodetic {
    let Point { latitude_rad, longitude_rad } = point;
    Geodetic { latitude_rad, longitude_rad, height_m: 0.0 }
}

/// The track of each Remote ID in the picture.
fn tracks(picture: &Picture) -> BTreeMap<Address, TrackNumber> {
    let named = picture.entries().filter_map(|entry| {
        let address = entry.track.codes.address?;
        (address.kind() == AddressKind::RemoteId).then_some((address, entry.track.number))
    });
    named.collect()
}

/// What every alert about an aircraft says.
fn about(aircraft: &Aircraft, facts: &mut Vec<Fact>) {
    if let Some(point) = aircraft.last.location.point {
        facts.push(Fact::new("position", Value::Place(place(point))));
    }
    if let Some(operator) = aircraft.operator() {
        facts.push(Fact::new("position of the operator", Value::Place(place(operator))));
    }
    if let Some(told) = aircraft.operator_id {
        facts.push(Fact::new("operator's registration", Value::Name(told.text.to_string())));
    }
    for transmitter in aircraft.transmitters() {
        facts.push(Fact::new("transmitter", Value::Name(transmitter.to_string())));
    }
    facts.push(Fact::new("heard by", Value::Sensor(aircraft.last.sensor)));
}

fn as_fact(doubt: Doubt) -> Fact {
    let value = |value: f64| match doubt.kind.unit() {
        Unit::Metres => Value::DistanceM(value),
        // There is no unit for a change of speed: as that within a second.
        Unit::MetresPerSecond | Unit::MetresPerSecondSquared => Value::SpeedMps(value),
        Unit::Seconds => Value::SpanS(value),
        Unit::Count => Value::Count(value as u64),
    };
    Fact::against(doubt.kind.name(), value(doubt.found), value(doubt.limit))
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

/// Fires where no rule has about the same.
fn fire_new<'f>(
    firings: &'f mut Firings,
    fired: &[(Rule, Cause)],
    key: AlertKey,
    severity: Severity,
) -> Option<&'f mut Vec<Fact>> {
    let is_new = !fired.contains(&(key.rule, key.cause));
    is_new.then(|| firings.fire(key, severity, None))
}
