//! What feeds told of plans, over a restart: the newest of it in the record of what stands, and all
//! before that in a book of its own of which the record speaks.

use crate::event::{Book, Shelf};
use intent::plan::{PlanId, Plans};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use surveillance::Time;

/// Bytes of text in the record of what stands at most; more of it goes into the book.
const RECORD_MAX: usize = 64 * 1024;
/// Bytes of text up to which filings are taken, for each plan that there is room for: twice what one takes that
/// is filed and changed.
const TEXT_OF_A_PLAN: usize = 840;
/// Where gone plans had to be looked for and too little was found, they are not looked for again so soon, seconds.
const LOOK_EVERY_S: f64 = 1.0;
/// Seconds for which messages are kept whose plan is no more: a file may have it still.
const GONE_KEPT_S: f64 = 36.0 * 3600.0;

/// A message and when it was told, nanoseconds since 1970.
pub(super) type Told = (i64, String);

/// What of it is in the record of what stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Standing {
    /// What was told since the book was written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    plans: Vec<Told>,
    /// Generation of the last book; 0: none was kept.
    #[serde(default)]
    plans_book: u64,
}

/// Messages that changed the book of plans.
#[derive(Debug, Default)]
pub(super) struct PlansKept {
    /// Oldest first.
    told: VecDeque<Kept>,
    bytes: usize,
    /// How many of the last are not in a book yet, and their bytes.
    fresh: usize,
    fresh_bytes: usize,
    /// Generation of the last book.
    generation: u64,
    /// What stood before a restart and comes after what is in the book.
    stood: Option<Vec<Told>>,
    /// When what is about gone plans was last looked for to make room.
    looked: Option<Time>,
}

#[derive(Debug)]
struct Kept {
    at: Time,
    plan: PlanId,
    text: String,
}

impl PlansKept {
    /// Whether there is room for one more filing, once what is of no use any more is forgotten.
    pub(super) fn has_room(&mut self, text: &str, plans: &Plans, now: Time) -> bool {
        self.fits(text, plans, now, 1)
    }

    /// Whether the text fits into so many times what filings may take.
    fn fits(&mut self, text: &str, plans: &Plans, now: Time, times: usize) -> bool {
        let bytes_max = times * TEXT_OF_A_PLAN * plans.plans_max();
        let full = self.bytes + text.len() > bytes_max;
        let lately = |looked: Time| now.seconds_since(looked).abs() < LOOK_EVERY_S;
        if full && !self.looked.is_some_and(lately) {
            self.looked = Some(now);
            self.forget(plans, now, 0.0);
        }
        self.bytes + text.len() <= bytes_max
    }

    /// It changed that plan. False where twice as much is kept as filings may take: a restart loses it.
    pub(super) fn add(&mut self, at: Time, plan: PlanId, text: String, plans: &Plans) -> bool {
        if !self.fits(&text, plans, at, 2) {
            return false;
        }
        self.bytes += text.len();
        self.fresh_bytes += text.len();
        self.fresh += 1;
        self.told.push_back(Kept { at, plan, text });
        true
    }

    /// Forgets what is about plans that are no more, if it is older than so long, seconds.
    fn forget(&mut self, plans: &Plans, now: Time, older_s: f64) {
        let (mut place, begins) = (0, self.told.len() - self.fresh);
        self.told.retain(|kept| {
            place += 1;
            let old = now.seconds_since(kept.at) >= older_s;
            let stays = plans.get(kept.plan).is_some() || !old;
            if !stays {
                self.bytes -= kept.text.len();
                if place > begins {
                    self.fresh -= 1;
                    self.fresh_bytes -= kept.text.len();
                }
            }
            stays
        });
    }

    fn told(kept: &Kept) -> Told {
        (kept.at.unix_nanos(), kept.text.clone())
    }

    /// What goes into the record of what stands. It is more than the record has room for only where the
    /// book cannot be written: then the rest waits until it can, and the node says that it is not well.
    pub(super) fn standing(&self) -> Standing {
        let mut room = 2 * RECORD_MAX;
        let fits = |kept: &&Kept| {
            let fits = kept.text.len() <= room;
            room = room.saturating_sub(kept.text.len());
            fits
        };
        let fresh = self.told.iter().skip(self.told.len() - self.fresh).take_while(fits);
        Standing { plans: fresh.map(Self::told).collect(), plans_book: self.generation }
    }

    /// All of it, where the record has no room for what is new.
    pub(super) fn unkept(&mut self, plans: &Plans, now: Time) -> Option<Book> {
        if self.fresh_bytes <= RECORD_MAX {
            return None;
        }
        self.forget(plans, now, GONE_KEPT_S);
        let all: Vec<Told> = self.told.iter().map(Self::told).collect();
        let bytes = serde_json::to_vec(&all).unwrap_or_default();
        let generation = self.generation + 1;
        Some(Book { shelf: Shelf::Plans, generation, bytes, put_away: Vec::new() })
    }

    /// What [`Self::unkept`] gave last was kept.
    pub(super) fn kept_in_book(&mut self) {
        self.generation += 1;
        (self.fresh, self.fresh_bytes) = (0, 0);
    }

    /// The book that the record of what stands speaks of.
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// What stood in the run before. Its messages are taken with [`Self::take_stood`], after those of
    /// the book where there is one.
    pub(super) fn begin_after(&mut self, standing: Standing) {
        self.generation = standing.plans_book;
        self.stood = Some(standing.plans);
    }

    /// What a book has to say, if what stood spoke of one, or nothing stood; why it cannot be read.
    pub(super) fn of_book(
        &mut self,
        found: Result<Option<Book>, String>,
    ) -> Result<Vec<Told>, String> {
        if self.stood.is_some() && self.generation == 0 {
            // One that is there was written just before a crash: it is made again.
            return Ok(Vec::new());
        }
        match found? {
            None if self.generation == 0 => Ok(Vec::new()),
            None => Err("its file is gone".to_owned()),
            Some(book) => {
                self.generation = self.generation.max(book.generation);
                serde_json::from_slice(&book.bytes).map_err(|why| why.to_string())
            }
        }
    }

    /// What stood beside the book.
    pub(super) fn take_stood(&mut self) -> Vec<Told> {
        self.stood.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// All that was taken from a book is in it.
    pub(super) fn is_kept(&mut self) {
        (self.fresh, self.fresh_bytes) = (0, 0);
    }
}
