//! Who may do what, asked of a running node over its sockets: nothing here looks at the screen.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use futures_util::{SinkExt, StreamExt};
use node::accord_changes::{AccordChanges, GONE, Outcome, Refused as ChangeRefused};
use node::clock::Clock;
use node::config::{Config, PeopleSection};
use node::event::{DeliveryKind, Event, Handle, Outbox};
use node::message;
use node::metrics::Metrics;
use node::runtime::NoRecorder;
use node::service::Node;
use node::wire::{ClientMessage, Refused, ServerMessage};
use people::{Person, Role, Roles, Token, audit};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;
use surveillance::Time;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_tungstenite::tungstenite::{self, Message, client::IntoClientRequest};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

const GOOD: &str = "seven hills and a lake";
const HERE: &str = "127.0.0.1";

/// Hands what consoles ask to the test, and answers each so that the test need not wait in vain.
struct Ear(UnboundedSender<ClientMessage>);

impl Handle for Ear {
    fn handle(&mut self, event: &Event, _: Time, outbox: &mut Outbox) {
        if let Event::ConsoleAsked { console, message } = event {
            // The test may be over.
            let _ = self.0.send(message.clone());
            outbox.send(vec![*console], DeliveryKind::Once, answer("heard"));
        }
    }

    fn metrics(&self, _: Time) -> Metrics {
        Metrics::default()
    }
}

fn answer(asked: &str) -> bytes::Bytes {
    message::encode(&ServerMessage::Refused(Refused { asked: asked.into(), reason: String::new() }))
}

struct Rig {
    node: Node,
    heard: UnboundedReceiver<ClientMessage>,
    clock: Arc<Clock>,
    folder: TempDir,
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl Rig {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.console.listen = "127.0.0.1:0".parse().unwrap();
        let directory = folder.path().join("people");
        config.people = Some(PeopleSection { directory, ..PeopleSection::default() });
        let (told, heard) = unbounded_channel();
        let clock = Arc::new(Clock::new());
        let node = Node::start(&config, clock.clone(), Ear(told), NoRecorder, &[]).await.unwrap();
        Self { node, heard, clock, folder }
    }

    fn people(&self) -> &people::People {
        self.node.door.as_ref().unwrap().people()
    }

    /// The first administrator and a secret of theirs.
    fn root(&self) -> (Person, Token) {
        let now = self.clock.now();
        let first = self.people().first(now).unwrap().unwrap();
        let token = self.people().take_up(&first, Some("Root"), GOOD, HERE, now).unwrap();
        (self.people().person(&token, now).unwrap(), token)
    }

    fn invited(&self, root: &Person, name: &str, roles: &[Role]) -> Token {
        let (now, roles) = (self.clock.now(), Roles::from(roles.to_vec()));
        let token = self.people().invite(root, (name, None, &roles), HERE, now).unwrap();
        self.people().take_up(&token, None, GOOD, HERE, now).unwrap()
    }

    /// Status, headers and body of an answer.
    async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[String],
        body: &Value,
    ) -> (u16, String, String) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
            self.node.console
        );
        for header in headers {
            write!(text, "{header}\r\n").unwrap();
        }
        write!(
            text,
            "content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut socket = TcpStream::connect(self.node.console).await.unwrap();
        socket.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_owned(), body.to_owned())
    }

    async fn live(&self, cookie: Option<&str>) -> Result<Socket, u16> {
        let mut request =
            format!("ws://{}/api/v1/live", self.node.console).into_client_request().unwrap();
        if let Some(cookie) = cookie {
            request.headers_mut().insert("cookie", cookie.parse().unwrap());
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(socket),
            Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    }

    fn cookie(&self, token: &Token) -> String {
        format!("entente-{}={}", self.node.console.port(), token.text())
    }

    fn audit(&self) -> Vec<audit::Entry> {
        let mut entries = Vec::new();
        audit::verify(self.people().folder(), |entry| entries.push(entry)).unwrap();
        entries
    }
}

