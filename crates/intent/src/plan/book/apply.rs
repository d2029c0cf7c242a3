//! What each message does to the book, and how it finds its plan.

use super::super::{
    Amendment, Arrival, Change, Date, EquipmentCode, Flight, Message, Plan, TimeOfDay, write,
};
use super::difference::between;
use super::{Applied, Entry, Life, PlanId, Plans, Refusal};
use std::time::Duration;
use surveillance::Time;

const DAY_S: f64 = 86_400.0;

impl Plans {
    /// Takes one message in. `received` is when it came, UTC: it says the day where no DOF/ does.
    /// A message that says what is known changes nothing.
    pub fn apply(&mut self, message: &Message, received: Time) -> Applied {
        let applied = match message {
            Message::Filed(plan) => self.file(plan, message, received),
            Message::Changed(change) => self.change(change, received),
            Message::Cancelled(flight) => self.cancel(flight, received),
            Message::Delayed(flight) => self.delay(flight, received),
            Message::Departed(flight) => self.depart(flight, received),
            Message::Arrived(arrival) => self.arrive(arrival, received),
        };
        match applied {
            Ok(applied) => {
                self.revision += u64::from(!matches!(applied, Applied::Repeated(_)));
                applied
            }
            Err(refusal) => Applied::Refused(refusal),
        }
    }

    fn file(&mut self, plan: &Plan, message: &Message, received: Time) -> Result<Applied, Refusal> {
        let time = plan.off_block.ok_or(Refusal::NoTime)?;
        let off_block = match plan.other.date {
            Some(date) => date.at(time),
            // PANS-ATM: without DOF/ it is for the next 24 hours; a message may come a little late.
            None => next(time, received.plus_seconds(-self.config.early_s)),
        };
        let filing = write(message).into_boxed_str();
        let same = self.of_callsign(plan.callsign).find(|entry| {
            let repeated = entry.filing == filing && entry.known_as.contains(&off_block);
            let near = entry.off_block.seconds_since(off_block).abs() <= self.config.same_s;
            let ends = (entry.plan.departure, entry.plan.destination);
            entry.life.is_open() && (repeated || near && ends == (plan.departure, plan.destination))
        });
        if let Some((id, known)) = same.map(|entry| (entry.id, entry.filing == filing)) {
            if known {
                return Ok(Applied::Repeated(id));
            }
            return self.revise(id, received, |entry| {
                entry.plan = plan.clone();
                entry.set_off_block(off_block);
                entry.filing = filing;
                if entry.life == Life::Delayed {
                    entry.life = Life::Filed;
                }
                Ok(())
            });
        }
        self.make_room()?;
        let id = PlanId(self.next);
        self.next += 1;
        let entry = Entry {
            id,
            plan: plan.clone(),
            life: Life::Filed,
            off_block,
            take_off: None,
            landing: None,
            revised: received,
            version: 0,
            known_as: vec![off_block],
            filing,
        };
        self.by_callsign.entry(plan.callsign).or_default().push(id);
        self.entries.insert(id, entry);
        Ok(Applied::Filed(id))
    }

    fn change(&mut self, change: &Change, received: Time) -> Result<Applied, Refusal> {
        let id = self.find(&change.flight, Named::OffBlock, received)?;
        self.revise(id, received, |entry| {
            if !entry.life.is_open() {
                return Err(Refusal::Closed(entry.life));
            }
            let before = (entry.plan.off_block, entry.plan.other.date);
            change.amendments.iter().for_each(|amendment| amend(&mut entry.plan, amendment));
            if let Some(time) = entry.plan.off_block
                && before != (entry.plan.off_block, entry.plan.other.date)
            {
                entry.set_off_block(match entry.plan.other.date {
                    Some(date) => date.at(time),
                    None => near(time, entry.off_block),
                });
            }
            Ok(())
        })
    }

    fn cancel(&mut self, flight: &Flight, received: Time) -> Result<Applied, Refusal> {
        let id = self.find(flight, Named::OffBlock, received)?;
        self.revise(id, received, |entry| match entry.life {
            Life::Filed | Life::Delayed | Life::Cancelled => {
                entry.life = Life::Cancelled;
                Ok(())
            }
            life => Err(Refusal::Closed(life)),
        })
    }

