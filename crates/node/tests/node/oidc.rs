//! Signing in at an identity provider. The provider here is a stand-in that signs what it is told to;
//! the browser tests use a real one.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use node::clock::Clock;
use node::config::{Config, parse};
use node::event::{Event, Handle, Outbox};
use node::metrics::Metrics;
use node::runtime::NoRecorder;
use node::service::Node;
use ring::digest::{SHA256, digest};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};
use surveillance::Time;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const CLIENT: &str = "entente-xxa";
const SECRET: &str = "between the two of us";
const CODE: &str = "code-1";

struct Deaf;

impl Handle for Deaf {
    fn handle(&mut self, _: &Event, _: Time, _: &mut Outbox) {}

    fn metrics(&self, _: Time) -> Metrics {
        Metrics::default()
    }
}

/// What the stand-in answers whoever brings [`CODE`] and the proof of `challenge`.
#[derive(Clone, Default)]
struct Plan {
    challenge: String,
    token: String,
}

#[derive(Clone)]
struct Stand {
    issuer: String,
    key: Arc<Ed25519KeyPair>,
    plan: Arc<Mutex<Plan>>,
}

impl Stand {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let key = Arc::new(Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap());
        let stand = Self { issuer, key, plan: Arc::default() };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(Self::metadata))
            .route("/keys", get(Self::keys))
            .route("/token", post(Self::token))
            .with_state(stand.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        stand
    }

    async fn metadata(State(stand): State<Self>) -> Json<Value> {
        let issuer = &stand.issuer;
        Json(json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }))
    }

    async fn keys(State(stand): State<Self>) -> Json<Value> {
        let x = BASE64.encode(stand.key.public_key().as_ref());
        let key = json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": "1", "x": x});
        Json(json!({ "keys": [key] }))
    }

    async fn token(
        State(stand): State<Self>,
        headers: axum::http::HeaderMap,
        Form(asked): Form<BTreeMap<String, String>>,
    ) -> Response {
        let plan = stand.plan.lock().unwrap().clone();
        let proof = digest(&SHA256, asked["code_verifier"].as_bytes());
        let basic = format!("{CLIENT}:{}", SECRET.replace(' ', "+"));
        let basic = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(basic));
        let is_ours = headers["authorization"] == basic.as_str();
        if asked["code"] != CODE || BASE64.encode(proof) != plan.challenge || !is_ours {
            return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"})))
                .into_response();
        }
        Json(json!({"access_token": "a", "token_type": "Bearer", "id_token": plan.token}))
            .into_response()
    }

    fn signed(&self, header: &Value, payload: &Value) -> String {
        let part = |value: &Value| BASE64.encode(value.to_string());
        let text = format!("{}.{}", part(header), part(payload));
        let signature = BASE64.encode(self.key.sign(text.as_bytes()));
        format!("{text}.{signature}")
    }

    /// What it would say of somebody just now.
    fn payload(&self, nonce: &str) -> Value {
        let now = Clock::new().now().unix_seconds() as i64;
        json!({
            "iss": self.issuer, "aud": CLIENT, "sub": "17", "iat": now, "exp": now + 300,
            "nonce": nonce, "preferred_username": "Asel", "groups": ["air-operators", "choir"],
        })
    }
}

struct Rig {
    node: Node,
    stand: Stand,
    _folder: tempfile::TempDir,
}

/// What a browser has after it was sent to the provider.
struct Sent {
    query: BTreeMap<String, String>,
    cookie: String,
}

impl Rig {
    async fn new() -> Self {
        let (stand, folder) = (Stand::new().await, tempfile::tempdir().unwrap());
        let secret = folder.path().join("oidc.secret");
        std::fs::write(&secret, format!("{SECRET}\n")).unwrap();
        std::fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
        let text = format!(
            r#"
[console]
listen = "127.0.0.1:0"
[recording]
enabled = false
[people]
directory = "people"
[people.oidc]
issuer = "{}"
client_id = "{CLIENT}"
client_secret_file = "oidc.secret"
label = "Ministry account"
[people.oidc.roles]
"air-operators" = ["operator"]
"air-officers" = ["duty-officer", "operator"]
"#,
            stand.issuer
        );
        std::fs::write(folder.path().join("node.toml"), text).unwrap();
        let config = Config::load(&folder.path().join("node.toml")).unwrap();
        let clock = Arc::new(Clock::new());
        let node = Node::start(&config, clock, Deaf, NoRecorder, &[]).await.unwrap();
        Self { node, stand, _folder: folder }
    }

