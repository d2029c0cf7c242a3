//! A TAK client of other people at a running node: `pytak` and `takproto` of PyPI, where `python3` (or the one that
//! `ENTENTE_PYTHON` names) has them; where none is named the test says so and skips.

#![expect(clippy::print_stderr, reason = "a test that is passed over says so")]

use crate::consumers::{Engine, load, make_keys, party};
use node::clock::Clock;
use node::consumer::Consumers;
use node::event::ConsumerNews;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use surveillance::Time;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A node that tells XXB of one airliner over TLS, and a client of somebody else.
struct Rig {
    consumers: Arc<Consumers>,
    client: Child,
    lines: Lines<BufReader<ChildStdout>>,
    _folder: tempfile::TempDir,
}

impl Rig {
    /// `theirs`: the client's keys, where they are not of the authority that the node trusts.
    fn keys(folder: &Path, theirs: Option<&str>) -> String {
        let keys = folder.join(theirs.unwrap_or("keys"));
        if theirs.is_some() {
            make_keys(&keys);
            // It trusts the node, which does not trust it.
            std::fs::copy(folder.join("keys/authority.pem"), keys.join("authority.pem"))
                .expect("it is copied");
        }
        keys.display().to_string()
    }

    /// `None`, said, where there is no Python.
    async fn start(format: &str, theirs: Option<&str>) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let start: Time = "2026-11-24T12:00:00Z".parse().expect("an instant");
        let section = format!(
            "[[consumer]]\nname = \"tak\"\nparty = \"XXB\"\nformat = \"{format}\"\n\
             listen = \"127.0.0.1:0\"\ncertificate = \"keys/certificate.pem\"\n\
             key = \"keys/key.pem\"\nauthority = \"keys/authority.pem\"\n"
        );
        let config = load(folder.path(), &section);
        // As good as stopped: how long the machine takes does not count.
        let clock = Arc::new(Clock::replaying(start, 1e-9));
        let consumers = Consumers::start(&config, &clock).await.expect("it starts");
        consumers.tell(ConsumerNews::Released(Engine::new(clock).released()));
        let port = consumers.bound()[0].expect("it listens").port().to_string();
        let python = std::env::var("ENTENTE_PYTHON").unwrap_or_else(|_| "python3".into());
        let client = Command::new(&python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/others/tak.py"))
            .args([&port, &Self::keys(folder.path(), theirs), format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let Ok(mut client) = client else {
            eprintln!("skipped: no {python}");
            return None;
        };
        let stdout = client.stdout.take().expect("it is piped");
        let lines = BufReader::new(stdout).lines();
        Some(Self { consumers, client, lines, _folder: folder })
    }

    /// What the client says next; `None`, said, where it is not installed.
    async fn line(&mut self) -> Option<String> {
        if let Some(line) = self.lines.next_line().await.expect("text") {
            return Some(line);
        }
        let mut said = String::new();
        let mut stderr = self.client.stderr.take().expect("it is piped");
        stderr.read_to_string(&mut said).await.expect("text");
        let code = self.client.wait().await.expect("it ends").code();
        assert_eq!(code, Some(77), "{said}");
        assert!(std::env::var_os("ENTENTE_PYTHON").is_none(), "{said}");
        eprintln!("skipped: {said}");
        None
    }
}

/// The one event that such a client gets, and that its connection ends when the release does.
async fn event(format: &str) -> Option<Value> {
    let mut rig = Rig::start(format, None).await?;
    let event = serde_json::from_str(&rig.line().await?).expect("JSON");
    let stop = ConsumerNews::Stopped { to: party("XXB"), reason: "suspended".to_owned() };
    rig.consumers.tell(stop);
    assert_eq!(rig.line().await.as_deref(), Some("ended"));
    rig.consumers.hang_up().await;
    Some(event)
}

#[tokio::test(flavor = "multi_thread")]
async fn pytak_with_a_certificate_of_its_own_reads_uid_place_times_and_detail_as_they_were_told() {
    let Some(mut found) = event("cot").await else { return };
    let uid = found["uid"].take();
    let uid = uid.as_str().expect("a uid");
    let number = uid.rsplit('.').next().expect("a number").to_owned();
    assert!(uid.starts_with("entente.XXA."), "{uid}");
    let expected = json!({
        "uid": null, "type": "a-n-A-C-F", "how": "m-f",
        // 2026-11-24T12:00:00Z in milliseconds; it holds for half a minute.
        "sendTime": "1795521600000", "startTime": "1795521600000", "staleTime": "1795521630000",
        // FL 350, which is a pressure altitude; no article grants how good the position is.
        "lat": 42.5, "lon": 74.25, "hae": 10_668.0, "ce": 9_999_999.0, "le": 9_999_999.0,
        "detail": {
            "contact": { "callsign": format!("TN {number}") },
            "precisionLocation": { "altsrc": "BARO" },
            // 200 m/s east and 50 m/s south.
            "track": { "course": 104.0, "speed": 206.16 },
            "xmlDetail": "<remarks>civil, address 601234, FL350</remarks>",
        },
    });
    assert_eq!(found, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_protobuf_that_takproto_reads_over_pytaks_tls_is_what_it_makes_of_our_xml() {
    let Some(told) = event("tak").await else { return };
    let Some(made) = event("cot").await else { return };
    let without_epoch = |mut event: Value| {
        // Each node begins an epoch of its own, which is in the uid.
        let uid = event["uid"].take();
        let parts: Vec<&str> = uid.as_str().expect("a uid").split('.').collect();
        event["uid"] = json!([parts[0], parts[1], parts[3]]);
        event
    };
    assert_eq!(without_epoch(told), without_epoch(made));
}

#[tokio::test(flavor = "multi_thread")]
async fn pytak_with_a_certificate_of_another_authority_is_told_nothing() {
    let Some(mut rig) = Rig::start("cot", Some("strangers")).await else { return };
    let Some(said) = rig.line().await else { return };
    assert_eq!(said, "ended");
    rig.consumers.hang_up().await;
    let row = rig.consumers.rows().remove(0);
    assert_eq!((row.refused, row.clients), (1, 0));
}