/// What the node answers to one question: "heard" by the engine, or why not.
async fn say(socket: &mut Socket, message: &Value) -> String {
    let message: ClientMessage = serde_json::from_value(message.clone()).unwrap();
    let bytes = rmp_serde::to_vec_named(&message).unwrap();
    socket.send(Message::Binary(bytes.into())).await.unwrap();
    loop {
        let Message::Binary(bytes) = socket.next().await.unwrap().unwrap() else { continue };
        match rmp_serde::from_slice(&bytes).unwrap() {
            ServerMessage::Refused(Refused { asked, .. }) if asked == "heard" => return asked,
            ServerMessage::Refused(Refused { reason, .. }) => return reason,
            other => panic!("{other:?}"),
        }
    }
}

fn bearer(token: &Token) -> String {
    format!("authorization: Bearer {}", token.text())
}

/// One of every message that a console can send, under a false name.
fn messages() -> Vec<Value> {
    let by = json!({"name": "Mallory", "position": "chief"});
    let name = json!({"node": "XXA", "number": 1});
    let deeds = [
        json!({"type": "attach_alerts", "alerts": [1]}),
        json!({"type": "detach_alerts", "alerts": [1]}),
        json!({"type": "attach_tracks", "tracks": [1]}),
        json!({"type": "detach_tracks", "labels": ["TN 1"]}),
        json!({"type": "note", "text": "x", "shareable": false}),
        json!({"type": "note", "text": "partners may read it", "shareable": true}),
        json!({"type": "tick", "step": 0, "done": true}),
        json!({"type": "reclassify", "kind": "other"}),
        json!({"type": "transfer", "to": by}),
        json!({"type": "share", "to": "XXB", "accord": "a", "article": "1"}),
        json!({"type": "offer", "to": "XXB", "accord": "a", "article": "1", "answer_within_s": 60}),
        json!({"type": "withdraw"}),
        json!({"type": "see"}),
        json!({"type": "accept"}),
        json!({"type": "refuse"}),
        json!({"type": "heed"}),
        json!({"type": "close", "outcome": "other"}),
        json!({"type": "reopen"}),
        json!({"type": "put_away"}),
    ];
    let mut all = vec![
        json!({"type": "select", "number": 1}),
        json!({"type": "resync"}),
        json!({"type": "see_as", "party": null}),
        json!({"type": "explain", "number": 1, "party": "XXB"}),
        json!({"type": "list_alerts", "from": 0}),
        json!({"type": "look_at_incident", "incident": null}),
        json!({"type": "look_at_sensor", "sensor": null}),
        json!({"type": "acknowledge", "alert": 1, "by": "Mallory"}),
        json!({"type": "mute_alert", "alert": 1, "for_s": 60, "reason": "x", "by": "Mallory"}),
        json!({"type": "unmute_alert", "alert": 1, "by": "Mallory"}),
        json!({"type": "close_alert", "alert": 1, "reason": "x", "by": "Mallory"}),
        json!({"type": "report_identity", "number": 1, "means": "visual", "identity": "civil", "words": "x", "by": "Mallory"}),
        json!({"type": "set_identity", "number": 1, "identity": "civil", "why": "x", "by": "Mallory"}),
        json!({"type": "confirm_identity", "number": 1, "identity": "hostile", "by": "Mallory"}),
        json!({"type": "withdraw_identity", "number": 1, "word": "decided", "why": "x", "by": "Mallory"}),
        json!({"type": "answer_proposal", "number": 1, "party": "XXB", "identity": "civil", "answer": "accept", "why": "x", "by": "Mallory"}),
        json!({"type": "decide_pair", "party": "XXB", "theirs": 1, "number": 1, "word": "two", "why": "x", "by": "Mallory"}),
        json!({"type": "propose_identity", "number": 1, "identity": "civil", "why": "x", "by": "Mallory"}),
        json!({"type": "open_incident", "kind": "other", "title": "x", "alerts": [], "tracks": [], "why": "", "by": by}),
    ];
    all.extend(deeds.map(
        |deed| json!({"type": "on_incident", "incident": name, "deed": deed, "why": "", "by": by}),
    ));
    all.extend([
        json!({"type": "ask", "accord": "a", "article": "1", "purpose": "information", "of": ["XXB"], "text": "x", "incident": null, "by": "Mallory"}),
        json!({"type": "answer", "asker": "XXB", "number": 1, "answer": "accepted", "words": "x", "by": "Mallory"}),
        json!({"type": "report", "asker": "XXB", "number": 1, "words": "x", "by": "Mallory"}),
        json!({"type": "withdraw", "number": 1, "words": "x", "by": "Mallory"}),
        json!({"type": "confirm", "accord": "a", "article": "1", "proposal": "take_over", "by": "Mallory"}),
        json!({"type": "pass", "accord": "a", "article": "1", "by": "Mallory"}),
        json!({"type": "suspend", "accord": "a", "by": "Mallory", "reason": "x"}),
        json!({"type": "resume", "accord": "a", "by": "Mallory"}),
    ]);
    all
}

