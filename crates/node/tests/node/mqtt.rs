//! What a broker is given by a running node: `mosquitto` and its own client where they are installed
//! (Debian: mosquitto, mosquitto-clients), and brokers that misbehave.

#![expect(clippy::print_stderr, reason = "a test that is passed over says so")]

use crate::consumers::{Engine, load, party};
use node::clock::Clock;
use node::consumer::Consumers;
use node::event::ConsumerNews;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use surveillance::Time;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

fn clock() -> Arc<Clock> {
    let start: Time = "2026-11-24T12:00:00Z".parse().expect("an instant");
    // As good as stopped: how long the machine takes does not count.
    Arc::new(Clock::replaying(start, 1e-9))
}

fn consumer(address: SocketAddr, more: &str) -> String {
    let host = if more.contains("certificate") { "localhost" } else { "127.0.0.1" };
    format!(
        "[[consumer]]\nname = \"broker\"\nparty = \"XXB\"\nformat = \"mqtt\"\n\
         connect = \"{host}:{}\"\ntopic = \"air/xxa\"\n{more}",
        address.port()
    )
}

/// A broker of somebody else, ended with the test.
struct Mosquitto {
    _process: Child,
    log: Lines<BufReader<ChildStderr>>,
    address: SocketAddr,
}

impl Mosquitto {
    /// `None`, said, where it is not installed.
    async fn start(folder: &Path, more: &str) -> Option<Self> {
        // Debian has it where only root looks.
        let program = ["mosquitto", "/usr/sbin/mosquitto"]
            .into_iter()
            .find(|program| std::process::Command::new(program).arg("-h").output().is_ok());
        let Some(program) = program else {
            eprintln!("skipped: no mosquitto");
            return None;
        };
        if std::process::Command::new("mosquitto_sub").arg("--help").output().is_err() {
            eprintln!("skipped: no mosquitto_sub");
            return None;
        }
        // Free a moment ago: it takes no port from us, and says so where another has taken it since.
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let text = format!(
            "listener {} 127.0.0.1\nlog_dest stderr\nlog_type all\nuser root\n{more}",
            address.port()
        );
        let file = folder.join("mosquitto.conf");
        std::fs::write(&file, text).expect("it is written");
        let mut process = Command::new(program)
            .arg("-c")
            .arg(&file)
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("it starts");
        let stderr = process.stderr.take().expect("it is piped");
        let mut broker = Self { _process: process, log: BufReader::new(stderr).lines(), address };
        broker.until(" running").await;
        Some(broker)
    }

    /// Reads its log until it says this.
    async fn until(&mut self, said: &str) {
        let mut all = String::new();
        while let Some(line) = self.log.next_line().await.expect("its log") {
            if line.contains(said) {
                return;
            }
            all.push_str(&line);
            all.push('\n');
        }
        panic!("mosquitto never said {said:?}:\n{all}");
    }

    /// Its own client, which prints whether it was retained, topic and payload of each message.
    fn subscribe(&self, arguments: &[&str]) -> (Child, Lines<BufReader<ChildStdout>>) {
        let mut process = Command::new("mosquitto_sub")
            .args(["-V", "5", "-h", "localhost", "-p", &self.address.port().to_string()])
            .args(["-F", "%r %t %p"])
            .args(arguments)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("it starts");
        let stdout = process.stdout.take().expect("it is piped");
        (process, BufReader::new(stdout).lines())
    }
}

async fn line(lines: &mut Lines<BufReader<ChildStdout>>) -> String {
    lines.next_line().await.expect("a line").expect("it goes on")
}

