//! Real nodes that talk under an accord: what is cut, killed or forged, and what holds all the same.

mod cable;
mod rig;
mod stranger;

use cable::Cable;
use node::wire::{
    Answer, ClientMessage, IncidentDeed, IncidentKind, IncidentOutcome, LinkState, Person, Purpose,
    SourceOfTrack,
};
use rig::{Receiver, Scene, free_port};
use std::io::{BufRead, BufReader, Write};
use stranger::Stranger;

/// What `from` released to `to`, in the ledgers of both: nothing lost, nothing twice, in both the
/// same; and all that came is in the engine's journal.
fn compare(scene: &Scene, from: &str, to: &str) -> usize {
    let (released, _) = scene.ledger(from, to);
    let (_, received) = scene.ledger(to, from);
    assert!(released.windows(2).all(|pair| pair[0] < pair[1]), "released out of order or twice");
    let mut sorted = received.clone();
    sorted.sort_unstable();
    let came = sorted.len();
    sorted.dedup();
    assert_eq!(sorted.len(), came, "received twice");
    let last = *sorted.last().expect("something came");
    let upto: Vec<u64> = released.into_iter().filter(|number| *number <= last).collect();
    assert_eq!(sorted, upto, "lost between {from} and {to}");
    let told: std::collections::BTreeSet<Vec<u8>> =
        rig::told(scene, to, from).into_iter().collect();
    assert!(told.len() >= came, "{} of {came} batches are in the journal of {to}", told.len());
    came
}

/// Two parties, XXA with a receiver; XXB connects.
fn pair(receiver: Option<&Receiver>) -> Scene {
    let scene = Scene::new(&["XXA", "XXB"], &[("XXA", "XXB"), ("XXB", "XXA")]);
    let address = format!("127.0.0.1:{}", free_port());
    let feed = receiver.map(|receiver| receiver.address.as_str());
    scene.configure("XXA", &address, &[("XXB", "")], feed);
    scene.configure("XXB", "", &[("XXA", &address)], None);
    scene
}

#[test]
fn whatever_dies_nothing_is_lost_nothing_comes_twice_and_the_ledgers_hold() {
    let receiver = Receiver::start();
    let scene = pair(Some(&receiver));
    let (mut a, mut b) = (scene.start("XXA"), scene.start("XXB"));
    let seen = b.live().until("XXA", |row| row.they_send > 3);
    assert_eq!(seen.link, LinkState::Up);
    for _ in 0..2 {
        b.kill();
        let row = a.live().until("XXB", |row| row.link == LinkState::Down);
        assert!(row.note.is_some(), "{row:?}");
        b = scene.start("XXB");
        b.live().until("XXA", |row| row.link == LinkState::Up && row.they_send > 3);
        a.kill();
        a = scene.start("XXA");
        b.live().until("XXA", |row| row.link == LinkState::Up && row.they_send > 3);
    }
    a.live().until("XXB", |row| row.link == LinkState::Up && row.queued == Some(0));
    a.stop();
    b.stop();
    assert!(compare(&scene, "XXA", "XXB") > 5);
    compare(&scene, "XXB", "XXA");
}

#[test]
fn a_suspension_drops_what_waits_and_a_resumption_begins_anew() {
    let receiver = Receiver::start();
    let scene = pair(Some(&receiver));
    let (a, b) = (scene.start("XXA"), scene.start("XXB"));
    b.live().until("XXA", |row| row.they_send > 3);
    // Nobody takes what is released now.
    b.stop();
    let mut console = a.live();
    console.until("XXB", |row| row.queued.is_some_and(|queued| queued >= 2));
    console.ask(&ClientMessage::Suspend {
        accord: "xxa-xxb".into(),
        by: "Duty officer".into(),
        reason: "a test".into(),
        towards: None,
    });
    // What waits then is the word of the suspension alone.
    console.until("XXB", |row| row.queued == Some(1) && row.we_send == 0);
    let b = scene.start("XXB");
    let mut listener = b.live();
    listener.until("XXA", |row| row.link == LinkState::Up && row.silent_ms > Some(5_000.0));
    console.ask(&ClientMessage::Resume {
        accord: "xxa-xxb".into(),
        by: "Duty officer".into(),
        may: None,
    });
    listener.until("XXA", |row| row.they_send > 3 && row.silent_ms < Some(3_000.0));
    a.stop();
    b.stop();
    let (released, _) = scene.ledger("XXA", "XXB");
    let (_, received) = scene.ledger("XXB", "XXA");
    let lacking = released.iter().filter(|number| !received.contains(number)).count();
    assert!(lacking >= 2, "what was withdrawn came all the same");
    // Both ledgers prove what was decided; who decided it is the own one's to know.
    for (of, with, by) in [("XXA", "XXB", "Duty officer"), ("XXB", "XXA", "\"by\":[]")] {
        let said = scene.proved(of, with, &["--decision", "xxa-xxb"]);
        for what in ["suspends xxa-xxb towards XXB", "resumes xxa-xxb towards XXB", by] {
            assert!(said.contains(what), "{what}: {said}");
        }
    }
}

