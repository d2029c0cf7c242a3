//! People at the node's address: who asks, whether they may, signing in and out, and accounts.
//!
//! What is asked with `GET` changes nothing. All else must come from a page of this very address,
//! and the cookie goes to no other: so no page of another site acts in an operator's name.

use super::Http;
use super::oidc::{self, AT_PROVIDER_MAX_S, OIDC, OIDC_BACK, Provider};
use crate::clock::Clock;
use crate::wire::{AccountRow, AuditRow, SessionState, SignedIn};
use axum::extract::{ConnectInfo, FromRequestParts, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header, request::Parts};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use people::{Act, People, Person, Refusal, Role, Roles, Token, audit};
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use surveillance::Time;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time;

/// Passwords that are checked at once: each takes a processor for a while.
const CHECKS_AT_ONCE: usize = 2;
/// Largest question about people, bytes.
const BODY_MAX: usize = 16 << 10;
/// A question about people is asked and answered within this time.
const ASKING_MAX: Duration = Duration::from_secs(30);
/// Whoever signs in while others do waits for so long.
const CHECK_WAIT_MAX: Duration = Duration::from_secs(10);
/// People whom the provider is asked about at once.
const AT_PROVIDER: usize = 4;
/// Entries of the audit in one answer.
const AUDIT_ROWS: usize = 500;

/// The people of a node as its address knows them.
#[derive(Debug)]
pub struct Door {
    people: People,
    /// Of the machine: a replay's is of another day.
    clock: Clock,
    checks: Arc<Semaphore>,
    cookie: String,
    /// What the cookie is for, beside this address: pages over TLS alone, where there is any.
    only: &'static str,
    provider: Option<Arc<Provider>>,
    at_provider: Arc<Semaphore>,
}

/// Whoever asks, signed in.
#[derive(Debug, Clone)]
pub(super) struct Signed {
    pub(super) person: Person,
    pub(super) token: Token,
    pub(super) from: String,
}

impl Door {
    /// Beside the node at `port`: cookies do not tell ports apart. `secure`: it speaks TLS.
    pub fn new(people: People, port: u16, secure: bool) -> Self {
        let (clock, checks) = (Clock::new(), Arc::new(Semaphore::new(CHECKS_AT_ONCE)));
        // No neighbour of the same domain can set or read a `__Host-` cookie (RFC 6265bis, 4.1.3.2).
        let (prefix, only) = if secure { ("__Host-", "; Secure") } else { ("", "") };
        let cookie = format!("{prefix}entente-{port}");
        let at_provider = Arc::new(Semaphore::new(AT_PROVIDER));
        Self { people, clock, checks, cookie, only, provider: None, at_provider }
    }

    /// The same, where an identity provider vouches for people as well.
    pub fn with_provider(self, provider: Option<Provider>) -> Self {
        Self { provider: provider.map(Arc::new), ..self }
    }

    /// Who else vouches for people.
    pub(super) fn provider(&self) -> Option<Arc<Provider>> {
        self.provider.clone()
    }

    /// What the button to the provider says.
    fn label(&self) -> Option<String> {
        self.provider.as_ref().map(|provider| provider.label())
    }

    /// A place among those about whom the provider is asked at once.
    pub(super) async fn at_provider(&self) -> Option<OwnedSemaphorePermit> {
        place(&self.at_provider).await
    }

    /// Now, by the clock that sessions and the audit go by.
    pub(super) fn now(&self) -> Time {
        self.clock.now()
    }

    /// The accounts.
    pub fn people(&self) -> &People {
        &self.people
    }

    /// The secret that the request brings: of a program in `Authorization`, of a browser in a
    /// cookie.
    fn token(&self, headers: &HeaderMap) -> Option<Token> {
        if let Some(said) = headers.get(header::AUTHORIZATION) {
            return Token::parse(said.to_str().ok()?.strip_prefix("Bearer ")?);
        }
        Token::parse(cookie_named(headers, &self.cookie)?)
    }

    /// What a browser that was sent to the provider brings back.
    pub(super) fn passing(&self, headers: &HeaderMap) -> Option<String> {
        cookie_named(headers, &self.passing_name()).map(str::to_owned)
    }

    fn passing_name(&self) -> String {
        format!("{}-provider", self.cookie)
    }

