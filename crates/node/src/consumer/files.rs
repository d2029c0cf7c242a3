//! Files over HTTP: readsb's for tar1090, and the whole as GeoJSON, CSV, KML and
//! GeoParquet.

use super::Consumer;
use crate::config::ConsumerFormat;
use crate::http::is_for_this_machine;
use axum::Router;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use export::readsb::{self, History};
use export::{Mirror, tables};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How a whole file is made; `None` while nothing stands.
type Form = fn(&Mirror) -> Option<Vec<u8>>;

#[derive(Clone)]
struct Files {
    consumer: Arc<Consumer>,
    kept: Arc<Mutex<Kept>>,
}

/// What was released before, and what is cancelled when it stands no more.
#[derive(Default)]
struct Kept {
    history: History,
    live: CancellationToken,
}

pub(super) fn start(
    consumer: Arc<Consumer>,
    listener: TcpListener,
    (stop, tasks): (CancellationToken, TaskTracker),
) {
    let format = consumer.section.format;
    let files = Files { consumer, kept: Arc::default() };
    if format == ConsumerFormat::Readsb {
        let (keeping, stop) = (files.clone(), stop.clone());
        tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = keep_history(keeping) => {}
            }
        });
    }
    let router = routes(format)
        .layer(middleware::from_fn_with_state(files.clone(), guard))
        .with_state(files)
        .into_make_service_with_connect_info::<SocketAddr>();
    tasks.spawn(async move {
        let serving = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
        if let Err(error) = serving.await {
            tracing::error!(%error, "files are not served any more");
        }
    });
}

fn routes(format: ConsumerFormat) -> Router<Files> {
    match format {
        ConsumerFormat::Readsb => Router::new().route("/data/{name}", get(readsb_file)),
        _ => Router::new().route("/{name}", get(table)),
    }
}

/// The routes of a format as axum shows them.
#[cfg(test)]
pub(crate) fn shown_routes(format: ConsumerFormat) -> String {
    format!("{:?}", routes(format))
}

/// Whoever is not named may not ask; a page of another site may not by a name that it made lead here.
async fn guard(
    State(files): State<Files>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let local = files.consumer.section.listen.is_some_and(|address| address.ip().is_loopback());
    let mut response = if !files.consumer.admits(peer) {
        super::tls::refused(&files.consumer, &peer, &"it is not among those who may ask");
        StatusCode::FORBIDDEN.into_response()
    } else if local && !is_for_this_machine(request.headers()) {
        StatusCode::FORBIDDEN.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn keep_history(files: Files) {
    let mut news = files.consumer.source.watch();
    while news.changed().await.is_ok() {
        let present = files.consumer.source.present().ok();
        let mut kept = files.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((mirror, live)) = present else {
            *kept = Kept::default();
            continue;
        };
        // It may have ended and begun again between two looks.
        if kept.live.is_cancelled() {
            *kept = Kept::default();
        }
        kept.live = live;
        if kept.history.is_due(&mirror) {
            kept.history.take(&mirror, readsb::aircraft(&mirror).as_deref());
        }
    }
}

/// What is said while nothing is released.
const NOTHING: &str = "Nothing is released here now.\n";

async fn readsb_file(State(files): State<Files>, Path(name): Path<String>) -> Response {
    let Ok((mirror, live)) = files.consumer.source.present() else {
        return (StatusCode::SERVICE_UNAVAILABLE, NOTHING).into_response();
    };
    let history = |number: Option<usize>| {
        let kept = files.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.live.is_cancelled() {
            return (0, None);
        }
        let found = number.and_then(|number| kept.history.get(number));
        (kept.history.len(), found.map(<[u8]>::to_vec))
    };
    let found = match name.as_str() {
        "aircraft.json" => written(mirror, readsb::aircraft).await,
        "receiver.json" => {
            Some(readsb::receiver(files.consumer.section.period_s(), history(None).0))
        }
        other => {
            let number = other.strip_prefix("history_").and_then(|o| o.strip_suffix(".json"));
            history(number.and_then(|number| number.parse().ok())).1
        }
    };
    answer(found, "application/json", &live)
}

async fn table(State(files): State<Files>, Path(name): Path<String>) -> Response {
    let Ok((mirror, live)) = files.consumer.source.present() else {
        return (StatusCode::SERVICE_UNAVAILABLE, NOTHING).into_response();
    };
    let (form, kind): (Form, _) = match name.as_str() {
        "tracks.geojson" => (tables::geojson, "application/geo+json"),
        "tracks.csv" => (tables::csv, "text/csv; charset=utf-8; header=present"),
        "tracks.kml" => (tables::kml, "application/vnd.google-earth.kml+xml"),
        "tracks.parquet" => (tables::geoparquet, "application/vnd.apache.parquet"),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    answer(written(mirror, form).await, kind, &live)
}

/// Written on a thread that may take its time.
async fn written(mirror: Mirror, form: Form) -> Option<Vec<u8>> {
    tokio::task::spawn_blocking(move || form(&mirror)).await.ok().flatten()
}

fn answer(found: Option<Vec<u8>>, kind: &'static str, live: &CancellationToken) -> Response {
    match found {
        // It may have ended while it was written.
        _ if live.is_cancelled() => (StatusCode::SERVICE_UNAVAILABLE, NOTHING).into_response(),
        Some(bytes) => ([(header::CONTENT_TYPE, kind)], Bytes::from(bytes)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
