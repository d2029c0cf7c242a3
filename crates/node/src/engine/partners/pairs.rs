//! Which of partners' tracks is which of ours: what people said of single pairs, which goes before what
//! the correlator finds, and all pairs as the console shows them.
//!
//! A person's word holds until it is taken back or either track ends. Over a restart, and where a partner
//! numbers anew, a track that bears another number then is found again by its address, or by where it was
//! last and its code if it alone is there; what is not found again within [`AGAIN_S`] has ended.

use super::acts::named;
use super::{Partner, Partners, foreign};
use crate::wire::{self, ClientMessage, PairHow, PairRow, PairWord};
use accord::{PartnerNumber, PartyId};
use fusion::{Apart, ByHand, How, TheirNumber};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_KNOT};
use geodesy::{Enu, Geodetic, LocalFrame};
use serde::{Deserialize, Serialize};
use surveillance::{Time, Track, TrackNumber};

/// What people said of pairs at most; beyond it nothing new is taken.
const DECISIONS_MAX: usize = 200;
/// Longest reason that is taken, characters.
const WHY_MAX: usize = 500;
/// Seconds for which a track is looked for that does not bear its number any more.
const AGAIN_S: f64 = 60.0;
/// How far it may be from where it would be by now, metres, and metres more for each second since.
const AGAIN_M: f64 = 2_000.0;
const AGAIN_M_S: f64 = 15.0;

/// What a person said of one of ours and one of a partner's.
#[derive(Debug, Clone)]
pub(super) struct Decision {
    party: PartyId,
    ours: TrackNumber,
    theirs: TheirNumber,
    /// Of the partner's numbers; `None`: of whichever come first.
    epoch: Option<u32>,
    /// One target, or two.
    one: bool,
    by: String,
    why: String,
    at: Time,
    /// Where either was last.
    ours_seen: Option<Seen>,
    theirs_seen: Option<Seen>,
    /// Since when either is looked for; `None` while both are there.
    waits: Option<Time>,
}

/// A decision as the journal keeps it; times are nanoseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    party: String,
    ours: u32,
    theirs: u32,
    epoch: Option<u32>,
    one: bool,
    by: String,
    why: String,
    at: i64,
    ours_seen: Option<Seen>,
    theirs_seen: Option<Seen>,
}

/// Where a track was last, and what it is known by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    at: i64,
    /// Latitude and longitude, 1e-7 degree.
    place_e7: [i64; 2],
    /// East and north, cm/s.
    velocity_cm_s: [i64; 2],
    /// As the screen writes them.
    address: Option<String>,
    code: Option<String>,
}

impl Seen {
    fn of(track: &Track) -> Self {
        let e7 = |degrees: f64| (degrees * 1e7).round() as i64;
        let cm_s = |metres: f64| (metres * 100.0).round() as i64;
        Self {
            at: track.time.unix_nanos(),
            place_e7: [e7(track.position.latitude_deg()), e7(track.position.longitude_deg())],
            velocity_cm_s: [cm_s(track.velocity.east), cm_s(track.velocity.north)],
            address: track.codes.address.map(|address| address.to_string()),
            code: track.codes.mode_3a.map(|code| code.to_string()),
        }
    }

    /// Whether a track may be the same.
    fn may_be(&self, track: &Track) -> bool {
        let other = Self::of(track);
        if self.address.is_some() || other.address.is_some() {
            return self.address == other.address;
        }
        if self.code.as_ref().zip(other.code.as_ref()).is_some_and(|(a, b)| a != b) {
            return false;
        }
        let [lat, lon] = self.place_e7.map(|e7| e7 as f64 / 1e7);
        let Some(place) = Geodetic::from_degrees(lat, lon, 0.0) else { return false };
        let age_s = track.time.seconds_since(Time::from_unix_nanos(self.at));
        let [east, north] = self.velocity_cm_s.map(|cm_s| cm_s as f64 / 100.0 * age_s);
        let by_now = LocalFrame::at(place).geodetic_from_enu(Enu { east, north, up: 0.0 });
        let frame = LocalFrame::at(by_now.at_height(0.0));
        let off = frame.enu_from_geodetic(track.position.at_height(0.0));
        off.east.hypot(off.north) <= AGAIN_M + AGAIN_M_S * age_s.abs()
    }

