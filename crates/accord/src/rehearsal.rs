//! A draft rehearsed: what it would have released of a recorded picture that the accords of today
//! do not, and the reverse.
//!
//! Both filters and both sets of feeds see the same pictures, slot by slot. What is compared is what
//! each would let out of an object sooner or later: fields, and how exactly each, delay and rate
//! included.

use crate::lifecycle::{Instruments, Lifecycle};
use crate::{
    Accord, ArticleRef, Batch, Cadence, Decision, Explanation, FieldGrant, FieldSet, ObjectKind,
    OwnNumber, PartnerFeed, PartyId, Policy, Reduction, Released, Subject, View,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use surveillance::{Codes, Time};

/// Most objects told of one partner and direction; more are counted.
pub const DIFFERENCES_MAX: usize = 10_000;

/// Two filters on one picture.
#[derive(Debug)]
pub struct Rehearsal {
    draft: Policy,
    current: Policy,
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
    told: [BTreeSet<u32>; 2],
    more: BTreeMap<OwnNumber, Difference>,
    less: BTreeMap<OwnNumber, Difference>,
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
            },
            told: [BTreeSet::new(), BTreeSet::new()],
            more: BTreeMap::new(),
            less: BTreeMap::new(),
        };
        let partners = partners.into_iter().map(partner).collect();
        Self { draft, current, partners, slots: 0, first: None, last: None }
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
                let [by_draft, by_current] =
                    [&draft, &current].map(|view| grants(view, subject, partner.to));
                let (more, less) = (beyond(&by_draft, &by_current), beyond(&by_current, &by_draft));
                note(&mut partner.more, &mut partner.report.not_listed, subject, now, &more);
                note(&mut partner.less, &mut partner.report.not_listed, subject, now, &less);
            }
        }
    }

    /// What came of it.
    pub fn finish(self) -> Rehearsed {
        let partner = |partner: Partner| PartnerRehearsed {
            more: partner.more.into_values().collect(),
            less: partner.less.into_values().collect(),
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
            self.told[side].insert(item.number.0);
        }
        amount.objects = self.told[side].len() as u64;
    }
}

/// What would go out of a subject sooner or later.
fn grants(view: &View<'_>, subject: &Subject, to: PartyId) -> Vec<FieldGrant> {
    let mut placed = view.place(subject);
    if !placed.is_ahead() {
        view.place_ahead(subject, &mut placed);
    }
    let decision = view.decide(&placed, to);
    match (&decision, view.policy().explain(&decision)) {
        (Decision::Released(_), Explanation::Released(grants)) => grants,
        _ => Vec::new(),
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
    known: &mut BTreeMap<OwnNumber, Difference>,
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
    let difference = known.entry(subject.number).or_insert_with(|| Difference {
        number: subject.number,
        object: subject.object,
        codes: subject.codes,
        first: now,
        last: now,
        slots: 0,
        fields: FieldSet::EMPTY,
        articles: BTreeSet::new(),
    });
    difference.last = now;
    difference.slots += 1;
    difference.codes.address = subject.codes.address.or(difference.codes.address);
    difference.codes.callsign = subject.codes.callsign.or(difference.codes.callsign);
    for grant in grants {
        difference.fields = difference.fields.with(grant.field);
        difference.articles.insert(grant.article);
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
