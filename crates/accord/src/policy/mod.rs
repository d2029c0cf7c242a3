//! Accords compiled to a filter.
//!
//! Every clause that binds the policy's own party becomes one bit a partner. What a subject fits is
//! worked out once for all partners ([`View::place`]); what one partner may have of it is then a
//! look at that partner's bits ([`View::decide`]). The bits of a partner's grants stand in the order
//! of their quality, so that the first bit that grants a field grants it best.

mod layout;
mod view;

pub(crate) use view::Stood;
pub use view::{Placed, View};

use crate::decision::{ClauseIndex, Terms};
use crate::lifecycle::Suspension;
use crate::model::{Accord, AnyOf, Caveat, Clause, Conditions, Effect, Grant};
use crate::tables::{Tables, Wanted};
use crate::{
    AccordId, ArticleRef, Decision, Explanation, Field, FieldGrant, FieldSet, ObjectKind, PartyId,
    PlotsKept, Reduction, Subject, area::Area,
};
use layout::{Layout, Origin};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;
use surveillance::Time;

/// How far a subject's time may lie ahead of the deciding clock, seconds.
pub const CLOCK_DOUBT_S: f64 = 5.0;
/// Most versions of one subject that are looked at, itself and its `without`.
pub const VERSIONS_MAX: usize = 16;

/// Every accord a party knows, compiled: what may go to whom. Without accords, nothing to nobody.
#[derive(Debug, Clone)]
pub struct Policy {
    own: PartyId,
    accords: Vec<Arc<Accord>>,
    plans: Vec<Plan>,
    clauses: Vec<Compiled>,
    tables: Arc<Tables>,
}

/// The bits of one partner.
#[derive(Debug, Clone)]
struct Plan {
    party: PartyId,
    grants: Range<usize>,
    caveats: Range<usize>,
}

/// What a bit stands for.
#[derive(Debug, Clone)]
struct Compiled {
    article: ArticleRef,
    accord: usize,
    to: PartyId,
    effect: ClauseEffect,
}

#[derive(Debug, Clone)]
enum ClauseEffect {
    Grant {
        fields: FieldSet,
        reduction: Reduction,
        onward: Vec<crate::Onward>,
    },
    NotUnderstood,
    Caveat(Effect),
    /// Fills a partner's bits up to a whole word.
    Unused,
}

/// Two accords that cannot be kept together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// One id twice.
    #[error("accord {0} is there twice; leave one out or give it another id")]
    Twice(AccordId),
    /// Too many.
    #[error("more than {max} clauses and partners; split the policy", max = u16::MAX)]
    TooMany,
}

/// A change of suspension that was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SuspensionError {
    /// Nobody knows it.
    #[error("there is no accord {0}")]
    NoAccord(AccordId),
    /// It is none of their accord.
    #[error("{0} is no party to {1}")]
    NotAParty(PartyId, AccordId),
    /// Only who suspended can resume.
    #[error("{0} has suspended nothing of {1} that it could resume")]
    NothingToResume(PartyId, AccordId),
}

impl Policy {
    /// The policy of `own` without any accord.
    pub fn without_accords(own: PartyId) -> Self {
        Self::new(own, Vec::new()).unwrap_or_else(|_| unreachable!("no accord is there twice"))
    }

