//! Plots that bear a name, taken in together: each known track hears its own, on as many threads
//! as there are, then plots of names that no track bears follow one by one.
//!
//! What a track hears depends on its own state and plots alone, so the outcome is the same on one
//! thread as on many.

use crate::counters::Fate;
use crate::store::Task;
use crate::target::{Heard, Outcome, Verdict};
use crate::{Refusal, TrackEvent, Tracker};
use surveillance::{Plot, PlotOrigin, Time, TrackNumber};

/// Plots received within this span are taken in together, seconds.
const SPAN_S: f64 = 0.1;
/// So many at most.
const PLOTS_MAX: usize = 1 << 15;

/// Named plots that were received and not yet taken in.
#[derive(Default)]
pub(crate) struct Batch {
    plots: Vec<Plot>,
    tasks: Vec<Task>,
    outcomes: Vec<Outcome>,
    /// Plots that no track can hear alone, and the track to be left for a new one, if any.
    later: Vec<(u32, Option<(TrackNumber, u32)>)>,
}

impl Batch {
    /// Whether what was received must be taken in before a plot received at `now`.
    pub(crate) fn is_due(&self, now: Time) -> bool {
        let Some(first) = self.plots.first() else { return false };
        self.plots.len() >= PLOTS_MAX || now.seconds_since(first.received).abs() >= SPAN_S
    }

    pub(crate) fn push(&mut self, plot: &Plot, slot: Option<u32>) {
        let index = self.plots.len() as u32;
        self.plots.push(*plot);
        match slot {
            Some(slot) => self.tasks.push(Task { slot, plot: index }),
            None => self.later.push((index, None)),
        }
    }
}

impl Tracker {
    /// Takes in all named plots that were received.
    pub(crate) fn settle(&mut self, events: &mut Vec<TrackEvent>) {
        if self.batch.plots.is_empty() {
            return;
        }
        let mut batch = std::mem::take(&mut self.batch);
        let Batch { plots, tasks, outcomes, later } = &mut batch;
        tasks.sort_unstable();
        outcomes.resize(tasks.len(), Outcome::NONE);
        let (sites, config, tells) = (&self.sites, &self.config, self.placed.is_some());
        self.store.change_each(tasks, outcomes, config, |target, index, before| {
            let plot = &plots[index as usize];
            match sites.get(&plot.sensor) {
                Some(site) if !before.last().is_some_and(Outcome::is_open) => {
                    target.hear_named(&Heard { plot, site, config, tells })
                }
                _ => Outcome::NONE,
            }
        });
        for (task, outcome) in tasks.iter().zip(&*outcomes) {
            self.conclude(task.slot, &plots[task.plot as usize], outcome, events);
            if outcome.is_open() {
                let left = outcome.verdict == Verdict::Elsewhere;
                later.push((task.plot, left.then_some((outcome.number, task.slot))));
            }
        }
        later.sort_unstable();
        for &(index, left) in &*later {
            let plot = &plots[index as usize];
            let left = left.filter(|(number, slot)| self.store.find(*number) == Some(*slot));
            let result = match left {
                Some((_, slot)) => self.supersede(slot, plot, events),
                None => self.take_alone(plot, events),
            };
            if let Err(reason) = result {
                self.count(plot.sensor, Fate::Refused(reason));
            }
        }
        plots.clear();
        tasks.clear();
        outcomes.clear();
        later.clear();
        self.batch = batch;
    }

    fn take_alone(&mut self, plot: &Plot, events: &mut Vec<TrackEvent>) -> Result<(), Refusal> {
        let Some(slot) = self.named_by(plot) else {
            let nameless = plot.codes.address.is_none() && plot.origin != PlotOrigin::SystemTrack;
            if plot.measurement.is_none() || nameless {
                return Err(Refusal::NothingToUse);
            }
            return self.adopt_or_start(plot, events);
        };
        let site = self.sites.get(&plot.sensor).ok_or(Refusal::SensorUnknown)?;
        let heard = Heard { plot, site, config: &self.config, tells: self.placed.is_some() };
        let outcome = self.store.change(slot, &self.config, |target| target.hear_named(&heard));
        let outcome = outcome.ok_or(Refusal::NothingToUse)?;
        self.conclude(slot, plot, &outcome, events);
        match outcome.verdict {
            Verdict::Elsewhere => self.supersede(slot, plot, events),
            _ => Ok(()),
        }
    }
}
