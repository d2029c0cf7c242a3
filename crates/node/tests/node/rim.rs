//! The rim on real sockets of this machine, around a toy engine that repeats what it is told.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use futures_util::{SinkExt, StreamExt};
use node::clock::Clock;
use node::config::{Config, feed_from_url};
use node::event::{ConsoleId, DeliveryKind, Event, Handle, Outbox};
use node::message;
use node::metrics::Metrics;
use node::runtime::Recorder;
use node::service::Node;
use node::wire::{Refused, ServerMessage};
use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use surveillance::Time;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_tungstenite::tungstenite::{self, Message, client::IntoClientRequest};

/// Repeats each event to the test, and to all consoles as text.
struct Echo {
    consoles: BTreeSet<ConsoleId>,
    heard: UnboundedSender<Event>,
}

fn said(text: &str) -> bytes::Bytes {
    let refused = Refused { asked: text.into(), reason: String::new() };
    message::encode(&ServerMessage::Refused(refused))
}

impl Handle for Echo {
    fn handle(&mut self, event: &Event, _: Time, outbox: &mut Outbox) {
        match event {
            Event::Tick => return,
            Event::ConsoleJoined { console } => {
                self.consoles.insert(*console);
                outbox.send(vec![*console], DeliveryKind::Once, said("hello"));
            }
            Event::ConsoleLeft { console } => {
                self.consoles.remove(console);
            }
            Event::ConsoleShed { console, .. } => {
                outbox.send(vec![*console], DeliveryKind::Snapshot, said("full"));
            }
            Event::Received { bytes, .. } => {
                let to = self.consoles.iter().copied().collect();
                outbox.send(to, DeliveryKind::Change, bytes.clone().into());
            }
            _ => {}
        }
        // The test may be over.
        let _ = self.heard.send(event.clone());
    }

    fn metrics(&self, _: Time) -> Metrics {
        Metrics { tracks: 3, ..Metrics::default() }
    }
}

/// What the fake recorder was told, in order.
#[derive(Clone, Default)]
struct Tape(Arc<Mutex<Vec<String>>>, Arc<AtomicBool>);

impl Recorder for Tape {
    fn record(&mut self, batch: &[(Time, Event)]) -> io::Result<()> {
        if self.1.load(Ordering::Relaxed) {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the disk is full"));
        }
        let mut tape = self.0.lock().unwrap();
        tape.extend(batch.iter().filter(|(_, e)| *e != Event::Tick).map(|(_, e)| format!("{e:?}")));
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.lock().unwrap().push("synced".into());
        Ok(())
    }
}

struct Rig {
    node: Node,
    heard: UnboundedReceiver<Event>,
    tape: Tape,
}

impl Rig {
    async fn new(feeds: &[String]) -> Self {
        let mut config = Config::default();
        config.console.listen = "127.0.0.1:0".parse().unwrap();
        config.feeds = feeds.iter().map(|url| feed_from_url(url).unwrap()).collect();
        let (told, heard) = unbounded_channel();
        let (engine, tape) = (Echo { consoles: BTreeSet::new(), heard: told }, Tape::default());
        let node = Node::start(&config, Arc::new(Clock::new()), engine, tape.clone(), &[]);
        Self { node: node.await.unwrap(), heard, tape }
    }

    /// The next event that `wanted` accepts; others are passed over.
    async fn hear(&mut self, wanted: impl Fn(&Event) -> bool) -> Event {
        loop {
            let event = self.heard.recv().await.unwrap();
            if wanted(&event) {
                return event;
            }
        }
    }

    async fn hear_bytes(&mut self, expected: &[u8]) {
        self.hear(|event| matches!(event, Event::Received { bytes, .. } if bytes == expected))
            .await;
    }

    fn bound(&self) -> SocketAddr {
        self.node.feeds_bound[0].unwrap()
    }

    async fn get(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.node.console).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }
}

