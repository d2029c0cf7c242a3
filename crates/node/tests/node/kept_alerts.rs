//! What becomes of alerts that are many, that are over, and whose rules and areas stand elsewhere in
//! their files when the node starts again.

use crate::sbs::northbound;
use alert::AlertId;
use node::book::BookFiles;
use node::config::{Config, parse};
use node::dossier;
use node::engine::Engine;
use node::event::{ConsoleId, Event, FeedIndex, Handle, Outbox, Shelf};
use node::journal::{Entries, Entry, Journal, resume};
use node::runtime::Recorder;
use node::setup::{self, Occasion};
use node::wire::{
    self, AlertState, ClientMessage, IncidentDeed, IncidentKind, ServerMessage, SourceKind,
};
use std::path::Path;
use surveillance::Time;

const FEED: FeedIndex = FeedIndex(0);
const CONSOLE: ConsoleId = ConsoleId(1);

pub(crate) fn at(seconds: f64) -> Time {
    let start: Time = "2026-11-28T12:00:00Z".parse().expect("an instant");
    start.plus_seconds(seconds)
}

fn config(folder: &Path, alerts: &str) -> Config {
    let text = format!(
        "[[feed]]\nname = \"hill\"\nformat = \"sbs\"\nconnect = \"127.0.0.1:1\"\nsac = 1\nsic = 1\n\n\
         [recording]\ndirectory = {:?}\n\n{alerts}",
        folder.display().to_string()
    );
    parse("node.toml", &text).expect("a configuration")
}

/// A node with a journal, as its thread keeps it.
pub(crate) struct Node {
    pub(crate) engine: Engine,
    journal: Journal,
    /// Seconds from the start.
    pub(crate) second: f64,
    rows: Option<wire::Alerts>,
    sensors: Option<wire::Sensors>,
    incidents: wire::Incidents,
    over: Vec<wire::AlertRow>,
    refused: Vec<wire::Refused>,
    /// What stands is not kept any more.
    pub(crate) fails: bool,
}

impl Node {
    pub(crate) fn start(config: &Config, second: f64) -> Self {
        let occasion = Occasion { source: SourceKind::Live, notice: None, started: at(second) };
        let mut engine = setup::engine(config, occasion);
        resume(&mut engine, config, at(second)).expect("reads");
        let (journal, _) = Journal::open(config, at(second)).expect("opens");
        let (rows, incidents) = (None, wire::Incidents::default());
        let (over, refused) = (Vec::new(), Vec::new());
        let (sensors, fails) = (None, false);
        let mut node =
            Self { engine, journal, second, rows, sensors, incidents, over, refused, fails };
        node.happen(Event::FeedConnected { feed: FEED });
        node.happen(Event::ConsoleJoined { console: CONSOLE });
        node
    }

    pub(crate) fn happen(&mut self, event: Event) {
        let batch = [(at(self.second), event)];
        self.journal.record(&batch).expect("recorded");
        let mut outbox = Outbox::default();
        self.engine.handle(&batch[0].1, batch[0].0, &mut outbox);
        for delivery in &outbox.deliveries {
            match rmp_serde::from_slice(&delivery.body).expect("a message") {
                ServerMessage::Alerts(alerts) => self.rows = Some(alerts),
                ServerMessage::Incidents(incidents) => self.incidents = incidents,
                ServerMessage::Sensors(sensors) => self.sensors = Some(sensors),
                ServerMessage::Refused(refused) => self.refused.push(refused),
                _ => {}
            }
        }
        for row in outbox.said.alerts {
            self.journal.record_over(&row).expect("recorded");
            self.over.push(row);
        }
        if matches!(batch[0].1, Event::Tick) && !self.fails {
            self.journal.record_numbers(&self.engine.numbers()).expect("recorded");
            while let Some(book) = self.engine.book() {
                self.journal.record_book(&book).expect("recorded");
                self.engine.book_kept(book.shelf);
            }
            self.journal.record_standing(&self.engine.standing()).expect("recorded");
            self.journal.sync().expect("synced");
        }
    }

    fn ask(&mut self, message: ClientMessage) {
        self.happen(Event::ConsoleAsked { console: CONSOLE, message });
    }

    /// A second in which so many aircraft tell a code.
    fn fly(&mut self, aircraft: u32, code: &str) {
        self.second = self.second.floor() + 1.0;
        let north_deg = self.second * 200.0 / 111_120.0;
        let mut text = String::new();
        for number in 1..=aircraft {
            let id = format!("{:06X}", 0x4c_00_00 + number);
            let (latitude, longitude) =
                (f64::from(number % 100) - 50.0 + north_deg, f64::from(number / 100));
            text += &northbound(&id, latitude, longitude, code);
        }
        for part in text.as_bytes().chunks(60_000) {
            self.happen(Event::Received { feed: FEED, bytes: part.to_vec(), source: None });
        }
        self.second += 0.5;
        self.happen(Event::Tick);
    }