    /// The only one of these that may be the same.
    fn again(&self, tracks: impl Iterator<Item = Track>) -> Option<Track> {
        let mut found = tracks.filter(|track| self.may_be(track));
        let one = found.next()?;
        found.next().is_none().then_some(one)
    }
}

impl Decision {
    /// Follows both tracks to `now`; whether it still holds.
    fn follow(&mut self, partner: &Partner, held: &[Track], now: Time) -> bool {
        let told = &partner.told;
        let track = |item: &accord::Item| foreign::track(TrackNumber(0), item, now, now);
        let same_numbers = self.epoch.is_none_or(|epoch| epoch == told.epoch());
        let mut ours = find(held, self.ours).cloned();
        let theirs = told.get(PartnerNumber(self.theirs.0)).filter(|_| same_numbers);
        let mut theirs = theirs.and_then(track);
        if self.waits.is_none() {
            if ours.is_none() || (theirs.is_none() && same_numbers) {
                return false;
            }
            self.waits = theirs.is_none().then_some(now);
        }
        if let Some(since) = self.waits {
            if ours.is_none()
                && let Some(seen) = &self.ours_seen
            {
                ours = seen.again(held.iter().cloned());
                self.ours = ours.as_ref().map_or(self.ours, |track| track.number);
            }
            if theirs.is_none()
                && let Some(seen) = &self.theirs_seen
            {
                // Under the partner's own number for the moment.
                let numbered = |item: &accord::Item| {
                    Some(Track { number: TrackNumber(item.number.0), ..track(item)? })
                };
                theirs = seen.again(told.tracks().filter_map(numbered));
                self.theirs = theirs.as_ref().map_or(self.theirs, |one| TheirNumber(one.number.0));
            }
            if ours.is_some() && theirs.is_some() {
                self.waits = None;
            } else if now.seconds_since(since) > AGAIN_S {
                return false;
            }
        }
        if theirs.is_some() {
            self.epoch = Some(told.epoch());
        }
        self.ours_seen = ours.as_ref().map(Seen::of).or(self.ours_seen.take());
        self.theirs_seen = theirs.as_ref().map(Seen::of).or(self.theirs_seen.take());
        true
    }

    fn is_of(&self, party: PartyId, theirs: TheirNumber, ours: TrackNumber) -> bool {
        (self.party, self.theirs, self.ours) == (party, theirs, ours)
    }
}

fn find(held: &[Track], number: TrackNumber) -> Option<&Track> {
    let at = held.binary_search_by_key(&number, |track| track.number).ok()?;
    Some(&held[at])
}

/// Follows what people said of this partner's pairs, and has its correlator go by it. `held` is in order of
/// number.
pub(super) fn follow(
    decisions: &mut Vec<Decision>,
    partner: &mut Partner,
    held: &[Track],
    now: Time,
) {
    decisions.retain_mut(|one| one.party != partner.party || one.follow(partner, held, now));
    let mut by_hand = ByHand::default();
    for one in decisions.iter().filter(|one| one.party == partner.party && one.waits.is_none()) {
        if one.one {
            by_hand.together.insert(one.theirs, one.ours);
        } else {
            by_hand.apart.insert((one.theirs, one.ours));
        }
    }
    partner.correlator.set_by_hand(by_hand);
}