    /// Status, where to, and the cookies that are given.
    async fn get(&self, path: &str, cookie: &str) -> (u16, String, Vec<String>) {
        let host = self.node.console;
        let text = format!(
            "GET {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n"
        );
        let mut socket = TcpStream::connect(host).await.unwrap();
        socket.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        let head = answer.split("\r\n\r\n").next().unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let all = |name: &str| {
            let lines = head.lines().filter_map(|line| line.strip_prefix(name));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        (status, all("location: ").pop().unwrap_or_default(), all("set-cookie: "))
    }

    async fn begin(&self) -> Sent {
        let (status, url, cookies) = self.get("/api/v1/oidc", "").await;
        assert_eq!(status, 303, "{url}");
        let (page, query) = url.split_once('?').unwrap();
        assert_eq!(page, format!("{}/authorize", self.stand.issuer));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let query = pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let (cookie, rest) = cookies[0].split_once("; ").unwrap();
        assert_eq!(rest, "Path=/; HttpOnly; SameSite=Lax; Max-Age=600");
        Sent { query, cookie: cookie.to_owned() }
    }

    /// Comes back from the provider, which has signed `token` for whoever began.
    async fn back(&self, sent: &Sent, token: String) -> (String, Vec<String>) {
        let challenge = sent.query["code_challenge"].clone();
        *self.stand.plan.lock().unwrap() = Plan { challenge, token };
        let path = format!("/api/v1/oidc/back?code={CODE}&state={}", sent.query["state"]);
        let (status, to, cookies) = self.get(&path, &sent.cookie).await;
        assert_eq!(status, 303);
        (to, cookies)
    }

    /// One whole sign-in of somebody of whom the provider says `change`d things.
    async fn come(&self, change: impl FnOnce(&mut Value)) -> (String, Vec<String>) {
        let sent = self.begin().await;
        let mut payload = self.stand.payload(&sent.query["nonce"]);
        change(&mut payload);
        let token = self.stand.signed(&json!({"alg": "EdDSA", "kid": "1"}), &payload);
        self.back(&sent, token).await
    }

    fn people(&self) -> &people::People {
        self.node.door.as_ref().unwrap().people()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_the_provider_vouches_for_is_in_with_the_roles_of_their_groups() {
    let rig = Rig::new().await;
    let sent = rig.begin().await;
    assert_eq!(sent.query["client_id"], CLIENT);
    assert_eq!(sent.query["code_challenge_method"], "S256");
    assert_eq!(sent.query["scope"], "openid+profile");
    let port = rig.node.console.port();
    let back = format!("http%3A%2F%2F127.0.0.1%3A{port}%2Fapi%2Fv1%2Foidc%2Fback");
    assert_eq!(sent.query["redirect_uri"], back);

    let (to, cookies) = rig.come(|_| ()).await;
    assert_eq!((to.as_str(), cookies.len()), ("/", 2));
    let session = cookies[0].split(';').next().unwrap();
    assert!(session.starts_with(&format!("entente-{port}=")), "{session}");
    assert!(cookies[0].ends_with("SameSite=Strict"), "{}", cookies[0]);
    assert!(cookies[1].contains("-provider=; ") && cookies[1].ends_with("Max-Age=0"));
    let (status, ..) = rig.get("/metrics", session).await;
    assert_eq!(status, 200, "an operator may look");
    let (status, ..) = rig.get("/api/v1/audit", session).await;
    assert_eq!(status, 403, "and may not read the audit");

    // Promoted there, it counts from the next time on.
    rig.come(|payload| payload["groups"] = json!("air-officers")).await;
    let rows = rig.people().list(Clock::new().now()).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].name.as_str(), rows[0].vouched), ("Asel", true));
    assert_eq!(rows[0].roles.to_string(), "operator, duty officer");
    assert!(rig.node.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_did_not_sign_for_this_node_and_this_browser_is_not_believed() {
    let rig = Rig::new().await;
    type Change = fn(&mut Value);
    let wrong: [(&str, Change); 8] = [
        ("another's nonce", |p| p["nonce"] = json!("elsewhere")),
        ("no nonce", |p| drop(p.as_object_mut().unwrap().remove("nonce"))),
        ("for another client", |p| p["aud"] = json!("another")),
        ("for this one and another", |p| p["aud"] = json!([CLIENT, "another"])),
        ("by another provider", |p| p["iss"] = json!("http://127.0.0.1:1")),
        ("an hour old", |p| p["exp"] = json!(p["exp"].as_i64().unwrap() - 3600)),
        ("of nobody", |p| drop(p.as_object_mut().unwrap().remove("sub"))),
        ("without a name", |p| p["preferred_username"] = json!(7)),
    ];
    for (what, change) in wrong {
        let (to, cookies) = rig.come(change).await;
        assert_eq!((to.as_str(), cookies.len()), ("/#sign-in=provider", 1), "{what}");
    }
    // Signed by nobody, by the secret that both know, or by another key.
    let sent = rig.begin().await;
    let payload = rig.stand.payload(&sent.query["nonce"]);
    let part = |value: &Value| BASE64.encode(value.to_string());
    let bare = format!("{}.{}.", part(&json!({"alg": "none"})), part(&payload));
    let text = format!("{}.{}", part(&json!({"alg": "HS256"})), part(&payload));
    let shared = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
    let hmac = format!("{text}.{}", BASE64.encode(ring::hmac::sign(&shared, text.as_bytes())));
    let mut other = rig.stand.clone();
    other.key = Arc::new(Ed25519KeyPair::from_seed_unchecked(&[1; 32]).unwrap());
    let forged = other.signed(&json!({"alg": "EdDSA", "kid": "1"}), &payload);
    for token in [bare, hmac, forged, String::new(), "a.b.c".into()] {
        let (to, cookies) = rig.back(&sent, token.clone()).await;
        assert_eq!((to.as_str(), cookies.len()), ("/#sign-in=provider", 1), "{token}");
    }
    assert!(rig.people().list(Clock::new().now()).unwrap().is_empty());
    assert!(rig.node.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_did_not_begin_is_not_signed_in_by_a_link() {
    let rig = Rig::new().await;
    let (hers, his) = (rig.begin().await, rig.begin().await);
    let state = &his.query["state"];
    for (cookie, query) in [
        ("", format!("code={CODE}&state={state}")),
        (hers.cookie.as_str(), format!("code={CODE}&state={state}")),
        (his.cookie.as_str(), format!("code={CODE}")),
        (his.cookie.as_str(), format!("code={CODE}&state=")),
        ("entente-1-provider=..", format!("code={CODE}&state=")),
    ] {
        let path = format!("/api/v1/oidc/back?{query}");
        let (status, to, cookies) = rig.get(&path, cookie).await;
        assert_eq!((status, to.as_str(), cookies.len()), (303, "/#sign-in=stale", 1), "{query}");
    }
    let path = format!("/api/v1/oidc/back?error=access_denied&state={state}");
    assert_eq!(rig.get(&path, &his.cookie).await.1, "/#sign-in=called-off");
    let path = format!("/api/v1/oidc/back?error=%3Cscript%3E&state={state}");
    assert_eq!(rig.get(&path, &his.cookie).await.1, "/#sign-in=provider");
    assert!(rig.node.stop().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_role_a_taken_name_and_being_shut_out_are_each_said() {
    let rig = Rig::new().await;
    let people = rig.people();
    let now = Clock::new().now();
    let first = people.first(now).unwrap().unwrap();
    let good = "seven hills and a lake";
    let token = people.take_up(&first, Some("Root"), good, "127.0.0.1", now).unwrap();
    let root = people.person(&token, now).unwrap();
    let (to, _) = rig.come(|payload| payload["groups"] = json!(["choir"])).await;
    assert_eq!(to, "/#sign-in=no-role");
    let (to, _) = rig.come(|payload| payload["preferred_username"] = json!("root")).await;
    assert_eq!(to, "/#sign-in=name");
    let (to, _) = rig.come(|_| ()).await;
    assert_eq!(to, "/");
    people.shut_out(&root, ("Asel", true), "127.0.0.1", now).unwrap();
    let (to, _) = rig.come(|_| ()).await;
    assert_eq!(to, "/#sign-in=shut-out");
    rig.stand.plan.lock().unwrap().challenge.clear();
    assert!(rig.node.stop().await);
}

#[test]
fn each_error_in_the_section_names_its_place_and_the_remedy() {
    let text = |lines: &str| format!("[people.oidc]\nclient_id = \"a\"\n{lines}");
    let roles = "[people.oidc.roles]\na = [\"operator\"]\n";
    for (lines, key, remedy) in [
        (format!("issuer = \"id.example\"\n{roles}"), "3:10: people.oidc.issuer", "write it as"),
        (format!("issuer = \"http://id.example\"\n{roles}"), "people.oidc.issuer", "write it as"),
        (format!("issuer = \"https://id.example\"\n{roles}"), "people.oidc.issuer", "authority = "),
        (
            "issuer = \"http://127.0.0.1:1\"\n[people.oidc.roles]\n".into(),
            "people.oidc.roles",
            "as \"air",
        ),
        (
            "issuer = \"http://127.0.0.1:1\"\n[people.oidc.roles]\na = []\n".into(),
            "people.oidc.roles",
            "leave it out",
        ),
        (
            format!("issuer = \"http://127.0.0.1:1\"\nredirect = \"https://a.example/\"\n{roles}"),
            "4:12: people.oidc.redirect",
            "/api/v1/oidc/back",
        ),
    ] {
        let said = parse("node.toml", &text(&lines)).unwrap_err().to_string();
        assert!(said.contains(key) && said.contains(remedy), "{lines}\n{said}");
    }
    parse("node.toml", &text(&format!("issuer = \"http://127.0.0.1:1\"\n{roles}"))).unwrap();
}
