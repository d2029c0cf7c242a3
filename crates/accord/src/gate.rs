//! Whether a party may say something to another under an article: default deny, with a sentence.

use crate::model::{Accord, AssistanceClause, BackupClause, Clause};
use crate::{AccordId, ArticleRef, PartyId, Policy};
use surveillance::Time;

pub(crate) fn accord(policy: &Policy, id: AccordId) -> Result<&Accord, String> {
    let found = policy.accords().iter().find(|accord| accord.id == id);
    found.map(|accord| &**accord).ok_or_else(|| format!("there is no accord {id}"))
}

pub(crate) fn clause(policy: &Policy, article: ArticleRef) -> Result<&Clause, String> {
    let found = accord(policy, article.accord)?.article(article.article);
    let missing = || format!("{} has no article {}", article.accord, article.article);
    found.map(|article| &article.clause).ok_or_else(missing)
}

pub(crate) fn assistance(
    policy: &Policy,
    article: ArticleRef,
) -> Result<&AssistanceClause, String> {
    match clause(policy, article)? {
        Clause::Assistance(clause) => Ok(clause),
        _ => Err(format!("{article} is not about assistance")),
    }
}

pub(crate) fn backup(policy: &Policy, article: ArticleRef) -> Result<&BackupClause, String> {
    match clause(policy, article)? {
        Clause::Backup(clause) => Ok(clause),
        _ => Err(format!("{article} is not about back-up")),
    }
}

/// Whether the accord holds at all at `now`.
pub(crate) fn in_force(accord: &Accord, now: Time) -> Result<(), String> {
    if !accord.understood {
        let id = accord.id;
        return Err(format!("{id} has a clause that is not understood, and lets nothing out"));
    }
    if !accord.lifecycle.is_in_force(now) {
        return Err(format!("{} is not in force: {}", accord.id, accord.lifecycle.status(now)));
    }
    Ok(())
}

/// Whether what flows between the two under an article is let through at `now`.
pub(crate) fn is_open(
    policy: &Policy,
    article: ArticleRef,
    (from, to): (PartyId, PartyId),
    now: Time,
) -> Result<(), String> {
    let accord = accord(policy, article.accord)?;
    in_force(accord, now)?;
    let stops = accord
        .lifecycle
        .suspensions()
        .iter()
        .find(|held| held.holds(now) && held.stops(from, to, article.article));
    match stops {
        None => Ok(()),
        Some(held) => Err(format!(
            "what flows between {from} and {to} under {article} is suspended by {}",
            held.by
        )),
    }
}
