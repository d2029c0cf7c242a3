//! Signing in at an identity provider: OpenID Connect Core 1.0, the authorization code flow (3.1)
//! with a proof key (RFC 7636).
//!
//! Nothing is kept here between the two halves: what the second half needs is in a cookie of the
//! browser that began, so that nobody can be made to sign in as another. The provider's addresses
//! and keys are asked for at each sign-in, so that keys may be rotated at any time.

use super::people::{At, Door, work};
use crate::config::OidcSection;
use crate::consumer::tls::{self, Wrong};
use crate::link::keys;
use axum::extract::{ConnectInfo, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreJwsSigningAlgorithm,
    CoreProviderMetadata,
};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, TokenResponse,
};
use people::{Refusal, Roles, Vouched};
use rustls::crypto::ring::default_provider;
use serde::Deserialize;
use serde_json::Value;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

/// Where it begins.
pub(crate) const OIDC: &str = "/api/v1/oidc";
/// Where the provider sends people back to.
pub(crate) const OIDC_BACK: &str = "/api/v1/oidc/back";
/// The provider answers within this time.
const ANSWER_MAX: Duration = Duration::from_secs(4);
/// Largest answer, bytes.
const ANSWER_BYTES_MAX: u64 = 1 << 20;
/// Somebody signs in at the provider within this time, seconds.
pub(super) const AT_PROVIDER_MAX_S: u32 = 600;
/// Longest code and state that the provider may send back, bytes.
const SENT_BACK_MAX: usize = 4096;
/// Signatures that need the provider's own key: none that a shared secret makes.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The identity provider of a node.
pub struct Provider {
    section: OidcSection,
    secret: Option<String>,
    redirect: String,
    agent: Agent,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("issuer", &self.section.issuer).finish_non_exhaustive()
    }
}

/// Who has signed in there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// The provider, and the identifier there.
    pub(crate) subject: String,
    /// What they are called.
    pub(crate) name: String,
    /// By their groups.
    pub(crate) roles: Roles,
}

