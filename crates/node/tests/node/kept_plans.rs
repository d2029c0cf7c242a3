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