#[test]
fn a_request_and_its_answer_outlast_kills_on_both_sides_and_are_in_both_ledgers_once() {
    let scene = pair(None);
    let (mut a, mut b) = (scene.start("XXA"), scene.start("XXB"));
    b.live().until("XXA", |row| row.link == LinkState::Up);
    let mut console = a.live();
    console.ask(&ClientMessage::Ask {
        accord: "xxa-xxb".into(),
        article: "3".into(),
        purpose: Purpose::Assistance,
        of: vec!["XXB".into()],
        text: "Radar of Hill is out".into(),
        incident: None,
        answer_within_s: None,
        by: "Asel".into(),
    });
    // What a console has been shown is kept.
    let number = console.until_request(|_| true).number;
    a.kill();
    a = scene.start("XXA");
    assert_eq!(a.live().until_request(|_| true).number, number);
    let mut listener = b.live();
    listener.until_request(|row| row.to_answer && row.text == "Radar of Hill is out");
    b.kill();
    b = scene.start("XXB");
    let mut listener = b.live();
    listener.until_request(|row| row.to_answer);
    listener.ask(&ClientMessage::Answer {
        asker: "XXA".into(),
        number,
        answer: Answer::Accepted,
        words: "Our tracks to 60 NM".into(),
        by: "Bolot".into(),
    });
    listener.until_request(|row| !row.to_answer);
    b.kill();
    b = scene.start("XXB");
    a.live().until_request(|row| row.asked[0].answers.len() == 1);
    a.kill();
    a = scene.start("XXA");
    let row = a.live().until_request(|_| true);
    assert_eq!(row.asked[0].answers.len(), 1, "{row:?}");
    assert!(row.asked[0].received_ms.is_some(), "{row:?}");
    for (node, other) in [(&a, "XXB"), (&b, "XXA")] {
        node.live().until(other, |row| row.link == LinkState::Up && row.queued == Some(0));
    }
    a.stop();
    b.stop();
    let name = format!("XXA-{number}");
    for (of, with) in [("XXA", "XXB"), ("XXB", "XXA")] {
        let said = scene.proved(of, with, &["--request", &name]);
        for what in ["\"kind\":\"request\"", "\"kind\":\"delivery\"", "\"kind\":\"answer\""] {
            assert_eq!(said.matches(what).count(), 1, "{what} in the ledger of {of}: {said}");
        }
        assert!(said.contains("Our tracks to 60 NM"), "{said}");
    }
}

