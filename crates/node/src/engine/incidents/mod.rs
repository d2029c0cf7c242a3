//! Incidents: what people do about them at this node, and how the book outlasts a restart.
//!
//! What an incident is and who owns it is [`alert::incident`]'s to say. Here are people's acts on
//! their way to the book (`acts`), what goes to partners and comes from them (`exchange`), the
//! book as the console shows it (`rows`), and under which numbers partners know what is in it (`names`).

mod acts;
mod exchange;
mod names;
mod rows;

use crate::event::{Book, PutAway, Shelf};
use crate::wire;
use accord::PartyId;
pub(super) use acts::id;
use alert::incident::{IncidentId, Incidents, LastNumbers, NodeName};
use exchange::Place;
pub(super) use exchange::Told;
pub(super) use rows::articles;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use surveillance::Time;

/// Numbers that are left out where the book of the run before could not be read whole.
const NUMBERS_SPARE: u32 = 1000;

/// [`LastNumbers`] in the record of what stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Given {
    own: u32,
    begin: u32,
    towards: BTreeMap<String, u32>,
}

/// The book of incidents and what goes with it.
pub(super) struct Desk {
    book: Incidents,
    /// How often the book was given away to be kept, over all runs.
    generation: u64,
    /// The book's stamp when it was last kept, and when consoles were last told.
    kept: [u64; 4],
    shown: [u64; 4],
    /// The articles that consoles were last told.
    shown_articles: Vec<wire::IncidentArticle>,
    /// Why a note that waits is not on its way, by its receiver and number.
    held_up: BTreeMap<(NodeName, u64), String>,
    /// That changed since consoles were last told.
    held_up_news: bool,
    /// Partners' tellings of which their picture shows nothing yet, and since when.
    unseen: BTreeMap<(PartyId, u64), Time>,
    /// How many notes of the portion that goes each partner was said.
    portion: BTreeMap<NodeName, usize>,
    /// Handles of incidents in what partners are told.
    handles: BTreeMap<IncidentId, u64>,
    /// Where each incident's first track was last.
    places: BTreeMap<IncidentId, Place>,
    lost: Option<String>,
    /// The last numbers that were given in the run before.
    given: LastNumbers,
    /// What was put away and is not yet on the disk.
    put_away: Vec<PutAway>,
    /// What stood in the run before was read.
    stood: bool,
    /// A restart handles again what was: nothing is sent, and time stands still.
    taking_up: bool,
}

impl Desk {
    pub(super) fn new(own: PartyId) -> Self {
        let book = Incidents::new(node_name(own));
        Self {
            kept: book.stamp(),
            shown: book.stamp(),
            shown_articles: Vec::new(),
            book,
            generation: 0,
            held_up: BTreeMap::new(),
            held_up_news: false,
            unseen: BTreeMap::new(),
            portion: BTreeMap::new(),
            handles: BTreeMap::new(),
            places: BTreeMap::new(),
            lost: None,
            given: LastNumbers::default(),
            put_away: Vec::new(),
            stood: false,
            taking_up: false,
        }
    }

    /// The book, if there is something new in it to keep.
    pub(super) fn to_keep(&self) -> Option<Book> {
        let new = self.book.stamp() != self.kept || !self.put_away.is_empty();
        new.then(|| Book {
            shelf: Shelf::Incidents,
            generation: self.generation + 1,
            bytes: self.book.to_bytes(),
            put_away: self.put_away.clone(),
        })
    }

    /// What [`Self::to_keep`] gave last was kept.
    pub(super) fn kept(&mut self) {
        self.kept = self.book.stamp();
        self.generation += 1;
        self.put_away.clear();
    }

    /// Which book the last one kept is; 0: none was.
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// The last numbers that were given, for the record of what stands: it outlasts the book.
    pub(super) fn given(&self) -> Given {
        let LastNumbers { own, begin, towards } = self.book.last_numbers();
        let towards = towards.iter().map(|(node, last)| (node.to_string(), *last)).collect();
        Given { own, begin, towards }
    }

    /// Of which generation the book is that belongs to what stood, and which numbers were given by then.
    pub(super) fn begin_after(&mut self, generation: u64, given: Given) {
        let towards = given.towards.into_iter();
        let towards = towards.filter_map(|(node, last)| Some((node.parse().ok()?, last)));
        self.given = LastNumbers { own: given.own, begin: given.begin, towards: towards.collect() };
        self.generation = generation;
        self.stood = true;
    }

    /// Goes on with the book of a run before. False if what was found could not be read.
    pub(super) fn take_up(&mut self, found: Result<Option<Book>, String>) -> bool {
        self.taking_up = true;
        let wanted = self.generation;
        if wanted == 0 && self.stood {
            // One that is there was written just before a crash: it is made again.
            return true;
        }
        let read = found.and_then(|found| {
            let Some(found) = found else { return Ok(None) };
            let book = Incidents::from_bytes(&found.bytes).map_err(|why| why.to_string())?;
            if book.own() == self.book.own() {
                Ok(Some((found.generation, book)))
            } else {
                Err(format!("it is the book of {}", book.own()))
            }
        });
        let readable = read.is_ok();
        match read {
            Ok(None) if wanted == 0 => {}
            Ok(None) => self.is_lost("there is no file of it"),
            Ok(Some((generation, book))) => {
                self.book = book;
                self.generation = generation.max(wanted);
                if generation != wanted {
                    self.is_lost("what is read here is of another moment");
                }
                let unread = self.book.unread();
                if unread > 0 {
                    self.is_lost(&format!("{unread} in it cannot be read, and stay as they are"));
                }
            }
            Err(why) => self.is_lost(&why),
        }
        self.kept = self.book.stamp();
        readable
    }

    fn is_lost(&mut self, why: &str) {
        self.book.begin_after(&self.given);
        self.book.skip_numbers(NUMBERS_SPARE);
        self.lost = Some(format!("The book of incidents of the run before is not whole: {why}."));
    }

    /// What was said last is said again.
    pub(super) fn resumed(&mut self) {
        self.taking_up = false;
        self.book.resumed();
    }

    /// Whether consoles have not seen it as it is now; they have after this.
    pub(super) fn take_news(&mut self, articles: &[wire::IncidentArticle]) -> bool {
        let stamp = self.book.stamp();
        let changed = std::mem::replace(&mut self.shown, stamp) != stamp;
        let others = self.shown_articles != articles;
        if others {
            self.shown_articles = articles.to_vec();
        }
        std::mem::take(&mut self.held_up_news) || changed || others
    }
}

/// A party's node by the party's name: both are of the same letters.
fn node_name(party: PartyId) -> NodeName {
    party.as_str().parse().expect("a party's name is a node's")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_and_strangest_name_of_a_party_is_a_nodes() {
        for name in ["A", "KGZ", "X-9-Z", "ABCDEFGHIJ-9"] {
            assert_eq!(node_name(name.parse().unwrap()).as_str(), name);
        }
    }
}
