//! What people ask, answer and do not answer, in the ledgers of both.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use accord::{
    Answer, Correspondence, Decided, Note, PartyId, Policy, Purpose, Released, Reply, RequestId,
    Wish,
};
use ledger::{Act, Entry, MemoryStorage, Signer, Storage, audit};
use link::{Arrival, Damage, Desk, Files, Keys, Limits, Opened, Session, Terms};
use recording::journal::{Crash, MemoryStore};
use std::sync::Arc;
use surveillance::Time;

const ACCORD: &str = r#"
form = 1
accord = "all"
title = "All"
nature = "illustration"
[[party]]
id = "KGZ"
name = "K"
[[party]]
id = "RUS"
name = "R"
[instruments]
requires = ["signature"]
signed = { date = 2020-01-01 }
in_force = 2020-01-01
[[article]]
number = "4"
kind = "assistance"
from = ["KGZ", "RUS"]
to = ["KGZ", "RUS"]
purposes = ["information"]
answer_within = "1 minute"
"#;

fn at(s: f64) -> Time {
    "2026-11-24T12:00:00Z".parse::<Time>().unwrap().plus_seconds(s)
}

fn party(name: &str) -> PartyId {
    name.parse().unwrap()
}

fn reply(words: &str, by: &str) -> Reply {
    Reply { words: words.into(), by: by.into() }
}

fn decided(suspended: bool) -> Decided {
    let (by, words) = (vec!["Duty officer".to_owned()], "exercise".to_owned());
    Decided { suspended, by, words, ..Decided::default() }
}

/// One party's node: what it says, and its desk for the other.
struct Side {
    own: &'static str,
    partner: &'static str,
    says: Correspondence,
    policy: Policy,
    outbox: MemoryStore,
    inbox: MemoryStore,
    ledger: MemoryStorage,
    desk: Option<Desk<MemoryStore, MemoryStorage>>,
}

fn signer(name: &str) -> Arc<Signer> {
    let seed = [name.as_bytes()[0]; 32];
    Arc::new(Signer::from_seed(&format!("{}.entente.internal", name.to_lowercase()), seed).unwrap())
}

impl Side {
    fn new(own: &'static str, partner: &'static str) -> Self {
        let accord = accord::read("test", ACCORD).unwrap().accord;
        let mut side = Self {
            own,
            partner,
            says: Correspondence::new(party(own), 1),
            policy: Policy::new(party(own), vec![Arc::new(accord)]).unwrap(),
            outbox: MemoryStore::new(),
            inbox: MemoryStore::new(),
            ledger: MemoryStorage::new(),
            desk: None,
        };
        side.open();
        side
    }

    fn open(&mut self) -> Opened {
        let (own, partner) = (signer(self.own), signer(self.partner));
        let keys = Keys {
            own: vec![own.key().clone()],
            partner: vec![partner.key().clone()],
            signer: own,
        };
        let (outbox, inbox) = (self.outbox.clone(), self.inbox.clone());
        let files = Files { outbox, inbox, ledger: self.ledger.clone() };
        let names = (self.own, self.partner);
        let (desk, opened) = Desk::open(names, files, keys, Limits::default()).unwrap();
        self.desk = Some(desk);
        opened
    }

    fn desk(&mut self) -> &mut Desk<MemoryStore, MemoryStorage> {
        self.desk.as_mut().unwrap()
    }

    /// The machine goes down and comes back; how many entries its log lacked.
    fn die(&mut self) -> u64 {
        self.desk = None;
        self.outbox = self.outbox.crash(Crash::Power);
        self.inbox = self.inbox.crash(Crash::Power);
        self.ledger = self.ledger.after_power_cut();
        self.says.resumed();
        self.open().entries_mended
    }

    /// What is to be said goes into the outbox; how many notes that were.
    fn say(&mut self, now: Time) -> usize {
        self.says.advance(&self.policy, now);
        let notes: Vec<Released<Note>> = self.says.tell(&self.policy, now);
        for note in &notes {
            if let Some((by, words)) = self.says.decided(note.value()) {
                let entry = link::decision(note.value(), by.to_vec(), words).unwrap();
                self.desk.as_mut().unwrap().enter_act(&entry).unwrap();
            }
        }
        let count = notes.len();
        for note in notes {
            self.desk().offer(&note.encode(), false).unwrap();
        }
        self.desk().commit().unwrap();
        count
    }

    fn hear(&mut self, arrivals: Vec<Arrival>, now: Time) {
        for arrival in arrivals {
            let note = Note::decode(&arrival.bytes).unwrap();
            assert!(self.says.hear(party(self.partner), note, &mut self.policy, now));
        }
    }

    /// What its log has beside batches.
    fn acts(&mut self) -> Vec<Entry> {
        self.desk().seal().unwrap();
        let origin = self.desk().log().origin().to_owned();
        let keys = |name| vec![signer(name).key().clone()];
        let mut entries = Vec::new();
        let keep = |_, entry: &[u8], _: &[ledger::Hash]| entries.push(Entry::parse(entry).unwrap());
        let (own, partner) = (keys(self.own), keys(self.partner));
        audit::audit(&self.ledger, &origin, &own, &partner, keep).unwrap();
        entries.retain(|entry| entry.act().is_some());
        entries
    }
}