#[test]
fn strangers_and_hostile_partners_are_refused_by_name_and_others_go_on() {
    let scene = Scene::new(
        &["XXA", "XXB", "XXC", "XXD"],
        &[("XXA", "XXB"), ("XXA", "XXC"), ("XXC", "XXA")],
    );
    let address = format!("127.0.0.1:{}", free_port());
    scene.configure("XXA", &address, &[("XXB", ""), ("XXC", "")], None);
    scene.configure("XXC", "", &[("XXA", &address)], None);
    let (a, c) = (scene.start("XXA"), scene.start("XXC"));
    a.live().until("XXC", |row| row.link == LinkState::Up);

    let keys = |party: &str| scene.path(party).join("keys");
    let to_a = |folder| Stranger::new(&address, folder, &scene.path("partners/XXA.pem"), "XXA");
    // Until the node has counted it; each look is a request that it answers.
    let counted = |party: &str, reason: &str| {
        while a.metrics().refusals(party, reason) == 0 {}
    };

    stranger::say_garbage(&address);
    counted("", "not_tls");
    to_a(None).refused();
    counted("", "no_certificate");
    to_a(Some(keys("XXD"))).refused();
    counted("", "wrong_name");

    // Another authority signs in XXB's name.
    let forged = scene.path("forged");
    rig::entente(&["keys", "make", forged.to_str().unwrap(), "--party", "XXB"]);
    to_a(Some(forged)).refused();
    counted("XXB", "wrong_authority");
    let row = a.live().until("XXB", |row| row.turned_away > 0);
    assert!(row.turned_away_for.unwrap().contains("authority"));

    // XXB's own authority, but over.
    let real = keys("XXB");
    rig::entente(&["keys", "renew", real.to_str().unwrap(), "--until", "2020-01-01"]);
    to_a(Some(real.clone())).refused();
    counted("XXB", "certificate_expired");
    rig::entente(&["keys", "renew", real.to_str().unwrap()]);

    // From here on it is XXB's very key that does it.
    let mut claims = to_a(Some(real.clone()));
    claims.greet("XXC", "XXA");
    claims.refused();
    counted("XXB", "claims_another_identity");
    let mut garbage = to_a(Some(real.clone()));
    garbage.greet("XXB", "XXA");
    garbage.say(&[0xFF; 64]);
    garbage.refused();
    counted("XXB", "garbage");
    let mut floods = to_a(Some(real.clone()));
    floods.greet("XXB", "XXA");
    floods.flood();
    counted("XXB", "flood");
    let mut unasked = to_a(Some(real.clone()));
    unasked.greet("XXB", "XXA");
    unasked.batch(1);
    unasked.refused();
    counted("XXB", "unasked");
    let mut replays = to_a(Some(real));
    replays.greet("XXB", "XXA");
    replays.offer(1, 3);
    replays.batch(1);
    replays.batch(1);
    replays.refused();
    counted("XXB", "replayed");

    let held = stranger::connect_many(&address, 300);
    counted("", "too_many_strangers");
    drop(held);

    // XXC was spoken to all the while: one link, never ended.
    let before = a.metrics().value("entente_link_batches_sent_total{party=\"XXC\"}");
    let more = || a.metrics().value("entente_link_batches_sent_total{party=\"XXC\"}") > before;
    while !more() {}
    let ended =
        a.metrics().0.lines().filter(|l| l.contains("refusals_total{party=\"XXC\"")).count();
    assert_eq!(ended, 0, "{}", a.metrics().0);
    c.live().until("XXA", |row| row.link == LinkState::Up);
    c.stop();
    a.stop();
}

#[test]
fn a_server_of_light_aircraft_is_told_who_asks_and_for_which_and_its_aircraft_are_in_the_picture() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let scene = Scene::new(&["XXA"], &[]);
    scene.configure("XXA", "", &[], None);
    let file = scene.path("XXA").join("node.toml");
    let feed = format!(
        "[[feed]]\nname = \"gliders\"\nformat = \"ogn\"\nconnect = \"{}\"\nlat = 42.87\nlon = 74.59\n\
         range_max_nm = 80\n",
        server.local_addr().unwrap()
    );
    std::fs::write(&file, std::fs::read_to_string(&file).unwrap() + &feed).unwrap();
    let a = scene.start("XXA");
    let (mut peer, _) = server.accept().unwrap();
    let mut said = String::new();
    BufReader::new(peer.try_clone().unwrap()).read_line(&mut said).unwrap();
    assert!(said.starts_with("user N0CALL pass -1 vers entente "), "{said}");
    assert!(said.ends_with(" filter r/42.8700/74.5900/148\r\n"), "{said}");
    for ago_s in [6.0, 5.0, 4.0, 3.0, 2.0] {
        let then = node::clock::Clock::new().now().plus_seconds(-ago_s);
        let of_day = then.unix_seconds().rem_euclid(86_400.0) as u64;
        let (hours, minutes, seconds) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
        let line = format!(
            "FLRDD1234>OGFLR,qAS,UCFM:/{hours:02}{minutes:02}{seconds:02}h4259.10N/07434.50E'001/003/A=003281 \
             !W{}0! id06DD1234\r\n",
            9.0 - ago_s
        );
        peer.write_all(line.as_bytes()).unwrap();
    }
    let seen = a.live().until_described(|track| track.address.as_deref() == Some("~dd1234"));
    assert_eq!(seen.sources, [SourceOfTrack::Flarm]);
    assert_eq!(seen.category, Some("glider".into()));
}

