//! The plots behind a track: what a receiver needs to join a partner's track with its own and count
//! no measurement twice. They are the most that can be told of a track, so they are told least.

use crate::{
    Clause, Decision, Field, FieldSet, Lineage, ObjectKind, PartyId, Placed, Policy, Reduction,
    Subject, View,
};
use geodesy::Geodetic;
use surveillance::{PlacedPlot, PlotOrigin};

/// Most plots told of one track at once, the latest; more came only of a slot of many seconds.
pub(crate) const PLOTS_MAX: usize = 16;

/// One article that tells all of these tells the plots.
const NEEDED: FieldSet =
    FieldSet::EMPTY.with(Field::Position).with(Field::Accuracy).with(Field::Lineage);

/// The plots that moved a placed subject after the first `seen` of them, as far as `to` may have
/// them: by one article that lets out position, accuracy and lineage as they are, at once and as
/// often as they come. Each is judged where it lies itself.
pub(crate) fn due(view: &View<'_>, placed: &Placed<'_>, to: PartyId, seen: u64) -> Vec<PlacedPlot> {
    let subject = placed.subject();
    let told = seen.saturating_sub(subject.plots_before);
    let new = usize::try_from(told).ok().and_then(|told| subject.plots.get(told..));
    let new = new.filter(|new| !new.is_empty() && is_of_own_sensors(subject));
    let Some(new) = new.filter(|_| tells(view, placed, to)) else { return Vec::new() };
    let new = &new[new.len().saturating_sub(PLOTS_MAX)..];
    let there = |plot: &PlacedPlot| {
        let [latitude_rad, longitude_rad] = plot.position_rad;
        let position = Some(Geodetic { latitude_rad, longitude_rad, height_m: 0.0 });
        // What is asked of a plot is the track's, but where it was.
        let moved = Subject { position, plots: Vec::new(), ..subject.clone() };
        is_measured(plot.origin) && tells(view, &view.place(&moved), to)
    };
    new.iter().filter(|plot| there(plot)).copied().collect()
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

/// Another tracker's track, or what somebody else's station sent again, is no sensor's word alone.
fn is_measured(origin: PlotOrigin) -> bool {
    !matches!(origin, PlotOrigin::SystemTrack | PlotOrigin::Rebroadcast)
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
