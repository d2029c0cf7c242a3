//! Real nodes, each a process with a folder of its own, and what can be asked of them.

use node::wire::{PartnerRow, ServerMessage};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tungstenite::{Message, WebSocket, client};

/// How long anything may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// `from` gives `to` what flies west of Los Angeles and all around it.
pub(crate) fn accord(from: &str, to: &str) -> String {
    let id = format!("{from}-{to}").to_lowercase();
    format!(
        r#"
form = 1
accord = "{id}"
title = "{from} tells {to}"
nature = "illustration"
[[party]]
id = "{from}"
name = "{from}"
[[party]]
id = "{to}"
name = "{to}"
[instruments]
requires = ["signature"]
signed = {{ date = 2020-01-01 }}
in_force = 2020-01-01
term = "5 years"
renewal = "automatic"
[[article]]
number = "1"
kind = "release.tracks"
from = ["{from}"]
to = ["{to}"]
area = [{{ polygon = [[30.0, -125.0], [40.0, -125.0], [40.0, -110.0], [30.0, -110.0]] }}]
fields = ["position", "level", "velocity", "address", "identity"]
precision = {{ position_nm = 1.0, velocity_kt = 10.0 }}
[[article]]
number = "2"
kind = "release.incidents"
from = ["{from}"]
to = ["{to}"]
area = [{{ anywhere = true }}]
fields = ["alerts", "content"]
[[article]]
number = "3"
kind = "assistance"
from = ["{from}"]
to = ["{to}"]
purposes = ["assistance"]
answer_within = "1 hour"
"#
    )
}

/// A port that nobody has now.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Folders of several parties that have exchanged identities and signed accords.
pub(crate) struct Scene {
    pub(crate) folder: TempDir,
}

pub(crate) fn entente(words: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_entente")).args(words).output().expect("it runs");
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{words:?}: {said}");
    String::from_utf8_lossy(&out.stdout).into_owned()
}

