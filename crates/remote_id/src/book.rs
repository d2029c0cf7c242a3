//! What is known of each aircraft that tells its Remote ID: the last of each message, by which
//! transmitters, and what of it cannot be.
//!
//! Bounded whatever is sent: of too many, those heard once and longest ago go first, so that a flood
//! of made-up identifications does not push out aircraft that are really there.

use crate::chain::{Chain, distance_m};
use crate::judge::{Doubt, DoubtKind, Grade, Limits};
use crate::{
    AuthenticationPage, BasicId, Broadcast, IdKind, Location, Mac, Message, OperatorId, Point,
    SelfId, Stamp, System, Transport, UaType, UasId,
};
use arrayvec::ArrayVec;
use geodesy::Geodetic;
use std::collections::BTreeMap;
use std::time::Duration;
use surveillance::{Address, SensorId, Time};

/// Aircraft and transmitters remembered.
const AIRCRAFT_MAX: usize = 4096;
/// Transmitters remembered of one aircraft, each by each receiver.
const CHAINS_MAX: usize = 8;
/// An aircraft silent for this long is forgotten, seconds.
const FORGOTTEN_S: f64 = 600.0;
/// What a transmitter said of who it is holds for this long, seconds (Bluetooth tells it each 3 s).
const SAID_S: f64 = 60.0;
/// Fewer sightings than this may have been made up by the thousand.
const HEARD_ONCE: u64 = 3;
/// Two transmitters heard within this are compared, seconds.
const TOGETHER_S: f64 = 10.0;
/// So often at two places, and it is no chance.
const TWICE: u32 = 2;
/// A time of measurement is believed if it is that close to the receipt, seconds.
const BELIEVED_S: f64 = 5.0;
/// Seconds between looks for what is to be forgotten.
const SWEEP_S: f64 = 30.0;

/// One telling of a position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sighting {
    /// Who it says it is.
    pub id: UasId,
    /// The address under which this node knows that identification, and where two transmitters tell
    /// it at two places, each of them.
    pub address: Address,
    /// Kind of craft it says it is.
    pub ua_type: UaType,
    /// Who sent.
    pub transmitter: Mac,
    /// By which way.
    pub transport: Transport,
    /// Who received.
    pub sensor: SensorId,
    /// When it was received, UTC.
    pub received: Time,
    /// When it was measured, UTC: as told where that can be, else when it was received.
    pub time: Time,
    /// Where, and how it moves.
    pub location: Location,
}

/// What is known of one aircraft.
#[derive(Debug, Clone)]
pub struct Aircraft {
    /// Who it says it is.
    pub id: UasId,
    /// The address under which this node knows it.
    pub address: Address,
    /// Other identifications that the same transmitter told beside it.
    pub also: Option<UasId>,
    /// Its last sighting.
    pub last: Sighting,
    /// Where its operator is, and the like.
    pub system: Option<System>,
    /// Its operator's registration.
    pub operator_id: Option<OperatorId>,
    /// Free text.
    pub self_id: Option<SelfId>,
    /// Pages of authentication heard, one bit each. Not verified.
    pub authentication_pages: u16,
    /// The newest of them.
    pub authentication: Option<AuthenticationPage>,
    /// Power at the receiver's antenna, dBm, if it says.
    pub signal_dbm: Option<i8>,
    /// When it was first heard, UTC.
    pub first: Time,
    /// How many positions were heard.
    pub sightings: u64,
    /// The last doubt of each kind, and when.
    doubts: [Option<(Doubt, Time)>; DoubtKind::ALL.len()],
    chains: ArrayVec<Chain, CHAINS_MAX>,
    /// How often it was at two places, and when last: what was long ago does not count.
    two_places: u32,
    at_two_places: Option<Time>,
}

impl Aircraft {
    /// What there is to doubt at this instant: found within the last while.
    pub fn doubts(&self, now: Time, limits: &Limits) -> impl Iterator<Item = Doubt> {
        let hold_s = limits.hold_s;
        let held = move |(_, at): &(Doubt, Time)| now.seconds_since(*at) <= hold_s;
        self.doubts.iter().flatten().filter(move |doubt| held(doubt)).map(|(doubt, _)| *doubt)
    }

    /// Those who told it, each once, in the order in which they were first heard.
    pub fn transmitters(&self) -> impl Iterator<Item = Mac> {
        let macs = || self.chains.iter().map(|chain| chain.mac);
        macs()
            .enumerate()
            .filter(move |(at, mac)| !macs().take(*at).any(|m| m == *mac))
            .map(|n| n.1)
    }

