//! A console that looks back: the recorded picture of an instant, and what comes after it.

use crate::kept_alerts::{self, at};
use crate::sbs::northbound;
use futures_util::{SinkExt, StreamExt};
use node::clock::Clock;
use node::config::{Config, feed_from_url};
use node::event::{ConsoleId, Event, FeedIndex};
use node::past::PASTS_MAX;
use node::runtime::NoRecorder;
use node::service::Node;
use node::setup::{self, Occasion};
use node::wire::{ClientMessage, Identity, SensorHealth, ServerMessage, SourceKind};
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Message, protocol::CloseFrame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

const FEED: FeedIndex = FeedIndex(0);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

fn config(folder: &Path) -> Config {
    let mut config = Config::default();
    config.console.listen = "127.0.0.1:0".parse().expect("an address");
    config.recording.directory = folder.to_owned();
    config.feeds = vec![feed_from_url("sbs+tcp://127.0.0.1:1?name=hill").expect("a feed")];
    config
}

/// Five minutes of one aircraft that flies north, and of another that comes in the third; somebody who gave the first one its identity after two minutes and a half.
fn record(folder: &Path) {
    let mut node = kept_alerts::Node::start(&config(folder), 0.0);
    let console = ConsoleId(1);
    node.happen(Event::ConsoleAsked {
        console,
        message: ClientMessage::Select { number: Some(1) },
    });
    fly(&mut node, 1..300);
    node.kill();
}

fn fly(node: &mut kept_alerts::Node, during: std::ops::Range<u32>) {
    for second in during {
        node.second = f64::from(second);
        let north = node.second * 0.0018;
        let mut text = northbound("4CA123", 40.0 + north, 70.5, "1234");
        if second >= 180 {
            text.push_str(&northbound("600001", 41.0 + north, 71.5, "4321"));
        }
        let bytes = text.into_bytes();
        node.happen(Event::Received { feed: FEED, bytes, source: None });
        if second == 150 {
            let message = ClientMessage::SetIdentity {
                number: 1,
                identity: Identity::Neutral,
                why: "Spoke to the crew".into(),
                by: "Asel".into(),
            };
            node.happen(Event::ConsoleAsked { console: ConsoleId(1), message });
        }
        node.second += 0.5;
        node.happen(Event::Tick);
    }
}

/// A node that has that recording and runs now.
async fn node(folder: &Path) -> Node {
    let config = config(folder);
    let clock = Arc::new(Clock::new());
    let occasion = Occasion { source: SourceKind::Live, notice: None, started: clock.now() };
    let engine = setup::engine(&config, occasion);
    Node::start(&config, clock, engine, NoRecorder, &[]).await.expect("it starts")
}

async fn look_back(node: &Node, seconds: f64, speed: f64) -> Socket {
    let past_ms = at(seconds).unix_millis();
    let url = format!("ws://{}/api/v1/live?past_ms={past_ms}&speed={speed}", node.console);
    tokio_tungstenite::connect_async(url).await.expect("it connects").0
}

/// The next message, or how the other side closed.
async fn next(socket: &mut Socket) -> Result<ServerMessage, Option<CloseFrame>> {
    loop {
        match socket.next().await.expect("an end is told").expect("a sound frame") {
            Message::Binary(body) => return Ok(rmp_serde::from_slice(&body).expect("a message")),
            Message::Close(frame) => return Err(frame),
            _ => {}
        }
    }
}

/// Time, and address, latitude and identity of all tracks, of the first whole picture.
async fn picture(socket: &mut Socket) -> (f64, Vec<(String, f64, Identity)>) {
    loop {
        let ServerMessage::Picture(picture) = next(socket).await.expect("a message") else {
            continue;
        };
        assert!(picture.full, "the first is whole");
        let place = |number: u32| {
            let row = picture.states.number.iter().position(|one| *one == number).expect("a row");
            f64::from(picture.states.lat_e6[row]) / 1e6
        };
        let mut found: Vec<_> = (picture.descriptions.iter())
            .map(|one| (one.address.clone().unwrap_or_default(), place(one.number), one.identity))
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        return (picture.time_ms, found);
    }
}

