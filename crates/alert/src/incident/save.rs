//! The book as bytes: every log, and what waits to be acknowledged. All else follows from the logs.

use super::book::Incidents;
use super::code::{BytesError, Code, Rest, Taken};
use super::exchange::{Mail, UNSAID, WAITING_MAX};
use super::log::{Entry, IncidentId};
use super::note::IncidentNote;
use super::state::Incident;
use super::text::NodeName;
use super::{INCIDENTS_MAX, LOG_MAX};
use std::collections::BTreeMap;
use surveillance::Time;

/// First bytes of a saved book.
const MAGIC: &[u8; 8] = b"ENTINCS\0";
/// Version of its form: since 2 each incident stands after its length, so that the others can be read
/// where one cannot; since 3 it has partners' numbers, since 4 their serials of tellings.
const VERSION: u8 = 4;
/// Version of one incident's log by itself.
const LOG_VERSION: u8 = 1;

impl Incidents {
    /// All of it as bytes; the same book always has the same.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.push(VERSION);
        self.own.put(&mut out);
        self.last_number.put(&mut out);
        self.last_tick.put(&mut out);
        ((self.all.len() + self.unread.len()) as u32).put(&mut out);
        let mut one = Vec::new();
        for incident in self.all.values() {
            one.clear();
            put_incident(incident, &mut one);
            put_measured(&one, &mut out);
        }
        self.unread.iter().for_each(|unread| put_measured(unread, &mut out));
        (self.mail.len() as u32).put(&mut out);
        for (partner, mail) in &self.mail {
            partner.put(&mut out);
            mail.last_number.put(&mut out);
            (mail.waiting.len() as u32).put(&mut out);
            for (note, sent) in mail.waiting.values() {
                note.put(&mut out);
                sent.put(&mut out);
            }
        }
        self.put_names(&mut out);
        out
    }

    /// Reads a book. Bytes from outside: it allocates in proportion to what it is given and never
    /// panics. Every log is followed from its first entry, so that one that was changed is found: it is
    /// kept as it is ([`Self::unread`]), and the others stand.
    ///
    /// # Errors
    /// They are no book of this version, or something in it beside an incident cannot be.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BytesError> {
        let mut rest = Rest(bytes);
        if rest.array::<8>()? != *MAGIC {
            return Err(BytesError::Value("a book of incidents"));
        }
        let version = u8::read(&mut rest)?;
        let measured = match version {
            2..=VERSION => true,
            1 => false,
            other => return Err(BytesError::Version(other)),
        };
        let own = NodeName::read(&mut rest)?;
        let (last_number, last_tick) = (u32::read(&mut rest)?, Option::<Time>::read(&mut rest)?);
        let (mut all, mut unread) = (BTreeMap::new(), Vec::new());
        for _ in 0..bounded(rest.count()?, 2 * INCIDENTS_MAX)? {
            let read = if measured {
                let length = u32::read(&mut rest)? as usize;
                let (own_bytes, more) = rest.0.split_at_checked(length).ok_or(BytesError::Short)?;
                rest = Rest(more);
                let mut one = Rest(own_bytes);
                let read = incident(own, last_number, &mut one);
                match read.and_then(|read| one.done().map(|()| read)) {
                    Ok(read) if !all.contains_key(&read.id()) => read,
                    _ => {
                        unread.push(own_bytes.to_vec());
                        continue;
                    }
                }
            } else {
                incident(own, last_number, &mut rest)?
            };
            all.insert(read.id(), read);
        }
        bounded(all.len().max(unread.len()), INCIDENTS_MAX)?;
        let mut mail = BTreeMap::new();
        for _ in 0..rest.count()? {
            let partner = NodeName::read(&mut rest)?;
            if mail.last_key_value().is_some_and(|(last, _)| *last >= partner) {
                return Err(BytesError::Value("partners in order"));
            }
            mail.insert(partner, waiting(own, partner, &mut rest)?);
        }
        let mut book = Self { last_number, last_tick, all, mail, unread, ..Self::new(own) };
        if version < 3 {
            book.name_as_before();
        } else {
            let has_tellings = version >= 4;
            (book.names_from, book.names) = Self::read_names(last_number, has_tellings, &mut rest)?;
        }
        if version < 4 {
            book.tell_as_before();
        }
        rest.done()?;
        // Of one that cannot be read nothing is answered.
        let all = &book.all;
        let is_there = |id: &IncidentId, _: &mut Vec<_>| all.contains_key(id);
        book.names.values_mut().for_each(|names| names.tellings.retain(is_there));
        Ok(book)
    }
}

