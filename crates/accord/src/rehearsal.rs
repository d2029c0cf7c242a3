//! A draft rehearsed: what it would have released of a recorded picture that the accords of today
//! do not, and the reverse.
//!
//! Both filters and both sets of feeds see the same pictures, slot by slot. What is compared is what
//! each would let out of an object sooner or later: fields, and how exactly each, delay and rate
//! included.

use crate::decision::{ClauseIndex, Condition};
use crate::lifecycle::{Instruments, Lifecycle};
use crate::{
    Accord, AccordId, ArticleRef, Batch, Cadence, Decision, Explanation, FieldGrant, FieldSet,
    ObjectKind, OwnNumber, PartnerFeed, PartnerNumber, PartyId, Policy, Reduction, Released,
    Subject, View,
};
use geodesy::Geodetic;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use surveillance::{Codes, Time};

/// Most objects told of one partner and direction; more are counted.
pub const DIFFERENCES_MAX: usize = 10_000;
/// Most places kept of one object: of a longer stay, every second one, every fourth…
pub const PLACES_MAX: usize = 64;

/// Two filters on one picture.
#[derive(Debug)]
pub struct Rehearsal {
    draft: Policy,
    current: Policy,
    /// What the draft takes the place of, or adds: suspensions of these bind today's text alone.
    drafted: BTreeSet<AccordId>,
    partners: Vec<Partner>,
    slots: u64,
    first: Option<Time>,
    last: Option<Time>,
}

#[derive(Debug)]
struct Partner {
    to: PartyId,
    feeds: [PartnerFeed; 2],
    report: PartnerRehearsed,
    /// By draft and today: objects told, by article.
    released: [BTreeMap<ArticleRef, BTreeSet<PartnerNumber>>; 2],
    told: [BTreeSet<PartnerNumber>; 2],
    withheld: [BTreeMap<Nearest, BTreeSet<OwnNumber>>; 2],
    more: BTreeMap<OwnNumber, Noted>,
    less: BTreeMap<OwnNumber, Noted>,
}

/// The clause that came nearest, and the condition of it that failed.
type Nearest = (Option<ClauseIndex>, Condition);

#[derive(Debug)]
struct Noted {
    difference: Difference,
    /// Of how many slots one place is kept.
    stride: u64,
}

/// What came of a rehearsal.
#[derive(Debug, Clone, PartialEq)]
pub struct Rehearsed {
    /// Whose picture it was.
    pub own: PartyId,
    /// The first and last slot of it; `None` if there was none.
    pub span: Option<(Time, Time)>,
    /// Slots in it.
    pub slots: u64,
    /// Every partner of either, in order.
    pub partners: Vec<PartnerRehearsed>,
}

/// What one partner would have been told.
#[derive(Debug, Clone, PartialEq)]
pub struct PartnerRehearsed {
    /// Who.
    pub to: PartyId,
    /// By the draft.
    pub draft: Amount,
    /// By the accords of today.
    pub current: Amount,
    /// Objects of which the draft tells more: another field, or one more exactly or sooner.
    pub more: Vec<Difference>,
    /// Objects of which it tells less.
    pub less: Vec<Difference>,
    /// Objects beyond [`DIFFERENCES_MAX`].
    pub not_listed: u64,
    /// Objects released by each article, in order of article. An object may be there twice.
    pub released: Vec<RuleObjects>,
    /// Objects withheld at one time or another for each reason, in order of the words.
    pub withheld: Vec<RuleObjects>,
}

/// Of how many objects one rule decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleObjects {
    /// The article, or the reason.
    pub rule: String,
    /// By the draft.
    pub draft: u64,
    /// By the accords of today.
    pub current: u64,
}

/// How much went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amount {
    /// Objects, as the partner numbers them.
    pub objects: u64,
    /// Updates of them.
    pub updates: u64,
    /// Fields in those updates.
    pub fields: u64,
}

/// One object of which one filter tells what the other does not.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The sender's own number of it.
    pub number: OwnNumber,
    /// What it is.
    pub object: ObjectKind,
    /// Its codes, as last known.
    pub codes: Codes,
    /// From when to when.
    pub first: Time,
    /// To when.
    pub last: Time,
    /// In how many slots.
    pub slots: u64,
    /// The fields.
    pub fields: FieldSet,
    /// The articles that let them out.
    pub articles: BTreeSet<ArticleRef>,
    /// Where it was then, evenly over its slots, at most [`PLACES_MAX`]: the sender's own picture.
    pub places: Vec<(Time, Geodetic)>,
}