#[tokio::test]
async fn an_instant_is_shown_as_it_was_and_stands() {
    let folder = tempfile::tempdir().expect("a folder");
    record(folder.path());
    let node = node(folder.path()).await;
    let mut socket = look_back(&node, 100.0, 0.0).await;
    let ServerMessage::Hello(hello) = next(&mut socket).await.expect("a message") else {
        panic!("it is greeted first")
    };
    assert_eq!(hello.source, SourceKind::Replay);
    let (time_ms, tracks) = picture(&mut socket).await;
    assert!((time_ms - at(100.0).unix_millis() as f64).abs() < 1_500.0, "{time_ms}");
    let [(address, latitude, before)] = &tracks[..] else { panic!("{tracks:?}") };
    assert_eq!(address, "4ca123");
    assert!((latitude - (40.0 + 99.5 * 0.0018)).abs() < 0.002, "{latitude}");
    // Later there are two, and what a person had said by then is there.
    let mut socket = look_back(&node, 250.0, 0.0).await;
    let (_, tracks) = picture(&mut socket).await;
    assert_eq!((*before, tracks[0].2), (Identity::Civil, Identity::Neutral));
    assert_eq!(tracks.iter().map(|one| one.0.as_str()).collect::<Vec<_>>(), ["4ca123", "600001"]);
    node.stop().await;
}

#[tokio::test]
async fn as_known_now_an_instant_shows_the_identities_that_people_gave_later() {
    let folder = tempfile::tempdir().expect("a folder");
    record(folder.path());
    let node = node(folder.path()).await;
    let known_now = async |seconds: f64, speed: f64| {
        let past_ms = at(seconds).unix_millis();
        let query = format!("past_ms={past_ms}&speed={speed}&known=now");
        let url = format!("ws://{}/api/v1/live?{query}", node.console);
        tokio_tungstenite::connect_async(url).await.expect("it connects").0
    };
    // Asel spoke to the crew at 150 s.
    let (_, then) = picture(&mut look_back(&node, 100.0, 0.0).await).await;
    let mut shown = known_now(100.0, 0.0).await;
    let (_, now) = picture(&mut shown).await;
    assert_eq!((then[0].2, now[0].2), (Identity::Civil, Identity::Neutral));
    assert_eq!((&then[0].0, then[0].1), (&now[0].0, now[0].1), "nothing else is another");
    // It goes on as known: what was decided on the way is not decided again.
    let mut socket = known_now(140.0, 60.0).await;
    let (_, tracks) = picture(&mut socket).await;
    assert_eq!(tracks[0].2, Identity::Neutral);
    let (mut changed, mut shown_ms) = (Vec::new(), 0.0);
    while shown_ms < at(160.0).unix_millis() as f64 {
        if let ServerMessage::Picture(picture) = next(&mut socket).await.expect("a message") {
            shown_ms = picture.time_ms;
            changed.extend(picture.descriptions.into_iter().filter(|one| one.number == 1));
        }
    }
    assert!(changed.iter().all(|one| one.identity == Identity::Neutral), "{changed:?}");
    node.stop().await;
}

#[tokio::test]
async fn with_identities_of_now_nobody_is_told_what_a_partner_saw_then_or_why() {
    let folder = tempfile::tempdir().expect("a folder");
    record(folder.path());
    let node = node(folder.path()).await;
    let past_ms = at(100.0).unix_millis();
    let url = format!("ws://{}/api/v1/live?past_ms={past_ms}&speed=0&known=now", node.console);
    let mut socket = tokio_tungstenite::connect_async(url).await.expect("it connects").0;
    picture(&mut socket).await;
    let asked = [
        ClientMessage::SeeAs { party: Some("XXB".into()), beside: false },
        ClientMessage::Explain { number: 1, party: "XXB".into() },
    ];
    for message in asked {
        let body = rmp_serde::to_vec_named(&message).expect("it is encoded");
        socket.send(Message::Binary(body.into())).await.expect("it is open");
        let refused = loop {
            match next(&mut socket).await.expect("a message") {
                ServerMessage::Refused(refused) => break refused,
                ServerMessage::Explained(explained) => panic!("{explained:?}"),
                _ => {}
            }
        };
        assert!(refused.reason.ends_with("look back as known then"), "{refused:?}");
    }
    node.stop().await;
}

#[tokio::test]
async fn who_was_connected_then_is_so_and_nothing_is_warned_of_that_was_not() {
    let folder = tempfile::tempdir().expect("a folder");
    record(folder.path());
    let node = node(folder.path()).await;
    // It connected long before what is read of it.
    let mut socket = look_back(&node, 290.0, 1.0).await;
    let (mut sensors, mut alerts) = (None, None);
    while sensors.is_none() || alerts.is_none() {
        match next(&mut socket).await.expect("a message") {
            ServerMessage::Sensors(told) => sensors = Some(told),
            ServerMessage::Alerts(told) => alerts = Some(told),
            _ => {}
        }
    }
    let hill = sensors.iter().flat_map(|told| &told.rows).find(|row| row.feed == "hill");
    let hill = hill.expect("the feed's row");
    assert_eq!((hill.health, hill.note.as_deref()), (SensorHealth::Good, None), "{hill:?}");
    let rows = alerts.expect("a list").rows;
    assert!(rows.is_empty(), "{rows:?}");
    node.stop().await;
}

