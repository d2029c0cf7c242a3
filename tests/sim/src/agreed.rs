//! What the parties of the world have agreed, what each sees, and what each holds of what others tell.

use accord::{
    AccordId, Batch, Item, Lineage, ObjectKind, OwnNumber, PartnerNumber, PartyId, Service, Source,
    Subject,
};
use geodesy::Geodetic;
use std::collections::BTreeMap;
use std::fmt::Write;
use surveillance::{Callsign, Codes, Time};

/// Tracks that each party sees itself.
const TRACKS: u64 = 3;
/// The one of them whose flight is now a state's and now a civil one, and the one that comes and goes.
const NOW_STATE: u64 = 1;
const COMES_AND_GOES: u64 = 2;

/// One accord, as the test knows it beside its text.
#[derive(Debug, Clone)]
pub(crate) struct Agreement {
    pub(crate) id: AccordId,
    pub(crate) parties: Vec<PartyId>,
    /// In force from then on, and until then.
    starts: Time,
    ends: Time,
    /// Grid of positions, nautical miles, and delay, seconds.
    pub(crate) grid_nm: f64,
    pub(crate) delay_s: f64,
    pub(crate) text: String,
}

impl Agreement {
    pub(crate) fn is_in_force(&self, now: Time) -> bool {
        self.starts <= now && now < self.ends
    }
}

/// An accord of each two, of which some end and some begin while the world runs from `start` on, and one of
/// all, which tells coarsely.
pub(crate) fn agreements(parties: &[PartyId], start: Time) -> Vec<Agreement> {
    let (long_ago, never) = (start.plus_seconds(-1e8), start.plus_seconds(1e9));
    let mut all = Vec::new();
    for (place, a) in parties.iter().enumerate() {
        for b in &parties[place + 1..] {
            let number = all.len();
            let (starts, ends, term) = match number % 5 {
                // A year before the end of a term of a year.
                1 => (long_ago, start.plus_seconds(6.0), "2025-11-24T00:00:06Z\nterm = \"1 year\""),
                2 => (start.plus_seconds(4.0), never, "2026-11-24T00:00:04Z"),
                _ => (long_ago, never, "2020-01-01"),
            };
            let name = format!("{a}-{b}").to_lowercase();
            let grid_nm = if number.is_multiple_of(2) { 1.0 } else { 0.0 };
            let delay_s = if number.is_multiple_of(3) { 1.0 } else { 0.0 };
            let both = [(*a, vec![*b]), (*b, vec![*a])];
            let articles = articles(&both, parties, (grid_nm, delay_s));
            let text = text(&name, &[*a, *b], term, &articles);
            let id = name.parse().expect("an id");
            let parties = vec![*a, *b];
            all.push(Agreement { id, parties, starts, ends, grid_nm, delay_s, text });
        }
    }
    let each: Vec<_> = parties
        .iter()
        .map(|from| (*from, parties.iter().filter(|to| *to != from).copied().collect()))
        .collect();
    let (grid_nm, delay_s) = (5.0, 0.0);
    let articles = articles(&each, parties, (grid_nm, delay_s));
    let text = text("coarse", parties, "2020-01-01", &articles);
    let (id, parties) = ("coarse".parse().expect("an id"), parties.to_vec());
    let (starts, ends) = (long_ago, never);
    all.push(Agreement { id, parties, starts, ends, grid_nm, delay_s, text });
    all
}

/// To whom a party lets go on what it gives: to the two that are one and two after the next.
pub(crate) fn lets_on(owner: PartyId, parties: &[PartyId]) -> [PartyId; 2] {
    let place = parties.iter().position(|party| *party == owner).expect("it is of this world");
    [2, 3].map(|after| parties[(place + after) % parties.len()])
}

fn text(name: &str, parties: &[PartyId], in_force: &str, articles: &str) -> String {
    let tables: String =
        parties.iter().map(|id| format!("[[party]]\nid = \"{id}\"\nname = \"{id}\"\n")).collect();
    format!(
        "form = 1\naccord = \"{name}\"\ntitle = \"{name}\"\nnature = \"illustration\"\n{tables}\
         [instruments]\nrequires = [\"signature\"]\nsigned = {{ date = 2020-01-01 }}\n\
         in_force = {in_force}\n{articles}"
    )
}

