//! Areas as the map shows them: who is responsible where, and where articles in force hold.

use super::Partners;
use crate::wire::{self, AreaKind, AreaShape};
use accord::{Area, ArticleRef, Clause, Form, PartyId};
use geodesy::units::METRES_PER_NM;
use surveillance::Time;

/// Which articles hold, and who stands in under which: as long as it is equal, so are the areas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Holds {
    releases: Vec<ArticleRef>,
    back_ups: Vec<(ArticleRef, Option<PartyId>)>,
}

impl Partners {
    /// Which articles on areas hold at `now`.
    pub(crate) fn holds(&self, now: Time) -> Holds {
        let own = self.policy.own();
        let mut releases = Vec::new();
        for accord in self.policy.accords() {
            for article in &accord.articles {
                let Clause::Release(grant) = &article.clause else { continue };
                if matches!(grant.of.area, Area::Anywhere) {
                    continue;
                }
                let reference = ArticleRef { accord: accord.id, article: article.id };
                let mut between =
                    grant.from.iter().flat_map(|from| grant.to.iter().map(move |to| (*from, *to)));
                // What flows between others is theirs to show.
                let is_open = |(from, to): (PartyId, PartyId)| {
                    from != to
                        && (from == own || to == own)
                        && self.policy.lets_through(reference, (from, to), now).is_ok()
                };
                if between.any(is_open) {
                    releases.push(reference);
                }
            }
        }
        let back_ups = self.correspondence.back_ups(&self.policy, now).into_iter();
        let back_ups =
            back_ups.map(|view| (view.article, view.stand_in.as_ref().map(|(by, ..)| *by)));
        Holds { releases, back_ups: back_ups.collect() }
    }

    /// The areas of what holds, and before them those of responsibility.
    pub(crate) fn areas(&self, holds: &Holds, now: Time) -> wire::Areas {
        let names = |parties: &[PartyId]| parties.iter().map(ToString::to_string).collect();
        let mut rows: Vec<wire::AreaRow> = self
            .owners
            .areas()
            .map(|(party, form)| wire::AreaRow {
                kind: AreaKind::Responsible,
                accord: None,
                article: None,
                title: None,
                of: vec![party.to_string()],
                to: Vec::new(),
                stand_in: None,
                shapes: vec![drawn(form)],
            })
            .collect();
        let title = |reference: ArticleRef| {
            let accord = self.policy.accords().iter().find(|one| one.id == reference.accord)?;
            accord.article(reference.article)?.title.clone()
        };
        for reference in &holds.releases {
            let accord = self.policy.accords().iter().find(|one| one.id == reference.accord);
            let article = accord.and_then(|accord| accord.article(reference.article));
            let Some(Clause::Release(grant)) = article.map(|article| &article.clause) else {
                continue;
            };
            rows.push(wire::AreaRow {
                kind: AreaKind::Release,
                accord: Some(reference.accord.to_string()),
                article: Some(reference.article.to_string()),
                title: title(*reference),
                of: names(&grant.from),
                to: names(&grant.to),
                stand_in: None,
                shapes: shapes(&grant.of.area),
            });
        }
        for view in self.correspondence.back_ups(&self.policy, now) {
            rows.push(wire::AreaRow {
                kind: AreaKind::BackUp,
                accord: Some(view.article.accord.to_string()),
                article: Some(view.article.article.to_string()),
                title: title(view.article),
                of: vec![view.of.to_string()],
                to: names(&view.by),
                stand_in: view.stand_in.map(|(by, ..)| by.to_string()),
                shapes: shapes(&view.area),
            });
        }
        wire::Areas { rows }
    }
}

fn shapes(area: &Area) -> Vec<AreaShape> {
    match area {
        Area::Anywhere => Vec::new(),
        Area::Shapes(shapes) => shapes.iter().map(|shape| drawn(shape.form())).collect(),
    }
}

fn drawn(form: &Form) -> AreaShape {
    let (line_rad, within_m) = form.line_rad();
    AreaShape {
        points: line_rad.into_iter().map(|point| point.map(f64::to_degrees)).collect(),
        within_nm: within_m.map(|within_m| within_m / METRES_PER_NM),
    }
}