    /// The most that its doubts say at this instant; `None` if there are none.
    pub fn grade(&self, now: Time, limits: &Limits) -> Option<Grade> {
        self.doubts(now, limits).map(|doubt| doubt.kind.grade()).max()
    }

    /// Where its operator is, or else where it took off.
    pub fn operator(&self) -> Option<Point> {
        self.system.and_then(|system| system.operator.or(system.take_off))
    }

    fn doubt(&mut self, doubt: Doubt, at: Time) {
        let place = DoubtKind::ALL.iter().position(|kind| *kind == doubt.kind);
        if let Some(slot) = place.and_then(|place| self.doubts.get_mut(place)) {
            *slot = Some((doubt, at));
        }
    }
}

/// Counts since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BookCounters {
    /// Broadcasts taken.
    pub broadcasts: u64,
    /// Positions told by a transmitter that had not told who it is.
    pub nameless: u64,
    /// Aircraft given up because there were too many.
    pub shed: u64,
    /// Transmitters of one aircraft given up because there were too many.
    pub transmitters_shed: u64,
}

/// What one transmitter last said, message by message: over Bluetooth 4 each comes alone.
#[derive(Debug, Clone, Copy)]
struct Said {
    last: Time,
    id: Option<(UasId, UaType, Time)>,
    also: Option<UasId>,
}

/// All aircraft that were heard lately. A function of what it was told, and nothing else.
#[derive(Debug, Clone, Default)]
pub struct Book {
    limits: Limits,
    aircraft: BTreeMap<UasId, Aircraft>,
    said: BTreeMap<Mac, Said>,
    /// Which identification, and of which transmitter apart, has which number.
    numbers: BTreeMap<u32, (UasId, Option<Mac>)>,
    sites: BTreeMap<SensorId, Geodetic>,
    swept: Option<Time>,
    counters: BookCounters,
}

impl Book {
    /// An empty one.
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// What is held against what.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Says where a receiver's antenna is.
    pub fn place(&mut self, sensor: SensorId, site: Geodetic) {
        self.sites.insert(sensor, site);
    }

    /// Counts since the start.
    pub fn counters(&self) -> BookCounters {
        self.counters
    }

    /// All aircraft remembered, in the order of their identifications.
    pub fn aircraft(&self) -> impl Iterator<Item = &Aircraft> {
        self.aircraft.values()
    }

    /// One aircraft.
    pub fn get(&self, id: &UasId) -> Option<&Aircraft> {
        self.aircraft.get(id)
    }

    /// The aircraft that has an address.
    pub fn by_address(&self, address: Address) -> Option<&Aircraft> {
        let (id, _) = self.numbers.get(&address.bits())?;
        self.aircraft.get(id).filter(|_| address == Address::remote_id(address.bits()))
    }

    /// Takes a broadcast that a receiver got at `received` (UTC). Gives a sighting if it tells a
    /// position, or at least a location, of someone who has said who it is.
    pub fn hear(
        &mut self,
        broadcast: &Broadcast,
        sensor: SensorId,
        received: Time,
    ) -> Option<Sighting> {
        self.counters.broadcasts += 1;
        self.sweep(received);
        let said = self.note_said(broadcast, received);
        let location = broadcast.messages.iter().rev().find_map(|message| match message {
            Message::Location(location) => Some(*location),
            _ => None,
        });
        let Some((id, ua_type, _)) = said.id else {
            self.counters.nameless += u64::from(location.is_some());
            return None;
        };
        let Some(location) = location else {
            if let Some(aircraft) = self.aircraft.get_mut(&id) {
                note(aircraft, broadcast);
            }
            return None;
        };
        let mut sighting = Sighting {
            id,
            address: Address::remote_id(0),
            ua_type,
            transmitter: broadcast.transmitter,
            transport: broadcast.transport,
            sensor,
            received,
            time: time_of(&location, received),
            location,
        };
        if !self.aircraft.contains_key(&id) {
            self.make_room();
            sighting.address = Address::remote_id(self.number(id, None));
            self.aircraft.insert(id, fresh(sighting));
        }
        let aircraft = self.aircraft.get_mut(&id)?;
        aircraft.also = said.also.or(aircraft.also);
        note(aircraft, broadcast);
        sighting.address = aircraft.address;
        let mut found = ArrayVec::<Doubt, 16>::new();
        let mut keep = |doubt| {
            let _ = found.try_push(doubt);
        };
        let mut chains = aircraft.chains.iter();
        let place =
            chains.position(|chain| (chain.mac, chain.sensor) == (broadcast.transmitter, sensor));
        match place.and_then(|place| aircraft.chains.get_mut(place)) {
            Some(chain) => {
                chain.take(&sighting, broadcast.counter, &self.limits, &mut keep);
            }
            None => {
                if aircraft.chains.is_full() {
                    let oldest = (0..CHAINS_MAX).min_by_key(|at| aircraft.chains[*at].last);
                    if let Some(chain) = oldest.map(|at| aircraft.chains.remove(at)) {
                        let shared = |number| aircraft.chains.iter().any(|c| c.apart == number);
                        if let Some(number) = chain.apart.filter(|_| !shared(chain.apart)) {
                            self.numbers.remove(&number);
                        }
                        self.counters.transmitters_shed += 1;
                    }
                }
                let known = aircraft.chains.iter().find(|c| c.mac == broadcast.transmitter);
                let (apart, elsewhere) = known.map_or((None, 0), |c| (c.apart, c.elsewhere));
                let mut chain = Chain::new(&sighting, broadcast.counter);
                (chain.apart, chain.elsewhere) = (apart, elsewhere);
                aircraft.chains.push(chain);
            }
        }
        judge_place(aircraft, &sighting, self.sites.get(&sensor), &self.limits, &mut keep);
        let apart = judge_apart(aircraft, &sighting, &self.limits);
        for doubt in found.into_iter().chain(apart) {
            aircraft.doubt(doubt, received);
        }
        aircraft.sightings += 1;
        if let Some(number) = self.number_apart(id, broadcast.transmitter) {
            sighting.address = Address::remote_id(number);
        }
        let aircraft = self.aircraft.get_mut(&id)?;
        aircraft.last = sighting;
        Some(sighting)
    }

