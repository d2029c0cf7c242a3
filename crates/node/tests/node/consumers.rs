//! Other people's systems at a running node: what they are given, and when it stops.

use crate::sbs::northbound;
use accord::{Cadence, PartnerFeed, PartyId, Policy, Released};
use geodesy::{Enu, Geodetic};
use node::clock::Clock;
use node::config::{self, Config};
use node::consumer::Consumers;
use node::event::{ConsumerNews, Event, FeedIndex, Handle, Outbox};
use node::setup::{self, Occasion};
use node::wire::SourceKind;
use picture::Identity;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair,
};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use surveillance::{Address, Callsign, Codes, Time};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

const ACCORD: &str = r#"
form = 1
accord = "xxa-xxb"
title = "Two neighbours"
nature = "illustration"

[[party]]
id = "XXA"
name = "A"
[[party]]
id = "XXB"
name = "B"

[instruments]
requires = ["signature"]
signed = { date = 2020-01-01 }
in_force = 2020-01-01

[[article]]
number = "1"
kind = "release.tracks"
from = ["XXA"]
to = ["XXB"]
area = [{ anywhere = true }]
fields = ["position", "level", "velocity", "address", "identity"]
"#;

pub(crate) fn party(name: &str) -> PartyId {
    name.parse().expect("a party")
}

/// Keys of XXA as `entente keys make` lays them out.
pub(crate) fn make_keys(folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    let authority_key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // OpenSSL takes a certificate whose issuer has its own name for one that nobody else signed.
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "authority");
    let authority = params.self_signed(&authority_key).expect("a certificate");
    let issuer = Issuer::new(params, authority_key);
    let key = KeyPair::generate().expect("a key");
    let mut params =
        CertificateParams::new(vec!["xxa.entente.internal".to_owned(), "localhost".to_owned()])
            .expect("parameters");
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    let certificate = params.signed_by(&key, &issuer).expect("a certificate");
    let signer = ledger::Signer::from_seed("xxa.entente.internal", [7; 32]).expect("a key");
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("it is written");
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&path, mode).expect("it has a mode");
    };
    write("certificate.pem", certificate.pem());
    write("key.pem", key.serialize_pem());
    write("ledger.key", signer.to_secret_text());
    write("identity.pem", format!("{}ledger {}\n", authority.pem(), signer.key()));
    write("authority.pem", authority.pem());
}

pub(crate) fn load(folder: &Path, consumers: &str) -> Config {
    make_keys(&folder.join("keys"));
    let text = format!("[node]\nparty = \"XXA\"\n{consumers}");
    std::fs::write(folder.join("node.toml"), text).expect("it is written");
    Config::load(&folder.join("node.toml")).expect("a configuration")
}

/// What XXB is released now of one airliner.
pub(crate) struct Engine {
    policy: Policy,
    feed: PartnerFeed,
    clock: Arc<Clock>,
    slot: i64,
}

impl Engine {
    pub(crate) fn new(clock: Arc<Clock>) -> Self {
        let reading = accord::read("test", ACCORD).expect("an accord");
        let policy = Policy::new(party("XXA"), vec![Arc::new(reading.accord)]).expect("a policy");
        Self { policy, feed: PartnerFeed::new(party("XXB"), Cadence::default()), clock, slot: 0 }
    }

    pub(crate) fn released(&mut self) -> Released<accord::Batch> {
        // Each call is a slot of its own.
        let now = self.clock.now().plus_seconds(self.slot as f64);
        self.slot += 1;
        let subject = airliner(now);
        self.feed.update(now, &self.policy, [&subject]).expect("an accord in force")
    }
}

fn airliner(time: Time) -> accord::Subject {
    accord::Subject {
        position: Geodetic::from_degrees(42.5, 74.25, 10_000.0),
        level_m: Some(10_668.0),
        velocity: Some(Enu { east: 200.0, north: -50.0, up: 0.0 }),
        codes: Codes {
            address: Some(Address::icao(0x60_1234)),
            callsign: Callsign::new("SECRET1"),
            ..Codes::default()
        },
        identity: Identity::Civil,
        ..accord::Subject::bare(accord::OwnNumber(1), accord::ObjectKind::Track, time)
    }
}