#[tokio::test]
async fn a_run_with_another_configuration_is_shown_by_its_own_and_is_where_the_one_before_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    record(folder.path());
    let mut changed = config(folder.path());
    changed.feeds.push(feed_from_url("sbs+tcp://127.0.0.1:2?name=valley").expect("a feed"));
    let mut again = kept_alerts::Node::start(&changed, 300.0);
    fly(&mut again, 301..330);
    again.kill();
    let node = node(folder.path()).await;
    let mut socket = look_back(&node, 325.0, 0.0).await;
    let (_, tracks) = picture(&mut socket).await;
    assert_eq!(tracks.iter().map(|one| one.0.as_str()).collect::<Vec<_>>(), ["4ca123", "600001"]);
    let mut socket = look_back(&node, 295.0, 60.0).await;
    let end = loop {
        if let Err(frame) = next(&mut socket).await {
            break frame.expect("it says why");
        }
    };
    assert_eq!(u16::from(end.code), 4410);
    // The last instant there is can be looked at.
    let (_, tracks) = picture(&mut look_back(&node, 335.0, 0.0).await).await;
    assert_eq!(tracks.len(), 2);
    node.stop().await;
}

#[tokio::test]
async fn what_follows_is_played_to_its_end_and_nothing_is_done_to_it() {
    let folder = tempfile::tempdir().expect("a folder");
    record(folder.path());
    let node = node(folder.path()).await;
    let mut socket = look_back(&node, 170.0, 60.0).await;
    let (_, tracks) = picture(&mut socket).await;
    assert_eq!(tracks.len(), 1);
    let act = ClientMessage::Acknowledge { alert: 1, by: "Asel".into() };
    let body = rmp_serde::to_vec_named(&act).expect("a message");
    socket.send(Message::Binary(body.into())).await.expect("it is sent");
    let (mut refused, mut seen, mut last_ms) = (None, Vec::new(), 0.0);
    let end = loop {
        match next(&mut socket).await {
            Ok(ServerMessage::Refused(told)) => refused = Some(told),
            Ok(ServerMessage::Picture(picture)) => {
                assert!(picture.time_ms >= last_ms, "time goes on");
                last_ms = picture.time_ms;
                seen.extend(picture.descriptions.into_iter().filter_map(|one| one.address));
            }
            Ok(_) => {}
            Err(frame) => break frame.expect("it says why"),
        }
    };
    assert!(refused.expect("a refusal").reason.contains("what is shown is past"));
    assert!(seen.contains(&"600001".to_owned()), "{seen:?}");
    assert_eq!((u16::from(end.code), end.reason.as_str()), (4410, "there is no more of it"));
    assert!(last_ms > at(280.0).unix_millis() as f64, "{last_ms}");
    node.stop().await;
}

#[tokio::test]
async fn what_cannot_be_shown_is_told_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    record(folder.path());
    let node = node(folder.path()).await;
    for (seconds, speed, why) in [
        (1e9, 1.0, "that is yet to come"),
        (100.0, 61.0, "a pace is 0, or 0.1 to 60"),
        (100.0, 1e-20, "a pace is 0, or 0.1 to 60"),
        (100.0, -1.0, "a pace is 0, or 0.1 to 60"),
        (9_000.0, 1.0, "nothing was recorded then"),
        (-9_000.0, 1.0, "nothing was recorded then"),
    ] {
        let mut socket = look_back(&node, seconds, speed).await;
        let end = next(&mut socket).await.expect_err("it closes").expect("it says why");
        assert_eq!(u16::from(end.code), 4404);
        assert!(end.reason.as_str().ends_with(why), "{}", end.reason);
    }
    // So many at a time, and one more when one has gone.
    let mut sockets = Vec::new();
    for _ in 0..PASTS_MAX {
        let mut socket = look_back(&node, 100.0, 0.0).await;
        picture(&mut socket).await;
        sockets.push(socket);
    }
    let end = next(&mut look_back(&node, 100.0, 0.0).await).await.expect_err("no place is free");
    assert!(end.expect("it says why").reason.contains("others look back"));
    node.stop().await;
}