    /// The header that gives a browser what it has to bring back, or takes it away. Lax: the way back
    /// begins on the provider's page.
    pub(super) fn passing_cookie(&self, brought: Option<&str>) -> String {
        let (value, age_s) = brought.map_or(("", 0), |value| (value, AT_PROVIDER_MAX_S));
        format!(
            "{}={value}; Path=/; HttpOnly; SameSite=Lax{}; Max-Age={age_s}",
            self.passing_name(),
            self.only
        )
    }

    /// Who asks.
    pub(super) fn signed(
        &self,
        headers: &HeaderMap,
        from: &str,
        now: Time,
    ) -> Result<Signed, Refusal> {
        let token = self.token(headers).ok_or(Refusal::SignedOut)?;
        let person = self.people.person(&token, now)?;
        Ok(Signed { person, token, from: from.to_owned() })
    }

    /// Ends the session that a request brings, if it brings one.
    pub(super) fn end(&self, headers: &HeaderMap, from: &str, now: Time) -> Result<(), Refusal> {
        self.token(headers).map_or(Ok(()), |token| self.people.sign_out(&token, from, now))
    }

    /// The header that gives a browser its secret, or takes it away.
    pub(super) fn cookie(&self, token: Option<&Token>) -> String {
        let (value, age) = token.map_or(("", "; Max-Age=0"), |token| (token.text(), ""));
        format!("{}={value}; Path=/; HttpOnly; SameSite=Strict{}{age}", self.cookie, self.only)
    }
}

fn cookie_named<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs =
        cookies.flat_map(|line| line.split(';')).filter_map(|one| one.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// What one must be allowed to do to ask for `path`; `None`: anybody may who reaches the node. What
/// is new and forgotten here is for people who may look.
pub(super) fn act_of(path: &str) -> Option<Act> {
    const OPEN: [&str; 4] = ["/api/v1/session", "/api/v1/take-up", OIDC, OIDC_BACK];
    let under = |parent: &str| {
        path == parent || path.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/'))
    };
    if OPEN.contains(&path) {
        None
    } else if under("/api/v1/people") {
        Some(Act::ManagePeople)
    } else if path.starts_with("/api/v1/audit") {
        Some(Act::ReadAudit)
    } else if under("/api/v1/ledger") {
        Some(Act::TakeLedger)
    } else if path.starts_with("/api/v1/accord-changes/") {
        Some(Act::ApproveAccord)
    } else if under("/api/v1/rehearsal") {
        Some(Act::Rehearse)
    } else if under("/api/v1/incidents") {
        Some(Act::TakeIncident)
    } else if under("/api") || under("/metrics") {
        Some(Act::Look)
    } else {
        // The console's own pages, which ask people to sign in, and whether the node lives.
        None
    }
}

/// Whether the act is written down each time: looking is not.
pub(super) fn is_noted(act: Act) -> bool {
    matches!(
        act,
        Act::TakeLedger | Act::TakeIncident | Act::Rehearse | Act::ReadAudit | Act::ApproveAccord
    )
}

/// The routes.
pub(super) fn router() -> Router<Http> {
    Router::new()
        .route("/api/v1/session", get(session).post(sign_in).delete(sign_out))
        .route("/api/v1/take-up", post(take_up))
        .route("/api/v1/oidc", get(oidc::begin))
        .route("/api/v1/oidc/back", get(oidc::back))
        .route("/api/v1/people", get(list).post(invite))
        .route("/api/v1/people/{name}/invitation", post(invite_again))
        .route("/api/v1/people/{name}/roles", put(set_roles))
        .route("/api/v1/people/{name}/shut-out", put(shut_out))
        .route("/api/v1/audit", get(newest))
        .layer(axum::extract::DefaultBodyLimit::max(BODY_MAX))
        .layer(axum::middleware::from_fn(in_time))
}

/// Whoever asks says so at once, and not an hour after they were let in.
async fn in_time(request: Request, next: Next) -> Response {
    match time::timeout(ASKING_MAX, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "It took too long.\n").into_response(),
    }
}

