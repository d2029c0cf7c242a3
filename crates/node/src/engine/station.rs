//! What a sensor says of itself, and processing systems of it: the marks of its turn (CAT002,
//! CAT034) and its state (CAT034, CAT063 and the like). Kept as told, beside the node's own judgement.

use super::sensors::Observed;
use crate::wire;
use asterix::{Condition, ServiceKind, ServiceMessage, ToldBiases, Troubles};
use surveillance::{SensorId, Time};

/// Systems whose words of one sensor are kept; the one not heard the longest gives way.
const TELLERS_MAX: usize = 4;

/// What was said longer ago says nothing of now, seconds.
const WORDS_OLD_S: f64 = 60.0;

/// What is told of one sensor.
#[derive(Debug, Default)]
pub(super) struct Station {
    turn: Option<Mark>,
    sector: Option<Mark>,
    /// One a teller, in the order in which they were first heard.
    said: Vec<Said>,
}

#[derive(Debug, Clone, Copy)]
struct Mark {
    kind: wire::MarkKind,
    azimuth_rad: Option<f64>,
    received: Time,
}

#[derive(Debug, Clone, Copy)]
struct Said {
    teller: SensorId,
    received: Time,
    condition: Option<Condition>,
    troubles: Troubles,
    biases: ToldBiases,
}

impl Said {
    /// Takes what a later message says; what that leaves out stands as it was said, at its own age.
    fn take(&mut self, message: &ServiceMessage) {
        if message.condition.is_some() || self.condition.is_none() {
            self.received = message.received;
        }
        self.condition = message.condition.or(self.condition);
        self.troubles = message.troubles.unwrap_or(self.troubles);
        let (new, old) = (message.biases, self.biases);
        self.biases = ToldBiases {
            time_s: new.time_s.or(old.time_s),
            secondary_range_m: new.secondary_range_m.or(old.secondary_range_m),
            secondary_azimuth_rad: new.secondary_azimuth_rad.or(old.secondary_azimuth_rad),
            primary_range_m: new.primary_range_m.or(old.primary_range_m),
            primary_azimuth_rad: new.primary_azimuth_rad.or(old.primary_azimuth_rad),
        };
    }

    fn is_old(&self, now: Time) -> bool {
        now.seconds_since(self.received) > WORDS_OLD_S
    }
}

impl Station {
    /// Takes what a service message says of the sensor.
    pub(super) fn hear(&mut self, message: &ServiceMessage) {
        let mark = |kind, azimuth_rad| Some(Mark { kind, azimuth_rad, received: message.received });
        match message.kind {
            ServiceKind::NorthMark => self.turn = mark(wire::MarkKind::North, Some(0.0)),
            ServiceKind::SouthMark => {
                self.turn = mark(wire::MarkKind::South, Some(std::f64::consts::PI));
            }
            ServiceKind::SectorCrossing { azimuth_rad } => {
                self.sector = mark(wire::MarkKind::Sector, azimuth_rad);
            }
            _ => {}
        }
        let biases = message.biases;
        if message.condition.is_none()
            && message.troubles.is_none()
            && biases == ToldBiases::default()
        {
            return;
        }
        let said = Said {
            teller: message.sender,
            received: message.received,
            condition: message.condition,
            troubles: message.troubles.unwrap_or_default(),
            biases,
        };
        if let Some(before) = self.said.iter_mut().find(|before| before.teller == said.teller) {
            before.take(message);
            return;
        }
        if self.said.len() == TELLERS_MAX {
            let oldest = (0..TELLERS_MAX).min_by_key(|&at| self.said[at].received);
            oldest.map(|at| self.said.remove(at));
        }
        self.said.push(said);
    }

    /// Who says something of it.
    pub(super) fn tellers(&self) -> impl Iterator<Item = SensorId> {
        self.said.iter().map(|said| said.teller)
    }

    /// What someone says of it that forbids to call it good.
    pub(super) fn reported(&self, now: Time) -> Option<&'static str> {
        let of_now = || self.said.iter().filter(|said| !said.is_old(now));
        let says = |wanted| of_now().any(|said| said.condition == Some(wanted));
        if says(Condition::Disconnected) {
            return Some("reported disconnected");
        }
        says(Condition::Inhibited).then_some("reported inhibited")
    }

    /// The marks of its turn that came last.
    pub(super) fn marks(&self, now: Time) -> Vec<wire::SensorMark> {
        let row = |mark: &Mark| wire::SensorMark {
            kind: mark.kind,
            azimuth_deg: mark.azimuth_rad.map(f64::to_degrees),
            age_s: now.seconds_since(mark.received),
        };
        self.turn.iter().chain(&self.sector).map(row).collect()
    }

    /// What is said of sensor `about`, beside what is `observed` of what arrives from it; `name`
    /// tells what a teller is called.
    pub(super) fn said(
        &self,
        about: SensorId,
        observed: Observed,
        name: impl Fn(SensorId) -> String,
        now: Time,
    ) -> Vec<wire::SensorSaid> {
        let mut said: Vec<&Said> = self.said.iter().collect();
        said.sort_by_key(|said| said.teller != about);
        let row = |said: &&Said| wire::SensorSaid {
            teller: (said.teller != about).then(|| name(said.teller)),
            age_s: now.seconds_since(said.received),
            condition: said.condition.map(condition),
            troubles: said.troubles.iter().map(|trouble| trouble.name().to_owned()).collect(),
            biases: biases(&said.biases),
            differs: !said.is_old(now)
                && said.condition.is_some_and(|condition| differs(condition, observed)),
        };
        said.iter().map(row).collect()
    }
}