impl Rehearsal {
    /// The same party's filter by a draft and by the accords of today.
    pub fn new(draft: Policy, current: Policy, cadence: Cadence) -> Self {
        let partners: BTreeSet<PartyId> = draft.partners().chain(current.partners()).collect();
        let partner = |to: PartyId| Partner {
            to,
            feeds: [PartnerFeed::new(to, cadence), PartnerFeed::new(to, cadence)],
            report: PartnerRehearsed {
                to,
                draft: Amount::default(),
                current: Amount::default(),
                more: Vec::new(),
                less: Vec::new(),
                not_listed: 0,
                released: Vec::new(),
                withheld: Vec::new(),
            },
            released: Default::default(),
            told: Default::default(),
            withheld: Default::default(),
            more: BTreeMap::new(),
            less: BTreeMap::new(),
        };
        let partners = partners.into_iter().map(partner).collect();
        let is_draft = |accord: &&Arc<Accord>| {
            !current.accords().iter().any(|today| Arc::ptr_eq(today, accord))
        };
        let drafted = draft.accords().iter().filter(is_draft).map(|accord| accord.id).collect();
        Self { draft, current, drafted, partners, slots: 0, first: None, last: None }
    }

    /// From now on what `actual` has suspended is suspended: on both sides, except that a draft
    /// counts as not suspended.
    pub fn suspend_as(&mut self, actual: &Policy) {
        self.current.suspend_as(actual, &BTreeSet::new());
        self.draft.suspend_as(actual, &self.drafted);
    }

    /// The picture of one slot, everything the sender holds.
    pub fn update(&mut self, now: Time, picture: &[Subject]) {
        self.slots += 1;
        self.first = self.first.or(Some(now));
        self.last = Some(now);
        let (draft, current) = (self.draft.at(now), self.current.at(now));
        for partner in &mut self.partners {
            for (side, policy) in [&self.draft, &self.current].into_iter().enumerate() {
                let batch = partner.feeds[side].update(now, policy, picture);
                partner.count(side, batch.as_ref());
            }
            for subject in picture {
                let decided = [&draft, &current].map(|view| grants(view, subject, partner.to));
                for (side, decided) in decided.iter().enumerate() {
                    if let Err(nearest) = decided {
                        let objects = partner.withheld[side].entry(*nearest).or_default();
                        objects.insert(subject.number);
                    }
                }
                let [by_draft, by_current] = decided.map(Result::unwrap_or_default);
                let (more, less) = (beyond(&by_draft, &by_current), beyond(&by_current, &by_draft));
                note(&mut partner.more, &mut partner.report.not_listed, subject, now, &more);
                note(&mut partner.less, &mut partner.report.not_listed, subject, now, &less);
            }
        }
    }

    /// What came of it.
    pub fn finish(self) -> Rehearsed {
        let policies = [&self.draft, &self.current];
        let in_words = |side: usize, (nearest, failed): &Nearest| {
            let decision = Decision::Withheld { nearest: *nearest, failed: *failed };
            policies[side].explain(&decision).to_string()
        };
        let list = |noted: BTreeMap<OwnNumber, Noted>| {
            noted.into_values().map(|noted| noted.difference).collect()
        };
        let partner = |partner: Partner| PartnerRehearsed {
            more: list(partner.more),
            less: list(partner.less),
            released: side_by_side(&partner.released, |_, article| article.to_string()),
            withheld: side_by_side(&partner.withheld, in_words),
            ..partner.report
        };
        Rehearsed {
            own: self.draft.own(),
            span: self.first.zip(self.last),
            slots: self.slots,
            partners: self.partners.into_iter().map(partner).collect(),
        }
    }
}

impl Rehearsed {
    /// Whether any partner would be told more.
    pub fn releases_more(&self) -> bool {
        self.partners.iter().any(|partner| !partner.more.is_empty())
    }
}

impl Partner {
    fn count(&mut self, side: usize, batch: Option<&Released<Batch>>) {
        let amount = if side == 0 { &mut self.report.draft } else { &mut self.report.current };
        for item in batch.iter().flat_map(|batch| &batch.value().items) {
            amount.updates += 1;
            amount.fields += item.granted.iter().count() as u64;
            self.told[side].insert(item.number);
            for article in &item.articles {
                self.released[side].entry(*article).or_default().insert(item.number);
            }
        }
        amount.objects = self.told[side].len() as u64;
    }
}

