//! The plots behind a track: what a receiver needs to join a partner's track with its own and count
//! no measurement twice. They are the most that can be told of a track, so they are told least.

use crate::{
    Clause, ClauseIndex, Condition, Decision, Field, FieldSet, Lineage, ObjectKind, PartyId,
    Placed, Policy, Reduction, View,
};
use std::fmt;
use surveillance::PlacedPlot;

/// Most plots told of one track at once, the latest; more came only of a slot of many seconds.
pub(crate) const PLOTS_MAX: usize = 16;

/// One article that tells all of these tells the plots.
const NEEDED: FieldSet =
    FieldSet::EMPTY.with(Field::Position).with(Field::Accuracy).with(Field::Lineage);

/// Why the plots behind a track are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlotsKept {
    /// It is no track that own sensors alone made.
    NotOwn,
    /// No one article that stands lets out position, accuracy and lineage of it with no reduction.
    NoArticle,
    /// A caveat says something of it or of its plots.
    Caveat,
}

impl fmt::Display for PlotsKept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PlotsKept::NotOwn => "it is no track of own sensors alone",
            PlotsKept::NoArticle => {
                "no one article tells position, accuracy and lineage of the track whole and at once"
            }
            PlotsKept::Caveat => "a caveat is on the track or on its plots",
        })
    }
}

/// The clause by which `to` may have the plots behind a placed subject as it is now: one article that lets
/// out position, accuracy and lineage as they are, at once and as often as they come, and no caveat on it
/// or on its plots. `apart` is a buffer.
pub(crate) fn may_be_told<'s>(
    view: &View<'_>,
    placed: &Placed<'s>,
    apart: &mut Placed<'s>,
    to: PartyId,
) -> Result<ClauseIndex, PlotsKept> {
    let subject = placed.subject();
    // Others' data in a track are not ours to tell, and cannot be told from ours.
    let is_own = subject.object == ObjectKind::Track
        && subject.lineage == Lineage::Own
        && subject.without.is_empty();
    if !is_own {
        return Err(PlotsKept::NotOwn);
    }
    let clause = by_article(view, placed, to)?;
    let Some(point_rad) = subject.point_rad() else { return Err(PlotsKept::NoArticle) };
    view.place_apart(placed, (ObjectKind::Plot, point_rad), apart);
    if view.is_free_of_caveats(apart, to) { Ok(clause) } else { Err(PlotsKept::Caveat) }
}

/// The plots that moved a placed subject after the first `seen` of them, where [`may_be_told`] holds and held
/// when those were seen. Each is judged where it lies itself.
pub(crate) fn due<'s>(
    view: &View<'_>,
    (placed, apart): (&Placed<'s>, &mut Placed<'s>),
    to: PartyId,
    seen: u64,
) -> Vec<PlacedPlot> {
    let subject = placed.subject();
    let told = usize::try_from(seen.saturating_sub(subject.plots_before)).unwrap_or(usize::MAX);
    let new = subject.plots.get(told..).unwrap_or_default();
    // What is asked of a plot is the track's, but where it was.
    let mut may = |plot: &&PlacedPlot| {
        if !plot.origin.is_measured() {
            return false;
        }
        view.place_apart(placed, (ObjectKind::Track, plot.position_rad), apart);
        if by_article(view, apart, to).is_err() {
            return false;
        }
        view.place_apart(placed, (ObjectKind::Plot, plot.position_rad), apart);
        view.is_free_of_caveats(apart, to)
    };
    // What may not be told takes no place of what may.
    let mut plots: Vec<PlacedPlot> =
        new.iter().rev().filter(&mut may).take(PLOTS_MAX).copied().collect();
    plots.reverse();
    plots
}

/// The clause that tells a track, seen where `placed` says, whole; no caveat is on it.
fn by_article(view: &View<'_>, placed: &Placed<'_>, to: PartyId) -> Result<ClauseIndex, PlotsKept> {
    let counts = |clause| {
        let (fields, reduction) = view.policy().grant(clause);
        whole(fields, reduction)
    };
    match view.decide_by(placed, to, counts) {
        Decision::Released(terms) if terms.fields().and(NEEDED) == NEEDED => {
            if view.is_free_of_caveats(placed, to) {
                Ok(terms.by[Field::Lineage as usize])
            } else {
                Err(PlotsKept::Caveat)
            }
        }
        Decision::Withheld { failed: Condition::Caveat, .. } => Err(PlotsKept::Caveat),
        _ => Err(PlotsKept::NoArticle),
    }
}

/// Whether an accord that `policy` knows, in force or not, has such an article with its own party:
/// then the plots behind tracks are worth keeping.
pub(crate) fn ever(policy: &Policy) -> bool {
    let own = policy.own();
    let clauses = policy.accords().iter().flat_map(|accord| &accord.articles);
    clauses.map(|article| &article.clause).any(|clause| match clause {
        Clause::Release(grant) => {
            let tells = grant.from.contains(&own) || grant.to.contains(&own);
            tells && grant.object == ObjectKind::Track && whole(grant.fields, grant.reduction)
        }
        _ => false,
    })
}

fn whole(fields: FieldSet, reduction: Reduction) -> bool {
    reduction.is_none() && fields.and(NEEDED) == NEEDED
}
