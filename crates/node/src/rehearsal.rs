//! A draft accord over a recording: the engine handles again what was recorded, and what it holds
//! each second is put to the draft and to the accords of today.

use crate::engine::Engine;
use crate::event::{Event, Handle, Outbox};
use crate::journal::{self, CONFIGURED_EVERY_S, Entry, Stood};
use crate::replay::Recording;
use crate::setup::{self, Occasion};
use crate::wire::SourceKind;
use accord::{Accord, Cadence, PartyId, Policy, Rehearsal, Rehearsed, with_drafts};
use anyhow::{Context, Result, bail};
use std::sync::Arc;
use surveillance::Time;

/// What is rehearsed.
#[derive(Debug, Clone)]
pub struct Drafts {
    /// The drafts, as if in force and not suspended; each takes the place of the accord with its id.
    pub drafts: Vec<Arc<Accord>>,
    /// The accords of today; those that the recorded node ran with, suspended as people said then,
    /// if `None`.
    pub current: Option<Vec<Arc<Accord>>>,
    /// Who gives; the party of the recorded node, if `None`.
    pub own: Option<PartyId>,
}

/// Seconds between two ticks where a recording has none of its own.
const TICK_S: f64 = 1.0;

/// Rehearses drafts over a recording, from `since` on where that is said: what comes before only
/// makes the picture. `goes_on` is asked now and then.
///
/// # Errors
/// If it cannot be read, the accords cannot be kept together, or it shall not go on.
pub fn rehearse(
    recording: &Recording,
    drafts: &Drafts,
    since: Option<Time>,
    goes_on: &dyn Fn() -> bool,
) -> Result<Rehearsed> {
    let recorded = recording.config.policy().context("the recorded configuration")?;
    let own = drafts.own.unwrap_or_else(|| recorded.own());
    let current = drafts.current.clone().unwrap_or_else(|| recorded.accords().to_vec());
    // Of no day nobody can say what was in force: then all is.
    let current = if recording.is_dated() { current } else { with_drafts(&[], &current) };
    let draft = Policy::new(own, with_drafts(&current, &drafts.drafts)).context("the drafts")?;
    let current = Policy::new(own, current).context("the accords of today")?;
    let occasion = Occasion { source: SourceKind::Replay, notice: None, started: recording.begins };
    // What partners told came in under the accords of then.
    let mut engine = setup::engine_with(&recording.config, occasion, current.clone());
    let as_then = drafts.current.is_none() && own == recorded.own();
    if recording.has_ticks() {
        // Told every minute: where nothing comes before what is rehearsed, the first says what stood.
        let until = since.unwrap_or_else(|| recording.begins.plus_seconds(CONFIGURED_EVERY_S));
        let mut stood = Stood::default();
        recording.visit(&mut |time, entry| {
            let is_told = since.is_none() && matches!(entry, Entry::Standing(_));
            stood.note(time, entry, &|feed| journal::brings_plans(&recording.config, feed));
            time < until && !is_told && goes_on()
        })?;
        let stood = if as_then { stood } else { stood.of_numbers() };
        // Older books are gone from the folder: then what they held is found anew.
        let book = |shelf, generation| Ok(recording.book(shelf, generation));
        let at = since.unwrap_or(recording.begins);
        stood.take_up(&mut engine, at, &book, &mut Outbox::default());
        if since.is_none() {
            // All of it is rehearsed: its picture begins with it.
            journal::end_return(&mut engine);
        }
    }
    let mut again = Again {
        engine,
        rehearsal: Rehearsal::new(draft, current, Cadence::default()),
        shown: None,
        since,
        as_then,
        returning: since.filter(|_| recording.has_ticks()),
    };
    let mut next_tick = recording.begins;
    let mut stopped = false;
    recording.visit(&mut |time, entry| {
        // A journal has its node's own ticks; where they are missing, nothing ran.
        if !recording.has_ticks() {
            // A gap of hours is no hours of pictures.
            if time.seconds_since(next_tick) > 60.0 * TICK_S {
                next_tick = time;
            }
            while next_tick <= time {
                again.event(next_tick, &Event::Tick);
                next_tick = next_tick.plus_seconds(TICK_S);
            }
        }
        again.entry(time, entry);
        stopped = !goes_on();
        !stopped
    })?;
    if stopped {
        bail!("nobody waits for it any more");
    }
    Ok(again.rehearsal.finish())
}

/// The recorded node once more.
struct Again {
    engine: Engine,
    rehearsal: Rehearsal,
    /// The picture last put to the filters.
    shown: Option<Time>,
    since: Option<Time>,
    /// Whether suspensions count as they were.
    as_then: bool,
    /// Until then what stood is being taken up.
    returning: Option<Time>,
}

impl Again {
    fn entry(&mut self, time: Time, entry: Entry) {
        let Entry::Event(event) = entry else { return };
        if self.returning.is_some_and(|until| time >= until) {
            self.returning = None;
            journal::end_return(&mut self.engine);
        }
        // What people decided until then stands already.
        let stands = self.as_then && event.is_act() && self.returning.is_some();
        if !stands {
            self.event(time, &event);
        }
    }

    fn event(&mut self, time: Time, event: &Event) {
        self.engine.handle(event, time, &mut Outbox::default());
        if !matches!(event, Event::Tick) || self.since.is_some_and(|since| time < since) {
            return;
        }
        if let Some((at, subjects)) = self.engine.subjects()
            && self.shown != Some(at)
        {
            self.shown = Some(at);
            if self.as_then {
                self.rehearsal.suspend_as(self.engine.policy());
            }
            self.rehearsal.update(at, subjects);
        }
    }
}