async fn get(address: std::net::SocketAddr, path: &str) -> String {
    let mut socket = TcpStream::connect(address).await.expect("it listens");
    let ask = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    socket.write_all(ask.as_bytes()).await.expect("it is sent");
    let mut text = String::new();
    socket.read_to_string(&mut text).await.expect("an answer");
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_gets_what_its_party_is_released_until_that_stops() {
    let folder = tempfile::tempdir().expect("a folder");
    let start: Time = "2026-11-24T12:00:00Z".parse().expect("an instant");
    let map = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let config = load(
        folder.path(),
        &format!(
            "[[consumer]]\nname = \"web\"\nparty = \"XXB\"\nformat = \"readsb\"\n\
             listen = \"127.0.0.1:0\"\n\
             [[consumer]]\nname = \"lines\"\nparty = \"XXB\"\nformat = \"sbs\"\n\
             listen = \"127.0.0.1:0\"\n\
             [[consumer]]\nname = \"radar\"\nparty = \"XXB\"\nformat = \"asterix\"\nudp = \"{}\"\n\
             sac = 0\nsic = 7\n\
             [[consumer]]\nname = \"other\"\nparty = \"XXC\"\nformat = \"tables\"\n\
             listen = \"127.0.0.1:0\"\n",
            map.local_addr().expect("an address"),
        ),
    );
    // As good as stopped: how long the machine takes does not count.
    let clock = Arc::new(Clock::replaying(start, 1e-9));
    let consumers = Consumers::start(&config, &clock).await.expect("it starts");
    let bound: Vec<_> = consumers.bound().into_iter().flatten().collect();
    let (web, lines, other) = (bound[0], bound[1], bound[2]);
    assert!(get(web, "/data/aircraft.json").await.starts_with("HTTP/1.1 503"), "nothing yet");
    let mut socket = TcpStream::connect(lines).await.expect("it listens");
    let mut engine = Engine::new(clock.clone());
    consumers.tell(ConsumerNews::Released(engine.released()));
    let mut read = vec![0; 4096];
    let count = socket.read(&mut read).await.expect("lines");
    let said = String::from_utf8_lossy(&read[..count]).into_owned();
    assert!(said.contains("MSG,3,1,1,601234,1,"), "{said}");
    assert!(!said.contains("SECRET1"), "{said}");
    let count = map.recv(&mut read).await.expect("a datagram");
    assert!(count > 3 && [62, 65].contains(&read[0]), "{:?}", &read[..count]);
    let said = get(web, "/data/aircraft.json").await;
    assert!(said.starts_with("HTTP/1.1 200") && said.contains("\"hex\":\"601234\""), "{said}");
    assert!(get(web, "/data/receiver.json").await.contains("\"history\":"));
    assert!(get(other, "/tracks.csv").await.starts_with("HTTP/1.1 503"), "no accord with XXC");
    let rows = consumers.rows();
    assert_eq!((rows[0].objects, rows[0].nothing_because.as_deref()), (1, None));
    assert_eq!((rows[3].objects, rows[3].nothing_because.is_some()), (0, true));

    let reason = "xxa-xxb is suspended by XXA".to_owned();
    consumers.tell(ConsumerNews::Stopped { to: party("XXB"), reason: reason.clone() });
    assert!(get(web, "/data/aircraft.json").await.starts_with("HTTP/1.1 503"), "stopped");
    // The connection is ended, however much of it was under way.
    while matches!(socket.read(&mut read).await, Ok(count) if count > 0) {}
    assert_eq!(consumers.rows()[0].nothing_because.as_deref(), Some(reason.as_str()));

    consumers.hang_up().await;
    tokio::task::spawn_blocking(move || consumers.close()).await.expect("it ends");
    let ledger = folder.path().join("links/_consumers/xxb/ledger");
    assert!(ledger.join("checkpoint").exists(), "the ledger is signed: {ledger:?}");
}

/// What XXB is given of a conflict, as its text says it.
const ALERTS: &str = r#"
[[article]]
number = "2"
kind = "release.alerts"
from = ["XXA"]
to = ["XXB"]
area = [{ anywhere = true }]
fields = ["alerts", "content"]
"#;

/// Aircraft `id` on its way along 70° E, north or south, at 389 kt and FL 350.
fn along(id: &str, from: f64, northward: f64, second: u32) -> String {
    let latitude = from + northward * f64::from(second) * 200.0 / 111_120.0;
    let north = northbound(id, latitude, 70.0, "2511");
    if northward < 0.0 { north.replace(",389,0,", ",389,180,") } else { north }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_in_a_nodes_picture_goes_out_as_a_safety_net_message() {
    let folder = tempfile::tempdir().expect("a folder");
    let start: Time = "2026-11-24T12:00:00Z".parse().expect("an instant");
    let centre = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    std::fs::write(folder.path().join("accord.toml"), format!("{ACCORD}{ALERTS}")).expect("a file");
    let config = load(
        folder.path(),
        &format!(
            "[accords]\nfiles = [\"accord.toml\"]\n\
             [[feed]]\nname = \"hill\"\nformat = \"sbs\"\nconnect = \"127.0.0.1:1\"\nsac = 1\nsic = 1\n\
             [[consumer]]\nname = \"centre\"\nparty = \"XXB\"\nformat = \"asterix\"\nudp = \"{}\"\n\
             sac = 0\nsic = 7\nperiod_s = 1.0\n",
            centre.local_addr().expect("an address"),
        ),
    );
    let occasion = Occasion { source: SourceKind::Live, notice: None, started: start };
    let mut engine = setup::engine(&config, occasion);
    let mut released = Vec::new();
    let mut happen = |event: Event, seconds: f64| {
        let mut outbox = Outbox::default();
        engine.handle(&event, start.plus_seconds(seconds), &mut outbox);
        released.extend(outbox.consumers);
    };
    happen(Event::FeedConnected { feed: FeedIndex(0) }, 0.0);
    for second in 1..40 {
        // 40 km apart, 400 m nearer every second.
        let text = along("4CA123", 40.0, 1.0, second) + &along("4CA456", 40.36, -1.0, second);
        let bytes = text.into_bytes();
        happen(Event::Received { feed: FeedIndex(0), bytes, source: None }, f64::from(second));
        happen(Event::Tick, f64::from(second) + 0.5);
    }
    // As good as stopped: how long the machine takes does not count.
    let clock = Arc::new(Clock::replaying(start, 1e-9));
    let consumers = Consumers::start(&config, &clock).await.expect("it starts");
    released.into_iter().for_each(|news| consumers.tell(news));

    let editions = asterix::Editions::default();
    let mut datagram = vec![0; 65_536];
    let (mut addresses, mut warned) = (BTreeMap::new(), None);
    while warned.is_none() {
        let count = centre.recv(&mut datagram).await.expect("a datagram");
        for block in asterix::blocks(&datagram[..count]) {
            for record in block.expect("a block").records(&editions) {
                let fields = asterix::Fields::of(&record.expect("a record"));
                let raw = |path: &str| fields.get(path).map(|leaf| leaf.raw);
                assert_eq!((raw("010/SAC"), raw("010/SIC")), (Some(0), Some(7)));
                if fields.spec().category == 62 {
                    addresses.extend(raw("040").zip(raw("380/ADR")));
                }
                warned = warned.or((fields.spec().category == 4).then_some(fields));
            }
        }
    }
    let told = warned.expect("an alert");
    let raw = |path: &str| told.get(path).map(|leaf| leaf.raw);
    // Short term conflict, of the two tracks that CAT062 has under these numbers.
    assert_eq!(raw("000"), Some(7));
    assert!(raw("040").is_some());
    let two = ["030", "035"].map(|path| addresses[&raw(path).expect("a track's number")]);
    assert!(matches!(two, [0x4ca123, 0x4ca456] | [0x4ca456, 0x4ca123]), "{two:06x?}");
    let time = told.get("020").expect("a time").value();
    let second = time - 43_200.0;
    assert!((1.0..41.0).contains(&second), "{second}");
    // They are as far apart as they flew: 0.36° of latitude, at 40° 111,035 m to the degree.
    let expected = 0.36 * 111_035.0 - 400.0 * 111_035.0 / 111_120.0 * second;
    let apart = told.get("070/CHS").expect("a distance").value();
    assert!((apart - expected).abs() < 500.0, "{apart} {expected} after {second} s");
    let until = told.get("070/TCA").expect("a time").value();
    assert!((until - expected / 400.0).abs() < 3.0, "{until} {expected}");
    assert_eq!(told.get("070/CVS").expect("a distance").value(), 0.0);
    assert!(raw("120/CC/CS").is_some() && raw("120/CD").is_some());
    // Which area, and whose flight plan: no article lets that out.
    assert_eq!([raw("045/AREA/EP"), raw("075"), raw("100/AN")], [None; 3]);

    consumers.hang_up().await;
    tokio::task::spawn_blocking(move || consumers.close()).await.expect("it ends");
}

#[test]
fn a_consumer_that_cannot_be_is_one_line_with_place_and_remedy() {
    let check = |text: &str, expected: &str| {
        let found = config::parse("node.toml", text).expect_err(text).to_string();
        assert!(found.starts_with(expected), "{found}");
        assert!(found.contains("; ") || found.contains("expected"), "no remedy in {found}");
    };
    let consumer = |rest: &str| {
        format!("[[consumer]]\nname = \"map\"\nparty = \"XXB\"\nformat = \"sbs\"\n{rest}")
    };
    check(
        &consumer("listen = \"0.0.0.0:30003\"\n"),
        "node.toml:5:10: consumer[0].listen: 0.0.0.0:30003 can be reached by anybody",
    );
    check(&consumer(""), "node.toml:1:1: consumer[0].listen: is reached in no way or several");
    check(&consumer("udp = \"127.0.0.1:9\"\n"), "node.toml:5:7: consumer[0].udp: sbs is a stream");
    check(
        &consumer("listen = \"127.0.0.1:8480\"\n"),
        "node.toml:5:10: consumer[0].listen: 127.0.0.1:8480 is taken by [console]",
    );
    check(
        &consumer("listen = \"127.0.0.1:9\"\nkey = \"k.pem\"\n"),
        "node.toml:1:1: consumer[0].certificate: TLS wants certificate, key and authority",
    );
    check(
        &consumer("listen = \"127.0.0.1:9\"\ntopic = \"air\"\n"),
        "node.toml:6:9: consumer[0].topic: is for mqtt, not sbs",
    );
    let mqtt =
        |rest: &str| consumer(&format!("connect = \"broker:1883\"\n{rest}")).replace("sbs", "mqtt");
    check(&mqtt(""), "node.toml:1:1: consumer[0].topic: mqtt wants one");
    check(&mqtt("topic = \"air/#\"\n"), "node.toml:6:9: consumer[0].topic: \"air/#\" is no");
    check(&mqtt("topic = \"air\"\nqos = 2\n"), "node.toml:7:7: consumer[0].qos: there are 0");
    check(
        &mqtt("topic = \"air\"\npassword_file = \"secret\"\n"),
        "node.toml:7:17: consumer[0].password_file: would be sent to broker:1883 for anybody",
    );
    check(
        &consumer("listen = \"127.0.0.1:9\"\ntopic = \"air\"\n").replace("sbs", "mqtt"),
        "node.toml:1:1: consumer[0].connect: mqtt goes to a broker",
    );
    let own = consumer("listen = \"127.0.0.1:9\"\n").replace("XXB", "XXA");
    check(&own, "node.toml:3:9: consumer[0].party: XXA is this node's own party");
}