/// Whether what is said of a sensor and what arrives from it are at odds.
fn differs(said: Condition, observed: Observed) -> bool {
    match said {
        // Not to be used is a decision, not how it does.
        Condition::Unknown | Condition::Inhibited => false,
        Condition::Operational => observed != Observed::Good,
        Condition::Degraded | Condition::Initialising | Condition::Disconnected => {
            observed == Observed::Good
        }
    }
}

fn condition(of: Condition) -> wire::SensorCondition {
    match of {
        Condition::Operational => wire::SensorCondition::Operational,
        Condition::Degraded => wire::SensorCondition::Degraded,
        Condition::Initialising => wire::SensorCondition::Initialising,
        Condition::Disconnected => wire::SensorCondition::Disconnected,
        Condition::Inhibited => wire::SensorCondition::Inhibited,
        Condition::Unknown => wire::SensorCondition::Unknown,
    }
}

fn biases(of: &ToldBiases) -> wire::ToldBiases {
    wire::ToldBiases {
        time_s: of.time_s,
        secondary_range_m: of.secondary_range_m,
        secondary_azimuth_deg: of.secondary_azimuth_rad.map(f64::to_degrees),
        primary_range_m: of.primary_range_m,
        primary_azimuth_deg: of.primary_azimuth_rad.map(f64::to_degrees),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RADAR: SensorId = SensorId { sac: 25, sic: 201 };

    fn at(seconds: f64) -> Time {
        Time::from_unix_seconds(1_000.0 + seconds)
    }

    fn message(sender: SensorId, kind: ServiceKind, received_s: f64) -> ServiceMessage {
        ServiceMessage {
            sensor: RADAR,
            sender,
            time: at(received_s),
            received: at(received_s),
            kind,
            condition: None,
            troubles: None,
            biases: ToldBiases::default(),
            site: None,
            period_s: None,
        }
    }

    fn status(sender: SensorId, condition: Condition, received_s: f64) -> ServiceMessage {
        let bare = message(sender, ServiceKind::SensorStatus, received_s);
        ServiceMessage { condition: Some(condition), ..bare }
    }

    #[test]
    fn the_last_north_mark_and_the_last_sector_are_told_with_their_age() {
        let mut station = Station::default();
        station.hear(&message(RADAR, ServiceKind::NorthMark, 0.0));
        station.hear(&message(RADAR, ServiceKind::NorthMark, 4.0));
        let azimuth_rad = Some(std::f64::consts::FRAC_PI_2);
        station.hear(&message(RADAR, ServiceKind::SectorCrossing { azimuth_rad }, 5.0));
        let told: Vec<_> = station
            .marks(at(6.5))
            .iter()
            .map(|mark| (mark.kind, mark.azimuth_deg, mark.age_s))
            .collect();
        assert_eq!(
            told,
            [(wire::MarkKind::North, Some(0.0), 2.5), (wire::MarkKind::Sector, Some(90.0), 1.5)]
        );
        assert!(station.said(RADAR, Observed::Good, |_| String::new(), at(6.5)).is_empty());
    }

    #[test]
    fn what_a_centre_says_otherwise_than_the_radar_and_than_what_arrives_is_seen() {
        let centre = SensorId { sac: 99, sic: 1 };
        let mut station = Station::default();
        station.hear(&status(centre, Condition::Disconnected, 0.0));
        station.hear(&status(RADAR, Condition::Operational, 1.0));
        let told = |observed| {
            let said = station.said(RADAR, observed, |id| id.to_string(), at(3.0));
            said.into_iter().map(|s| (s.teller, s.age_s, s.differs)).collect::<Vec<_>>()
        };
        let centre = Some("99/1".to_owned());
        assert_eq!(told(Observed::Good), [(None, 2.0, false), (centre.clone(), 3.0, true)]);
        assert_eq!(told(Observed::NotGood), [(None, 2.0, true), (centre, 3.0, false)]);
        assert_eq!(station.reported(at(59.0)), Some("reported disconnected"));
        assert_eq!(station.reported(at(61.0)), None, "nobody has said so for a minute");
    }

    #[test]
    fn what_a_later_message_leaves_out_stands_at_its_own_age() {
        let mut station = Station::default();
        station.hear(&status(RADAR, Condition::Inhibited, 0.0));
        let biases = ToldBiases { time_s: Some(0.25), ..ToldBiases::default() };
        let later = message(RADAR, ServiceKind::SensorStatus, 5.0);
        station.hear(&ServiceMessage { biases, ..later });
        let said = &station.said(RADAR, Observed::Good, |id| id.to_string(), at(6.0))[0];
        let told = (said.condition, said.age_s, said.biases.time_s, said.differs);
        assert_eq!(told, (Some(wire::SensorCondition::Inhibited), 6.0, Some(0.25), false));
    }

    #[test]
    fn of_too_many_tellers_the_one_not_heard_the_longest_gives_way() {
        let mut station = Station::default();
        let teller = |sic: u8| SensorId { sac: 99, sic };
        for sic in 0..4 {
            station.hear(&status(teller(sic), Condition::Operational, f64::from(sic)));
        }
        station.hear(&status(teller(0), Condition::Degraded, 5.0));
        station.hear(&status(teller(9), Condition::Operational, 6.0));
        let said = station.said(RADAR, Observed::Good, |id| id.to_string(), at(7.0));
        let tellers: Vec<_> = said.iter().filter_map(|s| s.teller.as_deref()).collect();
        assert_eq!(tellers, ["99/0", "99/2", "99/3", "99/9"]);
    }
}
