//! Which of partners' tracks is which of ours: what people said of single pairs, which goes before what
//! the correlator finds, and all pairs as the console shows them.
//!
//! A person's word holds until it is taken back, either track ends, or the two cannot be one. Over a restart, and where a partner
//! numbers anew, a track that bears another number then is found again by its address, or by where it was
//! last and its code if it alone is there; what is not found again within [`AGAIN_S`] has ended.

use super::acts::named;
use super::{Partner, Partners, UNDECIDED_S, foreign};
use crate::wire::{self, ClientMessage, PairHow, PairRow, PairWord};
use accord::{PartnerNumber, PartyId};
use fusion::{Apart, ByHand, How, TheirNumber};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_KNOT};
use geodesy::{Enu, Geodetic, LocalFrame};
use picture::PartnerIndex;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use surveillance::{Time, Track, TrackNumber};

/// What people said of pairs at most; beyond it nothing new is taken.
const DECISIONS_MAX: usize = 200;
/// How long all of it may be in the record of what stands, octets, and what each takes beside its words.
const KEPT_MAX: usize = 96 * 1024;
const KEPT_EACH: usize = 448;
/// Longest reason that is taken, characters.
const WHY_MAX: usize = 500;
/// Seconds for which a track is looked for that does not bear its number any more, and from one look to the
/// next.
const AGAIN_S: f64 = 60.0;
const LOOK_EVERY_S: f64 = 2.0;
/// Seconds from one writing to the next of where tracks were last.
const KEPT_EVERY_S: i64 = 30;
/// Seconds for which a merge is listed that the node has ended.
const OVER_S: f64 = 600.0;
/// How far it may be from where it would be by now, metres, and metres more for each second since.
const AGAIN_M: f64 = 2_000.0;
const AGAIN_M_S: f64 = 15.0;

/// What a person said of one of ours and one of a partner's.
#[derive(Debug, Clone)]
pub(super) struct Decision {
    party: PartyId,
    ours: TrackNumber,
    /// Where that is another partner's.
    of: Option<Of>,
    theirs: TheirNumber,
    /// Of the partner's numbers; `None`: of whichever come first.
    epoch: Option<u32>,
    /// One target, or two.
    one: bool,
    by: String,
    why: String,
    at: Time,
    /// Where either was last, and as the journal has that.
    seen: [Option<Seen>; 2],
    kept_seen: [Option<Seen>; 2],
    stage: Stage,
    /// It was said before there was a picture to look at whether it may be; what stood then stands again
    /// if it may not.
    early: bool,
    before: Option<Box<Decision>>,
}

/// Another partner's track, in which epoch of its numbers (`None`: of whichever come first), and whether it
/// is told.
#[derive(Debug, Clone)]
struct Of {
    partner: PartnerIndex,
    number: PartnerNumber,
    epoch: Option<u32>,
    is_told: bool,
}

/// How far a decision has come.
#[derive(Debug, Clone, PartialEq)]
enum Stage {
    Holds,
    /// Either track is looked for, since then.
    Waits(Time),
    /// Both are there since then, and whether it may be said is still to be seen.
    Unsure(Time),
    /// A merge of two that cannot be one, ended then.
    Over(Time, Apart),
}

/// A decision as the journal keeps it; times are nanoseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    party: String,
    ours: u32,
    /// Where that is another partner's: whose, its number and the epoch of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<(String, u32, Option<u32>)>,
    theirs: u32,
    epoch: Option<u32>,
    one: bool,
    by: String,
    why: String,
    at: i64,
    seen: [Option<Seen>; 2],
    /// It is still to be seen whether it may be said.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    early: bool,
}

/// Where a track was last, and what it is known by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    at: i64,
    /// Latitude and longitude, 1e-7 degree.
    place_e7: [i64; 2],
    /// East and north, cm/s.
    velocity_cm_s: [i64; 2],
    /// See [`address`].
    address: Option<u32>,
    /// Twelve bits.
    code: Option<u16>,
}

/// An address as one number: what allots it, and its 24 bits.
fn address(track: &Track) -> Option<u32> {
    track.codes.address.map(|address| (address.kind() as u32) << 24 | address.bits())
}

/// Tracks of one instant by address.
struct Index<'a> {
    tracks: Cow<'a, [Track]>,
    order: Vec<(Option<u32>, usize)>,
}