    /// As a kill leaves it: no sync, no close. Its lock goes with it.
    pub(crate) fn kill(self) -> f64 {
        self.second
    }

    fn row(&self, id: u64) -> wire::AlertRow {
        let mut rows = self.engine.alert_rows(&[AlertId(id)]);
        rows.pop().unwrap_or_else(|| panic!("alert {id} is gone"))
    }

    /// The last faults in the row of a feed.
    pub(crate) fn sensor_told(&self, feed: &str) -> Vec<String> {
        let rows = self.sensors.iter().flat_map(|sensors| &sensors.rows);
        rows.filter(|row| row.feed == feed).flat_map(|row| row.told.clone()).collect()
    }

    pub(crate) fn rows(&self) -> &wire::Alerts {
        self.rows.as_ref().expect("a list")
    }
}

const EMERGENCIES_ALONE: &str = "[alerts]\noff = [\"conflict\", \"duplicate\", \"code_change\", \
     \"sensor\", \"navigation\", \"lost_track\", \"low_slow\", \"area\", \"cooperation\", \"terrain\"]\n";

#[test]
fn ten_thousand_alerts_in_a_second_and_all_that_people_did_outlast_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path(), EMERGENCIES_ALONE);
    let mut node = Node::start(&config, 0.0);
    for _ in 0..4 {
        node.fly(10_000, "7700");
    }
    let total = node.rows().total;
    assert_eq!(total, 10_000);
    let by = || "A. Officer".to_owned();
    node.ask(ClientMessage::Acknowledge { alert: 17, by: by() });
    node.ask(ClientMessage::Acknowledge { alert: 9_999, by: by() });
    let reason = "an exercise".to_owned();
    node.ask(ClientMessage::MuteAlert {
        alert: 5_000,
        for_s: 3_600,
        reason,
        by: by(),
        all_of_rule: false,
    });
    node.fly(10_000, "7700");
    let before = [17, 9_999, 5_000].map(|id| node.row(id));
    assert!(
        !BookFiles::of(folder.path(), Shelf::Alerts).read(0).unwrap().unwrap().bytes.is_empty()
    );

    let second = node.kill();
    let mut again = Node::start(&config, second + 3.0);
    again.fly(10_000, "7700");
    assert_eq!(again.rows().total, total);
    assert!(again.rows().unable.is_empty(), "{:?}", again.rows().unable);
    for row in before {
        let after = again.row(row.id);
        assert_eq!(
            (after.state, after.tracks, after.opened_ms),
            (row.state, row.tracks, row.opened_ms)
        );
        assert_eq!((after.acknowledged, after.muted), (row.acknowledged, row.muted));
    }
    assert_eq!(again.row(17).state, AlertState::Acknowledged);
}

#[test]
fn alerts_that_opened_and_ended_seconds_before_a_kill_keep_their_numbers_on_a_large_board() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path(), EMERGENCIES_ALONE);
    let mut node = Node::start(&config, 0.0);
    for _ in 0..4 {
        node.fly(1_000, "7700");
    }
    let book = || BookFiles::of(folder.path(), Shelf::Alerts).newest().unwrap().expect("a book");
    let kept = book();
    // Seven more, two of them a second before the kill.
    for aircraft in [1_005, 1_005, 1_005, 1_005, 1_007, 1_007, 1_007] {
        node.fly(aircraft, "7700");
    }
    assert_eq!((node.rows().total, book()), (1_007, kept), "the book is as before");
    let new: Vec<wire::AlertRow> = (1_001..=1_007).map(|id| node.row(id)).collect();

    let second = node.kill();
    let mut again = Node::start(&config, second + 3.0);
    for _ in 0..3 {
        again.fly(1_007, "7700");
    }
    assert_eq!(again.rows().total, 1_007);
    for row in new {
        let after = again.row(row.id);
        assert_eq!((after.tracks, after.opened_ms), (row.tracks, row.opened_ms), "{}", row.id);
    }
}