impl Partners {
    /// What a person says of a pair. `track` gives what our picture shows under a number; `early`: there is
    /// no picture yet, and the word waits for both tracks.
    pub(crate) fn decide_pair(
        &mut self,
        asked: &ClientMessage,
        (track, early): (&dyn Fn(TrackNumber) -> Option<Track>, bool),
        now: Time,
    ) -> Result<(), String> {
        let ClientMessage::DecidePair { party, theirs, number, word, why, by } = asked else {
            return Ok(());
        };
        let (theirs, ours) = (TheirNumber(*theirs), TrackNumber(*number));
        let by = named(by)?;
        let partner = self.all.iter().find(|partner| partner.party.as_str() == party);
        let partner = partner.ok_or_else(|| format!("{party} is no partner of this node"))?;
        let party = partner.party;
        let held = self.decisions.iter().position(|one| one.is_of(party, theirs, ours));
        let one = match word {
            PairWord::Undo => {
                let at = held.ok_or_else(|| {
                    format!("nobody has said anything of {ours} and {party}:{}", theirs.0)
                })?;
                self.decisions.remove(at);
                return Ok(());
            }
            PairWord::One => true,
            PairWord::Two => false,
        };
        let why: String = why.trim().chars().take(WHY_MAX).collect();
        if why.is_empty() {
            return Err("say why".to_owned());
        }
        if held.is_none() && self.decisions.len() >= DECISIONS_MAX {
            return Err(format!(
                "{DECISIONS_MAX} pairs are decided by hand already; take one back first"
            ));
        }
        if !early {
            let track =
                track(ours).ok_or_else(|| format!("{ours} is not in the picture any more"))?;
            partner.may_be_said(&track, theirs, one)?;
        }
        let decision = Decision {
            party,
            ours,
            theirs,
            epoch: (!early).then(|| partner.told.epoch()),
            one,
            by,
            why,
            at: now,
            ours_seen: None,
            theirs_seen: None,
            waits: early.then_some(now),
        };
        match held {
            Some(at) => self.decisions[at] = decision,
            None => self.decisions.push(decision),
        }
        Ok(())
    }

    /// What outlasts a restart.
    pub(super) fn kept_pairs(&self) -> Vec<Kept> {
        let kept = |one: &Decision| Kept {
            party: one.party.to_string(),
            ours: one.ours.0,
            theirs: one.theirs.0,
            epoch: one.epoch,
            one: one.one,
            by: one.by.clone(),
            why: one.why.clone(),
            at: one.at.unix_nanos(),
            ours_seen: one.ours_seen.clone(),
            theirs_seen: one.theirs_seen.clone(),
        };
        self.decisions.iter().map(kept).collect()
    }

    /// Goes on with them: both tracks are looked for from `now` on.
    pub(super) fn take_up_pairs(&mut self, kept: Vec<Kept>, now: Time) {
        let decision = |kept: Kept| {
            Some(Decision {
                party: kept.party.parse().ok()?,
                ours: TrackNumber(kept.ours),
                theirs: TheirNumber(kept.theirs),
                epoch: kept.epoch,
                one: kept.one,
                by: kept.by,
                why: kept.why,
                at: Time::from_unix_nanos(kept.at).min(now),
                ours_seen: kept.ours_seen,
                theirs_seen: kept.theirs_seen,
                waits: Some(now),
            })
        };
        self.decisions = kept.into_iter().filter_map(decision).take(DECISIONS_MAX).collect();
    }

    /// Pairs as the console lists them: what people said first, then the most doubtful, so many at most.
    pub(crate) fn pairs(&self, now: Time) -> wire::Pairs {
        let mut rows = self.pair_rows(|_, _| true);
        let doubt = |row: &PairRow| row.score.unwrap_or(0.0);
        rows.sort_by(|a, b| {
            let by_hand = (b.by.is_some()).cmp(&a.by.is_some());
            by_hand.then(doubt(a).total_cmp(&doubt(b)))
        });
        let more = rows.len().saturating_sub(wire::PAIR_ROWS);
        rows.truncate(wire::PAIR_ROWS);
        wire::Pairs { time_ms: now.unix_millis() as f64, rows, more: more as u32 }
    }

    /// Those that a track of our picture is in, or is said not to be in.
    pub(crate) fn pairs_of(&self, number: TrackNumber) -> Vec<PairRow> {
        self.pair_rows(|shown_as, ours| ours == number || shown_as == number)
    }

