//! Receivers with one time as one sensor: what several of them heard of a transmission becomes a plot
//! of times of arrival.

use super::sensors::{SensorBook, Source};
use super::{TIME_AHEAD_MAX_S, TIME_LATE_MAX_S};
use modes::{Decoder, DecoderConfig, Frame, Hearings, Located, arrivals_to_plot};
use std::time::Duration;
use surveillance::{Plot, SensorId, Time};

/// Transmissions shed that are counted at a time, at most: a flood is one.
const SHED_TOLD_MAX: u64 = 1_000;

/// All multilateration systems of a node.
#[derive(Debug, Default)]
pub(super) struct Multilateration {
    systems: Vec<System>,
    located: Vec<Located>,
}

#[derive(Debug)]
struct System {
    sensor: SensorId,
    /// The receivers' feeds.
    feeds: Vec<u16>,
    hearings: Hearings,
    /// Of what it located: which overlaid addresses are known.
    decoder: Decoder,
}

impl Multilateration {
    /// By each system's sensor and its receivers' feeds, in the order of the sensor's list.
    pub(super) fn new(systems: impl IntoIterator<Item = (SensorId, Vec<u16>)>) -> Self {
        let system = |(sensor, feeds)| System {
            sensor,
            feeds,
            hearings: Hearings::default(),
            decoder: Decoder::new(DecoderConfig::default()),
        };
        Self { systems: systems.into_iter().map(system).collect(), located: Vec::new() }
    }

    /// Takes in frames of one feed, whichever systems it belongs to.
    pub(super) fn hear(&mut self, feed: usize, frames: impl Iterator<Item = Frame>, now: Time) {
        for frame in frames {
            for system in &mut self.systems {
                let place = system.feeds.iter().position(|of| usize::from(*of) == feed);
                if let Some(receiver) = place.and_then(|place| u8::try_from(place).ok()) {
                    system.hearings.push(receiver, &frame, now);
                }
            }
        }
    }

    /// Appends the plots of what has been waited for long enough.
    pub(super) fn locate(&mut self, now: Time, sensors: &mut SensorBook, plots: &mut Vec<Plot>) {
        let Self { systems, located } = self;
        for System { sensor, hearings, decoder, .. } in systems {
            located.clear();
            hearings.take(now, &mut |one| located.push(one));
            let Some(health) = sensors.health_mut(Source::Sensor(*sensor)) else { continue };
            for _ in 0..hearings.take_shed().min(SHED_TOLD_MAX) {
                health.defect("transmission_shed", now);
            }
            for one in &*located {
                let of_day = Duration::from_nanos(one.nanos_of_day);
                let time = Time::from_time_of_day(of_day, one.told);
                if !(-TIME_LATE_MAX_S..=TIME_AHEAD_MAX_S).contains(&time.seconds_since(one.told)) {
                    health.defect("time_far_from_receipt", now);
                    continue;
                }
                health.message(now);
                match decoder.decode_frame(&one.frame, time) {
                    Ok(report) => {
                        let plot = arrivals_to_plot(&report, one.arrivals, *sensor, time, now);
                        if let Some(plot) = plot {
                            health.plot(now);
                            plots.push(plot);
                        }
                    }
                    Err(defect) => health.defect(defect.name(), now),
                }
            }
        }
    }
}