fn title(message: &Value) -> String {
    let kind = message["type"].as_str().unwrap();
    match message.get("deed") {
        None => kind.to_owned(),
        Some(deed) if deed["shareable"] == true => format!("{kind}: note for partners"),
        Some(deed) => format!("{kind}: {}", deed["type"].as_str().unwrap()),
    }
}

/// The names of all kinds of a tagged type, as its schema has them.
fn kinds<T: schemars::JsonSchema>() -> BTreeSet<String> {
    let schema = serde_json::to_value(schemars::schema_for!(T)).unwrap();
    let variants = schema["oneOf"].as_array().unwrap();
    variants
        .iter()
        .map(|one| one["properties"]["type"]["const"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn every_act_by_every_role_is_as_the_reviewed_table_says() {
    let mut rig = Rig::new().await;
    let messages = messages();
    let said = |of: fn(&Value) -> &Value| -> BTreeSet<String> {
        let kinds = messages.iter().map(of).filter_map(|one| one["type"].as_str());
        kinds.map(str::to_owned).collect()
    };
    assert_eq!(said(|message| message), kinds::<ClientMessage>(), "each has an example");
    assert_eq!(said(|message| &message["deed"]), kinds::<node::wire::IncidentDeed>());

    let (root, _) = rig.root();
    let mut may: Vec<String> = messages.iter().map(|one| format!("{:34}", title(one))).collect();
    let gets = [
        "/api/v1/ledger/XXB.tar.gz",
        "/api/v1/incidents/XXA/INC-0001.zip?by=x",
        "/api/v1/timeline",
        "/api/v1/airspace",
        "/api/v1/accord-changes",
        "/api/v1/audit",
        "/api/v1/people",
        "/metrics",
    ];
    let posts = [
        ("POST", "/api/v1/people", json!({"name": "Eve", "roles": ["viewer"]})),
        ("POST", "/api/v1/rehearsal", Value::Null),
        ("POST", "/api/v1/accord-changes/xxa/gone", Value::Null),
        ("POST", "/api/v1/people/Root/invitation", Value::Null),
        ("PUT", "/api/v1/people/Asel/roles", json!({"roles": ["viewer"]})),
        ("PUT", "/api/v1/people/Asel/shut-out", json!({"shut_out": false})),
    ];
    let mut got: Vec<String> =
        gets.iter().map(|path| format!("{:34}", path.split('?').next().unwrap())).collect();
    got.extend(posts.iter().map(|(method, path, _)| format!("{:34}", format!("{method} {path}"))));
    rig.invited(&root, "Asel", &[Role::Operator]);
    for role in Role::ALL {
        let token = rig.invited(&root, role.name(), &[role]);
        let mut socket = rig.live(Some(&rig.cookie(&token))).await.unwrap();
        for (message, line) in messages.iter().zip(&mut may) {
            let answer = say(&mut socket, message).await;
            if answer == "heard" {
                let heard = serde_json::to_value(rig.heard.recv().await.unwrap()).unwrap();
                let by = heard.get("by").cloned().unwrap_or_default();
                assert!(!by.to_string().contains("Mallory") && !by.to_string().contains("chief"));
                assert!(by.is_null() || by.to_string().contains(role.name()), "{heard}");
            } else {
                assert!(answer.ends_with(&format!("you are {role}")), "{answer}");
                assert!(rig.heard.try_recv().is_err(), "the engine never hears of it");
            }
            line.push_str(if answer == "heard" { "  yes" } else { "    -" });
        }
        let asks = gets.iter().map(|path| ("GET", *path, &Value::Null));
        let asks: Vec<_> =
            asks.chain(posts.iter().map(|(m, path, body)| (*m, *path, body))).collect();
        for ((method, path, body), line) in asks.into_iter().zip(&mut got) {
            let (status, _, answer) = rig.ask(method, path, &[bearer(&token)], body).await;
            assert!(status != 401 && status < 500, "{path}: {status} {answer}");
            line.push_str(if status == 403 { "    -" } else { "  yes" });
        }
    }
    let roles = Role::ALL.map(|role| format!("{role:?}")).join(", ");
    let table = format!("# each column a role: {roles}\n{}\n{}\n", may.join("\n"), got.join("\n"));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/node/people_data/may.txt");
    if std::env::var_os("ENTENTE_UPDATE").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    assert_eq!(table, std::fs::read_to_string(path).unwrap(), "see ENTENTE_UPDATE=1");
}

#[tokio::test]
async fn whoever_has_not_signed_in_gets_the_page_that_asks_them_to_and_nothing_else() {
    let rig = Rig::new().await;
    let none = Value::Null;
    for path in ["/", "/healthz"] {
        assert_eq!(rig.ask("GET", path, &[], &none).await.0, 200, "{path}");
    }
    let (_, _, body) = rig.ask("GET", "/api/v1/session", &[], &none).await;
    assert_eq!(
        serde_json::from_str::<Value>(&body).unwrap(),
        json!({"required": true, "first": true, "person": null, "provider": null})
    );
    let wrong = Token::new();
    for headers in [vec![], vec![bearer(&wrong)], vec![format!("cookie: {}", rig.cookie(&wrong))]] {
        for (method, path) in [
            ("GET", "/metrics"),
            ("GET", "/api/v1/live"),
            ("GET", "/api/v1/coverage/opening"),
            ("GET", "/api/v1/ledger/XXB.tar.gz"),
            ("GET", "/api/v1/incidents/XXA/INC-0001.zip?by=x"),
            ("GET", "/api/v1/people"),
            ("POST", "/api/v1/people"),
            ("GET", "/api/v1/audit"),
            ("GET", "/api/v1/nothing"),
        ] {
            let (status, _, body) = rig.ask(method, path, &headers, &none).await;
            assert_eq!((status, body.as_str()), (401, "You are not signed in.\n"), "{path}");
        }
        assert_eq!(rig.live(None).await.unwrap_err(), 401);
    }
    // A path that is written otherwise leads to the pages, and no further.
    for path in ["//api/v1/people", "/api%2Fv1%2Fpeople", "/%61pi/v1/people", "/x/../api/v1/people"]
    {
        let (status, _, body) = rig.ask("GET", path, &[], &none).await;
        assert!(status >= 400, "{path}: {status} {body}");
    }
}

#[tokio::test]
async fn one_signs_in_looks_and_signs_out_and_the_cookie_is_for_this_node_alone() {
    let mut rig = Rig::new().await;
    let (root, _) = rig.root();
    rig.invited(&root, "Asel", &[Role::Operator]);
    let credentials = |password: &str| json!({"name": "asel", "password": password});
    let (status, head, body) = rig.ask("POST", "/api/v1/session", &[], &credentials("wrong")).await;
    assert_eq!((status, body.as_str()), (401, "The name or the password is wrong.\n"));
    assert!(!head.to_lowercase().contains("set-cookie"));
    let (status, head, body) = rig.ask("POST", "/api/v1/session", &[], &credentials(GOOD)).await;
    assert_eq!(status, 200, "{body}");
    let person = &serde_json::from_str::<Value>(&body).unwrap()["person"];
    assert_eq!((&person["name"], &person["roles"]), (&json!("Asel"), &json!(["operator"])));
    assert_eq!(
        person["refusals"]["suspend"],
        "to suspend an accord is for the duty officer or the release officer; you are operator"
    );
    let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Strict");
    assert!(pair.starts_with(&format!("entente-{}=", rig.node.console.port())), "{pair}");

    let mut socket = rig.live(Some(pair)).await.unwrap();
    assert_eq!(say(&mut socket, &json!({"type": "select", "number": 7})).await, "heard");
    rig.heard.recv().await.unwrap();
    let cookie = format!("cookie: a=b; {pair}");
    let evil = "origin: http://evil.example".to_owned();
    let (status, _, _) =
        rig.ask("DELETE", "/api/v1/session", &[cookie.clone(), evil], &Value::Null).await;
    assert_eq!(status, 403, "a page of another site cannot even sign people out");
    let (status, head, _) =
        rig.ask("DELETE", "/api/v1/session", std::slice::from_ref(&cookie), &Value::Null).await;
    assert!(status == 204 && head.contains("Max-Age=0"), "{head}");
    let close = loop {
        if let Message::Close(close) = socket.next().await.unwrap().unwrap() {
            break close.unwrap();
        }
    };
    assert_eq!((u16::from(close.code), close.reason.as_str()), (4401, "signed out"));
    assert_eq!(rig.live(Some(pair)).await.unwrap_err(), 401);
}

#[tokio::test]
async fn one_who_is_shut_out_is_out_at_every_console_and_less_is_less_at_once() {
    let rig = Rig::new().await;
    let (root, token) = rig.root();
    let asel = rig.invited(&root, "Asel", &[Role::Operator]);
    let mut socket = rig.live(Some(&rig.cookie(&asel))).await.unwrap();
    let acknowledge = json!({"type": "acknowledge", "alert": 1, "by": ""});
    assert_eq!(say(&mut socket, &acknowledge).await, "heard");
    let put = |path: &'static str, body: Value| {
        let (rig, header) = (&rig, bearer(&token));
        async move { rig.ask("PUT", path, &[header], &body).await.0 }
    };
    assert_eq!(put("/api/v1/people/Asel/roles", json!({"roles": ["viewer"]})).await, 204);
    assert!(say(&mut socket, &acknowledge).await.contains("you are viewer"));
    assert_eq!(put("/api/v1/people/Asel/roles", json!({"roles": ["captain"]})).await, 422);
    assert_eq!(put("/api/v1/people/Nobody/roles", json!({"roles": ["viewer"]})).await, 422);
    assert_eq!(put("/api/v1/people/Asel/shut-out", json!({"shut_out": true})).await, 204);
    while !matches!(socket.next().await, None | Some(Err(_) | Ok(Message::Close(_)))) {}
    assert_eq!(rig.live(Some(&rig.cookie(&asel))).await.unwrap_err(), 401);
    let (_, _, body) = rig.ask("GET", "/api/v1/people", &[bearer(&token)], &Value::Null).await;
    let rows: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&rows[0]["name"], &rows[0]["shut_out"], &rows[0]["sessions"]),
        (&json!("Asel"), &json!(true), &json!(0))
    );
}

