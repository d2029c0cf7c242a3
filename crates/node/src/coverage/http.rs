//! `/api/v1/coverage/…`: questions to the planner, answered when it has the answer. A page that
//! drops a request withdraws its question.

use super::planner::Unasked;
use super::wire::NotDone;
use super::{Planner, Question};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::de::DeserializeOwned;
use std::io::Write;
use std::sync::Arc;

/// Largest question, bytes: 32 sites with a horizon each, twice.
pub(crate) const QUESTION_BYTES_MAX: usize = 512 << 10;

/// The routes, under `/api/v1/coverage`.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(planner: Arc<Planner>) -> Router<S> {
    Router::new()
        .route("/opening", get(|state, headers| ask(state, headers, Ok(Question::Opening), JSON)))
        .route(
            "/layer",
            post(|state, headers, body| ask(state, headers, read(&body, Question::Layer), BYTES)),
        )
        .route(
            "/figures",
            post(|state, headers, body| ask(state, headers, read(&body, Question::Figures), JSON)),
        )
        .route(
            "/horizon",
            post(|state, headers, body| ask(state, headers, read(&body, Question::Horizon), JSON)),
        )
        .route(
            "/advice",
            post(|state, headers, body| ask(state, headers, read(&body, Question::Advice), JSON)),
        )
        .route(
            "/predicted",
            post(|state, headers, body| {
                ask(state, headers, read(&body, Question::Predicted), JSON)
            }),
        )
        .layer(axum::extract::DefaultBodyLimit::max(QUESTION_BYTES_MAX))
        .with_state(planner)
}

const JSON: &str = "application/json";
const BYTES: &str = "application/octet-stream";

fn read<T: DeserializeOwned>(
    body: &Bytes,
    question: fn(T) -> Question,
) -> Result<Question, String> {
    serde_json::from_slice(body).map(question).map_err(|error| error.to_string())
}

async fn ask(
    State(planner): State<Arc<Planner>>,
    headers: HeaderMap,
    question: Result<Question, String>,
    kind: &'static str,
) -> Response {
    if !crate::http::is_own_page(&headers) {
        return refusal(StatusCode::FORBIDDEN, "a page of another site asks".to_owned());
    }
    let question = match question {
        Ok(question) => question,
        Err(why) => return refusal(StatusCode::BAD_REQUEST, format!("it is no question: {why}")),
    };
    let answered = match planner.ask(question) {
        Ok(answered) => answered,
        Err(Unasked::Busy) => {
            let problem = "the planner is busy; ask again in a moment".to_owned();
            return refusal(StatusCode::SERVICE_UNAVAILABLE, problem);
        }
        Err(Unasked::Gone) => return gone(),
    };
    match answered.await {
        Ok(Ok(bytes)) => packed(bytes, kind, &headers),
        Ok(Err(problem)) => refusal(StatusCode::UNPROCESSABLE_ENTITY, problem),
        Err(_) => gone(),
    }
}

fn gone() -> Response {
    refusal(StatusCode::INTERNAL_SERVER_ERROR, "the planner has ended; see the log".to_owned())
}

fn refusal(status: StatusCode, problem: String) -> Response {
    (status, Json(NotDone { problem })).into_response()
}

/// Compressed for who takes it: layers are long runs of one byte.
fn packed(bytes: Vec<u8>, kind: &'static str, headers: &HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let takes = accepted.is_some_and(|a| a.split(',').any(|one| one.trim() == "gzip"));
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    match takes.then(|| encoder.write_all(&bytes).and_then(|()| encoder.finish())) {
        Some(Ok(packed)) => {
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_ENCODING, "gzip")], packed)
                .into_response()
        }
        _ => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
    }
}
