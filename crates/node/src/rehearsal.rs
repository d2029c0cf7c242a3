//! A draft accord over a recording: the engine handles again what was recorded, and what it holds
//! each second is put to the draft and to the accords of today.

use crate::event::{Event, Handle, Outbox};
use crate::replay::Recording;
use crate::setup::{self, Occasion};
use crate::wire::SourceKind;
use accord::{Accord, Cadence, PartyId, Policy, Rehearsal, Rehearsed, with_drafts};
use anyhow::{Context, Result};
use std::sync::Arc;
use surveillance::Time;

/// What is rehearsed.
#[derive(Debug, Clone)]
pub struct Drafts {
    /// The drafts, as if in force; each takes the place of the accord with its id.
    pub drafts: Vec<Arc<Accord>>,
    /// The accords of today; those that the recorded node ran with, if `None`.
    pub current: Option<Vec<Arc<Accord>>>,
    /// Who gives; the party of the recorded node, if `None`.
    pub own: Option<PartyId>,
}

/// Seconds between two ticks where a recording has none of its own.
const TICK_S: f64 = 1.0;

/// Rehearses drafts over a whole recording.
///
/// # Errors
/// If it cannot be read, or the accords cannot be kept together.
pub fn rehearse(recording: &Recording, drafts: &Drafts) -> Result<Rehearsed> {
    let recorded = recording.config.policy().context("the recorded configuration")?;
    let own = drafts.own.unwrap_or_else(|| recorded.own());
    let current = drafts.current.clone().unwrap_or_else(|| recorded.accords().to_vec());
    // Of no day nobody can say what was in force: then all is.
    let current = if recording.is_dated() { current } else { with_drafts(&[], &current) };
    let draft = Policy::new(own, with_drafts(&current, &drafts.drafts)).context("the drafts")?;
    let current = Policy::new(own, current).context("the accords of today")?;
    let occasion = Occasion { source: SourceKind::Replay, notice: None, started: recording.begins };
    let mut engine = setup::engine_with(&recording.config, occasion, draft.clone());
    let mut rehearsal = Rehearsal::new(draft, current, Cadence::default());
    let mut outbox = Outbox::default();
    let mut shown: Option<Time> = None;
    let mut handle = |time: Time, event: &Event| {
        engine.handle(event, time, &mut outbox);
        outbox = Outbox::default();
        if matches!(event, Event::Tick)
            && let Some((at, subjects)) = engine.subjects()
            && shown != Some(at)
        {
            shown = Some(at);
            rehearsal.update(at, subjects);
        }
    };
    let mut next_tick = recording.begins;
    recording.visit(&mut |time, event| {
        // A journal has its node's own ticks; where they are missing, nothing ran.
        if !recording.has_ticks() {
            // A gap of hours is no hours of pictures.
            if time.seconds_since(next_tick) > 60.0 * TICK_S {
                next_tick = time;
            }
            while next_tick <= time {
                handle(next_tick, &Event::Tick);
                next_tick = next_tick.plus_seconds(TICK_S);
            }
        }
        handle(time, &event);
    })?;
    Ok(rehearsal.finish())
}