#[tokio::test]
async fn guesses_are_bounded_and_say_how_long_to_wait() {
    let rig = Rig::new().await;
    let guess = json!({"name": "Root", "password": "x"});
    let mut last = (0, String::new(), String::new());
    for _ in 0..6 {
        last = rig.ask("POST", "/api/v1/session", &[], &guess).await;
    }
    assert_eq!(last.0, 429, "{}", last.2);
    assert!(last.1.contains("retry-after: "), "{}", last.1);
    let long = json!({"name": "Root", "password": "x".repeat(40_000)});
    assert_eq!(rig.ask("POST", "/api/v1/session", &[], &long).await.0, 413);
}

#[tokio::test]
async fn each_act_is_written_down_with_who_and_what_before_it_is_done() {
    let mut rig = Rig::new().await;
    let (root, token) = rig.root();
    let asel = rig.invited(&root, "Asel", &[Role::DutyOfficer]);
    let mut socket = rig.live(Some(&rig.cookie(&asel))).await.unwrap();
    let suspend =
        json!({"type": "suspend", "accord": "joint-2023", "by": "Mallory", "reason": "the border"});
    assert_eq!(say(&mut socket, &suspend).await, "heard");
    rig.heard.recv().await.unwrap();
    say(&mut socket, &json!({"type": "resume", "accord": "joint-2023", "by": "Mallory"})).await;
    rig.ask("GET", "/api/v1/ledger/XXB.tar.gz", &[bearer(&asel)], &Value::Null).await;
    rig.ask("GET", "/api/v1/audit", &[bearer(&token)], &Value::Null).await;
    let entries = rig.audit();
    let told: Vec<_> = entries
        .iter()
        .rev()
        .take(4)
        .rev()
        .map(|e| (e.who.as_str(), e.act.as_str(), e.outcome.as_str()))
        .collect();
    assert_eq!(told[0], ("Asel", "suspend an accord", "asked"));
    assert_eq!(told[1].1, "resume an accord");
    assert!(told[1].2.starts_with("refused: to resume an accord is for the release officer"));
    assert_eq!((told[2].1, &told[2].2[..8]), ("take a ledger away", "refused:"));
    assert_eq!(told[3], ("Root", "read the audit", "asked"));
    let about = &entries[entries.len() - 4].about;
    assert!(
        about.contains("joint-2023") && about.contains("the border") && !about.contains("Mallory"),
        "{about}"
    );

    // What cannot be written down is not done.
    let audit = rig.folder.path().join("people").join("people.json");
    std::fs::write(&audit, "broken").unwrap();
    assert!(!say(&mut socket, &suspend).await.contains("heard"));
}

