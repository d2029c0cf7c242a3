//! The board over a restart: in the record of what stands, or, where it is too large for that, in a
//! book of its own of which the record speaks.

use super::Alerts;
use crate::event::{Book, Shelf};
use ::alert::{AlertId, AlertKey, Board, Cause, Rule};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use surveillance::Time;

/// Seconds after which the board is kept again though nothing was opened, ended or done.
const KEPT_EVERY_S: f64 = 60.0;
/// A board whose text is longer is kept in a book, and no more often than
const RECORD_MAX: usize = 64 * 1024;
/// this, seconds, unless a person did something, or what opened and ended since is longer than
const KEPT_LARGE_EVERY_S: f64 = 10.0;
/// this; shorter, it is in the record beside.
const SINCE_MAX: usize = 256 * 1024;

/// What of the board is in the record of what stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::engine) struct Standing {
    /// [`Kept`] as text, where it is short.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    alerts: String,
    /// How many alerts were ever opened: no number is given twice, whatever becomes of the board.
    #[serde(default)]
    pub(in crate::engine) alerts_opened: u64,
    /// Generation of the last book of the board; 0: none was kept.
    #[serde(default)]
    alerts_book: u64,
    /// Whether the board is in that book.
    #[serde(default)]
    alerts_in_book: bool,
    /// [`Kept`] as text, of what opened and ended since.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    alerts_since: String,
}

/// A board, and what its alerts call by their places in lists that the next start may read otherwise.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// `alert::Board` saved, in base64.
    board: String,
    /// Names of the areas of which it speaks, and which of several with one name each is.
    areas: BTreeMap<u32, (String, usize)>,
    /// So of the site's rules.
    rules: BTreeMap<u16, (String, usize)>,
    /// Those in which partners had a part; none: that is not known, and all may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shared: Option<BTreeSet<u64>>,
}

/// Where keeping stands.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    /// Names of areas, and of the site's rules, in the order of their lists.
    areas: Places,
    rules: Places,
    /// The board as last made into text, and when.
    text: Option<(String, Time)>,
    /// A person did something since.
    pub(super) acted: bool,
    /// What opened or ended since what is kept was made, and whether that is not told yet.
    since: BTreeSet<AlertId>,
    since_news: bool,
    /// What of that the text already has.
    in_text: BTreeSet<AlertId>,
    /// [`Kept`] of it, as text, where the board is in a book.
    since_text: String,
    /// The same of the run before, while its book is not there.
    stood_since: String,
    /// Generation of the book that was last kept.
    generation: u64,
    /// The text is not in a book yet.
    unkept: bool,
    /// A book holds the board as it was when the text was last too long.
    in_book: bool,
    /// The run before had opened so many.
    opened_before: u64,
    /// When what stood was taken up, if it was.
    stood: Option<Time>,
}

/// Names in the order of a list, each with which of several of that name it is.
#[derive(Debug, Default)]
pub(super) struct Places {
    by_place: Vec<(String, usize)>,
}

impl Places {
    fn new(names: impl Iterator<Item = String>) -> Self {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let numbered = |name: String| {
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            (name, *count - 1)
        };
        Self { by_place: names.map(numbered).collect() }
    }

    fn of<P: Ord + Copy + Into<u32>>(&self, places: BTreeSet<P>) -> BTreeMap<P, (String, usize)> {
        let named = |place: P| Some((place, self.by_place.get(place.into() as usize)?.clone()));
        places.into_iter().filter_map(named).collect()
    }

    fn place<P: TryFrom<usize>>(&self, wanted: Option<&(String, usize)>) -> Option<P> {
        self.by_place.iter().position(|named| Some(named) == wanted)?.try_into().ok()
    }
}

impl Keeping {
    /// Nothing is kept yet. The names are in the order of their lists.
    pub(super) fn new(
        areas: impl Iterator<Item = String>,
        rules: impl Iterator<Item = String>,
    ) -> Self {
        Self { areas: Places::new(areas), rules: Places::new(rules), ..Self::default() }
    }

    /// These opened or ended.
    pub(super) fn note(&mut self, ids: impl IntoIterator<Item = AlertId>) {
        for id in ids {
            self.since.insert(id);
            self.in_text.remove(&id);
            self.since_news = true;
        }
    }

