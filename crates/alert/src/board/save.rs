//! A board as bytes, so that numbers, acknowledgements and mutes outlive a restart.
//!
//! Layout, little-endian: `ALERTS` and the version, then next number, running time, the
//! clock at the last update, counts, open
//! alerts with the running time at which each last fired, ended ones in the order in which they
//! ended, mutes. Texts and lists have their length first. On-delays are not kept: they begin again.

use super::row::{Act, Alert, End, Ended, Joined};
use super::{Board, BoardConfig, Mute, MuteScope, Row, WORDS_MAX};
use crate::bytes::{BytesError, Reader, Writer};
use crate::{AlertId, AlertKey, Cause, Fact, RemoteId, Rule, Severity, Value};
use geodesy::Geodetic;
use std::borrow::Cow;
use surveillance::{Address, AddressKind, EndReason, Mode3A, SensorId, TrackNumber};

const MAGIC: &[u8; 6] = b"ALERTS";
const VERSION: u8 = 1;
/// Longest name of a fact, or value that is a name, bytes.
const NAME_MAX: usize = 1_000;
/// Longer no node runs, and more alerts none opens: 2⁵³.
const NUMBER_MAX: u64 = 1 << 53;

/// Bytes that are no saved board.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// They do not begin as one.
    #[error("not a saved alert board")]
    NotABoard,
    /// A later version wrote them.
    #[error("alert board of version {found}; this reads {VERSION}: restore with the newer program")]
    Version {
        /// Its version.
        found: u8,
    },
    /// They are cut off or have a value that none may have.
    #[error("alert board damaged at byte {at}: {what}")]
    Damaged {
        /// Where.
        at: usize,
        /// What is wrong there.
        what: &'static str,
    },
}

impl From<BytesError> for RestoreError {
    fn from(BytesError { at, what }: BytesError) -> Self {
        Self::Damaged { at, what }
    }
}

impl Board {
    /// As bytes.
    pub fn save(&self) -> Vec<u8> {
        self.saved(|_| true, true)
    }

    /// Those of these alerts that it has, as the bytes of a board that has no others; [`Self::adopt`]
    /// puts them back. `ids` are in order.
    pub fn save_some(&self, ids: &[AlertId]) -> Vec<u8> {
        self.saved(|id| ids.binary_search(&id).is_ok(), false)
    }

    fn saved(&self, wanted: impl Fn(AlertId) -> bool, with_mutes: bool) -> Vec<u8> {
        let mut w = Writer::default();
        w.raw(MAGIC);
        w.u8(VERSION);
        w.u64(self.next_id);
        w.u64(self.running_ms);
        w.option(self.clock.last(), Writer::time);
        let counts = &self.counts;
        w.u64(counts.handed_out_ever);
        w.u64(counts.handed_out_early);
        w.u64(counts.doubled);
        w.u64(counts.clock_steps);
        let open = || self.open.values().filter(|row| wanted(row.alert.id));
        w.len(open().count());
        for row in open() {
            w.u64(row.fired_ms);
            write_alert(&mut w, &row.alert);
        }
        let ended = || {
            let kept = self.ended_order.iter().filter(|(_, id)| wanted(*id));
            kept.filter_map(|(ms, id)| Some((ms, self.ended.get(id)?)))
        };
        w.len(ended().count());
        for (ended_ms, alert) in ended() {
            w.u64(*ended_ms);
            write_alert(&mut w, alert);
        }
        let mutes = || self.mutes.iter().filter(|_| with_mutes);
        w.len(mutes().count());
        for (scope, mute) in mutes() {
            write_scope(&mut w, scope);
            write_act(&mut w, &mute.act);
            w.text(&mute.reason);
            w.time(mute.until);
        }
        w.into_bytes()
    }

