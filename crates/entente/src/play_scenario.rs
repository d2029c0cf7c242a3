//! `entente play SCENARIO.toml`: what the sensors of a scenario say, in the time in which they say
//! it and in the form in which they send it, to those that have each sensor's data.

use crate::commands::Misuse;
use anyhow::Context;
use asterix::{Datagrams, Fields, Reporter};
use node::player::{self, Due};
use scenario::sensing::Simulation;
use scenario::spec::Spec;
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::str::FromStr;
use surveillance::{Plot, SensorId, Time};

/// What is due within this time goes in one datagram.
const PACK_S: f64 = 0.02;
/// What UDP over Ethernet carries unbroken.
const DATAGRAM_MAX: usize = 1_472;

/// `WHO=ADDRESS:PORT`: a party, for the data of all its sensors, or the name of one sensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Send {
    who: String,
    to: SocketAddr,
}

impl FromStr for Send {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let form = "write WHO=ADDRESS:PORT, as in KGZ=127.0.0.1:8600";
        let (who, to) = text.split_once('=').ok_or(form)?;
        let to: SocketAddr = to.parse().map_err(|_| form)?;
        if !to.ip().is_loopback() {
            // Sensor data leave this machine under an accord or not at all, simulated ones too.
            return Err(format!("{to}: only this machine may listen; use 127.0.0.1"));
        }
        Ok(Self { who: who.to_owned(), to })
    }
}

