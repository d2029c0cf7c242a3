//! Accords to read and drafts to rehearse: `GET /api/v1/accords/kaz-rus.toml` is the text this node
//! holds, `POST /api/v1/rehearsal` puts a draft to what it recorded last.
//!
//! The answer is this node's own: it shows what its partners may not see.

use super::Http;
use crate::rehearsal::{Drafts, rehearse};
use crate::replay::Recording;
use crate::wire::rehearsal::{
    RehearsalAsked, RehearsalDone, RehearsedObject, RehearsedPartner, RehearsedPlace, RuleBeside,
    ToldAmount,
};
use accord::{Accord, Amount, Difference, ObjectKind, PartnerRehearsed, Rehearsed, RuleObjects};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use std::cmp::Reverse;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use surveillance::Time;
use tokio::sync::Semaphore;

/// Longest draft, bytes.
const DRAFT_BYTES_MAX: usize = 1 << 20;
/// Longest stretch of the recording, seconds.
const LAST_MAX_S: f64 = 24.0 * 3600.0;
/// Objects listed of one partner and direction; all are counted.
const LISTED: usize = 300;

/// The routes, under `/api/v1`.
pub(super) fn router() -> Router<Http> {
    // The recording is handled again on a whole core: one at a time.
    let turn = Arc::new(Semaphore::new(1));
    let ask = move |state, body| ask(state, body, turn.clone());
    Router::new()
        .route("/accords/{name}", routing::get(text))
        .route("/rehearsal", routing::post(ask))
        .layer(axum::extract::DefaultBodyLimit::max(2 * DRAFT_BYTES_MAX))
}

/// The text of an accord, as the node read it.
async fn text(State(http): State<Http>, Path(name): Path<String>) -> Response {
    let id = name.strip_suffix(".toml");
    let found = id.and_then(|id| http.accords.iter().find(|(known, _)| known == id));
    match found {
        Some((_, text)) => {
            ([(header::CONTENT_TYPE, "application/toml; charset=utf-8")], text.clone())
                .into_response()
        }
        None => (StatusCode::NOT_FOUND, "There is no such accord.\n").into_response(),
    }
}

async fn ask(State(http): State<Http>, body: Bytes, turn: Arc<Semaphore>) -> Response {
    let asked: RehearsalAsked = match serde_json::from_slice(&body) {
        Ok(asked) => asked,
        Err(why) => return refusal(StatusCode::BAD_REQUEST, &format!("It is no question: {why}.")),
    };
    let Some(recording) = http.recording.clone() else {
        return refusal(
            StatusCode::NOT_FOUND,
            "Nothing is recorded here: switch the recording on.",
        );
    };
    let Ok(turn) = turn.try_acquire_owned() else {
        let why = "Another rehearsal is under way; ask again when it is done.";
        return refusal(StatusCode::SERVICE_UNAVAILABLE, why);
    };
    let now = http.clock.now();
    let waits = Waits::default();
    let goes_on = waits.0.clone();
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        run(&asked, &recording, now, &|| goes_on.load(Ordering::Relaxed))
    });
    match done.await {
        Ok(Ok(done)) => Json(done).into_response(),
        Ok(Err(why)) => refusal(StatusCode::UNPROCESSABLE_ENTITY, &why),
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "It broke off; see the log."),
    }
}

/// Whoever drops his request withdraws his question.
struct Waits(Arc<AtomicBool>);

impl Default for Waits {
    fn default() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

fn refusal(status: StatusCode, why: &str) -> Response {
    (status, why.to_owned()).into_response()
}

fn run(
    asked: &RehearsalAsked,
    recording: &FilePath,
    now: Time,
    goes_on: &dyn Fn() -> bool,
) -> Result<RehearsalDone, String> {
    if !(1.0..=LAST_MAX_S).contains(&asked.last_s) {
        return Err(format!("A rehearsal is of 1 to {LAST_MAX_S} seconds."));
    }
    if asked.draft.len() > DRAFT_BYTES_MAX {
        return Err("The draft is longer than 1 MiB.".to_owned());
    }
    let draft = read(&asked.draft)?;
    let since = now.plus_seconds(-asked.last_s);
    let said = |error: anyhow::Error| format!("{error:#}");
    let recording = Recording::open_since(recording, since).map_err(said)?;
    let held = recording.config.policy().map_err(|error| error.to_string())?;
    let amends = held.accords().iter().any(|known| known.id == draft.id);
    let accord = draft.id.to_string();
    let drafts = Drafts { drafts: vec![draft], current: None, own: None };
    let done = rehearse(&recording, &drafts, Some(since), goes_on).map_err(said)?;
    Ok(on_the_wire(&done, accord, amends))
}

/// A draft is refused for whatever a node would refuse it for.
fn read(text: &str) -> Result<Arc<Accord>, String> {
    let reading = accord::read("draft", text).map_err(|problem| problem.to_string())?;
    match reading.not_understood.first() {
        Some(problem) => Err(problem.to_string()),
        None => Ok(Arc::new(reading.accord)),
    }
}

fn on_the_wire(done: &Rehearsed, accord: String, amends: bool) -> RehearsalDone {
    RehearsalDone {
        party: done.own.to_string(),
        accord,
        amends,
        first_ms: done.span.map(|(first, _)| first.unix_millis() as f64),
        last_ms: done.span.map(|(_, last)| last.unix_millis() as f64),
        pictures: done.slots,
        partners: done.partners.iter().map(partner).collect(),
    }
}

fn partner(partner: &PartnerRehearsed) -> RehearsedPartner {
    let list = |all: &[Difference]| {
        let mut all: Vec<&Difference> = all.iter().collect();
        all.sort_by_key(|one| Reverse(one.slots));
        all.into_iter().take(LISTED).map(object).collect()
    };
    let rules = |rules: &[RuleObjects]| rules.iter().map(rule).collect();
    RehearsedPartner {
        party: partner.to.to_string(),
        draft: amount(partner.draft),
        current: amount(partner.current),
        released: rules(&partner.released),
        withheld: rules(&partner.withheld),
        more: list(&partner.more),
        less: list(&partner.less),
        counted: (partner.more.len() as u64, partner.less.len() as u64),
    }
}

fn amount(amount: Amount) -> ToldAmount {
    ToldAmount { objects: amount.objects, updates: amount.updates, fields: amount.fields }
}

fn rule(rule: &RuleObjects) -> RuleBeside {
    RuleBeside { rule: rule.rule.clone(), draft: rule.draft, current: rule.current }
}

fn object(one: &Difference) -> RehearsedObject {
    let place = |(time, at): &(Time, geodesy::Geodetic)| RehearsedPlace {
        time_ms: time.unix_millis() as f64,
        lat_deg: at.latitude_rad.to_degrees(),
        lon_deg: at.longitude_rad.to_degrees(),
    };
    RehearsedObject {
        number: one.number.0,
        kind: kind(one.object).to_owned(),
        address: one.codes.address.map(|address| address.to_string()),
        callsign: one.codes.callsign.map(|callsign| callsign.as_str().to_owned()),
        first_ms: one.first.unix_millis() as f64,
        last_ms: one.last.unix_millis() as f64,
        fields: one.fields.iter().map(|field| field.to_string()).collect(),
        articles: one.articles.iter().map(ToString::to_string).collect(),
        places: one.places.iter().map(place).collect(),
    }
}

fn kind(object: ObjectKind) -> &'static str {
    match object {
        ObjectKind::Track => "track",
        ObjectKind::Plot => "plot",
        ObjectKind::Alert => "alert",
        ObjectKind::Incident => "incident",
        ObjectKind::Coverage => "coverage",
    }
}