    /// A saved board, to be kept as `config` says. Its running time goes on with the next update:
    /// where the node was down for longer than [`BoardConfig::step_max_s`], as after a leap of the
    /// clock.
    ///
    /// Where alerts opened after it was saved and before the node stopped, give their highest
    /// number to [`Board::skip_past`], or it is given again.
    ///
    /// # Errors
    /// Bytes that are no saved board: nothing of them is taken.
    pub fn restore(config: BoardConfig, bytes: &[u8]) -> Result<Self, RestoreError> {
        let mut r = Reader::new(bytes);
        if r.raw(MAGIC.len()).ok() != Some(MAGIC) {
            return Err(RestoreError::NotABoard);
        }
        match r.u8()? {
            VERSION => {}
            found => return Err(RestoreError::Version { found }),
        }
        let mut board = Self::new(config);
        board.next_id = r.u64()?;
        board.running_ms = r.u64()?;
        board.clock.go_on_from(r.option(Reader::time)?);
        if board.next_id == 0 || board.next_id > NUMBER_MAX || board.running_ms > NUMBER_MAX {
            return Err(r.fault("next number").into());
        }
        let counts = &mut board.counts;
        for count in [
            &mut counts.handed_out_ever,
            &mut counts.handed_out_early,
            &mut counts.doubled,
            &mut counts.clock_steps,
        ] {
            *count = r.u64()?;
        }
        for _ in 0..r.len()? {
            let (fired_ms, alert) = board.read_alert(&mut r)?;
            let key = alert.key;
            let twice = board.by_id.insert(alert.id, key).is_some();
            if alert.ended.is_some() || twice {
                return Err(r.fault("an open alert that has ended or is there twice").into());
            }
            if board.open.insert(key, Row { alert, fired_ms }).is_some() {
                return Err(r.fault("two alerts of one key").into());
            }
        }
        for _ in 0..r.len()? {
            let (ended_ms, alert) = board.read_alert(&mut r)?;
            let id = alert.id;
            let open = alert.ended.is_none() || board.by_id.contains_key(&id);
            if open || board.ended.insert(id, alert).is_some() {
                return Err(r.fault("an ended alert that is open or is there twice").into());
            }
            board.ended_order.push_back((ended_ms, id));
        }
        for _ in 0..r.len()? {
            let scope = read_scope(&mut r)?;
            let (act, reason) = (read_act(&mut r)?, r.text(WORDS_MAX)?.to_owned());
            board.mutes.insert(scope, Mute { act, reason, until: r.time()? });
        }
        r.end()?;
        Ok(board)
    }

    /// Takes in what opened, moved and ended on this board later ([`super::Changes`]), as
    /// [`Self::save_some`] gave it, under the numbers that they had.
    pub fn adopt(&mut self, mut later: Board) {
        self.next_id = self.next_id.max(later.next_id);
        for (_, id) in later.ended_order {
            let Some(alert) = later.ended.remove(&id) else { continue };
            if let Some(key) = self.by_id.remove(&id) {
                self.open.remove(&key);
            }
            if self.ended.insert(id, alert).is_none() {
                self.ended_order.push_back((self.running_ms, id));
            }
        }
        // Those that moved leave their keys before another takes one.
        for row in later.open.values() {
            if let Some(key) = self.by_id.remove(&row.alert.id) {
                self.open.remove(&key);
            }
        }
        for (key, row) in later.open {
            // Its delay begins again.
            let row = Row { fired_ms: self.running_ms, ..row };
            self.by_id.insert(row.alert.id, key);
            if let Some(before) = self.open.insert(key, row) {
                self.by_id.remove(&before.alert.id);
            }
        }
    }

    /// Gives no number up to and including this one again.
    pub fn skip_past(&mut self, id: AlertId) {
        self.next_id = self.next_id.max(id.0.saturating_add(1));
    }

    /// The running time that goes with an alert, and the alert.
    fn read_alert(&self, r: &mut Reader<'_>) -> Result<(u64, Alert), BytesError> {
        let running_ms = r.u64()?;
        let alert = read_alert(r)?;
        if running_ms > self.running_ms || alert.id.0 >= self.next_id || alert.id.0 == 0 {
            return Err(r.fault("an alert from after the board was saved"));
        }
        Ok((running_ms, alert))
    }
}

fn write_alert(w: &mut Writer, alert: &Alert) {
    w.u64(alert.id.0);
    write_key(w, &alert.key);
    w.u8(alert.severity as u8);
    w.option(alert.predicted, |w, at| w.time(at));
    w.len(alert.facts.len());
    for fact in &alert.facts {
        w.text(cut(&fact.name));
        write_value(w, &fact.value);
        w.option(fact.limit.as_ref(), write_value);
    }
    w.time(alert.opened);
    w.time(alert.fired);
    w.option(alert.raised, |w, at| w.time(at));
    w.option(alert.acknowledged.as_ref(), write_act);
    w.option(alert.incident.as_ref(), |w, joined| {
        w.text(&joined.incident);
        write_act(w, &joined.act);
    });
    w.option(alert.ended.as_ref(), |w, ended| {
        w.time(ended.at);
        match &ended.why {
            End::Condition => w.u8(0),
            End::Resolved => w.u8(1),
            End::Track(reason) => {
                w.u8(2);
                write_reason(w, *reason);
            }
            End::Closed { act, reason } => {
                w.u8(3);
                write_act(w, act);
                w.text(reason);
            }
        }
    });
}