    fn delay(&mut self, flight: &Flight, received: Time) -> Result<Applied, Refusal> {
        let id = self.find(flight, Named::Revised, received)?;
        let delay_max_s = self.config.delay_max_s;
        self.revise(id, received, |entry| {
            if !matches!(entry.life, Life::Filed | Life::Delayed) {
                return Err(Refusal::Closed(entry.life));
            }
            let time = flight.time.ok_or(Refusal::NoTime)?;
            let from = entry.off_block;
            let mut to = next(time, from);
            if to.seconds_since(from) > delay_max_s {
                to = to.plus_seconds(-DAY_S);
                return Err(Refusal::Delay { from, to });
            }
            if to > from {
                entry.set_off_block(to);
                entry.life = Life::Delayed;
                entry.plan.off_block = Some(time);
            }
            Ok(())
        })
    }

    fn depart(&mut self, flight: &Flight, received: Time) -> Result<Applied, Refusal> {
        let id = self.find(flight, Named::TakeOff, received)?;
        let early_s = self.config.early_s;
        self.revise(id, received, |entry| {
            if !entry.life.is_open() {
                return Err(Refusal::Closed(entry.life));
            }
            let take_off = near(flight.time.ok_or(Refusal::NoTime)?, entry.off_block);
            if entry.off_block.seconds_since(take_off) > early_s {
                return Err(Refusal::Early { take_off, off_block: entry.off_block });
            }
            (entry.take_off, entry.life) = (Some(take_off), Life::Departed);
            entry.plan.code = flight.code.or(entry.plan.code);
            Ok(())
        })
    }

    fn arrive(&mut self, arrival: &Arrival, received: Time) -> Result<Applied, Refusal> {
        let (place, time) = (arrival.aerodrome, arrival.time);
        let repeated = self.of_callsign(arrival.flight.callsign).find(|entry| {
            entry.landing.is_some_and(|(landed_at, landed)| {
                landed_at == place && near(time, received) == landed
            })
        });
        if let Some(entry) = repeated {
            return Ok(Applied::Repeated(entry.id));
        }
        let id = self.find(&arrival.flight, Named::Landing, received)?;
        let config = self.config.clone();
        self.revise(id, received, |entry| {
            if !(entry.life.is_open() || entry.life == Life::Arrived) {
                return Err(Refusal::Closed(entry.life));
            }
            // Early at another aerodrome, or late: the day nearest the estimate is the right one.
            let landing = near(arrival.time, entry.arrival_time(&config));
            let take_off = entry.take_off.unwrap_or(entry.off_block);
            if landing < take_off {
                return Err(Refusal::Backwards { landing, take_off });
            }
            (entry.landing, entry.life) = (Some((arrival.aerodrome, landing)), Life::Arrived);
            Ok(())
        })
    }

    /// Changes an entry and tells what is other; after an error it is as it was.
    fn revise(
        &mut self,
        id: PlanId,
        received: Time,
        change: impl FnOnce(&mut Entry) -> Result<(), Refusal>,
    ) -> Result<Applied, Refusal> {
        let entry = self.entries.get(&id).ok_or(Refusal::NoPlan)?;
        let mut revised = entry.clone();
        change(&mut revised)?;
        let differences = between(entry, &revised);
        if differences.is_empty() {
            return Ok(Applied::Repeated(id));
        }
        revised.revised = received;
        revised.version += 1;
        let (was, is, life) = (entry.plan.callsign, revised.plan.callsign, revised.life);
        self.entries.insert(id, revised);
        if was != is {
            self.unindex(was, id);
            self.by_callsign.entry(is).or_default().push(id);
        }
        Ok(Applied::Changed { plan: id, life, differences })
    }

    /// The plan that a message is about: of that callsign, departure and destination the one whose
    /// time is nearest; of two as near the open one.
    fn find(&self, flight: &Flight, named: Named, received: Time) -> Result<PlanId, Refusal> {
        let mut best: Option<(bool, f64, bool)> = None;
        let mut meant: Option<PlanId> = None;
        let mut as_near = 0;
        for entry in self.of_callsign(flight.callsign) {
            let place = entry.plan.departure == flight.departure
                && flight.destination.is_none_or(|to| to == entry.plan.destination);
            if !place {
                continue;
            }
            let off_s = named.distance_s(flight, entry, received, &self.config);
            if off_s > self.config.tolerance_s.max(named.slack_s(&self.config)) {
                continue;
            }
            // What will not be flown neither departs nor lands.
            let dead = matches!(entry.life, Life::Cancelled | Life::Expired);
            let rank = (dead && !matches!(named, Named::OffBlock), off_s, !entry.life.is_open());
            if best == Some(rank) {
                as_near += 1;
            } else if best.is_none_or(|best| rank < best) {
                (best, meant, as_near) = (Some(rank), Some(entry.id), 1);
            }
        }
        let id = meant.ok_or(Refusal::NoPlan)?;
        if as_near > 1 { Err(Refusal::Ambiguous { count: as_near }) } else { Ok(id) }
    }
}