/// Plays the scenario until it ends, or for ever with `repeat`.
pub(crate) async fn play(
    file: &Path,
    sends: &[Send],
    speed: f64,
    repeat: bool,
    announce: impl FnOnce(&str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(|| name.clone())?;
    let spec = Spec::parse(&name, &text).map_err(|error| Misuse(error.to_string()))?;
    let round = Round::of(&Simulation::run(&spec), sends).map_err(Misuse)?;
    let sender = player::Sender::new().await.context("a socket to send by")?;
    announce(&format!("playing {} to {} receivers\n", spec.name, round.receivers.len()))?;
    loop {
        let start = sender.start();
        let mut unsent = Unsent::default();
        start.send(round.datagrams(start.began, speed, &mut unsent)).await;
        if unsent.count > 0 {
            tracing::warn!(plots = unsent.count, first = %unsent.first, "not sent");
        }
        if !repeat {
            return Ok(());
        }
        start.wait(spec.duration_s / speed).await;
    }
}

/// One run through a scenario.
struct Round {
    said: Vec<Said>,
    receivers: Vec<SocketAddr>,
    /// Places in `receivers` of each sensor's.
    of_sensor: BTreeMap<SensorId, Vec<usize>>,
}

/// What a sensor says, times since the beginning.
struct Said {
    after_s: f64,
    what: What,
}

enum What {
    Plot(Plot),
    North { sensor: SensorId, time: Time, period_s: f64 },
}

/// Plots for which there is no report.
#[derive(Default)]
struct Unsent {
    count: u64,
    first: String,
}

impl Unsent {
    fn add(&mut self, why: &dyn fmt::Display) {
        if self.count == 0 {
            self.first = why.to_string();
        }
        self.count += 1;
    }
}

impl Round {
    /// # Errors
    /// One sentence, if a receiver is named for a party or a sensor that the scenario has not.
    fn of(simulation: &Simulation, sends: &[Send]) -> Result<Self, String> {
        let parties = simulation.parties();
        let mut receivers = Vec::new();
        let mut of_sensor: BTreeMap<SensorId, Vec<usize>> = BTreeMap::new();
        for send in sends {
            let whose = simulation.sensors.iter().zip(&parties);
            let meant: Vec<_> = whose
                .filter(|(sensor, party)| sensor.name == send.who || **party == Some(&*send.who))
                .map(|(sensor, _)| sensor.id)
                .collect();
            if meant.is_empty() {
                let names: Vec<_> = simulation.sensors.iter().map(|s| s.name.as_str()).collect();
                let (who, names) = (&send.who, names.join(", "));
                return Err(format!(
                    "--send {who}=…: no party and no sensor of the scenario; its sensors are {names}"
                ));
            }
            let place = receivers.iter().position(|to| *to == send.to).unwrap_or(receivers.len());
            if place == receivers.len() {
                receivers.push(send.to);
            }
            for sensor in meant {
                let places = of_sensor.entry(sensor).or_default();
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        let heard = |sensor: &SensorId| of_sensor.contains_key(sensor);
        let plots = simulation.plots.iter().map(|made| made.plot);
        let plots = plots.filter(|plot| heard(&plot.sensor)).map(|plot| Said {
            after_s: plot.received.seconds_since(Time::EPOCH),
            what: What::Plot(plot),
        });
        let marks = simulation.north_marks().into_iter().filter(|mark| heard(&mark.sensor));
        let marks = marks.map(|mark| Said {
            after_s: mark.received.seconds_since(Time::EPOCH),
            what: What::North { sensor: mark.sensor, time: mark.time, period_s: mark.period_s },
        });
        let mut said: Vec<_> = plots.chain(marks).collect();
        said.sort_by(|a, b| a.after_s.total_cmp(&b.after_s));
        Ok(Self { said, receivers, of_sensor })
    }

    /// The datagrams in the order in which they go, for a round that began at `began`. Played at
    /// another speed, the sensors' clocks run with it: what they say was measured when it is sent.
    fn datagrams<'a>(
        &'a self,
        began: Time,
        speed: f64,
        unsent: &'a mut Unsent,
    ) -> impl Iterator<Item = Due> + 'a {
        let reporter = Reporter::default();
        let at = move |time: Time| began.plus_seconds(time.seconds_since(Time::EPOCH) / speed);
        let mut packs = vec![Datagrams::new(DATAGRAM_MAX); self.receivers.len()];
        let mut rest = &self.said[..];
        std::iter::from_fn(move || {
            let from_s = rest.first()?.after_s;
            let now = rest.partition_point(|said| said.after_s < from_s + PACK_S * speed);
            let (pack, later) = rest.split_at(now);
            rest = later;
            // They are sent when the last of them is due.
            let after_s = pack.last()?.after_s / speed;
            let mut due = Vec::new();
            for said in pack {
                let (sensor, made) = match said.what {
                    What::Plot(plot) => {
                        let plot = Plot { time: at(plot.time), ..plot };
                        (plot.sensor, reporter.report(&plot).map_err(|why| why.to_string()))
                    }
                    What::North { sensor, time, period_s } => {
                        let period_s = Some(period_s / speed);
                        let mark = reporter.north_mark(sensor, at(time), period_s);
                        (sensor, mark.map_err(|why| why.to_string()))
                    }
                };
                match made {
                    Ok(fields) => self.pack(sensor, &fields, after_s, &mut packs, &mut due),
                    Err(why) => unsent.add(&why),
                }
            }
            for (pack, to) in packs.iter_mut().zip(&self.receivers) {
                due.extend(pack.finish().map(|octets| Due { after_s, to: *to, octets }));
            }
            Some(due)
        })
        .flatten()
    }

    fn pack(
        &self,
        sensor: SensorId,
        fields: &Fields,
        after_s: f64,
        packs: &mut [Datagrams],
        due: &mut Vec<Due>,
    ) {
        for place in self.of_sensor.get(&sensor).into_iter().flatten() {
            let full = packs[*place].push(fields).expect("a report is shorter than a datagram");
            let to = self.receivers[*place];
            due.extend(full.map(|octets| Due { after_s, to, octets }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use asterix::{Editions, Interpreter, Output, ServiceKind, blocks};
    use std::collections::BTreeSet;

    const TWO_PARTIES: &str = r#"
        name = "two-parties"
        duration_s = 60
        area = { lat = 42.0, lon = 74.0, half_width_km = 150 }
        traffic = [{ kind = "airways", count = 12, adsb = 0.5 }]
        [[radar]]
        name = "Hill"
        party = "XXA"
        id = [1, 1]
        lat = 42.0
        lon = 74.0
        technique = "psr_mode_s"
        period_s = 5.0
        range_max_km = 300
        clutter = 3
        [[radar]]
        name = "Cape"
        party = "XXB"
        id = [2, 1]
        lat = 42.5
        lon = 75.0
        technique = "psr_ssr"
        period_s = 6.0
        range_max_km = 300
        [[adsb]]
        name = "Field"
        party = "XXB"
        id = [2, 2]
        stations = [[42.5, 75.0, 800.0]]
        range_max_km = 350
    "#;

    fn send(who: &str, port: u16) -> Send {
        format!("{who}=127.0.0.1:{port}").parse().unwrap()
    }

    /// Sensor and time of measurement of every plot that reached `port`, and the north marks.
    fn heard(round: &Round, began: Time, port: u16) -> (Vec<(SensorId, Time)>, Vec<SensorId>) {
        let (mut plots, mut marks) = (Vec::new(), Vec::new());
        let mut interpreter = Interpreter::new();
        let mut unsent = Unsent::default();
        let mut last_s = 0.0;
        for due in round.datagrams(began, 1.0, &mut unsent).filter(|due| due.to.port() == port) {
            assert!(due.after_s >= last_s && due.octets.len() <= DATAGRAM_MAX);
            last_s = due.after_s;
            let received = began.plus_seconds(due.after_s);
            for block in blocks(&due.octets) {
                for record in block.unwrap().records(&Editions::default()) {
                    interpreter.interpret(&record.unwrap(), received, &mut |output| match output {
                        Output::Plot(plot) => plots.push((plot.sensor, plot.time)),
                        Output::Service(message) => {
                            assert_eq!(message.kind, ServiceKind::NorthMark);
                            marks.push(message.sensor);
                        }
                        Output::Skipped(skipped) => panic!("{skipped:?}"),
                    });
                }
            }
        }
        assert_eq!(unsent.count, 0, "{}", unsent.first);
        (plots, marks)
    }

    #[test]
    fn each_receiver_hears_every_plot_of_its_own_sensors_and_of_no_other() {
        let spec = Spec::parse("two-parties.toml", TWO_PARTIES).unwrap();
        let simulation = Simulation::run(&spec);
        // The first party's, the second's, and one site that feeds a third receiver too.
        let sends = [send("XXA", 1), send("XXB", 2), send("Hill", 3)];
        let round = Round::of(&simulation, &sends).unwrap();
        let began = Time::from_unix_seconds(1_700_000_000.0);
        for (port, party) in [(1, "XXA"), (2, "XXB"), (3, "XXA")] {
            let of_party = simulation.sensors.iter().zip(simulation.parties());
            let own: BTreeSet<_> =
                of_party.filter(|(_, p)| *p == Some(party)).map(|(s, _)| s.id).collect();
            let (plots, marks) = heard(&round, began, port);
            let expected: Vec<_> = simulation
                .plots
                .iter()
                .map(|made| made.plot)
                .filter(|plot| own.contains(&plot.sensor))
                .collect();
            assert!(expected.len() > 50);
            assert!(plots.iter().all(|(sensor, _)| own.contains(sensor)));
            assert_eq!(plots.len(), expected.len());
            for sensor in &own {
                let of = |from: &[(SensorId, Time)]| -> Vec<Time> {
                    from.iter().filter(|(id, _)| id == sensor).map(|(_, time)| *time).collect()
                };
                let meant: Vec<_> = expected
                    .iter()
                    .map(|plot| (plot.sensor, began.plus_seconds(plot.time.unix_seconds())))
                    .collect();
                for (sent, meant) in of(&plots).iter().zip(of(&meant)) {
                    assert!(sent.seconds_since(meant).abs() < 0.004);
                }
            }
            let turns = simulation.north_marks();
            let turns = turns.iter().filter(|mark| own.contains(&mark.sensor)).count();
            assert!(turns >= 10 && marks.len() == turns);
        }
    }

    #[test]
    fn a_receiver_for_nobody_is_refused_and_told_who_there_is() {
        let spec = Spec::parse("two-parties.toml", TWO_PARTIES).unwrap();
        let refusal = Round::of(&Simulation::run(&spec), &[send("XXC", 1)]).err().unwrap();
        let expected = "--send XXC=…: no party and no sensor of the scenario; \
                        its sensors are Hill, Cape, Field";
        assert_eq!(refusal, expected);
        assert!("XXA=192.0.2.1:8600".parse::<Send>().is_err());
        assert!("XXA".parse::<Send>().is_err());
    }
}
