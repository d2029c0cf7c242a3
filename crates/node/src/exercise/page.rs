//! The page: a tab for each node's screen, and the steps beside them.

use super::{Board, Outcome};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::Arc;

pub(super) fn router(board: Arc<Board>) -> Router {
    let file = |kind: &'static str, text: &'static str| {
        get(move || async move { ([(header::CONTENT_TYPE, kind)], text) })
    };
    Router::new()
        .route("/", file("text/html; charset=utf-8", include_str!("page/index.html")))
        .route("/page.js", file("text/javascript; charset=utf-8", include_str!("page/page.js")))
        .route("/page.css", file("text/css; charset=utf-8", include_str!("page/page.css")))
        .route("/exercise.json", get(state))
        .layer(middleware::from_fn_with_state(board.clone(), guard))
        .with_state(board)
}

/// As a node's own pages are guarded: this machine only, and nothing from anywhere but here and the
/// nodes.
async fn guard(State(board): State<Arc<Board>>, request: Request, next: Next) -> Response {
    let mut response = if crate::http::is_for_this_machine(request.headers()) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "Only this machine may connect.\n").into_response()
    };
    let mut policy = String::from(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; frame-src",
    );
    for screen in &board.exercise.screens {
        let _ = write!(policy, " http://{}", screen.console);
    }
    let headers = response.headers_mut();
    let policy = HeaderValue::from_str(&policy).expect("addresses are ASCII");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn state(State(board): State<Arc<Board>>) -> Json<Value> {
    let progress = board.progress().clone();
    let exercise = &board.exercise;
    let screens = exercise.screens.iter().enumerate().map(|(place, screen)| {
        json!({
            "party": screen.party,
            "title": screen.title,
            "url": format!("http://{}/", screen.console),
            "answers": !progress.missing.contains(&place),
        })
    });
    let steps = exercise.steps.iter().zip(&progress.steps).map(|(step, done)| {
        let (state, reason) = match done {
            Outcome::Waiting => ("waiting", None),
            Outcome::Done => ("done", None),
            Outcome::Refused(reason) => ("refused", Some(reason)),
        };
        json!({
            "at_s": step.at_s,
            "on": step.on,
            "text": step.text,
            "state": state,
            "reason": reason,
        })
    });
    Json(json!({
        "title": exercise.title,
        "notice": exercise.notice,
        "now_ms": board.clock.now().unix_seconds() * 1e3,
        "began_ms": progress.began_ms,
        "screens": screens.collect::<Vec<_>>(),
        "steps": steps.collect::<Vec<_>>(),
    }))
}
