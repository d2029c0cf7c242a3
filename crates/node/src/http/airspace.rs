//! `GET /api/v1/airspace`: the airspaces and borders that the node warns of, for the map.

use super::Http;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

/// As they were read when the node started.
pub(super) async fn told(State(http): State<Http>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, super::openapi::GEOJSON)], http.airspace.clone())
}