#[test]
fn keys_change_while_the_nodes_run() {
    let scene = pair(None);
    let (a, b) = (scene.start("XXA"), scene.start("XXB"));
    a.live().until("XXB", |row| row.link == LinkState::Up);
    let keys = scene.path("XXA").join("keys");
    let keys = keys.to_str().unwrap();
    let give = || {
        let identity = scene.path("XXA").join("keys/identity.pem");
        std::fs::copy(identity, scene.path("partners/XXA.pem")).unwrap();
    };
    rig::entente(&["keys", "rotate", keys, "ledger"]);
    rig::entente(&["keys", "rotate", keys, "authority"]);
    give();
    rig::entente(&["keys", "rotate", keys, "ledger", "--switch"]);
    rig::entente(&["keys", "rotate", keys, "authority", "--switch"]);
    give();
    // The link that stood under the old authority ends, and a new one comes of the new.
    while b.metrics().refusals("XXA", "wrong_authority") == 0 {}
    b.live().until("XXA", |row| row.link == LinkState::Up);
    // Its heads are signed and cosigned with the new key.
    let signed = || {
        let note = std::fs::read_to_string(scene.path("XXA").join("links/xxb/ledger/cosigned"));
        let text = std::fs::read_to_string(scene.path("XXA").join("keys/ledger.key")).unwrap();
        let signer = ledger::Signer::from_secret_text(text.trim()).unwrap();
        let open = |note: String| {
            let keys = [signer.key().clone()];
            let origin = link::origin("XXA", "XXB");
            ledger::SignedCheckpoint::open(note.as_bytes(), &origin, &keys).is_ok()
        };
        note.is_ok_and(open)
    };
    let mut live = a.live();
    while !signed() {
        live.row("XXB");
    }
    a.stop();
    b.stop();
    compare(&scene, "XXA", "XXB");
    compare(&scene, "XXB", "XXA");
}

#[test]
fn a_cable_that_is_cut_and_joined_again_costs_nothing() {
    let Some(cable) = Cable::lay() else {
        eprintln!("skipped: a network namespace needs root and iproute2");
        return;
    };
    let receiver = Receiver::start();
    let scene = Scene::new(&["XXA", "XXB"], &[("XXA", "XXB"), ("XXB", "XXA")]);
    let address = format!("{}:{}", cable.near(), free_port());
    scene.configure("XXA", &address, &[("XXB", "")], Some(&receiver.address));
    scene.configure("XXB", "", &[("XXA", &address)], None);
    let a = scene.start("XXA");
    let b = scene.start_by("XXB", cable.at_the_far_end(env!("CARGO_BIN_EXE_entente")));
    let mut console = a.live();
    console.until("XXB", |row| row.link == LinkState::Up && row.we_send > 3);
    // Once for a moment, that the connection outlives, and once until it is given up.
    for given_up in [false, true] {
        cable.cut();
        console.until("XXB", |row| {
            row.queued >= Some(4) && (!given_up || row.link == LinkState::Down)
        });
        cable.join();
        console.until("XXB", |row| row.link == LinkState::Up && row.queued <= Some(1));
    }
    b.stop();
    a.stop();
    assert!(compare(&scene, "XXA", "XXB") > 25);
    compare(&scene, "XXB", "XXA");
}

#[test]
fn a_ledger_taken_from_the_console_proves_itself_with_nothing_else() {
    let scene = pair(None);
    let (a, b) = (scene.start("XXA"), scene.start("XXB"));
    a.live().until("XXB", |row| row.link == LinkState::Up && row.queued == Some(0));
    let archive = scene.path("ledger.tar.gz");
    std::fs::write(&archive, a.get("/api/v1/ledger/XXB.tar.gz")).unwrap();
    let head = a.get("/api/v1/ledger/XXB/checkpoint");
    assert!(head.starts_with(b"xxa.entente.internal/xxb\n"));
    drop((a, b));

    let away = scene.path("away");
    std::fs::create_dir(&away).unwrap();
    let mut unpack = std::process::Command::new("tar");
    assert!(unpack.arg("-xzf").arg(&archive).arg("-C").arg(&away).status().unwrap().success());
    let path = |name: &str| away.join(name).to_str().unwrap().to_owned();
    let (ledger, of, with) = (path("ledger"), path("XXA.pem"), path("XXB.pem"));
    let keys = ["--of", &of, "--with", &with];
    let verified = rig::entente(&[["ledger", "verify", &ledger].as_slice(), &keys].concat());
    assert!(verified.contains("every file hold"), "{verified}");
    let proof = path("proof");
    let prove = ["ledger", "prove", &ledger, "--batch", "1", "-o", &proof];
    rig::entente(&[prove.as_slice(), &keys].concat());
    let verified = rig::entente(&[["ledger", "verify", &proof].as_slice(), &keys].concat());
    assert!(verified.contains("\"kind\":\"release\",\"sequence\":1"), "{verified}");

    // A proof of another log, and one whose entry was changed, prove nothing.
    let refused = |words: &[&str]| {
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_entente")).args(words).output();
        assert!(!out.unwrap().status.success(), "{words:?}");
    };
    refused(&["ledger", "verify", &proof, "--of", &with, "--with", &of]);
    refused(&[["ledger", "prove", &ledger, "--batch", "999999"].as_slice(), &keys].concat());
    let text = std::fs::read_to_string(&proof).unwrap();
    std::fs::write(&proof, text.replacen("extra e", "extra f", 1)).unwrap();
    refused(&[["ledger", "verify", &proof].as_slice(), &keys].concat());
}