    /// The policy of `own` under these accords. Costs milliseconds: shapes are indexed here.
    pub fn new(own: PartyId, mut accords: Vec<Arc<Accord>>) -> Result<Self, PolicyError> {
        accords.sort_by_key(|accord| accord.id);
        if let Some(pair) = accords.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(PolicyError::Twice(pair[0].id));
        }
        let mut layout = Layout::of(own, &accords);
        layout.fill_up();
        if layout.clauses.len() > usize::from(u16::MAX) {
            return Err(PolicyError::TooMany);
        }
        let words = layout.clauses.len() / 64;
        let all = Conditions::all();
        let wanted = layout.sources.iter().map(|(bit, source)| match source {
            Origin::Grant(grant) => Wanted {
                bit: *bit,
                objects: AnyOf(1 << grant.object as u32),
                of: &grant.of,
                delay_s: grant.reduction.delay_s,
                in_doubt: false,
            },
            Origin::NotUnderstood => Wanted {
                bit: *bit,
                objects: AnyOf::ALL,
                of: &all,
                delay_s: f64::NEG_INFINITY,
                in_doubt: true,
            },
            Origin::Caveat(caveat) => Wanted {
                bit: *bit,
                objects: caveat.objects,
                of: &caveat.of,
                delay_s: f64::NEG_INFINITY,
                in_doubt: true,
            },
        });
        let tables = Arc::new(Tables::new(words, &wanted.collect::<Vec<_>>()));
        let Layout { plans, clauses, .. } = layout;
        Ok(Self { own, plans, clauses, tables, accords })
    }

    /// Whose policy it is.
    pub fn own(&self) -> PartyId {
        self.own
    }

    /// The accords it was made of, by id, with the suspensions that came since.
    pub fn accords(&self) -> &[Arc<Accord>] {
        &self.accords
    }

    /// Whether some article, in force or not, lets plots behind tracks out from or to its own party.
    pub fn tells_plots(&self) -> bool {
        crate::plots::ever(self)
    }

    /// Every partner that some accord names as receiver, in order.
    pub fn partners(&self) -> impl Iterator<Item = PartyId> {
        self.plans.iter().map(|plan| plan.party)
    }

    /// Suspends from now on: unilateral and immediate. Who has suspended before is not asked again.
    pub fn suspend(
        &mut self,
        accord: AccordId,
        suspension: Suspension,
    ) -> Result<(), SuspensionError> {
        let by = suspension.by;
        let found = self.party_to(accord, by)?;
        Arc::make_mut(found).lifecycle.suspend(suspension);
        Ok(())
    }

    /// The same, as the node of `suspension.by` said it: one at a time of each party, however often
    /// it says so.
    pub(crate) fn suspend_as_said(
        &mut self,
        accord: AccordId,
        suspension: Suspension,
    ) -> Result<(), SuspensionError> {
        let found = self.party_to(accord, suspension.by)?;
        Arc::make_mut(found).lifecycle.suspend_as_said(suspension);
        Ok(())
    }

    /// Resumes all that `by` has suspended of an accord and that holds at `at`; nobody else can. Those
    /// suspensions among it that the text has, as they are there.
    pub fn resume(
        &mut self,
        accord: AccordId,
        by: PartyId,
        at: Time,
    ) -> Result<Vec<Suspension>, SuspensionError> {
        self.resume_these(accord, by, at, None)
    }

    /// The same, of what the text has those with these digests alone, if they are known: a resumption
    /// that is read again ends what it ended, and nothing that was written since.
    pub fn resume_these(
        &mut self,
        accord: AccordId,
        by: PartyId,
        at: Time,
        these: Option<&[u64]>,
    ) -> Result<Vec<Suspension>, SuspensionError> {
        let found = self.party_to(accord, by)?;
        let ended = Arc::make_mut(found).lifecycle.resume(by, at, these);
        ended.ok_or(SuspensionError::NothingToResume(by, accord))
    }

    /// What is suspended in `other` of the accords that both hold is suspended here, and nothing
    /// else of them is; those of `but` are left as they are.
    pub(crate) fn suspend_as(&mut self, other: &Self, but: &BTreeSet<AccordId>) {
        for accord in self.accords.iter_mut().filter(|accord| !but.contains(&accord.id)) {
            let known = other.accords.binary_search_by_key(&accord.id, |known| known.id);
            let Ok(known) = known.map(|at| &other.accords[at].lifecycle) else { continue };
            if known.suspensions() != accord.lifecycle.suspensions() {
                Arc::make_mut(accord).lifecycle.suspend_as(known);
            }
        }
    }

    fn party_to(
        &mut self,
        accord: AccordId,
        party: PartyId,
    ) -> Result<&mut Arc<Accord>, SuspensionError> {
        let found = self.accords.iter_mut().find(|known| known.id == accord);
        let found = found.ok_or(SuspensionError::NoAccord(accord))?;
        if found.has_party(party) {
            Ok(found)
        } else {
            Err(SuspensionError::NotAParty(party, accord))
        }
    }

    /// Whether what one party tells another under an article is let through at `now`, or why not, in
    /// words.
    pub fn lets_through(
        &self,
        article: ArticleRef,
        between: (PartyId, PartyId),
        now: Time,
    ) -> Result<(), String> {
        crate::gate::is_open(self, article, between, now)
    }

    /// Whether any release to `partner` stands at `now`.
    pub fn feeds(&self, partner: PartyId, now: Time) -> bool {
        self.at(now).feeds(partner)
    }

    /// What `partner` may have of `subject` at `now`. For many decisions at one instant take
    /// [`Policy::at`] once.
    pub fn decide(&self, subject: &Subject, partner: PartyId, now: Time) -> Decision {
        let view = self.at(now);
        view.decide(&view.place(subject), partner)
    }

    /// The article by which `partner` may have the plots behind a track, as far as they lie where it does:
    /// one that lets out position, accuracy and lineage with no reduction, where no caveat says anything of
    /// the track or of its plots.
    ///
    /// # Errors
    /// Why it may not.
    pub fn plots_of(
        &self,
        track: &Subject,
        partner: PartyId,
        now: Time,
    ) -> Result<ArticleRef, PlotsKept> {
        let view = self.at(now);
        let (placed, mut apart) = (view.place(track), view.place(track));
        let told = crate::plots::may_be_told(&view, &placed, &mut apart, partner);
        told.map(|clause| self.article_of(clause))
    }

    /// A decision in names.
    pub fn explain(&self, decision: &Decision) -> Explanation {
        let article = |clause: ClauseIndex| self.clauses[usize::from(clause.0)].article;
        match decision {
            Decision::Withheld { nearest, failed } => {
                Explanation::Withheld { nearest: nearest.map(article), failed: *failed }
            }
            Decision::Released(terms) => {
                let grant = |field: Field| {
                    let clause = terms.by[field as usize];
                    FieldGrant {
                        field,
                        article: article(clause),
                        reduction: self.reduction(terms, field),
                    }
                };
                Explanation::Released(terms.fields.iter().map(grant).collect())
            }
        }
    }

    /// A decision about `partner` at `now` in words: which article lets out what, or which came nearest and
    /// what failed; and how each of them stands, and since when.
    pub fn explain_at(&self, decision: &Decision, partner: PartyId, now: Time) -> String {
        let explanation = self.explain(decision);
        let mut articles: Vec<ArticleRef> = match &explanation {
            Explanation::Released(grants) => grants.iter().map(|grant| grant.article).collect(),
            Explanation::Withheld { nearest, .. } => nearest.iter().copied().collect(),
        };
        articles.sort_unstable();
        articles.dedup();
        let mut words = explanation.to_string();
        for article in articles {
            if let Some(accord) = self.accords.iter().find(|accord| accord.id == article.accord)
                && accord.article(article.article).is_some()
            {
                let stands = accord.standing_in_words(article.article, (self.own, partner), now);
                words.push_str(&format!("\n  {article}: {stands}"));
            }
        }
        words
    }

    /// What decides what may go to `partner`, by who tells it and by article: our own articles with it, and
    /// those under which others let us pass on to it what they tell us. Two policies that say the same of an
    /// article let the same out under it, as far as it is in force and not suspended. Titles, numbers of
    /// caveats and what is agreed with others alone do not count.
    pub fn what_decides(&self, partner: PartyId) -> BTreeMap<(PartyId, ArticleRef), String> {
        let of_caveat = |caveat: &&Caveat| {
            let towards = caveat.towards.as_ref();
            caveat.by == self.own && towards.is_none_or(|towards| towards.contains(&partner))
        };
        let caveats =
            || self.accords.iter().flat_map(|accord| accord.caveats.iter().filter(of_caveat));
        let of_release = |grant: &Grant| {
            // A caveat on plots takes them from what is told of their track.
            let kinds = match grant.object {
                ObjectKind::Track => 1 << ObjectKind::Track as u32 | 1 << ObjectKind::Plot as u32,
                other => 1 << other as u32,
            };
            let about = |caveat: &&Caveat| {
                caveat.objects.and(AnyOf::from_bits(kinds)) != AnyOf::from_bits(0)
            };
            let caveat = |caveat: &Caveat| {
                format!("{:?} {} {:?}", caveat.objects, caveat.of.in_full(), caveat.effect)
            };
            let mut caveats: Vec<String> = caveats().filter(about).map(caveat).collect();
            caveats.sort_unstable();
            caveats.dedup();
            let Grant { object, of, fields, reduction, onward, .. } = grant;
            let of = of.in_full();
            format!("{object:?} {of} {fields:?} {reduction:?} {onward:?} {caveats:?}")
        };
        let gives = |clause: &Clause| match clause {
            Clause::Release(grant) => {
                let to_it = grant.from.contains(&self.own) && grant.to.contains(&partner);
                to_it.then(|| of_release(grant))
            }
            Clause::Backup(clause) => Some(format!("{clause:?}")),
            Clause::Assistance(clause) => Some(format!("{clause:?}")),
            Clause::Procedure(_) | Clause::NotUnderstood { .. } => None,
        };
        let mut all = BTreeMap::new();
        for accord in self.accords.iter().filter(|accord| accord.has_party(self.own)) {
            for article in &accord.articles {
                let reference = ArticleRef { accord: accord.id, article: article.id };
                let given = gives(&article.clause).filter(|_| accord.has_party(partner));
                all.extend(given.map(|what| ((self.own, reference), what)));
                // Others' data go on by their word alone: where that is over, so is what waits of them.
                if let Clause::Release(grant) = &article.clause
                    && grant.to.contains(&self.own)
                    && grant.onward.iter().any(|onward| onward.to == partner)
                {
                    let others = |from: &&PartyId| **from != self.own && **from != partner;
                    let tellers = grant.from.iter().filter(others);
                    all.extend(tellers.map(|from| ((*from, reference), of_release(grant))));
                }
            }
        }
        all
    }

    /// How exactly a field goes out on these terms.
    pub(crate) fn reduction(&self, terms: &Terms, field: Field) -> Reduction {
        let of_article = self.grant(terms.by[field as usize]).1;
        let steps = terms.steps;
        Reduction {
            position_m: if field == Field::Position { steps.position_m } else { 0.0 },
            level_m: if field == Field::Level { steps.level_m } else { 0.0 },
            velocity_mps: if field == Field::Velocity { steps.velocity_mps } else { 0.0 },
            time_s: of_article.time_s.max(steps.time_s),
            delay_s: of_article.delay_s.max(steps.delay_s),
            interval_s: of_article.interval_s.max(steps.interval_s),
        }
    }

    /// The fields and the reduction of a clause that grants.
    pub(crate) fn grant(&self, clause: ClauseIndex) -> (FieldSet, Reduction) {
        match &self.clauses[usize::from(clause.0)].effect {
            ClauseEffect::Grant { fields, reduction, .. } => (*fields, *reduction),
            _ => (FieldSet::EMPTY, Reduction::NONE),
        }
    }

    /// To whom a receiver may pass on what this clause lets out.
    pub(crate) fn onward(&self, clause: ClauseIndex) -> &[crate::Onward] {
        match &self.clauses[usize::from(clause.0)].effect {
            ClauseEffect::Grant { onward, .. } => onward,
            _ => &[],
        }
    }

    pub(crate) fn article_of(&self, clause: ClauseIndex) -> ArticleRef {
        self.clauses[usize::from(clause.0)].article
    }

    fn plan(&self, partner: PartyId) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.party == partner)
    }
}

impl Conditions {
    /// All of them, of areas the outlines alone: what one is called decides nothing.
    fn in_full(&self) -> String {
        let area = match &self.area {
            Area::Anywhere => "anywhere".to_owned(),
            Area::Shapes(shapes) => {
                format!("{:?}", shapes.iter().map(|shape| shape.form()).collect::<Vec<_>>())
            }
        };
        format!("{area} {:?}", Self { area: Area::Anywhere, ..self.clone() })
    }

    /// No condition at all.
    pub fn all() -> Self {
        Self {
            area: Area::Anywhere,
            levels_m: None,
            identity: AnyOf::ALL,
            service: AnyOf::ALL,
            flight: AnyOf::ALL,
            plan: AnyOf::ALL,
            alerts: None,
            alert_state: AnyOf::ALL,
            named: None,
        }
    }
}