/// What waits on either side goes to the other.
fn exchange(sides: &mut [Side; 2], now: Time) {
    let mut out = [Vec::new(), Vec::new()];
    let mut sessions: Vec<_> = sides
        .iter_mut()
        .zip(&mut out)
        .map(|(side, out)| Session::start(Terms::default(), side.desk(), now, out))
        .collect();
    for _ in 0..8 {
        for n in [0, 1] {
            let came = std::mem::take(&mut out[1 - n]);
            let desk = sides[n].desk.as_mut().unwrap();
            sessions[n].receive(&came, now, desk, &mut out[n]).unwrap();
            let arrivals = desk.commit().unwrap();
            sessions[n].advance(now, desk, &mut out[n]).unwrap();
            sides[n].hear(arrivals, now);
        }
    }
}

fn pair() -> [Side; 2] {
    [Side::new("KGZ", "RUS"), Side::new("RUS", "KGZ")]
}

fn ask(side: &mut Side, now: Time) -> RequestId {
    let wish = Wish {
        article: accord::ArticleRef {
            accord: "all".parse().unwrap(),
            article: "4".parse().unwrap(),
        },
        purpose: Purpose::Information,
        text: "what do you see".into(),
        incident: None,
        of: vec![party(side.partner)],
        answer_within: None,
        by: "RAP-1".into(),
    };
    side.says.raise(&wish, &side.policy, now).unwrap()
}

fn kinds(acts: &[Entry]) -> Vec<&'static str> {
    let kind = |entry: &Entry| match entry {
        Entry::Request(_) => "request",
        Entry::Delivery(_) => "delivery",
        Entry::Answer(_) => "answer",
        Entry::Report(_) => "report",
        Entry::Retraction(_) => "retraction",
        Entry::Silence(_) => "silence",
        Entry::Decision(_) => "decision",
        other => panic!("{other:?}"),
    };
    acts.iter().map(kind).collect()
}

#[test]
fn a_request_and_its_answer_are_the_same_leaves_in_both_ledgers() {
    let mut sides = pair();
    let id = ask(&mut sides[0], at(0.0));
    sides[0].say(at(0.0));
    exchange(&mut sides, at(1.0));
    sides[1].says.answer(id, Answer::Declined, &reply("no radar there", "Asel"), at(20.0)).unwrap();
    sides[1].say(at(20.0));
    exchange(&mut sides, at(21.0));
    let (ours, theirs) = (sides[0].acts(), sides[1].acts());
    assert_eq!(kinds(&ours), ["request", "delivery", "answer"]);
    assert_eq!(ours, theirs);
    let Entry::Request(request) = &ours[0] else { panic!("{ours:?}") };
    assert_eq!(request.id, id.to_string());
    assert_eq!((request.party.as_str(), request.by.as_slice()), ("KGZ", &["RAP-1".to_owned()][..]));
    let text = "information of RUS under all article 4, an answer due by 2026-11-24T12:01:00Z: \
                what do you see";
    assert_eq!(request.text, text);
    let Entry::Answer(answer) = &ours[2] else { panic!("{ours:?}") };
    let said = Act {
        id: id.to_string(),
        party: "RUS".into(),
        at_ms: at(20.0).unix_millis(),
        by: vec!["Asel".into()],
        text: "declined: no radar there".into(),
    };
    assert_eq!(*answer, said);
}

#[test]
fn who_is_silent_past_the_due_time_is_in_both_ledgers_as_each_recorded_it() {
    let mut sides = pair();
    ask(&mut sides[0], at(0.0));
    sides[0].say(at(0.0));
    exchange(&mut sides, at(1.0));
    for side in &mut sides {
        side.say(at(61.0));
    }
    exchange(&mut sides, at(62.0));
    for side in &mut sides {
        let acts = side.acts();
        let silences = acts.iter().filter_map(|entry| match entry {
            Entry::Silence(act) => Some((act.party.as_str(), act.by.len(), act.text.as_str())),
            _ => None,
        });
        let mut silences: Vec<_> = silences.collect();
        silences.sort_unstable();
        let text = "no answer in time of RUS";
        assert_eq!(silences, [("KGZ", 0, text), ("RUS", 0, text)]);
    }
}

