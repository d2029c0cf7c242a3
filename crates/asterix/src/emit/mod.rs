//! A centre's own picture as ASTERIX: system tracks as CAT062, sensors as CAT063, itself as CAT065,
//! alerts as CAT004, each by the newest edition there is a table for.
//!
//! [`Emitter`] is for one stream to one consumer. It gives tracks the numbers of 16 bits that the
//! category has room for, says which message of a track is its first and its last, and closes each
//! update with an end of batch. [`Emitter::track`] and its neighbours make single records.
//!
//! What cannot be told is left out: a value out of an item's range, and what the centre does not know.
//! Ages and accuracies alone stop at the largest that there is room for, which is the cautious side.
//! There is no system plane, so I062/100 is left out and the velocity (I062/185) is east and north at
//! the track's own position; [`crate::partner_track`] reads it so.

mod alert;
mod numbers;
mod status;
mod track;

pub use alert::{Area, Conflict, ConflictSeverity, SafetyNet, SafetyNetKind, Separation};
pub use numbers::Numbers;
pub use status::SensorState;

use crate::assemble::Datagrams;
use crate::editions::Editions;
use crate::fields::{EncodeError, FieldError, Fields};
use crate::plots::Condition;
use crate::spec::{Content, Spec};
use surveillance::{SensorId, Time, Track, TrackNumber};
use thiserror::Error;

/// Turns one picture, update after update, into datagrams.
#[derive(Debug, Clone)]
pub struct Emitter {
    sender: SensorId,
    service: Option<u8>,
    datagrams: Datagrams,
    numbers: Numbers<TrackNumber>,
    batch: u8,
}

/// What one update came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sent {
    /// Tracks told.
    pub tracks: usize,
    /// Tracks told to have ended.
    pub ended: usize,
    /// Tracks that no number was left for: 65,535 are told at the same time.
    pub numberless: usize,
}

/// A record could not be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EmitError {
    /// The newest edition's table lacks an element that is needed.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// It does not fit a data block.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// No table for the category.
    #[error("no tables for CAT{0:03}")]
    Category(u8),
}

/// Which message of a track it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The first that the consumer gets.
    First,
    /// One on the way.
    Later,
}

impl Emitter {
    /// For what `sender` tells, as service `service` (I062/015) if that is told, in datagrams of at most
    /// `octets_max` octets.
    pub fn new(sender: SensorId, service: Option<u8>, octets_max: usize) -> Self {
        Self {
            sender,
            service,
            datagrams: Datagrams::new(octets_max),
            numbers: Numbers::default(),
            batch: 0,
        }
    }

    /// The whole picture at `now`, UTC: each track as CAT062, those that were told before and are
    /// no more as ended, each sensor as CAT063, an end of batch as CAT065. `out` is given each datagram.
    ///
    /// # Errors
    /// If a record cannot be made, which the tests rule out for the tables that there are.
    pub fn update<'t>(
        &mut self,
        now: Time,
        tracks: impl IntoIterator<Item = &'t Track>,
        sensors: &[SensorState],
        out: &mut impl FnMut(Vec<u8>),
    ) -> Result<Sent, EmitError> {
        let mut sent = Sent::default();
        self.numbers.begin();
        for track in tracks {
            let Some((number, turn)) = self.numbers.of(track.number) else {
                sent.numberless += 1;
                continue;
            };
            let record = self.track(track, number, turn)?;
            self.push(&record, out)?;
            sent.tracks += 1;
        }
        for (_, number) in self.numbers.ended() {
            let record = self.ended(number, now)?;
            self.push(&record, out)?;
            sent.ended += 1;
        }
        for sensor in sensors {
            let record = self.sensor(sensor, now)?;
            self.push(&record, out)?;
        }
        let record = self.end_of_batch(now, self.batch)?;
        self.batch = self.batch.wrapping_add(1);
        self.push(&record, out)?;
        if let Some(datagram) = self.datagrams.finish() {
            out(datagram);
        }
        Ok(sent)
    }

    /// The centre's own state, a datagram of its own (CAT065, SDPS status).
    ///
    /// # Errors
    /// As [`Self::update`].
    pub fn state(&mut self, now: Time, condition: Condition) -> Result<Vec<u8>, EmitError> {
        let record = self.status(now, condition)?;
        self.alone(&record)
    }

    /// An alert, a datagram of its own (CAT004). A track's number is the one of the last update, where
    /// it was in that.
    ///
    /// # Errors
    /// As [`Self::update`].
    pub fn alert(&mut self, alert: &SafetyNet<'_>) -> Result<Vec<u8>, EmitError> {
        let number = |track: &Track| self.numbers.known(track.number);
        let (first, second) = (alert.first.and_then(number), alert.second.and_then(number));
        let record = alert::record(self.begin(4)?, alert, first, second)?;
        self.alone(&record)
    }

    fn alone(&mut self, record: &Fields) -> Result<Vec<u8>, EmitError> {
        // Nothing is collected between two calls from outside.
        self.datagrams.push(record)?;
        Ok(self.datagrams.finish().unwrap_or_default())
    }

    fn push(&mut self, record: &Fields, out: &mut impl FnMut(Vec<u8>)) -> Result<(), EmitError> {
        if let Some(full) = self.datagrams.push(record)? {
            out(full);
        }
        Ok(())
    }

    /// A record with who sends it.
    fn begin(&self, category: u8) -> Result<Fields, EmitError> {
        let mut fields = Fields::new(newest(category)?);
        let SensorId { sac, sic } = self.sender;
        fields.set_raw("010/SAC", sac.into())?.set_raw("010/SIC", sic.into())?;
        if let Some(service) = self.service.filter(|_| category != 4) {
            fields.set_raw("015", service.into())?;
        }
        Ok(fields)
    }
}

fn newest(category: u8) -> Result<&'static Spec, EmitError> {
    let of_category = Editions::known().filter(|spec| spec.category == category);
    of_category.last().ok_or(EmitError::Category(category))
}

/// A time of day in 1/128 s, rounded; the last half step of a day is the next midnight.
fn time_of_day(time: Time) -> u64 {
    const STEPS_PER_DAY: u128 = 86_400 * 128;
    let steps = (time.time_of_day().as_nanos() * 128 + 500_000_000) / 1_000_000_000;
    (steps % STEPS_PER_DAY) as u64
}

/// Sets a quantity in the document's unit; left out where the item has no room for it or the document
/// does not allow it.
fn set_if_fits(fields: &mut Fields, path: &str, value: f64) -> Result<(), FieldError> {
    let set = match fields.set_value(path, value) {
        Err(FieldError::Range { .. }) => return Ok(()),
        result => result?,
    };
    let leaf = set.get(path);
    let allowed = leaf.is_none_or(|leaf| match leaf.content {
        Content::Quantity(quantity) => quantity.allows(leaf.integer()),
        _ => true,
    });
    let number = path.split('/').next().and_then(|item| item.parse().ok());
    if let (false, Some(number)) = (allowed, number) {
        fields.remove(number);
    }
    Ok(())
}