impl Scene {
    /// `accords` are pairs of who tells whom.
    pub(crate) fn new(parties: &[&str], accords: &[(&str, &str)]) -> Self {
        let scene = Self { folder: tempfile::tempdir().expect("a folder") };
        fs::create_dir(scene.path("accords")).expect("a folder");
        fs::create_dir(scene.path("partners")).expect("a folder");
        for (from, to) in accords {
            let file = scene.path("accords").join(format!("{from}-{to}.toml"));
            fs::write(file, accord(from, to)).expect("it is written");
        }
        for party in parties {
            let folder = scene.path(party);
            fs::create_dir(&folder).expect("a folder");
            let keys = folder.join("keys");
            entente(&["keys", "make", keys.to_str().expect("a path"), "--party", party]);
            let identity = scene.path("partners").join(format!("{party}.pem"));
            fs::copy(keys.join("identity.pem"), identity).expect("it is copied");
        }
        scene
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes the configuration of `party`: `listen` is an address or nothing, `partners` are names
    /// and addresses to connect to, or nothing.
    pub(crate) fn configure(
        &self,
        party: &str,
        listen: &str,
        partners: &[(&str, &str)],
        feed: Option<&str>,
    ) {
        let mut text = format!(
            "[node]\nname = \"{party}\"\nparty = \"{party}\"\n\
             [console]\nlisten = \"127.0.0.1:0\"\n\
             [recording]\ndirectory = \"{}\"\n\
             [accords]\nfiles = [\"../accords\"]\n[link]\n",
            self.path(party).join("recording").display()
        );
        if !listen.is_empty() {
            text += &format!("listen = \"{listen}\"\n");
        }
        for (partner, address) in partners {
            text += &format!(
                "[[partner]]\nparty = \"{partner}\"\nidentity = \"../partners/{partner}.pem\"\n"
            );
            if !address.is_empty() {
                text += &format!("connect = [\"{address}\"]\n");
            }
        }
        if let Some(address) = feed {
            text += &format!(
                "[[feed]]\nname = \"receiver\"\nformat = \"beast\"\nconnect = \"{address}\"\n\
                 sac = 1\nsic = 1\nlat = 33.94\nlon = -118.4\n"
            );
        }
        fs::write(self.path(party).join("node.toml"), text).expect("it is written");
    }

    pub(crate) fn start(&self, party: &str) -> Node {
        self.start_by(party, Command::new(env!("CARGO_BIN_EXE_entente")))
    }

    /// Starts with `command`, which is the program or what runs it.
    pub(crate) fn start_by(&self, party: &str, mut command: Command) -> Node {
        let log = fs::File::options().append(true).create(true).open(self.path(party).join("log"));
        let mut child = command
            .args(["--log", "info", "run", "--config"])
            .arg(self.path(party).join("node.toml"))
            .stdout(Stdio::piped())
            .stderr(log.expect("a log"))
            .spawn()
            .expect("the program starts");
        let mut out = BufReader::new(child.stdout.take().expect("its output is ours"));
        let mut line = String::new();
        out.read_line(&mut line).expect("it says where the console is");
        let log = fs::read_to_string(self.path(party).join("log")).unwrap_or_default();
        assert!(line.starts_with("console: "), "{party} did not start: {log}");
        let console = line.trim().trim_start_matches("console: http://").to_owned();
        Node { child, console, _out: out }
    }

    /// What `entente ledger verify` says of a proof from the ledger that `of` keeps about `with`.
    pub(crate) fn proved(&self, of: &str, with: &str, what: &[&str]) -> String {
        let [log, of, with] = [
            self.path(of).join("links").join(with.to_lowercase()).join("ledger"),
            self.path("partners").join(format!("{of}.pem")),
            self.path("partners").join(format!("{with}.pem")),
        ]
        .map(|path| path.display().to_string());
        let proof = self.path("proof.txt").display().to_string();
        let keys = ["--of", &of, "--with", &with];
        let prove = ["ledger", "prove", &log, "--output", &proof];
        entente(&[&prove[..], what, &keys].concat());
        entente(&[&["ledger", "verify", &proof][..], &keys].concat())
    }

    /// The ledger that `own` keeps about `partner`: numbers released, and numbers received, in
    /// order. Every file of it is held against its signed head.
    pub(crate) fn ledger(&self, own: &str, partner: &str) -> (Vec<u64>, Vec<u64>) {
        let folder = self.path(own).join("links").join(partner.to_lowercase()).join("ledger");
        let storage = ledger::FileStorage::existing(folder);
        let keys = |party: &str| {
            let text = fs::read_to_string(self.path("partners").join(format!("{party}.pem")));
            let party = party.parse().expect("a party");
            let text = text.expect("it is readable");
            node::link::keys::Identity::parse(&text, party).expect("it is sound").ledger
        };
        let origin = link::origin(own, partner);
        let (mut released, mut received) = (Vec::new(), Vec::new());
        let visit = |_, entry: &[u8], _: &[ledger::Hash]| match ledger::Entry::parse(entry) {
            Some(ledger::Entry::Release { sequence, .. }) => released.push(sequence),
            Some(ledger::Entry::Receipt { sequence, .. }) => received.push(sequence),
            _ => {}
        };
        ledger::audit::audit(&storage, &origin, &keys(own), &keys(partner), visit)
            .unwrap_or_else(|error| panic!("the ledger of {own} about {partner}: {error}"));
        (released, received)
    }
}

/// A running node; gone when its owner is.
pub(crate) struct Node {
    child: Child,
    pub(crate) console: String,
    _out: BufReader<std::process::ChildStdout>,
}

impl Node {
    /// SIGKILL.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it is ours");
        self.child.wait().expect("it is ours");
    }

    /// SIGTERM, and until it has ended.
    pub(crate) fn stop(mut self) {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
        assert!(asked.success());
        let ended = self.child.wait().expect("it is ours");
        assert!(ended.success(), "{ended}");
    }

    pub(crate) fn metrics(&self) -> Metrics {
        Metrics(String::from_utf8(self.get("/metrics")).expect("it is text"))
    }

    /// The body of what is at `path`, which must be there.
    pub(crate) fn get(&self, path: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.console).expect("the console listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a bound");
        // Of version 1.0, so that the body ends where the connection does.
        let request = format!("GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.console);
        stream.write_all(request.as_bytes()).expect("it takes a request");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it answers");
        let head = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("it has a head");
        assert!(
            answer.starts_with(b"HTTP/1.0 200"),
            "{}",
            String::from_utf8_lossy(&answer[..head])
        );
        answer.split_off(head + 4)
    }

