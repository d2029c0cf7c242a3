//! `GET /api/v1/accord-changes`: what the accords' files say otherwise than what counts;
//! `POST /api/v1/accord-changes/{accord}/{sha256}`: approve one. Two people have to.

use super::Http;
use super::people::{By, work};
use crate::accord_changes::{AccordChanges, Change, Outcome, Refused};
use crate::wire::{AccordChange, AccordChangeOutcome};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use people::Act;
use std::sync::Arc;

/// The routes, under `/api/v1`.
pub(super) fn router() -> Router<Http> {
    Router::new()
        .route("/accord-changes", routing::get(list))
        .route("/accord-changes/{accord}/{sha256}", routing::post(approve))
}

/// None where nobody signs in: there the files count as they are.
async fn list(State(http): State<Http>) -> Result<Json<Vec<AccordChange>>, Response> {
    let (Some(changes), Some(door)) = (http.changes, http.door) else {
        return Ok(Json(Vec::new()));
    };
    let now = door.now();
    let may = move |name: &str| door.people().may(name, Act::ApproveAccord);
    let found = work(move || {
        Ok(changes.changes(&may, now).and_then(|waits| Ok((waits, changes.approved()?))))
    })
    .await?;
    let (waits, approved) = found.map_err(|why| refused(&why))?;
    let waits = waits.into_iter().map(|change| row(change, false));
    Ok(Json(waits.chain(approved.into_iter().map(|change| row(change, true))).collect()))
}

fn row(change: Change, counts_next: bool) -> AccordChange {
    let Change { accord, sha256, text, before, approved_by } = change;
    AccordChange { accord, sha256, text, before, approved_by, counts_next }
}

async fn approve(
    State(http): State<Http>,
    By(by): By,
    Path((accord, sha256)): Path<(String, String)>,
) -> Result<Json<AccordChangeOutcome>, Response> {
    let (Some(changes), Some(door)) = (http.changes, http.door) else {
        return Err(StatusCode::NOT_FOUND.into_response());
    };
    let (now, person): (_, Arc<str>) = (door.now(), by.person.name.as_str().into());
    let may = move |name: &str| door.people().may(name, Act::ApproveAccord);
    let of = move |changes: &AccordChanges| changes.approve((&accord, &sha256), &person, &may, now);
    let outcome = work(move || Ok(of(&changes))).await?.map_err(|why| refused(&why))?;
    Ok(Json(match outcome {
        Outcome::Waits => AccordChangeOutcome::Waits,
        Outcome::Counts => AccordChangeOutcome::Counts,
    }))
}

fn refused(why: &Refused) -> Response {
    let status = match why {
        Refused::NoSuchChange(_) => StatusCode::NOT_FOUND,
        Refused::SamePerson(_) => StatusCode::CONFLICT,
        Refused::MayNot(_) => StatusCode::FORBIDDEN,
        Refused::Files(_) | Refused::Kept(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, format!("{why}\n")).into_response()
}