#[test]
fn a_board_that_is_small_again_is_in_the_record_and_no_old_book_comes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path(), EMERGENCIES_ALONE);
    let mut node = Node::start(&config, 0.0);
    for _ in 0..4 {
        node.fly(1_000, "7700");
    }
    assert_eq!(node.rows().total, 1_000);
    assert!(BookFiles::of(folder.path(), Shelf::Alerts).newest().unwrap().is_some());
    for _ in 0..720 {
        node.fly(3, "2000");
    }
    assert_eq!((node.rows().total, node.over.len()), (0, 1_000));
    let second = node.kill();
    let mut again = Node::start(&config, second + 3.0);
    for _ in 0..6 {
        again.fly(3, "7700");
    }
    let ids: Vec<u64> = again.rows().rows.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), 3, "none of before is back");
    assert!(ids.iter().all(|id| *id > 1_000), "no number is given twice: {ids:?}");
}

#[test]
fn a_rule_of_the_site_keeps_its_alerts_where_another_is_put_before_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let rule =
        |name: &str, when: &str| format!("[[alerts.site]]\nname = \"{name}\"\nwhen = '{when}'\n\n");
    let (high, quick) = (rule("high", "level_ft > 30000"), rule("quick", "speed_kt > 300"));
    let first = config(folder.path(), &format!("{high}{quick}"));
    let mut node = Node::start(&first, 0.0);
    for _ in 0..30 {
        node.fly(1, "2000");
    }
    let ids = |node: &Node| {
        let of = |name: &str| {
            let mut rows = node.rows().rows.iter();
            rows.find(|row| row.rule == name).map(|row| (row.id, row.state))
        };
        ["high", "quick", "never"].map(of)
    };
    let [Some((high_id, _)), Some((quick_id, _)), None] = ids(&node) else {
        panic!("{:?}", node.rows())
    };
    node.ask(ClientMessage::Acknowledge { alert: quick_id, by: "A. Officer".into() });
    node.fly(1, "2000");

    let never = rule("never", "level_ft > 90000");
    let second = node.kill();
    let other = config(folder.path(), &format!("{never}{quick}"));
    let mut again = Node::start(&other, second + 2.0);
    again.fly(1, "2000");
    again.fly(1, "2000");
    let [_, quick_now, never_now] = ids(&again);
    assert_eq!(quick_now, Some((quick_id, AlertState::Acknowledged)));
    assert_eq!(never_now, None);
    assert!(again.row(high_id).ended_ms.is_some(), "its rule is no more");
}

#[test]
fn an_alert_that_ended_long_before_its_incident_was_closed_is_in_the_dossier() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path(), EMERGENCIES_ALONE);
    let mut node = Node::start(&config, 0.0);
    for _ in 0..5 {
        node.fly(2, "7700");
    }
    let alert = node.rows().rows[0].id;
    let by = || wire::Person { name: "Asel".into(), position: None };
    node.ask(ClientMessage::OpenIncident {
        kind: IncidentKind::Emergency,
        title: "Two in trouble".into(),
        alerts: vec![alert],
        tracks: vec![],
        why: String::new(),
        by: by(),
    });
    let incident = node.incidents.rows.first().expect("an incident").name.clone();
    for _ in 0..720 {
        node.fly(2, "2000");
    }
    let over: Vec<u64> = node.over.iter().map(|row| row.id).collect();
    assert!(over.contains(&alert), "{over:?}");
    assert!(node.engine.alert_rows(&[AlertId(alert)]).is_empty(), "the board has it no more");
    let deed = IncidentDeed::Note { text: "Both landed".into(), shareable: false };
    node.ask(ClientMessage::OnIncident { incident, deed, why: String::new(), by: by() });
    node.fly(2, "2000");
    assert!(node.refused.is_empty(), "{:?}", node.refused);
    let kept = node.over.iter().find(|row| row.id == alert).expect("it is over").clone();
    assert_eq!((kept.state, kept.incident.is_some()), (AlertState::Ended, true));
    node.kill();

    // The log has it whole.
    let mut entries = Entries::open(folder.path()).expect("opens");
    let mut logged = Vec::new();
    while let Some((_, entry)) = entries.read().expect("reads") {
        if let Entry::Over(row) = entry {
            logged.push(*row);
        }
    }
    assert!(logged.contains(&kept));

    let book = BookFiles::of(folder.path(), Shelf::Incidents).newest().unwrap().expect("a book");
    let book = alert::incident::Incidents::from_bytes(&book.bytes).expect("it reads");
    let incident = book.iter().next().expect("an incident");
    let mut out = std::io::Cursor::new(Vec::new());
    let made = dossier::export(incident, Some(folder.path()), (at(800.0), "Asel"), &mut out);
    let made = made.expect("a dossier");
    assert_eq!(made.alerts_lost, []);
}