fn read_alert(r: &mut Reader<'_>) -> Result<Alert, BytesError> {
    let id = AlertId(r.u64()?);
    let key = read_key(r)?;
    let severity = match r.u8()? {
        0 => Severity::Advisory,
        1 => Severity::Caution,
        2 => Severity::Warning,
        _ => return Err(r.fault("severity")),
    };
    let predicted = r.option(Reader::time)?;
    let mut facts = Vec::new();
    for _ in 0..r.len()? {
        facts.push(Fact {
            name: Cow::Owned(r.text(NAME_MAX)?.to_owned()),
            value: read_value(r)?,
            limit: r.option(read_value)?,
        });
    }
    Ok(Alert {
        id,
        key,
        severity,
        predicted,
        facts,
        opened: r.time()?,
        fired: r.time()?,
        raised: r.option(Reader::time)?,
        acknowledged: r.option(read_act)?,
        incident: r.option(|r| {
            Ok(Joined { incident: r.text(WORDS_MAX)?.to_owned(), act: read_act(r)? })
        })?,
        ended: r.option(|r| Ok(Ended { at: r.time()?, why: read_end(r)? }))?,
    })
}

fn read_end(r: &mut Reader<'_>) -> Result<End, BytesError> {
    Ok(match r.u8()? {
        0 => End::Condition,
        1 => End::Resolved,
        2 => End::Track(read_reason(r)?),
        3 => End::Closed { act: read_act(r)?, reason: r.text(WORDS_MAX)?.to_owned() },
        _ => return Err(r.fault("why an alert ended")),
    })
}

fn write_reason(w: &mut Writer, reason: EndReason) {
    let (tag, number) = match reason {
        EndReason::Lost => (0, None),
        EndReason::NeverConfirmed => (1, None),
        EndReason::MergedInto(number) => (2, Some(number)),
        EndReason::Superseded(number) => (3, Some(number)),
        EndReason::Shed => (4, None),
    };
    w.u8(tag);
    if let Some(number) = number {
        w.u32(number.0);
    }
}

fn read_reason(r: &mut Reader<'_>) -> Result<EndReason, BytesError> {
    Ok(match r.u8()? {
        0 => EndReason::Lost,
        1 => EndReason::NeverConfirmed,
        2 => EndReason::MergedInto(TrackNumber(r.u32()?)),
        3 => EndReason::Superseded(TrackNumber(r.u32()?)),
        4 => EndReason::Shed,
        _ => return Err(r.fault("why a track ended")),
    })
}

fn write_act(w: &mut Writer, act: &Act) {
    w.text(&act.by);
    w.time(act.at);
}

fn read_act(r: &mut Reader<'_>) -> Result<Act, BytesError> {
    Ok(Act { by: r.text(WORDS_MAX)?.to_owned(), at: r.time()? })
}

fn write_scope(w: &mut Writer, scope: &MuteScope) {
    match scope {
        MuteScope::Rule(rule) => {
            w.u8(0);
            w.u16(rule.number());
        }
        MuteScope::Key(key) => {
            w.u8(1);
            write_key(w, key);
        }
    }
}

fn read_scope(r: &mut Reader<'_>) -> Result<MuteScope, BytesError> {
    Ok(match r.u8()? {
        0 => MuteScope::Rule(read_rule(r)?),
        1 => MuteScope::Key(read_key(r)?),
        _ => return Err(r.fault("scope of a mute")),
    })
}

fn read_rule(r: &mut Reader<'_>) -> Result<Rule, BytesError> {
    let number = r.u16()?;
    Rule::from_number(number).ok_or_else(|| r.fault("rule"))
}

fn write_key(w: &mut Writer, key: &AlertKey) {
    w.u16(key.rule.number());
    match key.cause {
        Cause::Tracks => w.u8(0),
        Cause::Area(area) => {
            w.u8(1);
            w.u32(area);
        }
        Cause::Code(code) => {
            w.u8(2);
            w.u16(code.bits());
        }
        Cause::Address(address) => {
            w.u8(3);
            write_address(w, address);
        }
        Cause::Cell(cell) => {
            w.u8(4);
            w.u64(cell);
        }
        Cause::Sensor(sensor) => {
            w.u8(5);
            w.raw(&[sensor.sac, sensor.sic]);
        }
        Cause::RemoteId(RemoteId(octets)) => {
            w.u8(6);
            w.raw(&octets);
        }
    }
    for track in key.tracks {
        w.option(track, |w, number| w.u32(number.0));
    }
}