impl Provider {
    /// Reads the section's files. `console`: what browsers open.
    ///
    /// # Errors
    /// The key, and what is wrong with its file and what to do.
    pub(crate) fn read(section: &OidcSection, console: &str) -> Result<Self, Wrong> {
        let secret = section.client_secret_file.as_deref().map(keys::line).transpose();
        let secret = secret.map_err(|problem| ("client_secret_file", problem))?;
        let authority = section.authority.as_deref();
        let roots = authority.map(|path| tls::certificates("authority", path)).transpose()?;
        let roots = roots.unwrap_or_default();
        let roots: Vec<_> =
            roots.iter().map(|root| Certificate::from_der(root).to_owned()).collect();
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(default_provider()))
            .root_certs(RootCerts::new_with_certs(&roots))
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .https_only(section.issuer.starts_with("https://"))
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(ANSWER_MAX))
            .build()
            .new_agent();
        let redirect = section.redirect.clone().unwrap_or_else(|| format!("{console}{OIDC_BACK}"));
        Ok(Self { section: section.clone(), secret, redirect, agent })
    }

    /// Where it has to begin, if not at the host that was asked: what a browser is to bring back is
    /// of the host that the provider sends it to.
    fn elsewhere(&self, headers: &HeaderMap) -> Option<String> {
        let origin = self.redirect.strip_suffix(OIDC_BACK)?;
        let (_, ours) = origin.split_once("://")?;
        let asked = headers.get(header::HOST)?.to_str().ok()?;
        (!asked.eq_ignore_ascii_case(ours)).then(|| format!("{origin}{OIDC}"))
    }

    /// What the button says.
    pub(crate) fn label(&self) -> String {
        self.section.label()
    }

    fn ask(&self, request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
        let (head, mut body) = self.agent.run(request)?.into_parts();
        let body = body.with_config().limit(ANSWER_BYTES_MAX).read_to_vec()?;
        Ok(HttpResponse::from_parts(head, body))
    }

    fn client(&self) -> Result<Client, String> {
        let said = |what: &dyn fmt::Display| what.to_string();
        let issuer = IssuerUrl::new(self.section.issuer.clone()).map_err(|error| said(&error))?;
        let found = CoreProviderMetadata::discover(&issuer, &|asked| self.ask(asked));
        let found = found.map_err(|error| chain(&error))?;
        let id = ClientId::new(self.section.client_id.clone());
        let secret = self.secret.clone().map(ClientSecret::new);
        let redirect = RedirectUrl::new(self.redirect.clone()).map_err(|error| said(&error))?;
        Ok(CoreClient::from_provider_metadata(found, id, secret).set_redirect_uri(redirect))
    }

    /// Where to send a browser, and what it has to bring back.
    fn begin(&self) -> Result<(String, String), String> {
        let client = self.client()?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let asked = client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        );
        let scopes = self.section.scopes.iter().cloned().map(Scope::new);
        // Whoever comes to a console proves it there, and is not whoever sat here before.
        let asked = asked.add_scopes(scopes).add_prompt(CoreAuthPrompt::Login);
        let (url, state, nonce) = asked.set_pkce_challenge(challenge).url();
        let brought = format!("{}.{}.{}", state.secret(), nonce.secret(), verifier.secret());
        Ok((url.into(), brought))
    }

    /// Who comes back with `code`.
    fn finish(&self, code: String, nonce: &str, verifier: &str) -> Result<Known, String> {
        let client = self.client()?;
        let asked = client.exchange_code(AuthorizationCode::new(code));
        let asked = asked.map_err(|error| chain(&error))?;
        let answer = asked
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()))
            .request(&|asked| self.ask(asked))
            .map_err(|error| chain(&error))?;
        let token = answer.id_token().ok_or("the provider answers without an ID token")?;
        let checks = client.id_token_verifier().set_allowed_algs(SIGNATURES);
        let claims = token.claims(&checks, &Nonce::new(nonce.to_owned()));
        let claims = claims.map_err(|error| chain(&error))?;
        let subject = format!("{} {}", self.section.issuer, claims.subject().as_str());
        // The very token that was checked: its claims are what the provider calls them.
        let text = token.to_string();
        let payload = text.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
        let payload = payload.and_then(|payload| serde_json::from_slice::<Value>(&payload).ok());
        let payload = payload.ok_or("the ID token is none")?;
        let key = &self.section.name_claim;
        let name = claim(&payload, key).and_then(Value::as_str);
        let name = name.ok_or_else(|| format!("the ID token has no text {key:?}"))?.to_owned();
        let groups = match claim(&payload, &self.section.groups_claim) {
            Some(Value::Array(groups)) => groups.as_slice(),
            Some(one @ Value::String(_)) => std::slice::from_ref(one),
            _ => &[],
        };
        let roles = self.section.roles_of(groups.iter().filter_map(Value::as_str));
        Ok(Known { subject, name, roles })
    }
}

/// A claim by its name; or by a path, as `realm_access.roles`.
fn claim<'a>(payload: &'a Value, name: &str) -> Option<&'a Value> {
    payload.get(name).or_else(|| name.split('.').try_fold(payload, |at, step| at.get(step)))
}

/// An error with all that it comes of.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

/// Why somebody who went to the provider is not in: what the page shows, in its own language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failed {
    /// The provider does not answer, or says what cannot be believed; the log has it.
    Provider,
    /// It was called off there.
    CalledOff,
    /// It was begun elsewhere, or too long ago.
    Stale,
    /// Their groups give no role.
    NoRole,
    /// Their name is somebody else's here, or none.
    Name,
    /// An administrator has shut them out.
    ShutOut,
}

impl Failed {
    fn code(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::CalledOff => "called-off",
            Self::Stale => "stale",
            Self::NoRole => "no-role",
            Self::Name => "name",
            Self::ShutOut => "shut-out",
        }
    }
}