impl<'a> Index<'a> {
    fn new(tracks: Cow<'a, [Track]>, is_meant: impl Fn(TrackNumber) -> bool) -> Self {
        let meant = tracks.iter().enumerate().filter(|(_, track)| is_meant(track.number));
        let mut order: Vec<_> = meant.map(|(at, track)| (address(track), at)).collect();
        order.sort_unstable();
        Self { tracks, order }
    }

    fn with(&self, address: Option<u32>) -> impl Iterator<Item = &Track> {
        let from = self.order.partition_point(|(other, _)| *other < address);
        let to = self.order.partition_point(|(other, _)| *other <= address);
        self.order[from..to].iter().map(|(_, at)| &self.tracks[*at])
    }
}

impl Seen {
    fn of(track: &Track) -> Self {
        let e7 = |degrees: f64| (degrees * 1e7).round() as i64;
        let cm_s = |metres: f64| (metres * 100.0).round() as i64;
        Self {
            at: track.time.unix_nanos(),
            place_e7: [e7(track.position.latitude_deg()), e7(track.position.longitude_deg())],
            velocity_cm_s: [cm_s(track.velocity.east), cm_s(track.velocity.north)],
            address: address(track),
            code: track.codes.mode_3a.map(|code| code.bits()),
        }
    }

    /// The only one of these, as of `now`, that may be the same.
    fn again<'a>(
        &self,
        index: &'a Index<'_>,
        is_free: impl Fn(TrackNumber) -> bool,
        now: Time,
    ) -> Option<&'a Track> {
        let [lat, lon] = self.place_e7.map(|e7| e7 as f64 / 1e7);
        let place = Geodetic::from_degrees(lat, lon, 0.0)?;
        let age_s = now.seconds_since(Time::from_unix_nanos(self.at));
        let [east, north] = self.velocity_cm_s.map(|cm_s| cm_s as f64 / 100.0 * age_s);
        let by_now = LocalFrame::at(place).geodetic_from_enu(Enu { east, north, up: 0.0 });
        let frame = LocalFrame::at(by_now.at_height(0.0));
        let reach_m = AGAIN_M + AGAIN_M_S * age_s.abs();
        // No degree of latitude is shorter than 110 km.
        let reach_deg = reach_m / 110_000.0;
        let may_be = |track: &&Track| {
            let code = track.codes.mode_3a.map(|code| code.bits());
            if self.address.is_some() || !is_free(track.number) {
                return is_free(track.number);
            }
            if self.code.zip(code).is_some_and(|(a, b)| a != b)
                || (track.position.latitude_deg() - by_now.latitude_deg()).abs() > reach_deg
            {
                return false;
            }
            let off = frame.enu_from_geodetic(track.position.at_height(0.0));
            off.east.hypot(off.north) <= reach_m
        };
        let mut found = index.with(self.address).filter(may_be);
        let one = found.next()?;
        found.next().is_none().then_some(one)
    }
}

/// Numbers that are one with another by hand, ours and the partner's.
#[derive(Default)]
struct Claims(BTreeSet<TrackNumber>, BTreeSet<TheirNumber>);