fn read_key(r: &mut Reader<'_>) -> Result<AlertKey, BytesError> {
    let rule = read_rule(r)?;
    let cause = match r.u8()? {
        0 => Cause::Tracks,
        1 => Cause::Area(r.u32()?),
        2 => Cause::Code(Mode3A::new(r.u16()?)),
        3 => Cause::Address(read_address(r)?),
        4 => Cause::Cell(r.u64()?),
        5 => Cause::Sensor(SensorId { sac: r.u8()?, sic: r.u8()? }),
        6 => Cause::RemoteId(RemoteId::new(r.raw(20)?)),
        _ => return Err(r.fault("cause")),
    };
    let mut track = || r.option(|r| Ok(TrackNumber(r.u32()?)));
    Ok(AlertKey { rule, cause, tracks: [track()?, track()?] })
}

fn write_address(w: &mut Writer, address: Address) {
    w.u8(match address.kind() {
        AddressKind::Icao => 0,
        AddressKind::Other => 1,
        AddressKind::RemoteId => 2,
    });
    w.u32(address.bits());
}

fn read_address(r: &mut Reader<'_>) -> Result<Address, BytesError> {
    Ok(match (r.u8()?, r.u32()?) {
        (0, bits) => Address::icao(bits),
        (1, bits) => Address::other(bits),
        (2, bits) => Address::remote_id(bits),
        _ => return Err(r.fault("address")),
    })
}

fn write_value(w: &mut Writer, value: &Value) {
    let mut tagged = |tag: u8, number: f64| {
        w.u8(tag);
        w.f64(number);
    };
    match value {
        Value::DistanceM(x) => tagged(0, *x),
        Value::HeightM(x) => tagged(1, *x),
        Value::SpeedMps(x) => tagged(2, *x),
        Value::AngleRad(x) => tagged(3, *x),
        Value::SpanS(x) => tagged(4, *x),
        Value::Share(x) => tagged(5, *x),
        Value::Count(n) => {
            w.u8(6);
            w.u64(*n);
        }
        Value::At(at) => {
            w.u8(7);
            w.time(*at);
        }
        Value::Place(place) => {
            w.u8(8);
            w.f64(place.latitude_rad);
            w.f64(place.longitude_rad);
            w.f64(place.height_m);
        }
        Value::Code(code) => {
            w.u8(9);
            w.u16(code.bits());
        }
        Value::Address(address) => {
            w.u8(10);
            write_address(w, *address);
        }
        Value::Sensor(sensor) => {
            w.u8(11);
            w.raw(&[sensor.sac, sensor.sic]);
        }
        Value::Track(number) => {
            w.u8(13);
            w.u32(number.0);
        }
        Value::Name(name) => {
            w.u8(12);
            w.text(cut(name));
        }
    }
}

/// As much of a name as is read back: names of airspaces come from files and may be of any length.
fn cut(name: &str) -> &str {
    &name[..name.floor_char_boundary(NAME_MAX)]
}

fn read_value(r: &mut Reader<'_>) -> Result<Value, BytesError> {
    Ok(match r.u8()? {
        0 => Value::DistanceM(r.f64()?),
        1 => Value::HeightM(r.f64()?),
        2 => Value::SpeedMps(r.f64()?),
        3 => Value::AngleRad(r.f64()?),
        4 => Value::SpanS(r.f64()?),
        5 => Value::Share(r.f64()?),
        6 => Value::Count(r.u64()?),
        7 => Value::At(r.time()?),
        8 => Value::Place(Geodetic {
            latitude_rad: r.f64()?,
            longitude_rad: r.f64()?,
            height_m: r.f64()?,
        }),
        9 => Value::Code(Mode3A::new(r.u16()?)),
        10 => Value::Address(read_address(r)?),
        11 => Value::Sensor(SensorId { sac: r.u8()?, sic: r.u8()? }),
        12 => Value::Name(r.text(NAME_MAX)?.to_owned()),
        13 => Value::Track(TrackNumber(r.u32()?)),
        _ => return Err(r.fault("kind of value")),
    })
}