/// Why something is refused, as an answer.
pub(super) fn refused(why: &Refusal) -> Response {
    let code = match why {
        Refusal::Wrong | Refusal::SignedOut => StatusCode::UNAUTHORIZED,
        Refusal::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
        Refusal::MayNot(_) => StatusCode::FORBIDDEN,
        Refusal::Invitation | Refusal::Unfit(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Disk(error) => {
            tracing::error!(%error, "the accounts cannot be kept");
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    let mut response = (code, format!("{}\n", sentence(&why.to_string()))).into_response();
    if let Refusal::Wait(wait_s) = why {
        response.headers_mut().insert(header::RETRY_AFTER, (wait_s.ceil() as u64).into());
    }
    response
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// A console's questions about people need them to be there.
pub(super) struct At(pub(super) Arc<Door>);

impl FromRequestParts<Http> for At {
    type Rejection = Response;

    async fn from_request_parts(_: &mut Parts, http: &Http) -> Result<Self, Response> {
        let none = "Nobody signs in at this node: give its configuration a [people] section.\n";
        http.door.clone().map(At).ok_or_else(|| (StatusCode::NOT_FOUND, none).into_response())
    }
}

/// Whoever asks, as the guard has found.
pub(super) struct By(pub(super) Signed);

impl FromRequestParts<Http> for By {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &Http) -> Result<Self, Response> {
        let signed = parts.extensions.get::<Signed>().cloned();
        signed.map(By).ok_or_else(|| refused(&Refusal::SignedOut))
    }
}

/// Work on accounts waits for the disk or takes a processor: not on a thread that answers others.
pub(super) async fn work<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Response> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|why| refused(&why)),
        Err(_) => Err((StatusCode::INTERNAL_SERVER_ERROR, "It failed.\n").into_response()),
    }
}

async fn session(
    State(http): State<Http>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let Some(door) = http.door.clone() else {
        let open = SessionState { required: false, first: false, person: None, provider: None };
        return Json(open).into_response();
    };
    let now = door.now();
    let state = work(move || {
        let signed = match door.signed(&headers, &from.ip().to_string(), now) {
            Ok(signed) => Some(SignedIn::of(&signed.person)),
            Err(Refusal::SignedOut) => None,
            Err(other) => return Err(other),
        };
        let (first, provider) = (door.people.wants_first()?, door.label());
        Ok(SessionState { required: true, first, person: signed, provider })
    });
    match state.await {
        Ok(state) => Json(state).into_response(),
        Err(refused) => refused,
    }
}

#[derive(Deserialize)]
struct Credentials {
    name: String,
    password: String,
}

async fn sign_in(
    At(door): At,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Json(Credentials { name, password }): Json<Credentials>,
) -> Response {
    let (now, at) = (door.now(), door.clone());
    let opened = checked(&door, move || {
        let from = from.ip().to_string();
        let token = at.people.sign_in(&name, &password, &from, now)?;
        at.end(&headers, &from, now)?;
        Ok(token)
    });
    answer_session(&door, opened.await, now)
}

#[derive(Deserialize)]
struct TakeUp {
    token: String,
    #[serde(default)]
    name: Option<String>,
    password: String,
}

async fn take_up(
    At(door): At,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Json(TakeUp { token, name, password }): Json<TakeUp>,
) -> Response {
    let (now, at) = (door.now(), door.clone());
    let opened = checked(&door, move || {
        let token = Token::parse(&token).ok_or(Refusal::Invitation)?;
        let from = from.ip().to_string();
        let token = at.people.take_up(&token, name.as_deref(), &password, &from, now)?;
        at.end(&headers, &from, now)?;
        Ok(token)
    });
    answer_session(&door, opened.await, now)
}

/// A place among those who are served at once; `None` where none comes free in time.
async fn place(among: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    time::timeout(CHECK_WAIT_MAX, among.clone().acquire_owned()).await.ok()?.ok()
}

/// Where a password is checked or chosen; only so many at once.
async fn checked(
    door: &Door,
    check: impl FnOnce() -> Result<Token, Refusal> + Send + 'static,
) -> Result<Token, Response> {
    let permit = place(&door.checks).await.ok_or_else(|| {
        let busy = (StatusCode::SERVICE_UNAVAILABLE, "Others are signing in; try again.\n");
        ([(header::RETRY_AFTER, "1")], busy).into_response()
    })?;
    // Held until it is done, whether or not the one who asked still waits.
    work(move || {
        let _permit = permit;
        check()
    })
    .await
}

fn answer_session(door: &Door, opened: Result<Token, Response>, now: Time) -> Response {
    let token = match opened {
        Ok(token) => token,
        Err(refused) => return refused,
    };
    match door.people.person(&token, now) {
        Ok(person) => {
            let person = Some(SignedIn::of(&person));
            let provider = door.label();
            let state = SessionState { required: true, first: false, person, provider };
            ([(header::SET_COOKIE, door.cookie(Some(&token)))], Json(state)).into_response()
        }
        Err(why) => refused(&why),
    }
}