    /// The text is kept: what opened or ended after it was made is not yet.
    fn is_kept(&mut self) {
        let in_text = std::mem::take(&mut self.in_text);
        self.since.retain(|id| !in_text.contains(id));
        self.since_text.clear();
        self.since_news = !self.since.is_empty();
    }
}

impl Alerts {
    /// Makes the text anew where that is due. Inputs of rules change each second and are not worth
    /// keeping each second: it is kept when something opened, ended or was done, and now and then.
    fn refresh(&mut self) -> &str {
        let now = self.evaluated.unwrap_or(Time::EPOCH);
        self.tell_since();
        let keeping = &self.keeping;
        let due = |text: &String, at: &Time| {
            let every_s = match (!keeping.since.is_empty(), text.len() > RECORD_MAX) {
                (true, false) => 0.0,
                (true, true) => KEPT_LARGE_EVERY_S,
                (false, _) => KEPT_EVERY_S,
            };
            let much = keeping.since_text.len() > SINCE_MAX;
            keeping.acted || much || now.seconds_since(*at).abs() >= every_s
        };
        if keeping.text.as_ref().is_none_or(|(text, at)| due(text, at)) {
            let text = self.text();
            let keeping = &mut self.keeping;
            keeping.unkept = text.len() > RECORD_MAX;
            keeping.text = Some((text, now));
            keeping.acted = false;
            keeping.in_text.clone_from(&keeping.since);
            if !keeping.unkept {
                keeping.is_kept();
            }
        }
        self.keeping.text.as_ref().map_or("", |(text, _)| text)
    }

    /// What opened and ended since a long text was made, as text.
    fn tell_since(&mut self) {
        let keeping = &self.keeping;
        let long = keeping.text.as_ref().is_some_and(|(text, _)| text.len() > RECORD_MAX);
        if !long || !keeping.since_news {
            return;
        }
        let ids: Vec<AlertId> = keeping.since.iter().copied().collect();
        let some = self.kept(STANDARD.encode(self.board.save_some(&ids)));
        self.keeping.since_news = false;
        self.keeping.since_text = serde_json::to_string(&some).unwrap_or_default();
    }

    fn text(&self) -> String {
        let kept = self.kept(STANDARD.encode(self.board.save()));
        serde_json::to_string(&kept).unwrap_or_default()
    }

    fn kept(&self, board: String) -> Kept {
        let (areas, rules) = self.board.places();
        let shared = Some(self.shared.iter().map(|id| id.0).collect());
        let Keeping { areas: known_areas, rules: known_rules, .. } = &self.keeping;
        Kept { board, areas: known_areas.of(areas), rules: known_rules.of(rules), shared }
    }

    /// The board, where it belongs in a book and is not in it yet.
    pub(in crate::engine) fn unkept(&mut self) -> Option<Book> {
        self.refresh();
        let text = self.keeping.text.as_ref().filter(|_| self.keeping.unkept);
        let bytes = text.map(|(text, _)| text.clone().into_bytes())?;
        let generation = self.keeping.generation + 1;
        Some(Book { shelf: Shelf::Alerts, generation, bytes, put_away: Vec::new() })
    }

    /// What [`Self::unkept`] gave last was kept.
    pub(in crate::engine) fn kept_in_book(&mut self) {
        self.keeping.generation += 1;
        (self.keeping.unkept, self.keeping.in_book) = (false, true);
        self.keeping.is_kept();
    }

    /// The book that the record of what stands speaks of.
    pub(in crate::engine) fn generation(&self) -> u64 {
        self.keeping.generation
    }

    /// What of the board goes into the record of what stands.
    pub(in crate::engine) fn standing(&mut self) -> Standing {
        let text = self.refresh();
        let alerts = if text.len() > RECORD_MAX { String::new() } else { text.to_owned() };
        self.keeping.in_book &= alerts.is_empty();
        // Longer only where the book cannot be written: the record is for more than this.
        let since = &self.keeping.since_text;
        let alerts_since = if since.len() > SINCE_MAX { String::new() } else { since.clone() };
        Standing {
            alerts,
            alerts_opened: self.board.counts().opened_ever,
            alerts_book: self.keeping.generation,
            alerts_in_book: self.keeping.in_book,
            alerts_since,
        }
    }

