//! The node's one HTTP address: the console's pages, its data, `/healthz` and `/metrics`.
//!
//! Only this machine may connect, or whoever signs in over TLS (the configuration sees to it), and no
//! page of another site may use the operator's browser to do so: each request must name a host that
//! is this node (against DNS rebinding), and whatever changes something, and each WebSocket, must
//! come from a page of this very address.
//! Where the configuration has people, whoever asks must have signed in and be allowed to.

mod accord_changes;
mod airspace;
mod assets;
mod front;
mod incidents;
mod ledger;
mod live;
mod oidc;
pub(crate) mod openapi;
mod people;
mod rehearsal;
mod timeline;

use crate::accord_changes::AccordChanges;
use crate::clock::Clock;
use crate::consoles::Consoles;
use crate::consumer::Consumers;
use crate::coverage::Planner;
use crate::link::Links;
use crate::metrics;
use crate::runtime::Status;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header, uri::Authority};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use front::{Certificate, Front, Names, misnamed};
pub(crate) use oidc::OIDC_BACK;
pub use oidc::Provider;
pub use people::Door;

/// What the pages are made of. Everything from here, nothing from anywhere else.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; \
    manifest-src 'self'; base-uri 'none'; form-action 'none'";

/// What the requests are answered from.
#[derive(Debug, Clone)]
pub struct Http {
    /// Consoles join here.
    pub consoles: Arc<Consoles>,
    /// How the engine does.
    pub status: Arc<Status>,
    /// Partners' links and the ledgers with them.
    pub links: Arc<Links>,
    /// Other people's systems.
    pub consumers: Arc<Consumers>,
    /// The recording's folder; `None` where nothing is recorded.
    pub recording: Option<Arc<Path>>,
    /// The accords' texts as they were read, by id.
    pub accords: Arc<[(String, String)]>,
    /// Changes of them that wait for people; `None` where nobody signs in.
    pub changes: Option<Arc<AccordChanges>>,
    /// Now.
    pub clock: Arc<Clock>,
    /// Holds each WebSocket's task, so that stopping can wait for it.
    pub connections: TaskTracker,
    /// Cancelled when the node stops.
    pub stop: CancellationToken,
    /// Places for those who look back.
    pub pasts: Arc<Semaphore>,
    /// Airspaces and borders, as GeoJSON.
    pub airspace: bytes::Bytes,
    /// Answers planners.
    pub planner: Arc<Planner>,
    /// By which names it is called.
    pub(crate) names: Names,
    /// The one page of this machine that may show the console in a frame.
    pub framed_by: Option<String>,
    /// People and what they may; `None` where nobody signs in.
    pub door: Option<Arc<Door>>,
}

/// All routes, guarded.
pub fn router(http: Http) -> Router {
    routes(http.planner.clone())
        .layer(middleware::from_fn_with_state(http.clone(), guard))
        .with_state(http)
}

fn routes(planner: Arc<Planner>) -> Router<Http> {
    let coverage = crate::coverage::http::router(planner);
    Router::new()
        .route("/api/v1/openapi.json", get(openapi::served))
        .route("/api/v1/live", get(live::upgrade))
        .route("/api/v1/timeline", get(timeline::told))
        .route("/api/v1/airspace", get(airspace::told))
        .nest("/api/v1/coverage", coverage)
        .nest("/api/v1", rehearsal::router())
        .nest("/api/v1", accord_changes::router())
        .route("/api/v1/incidents/{node}/{file}", get(incidents::dossier))
        .route("/api/v1/ledger/{name}", get(ledger::archive))
        .route("/api/v1/ledger/{party}/{*path}", get(ledger::file))
        .merge(people::router())
        .route("/healthz", get(health))
        .route("/metrics", get(measures))
        .fallback(assets::serve)
}