#[test]
fn a_suspension_and_an_approved_text_name_who_decided_in_the_own_ledger_and_nobody_in_the_partners()
{
    let mut sides = pair();
    let accord = "all".parse().unwrap();
    for (suspended, s) in [(true, 0.0), (false, 10.0)] {
        sides[0].says.suspended(accord, [party("RUS")], &decided(suspended), at(s));
        sides[0].say(at(s));
        exchange(&mut sides, at(s));
    }
    let by = || vec!["Duty officer".to_owned()];
    sides[0].says.goes_by(accord, [party("RUS")], ([7; 32], &by()), at(15.0), at(15.0));
    sides[0].say(at(20.0));
    exchange(&mut sides, at(20.0));
    let told = |acts: &[Entry]| -> Vec<(String, Vec<String>)> {
        let act = |entry: &Entry| entry.act().map(|act| (act.text.clone(), act.by.clone()));
        acts.iter().filter_map(act).collect()
    };
    let (ours, theirs) = (sides[0].acts(), sides[1].acts());
    assert_eq!(kinds(&ours), ["decision"; 3]);
    let text = "goes by an approved text of all that shares what has SHA-256 ".to_owned()
        + &"07".repeat(32);
    let own = ["suspends all towards RUS: exercise", "resumes all towards RUS: exercise", &text];
    assert_eq!(told(&ours), own.map(|text| (text.to_owned(), by())));
    let heard = ["suspends all towards RUS", "resumes all towards RUS", &text];
    assert_eq!(told(&theirs), heard.map(|text| (text.to_owned(), Vec::new())));
}

#[test]
fn what_is_acknowledged_and_told_again_is_entered_once_whenever_the_power_goes() {
    let mut sides = pair();
    ask(&mut sides[0], at(0.0));
    // Neither log is durable when the power goes: both are mended from outbox and inbox.
    sides[0].say(at(0.0));
    assert_eq!(sides[0].die(), 1);
    exchange(&mut sides, at(1.0));
    assert_eq!(sides[1].die(), 1);
    // Told again, and come again under another number.
    let accord = "all".parse().unwrap();
    sides[0].says.suspended(accord, [party("RUS")], &decided(true), at(5.0));
    for s in [5.0, 6.0] {
        assert!(sides[0].say(at(s)) > 0);
        exchange(&mut sides, at(s));
        for side in &mut sides {
            side.desk().commit_log().unwrap();
            side.die();
        }
    }
    for side in &mut sides {
        side.say(at(7.0));
    }
    exchange(&mut sides, at(7.0));
    for side in &mut sides {
        assert_eq!(kinds(&side.acts()), ["request", "decision"], "{:?}", side.acts());
    }
}

#[test]
fn acts_are_known_again_however_long_the_log_has_grown_since() {
    let mut side = Side::new("KGZ", "RUS");
    ask(&mut side, at(0.0));
    side.say(at(0.0));
    // What fills the log beside acts: each batch that goes is an entry.
    for n in 0..5000_u32 {
        let decided = Entry::Withdrawn {
            first: 0,
            end: 1,
            at_ms: i64::from(n),
            reason: "a bound".into(),
            direction: None,
        };
        side.desk().enter_act(&decided).unwrap();
    }
    side.desk().commit().unwrap();
    assert!(side.ledger.paths().contains(&"acts".to_owned()));
    side.die();
    assert!(side.say(at(1.0)) > 0);
    assert_eq!(kinds(&side.acts()), ["request"]);
}

#[test]
fn a_damaged_file_of_acts_is_named_and_made_again_from_the_log() {
    let mut side = Side::new("KGZ", "RUS");
    ask(&mut side, at(0.0));
    side.say(at(0.0));
    side.desk().withdraw(0, "a suspension", at(1.0), at(1.0)).unwrap();
    side.desk = None;
    let mut files = side.ledger.clone();
    files.replace("acts", b"ENTACTS2 torn").unwrap();
    files.replace("withdrawn", b"").unwrap();
    let opened = side.open();
    assert_eq!(opened.damaged, [("acts", Damage::Checksum), ("withdrawn", Damage::NotOne)]);
    side.desk = None;
    assert!(!side.open().damaged.iter().any(|(file, _)| *file == "acts"), "it was made again");
    side.says.resumed();
    assert!(side.say(at(2.0)) > 0);
    assert_eq!(kinds(&side.acts()), ["request"], "told again, it is entered once");
}

#[test]
fn however_much_a_partner_does_an_old_act_is_entered_once() {
    let mut side = Side::new("KGZ", "RUS");
    let answer = |party: &str, n: i64| {
        let (id, party, text) = (format!("KGZ-{n}"), party.to_owned(), "yes".to_owned());
        // Ten minutes apart: so often the log may be read.
        Entry::Answer(Act { id, party, at_ms: 600_000 * n, by: Vec::new(), text })
    };
    side.desk().enter_act(&answer("KGZ", 0)).unwrap();
    for n in 0..4200 {
        side.desk().enter_act(&answer("RUS", n)).unwrap();
    }
    side.desk().commit().unwrap();
    let size = side.desk().log().size();
    // The oldest of its own is known by the log alone; ours was never pushed out.
    for old in [answer("RUS", 0), answer("RUS", 103), answer("RUS", 4199), answer("KGZ", 0)] {
        side.desk().enter_act(&old).unwrap();
    }
    assert_eq!(side.desk().log().size(), size);
    // One of then that never came is entered, and known from then on.
    for _ in 0..2 {
        let late = Entry::Report(answer("RUS", 5).act().unwrap().clone());
        side.desk().enter_act(&late).unwrap();
        let late = Entry::Answer(Act {
            by: vec!["Asel".into()],
            ..answer("RUS", 7).act().unwrap().clone()
        });
        side.desk().enter_act(&late).unwrap();
    }
    assert_eq!(side.desk().log().size(), size + 2);
}