fn request(path: &str, host: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn a_receiver_that_disconnects_and_returns_is_heard_again() {
    let receiver = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("beast+tcp://{}", receiver.local_addr().unwrap());
    let mut rig = Rig::new(&[url]).await;
    for text in [b"first", b"again"] {
        let (mut stream, _) = receiver.accept().await.unwrap();
        rig.hear(|event| matches!(event, Event::FeedConnected { .. })).await;
        stream.write_all(text).await.unwrap();
        rig.hear_bytes(text).await;
        drop(stream);
        let lost = rig.hear(|event| matches!(event, Event::FeedLost { .. })).await;
        assert!(format!("{lost:?}").contains("the sender closed the connection"));
    }
}

#[tokio::test]
async fn a_receiver_that_connects_to_the_node_is_replaced_by_a_newer_one() {
    let mut rig = Rig::new(&["avr+listen://127.0.0.1:0".into()]).await;
    let mut old = TcpStream::connect(rig.bound()).await.unwrap();
    old.write_all(b"old").await.unwrap();
    rig.hear_bytes(b"old").await;
    let mut new = TcpStream::connect(rig.bound()).await.unwrap();
    new.write_all(b"new").await.unwrap();
    rig.hear(|event| matches!(event, Event::FeedLost { .. })).await;
    rig.hear_bytes(b"new").await;
}

#[tokio::test]
async fn datagrams_come_whole_and_with_their_sender() {
    let mut rig = Rig::new(&["asterix+udp://127.0.0.1:0".into()]).await;
    let sender = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    sender.send_to(b"block", rig.bound()).await.unwrap();
    let event = rig.hear(|event| matches!(event, Event::Received { .. })).await;
    let Event::Received { bytes, source, .. } = event else { unreachable!() };
    assert_eq!((bytes.as_slice(), source), (b"block".as_slice(), sender.local_addr().ok()));
}

#[tokio::test]
async fn a_multicast_group_is_joined_on_the_chosen_interface() {
    let url = "asterix+udp://239.255.71.3:0?interface=127.0.0.1".to_owned();
    let mut rig = Rig::new(&[url]).await;
    let sender = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::DGRAM, None).unwrap();
    sender.set_multicast_if_v4(&std::net::Ipv4Addr::LOCALHOST).unwrap();
    let group = SocketAddr::new("239.255.71.3".parse().unwrap(), rig.bound().port());
    sender.send_to(b"to the group", &group.into()).unwrap();
    rig.hear_bytes(b"to the group").await;
}

#[tokio::test]
async fn a_stop_handles_and_records_what_arrived_and_syncs_last() {
    let mut rig = Rig::new(&["asterix+udp://127.0.0.1:0".into()]).await;
    let sender = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    sender.send_to(b"last", rig.bound()).await.unwrap();
    rig.hear_bytes(b"last").await;
    assert!(rig.node.stop().await);
    let tape = rig.tape.0.lock().unwrap();
    assert!(tape.iter().any(|line| line.starts_with("Received")), "{tape:?}");
    assert_eq!(tape.last().unwrap(), "synced");
}

#[tokio::test]
async fn a_console_is_greeted_told_and_bid_farewell() {
    let mut rig = Rig::new(&["asterix+udp://127.0.0.1:0".into()]).await;
    let url = format!("ws://{}/api/v1/live", rig.node.console);
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    let first = socket.next().await.unwrap().unwrap();
    let binary =
        |message: Message| matches!(message, Message::Binary(_)).then(|| message.into_data());
    // The first ping may overtake the greeting.
    let first = if first.is_ping() { socket.next().await.unwrap().unwrap() } else { first };
    assert_eq!(binary(first), Some(said("hello")));

    let question = b"\x82\xa4type\xa6select\xa6number\x07".to_vec();
    socket.send(Message::Binary(question.into())).await.unwrap();
    let asked = rig.hear(|event| matches!(event, Event::ConsoleAsked { .. })).await;
    assert!(format!("{asked:?}").contains("Select { number: Some(7) }"));

    socket.send(Message::Binary(b"\xc1".to_vec().into())).await.unwrap();
    let mut refusal = socket.next().await.unwrap().unwrap();
    while !refusal.is_binary() {
        refusal = socket.next().await.unwrap().unwrap();
    }
    assert!(String::from_utf8_lossy(&refusal.into_data()).contains("unreadable message"));

    let stopping = tokio::spawn(rig.node.stop());
    let close = loop {
        if let Message::Close(frame) = socket.next().await.unwrap().unwrap() {
            break frame.unwrap();
        }
    };
    assert_eq!(close.reason.as_str(), "the node stops");
    assert!(stopping.await.unwrap());
}