fn see_other(location: &str, cookies: impl IntoIterator<Item = String>) -> Response {
    let cookies = cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie));
    let cookies = AppendHeaders(cookies.collect::<Vec<_>>());
    (StatusCode::SEE_OTHER, cookies, [(header::LOCATION, location.to_owned())]).into_response()
}

/// The page says why, whoever is signed in there stays so.
fn turned_away(door: &Door, why: Failed) -> Response {
    see_other(&format!("/#sign-in={}", why.code()), [door.passing_cookie(None)])
}

fn no_provider() -> Response {
    let text =
        "No identity provider is known here: give the configuration a [people.oidc] section.\n";
    (StatusCode::NOT_FOUND, text).into_response()
}

/// Sends a browser to the provider.
pub(super) async fn begin(At(door): At, headers: HeaderMap) -> Response {
    let Some(provider) = door.provider() else { return no_provider() };
    if let Some(there) = provider.elsewhere(&headers) {
        return see_other(&there, []);
    }
    let Some(place) = door.at_provider().await else {
        return turned_away(&door, Failed::Provider);
    };
    let begun = work(move || {
        let _place = place;
        Ok(provider.begin())
    });
    let begun = begun.await;
    match begun {
        Ok(Ok((url, brought))) => see_other(&url, [door.passing_cookie(Some(&brought))]),
        Ok(Err(problem)) => {
            tracing::error!(%problem, "the identity provider does not answer as it should");
            turned_away(&door, Failed::Provider)
        }
        Err(failed) => failed,
    }
}

/// What the provider sends a browser back with.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SentBack {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    error: Option<String>,
}

/// Takes whoever comes back from the provider in.
pub(super) async fn back(
    At(door): At,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    Query(sent): Query<SentBack>,
    headers: HeaderMap,
) -> Response {
    let Some(provider) = door.provider() else { return no_provider() };
    let brought = door.passing(&headers).unwrap_or_default();
    let mut parts = brought.split('.');
    let (Some(state), Some(nonce), Some(verifier), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return turned_away(&door, Failed::Stale);
    };
    if state.is_empty() || sent.state.as_deref() != Some(state) {
        return turned_away(&door, Failed::Stale);
    }
    let code = match (sent.code, sent.error) {
        (Some(code), None) if code.len() <= SENT_BACK_MAX => code,
        (_, Some(error)) if error == "access_denied" => {
            return turned_away(&door, Failed::CalledOff);
        }
        (_, error) => {
            let error = error.map(|error| error.chars().take(100).collect::<String>());
            tracing::warn!(?error, "the identity provider sends somebody back without a code");
            return turned_away(&door, Failed::Provider);
        }
    };
    let Some(place) = door.at_provider().await else {
        return turned_away(&door, Failed::Provider);
    };
    let (at, now, nonce, verifier) =
        (door.clone(), door.now(), nonce.to_owned(), verifier.to_owned());
    let from = from.ip().to_string();
    let done = work(move || {
        let _place = place;
        let known = match provider.finish(code, &nonce, &verifier) {
            Ok(known) => known,
            Err(problem) => {
                tracing::error!(%problem, "what the identity provider says cannot be believed");
                return Ok(Err(Failed::Provider));
            }
        };
        let Known { subject, name, roles } = &known;
        let vouched = Vouched { subject, name, roles };
        let token = match at.people().sign_in_vouched(vouched, &from, now) {
            Ok(token) => token,
            Err(Refusal::MayNot(_)) => return Ok(Err(Failed::NoRole)),
            Err(Refusal::Unfit(_)) => return Ok(Err(Failed::Name)),
            Err(Refusal::SignedOut) => return Ok(Err(Failed::ShutOut)),
            Err(other) => return Err(other),
        };
        at.end(&headers, &from, now)?;
        Ok(Ok(token))
    });
    match done.await {
        Ok(Ok(token)) => see_other("/", [door.cookie(Some(&token)), door.passing_cookie(None)]),
        Ok(Err(why)) => turned_away(&door, why),
        Err(failed) => failed,
    }
}