impl Decision {
    /// Follows both tracks to `now`; whether it still stands. `found` are ours and the partner's, where a
    /// look at them is due.
    fn follow(
        &mut self,
        partner: &Partner,
        (held, found): (&[Track], Option<&[Index<'_>; 2]>),
        claims: &mut Claims,
        now: Time,
    ) -> bool {
        let told = &partner.told;
        let same_numbers = self.epoch.is_none_or(|epoch| epoch == told.epoch());
        let number = PartnerNumber(self.theirs.0);
        let item = told.get(number).filter(|_| same_numbers && told.places(number));
        if let Stage::Over(since, _) = self.stage {
            let is_pair = partner.correlator.ours(self.theirs) == Some(self.ours);
            return item.is_some() && !is_pair && now.seconds_since(since) <= OVER_S;
        }
        // Each is one with one other at most: what another merge holds is not there for this one.
        let bound = self.one && self.stage != Stage::Holds;
        let free_ours = |number: TrackNumber| !bound || !claims.0.contains(&number);
        let free_theirs = |number: TheirNumber| !bound || !claims.1.contains(&number);
        let mut ours = find(held, self.ours).filter(|track| free_ours(track.number));
        let mut theirs = item
            .filter(|_| free_theirs(self.theirs))
            .and_then(|item| foreign::track(TrackNumber(item.number.0), item, now, now))
            .map(Cow::Owned);
        let of_is_told = self.of.as_ref().map(|of| of.is_told);
        if !matches!(self.stage, Stage::Waits(_)) {
            if !of_is_told.unwrap_or(ours.is_some()) || (theirs.is_none() && same_numbers) {
                return self.give_way();
            }
            if theirs.is_none() {
                self.stage = Stage::Waits(now);
            }
        }
        if let Stage::Waits(since) = self.stage {
            let [ours_seen, theirs_seen] = &self.seen;
            if let Some([all_ours, all_theirs]) = found {
                if ours.is_none()
                    && self.of.is_none()
                    && let Some(seen) = ours_seen
                {
                    ours = seen.again(all_ours, free_ours, now);
                    self.ours = ours.map_or(self.ours, |track| track.number);
                }
                if theirs.is_none()
                    && let Some(seen) = theirs_seen
                {
                    let is_free = |number: TrackNumber| free_theirs(TheirNumber(number.0));
                    theirs = seen.again(all_theirs, is_free, now).map(Cow::Borrowed);
                    self.theirs =
                        theirs.as_ref().map_or(self.theirs, |one| TheirNumber(one.number.0));
                }
            }
            if of_is_told.unwrap_or(ours.is_some()) && theirs.is_some() {
                // What came before it was said, handled again, says nothing of it.
                if self.early {
                    self.stage = Stage::Unsure(now);
                } else if now >= self.at {
                    self.stage = Stage::Holds;
                }
            } else if now.seconds_since(since) > AGAIN_S {
                return self.give_way();
            }
        }
        if let Stage::Unsure(since) = self.stage {
            // Which pairs there are is known only after some reports, and what was before it was said, when
            // that is handled again, says nothing of it.
            let is_time = !self.one || now.seconds_since(since) >= UNDECIDED_S;
            if is_time && now >= self.at {
                if !ours.is_none_or(|track| self.may_stand(partner, track)) {
                    return self.give_way();
                }
                (self.stage, self.early, self.before) = (Stage::Holds, false, None);
            }
        }
        if theirs.is_some() {
            self.epoch = Some(told.epoch());
        }
        for (at, track) in [ours, theirs.as_deref()].into_iter().enumerate() {
            let Some(seen) = track.map(Seen::of) else { continue };
            let slice = |seen: &Seen| seen.at.div_euclid(KEPT_EVERY_S * 1_000_000_000);
            if self.kept_seen[at].as_ref().is_none_or(|kept| slice(kept) != slice(&seen)) {
                self.kept_seen[at] = Some(seen.clone());
            }
            self.seen[at] = Some(seen);
        }
        if self.one && self.stage == Stage::Holds {
            claims.0.insert(self.ours);
            claims.1.insert(self.theirs);
        }
        true
    }

    /// It ends, and what it took the place of stands again, if that is so.
    fn give_way(&mut self) -> bool {
        let before = self.before.take();
        let stands = before.is_some();
        if let Some(before) = before {
            *self = *before;
        }
        stands
    }

    /// Whether what was said early could be said now. A split of two that are no pair yet does no harm,
    /// unless they never can be one.
    fn may_stand(&self, partner: &Partner, track: &Track) -> bool {
        if self.one {
            return partner.may_be_said(track, self.theirs, true).is_ok();
        }
        let item = partner.told.get(PartnerNumber(self.theirs.0));
        let report = item.and_then(foreign::report);
        report.is_none_or(|report| partner.correlator.obstacle(track, &report).is_none())
    }

    fn is_of(&self, party: PartyId, theirs: TheirNumber, ours: TrackNumber) -> bool {
        (self.party, self.theirs, self.ours) == (party, theirs, ours)
    }

    /// How long it is at most where it is kept.
    fn weight(&self) -> usize {
        let words = serde_json::to_string(&(&self.by, &self.why));
        KEPT_EACH + words.map_or(0, |words| words.len())
    }
}

fn find(held: &[Track], number: TrackNumber) -> Option<&Track> {
    let at = held.binary_search_by_key(&number, |track| track.number).ok()?;
    Some(&held[at])
}

/// Looks which tracks of other partners that people spoke of are still told.
pub(super) fn look_at_others(decisions: &mut [Decision], all: &[Partner]) {
    for of in decisions.iter_mut().filter_map(|one| one.of.as_mut()) {
        let told = all.get(usize::from(of.partner.0)).map(|partner| &partner.told);
        let told = told.filter(|told| {
            told.places(of.number) && of.epoch.is_none_or(|epoch| epoch == told.epoch())
        });
        of.is_told = told.is_some();
        of.epoch = told.map(|told| told.epoch()).or(of.epoch);
    }
}

/// Follows what people said of this partner's pairs, and has its correlator go by it. `held` is in order of
/// number.
pub(super) fn follow(
    decisions: &mut Vec<Decision>,
    partner: &mut Partner,
    held: &[Track],
    now: Time,
) {
    let is_its = |one: &Decision| one.party == partner.party;
    let mut claims = Claims::default();
    for one in decisions.iter().filter(|one| is_its(one) && one.one && one.stage == Stage::Holds) {
        claims.0.insert(one.ours);
        claims.1.insert(one.theirs);
    }
    let waits = |one: &Decision| is_its(one) && matches!(one.stage, Stage::Waits(_));
    let is_due = now.unix_seconds().rem_euclid(LOOK_EVERY_S) < 1.0;
    let found = (is_due && decisions.iter().any(waits)).then(|| {
        let track = |item: &accord::Item| {
            // Under the partner's own number for the moment.
            foreign::track(TrackNumber(item.number.0), item, now, now)
        };
        let theirs: Vec<Track> = partner.told.tracks().filter_map(track).collect();
        let is_own = |number| foreign::teller(number).is_none();
        [Index::new(Cow::Borrowed(held), is_own), Index::new(Cow::Owned(theirs), |_| true)]
    });
    decisions.retain_mut(|one| {
        !is_its(one) || one.follow(partner, (held, found.as_ref()), &mut claims, now)
    });
    go_by(decisions, partner);
}

/// Ends the merges of two that the partner's reports have shown to be two.
pub(super) fn refute(decisions: &mut [Decision], partner: &mut Partner, now: Time) {
    let refuted = partner.correlator.take_refuted();
    if refuted.is_empty() {
        return;
    }
    for (theirs, apart) in refuted {
        let is_it = |one: &&mut Decision| {
            one.one
                && (one.party, one.theirs) == (partner.party, theirs)
                && one.stage == Stage::Holds
        };
        if let Some(one) = decisions.iter_mut().find(is_it) {
            one.stage = Stage::Over(now, apart);
        }
    }
    go_by(decisions, partner);
}

fn go_by(decisions: &[Decision], partner: &mut Partner) {
    let mut by_hand = ByHand::default();
    let is_its = |one: &&Decision| one.party == partner.party && one.stage == Stage::Holds;
    for one in decisions.iter().filter(is_its) {
        if one.one {
            by_hand.together.insert(one.theirs, one.ours);
        } else {
            by_hand.apart.insert((one.theirs, one.ours));
        }
    }
    partner.correlator.set_by_hand(by_hand);
}

/// A pair as it is listed: believed, or what a person said of two that are none.
struct Listed<'a> {
    partner: &'a Partner,
    theirs: TheirNumber,
    ours: TrackNumber,
    pair: Option<fusion::Pair>,
    said: Option<&'a Decision>,
}

impl Listed<'_> {
    /// What people said first, then the most doubtful.
    fn rank(&self, other: &Self) -> std::cmp::Ordering {
        let score = |one: &Self| one.pair.and_then(|pair| pair.score).unwrap_or(0.0);
        let key = |one: &Self| (one.partner.party, one.theirs, one.ours);
        let by_hand = other.said.is_some().cmp(&self.said.is_some());
        by_hand.then(score(self).total_cmp(&score(other))).then_with(|| key(self).cmp(&key(other)))
    }