#[tokio::test]
async fn one_console_more_than_there_are_seats_is_told_so_and_gets_the_next_that_is_free() {
    let mut rig = Rig::new(&[]).await;
    let url = format!("ws://{}/api/v1/live", rig.node.console);
    let mut seated = Vec::new();
    for _ in 0..node::consoles::CONSOLES_MAX {
        seated.push(tokio_tungstenite::connect_async(&url).await.expect("a seat").0);
    }
    let refused = tokio_tungstenite::connect_async(&url).await.expect_err("none is free");
    assert!(refused.to_string().contains("503"), "{refused}");
    drop(seated.pop());
    rig.hear(|event| matches!(event, Event::ConsoleLeft { .. })).await;
    tokio_tungstenite::connect_async(&url).await.expect("the seat that is free again");
}

#[tokio::test]
async fn a_console_that_does_not_read_is_resynchronised_when_it_reads_again() {
    let mut rig = Rig::new(&["beast+listen://127.0.0.1:0".into()]).await;
    let url = format!("ws://{}/api/v1/live", rig.node.console);
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    rig.hear(|event| matches!(event, Event::ConsoleJoined { .. })).await;

    // More than the sockets' buffers and the console's queue hold together.
    let mut receiver = TcpStream::connect(rig.bound()).await.unwrap();
    receiver.write_all(&vec![7; 24 << 20]).await.unwrap();
    drop(receiver);
    rig.hear(|event| matches!(event, Event::FeedLost { .. })).await;

    while socket.next().await.unwrap().unwrap().into_data() != said("full") {}
    let metrics = rig.get(&request("/metrics", "localhost")).await;
    let shed = metrics.lines().find_map(|l| l.strip_prefix("entente_console_messages_shed_total "));
    assert!(shed.unwrap().parse::<u64>().unwrap() > 0);
}

#[tokio::test]
async fn pages_of_other_sites_and_other_hosts_are_refused() {
    let rig = Rig::new(&[]).await;
    let refused = rig.get(&request("/", "evil.example")).await;
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");

    let url = format!("ws://{}/api/v1/live", rig.node.console);
    let mut upgrade = url.into_client_request().unwrap();
    upgrade.headers_mut().insert("origin", "http://evil.example".parse().unwrap());
    let error = tokio_tungstenite::connect_async(upgrade).await.unwrap_err();
    let tungstenite::Error::Http(response) = error else { panic!("{error}") };
    assert_eq!(response.status(), 403);
}

#[tokio::test]
async fn health_and_measures_are_told() {
    let mut rig = Rig::new(&["asterix+udp://127.0.0.1:0".into()]).await;
    rig.hear(|event| matches!(event, Event::FeedConnected { .. })).await;
    let health = rig.get(&request("/healthz", "localhost")).await;
    assert!(health.starts_with("HTTP/1.1 200") && health.contains("\"status\":\"ok\""), "{health}");
    let metrics = rig.get(&request("/metrics", "127.0.0.1:1")).await;
    let body = metrics.split_once("\r\n\r\n").unwrap().1;
    for line in body.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(name.starts_with("entente_") && value.parse::<f64>().is_ok(), "{line}");
    }
    assert!(body.contains("entente_recording_ok 1.0") && body.ends_with("# EOF\n"), "{body}");
}

#[tokio::test]
async fn a_recording_that_cannot_be_written_is_told_and_blinds_nobody() {
    let mut rig = Rig::new(&["asterix+udp://127.0.0.1:0".into()]).await;
    rig.tape.1.store(true, Ordering::Relaxed);
    let sender = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    sender.send_to(b"block", rig.bound()).await.unwrap();
    rig.hear_bytes(b"block").await;
    let health = rig.get(&request("/healthz", "localhost")).await;
    assert!(health.starts_with("HTTP/1.1 503") && health.contains("the disk is full"), "{health}");
}

#[tokio::test]
async fn the_page_is_served_under_a_strict_policy() {
    let rig = Rig::new(&[]).await;
    let page = rig.get(&request("/", "localhost:8480")).await.to_lowercase();
    assert!(page.starts_with("http/1.1 200") && page.contains("<title>entente"), "{page}");
    for header in ["content-security-policy: default-src 'none'", "x-content-type-options: nosniff"]
    {
        assert!(page.contains(header), "{page}");
    }
    let absent = rig.get(&request("/../Cargo.toml", "localhost")).await;
    assert!(absent.starts_with("HTTP/1.1 404") || absent.starts_with("HTTP/1.1 400"), "{absent}");
}