    /// Goes on with the board of a run before, as [`Self::standing`] told it; one that is in a book
    /// comes with [`Self::take_up_book`].
    pub(in crate::engine) fn take_up(&mut self, standing: &Standing, now: Time) {
        self.taking_up = true;
        let keeping = &mut self.keeping;
        keeping.opened_before = standing.alerts_opened;
        keeping.stood = Some(now);
        (keeping.generation, keeping.in_book) = (standing.alerts_book, standing.alerts_in_book);
        keeping.stood_since.clone_from(&standing.alerts_since);
        if !standing.alerts.is_empty() {
            self.take_up_text(&standing.alerts, now);
        }
        if !standing.alerts_in_book {
            self.take_up_since(now);
        }
        self.board.skip_past(AlertId(standing.alerts_opened));
    }

    /// Goes on with the board in a book, if what stood spoke of one, or nothing stood. False if it
    /// cannot be read.
    pub(in crate::engine) fn take_up_book(&mut self, found: Result<Option<Book>, String>) -> bool {
        let wanted = self.keeping.in_book;
        if !wanted && self.keeping.stood.is_some() {
            // One that is there was written just before a crash: it is made again.
            return true;
        }
        // Where nothing stood, as when a board was last written.
        let now = self.keeping.stood.unwrap_or(self.started);
        let text = found.and_then(|book| match book {
            Some(book) => {
                self.keeping.generation = self.keeping.generation.max(book.generation);
                String::from_utf8(book.bytes).map(Some).map_err(|why| why.to_string())
            }
            None if wanted => Err("its file is gone".to_owned()),
            None => Ok(None),
        });
        let read = match text {
            Ok(Some(text)) => self.take_up_text(&text, now),
            Ok(None) => true,
            Err(why) => self.lose(&why, now),
        };
        self.take_up_since(now);
        self.board.skip_past(AlertId(self.keeping.opened_before));
        read
    }

    /// Goes on with what opened and ended after the book was written.
    fn take_up_since(&mut self, now: Time) {
        let text = std::mem::take(&mut self.keeping.stood_since);
        match self.read(&text, now) {
            _ if text.is_empty() => {}
            Ok((later, shared)) => {
                self.shared.extend(shared);
                self.board.adopt(later);
                self.go_on();
            }
            Err(why) => {
                self.lose(&why, now);
            }
        }
    }

    fn take_up_text(&mut self, text: &str, now: Time) -> bool {
        match self.read(text, now) {
            Ok((board, shared)) => {
                (self.board, self.shared) = (board, shared);
                self.go_on();
                true
            }
            Err(why) => self.lose(&why, now),
        }
    }

    /// The board is another.
    fn go_on(&mut self) {
        self.rules.resume(self.board.open().map(|alert| alert.key));
        self.take_stock();
    }

    /// A board of the run before, with areas and rules as they are numbered now, and which of its alerts are
    /// not ours alone.
    fn read(&self, text: &str, now: Time) -> Result<(Board, BTreeSet<AlertId>), String> {
        // Before areas and rules were named, the text was the board alone.
        let kept: Option<Kept> = serde_json::from_str(text).ok();
        let board = kept.as_ref().map_or(text, |kept| &kept.board);
        let bytes = STANDARD.decode(board).map_err(|why| why.to_string())?;
        let mut board =
            Board::restore(self.config.clone(), &bytes).map_err(|why| why.to_string())?;
        let shared = kept.as_ref().and_then(|kept| kept.shared.as_ref());
        let shared = match shared {
            Some(shared) => shared.iter().map(|id| AlertId(*id)).collect(),
            None => board.open().map(|alert| alert.id).collect(),
        };
        if let Some(kept) = kept {
            let area = |place| self.keeping.areas.place(kept.areas.get(&place));
            let rule = |place| self.keeping.rules.place(kept.rules.get(&place));
            let name = |key: &AlertKey| {
                let (name, _) = match (key.cause, key.rule) {
                    (Cause::Area(place), _) => kept.areas.get(&place)?,
                    (_, Rule::Site(place)) => kept.rules.get(&place)?,
                    _ => return None,
                };
                Some(name.clone())
            };
            board.renumber(area, rule, name, now);
        }
        Ok((board, shared))
    }

    fn lose(&mut self, why: &str, now: Time) -> bool {
        // Later than any number given before: that was once a millisecond at most.
        self.board.skip_past(AlertId(now.unix_millis().unsigned_abs()));
        self.lost = Some(format!(
            "Alerts of the run before could not be read ({why}): what was acknowledged then is not \
             known"
        ));
        self.take_stock();
        false
    }
}
