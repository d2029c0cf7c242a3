//! The plots behind a track: what a receiver needs to join a partner's track with its own and count
//! no measurement twice. They are the most that can be told of a track, so they are told least.

use crate::{
    Clause, Decision, Field, FieldSet, Lineage, ObjectKind, PartyId, Placed, Policy, Reduction,
    Subject, View,
};
use geodesy::Geodetic;
use surveillance::PlacedPlot;

/// Most plots told of one track at once, the latest; more came only of a slot of many seconds.
pub(crate) const PLOTS_MAX: usize = 16;

/// One article that tells all of these tells the plots.
const NEEDED: FieldSet =
    FieldSet::EMPTY.with(Field::Position).with(Field::Accuracy).with(Field::Lineage);

/// Whether `to` may have the plots behind a placed subject as it is now: by one article that lets out
/// position, accuracy and lineage as they are, at once and as often as they come, and no caveat on it or on
/// its plots.
pub(crate) fn may_be_told(view: &View<'_>, placed: &Placed<'_>, to: PartyId) -> bool {
    let subject = placed.subject();
    is_of_own_sensors(subject)
        && tells(view, placed, to)
        && view.is_free_of_caveats(&view.place(&as_plot(without(subject))), to)
}

/// The plots that moved a placed subject after the first `seen` of them, where [`may_be_told`] holds and held
/// when those were seen. Each is judged where it lies itself.
pub(crate) fn due(view: &View<'_>, placed: &Placed<'_>, to: PartyId, seen: u64) -> Vec<PlacedPlot> {
    let subject = placed.subject();
    let told = usize::try_from(seen.saturating_sub(subject.plots_before)).unwrap_or(usize::MAX);
    let new = subject.plots.get(told..).unwrap_or_default();
    if new.is_empty() {
        return Vec::new();
    }
    // What is asked of a plot is the track's, but where it was.
    let mut there = without(subject);
    let mut may = |plot: &&PlacedPlot| {
        let [latitude_rad, longitude_rad] = plot.position_rad;
        there.position = Some(Geodetic { latitude_rad, longitude_rad, height_m: 0.0 });
        there.object = ObjectKind::Track;
        if !plot.origin.is_measured() || !tells(view, &view.place(&there), to) {
            return false;
        }
        there.object = ObjectKind::Plot;
        view.is_free_of_caveats(&view.place(&there), to)
    };
    // What may not be told takes no place of what may.
    let mut plots: Vec<PlacedPlot> =
        new.iter().rev().filter(&mut may).take(PLOTS_MAX).copied().collect();
    plots.reverse();
    plots
}

/// The same without its plots.
pub(crate) fn without(subject: &Subject) -> Subject {
    // Field by field it would be cheaper, and a new field would be forgotten.
    let mut bare = subject.clone();
    bare.plots = Vec::new();
    bare
}

fn as_plot(subject: Subject) -> Subject {
    Subject { object: ObjectKind::Plot, ..subject }
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

/// Others' data in a track are not ours to tell, and cannot be told from ours.
fn is_of_own_sensors(subject: &Subject) -> bool {
    subject.object == ObjectKind::Track
        && subject.lineage == Lineage::Own
        && subject.without.is_empty()
}

fn tells(view: &View<'_>, placed: &Placed<'_>, to: PartyId) -> bool {
    let counts = |clause| {
        let (fields, reduction) = view.policy().grant(clause);
        whole(fields, reduction)
    };
    match view.decide_by(placed, to, counts) {
        Decision::Released(terms) => whole(terms.fields(), terms.steps),
        Decision::Withheld { .. } => false,
    }
}