    pub(crate) fn live(&self) -> Live {
        let stream = TcpStream::connect(&self.console).expect("the console listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a bound");
        let url = format!("ws://{}/api/v1/live", self.console);
        let (socket, _) = client(url, stream).expect("it is upgraded");
        Live(socket)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What `/metrics` said.
pub(crate) struct Metrics(pub(crate) String);

impl Metrics {
    /// The value of the line that begins so; none if there is none.
    pub(crate) fn value(&self, begin: &str) -> Option<f64> {
        let line = self.0.lines().find(|line| line.starts_with(begin))?;
        line.rsplit(' ').next()?.parse().ok()
    }

    /// How often a connection was refused for `reason`.
    pub(crate) fn refusals(&self, party: &str, reason: &str) -> u64 {
        let begin =
            format!("entente_link_refusals_total{{party=\"{party}\",reason=\"{reason}\"}} ");
        self.value(&begin).unwrap_or(0.0) as u64
    }
}

/// A node's own stream of events, as a console sees it.
pub(crate) struct Live(WebSocket<TcpStream>);

impl Live {
    /// The next that it is told.
    fn message(&mut self) -> ServerMessage {
        loop {
            if let Message::Binary(bytes) = self.0.read().expect("it goes on") {
                return rmp_serde::from_slice(&bytes).expect("a message");
            }
        }
    }

    /// The next row of `party` in the partners panel.
    pub(crate) fn row(&mut self, party: &str) -> PartnerRow {
        loop {
            if let ServerMessage::Partners(partners) = self.message()
                && let Some(row) = partners.rows.into_iter().find(|row| row.party == party)
            {
                return row;
            }
        }
    }

    /// Reads on until the row of `party` is as wanted. A minute and a half of rows at most.
    pub(crate) fn until(
        &mut self,
        party: &str,
        wanted: impl Fn(&PartnerRow) -> bool,
    ) -> PartnerRow {
        let mut last = None;
        for _ in 0..90 {
            let row = self.row(party);
            if wanted(&row) {
                return row;
            }
            last = Some(row);
        }
        panic!("the row of {party} stays {last:?}")
    }

    /// Reads on until the newest incident is as wanted, for as long as a test may take.
    pub(crate) fn until_incident(
        &mut self,
        wanted: impl Fn(&node::wire::IncidentRow) -> bool,
    ) -> node::wire::IncidentRow {
        loop {
            match self.message() {
                ServerMessage::Incidents(list) => {
                    if let Some(row) = list.rows.into_iter().next()
                        && wanted(&row)
                    {
                        return row;
                    }
                }
                ServerMessage::Refused(refused) => panic!("{refused:?}"),
                _ => {}
            }
        }
    }

    /// Reads on until a track is described as wanted, for as long as a test may take.
    pub(crate) fn until_described(
        &mut self,
        wanted: impl Fn(&node::wire::TrackDescription) -> bool,
    ) -> node::wire::TrackDescription {
        loop {
            if let ServerMessage::Picture(picture) = self.message()
                && let Some(found) = picture.descriptions.into_iter().find(&wanted)
            {
                return found;
            }
        }
    }

    /// Reads on until the only request is as wanted, for as long as a test may take.
    pub(crate) fn until_request(
        &mut self,
        wanted: impl Fn(&node::wire::RequestRow) -> bool,
    ) -> node::wire::RequestRow {
        loop {
            match self.message() {
                ServerMessage::Requests(list) => {
                    assert!(list.rows.len() <= 1, "{} requests", list.rows.len());
                    if let Some(row) = list.rows.into_iter().next()
                        && wanted(&row)
                    {
                        return row;
                    }
                }
                ServerMessage::Refused(refused) => panic!("{refused:?}"),
                _ => {}
            }
        }
    }

    /// Asks as a console does.
    pub(crate) fn ask(&mut self, message: &node::wire::ClientMessage) {
        let bytes = rmp_serde::to_vec_named(message).expect("it has a form");
        self.0.send(Message::Binary(bytes.into())).expect("it takes questions");
    }
}

/// A receiver at Los Angeles that repeats its recording, as fast as it came.
pub(crate) struct Receiver {
    child: Child,
    pub(crate) address: String,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/modes/lax_public_first400s.beast.gz");
        let mut child = Command::new(env!("CARGO_BIN_EXE_entente"))
            .args(["--log", "error", "play", path, "--listen", "127.0.0.1:0", "--loop"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output is ours");
        BufReader::new(out).read_line(&mut line).expect("it says where");
        Self { child, address: line.trim().trim_start_matches("playing on ").to_owned() }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Bytes of every batch of `partner` in the journal of `own`, in order.
pub(crate) fn told(scene: &Scene, own: &str, partner: &str) -> Vec<Vec<u8>> {
    use node::event::Event;
    use node::journal::{Entries, Entry};
    let mut entries = Entries::open(&scene.path(own).join("recording")).expect("it opens");
    let mut bodies = Vec::new();
    while let Some((_, entry)) = entries.read().expect("it is readable") {
        if let Entry::Event(Event::PartnerTold { party, body }) = entry
            && party.as_str() == partner
        {
            bodies.push(body);
        }
    }
    bodies
}