/// First bytes of one incident's log by itself.
const LOG_MAGIC: &[u8; 8] = b"ENTINCL\0";

impl Incident {
    /// Its log as bytes, from which all of it follows; the same incident always has the same.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = LOG_MAGIC.to_vec();
        out.push(LOG_VERSION);
        self.own().put(&mut out);
        put_incident(self, &mut out);
        out
    }

    /// Reads a log. Bytes from outside: it allocates in proportion to what it is given and never
    /// panics. The log is followed from its first entry, so that one that was changed is found.
    ///
    /// # Errors
    /// They are no log of this version, or something in it cannot be.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BytesError> {
        let mut rest = Rest(bytes);
        if rest.array::<8>()? != *LOG_MAGIC {
            return Err(BytesError::Value("the log of an incident"));
        }
        match u8::read(&mut rest)? {
            LOG_VERSION => {}
            other => return Err(BytesError::Version(other)),
        }
        let own = NodeName::read(&mut rest)?;
        let incident = incident(own, u32::MAX, &mut rest)?;
        rest.done()?;
        Ok(incident)
    }
}

fn put_incident(incident: &Incident, out: &mut Vec<u8>) {
    incident.id().put(out);
    (incident.log().len() as u32).put(out);
    for entry in incident.log() {
        entry.put(out);
    }
}

fn put_measured(bytes: &[u8], out: &mut Vec<u8>) {
    (bytes.len() as u32).put(out);
    out.extend_from_slice(bytes);
}

fn bounded(count: usize, max: usize) -> Taken<usize> {
    if count <= max { Ok(count) } else { Err(BytesError::Value("that many")) }
}

fn incident(own: NodeName, last_number: u32, rest: &mut Rest<'_>) -> Taken<Incident> {
    let id = IncidentId::read(rest)?;
    if id.number == 0 || (id.node == own && id.number > last_number) {
        return Err(BytesError::Value("a number that was given"));
    }
    let entries = bounded(rest.count()?, LOG_MAX)?;
    let mut incident = Incident::begin(own, id, Entry::read(rest)?)?;
    for _ in 1..entries {
        incident.fold(Entry::read(rest)?)?;
    }
    if entries == 0 { Err(BytesError::Value("a log")) } else { Ok(incident) }
}

fn waiting(own: NodeName, partner: NodeName, rest: &mut Rest<'_>) -> Taken<Mail> {
    let last_number = u64::read(rest)?;
    let mut mail = Mail { last_number, ..Mail::default() };
    // What must be said is said beyond the bound of what people say.
    for _ in 0..bounded(rest.count()?, 2 * WAITING_MAX)? {
        let (note, sent) = (IncidentNote::read(rest)?, Option::<Time>::read(rest)?);
        let fits = note.from == own && note.to == partner;
        let given = (1..=last_number).contains(&note.number);
        let fits = fits && (given || (UNSAID..2 * UNSAID).contains(&note.number));
        let next = mail.waiting.last_key_value().is_none_or(|(last, _)| *last < note.number);
        if !fits || !next {
            return Err(BytesError::Value("notes in order"));
        }
        mail.waiting.insert(note.number, (note, sent));
    }
    Ok(mail)
}