/// The same rules of both sides in one row, by their words.
fn side_by_side<K, N>(
    sides: &[BTreeMap<K, BTreeSet<N>>; 2],
    in_words: impl Fn(usize, &K) -> String,
) -> Vec<RuleObjects> {
    let mut rows: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    for (side, rules) in sides.iter().enumerate() {
        for (rule, objects) in rules {
            rows.entry(in_words(side, rule)).or_default()[side] += objects.len() as u64;
        }
    }
    let row = |(rule, [draft, current]): (String, [u64; 2])| RuleObjects { rule, draft, current };
    rows.into_iter().map(row).collect()
}

/// What would go out of a subject sooner or later, or what keeps it.
fn grants(view: &View<'_>, subject: &Subject, to: PartyId) -> Result<Vec<FieldGrant>, Nearest> {
    let mut placed = view.place(subject);
    if !placed.is_ahead() {
        view.place_ahead(subject, &mut placed);
    }
    let decision = view.decide(&placed, to);
    match (&decision, view.policy().explain(&decision)) {
        (_, Explanation::Released(grants)) => Ok(grants),
        (Decision::Withheld { nearest, failed }, _) => Err((*nearest, *failed)),
        (Decision::Released(_), _) => Ok(Vec::new()),
    }
}

/// What one tells that the other does not, or not so exactly.
fn beyond(one: &[FieldGrant], other: &[FieldGrant]) -> Vec<FieldGrant> {
    let is_new = |grant: &&FieldGrant| {
        let known = other.iter().find(|other| other.field == grant.field);
        known.is_none_or(|known| !is_as_fine(&known.reduction, &grant.reduction))
    };
    one.iter().filter(is_new).copied().collect()
}

fn is_as_fine(a: &Reduction, b: &Reduction) -> bool {
    a.position_m <= b.position_m
        && a.level_m <= b.level_m
        && a.velocity_mps <= b.velocity_mps
        && a.time_s <= b.time_s
        && a.delay_s <= b.delay_s
        && a.interval_s <= b.interval_s
}

fn note(
    known: &mut BTreeMap<OwnNumber, Noted>,
    not_listed: &mut u64,
    subject: &Subject,
    now: Time,
    grants: &[FieldGrant],
) {
    if grants.is_empty() {
        return;
    }
    if known.len() >= DIFFERENCES_MAX && !known.contains_key(&subject.number) {
        *not_listed += 1;
        return;
    }
    let noted = known.entry(subject.number).or_insert_with(|| Noted {
        difference: Difference {
            number: subject.number,
            object: subject.object,
            codes: subject.codes,
            first: now,
            last: now,
            slots: 0,
            fields: FieldSet::EMPTY,
            articles: BTreeSet::new(),
            places: Vec::new(),
        },
        stride: 1,
    });
    noted.place(subject, now);
    let difference = &mut noted.difference;
    difference.last = now;
    difference.slots += 1;
    difference.codes.address = subject.codes.address.or(difference.codes.address);
    difference.codes.callsign = subject.codes.callsign.or(difference.codes.callsign);
    for grant in grants {
        difference.fields = difference.fields.with(grant.field);
        difference.articles.insert(grant.article);
    }
}

impl Noted {
    fn place(&mut self, subject: &Subject, now: Time) {
        let places = &mut self.difference.places;
        let Some(position) = subject.position else { return };
        if !self.difference.slots.is_multiple_of(self.stride) {
            return;
        }
        if places.len() == PLACES_MAX {
            let mut at = 0;
            places.retain(|_| {
                at += 1;
                at % 2 == 1
            });
            self.stride *= 2;
            if !self.difference.slots.is_multiple_of(self.stride) {
                return;
            }
        }
        places.push((now, position));
    }
}

impl Accord {
    /// The same text as if nothing of its life were missing: in force at all times, not suspended.
    #[must_use]
    pub fn as_if_in_force(&self) -> Self {
        let instruments = Instruments {
            in_force: Some(Time::from_unix_nanos(i64::MIN)),
            ..Instruments::default()
        };
        let parties = self.parties.iter().map(|party| party.id).collect();
        Self { lifecycle: Lifecycle::new(parties, instruments), ..self.clone() }
    }
}

/// Drafts beside the accords of today: each takes the place of the one with its id, as if in force.
pub fn with_drafts(current: &[Arc<Accord>], drafts: &[Arc<Accord>]) -> Vec<Arc<Accord>> {
    let stays = |accord: &&Arc<Accord>| !drafts.iter().any(|draft| draft.id == accord.id);
    let drafts = drafts.iter().map(|draft| Arc::new(draft.as_if_in_force()));
    current.iter().filter(stays).cloned().chain(drafts).collect()
}
