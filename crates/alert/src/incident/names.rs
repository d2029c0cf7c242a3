//! Under which numbers a partner knows this node's incidents, and the tellings of each.
//!
//! A node's own number counts all that it opened, so a partner that hears INC-3 and then INC-7 learns
//! of four that were withheld from it. Each partner therefore has numbers of its own, which count what
//! it was told of: 1, 2, 3.. in the order in which it first was. A person's telling that an article
//! holds back has none. So it is with the tellings of one incident: the log counts all of them, each
//! partner those that went out to it.

use super::book::{INCIDENTS_MAX, Incidents};
use super::code::{BytesError, Code, Rest, Taken};
use super::log::IncidentId;
use super::state::LOG_MAX;
use super::text::NodeName;
use std::collections::BTreeMap;

/// Numbers that are kept for one partner: twice what a book holds, so that one can always go whose
/// incident was put away.
const NAMES_MAX: usize = 2 * INCIDENTS_MAX;

/// One partner's numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names {
    /// The last that was given.
    last: u32,
    /// This node's number by the partner's, and the reverse.
    own: BTreeMap<u32, u32>,
    theirs: BTreeMap<u32, u32>,
    /// Tellings that went out, by incident and in that order: the partner's serial, this log's.
    pub(crate) tellings: BTreeMap<IncidentId, Vec<(u32, u32)>>,
}

/// The last numbers that were given: after them nothing is named twice, whatever became of the book.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastNumbers {
    /// To incidents of this node.
    pub own: u32,
    /// After which those towards a partner begin that was told of none.
    pub begin: u32,
    /// Towards each partner that was.
    pub towards: BTreeMap<NodeName, u32>,
}

impl Names {
    /// The next number is one more than `last`.
    fn after(last: u32) -> Self {
        Self { last, ..Self::default() }
    }

    fn put(&mut self, theirs: u32, own: u32) -> bool {
        let new = !self.own.contains_key(&theirs) && !self.theirs.contains_key(&own);
        if new {
            self.own.insert(theirs, own);
            self.theirs.insert(own, theirs);
        }
        new
    }

    /// Differs after a number was given.
    pub(crate) fn given(&self) -> u64 {
        u64::from(self.last)
    }

    pub(crate) fn skip(&mut self, count: u32) {
        self.last = self.last.saturating_add(count);
    }
}

impl Incidents {
    /// The number under which a partner knows an incident of this node. It is given when the
    /// first telling or offer goes out, and never to another incident.
    pub fn told_as(&self, own: u32, to: NodeName) -> Option<u32> {
        self.names.get(&to)?.theirs.get(&own).copied()
    }

    /// This node's incident that a partner knows under that number.
    pub fn told_under(&self, from: NodeName, theirs: u32) -> Option<IncidentId> {
        let number = *self.names.get(&from)?.own.get(&theirs)?;
        Some(IncidentId { node: self.own, number })
    }

    /// The log's serial of a telling that a partner knows by this one.
    pub(crate) fn own_serial(&self, from: NodeName, id: IncidentId, theirs: u32) -> Option<u32> {
        let tellings = self.names.get(&from)?.tellings.get(&id)?;
        tellings.iter().find(|(known, _)| *known == theirs).map(|(_, own)| *own)
    }

    /// The serial by which a partner knows a telling; `None` where it did not go out.
    pub(crate) fn their_serial(&self, to: NodeName, id: IncidentId, own: u32) -> Option<u32> {
        let tellings = self.names.get(&to)?.tellings.get(&id)?;
        tellings.iter().find(|(_, known)| *known == own).map(|(theirs, _)| *theirs)
    }

    /// A telling goes out: the serial that it has towards the partner.
    pub(crate) fn tell_as(&mut self, to: NodeName, id: IncidentId, own: u32) -> u32 {
        let names = self.names.entry(to).or_insert_with(|| Names::after(self.names_from));
        let tellings = names.tellings.entry(id).or_default();
        if let Some((theirs, _)) = tellings.iter().find(|(_, known)| *known == own) {
            return *theirs;
        }
        let theirs = tellings.last().map_or(0, |(last, _)| *last).saturating_add(1);
        tellings.push((theirs, own));
        theirs
    }

    /// Of an incident that leaves the book nothing is answered any more.
    pub(crate) fn forget_tellings(&mut self, id: IncidentId) {
        self.names.values_mut().for_each(|names| drop(names.tellings.remove(&id)));
    }

    /// The last numbers that were given.
    pub fn last_numbers(&self) -> LastNumbers {
        let towards = self.names.iter().map(|(partner, names)| (*partner, names.last)).collect();
        LastNumbers { own: self.last_number, begin: self.names_from, towards }
    }

    /// Gives none of these again: for a book that may not have what was written last.
    pub fn begin_after(&mut self, last: &LastNumbers) {
        self.last_number = self.last_number.max(last.own);
        self.names_from = self.names_from.max(last.begin);
        for (partner, last) in &last.towards {
            let names = self.names.entry(*partner).or_insert_with(|| Names::after(self.names_from));
            names.last = names.last.max(*last);
        }
    }