    /// Remembers who a transmitter says it is; of two identifications the serial number is the one.
    fn note_said(&mut self, broadcast: &Broadcast, at: Time) -> Said {
        let mac = broadcast.transmitter;
        if !self.said.contains_key(&mac) && self.said.len() >= AIRCRAFT_MAX {
            let order = self.said.iter().map(|(mac, said)| (said.last, *mac));
            for (_, mac) in least(order.collect()) {
                self.said.remove(&mac);
            }
        }
        let said = self.said.entry(mac).or_insert(Said { last: at, id: None, also: None });
        said.last = said.last.max(at);
        // A pack that says both who and where speaks for itself: a relay sends several aircraft's.
        let has = |wanted: fn(&Message) -> bool| broadcast.messages.iter().any(wanted);
        let is_whole = has(|m| matches!(m, Message::BasicId(BasicId { id: Some(_), .. })))
            && has(|m| matches!(m, Message::Location(_)));
        if is_whole || said.id.is_some_and(|(.., when)| at.seconds_since(when) > SAID_S) {
            (said.id, said.also) = (None, None);
        }
        for message in &broadcast.messages {
            let Message::BasicId(basic) = message else { continue };
            let Some(id) = basic.id else { continue };
            let holds = said.id.filter(|(held, ..)| rank(held.kind()) < rank(id.kind()));
            match (holds, said.id) {
                (Some(_), _) => said.also = Some(id),
                (None, Some((held, ..))) if held.kind() != id.kind() => {
                    (said.id, said.also) = (Some((id, basic.ua_type, at)), Some(held));
                }
                _ => said.id = Some((id, basic.ua_type, at)),
            }
        }
        *said
    }

    /// The number of an identification: of its octets, or the next that is free, so that one
    /// identification mostly has the same number in every node and two never share one here.
    fn number(&mut self, id: UasId, mac: Option<Mac>) -> u32 {
        let mut number = hash(&id, mac) & 0xff_ffff;
        while self.numbers.get(&number).is_some_and(|held| *held != (id, mac)) {
            number = (number + 1) & 0xff_ffff;
        }
        self.numbers.insert(number, (id, mac));
        number
    }

    /// The number of a transmitter that is not where the aircraft's first one is, whichever other
    /// is: that of one that is where it is, or its own.
    fn number_apart(&mut self, id: UasId, mac: Mac) -> Option<u32> {
        let aircraft = self.aircraft.get(&id)?;
        let place = aircraft.chains.iter().position(|chain| chain.mac == mac)?;
        let (first, chain) = (aircraft.chains.first()?, aircraft.chains.get(place)?);
        let wanted = chain.elsewhere >= TWICE && chain.mac != first.mac;
        match chain.apart {
            Some(number) => Some(number),
            None if wanted => {
                let beside = |other: &&Chain| {
                    let together_s = chain.last.seconds_since(other.last).abs();
                    other.apart.is_some()
                        && together_s <= TOGETHER_S
                        && beyond(chain.place(), other, chain.last, &self.limits).is_none()
                };
                let shared = aircraft.chains.iter().find(beside).and_then(|other| other.apart);
                let number = shared.unwrap_or_else(|| self.number(id, Some(mac)));
                let chains = &mut self.aircraft.get_mut(&id)?.chains;
                let own = chains.iter_mut().filter(|chain| chain.mac == mac);
                own.for_each(|chain| chain.apart = Some(number));
                Some(number)
            }
            None => None,
        }
    }