    fn row(&self) -> PairRow {
        let (pair, said) = (self.pair, self.said);
        let since = match said.map(|one| (&one.stage, one.at)) {
            Some((Stage::Over(at, _), _)) => Some(*at),
            Some((_, at)) => Some(at),
            None => pair.and_then(|pair| pair.since),
        };
        let why = |one: &Decision| match &one.stage {
            Stage::Holds => one.why.clone(),
            Stage::Waits(_) => format!("looked for: {}", one.why),
            Stage::Unsure(_) => format!("looked at whether it may be: {}", one.why),
            Stage::Over(_, apart) => {
                format!("one no more: {}; said was: {}", in_words(*apart), one.why)
            }
        };
        let is_apart = |one: &Decision| !one.one || matches!(one.stage, Stage::Over(..));
        PairRow {
            party: self.partner.party.to_string(),
            theirs: self.theirs.0,
            number: self.ours.0,
            apart: said.is_some_and(is_apart),
            how: pair.map_or(PairHow::ByHand, |pair| how(pair.how)),
            score: pair.and_then(|pair| pair.score),
            looks: pair.map_or(0, |pair| u32::from(pair.looks)),
            since_ms: since.map(|since| since.unix_millis() as f64),
            by: said.map(|one| one.by.clone()),
            why: said.map(why),
        }
    }
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
        if let Some(teller) = foreign::teller(ours).filter(|_| one) {
            return Err(if teller == partner.index {
                format!("both are {party}'s own; it says which is which")
            } else {
                "neither is ours: only a track of ours can be one with a partner's".to_owned()
            });
        }
        let mut seen = [None, None];
        if !early {
            let track =
                track(ours).ok_or_else(|| format!("{ours} is not in the picture any more"))?;
            partner.may_be_said(&track, theirs, one)?;
            // What was said since the correlator was told, too.
            let takes = |other: &&Decision| {
                let stands = other.one && !matches!(other.stage, Stage::Over(..));
                let either = (other.theirs == theirs) != (other.ours == ours);
                one && stands && either && other.party == party
            };
            if let Some(other) = self.decisions.iter().find(takes) {
                return Err(two_first(party, other.theirs, other.ours));
            }
            let item = partner.told.get(PartnerNumber(theirs.0));
            let its = item.and_then(|it| foreign::track(TrackNumber(theirs.0), it, now, now));
            seen = [Some(Seen::of(&track)), its.as_ref().map(Seen::of)];
        }
        let of = foreign::teller(ours).map(|teller| Of {
            partner: teller,
            number: match self.teller_of(ours) {
                Some(Some((_, number))) => number,
                _ => foreign::within(ours),
            },
            epoch: None,
            is_told: true,
        });
        let decision = Decision {
            party,
            ours,
            of,
            theirs,
            epoch: (!early).then(|| partner.told.epoch()),
            one,
            by,
            why,
            at: now,
            seen: seen.clone(),
            kept_seen: seen,
            stage: if early { Stage::Waits(now) } else { Stage::Holds },
            early,
            before: None,
        };
        let others = self.decisions.iter().enumerate().filter(|(at, _)| Some(*at) != held);
        let others: usize = others.map(|(_, one)| one.weight()).sum();
        if others + decision.weight() > KEPT_MAX {
            return Err(
                "what is said of pairs by hand is as long as can be kept; take one back first, \
                        or say why in fewer words"
                    .to_owned(),
            );
        }
        match held {
            Some(at) => {
                let mut before = std::mem::replace(&mut self.decisions[at], decision);
                if early {
                    // Of several that nobody has looked at the last counts, and what stood before them.
                    self.decisions[at].before =
                        if before.early { before.before.take() } else { Some(Box::new(before)) };
                }
            }
            None => self.decisions.push(decision),
        }
        Ok(())
    }

    /// What outlasts a restart.
    pub(super) fn kept_pairs(&self) -> Vec<Kept> {
        let of = |of: &Of| {
            let party = self.name(of.partner)?;
            Some((party.to_string(), of.number.0, of.epoch))
        };
        let kept = |one: &Decision| Kept {
            party: one.party.to_string(),
            ours: one.ours.0,
            of: one.of.as_ref().and_then(of),
            theirs: one.theirs.0,
            epoch: one.epoch,
            one: one.one,
            by: one.by.clone(),
            why: one.why.clone(),
            at: one.at.unix_nanos(),
            seen: one.kept_seen.clone(),
            early: one.early,
        };
        let stand = self.decisions.iter().filter(|one| !matches!(one.stage, Stage::Over(..)));
        stand.map(kept).collect()
    }

    /// Goes on with them: both tracks are looked for from `now` on.
    pub(super) fn take_up_pairs(&mut self, kept: Vec<Kept>, now: Time) {
        let decision = |kept: Kept| {
            // Of a party that is no partner any more nobody could take it back.
            self.index_of(&kept.party)?;
            // Its partner may have another place among all now.
            let of = match kept.of {
                Some((party, number, epoch)) => {
                    let (partner, number) = (self.index_of(&party)?, PartnerNumber(number));
                    Some(Of { partner, number, epoch, is_told: false })
                }
                None => None,
            };
            let ours = of.as_ref().map(|of| foreign::number(of.partner, of.number));
            Some(Decision {
                party: kept.party.parse().ok()?,
                ours: ours.unwrap_or(TrackNumber(kept.ours)),
                of,
                theirs: TheirNumber(kept.theirs),
                epoch: kept.epoch,
                one: kept.one,
                by: kept.by,
                why: kept.why,
                at: Time::from_unix_nanos(kept.at).min(now),
                seen: kept.seen.clone(),
                kept_seen: kept.seen,
                stage: Stage::Waits(now),
                early: kept.early,
                before: None,
            })
        };
        self.decisions = kept.into_iter().filter_map(decision).take(DECISIONS_MAX).collect();
    }

    /// Pairs as the console lists them: what people said first, then the most doubtful, so many at most.
    pub(crate) fn pairs(&self, now: Time) -> wire::Pairs {
        let mut listed = self.listed(|_, _| true);
        let more = listed.len().saturating_sub(wire::PAIR_ROWS);
        if more > 0 {
            listed.select_nth_unstable_by(wire::PAIR_ROWS, Listed::rank);
            listed.truncate(wire::PAIR_ROWS);
        }
        listed.sort_unstable_by(Listed::rank);
        let rows = listed.iter().map(Listed::row).collect();
        wire::Pairs { time_ms: now.unix_millis() as f64, rows, more: more as u32 }
    }

    /// Those that a track of our picture is in, or is said not to be in.
    pub(crate) fn pairs_of(&self, number: TrackNumber) -> Vec<PairRow> {
        let listed = self.listed(|shown_as, ours| ours == number || shown_as == number);
        listed.iter().map(Listed::row).collect()
    }

    /// In order of partner and of its numbers, and after them what is no pair. `wanted` is told the number
    /// under which the partner's track would be shown alone, and ours.
    fn listed(&self, wanted: impl Fn(TrackNumber, TrackNumber) -> bool) -> Vec<Listed<'_>> {
        let mut listed = Vec::new();
        for partner in &self.all {
            let is_wanted = |theirs: TheirNumber, ours| {
                wanted(foreign::number(partner.index, PartnerNumber(theirs.0)), ours)
            };
            let its = self.decisions.iter().filter(|one| one.party == partner.party);
            let its: BTreeMap<_, _> = its.map(|one| ((one.theirs, one.ours), one)).collect();
            let makes_one = |one: &Decision| one.one && one.stage == Stage::Holds;
            for (theirs, ours) in partner.correlator.pairs() {
                let said = its.get(&(theirs, ours)).copied();
                // Any other stands for itself below.
                if is_wanted(theirs, ours) && said.is_none_or(makes_one) {
                    let pair = partner.correlator.pair(theirs);
                    listed.push(Listed { partner, theirs, ours, pair, said });
                }
            }
            let beside = its.values().copied().filter(|one| !makes_one(one));
            let beside = beside.filter(|one| is_wanted(one.theirs, one.ours));
            listed.extend(beside.map(|one| Listed {
                partner,
                theirs: one.theirs,
                ours: one.ours,
                pair: None,
                said: Some(one),
            }));
        }
        listed
    }
}

impl Partner {
    /// Whether a person may say of our track and one of this partner's that they are one, or two; or why
    /// not.
    fn may_be_said(&self, track: &Track, theirs: TheirNumber, one: bool) -> Result<(), String> {
        let (party, ours) = (self.party, track.number);
        let number = PartnerNumber(theirs.0);
        let item = self.told.get(number).filter(|_| self.told.places(number));
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
        if let Some(other) = held.filter(|held| *held != ours) {
            return Err(two_first(party, theirs, other));
        }
        let mut pairs = self.correlator.pairs();
        if let Some((other, _)) = pairs.find(|(other, of)| *of == ours && *other != theirs) {
            return Err(two_first(party, other, ours));
        }
        match self.correlator.obstacle(track, &report) {
            None => Ok(()),
            Some(apart) => Err(format!("they cannot be one: {}", in_words(apart))),
        }
    }
}

fn two_first(party: PartyId, theirs: TheirNumber, ours: TrackNumber) -> String {
    format!("{ours} and {party}:{} are a pair; say first that they are two", theirs.0)
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
