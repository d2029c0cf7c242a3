//! `GET /api/v1/timeline?since_ms=…`: the last day minute by minute, for the strip under the map.

use super::Http;
use crate::wire::timeline::{TimelineMinute, TimelineTold};
use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use surveillance::Time;

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// Milliseconds since 1970; all that is remembered, if absent.
    since_ms: Option<f64>,
}

pub(super) async fn told(
    State(http): State<Http>,
    Query(asked): Query<Asked>,
) -> Json<TimelineTold> {
    let since = asked.since_ms.map_or(Time::EPOCH, |ms| Time::EPOCH.plus_seconds(ms / 1e3));
    let minutes = http.status.minutes_since(since);
    Json(TimelineTold {
        now_ms: http.clock.now().unix_millis() as f64,
        recorded: http.recording.is_some(),
        minutes: minutes
            .into_iter()
            .map(|minute| TimelineMinute {
                at_ms: minute.at as f64 * 1e3,
                tracks: minute.tracks,
                opened: minute.opened,
                down: minute.down,
            })
            .collect(),
    })
}