/// What the time in field 13b of a message is.
#[derive(Clone, Copy)]
enum Named {
    /// The off-block time as known before.
    OffBlock,
    /// The off-block time, or nothing.
    Landing,
    /// The new one.
    Revised,
    /// The actual take-off.
    TakeOff,
}

impl Named {
    /// How far the message's time is from the plan's, seconds.
    fn distance_s(
        self,
        flight: &Flight,
        entry: &Entry,
        received: Time,
        config: &super::PlansConfig,
    ) -> f64 {
        let days_off_s = |date: Date| {
            let is_day = |time: Time| Date::of(time) == Some(date);
            let rolled = || {
                let new = flight.time.map(|time| near(time, entry.off_block));
                matches!(self, Self::Revised | Self::TakeOff) && new.is_some_and(is_day)
            };
            if entry.known_as.iter().any(|known| is_day(*known)) {
                0.0
            } else if rolled() {
                // Over midnight some give the new day; a plan of the day itself comes first.
                60.0
            } else {
                f64::INFINITY
            }
        };
        let dated_s = flight.date.map_or(0.0, days_off_s);
        let off_s = |time: Time, known: Time| known.seconds_since(time).abs();
        let Some(time) = flight.time else {
            // Nothing but the day it came on.
            let from = entry.off_block.seconds_since(received);
            let to = received.seconds_since(entry.arrival_time(config));
            return dated_s + from.max(to).max(0.0);
        };
        match self {
            Self::OffBlock | Self::Landing => {
                let said = |known: Time| {
                    flight.date.map_or(near_received(time, known, received), |date| date.at(time))
                };
                let known = entry.known_as.iter().map(|known| off_s(said(*known), *known));
                dated_s + known.fold(f64::INFINITY, f64::min)
            }
            Self::Revised | Self::TakeOff => {
                // Without a day it must also have come on about the day of the plan.
                let undated = flight.date.is_none();
                let far = |known: &Time| off_s(received, *known) > DAY_S;
                let far = undated && entry.known_as.iter().all(far);
                let far_s = if far { f64::INFINITY } else { 0.0 };
                dated_s + far_s + off_s(near(time, entry.off_block), entry.off_block)
            }
        }
    }

    fn slack_s(self, config: &super::PlansConfig) -> f64 {
        match self {
            Self::OffBlock | Self::Landing => 0.0,
            Self::Revised | Self::TakeOff => config.delay_max_s,
        }
    }
}

/// The instant of a time of day nearest `known`, unless the message came more than a day from it.
fn near_received(time: TimeOfDay, known: Time, received: Time) -> Time {
    if known.seconds_since(received).abs() <= DAY_S {
        near(time, known)
    } else {
        near(time, received)
    }
}

/// The instant of a time of day nearest `to`.
fn near(time: TimeOfDay, to: Time) -> Time {
    Time::from_time_of_day(Duration::from_secs(u64::from(time.minutes()) * 60), to)
}

/// The first instant of a time of day at or after `from`.
fn next(time: TimeOfDay, from: Time) -> Time {
    let found = near(time, from);
    if found < from { found.plus_seconds(DAY_S) } else { found }
}

fn amend(plan: &mut Plan, amendment: &Amendment) {
    match amendment {
        Amendment::Identification(callsign, code) => {
            (plan.callsign, plan.code) = (*callsign, *code);
        }
        Amendment::Rules(rules, kind) => (plan.rules, plan.kind) = (Some(*rules), *kind),
        Amendment::Aircraft(aircraft) => plan.aircraft = Some(aircraft.clone()),
        Amendment::Equipment(equipment) => {
            // ADEXP may give one part alone; that there is none is said by the code N.
            let keep = |new: &[EquipmentCode], old: &mut Vec<EquipmentCode>| {
                if !new.is_empty() {
                    *old = new.to_vec();
                }
            };
            keep(&equipment.radio, &mut plan.equipment.radio);
            keep(&equipment.surveillance, &mut plan.equipment.surveillance);
        }
        Amendment::Departure(place, time) => {
            (plan.departure, plan.off_block) = (*place, time.or(plan.off_block));
        }
        Amendment::Route(route) => plan.route = route.clone(),
        Amendment::Destination(place, elapsed, alternates) => {
            plan.destination = *place;
            plan.elapsed = elapsed.or(plan.elapsed);
            plan.alternates.clone_from(alternates);
        }
        Amendment::Other(other) => plan.other = other.clone(),
    }
}