    /// Gives an incident of this node the partner's next number, if it has none. `None` where there is
    /// no such incident here, or no number left.
    pub fn name_towards(&mut self, own: u32, to: NodeName) -> Option<u32> {
        if let Some(known) = self.told_as(own, to) {
            return Some(known);
        }
        let node = self.own;
        let held = |number: u32| self.all.contains_key(&IncidentId { node, number });
        if !held(own) {
            return None;
        }
        let names = self.names.entry(to).or_insert_with(|| Names::after(self.names_from));
        let theirs = names.last.checked_add(1)?;
        if names.own.len() >= NAMES_MAX {
            let oldest = names.own.iter().find(|(_, own)| !held(**own));
            let (theirs, own) = oldest.map(|(theirs, own)| (*theirs, *own))?;
            names.own.remove(&theirs);
            names.theirs.remove(&own);
        }
        names.last = theirs;
        names.put(theirs, own);
        Some(theirs)
    }

    /// As books before numbers of partners had it: each was told by this node's own.
    pub(crate) fn name_as_before(&mut self) {
        self.names_from = self.last_number;
        for incident in self.all.values().filter(|incident| incident.id().node == self.own) {
            let number = incident.id().number;
            for delivery in incident.deliveries() {
                let fresh = || Names::after(self.names_from);
                self.names.entry(delivery.to).or_insert_with(fresh).put(number, number);
            }
        }
    }

    /// As books before serials of partners had it: what went out was told by the log's own.
    pub(crate) fn tell_as_before(&mut self) {
        for incident in self.all.values() {
            for delivery in incident.deliveries() {
                let (id, to, serial) = (incident.id(), delivery.to, delivery.serial);
                if self.unsaid(to, id, serial).is_none() {
                    let fresh = || Names::after(self.names_from);
                    let names = self.names.entry(to).or_insert_with(fresh);
                    names.tellings.entry(id).or_default().push((serial, serial));
                }
            }
        }
    }

    pub(crate) fn put_names(&self, out: &mut Vec<u8>) {
        self.names_from.put(out);
        (self.names.len() as u32).put(out);
        for (partner, names) in &self.names {
            partner.put(out);
            names.last.put(out);
            (names.own.len() as u32).put(out);
            for (theirs, own) in &names.own {
                theirs.put(out);
                own.put(out);
            }
            (names.tellings.len() as u32).put(out);
            for (id, tellings) in &names.tellings {
                id.put(out);
                (tellings.len() as u32).put(out);
                for (theirs, own) in tellings {
                    theirs.put(out);
                    own.put(out);
                }
            }
        }
    }

    /// Reads what [`Self::put_names`] wrote of a node whose last number is `last_number`; earlier books
    /// have no tellings there.
    pub(crate) fn read_names(
        last_number: u32,
        has_tellings: bool,
        rest: &mut Rest<'_>,
    ) -> Taken<(u32, BTreeMap<NodeName, Names>)> {
        let (names_from, mut all) = (u32::read(rest)?, BTreeMap::new());
        for _ in 0..rest.count()? {
            let partner = NodeName::read(rest)?;
            if all.last_key_value().is_some_and(|(last, _)| *last >= partner) {
                return Err(BytesError::Value("partners in order"));
            }
            let mut names = Names::after(u32::read(rest)?);
            let count = rest.count()?;
            if count > NAMES_MAX {
                return Err(BytesError::Value("that many"));
            }
            for _ in 0..count {
                let (theirs, own) = (u32::read(rest)?, u32::read(rest)?);
                let fits = (1..=names.last).contains(&theirs) && (1..=last_number).contains(&own);
                if !fits || !names.put(theirs, own) {
                    return Err(BytesError::Value("a number given once"));
                }
            }
            if has_tellings {
                names.tellings = read_tellings(rest)?;
            }
            all.insert(partner, names);
        }
        Ok((names_from, all))
    }
}

fn read_tellings(rest: &mut Rest<'_>) -> Taken<BTreeMap<IncidentId, Vec<(u32, u32)>>> {
    let mut all = BTreeMap::new();
    for _ in 0..rest.count()? {
        let id = IncidentId::read(rest)?;
        let mut tellings: Vec<(u32, u32)> = Vec::new();
        for _ in 0..rest.count()? {
            let (theirs, own) = (u32::read(rest)?, u32::read(rest)?);
            let last = tellings.last().map_or(0, |(last, _)| *last);
            if theirs <= last || tellings.iter().any(|(_, known)| *known == own) {
                return Err(BytesError::Value("a serial given once"));
            }
            if tellings.len() >= LOG_MAX {
                return Err(BytesError::Value("that many"));
            }
            tellings.push((theirs, own));
        }
        if all.insert(id, tellings).is_some() {
            return Err(BytesError::Value("an incident once"));
        }
    }
    Ok(all)
}