#[tokio::test]
async fn without_people_a_node_is_open_to_its_machine_and_says_so() {
    let mut config = Config::default();
    config.console.listen = "127.0.0.1:0".parse().unwrap();
    let (told, heard) = unbounded_channel();
    let clock = Arc::new(Clock::new());
    let node = Node::start(&config, clock.clone(), Ear(told), NoRecorder, &[]).await.unwrap();
    let rig = Rig { node, heard, clock, folder: tempfile::tempdir().unwrap() };
    let (status, _, body) = rig.ask("GET", "/api/v1/session", &[], &Value::Null).await;
    assert_eq!(
        (status, serde_json::from_str::<Value>(&body).unwrap()),
        (200, json!({"required": false, "first": false, "person": null, "provider": null}))
    );
    let mut socket = rig.live(None).await.unwrap();
    assert_eq!(say(&mut socket, &json!({"type": "resync"})).await, "heard");
    let (status, _, body) = rig.ask("GET", "/api/v1/people", &[], &Value::Null).await;
    assert!(status == 404 && body.contains("[people]"), "{body}");
}

#[test]
fn a_changed_text_counts_from_the_start_after_two_people_approved_it_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let (file, config) = (folder.path().join("a.toml"), folder.path().join("node.toml"));
    let text = |title: &str| {
        format!(
            "form = 1\naccord = \"xxa-xxb\"\ntitle = \"{title}\"\nnature = \"illustration\"\n\
             [[party]]\nid = \"XXA\"\nname = \"A\"\n[[party]]\nid = \"XXB\"\nname = \"B\"\n\
             [instruments]\nrequires = []\n"
        )
    };
    let people = "[people]\ndirectory = \"people\"\n";
    let configured = "[node]\nparty = \"XXA\"\n[accords]\nfiles = [\"a.toml\"]\n";
    std::fs::write(&config, format!("{configured}{people}")).unwrap();
    std::fs::create_dir(folder.path().join("people")).unwrap();
    let all = |_: &str| Ok(true);
    // What a start takes up: the title of the text that counts, and what waits.
    let start = || {
        let config = Config::load(&config).unwrap();
        let folder = config.people.as_ref().unwrap().directory.clone();
        let changes = AccordChanges::open(&folder, &config.accords).unwrap();
        let policy = config.policy().unwrap();
        let grants = policy.accords().first().filter(|accord| accord.understood);
        (grants.map(|accord| accord.title.clone()), changes)
    };
    let at = |second: f64| Time::EPOCH.plus_seconds(1e9 + second);
    std::fs::write(&file, text("first")).unwrap();
    let (counts, changes) = start();
    assert_eq!(
        (counts.as_deref(), changes.changes(&all, at(0.0)).unwrap()),
        (Some("first"), vec![])
    );

    std::fs::write(&file, text("second")).unwrap();
    assert_eq!(start().0.as_deref(), Some("first"), "nobody approved the other");
    let waits = changes.changes(&all, at(0.0)).unwrap().remove(0);
    assert!(
        waits.approved_by.is_empty()
            && waits.before == Some(text("first"))
            && waits.text == text("second")
    );
    let of = ("xxa-xxb", waits.sha256.as_str());
    assert_eq!(changes.approve(of, "Asel", &all, at(0.0)).unwrap(), Outcome::Waits);
    assert_eq!(start().0.as_deref(), Some("first"), "one person is not two");
    assert_eq!(changes.changes(&all, at(1.0)).unwrap()[0].approved_by, ["Asel"]);
    assert!(matches!(
        changes.approve(of, " asel", &all, at(2.0)),
        Err(ChangeRefused::SamePerson(_))
    ));
    // The file is changed behind the first person's back: that is another text.
    std::fs::write(&file, text("third")).unwrap();
    assert!(matches!(
        changes.approve(of, "Bek", &all, at(3.0)),
        Err(ChangeRefused::NoSuchChange(_))
    ));
    assert_eq!(changes.changes(&all, at(3.0)).unwrap()[0].approved_by, [""; 0]);
    std::fs::write(&file, text("second")).unwrap();
    // Nor does the word of somebody who was shut out since, or has lost the role: the next is the first again.
    let not_asel = |name: &str| Ok(name != "Asel");
    assert_eq!(changes.changes(&not_asel, at(3.0)).unwrap()[0].approved_by, [""; 0]);
    assert_eq!(changes.approve(of, "Bek", &not_asel, at(3.0)).unwrap(), Outcome::Waits);
    assert_eq!(start().0.as_deref(), Some("first"), "one person is not two");
    let left = changes.approve(of, "Asel", &not_asel, at(3.0));
    assert!(matches!(left, Err(ChangeRefused::MayNot(_))));
    let nobody = |_: &str| Ok(false);
    assert!(matches!(changes.approve(of, "Dana", &nobody, at(3.0)), Err(ChangeRefused::MayNot(_))));
    // A day later the first person's word does not count any more.
    assert_eq!(changes.changes(&all, at(90_000.0)).unwrap()[0].approved_by, [""; 0]);
    assert_eq!(changes.approve(of, "Asel", &all, at(4.0)).unwrap(), Outcome::Counts);
    assert_eq!(changes.changes(&all, at(4.0)).unwrap(), vec![]);
    // Until the node starts again everybody is told that it is to come.
    let to_come = changes.approved().unwrap().remove(0);
    assert_eq!((to_come.before, to_come.text), (Some(text("first")), text("second")));
    assert_eq!(to_come.approved_by, ["Bek", "Asel"]);
    let (counts, started) = start();
    assert_eq!((counts.as_deref(), started.approved().unwrap()), (Some("second"), vec![]));
    // Who approved it and when is known: the other parties are told that it counts, and the ledger.
    let approved = Config::load(&config).unwrap().accords.texts[0].approved.clone().unwrap();
    assert_eq!(
        (approved.by, approved.at),
        (vec!["Bek".into(), "Asel".into()], at(4.0).unix_nanos())
    );

    // A caveat of one's own is nobody else's matter: of who approved that no partner is told.
    let secret = "[[caveat]]\nnumber = \"K0\"\nby = \"XXA\"\nwhich = { service = [\"state\"] }\n";
    let approve = |changes: &AccordChanges, second: f64| {
        let sha256 = changes.changes(&all, at(second)).unwrap().remove(0).sha256;
        for person in ["Asel", "Dana"] {
            changes.approve(("xxa-xxb", &sha256), person, &all, at(second)).unwrap();
        }
    };
    let told = || Config::load(&config).unwrap().accords.texts[0].approved.clone().unwrap().at;
    std::fs::write(&file, text("second") + secret).unwrap();
    approve(&changes, 4.5);
    let counts = Config::load(&config).unwrap().policy().unwrap();
    assert_eq!(counts.accords()[0].caveats.len(), 1);
    assert_eq!(told(), at(4.0).unix_nanos());
    std::fs::write(&file, text("second")).unwrap();
    approve(&changes, 4.6);
    assert_eq!(told(), at(4.0).unix_nanos());

    // To stop takes nobody: nothing goes out until two people have approved what still may.
    let stop = "[[instruments.suspension]]\nby = \"XXA\"\ntowards = [\"XXB\"]\nfrom = 2026-01-01\n";
    std::fs::write(&file, text("second") + stop).unwrap();
    assert_eq!(start().0, None);
    // And caveats bind what goes out under other accords: those of both texts hold from now on.
    let caveat = |number: &str| {
        format!(
            "[[caveat]]\nnumber = \"{number}\"\nby = \"XXA\"\nwhich = {{ service = [\"military\"] }}\n"
        )
    };
    std::fs::write(&file, text("second") + &caveat("K1")).unwrap();
    let policy = Config::load(&config).unwrap().policy().unwrap();
    assert_eq!((policy.accords().len(), policy.accords()[0].caveats.len()), (1, 1));
    // One that cannot be read is not gone: it is an error.
    std::fs::write(&file, "form = 1\n").unwrap();
    assert!(matches!(changes.changes(&all, at(4.0)), Err(ChangeRefused::Files(_))));
    std::fs::write(&file, text("second")).unwrap();
    assert_eq!(start().0.as_deref(), Some("second"));

    // An accord whose file is gone counts on, caveats and all, until two people want it gone.
    std::fs::write(&config, format!("[node]\nparty = \"XXA\"\n{people}")).unwrap();
    let (counts, changes) = start();
    assert_eq!(counts.as_deref(), Some("second"));
    assert_eq!(changes.approve(("xxa-xxb", GONE), "Asel", &all, at(5.0)).unwrap(), Outcome::Waits);
    assert_eq!(changes.approve(("xxa-xxb", GONE), "Bek", &all, at(6.0)).unwrap(), Outcome::Counts);
    let to_come = changes.approved().unwrap().remove(0);
    assert_eq!(
        (to_come.sha256.as_str(), to_come.approved_by),
        (GONE, vec!["Asel".into(), "Bek".into()])
    );
    assert_eq!(start().0, None);
    // And one that comes new waits.
    std::fs::write(&config, format!("{configured}{people}")).unwrap();
    let (counts, changes) = start();
    assert_eq!(counts, None);
    assert_eq!(changes.changes(&all, at(7.0)).unwrap()[0].before, None);
}