    /// In order of partner and of its numbers. `wanted` is told the number under which the partner's track
    /// would be shown alone, and ours.
    fn pair_rows(&self, wanted: impl Fn(TrackNumber, TrackNumber) -> bool) -> Vec<PairRow> {
        let mut rows = Vec::new();
        for partner in &self.all {
            let shown_as =
                |theirs: TheirNumber| foreign::number(partner.index, PartnerNumber(theirs.0));
            let said = |theirs, ours| {
                self.decisions.iter().find(|one| one.is_of(partner.party, theirs, ours))
            };
            let believed = partner.correlator.pairs();
            for (theirs, ours) in believed.filter(|(theirs, ours)| wanted(shown_as(*theirs), *ours))
            {
                let Some(pair) = partner.correlator.pair(theirs) else { continue };
                let said = said(theirs, ours);
                let since = said.map(|one| one.at).or(pair.since);
                rows.push(PairRow {
                    party: partner.party.to_string(),
                    theirs: theirs.0,
                    number: ours.0,
                    apart: false,
                    how: how(pair.how),
                    score: pair.score,
                    looks: u32::from(pair.looks),
                    since_ms: since.map(|since| since.unix_millis() as f64),
                    by: said.map(|one| one.by.clone()),
                    why: said.map(|one| one.why.clone()),
                });
            }
            let apart = self.decisions.iter().filter(|one| {
                let stands = one.party == partner.party && !one.one && one.waits.is_none();
                stands && wanted(shown_as(one.theirs), one.ours)
            });
            rows.extend(apart.map(|one| PairRow {
                party: partner.party.to_string(),
                theirs: one.theirs.0,
                number: one.ours.0,
                apart: true,
                how: PairHow::ByHand,
                score: None,
                looks: 0,
                since_ms: Some(one.at.unix_millis() as f64),
                by: Some(one.by.clone()),
                why: Some(one.why.clone()),
            }));
        }
        rows
    }
}

impl Partner {
    /// Whether a person may say of our track and one of this partner's that they are one, or two; or why
    /// not.
    fn may_be_said(&self, track: &Track, theirs: TheirNumber, one: bool) -> Result<(), String> {
        let (party, ours) = (self.party, track.number);
        let item = self.told.get(PartnerNumber(theirs.0));
        let report = item.and_then(foreign::report);
        let report =
            report.ok_or_else(|| format!("{party} tells of no track {} any more", theirs.0))?;
        let held = self.correlator.ours(theirs);
        if !one {
            let is_pair = held == Some(ours);
            return is_pair
                .then_some(())
                .ok_or_else(|| format!("{ours} and {party}:{} are no pair", theirs.0));
        }
        if foreign::teller(ours) == Some(self.index) {
            return Err(format!("both are {party}'s own; it says which is which"));
        }
        let two_first = |theirs: TheirNumber, ours: TrackNumber| {
            format!("{ours} and {party}:{} are a pair; say first that they are two", theirs.0)
        };
        if let Some(other) = held.filter(|held| *held != ours) {
            return Err(two_first(theirs, other));
        }
        let mut pairs = self.correlator.pairs();
        if let Some((other, _)) = pairs.find(|(other, of)| *of == ours && *other != theirs) {
            return Err(two_first(other, ours));
        }
        match self.correlator.obstacle(track, &report) {
            None => Ok(()),
            Some(apart) => Err(format!("they cannot be one: {}", in_words(apart))),
        }
    }
}

fn how(how: How) -> PairHow {
    match how {
        How::Address => PairHow::Address,
        How::Code => PairHow::Code,
        How::Place => PairHow::Place,
        How::ByHand => PairHow::ByHand,
    }
}

fn in_words(apart: Apart) -> String {
    match apart {
        Apart::Addresses => "they have two addresses".to_owned(),
        Apart::Far { distance_m, reach_m } => format!(
            "they are {:.1} NM apart, and {:.1} NM is the most",
            distance_m / METRES_PER_NM,
            reach_m / METRES_PER_NM
        ),
        Apart::Levels { difference_m, most_m } => format!(
            "their levels are {:.0} ft apart, and {:.0} ft is the most",
            difference_m / METRES_PER_FOOT,
            most_m / METRES_PER_FOOT
        ),
        Apart::Velocities { difference_m_s, most_m_s } => format!(
            "their speeds and directions are {:.0} kt apart, and {:.0} kt is the most",
            difference_m_s / MPS_PER_KNOT,
            most_m_s / MPS_PER_KNOT
        ),
    }
}