/// The first message of these topics, of a client that has just come.
async fn retained(broker: &Mosquitto, arguments: &[&str]) -> String {
    let (_process, mut lines) = broker.subscribe(arguments);
    line(&mut lines).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_holds_what_stands_and_nothing_once_that_stops() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(mut broker) = Mosquitto::start(folder.path(), "allow_anonymous true\n").await else {
        return;
    };
    let config = load(folder.path(), &consumer(broker.address, "qos = 1\n"));
    let clock = clock();
    let consumers = Consumers::start(&config, &clock).await.expect("it starts");
    broker.until("air/xxa/state").await;
    // One who is there all the time.
    let (_process, mut all) = broker.subscribe(&["-t", "air/#"]);
    let withheld = line(&mut all).await;
    assert_eq!(withheld, r#"1 air/xxa/state {"state":"withheld","period_s":1.0}"#);
    let mut engine = Engine::new(clock.clone());
    consumers.tell(ConsumerNews::Released(engine.released()));
    let track = line(&mut all).await;
    let (topic, payload) = track.strip_prefix("0 ").and_then(|t| t.split_once(' ')).expect(&track);
    assert!(topic.starts_with("air/xxa/tracks/"), "{topic}");
    let told: Value = serde_json::from_str(payload).expect("JSON");
    assert_eq!(told["address"], "601234");
    assert_eq!((told["lat_deg"].as_f64(), told["lon_deg"].as_f64()), (Some(42.5), Some(74.25)));
    assert!(!payload.contains("SECRET1"), "{payload}");
    assert_eq!(line(&mut all).await, r#"0 air/xxa/state {"state":"online","period_s":1.0}"#);
    // One who comes later has the same, from the broker.
    assert_eq!(retained(&broker, &["-t", "air/xxa/tracks/+"]).await, track.replacen('0', "1", 1));

    let stop = ConsumerNews::Stopped { to: party("XXB"), reason: "suspended".to_owned() };
    consumers.tell(stop);
    // The connection is reset, of which the broker tells; then the topic is emptied.
    let mut after = Vec::new();
    while after.last().is_none_or(|said: &String| !said.contains("withheld")) {
        after.push(line(&mut all).await);
    }
    let emptied = format!("0 {topic} ");
    assert!(after.iter().any(|said| said.contains("offline")), "{after:?}");
    assert!(after.contains(&emptied), "{after:?}");
    assert!(!after.iter().any(|said| said.contains("601234")), "{after:?}");
    // A broker speaks of a client's topics in the order that it asked for them.
    let first = retained(&broker, &["-t", "air/xxa/tracks/+", "-t", "air/xxa/state"]).await;
    assert!(first.contains("withheld"), "{first}");

    consumers.tell(ConsumerNews::Released(engine.released()));
    while !line(&mut all).await.contains("online") {}
    consumers.hang_up().await;
    let mut last = Vec::new();
    while last.last().is_none_or(|said: &String| !said.contains("offline")) {
        last.push(line(&mut all).await);
    }
    assert!(last.iter().any(|said| said.ends_with(' ')), "emptied before it went: {last:?}");
    tokio::task::spawn_blocking(move || consumers.close()).await.expect("it ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_wants_certificate_and_password_gets_them() {
    let folder = tempfile::tempdir().expect("a folder");
    crate::consumers::make_keys(&folder.path().join("keys"));
    let password = folder.path().join("password");
    std::fs::write(&password, "a secret\n").expect("it is written");
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&password, mode).expect("it has a mode");
    }
    let users = folder.path().join("users");
    let made = std::process::Command::new("mosquitto_passwd")
        .args(["-b", "-c"])
        .arg(&users)
        .args(["xxa", "a secret"])
        .output();
    if made.is_err() {
        eprintln!("skipped: no mosquitto_passwd");
        return;
    }
    let keys = folder.path().join("keys").display().to_string();
    let more = format!(
        "allow_anonymous false\npassword_file {}\ncafile {keys}/authority.pem\n\
         certfile {keys}/certificate.pem\nkeyfile {keys}/key.pem\nrequire_certificate true\n",
        users.display()
    );
    let Some(mut broker) = Mosquitto::start(folder.path(), &more).await else { return };
    let more = "certificate = \"keys/certificate.pem\"\nkey = \"keys/key.pem\"\n\
                authority = \"keys/authority.pem\"\nuser = \"xxa\"\npassword_file = \"password\"\n";
    // The same keys as the broker has: they are not made again.
    let text = format!("[node]\nparty = \"XXA\"\n{}", consumer(broker.address, more));
    std::fs::write(folder.path().join("node.toml"), text).expect("it is written");
    let config = node::config::Config::load(&folder.path().join("node.toml")).expect("sound");
    let consumers = Consumers::start(&config, &clock()).await.expect("it starts");
    broker.until("'air/xxa/state'").await;
    assert_eq!(consumers.rows()[0].clients, 1);
    consumers.hang_up().await;
}

/// What each of these answers ends in: the node goes on, and counts it.
#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_misbehaves_is_left_and_counted() {
    let answers: [&[u8]; 5] = [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x20\x03\x00\x87\x00",
        b"\x20\xff\xff\xff\xff\x7f",
        b"\x20\x05\x00\x00\x02\x25\x00",
        b"\xd0\x00",
    ];
    for answer in answers {
        let folder = tempfile::tempdir().expect("a folder");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let config = load(folder.path(), &consumer(address, ""));
        let consumers = Consumers::start(&config, &clock()).await.expect("it starts");
        let (mut socket, _) = listener.accept().await.expect("it connects");
        let mut hello = [0; 256];
        let count = socket.read(&mut hello).await.expect("a CONNECT");
        assert!(hello[..count].starts_with(&[0x10]), "{:?}", &hello[..count]);
        socket.write_all(answer).await.expect("it is sent");
        // To the end of the connection, or its reset.
        while matches!(socket.read(&mut hello).await, Ok(count) if count > 0) {}
        drop(socket);
        consumers.hang_up().await;
        let row = consumers.rows().remove(0);
        assert_eq!((row.refused, row.clients), (1, 0), "{answer:?}");
    }
}