/// Articles on civil tracks, one a giver.
fn articles(
    gives: &[(PartyId, Vec<PartyId>)],
    parties: &[PartyId],
    (grid_nm, delay_s): (f64, f64),
) -> String {
    let mut text = String::new();
    let list = |parties: &[PartyId]| {
        parties.iter().map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join(", ")
    };
    for (number, (from, to)) in gives.iter().enumerate() {
        let onward = lets_on(*from, parties);
        write!(
            text,
            "[[article]]\nnumber = \"{}\"\nkind = \"release.tracks\"\nfrom = [\"{from}\"]\n\
             to = [{}]\narea = [{{ anywhere = true }}]\n\
             which = {{ service = [\"civil\", \"undetermined\"] }}\n\
             fields = [\"position\", \"level\", \"callsign\"]\n\
             onward = [{{ to = [{}] }}]\n",
            number + 1,
            list(to),
            list(&onward),
        )
        .expect("a string takes all");
        if grid_nm > 0.0 {
            text.push_str(&format!("precision = {{ position_nm = {grid_nm:.1} }}\n"));
        }
        if delay_s > 0.0 {
            text.push_str(&format!("delay_s = {delay_s:.1}\n"));
        }
    }
    text
}

/// What a party sees itself at `now`.
pub(crate) fn seen(own: PartyId, now: Time) -> impl Iterator<Item = Subject> {
    (0..TRACKS).filter(move |track| *track != COMES_AND_GOES || whole(now) % 3 != 0).map(
        move |track| Subject {
            position: place(track, now),
            level_m: Some(9_000.0),
            codes: Codes { callsign: Callsign::new(&format!("{own}{track}")), ..Codes::default() },
            service: if is_state(track, now) { Service::State } else { Service::Civil },
            ..Subject::bare(OwnNumber(track), ObjectKind::Track, now)
        },
    )
}

fn whole(now: Time) -> i64 {
    now.unix_millis().div_euclid(1000)
}

fn place(track: u64, now: Time) -> Option<Geodetic> {
    let east = (now.unix_millis() % 1_000_000) as f64 * 1e-6;
    Geodetic::from_degrees(42.0 + track as f64, 74.0 + east, 0.0)
}

fn is_state(track: u64, now: Time) -> bool {
    track == NOW_STATE && whole(now) / 2 % 2 == 1
}

/// Whether an item tells of a party's own track what it may: nothing of a state's flight, be it one then or
/// now, and no place but on the grid.
pub(crate) fn is_as_agreed(item: &Item, track: u64, grid_nm: f64, now: Time) -> bool {
    let told = item.told.position_rad;
    let exact = place(track, item.time).map(|at| [at.latitude_rad, at.longitude_rad]);
    let grid = item.precision.position_m >= grid_nm * geodesy::units::METRES_PER_NM - 1e-3;
    let kept = !is_state(track, item.time) && !is_state(track, now);
    kept && grid && (grid_nm == 0.0 || told != exact)
}

/// Whose track it is, by its callsign, and which.
pub(crate) fn whose(item: &Item) -> (PartyId, u64) {
    let sign = item.told.callsign.expect("every article tells it");
    let (owner, track) = sign.as_str().split_at(3);
    (owner.parse().expect("a party"), track.parse().expect("a number"))
}

/// What one party holds of what another tells it.
#[derive(Debug, Default)]
pub(crate) struct Held {
    last: (u32, u64, u32),
    items: BTreeMap<PartnerNumber, Item>,
}

impl Held {
    /// Takes a batch; history changes nothing.
    pub(crate) fn apply(&mut self, batch: &Batch) {
        let this = (batch.epoch, batch.sequence, batch.part);
        if this <= self.last {
            return;
        }
        if this.0 != self.last.0 {
            self.items.clear();
        }
        self.last = this;
        self.items.extend(batch.items.iter().map(|item| (item.number, item.clone())));
        batch.ended.iter().for_each(|number| _ = self.items.remove(number));
    }

    /// Nothing of it stands any more.
    pub(crate) fn forget(&mut self) {
        self.items.clear();
    }

    /// What is held of `teller`, the `place`th of all, for others: bound to what its originators allow.
    pub(crate) fn subjects(&self, teller: PartyId, place: usize) -> impl Iterator<Item = Subject> {
        self.items.values().map(move |item| {
            let all = std::iter::once(teller).chain(item.originators.iter().copied());
            let sources = all.map(|originator| Source { originator, onward: item.onward.clone() });
            let number = OwnNumber((place as u64 + 1) << 32 | u64::from(item.number.0));
            let at = |[latitude_rad, longitude_rad]: [f64; 2]| Geodetic {
                latitude_rad,
                longitude_rad,
                height_m: 0.0,
            };
            Subject {
                position: item.told.position_rad.map(at),
                level_m: item.told.level_m,
                codes: Codes { callsign: item.told.callsign, ..Codes::default() },
                lineage: Lineage::Foreign(sources.collect()),
                ..Subject::bare(number, ObjectKind::Track, item.time)
            }
        })
    }
}