async fn sign_out(
    At(door): At,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let (now, at) = (door.now(), door.clone());
    let done = work(move || at.end(&headers, &from.ip().to_string(), now));
    match done.await {
        Ok(()) => {
            ([(header::SET_COOKIE, door.cookie(None))], StatusCode::NO_CONTENT).into_response()
        }
        Err(refused) => refused,
    }
}

async fn list(At(door): At) -> Result<Json<Vec<AccountRow>>, Response> {
    let now = door.now();
    let rows = work(move || Ok(door.people.list(now)?)).await?;
    let row = |row: people::Row| AccountRow {
        name: row.name,
        position: row.position,
        roles: row.roles.list().iter().map(|role| role.name().to_owned()).collect(),
        shut_out: row.shut_out,
        invited: row.invited,
        vouched: row.vouched,
        sessions: u32::try_from(row.sessions).unwrap_or(u32::MAX),
    };
    Ok(Json(rows.into_iter().map(row).collect()))
}

#[derive(Deserialize)]
struct Invited {
    name: String,
    #[serde(default)]
    position: Option<String>,
    roles: Vec<Role>,
}

/// The secret of the invitation, once: here only its hash is kept.
fn invitation(token: &Token) -> Response {
    Json(serde_json::json!({ "invitation": token.text() })).into_response()
}

async fn invite(
    At(door): At,
    By(by): By,
    Json(Invited { name, position, roles }): Json<Invited>,
) -> Result<Response, Response> {
    let now = door.now();
    let token = work(move || {
        let whom = (name.as_str(), position.as_deref(), &Roles::from(roles));
        door.people.invite(&by.person, whom, &by.from, now)
    });
    Ok(invitation(&token.await?))
}

async fn invite_again(
    At(door): At,
    By(by): By,
    Path(name): Path<String>,
) -> Result<Response, Response> {
    let now = door.now();
    let token = work(move || door.people.invite_again(&by.person, &name, &by.from, now));
    Ok(invitation(&token.await?))
}

#[derive(Deserialize)]
struct Given {
    roles: Vec<Role>,
}

async fn set_roles(
    At(door): At,
    By(by): By,
    Path(name): Path<String>,
    Json(Given { roles }): Json<Given>,
) -> Result<StatusCode, Response> {
    let now = door.now();
    let roles = Roles::from(roles);
    work(move || door.people.set_roles(&by.person, (&name, &roles), &by.from, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct ShutOut {
    shut_out: bool,
}

async fn shut_out(
    At(door): At,
    By(by): By,
    Path(name): Path<String>,
    Json(ShutOut { shut_out }): Json<ShutOut>,
) -> Result<StatusCode, Response> {
    let now = door.now();
    work(move || door.people.shut_out(&by.person, (&name, shut_out), &by.from, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn newest(At(door): At) -> Result<Json<Vec<AuditRow>>, Response> {
    let entries = work(move || Ok(audit::newest(door.people.folder(), AUDIT_ROWS)?)).await?;
    let row = |entry: audit::Entry| {
        let audit::Entry { at, who, from, act, about, outcome } = entry;
        AuditRow { at, who, from, act, about, outcome }
    };
    Ok(Json(entries.into_iter().map(row).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_of_the_interface_needs_somebody_but_those_by_which_one_comes_in() {
        for open in
            ["/", "/index.html", "/coverage.html", "/healthz", "/api/v1/session", "/api/v1/take-up"]
        {
            assert_eq!(act_of(open), None, "{open}");
        }
        for open in ["/api/v1/oidc", "/api/v1/oidc/back"] {
            assert_eq!(act_of(open), None, "{open}");
        }
        for (path, act) in [
            ("/api/v1/live", Act::Look),
            ("/api/v1/coverage/opening", Act::Look),
            ("/api/v1/whatever/comes", Act::Look),
            ("/api", Act::Look),
            ("/metrics", Act::Look),
            ("/api/v1/session/", Act::Look),
            ("/api/v1/oidc/other", Act::Look),
            ("/api/v1/people", Act::ManagePeople),
            ("/api/v1/people/Asel/roles", Act::ManagePeople),
            ("/api/v1/audit", Act::ReadAudit),
            ("/api/v1/rehearsal", Act::Rehearse),
            ("/api/v1/accord-changes", Act::Look),
            ("/api/v1/accord-changes/kaz-rus/gone", Act::ApproveAccord),
            ("/api/v1/ledger/RUS.tar.gz", Act::TakeLedger),
            ("/api/v1/incidents/KGZ/INC-0001.zip", Act::TakeIncident),
        ] {
            assert_eq!(act_of(path), Some(act), "{path}");
        }
    }
}
