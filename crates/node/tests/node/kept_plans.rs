//! Flight plans that feeds told outlast a kill, however many they are and however long the node is down.

use crate::kept_alerts::{Node, at};
use node::book::BookFiles;
use node::config::{Config, parse};
use node::event::{Event, FeedIndex, Handle, Shelf};
use std::path::Path;

const PLANS: FeedIndex = FeedIndex(0);

fn config(folder: &Path, more: &str) -> Config {
    let text = format!(
        "[[feed]]\nname = \"plans\"\nformat = \"plans\"\nlisten = \"127.0.0.1:1\"\n\n\
         [recording]\ndirectory = {:?}\n\n{more}",
        folder.display().to_string()
    );
    parse("node.toml", &text).expect("a configuration")
}

fn filing(number: u32) -> String {
    format!(
        "(FPL-KGZ{number}-IS-B738/M-S/C-UCAA1330-N0420F350 DCT AMIDI DCT BORDI DCT-UCBB0045-DOF/261128 \
         RMK/WHAT THE FLIGHT NEEDS AND WHO IS TO BE TOLD OF IT WHEN IT IS LATE)\n"
    )
}

impl Node {
    fn tell(&mut self, text: &str) {
        self.happen(Event::Received { feed: PLANS, bytes: text.as_bytes().to_vec(), source: None });
    }

    fn wait(&mut self, seconds: f64) {
        self.second += seconds;
        self.happen(Event::Tick);
    }

    fn refused_plans(&mut self) -> u64 {
        self.engine.metrics(at(self.second)).plan_messages_refused
    }

    fn plans(&mut self) -> u64 {
        self.engine.metrics(at(self.second)).plans
    }
}

#[test]
fn ten_thousand_plans_and_the_last_one_before_a_kill_are_there_after_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path(), "");
    let mut node = Node::start(&config, 0.0);
    for hundred in 0..100 {
        node.tell(&(0..100).map(|number| filing(hundred * 100 + number)).collect::<String>());
        node.wait(1.0);
    }
    node.tell("(DLA-KGZ17-UCAA1430-UCBB-DOF/261128)\n");
    node.wait(1.0);
    assert_eq!(node.plans(), 10_000);
    let book = BookFiles::of(folder.path(), Shelf::Plans).newest().unwrap().expect("a book");
    assert!(book.bytes.len() > 1_000_000, "more than a record holds: {}", book.bytes.len());
    assert!(node.engine.standing().len() < 100_000);
    let second = node.kill();

    // Down for an hour: nothing of the feed is handled again.
    let mut again = Node::start(&config, second + 3_600.0);
    again.wait(1.0);
    assert_eq!(again.plans(), 10_000);
    assert!(again.engine.standing().contains("DLA-KGZ17-UCAA1430"), "the newest stands");
    again.tell(&filing(1).replace("KGZ1", "UZB1"));
    again.wait(1.0);
    assert_eq!(again.plans(), 10_001);
}

#[test]
fn a_plan_told_within_the_second_of_a_kill_is_there_an_hour_later() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path(), "");
    let mut node = Node::start(&config, 0.0);
    node.tell(&filing(1));
    node.wait(1.0);
    // From here on the journal alone has it, and the record of what stands does not; one in two pieces.
    node.fails = true;
    let (begin, end) = (&filing(2)[..30], &filing(2)[30..]);
    node.tell(&filing(3));
    node.tell(begin);
    node.wait(1.0);
    node.tell(end);
    node.wait(1.0);
    assert_eq!(node.plans(), 3);
    let second = node.kill();
    let mut again = Node::start(&config, second + 3_600.0);
    again.wait(1.0);
    assert_eq!(again.plans(), 3);
}

#[test]
fn a_filing_for_which_there_is_no_room_is_refused_with_the_reason_and_none_is_given_up_for_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path(), "[intent.book]\nplans_max = 2\n");
    let mut node = Node::start(&config, 0.0);
    for number in 1..=3 {
        node.tell(&filing(number));
    }
    node.wait(1.0);
    let refused = node.engine.metrics(at(node.second)).plan_messages_refused;
    assert_eq!((node.plans(), refused), (2, 1));
    let told = node.sensor_told("plans").join("\n");
    assert!(told.contains("FPL KGZ3: 2 plans are open and no more are kept"), "{told}");
    assert!(told.contains("raise [intent.book] plans_max"), "{told}");
    // One that will not be flown makes place.
    node.tell("(CNL-KGZ1-UCAA1330-UCBB-DOF/261128)\n");
    node.tell(&filing(4));
    node.wait(1.0);
    assert_eq!(node.plans(), 2);
    let second = node.kill();
    let mut again = Node::start(&config, second + 600.0);
    again.wait(1.0);
    assert_eq!(again.plans(), 2);
}

#[test]
fn plans_that_were_over_by_then_take_no_place_of_others_after_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let book = "[intent.book]\nplans_max = 20\nunflown_s = 60\nclosed_s = 10\n";
    let config = config(folder.path(), book);
    let mut node = Node::start(&config, 0.0);
    // Off block at 12:01: nobody flew them by 12:02, and ten seconds later they are forgotten.
    let early = |number| filing(number).replace("UCAA1330", "UCAA1201");
    node.tell(&(100..120).map(early).collect::<String>());
    (0..150).for_each(|_| node.wait(1.0));
    assert_eq!(node.plans(), 0);
    let later = |number| filing(number).replace("UCAA1330", "UCAA1700");
    node.tell(&(200..220).map(later).collect::<String>());
    node.wait(1.0);
    assert_eq!(node.plans(), 20);
    let second = node.kill();
    let mut again = Node::start(&config, second + 600.0);
    again.wait(1.0);
    assert_eq!((again.plans(), again.refused_plans()), (20, 0));
    again.tell("(CNL-KGZ219-UCAA1700-UCBB-DOF/261128)\n");
    again.wait(1.0);
    assert_eq!(again.refused_plans(), 0, "it is known");
}

#[test]
fn what_is_told_of_a_known_plan_is_taken_however_much_was_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path(), "[intent.book]\nplans_max = 3\n");
    let mut node = Node::start(&config, 0.0);
    node.tell(&(100..102).map(filing).collect::<String>());
    // Some ten kilobytes, where filings have two and a half.
    for minute in 0..300 {
        let (hour, minute) = (14 + minute / 60, minute % 60);
        node.tell(&format!("(DLA-KGZ100-UCAA{hour:02}{minute:02}-UCBB-DOF/261128)\n"));
    }
    node.wait(1.0);
    assert_eq!((node.plans(), node.refused_plans()), (2, 0));
    // A new one has no place any more, and that is said.
    node.tell(&filing(102));
    node.wait(1.0);
    assert_eq!((node.plans(), node.refused_plans()), (2, 1));
    node.tell("(CNL-KGZ101-UCAA1330-UCBB-DOF/261128)\n");
    node.wait(1.0);
    assert_eq!(node.refused_plans(), 1);
}