/// Refuses requests that name a host which is not this machine, that another site's page makes, or
/// whose maker may not; adds the headers of every answer.
async fn guard(State(http): State<Http>, request: Request, next: Next) -> Response {
    let keeps_to_tls = host(request.headers()).is_some_and(|host| http.names.keeps_to_tls(&host));
    let mut response = match admit(&http, request).await {
        Ok(request) => next.run(request).await,
        Err(refusal) => refusal,
    };
    let headers = response.headers_mut();
    if keeps_to_tls {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    let ancestors = http.framed_by.as_deref().unwrap_or("'none'");
    let policy = format!("{CONTENT_SECURITY_POLICY}; frame-ancestors {ancestors}");
    let policy = HeaderValue::from_str(&policy).expect("the configuration allows an origin only");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let same = HeaderValue::from_static("same-origin");
    headers.insert("cross-origin-opener-policy", same.clone());
    headers.insert("cross-origin-resource-policy", same);
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The request, with who makes it where somebody must have signed in; or why not.
async fn admit(http: &Http, mut request: Request) -> Result<Request, Response> {
    if !host(request.headers()).is_some_and(|host| http.names.admit(&host)) {
        return Err((StatusCode::FORBIDDEN, http.names.told()).into_response());
    }
    if !request.method().is_safe() && !is_own_page(request.headers()) {
        return Err((StatusCode::FORBIDDEN, "A page of another site asks.\n").into_response());
    }
    let (Some(door), Some(act)) = (&http.door, people::act_of(request.uri().path())) else {
        return Ok(request);
    };
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let from = from.map_or_else(String::new, |ConnectInfo(from)| from.ip().to_string());
    let (door, headers, now) = (door.clone(), request.headers().clone(), door.now());
    let path = request.uri().path().to_owned();
    let signed = people::work(move || {
        let signed = door.signed(&headers, &from, now)?;
        let what = (act, path.as_str(), people::is_noted(act));
        door.people().allow(&signed.person, &from, what, now)?;
        Ok(signed)
    });
    request.extensions_mut().insert(signed.await?);
    Ok(request)
}

/// Whether the request names a host that is this machine.
pub(crate) fn is_for_this_machine(headers: &HeaderMap) -> bool {
    host(headers).is_some_and(|host| is_loopback(&host))
}

/// Whether `text` is the origin of a page of this machine, as `http://127.0.0.1:8480`.
pub(crate) fn is_own_origin(text: &str) -> bool {
    let authority = text.strip_prefix("http://").and_then(|rest| rest.parse::<Authority>().ok());
    authority.is_some_and(|authority| {
        is_loopback(&authority) && authority.port().is_some() && !text.contains('@')
    })
}

fn host(headers: &HeaderMap) -> Option<Authority> {
    headers.get(header::HOST)?.to_str().ok()?.parse().ok()
}

/// Any port: a tunnel may have given another.
pub(crate) fn is_loopback(authority: &Authority) -> bool {
    let host = authority.host();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|ip| ip.is_loopback())
}

/// Whether the page that asks was served from here. A program that is no browser sends no origin.
pub(crate) fn is_own_page(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let origin = origin.to_str().ok().and_then(|text| text.split_once("://"));
    let own = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    matches!((origin, own), (Some(("http" | "https", from)), Some(own)) if from == own)
}

/// 200 while the node does its work, 503 and why when it does not.
async fn health(State(http): State<Http>) -> impl IntoResponse {
    let health = http.status.health(&http.clock);
    let (code, status) = match health.trouble {
        None => (StatusCode::OK, "ok"),
        Some(_) => (StatusCode::SERVICE_UNAVAILABLE, "failing"),
    };
    let body = serde_json::json!({
        "status": status,
        "trouble": health.trouble,
        "engine_lag_s": health.engine_lag_s,
        // Of partners' systems only those may know who look.
        "consumers": if http.door.is_none() { http.consumers.rows() } else { Default::default() },
        "version": env!("CARGO_PKG_VERSION"),
    });
    (code, Json(body))
}

async fn measures(State(http): State<Http>) -> impl IntoResponse {
    let mut rim = http.status.rim_metrics();
    (rim.consoles, rim.console_messages_shed) = http.consoles.counts();
    (rim.links, rim.strangers) = http.links.figures();
    rim.clock_ahead_s = http.clock.ahead_s();
    let text = metrics::encode(&http.status.engine_metrics(), &rim);
    ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_served() {
        let check = |host: &str, expected: bool| {
            assert_eq!(is_loopback(&host.parse().unwrap()), expected, "{host}");
        };
        check("127.0.0.1:8480", true);
        check("localhost", true);
        check("LOCALHOST:9000", true);
        check("[::1]:8480", true);
        check("127.0.0.1.evil.example", false);
        check("localhost.evil.example:8480", false);
        check("192.0.2.1:8480", false);
    }

    #[test]
    fn a_frame_is_for_an_origin_of_this_machine_and_nothing_else() {
        for origin in ["http://127.0.0.1:8480", "http://localhost:80", "http://[::1]:8480"] {
            assert!(is_own_origin(origin), "{origin}");
        }
        for other in [
            "http://127.0.0.1",
            "https://127.0.0.1:8480",
            "http://192.0.2.1:8480",
            "http://127.0.0.1:8480/",
            "http://127.0.0.1:8480; script-src *",
            "http://a@127.0.0.1:8480",
            "*",
        ] {
            assert!(!is_own_origin(other), "{other}");
        }
    }

    #[test]
    fn only_own_pages_may_open_the_live_connection() {
        let check = |origin: Option<&str>, expected: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("127.0.0.1:8480"));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            assert_eq!(is_own_page(&headers), expected, "{origin:?}");
        };
        check(None, true);
        check(Some("http://127.0.0.1:8480"), true);
        check(Some("http://127.0.0.1:3000"), false);
        check(Some("https://evil.example"), false);
        check(Some("null"), false);
    }
}