#[test]
fn an_incident_outlasts_kills_on_both_sides_and_is_taken_away_whole() {
    let receiver = Receiver::start();
    let scene = pair(Some(&receiver));
    let (mut a, mut b) = (scene.start("XXA"), scene.start("XXB"));
    b.live().until("XXA", |row| row.they_send > 3);
    let by = |name: &str| Person { name: name.into(), position: None };
    let mut console = a.live();
    console.ask(&ClientMessage::OpenIncident {
        kind: IncidentKind::Emergency,
        title: "Engine failure".into(),
        alerts: Vec::new(),
        tracks: vec![1],
        why: String::new(),
        by: by("Asel"),
    });
    let name = console.until_incident(|_| true).name;
    let on = |deed, name_of: &str| ClientMessage::OnIncident {
        incident: name.clone(),
        deed,
        why: String::new(),
        by: by(name_of),
    };
    console.ask(&on(
        IncidentDeed::Offer {
            to: "XXB".into(),
            accord: "xxa-xxb".into(),
            article: "2".into(),
            answer_within_s: 3_600,
        },
        "Asel",
    ));
    console.until_incident(|row| row.offer.is_some());
    a.kill();
    a = scene.start("XXA");
    let mut console = b.live();
    let row = console.until_incident(|row| row.incoming.is_some());
    assert_eq!(row.title, "Engine failure");
    console.ask(&on(IncidentDeed::Accept {}, "Bolot"));
    console.until_incident(|row| row.accepted_by.is_some());
    b.kill();
    b = scene.start("XXB");
    a.live().until_incident(|row| row.holder == "XXB");
    let row = b.live().until_incident(|row| row.held_here);
    assert_eq!(row.owner.as_deref(), Some("Bolot"));

    let shown = rig::entente(&["console", "show", &b.console, "incident", "XXA:1"]);
    assert!(shown.contains("Engine failure") && shown.contains("taken over by offer"), "{shown}");
    let close = |by: &str| {
        let deed = IncidentDeed::Close { outcome: IncidentOutcome::EndedSafely };
        let message = serde_json::to_string(&on(deed, by)).unwrap();
        std::process::Command::new(env!("CARGO_BIN_EXE_entente"))
            .args(["console", "do", &b.console, &message])
            .output()
            .unwrap()
    };
    let refused = close("Asel");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("only Bolot can do that"), "{said}");
    assert!(close("Bolot").status.success());
    let shown = rig::entente(&["console", "show", &b.console, "incidents"]);
    assert!(shown.contains("ended_safely"), "{shown}");

    let zip = a.get("/api/v1/incidents/XXA/INC-0001.zip?by=Asel");
    let file = scene.path("incident.zip");
    std::fs::write(&file, zip).unwrap();
    let told = rig::entente(&["incident", "verify", file.to_str().unwrap()]);
    assert!(told.contains("whole") && told.contains("Asel"), "{told}");
    let recording = scene.path("XXB").join("recording").to_str().unwrap().to_owned();
    let listed = rig::entente(&["incident", "list", &recording]);
    assert!(listed.contains("XXA INC-0001") && listed.contains("Bolot"), "{listed}");
    let of_b = scene.path("of-b.zip").to_str().unwrap().to_owned();
    let export = ["--incident", "XXA:1", "--by", "Bolot", "--output", &of_b];
    rig::entente(&[["incident", "export", &recording].as_slice(), &export].concat());
    rig::entente(&["incident", "verify", &of_b]);
}