    fn make_room(&mut self) {
        if self.aircraft.len() < AIRCRAFT_MAX {
            return;
        }
        let order = |aircraft: &Aircraft| {
            (aircraft.sightings >= HEARD_ONCE, aircraft.last.received, aircraft.id)
        };
        for (.., id) in least(self.aircraft.values().map(order).collect()) {
            self.forget(&id);
            self.counters.shed += 1;
        }
    }

    fn forget(&mut self, id: &UasId) {
        let Some(aircraft) = self.aircraft.remove(id) else { return };
        self.numbers.remove(&aircraft.address.bits());
        for number in aircraft.chains.iter().filter_map(|chain| chain.apart) {
            self.numbers.remove(&number);
        }
    }

    fn sweep(&mut self, now: Time) {
        if self.swept.is_some_and(|at| (0.0..SWEEP_S).contains(&now.seconds_since(at))) {
            return;
        }
        self.swept = Some(now);
        let silent = |last: Time| now.seconds_since(last) > FORGOTTEN_S;
        let gone = self.aircraft.values().filter(|a| silent(a.last.received)).map(|a| a.id);
        for id in gone.collect::<Vec<_>>() {
            self.forget(&id);
        }
        self.said.retain(|_, said| !silent(said.last));
    }
}

/// The least eighth: many at once, so that a flood costs little for each.
fn least<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    let kept_from = all.len() / 8;
    if kept_from < all.len() {
        all.select_nth_unstable(kept_from);
    }
    all.truncate(kept_from.max(1));
    all
}

/// Which identification an aircraft is known by where it tells several: the lasting one.
const fn rank(kind: IdKind) -> u8 {
    match kind {
        IdKind::Serial => 0,
        IdKind::French => 1,
        IdKind::Registration => 2,
        IdKind::Utm => 3,
        IdKind::Session => 4,
    }
}

/// FNV-1a of 64 bits, folded.
fn hash(id: &UasId, mac: Option<Mac>) -> u32 {
    let octets = [id.kind() as u8].into_iter().chain(id.octets().iter().copied());
    let octets = octets.chain(mac.into_iter().flat_map(|mac| mac.0));
    let hash = octets.fold(0xcbf2_9ce4_8422_2325_u64, |hash, octet| {
        (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash ^ hash >> 24 ^ hash >> 48) as u32
}

fn fresh(sighting: Sighting) -> Aircraft {
    Aircraft {
        id: sighting.id,
        address: sighting.address,
        also: None,
        last: sighting,
        system: None,
        operator_id: None,
        self_id: None,
        authentication_pages: 0,
        authentication: None,
        signal_dbm: None,
        first: sighting.received,
        sightings: 0,
        doubts: [None; DoubtKind::ALL.len()],
        chains: ArrayVec::new(),
        two_places: 0,
        at_two_places: None,
    }
}

/// Keeps what a broadcast says beside who and where.
fn note(aircraft: &mut Aircraft, broadcast: &Broadcast) {
    aircraft.signal_dbm = broadcast.signal_dbm.or(aircraft.signal_dbm);
    for message in &broadcast.messages {
        match message {
            Message::System(system) => aircraft.system = Some(*system),
            Message::OperatorId(operator) if !operator.text.as_str().is_empty() => {
                aircraft.operator_id = Some(*operator);
            }
            Message::SelfId(text) => aircraft.self_id = Some(*text),
            Message::Authentication(page) => {
                aircraft.authentication_pages |= 1 << page.page.min(15);
                aircraft.authentication = Some(*page);
            }
            Message::BasicId(_) | Message::Location(_) | Message::OperatorId(_) => {}
        }
    }
}

/// When a position was measured: as told, if that is near the receipt.
fn time_of(location: &Location, received: Time) -> Time {
    let told = location.stamp.map(|stamp| told_time(stamp, received));
    told.filter(|told| told.seconds_since(received).abs() <= BELIEVED_S).unwrap_or(received)
}

/// The time told; of tenths of an hour the instant nearest to the receipt.
fn told_time(stamp: Stamp, received: Time) -> Time {
    const HOUR_NANOS: i64 = 3_600_000_000_000;
    match stamp {
        Stamp::At(time) => time,
        Stamp::TenthsOfHour(tenths) => {
            let into_hour = received.unix_nanos().rem_euclid(HOUR_NANOS);
            let off = (i64::from(tenths) * 100_000_000 - into_hour).rem_euclid(HOUR_NANOS);
            let off = if off > HOUR_NANOS / 2 { off - HOUR_NANOS } else { off };
            let span = Duration::from_nanos(off.unsigned_abs());
            if off < 0 { received.plus_seconds(-span.as_secs_f64()) } else { received.plus(span) }
        }
    }
}

/// What of a position can be judged without the one before.
fn judge_place(
    aircraft: &Aircraft,
    now: &Sighting,
    site: Option<&Geodetic>,
    limits: &Limits,
    doubts: &mut dyn FnMut(Doubt),
) {
    if now.id.is_well_formed_serial() == Some(false) && now.transport != Transport::DjiBeacon {
        let (found, limit) = (now.id.octets().len() as f64, f64::from(serial_length(&now.id)));
        doubts(Doubt { kind: DoubtKind::SerialMalformed, found, limit });
    }
    if let Some(stamp) = now.location.stamp {
        let found = told_time(stamp, now.received).seconds_since(now.received).abs();
        if found > limits.clock_max_s {
            doubts(Doubt { kind: DoubtKind::ClockOff, found, limit: limits.clock_max_s });
        }
    }
    let Some(point) = now.location.point else { return };
    let told = aircraft.system.map(|system| [system.operator, system.take_off]);
    let far = told.into_iter().flatten().flatten().map(|place| distance_m(point, place));
    if let Some(found) = far.reduce(f64::max) {
        let (kind, limit) = if found > limits.operator_max_m {
            (DoubtKind::OperatorImpossible, limits.operator_max_m)
        } else {
            (DoubtKind::OperatorFar, limits.operator_far_m)
        };
        if found > limit {
            doubts(Doubt { kind, found, limit });
        }
    }
    if let Some(site) = site {
        let Geodetic { latitude_rad, longitude_rad, .. } = *site;
        let found = distance_m(point, Point { latitude_rad, longitude_rad });
        if found > limits.radio_reach_m {
            doubts(Doubt { kind: DoubtKind::OutOfReach, found, limit: limits.radio_reach_m });
        }
    }
}

/// How long a serial number says it is.
fn serial_length(id: &UasId) -> u32 {
    let told = id.octets().get(4).and_then(|c| char::from(*c).to_digit(16));
    told.map_or(0, |told| 5 + told)
}

/// Holds a transmitter's place against those of the others that tell the same identification.
fn judge_apart(aircraft: &mut Aircraft, now: &Sighting, limits: &Limits) -> Option<Doubt> {
    let place = Some((now.location.point?, now.received));
    let others = aircraft.chains.iter().filter(|chain| {
        chain.mac != now.transmitter && now.received.seconds_since(chain.last) <= TOGETHER_S
    });
    let far = others.filter_map(|chain| {
        let (distance_m, may_m) = beyond(place, chain, now.received, limits)?;
        Some((distance_m, may_m, chain.apart.is_none()))
    });
    let (mut farthest, mut elsewhere) = (None::<(f64, f64)>, false);
    for (distance_m, may_m, from_first) in far {
        elsewhere |= from_first;
        if farthest.is_none_or(|(most_m, _)| distance_m > most_m) {
            farthest = Some((distance_m, may_m));
        }
    }
    let (found, limit) = farthest?;
    for chain in aircraft.chains.iter_mut().filter(|chain| chain.mac == now.transmitter) {
        chain.elsewhere = chain.elsewhere.saturating_add(u32::from(elsewhere));
    }
    let before = aircraft.at_two_places.replace(now.received);
    if before.is_some_and(|at| now.received.seconds_since(at) > limits.hold_s) {
        aircraft.two_places = 0;
    }
    aircraft.two_places = aircraft.two_places.saturating_add(1);
    (aircraft.two_places >= TWICE).then_some(Doubt { kind: DoubtKind::TwoPlaces, found, limit })
}

/// How far a place is from a transmitter's, and how far it may be, if it is farther, metres.
fn beyond(
    place: Option<(Point, Time)>,
    chain: &Chain,
    now: Time,
    limits: &Limits,
) -> Option<(f64, f64)> {
    let ((point, _), (other, at)) = (place?, chain.place()?);
    let distance_m = distance_m(point, other);
    let may_m =
        limits.apart_max_m + limits.speed_max_mps * now.seconds_since(at).abs().min(TOGETHER_S);
    (distance_m > may_m).then_some((distance_m, may_m))
}
