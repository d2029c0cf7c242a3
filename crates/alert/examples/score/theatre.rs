//! A region with two radars and an ADS-B station, aircraft with truth in it, and every rule about
//! targets looking on. Replies stay out, codes are garbled, plots come late.

use crate::all::TargetRules;
use crate::rig::{Aircraft, State, begin, frame};
use crate::support::{Chance, Stage};
use crate::table::Score;
use alert::rules::adherence::{AdherenceRule, AdherenceRuleConfig};
use alert::site::SiteRules;
use alert::trust::ClaimWatch;
use alert::{
    AerodromeFact, AlertKey, Board, BoardConfig, DetectionWatch, EndedTrack, Firings, RemoteIdFact,
    Rule, Scene, SensorFact, Subject,
};
use geodesy::units::METRES_PER_NM;
use geodesy::{Enu, LocalFrame};
use intent::airspace::Airspaces;
use intent::plan::{Adherence, AdherenceConfig};
use surveillance::{
    Address, AdsbQuality, Codes, EmitterCategory, EndReason, Measurement, Mode3A, Phase, Plot,
    PlotAccuracy, PlotOrigin, PositionReport, PressureAltitude, Sensor, SensorId, SensorKind,
    Track, Velocity,
};
use tracker::{TrackEvent, Tracker, TrackerConfig};

/// What an aircraft tells at one second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tells {
    /// It is in the air at all.
    pub(crate) there: bool,
    /// `None`: its transponder is off.
    pub(crate) squawk: Option<u16>,
    pub(crate) ident: bool,
    /// Of Mode S and ADS-B.
    pub(crate) address: Option<u32>,
    pub(crate) adsb: bool,
    /// How far its ADS-B claim is off the truth, metres east and north, beside noise.
    pub(crate) claim_m: [f64; 2],
    pub(crate) nic: u8,
    pub(crate) category: Option<EmitterCategory>,
}

impl Tells {
    /// An airliner in order, the `n`-th.
    pub(crate) fn airliner(n: u32) -> Self {
        Self {
            there: true,
            squawk: Some(0o2101 + n as u16),
            ident: false,
            address: Some(0x60_1000 + n),
            adsb: true,
            claim_m: [0.0; 2],
            nic: 8,
            category: Some(EmitterCategory::Large),
        }
    }
}

/// One aircraft: its truth, and what it tells when.
pub(crate) struct Actor {
    pub(crate) states: Vec<State>,
    pub(crate) tells: Box<dyn Fn(usize) -> Tells>,
}

impl Actor {
    pub(crate) fn new(
        aircraft: Aircraft,
        chance: &mut Chance,
        tells: impl Fn(usize) -> Tells + 'static,
    ) -> Self {
        Self { states: aircraft.fly(SECONDS, chance), tells: Box::new(tells) }
    }
}

/// How long a run lasts.
pub(crate) const SECONDS: usize = 420;

/// A level flight that is at a place, NM, in the middle of the run.
pub(crate) fn level(at_nm: [f64; 2], course_deg: f64, speed_kt: f64, level_ft: f64) -> Aircraft {
    let at_s = SECONDS as f64 / 2.0;
    let (climb_fpm, to_ft, turn) = (0.0, level_ft, None);
    Aircraft { at_nm, at_s, course_deg, speed_kt, level_ft, climb_fpm, to_ft, turn }
}

/// A sensor and its faults.
pub(crate) struct Station {
    pub(crate) sensor: Sensor,
    /// Share of secondary replies, and of primary echoes.
    pub(crate) reply: Box<dyn Fn(usize) -> f64>,
    pub(crate) echo: f64,
    mode_s: bool,
    /// Share of Mode A replies of which a pulse is lost or added.
    garble: f64,
    pub(crate) azimuth_bias_rad: f64,
    /// Seconds by which its plots come late at most.
    late_s: usize,
}

/// A place east and north of where an aircraft is, metres, measured with that noise.
fn reported(
    state: &State,
    [east_m, north_m]: [f64; 2],
    sd_m: f64,
    chance: &mut Chance,
) -> Measurement {
    let east_m = state.east_m + east_m + chance.normal(sd_m);
    let north_m = state.north_m + north_m + chance.normal(sd_m);
    let place = State { east_m, north_m, ..*state }.place();
    Measurement::Geodetic(PositionReport {
        latitude_rad: place.latitude_rad,
        longitude_rad: place.longitude_rad,
        height_m: None,
        horizontal_sd_m: Some(sd_m),
    })
}

impl Station {
    fn radar(sic: u8, at_nm: [f64; 2], period_s: f64, range_nm: f64, mode_s: bool) -> Self {
        let [east, north] = at_nm.map(|nm| nm * METRES_PER_NM);
        let site = frame().geodetic_from_enu(Enu { east, north, up: 0.0 }).at_height(300.0);
        let sensor = Sensor {
            id: SensorId { sac: 1, sic },
            name: format!("R{sic}"),
            kind: SensorKind::Radar,
            site: Some(site),
            period_s: Some(period_s),
            accuracy: PlotAccuracy {
                range_m: 60.0,
                azimuth_rad: 0.07_f64.to_radians(),
                elevation_rad: 1.0,
            },
            range_max_m: Some(range_nm * METRES_PER_NM),
            view: surveillance::View::default(),
            receivers: Box::default(),
        };
        let garble = if mode_s { 0.0 } else { 1.0 / 300.0 };
        let reply = Box::new(|_: usize| 0.95);
        Self { sensor, reply, echo: 0.85, mode_s, garble, azimuth_bias_rad: 0.0, late_s: 1 }
    }

    /// Mode S and primary, a turn in 5 s, 140 NM.
    pub(crate) fn mode_s() -> Self {
        Self::radar(1, [0.0, -40.0], 5.0, 140.0, true)
    }

    /// Modes A and C and primary, a turn in 12 s, 200 NM.
    pub(crate) fn mode_ac() -> Self {
        Self::radar(2, [60.0, 40.0], 12.0, 200.0, false)
    }

    pub(crate) fn adsb() -> Self {
        let of = Self::radar(3, [0.0, 0.0], 1.0, 200.0, true);
        let (kind, name, period_s) = (SensorKind::AdsB, "ADS-B".to_owned(), None);
        let sensor = Sensor { kind, name, period_s, ..of.sensor };
        Self { sensor, reply: Box::new(|_| 0.9), late_s: 2, ..of }
    }

    /// Multilateration: each second, 60 m of noise, 200 NM.
    pub(crate) fn mlat() -> Self {
        let of = Self::radar(4, [0.0, 0.0], 1.0, 200.0, true);
        let (kind, name) = (SensorKind::Mlat, "MLAT".to_owned());
        let sensor = Sensor { kind, name, ..of.sensor };
        Self { sensor, reply: Box::new(|_| 0.9), ..of }
    }

    /// Both radars and ADS-B.
    pub(crate) fn every() -> Vec<Self> {
        vec![Self::mode_s(), Self::mode_ac(), Self::adsb()]
    }

    fn is_radar(&self) -> bool {
        self.sensor.kind == SensorKind::Radar
    }

    /// Whether its beam is on an aircraft, the `index`-th.
    fn looks(&self, index: usize, second: usize) -> bool {
        let period_s = self.sensor.period_s.map_or(1, |period_s| period_s as usize);
        (second + index * 3).is_multiple_of(period_s)
    }

    fn bare(&self, second: usize, origin: PlotOrigin) -> Plot {
        Plot::bare(self.sensor.id, begin().plus_seconds(second as f64), origin)
    }

    fn polar(&self, state: &State, chance: &mut Chance) -> (Measurement, f64) {
        let site = self.sensor.site.expect("each has one");
        let polar = LocalFrame::at(site).polar_from_ecef(state.place().to_ecef());
        let azimuth_rad =
            polar.azimuth_rad + self.azimuth_bias_rad + chance.normal(0.07_f64.to_radians());
        let measured = Measurement::Polar {
            slant_range_m: polar.slant_range_m + chance.normal(60.0),
            azimuth_rad: geodesy::wrap_tau(azimuth_rad),
            elevation_rad: None,
        };
        (measured, polar.slant_range_m)
    }

    fn plot(
        &self,
        state: &State,
        (index, tells): (usize, &Tells),
        second: usize,
        chance: &mut Chance,
    ) -> Option<Plot> {
        let (measured, range_m) = self.polar(state, chance);
        if !tells.there || range_m > self.sensor.range_max_m? || !self.looks(index, second) {
            return None;
        }
        let replies = chance.within(0.0, 1.0) < (self.reply)(second);
        if self.sensor.kind == SensorKind::Mlat {
            return replies.then(|| self.located(state, tells, second, chance));
        }
        if !self.is_radar() {
            return (replies && tells.adsb)
                .then(|| self.claim(state, (index, tells), second, chance));
        }
        match tells.squawk.filter(|_| replies) {
            None => {
                let echoes = chance.within(0.0, 1.0) < self.echo;
                let plot = self.bare(second, PlotOrigin::Primary);
                echoes.then_some(Plot { measurement: Some(measured), ..plot })
            }
            Some(squawk) => {
                let garbled = chance.within(0.0, 1.0) < self.garble;
                let pulse = 1 << (chance.bits() % 12);
                let code = Mode3A::new(if garbled { squawk ^ pulse } else { squawk });
                let address = tells.address.filter(|_| self.mode_s).map(Address::icao);
                let plot = self.bare(second, PlotOrigin::Secondary);
                Some(Plot {
                    measurement: Some(measured),
                    codes: Codes { mode_3a: Some(code), ident: tells.ident, address, ..plot.codes },
                    pressure_altitude: Some(altitude(state, 30.48)),
                    ..plot
                })
            }
        }
    }

    /// Where multilateration finds an aircraft, whatever it claims.
    fn located(&self, state: &State, tells: &Tells, second: usize, chance: &mut Chance) -> Plot {
        let sd_m = 60.0;
        let plot = self.bare(second, PlotOrigin::Mlat);
        Plot {
            measurement: Some(reported(state, [0.0; 2], sd_m, chance)),
            codes: Codes {
                address: tells.address.map(Address::icao),
                mode_3a: tells.squawk.map(Mode3A::new),
                ..plot.codes
            },
            pressure_altitude: Some(altitude(state, 7.62)),
            ..plot
        }
    }

    fn claim(
        &self,
        state: &State,
        (index, tells): (usize, &Tells),
        second: usize,
        chance: &mut Chance,
    ) -> Plot {
        let sd_m = if tells.nic < 7 { 200.0 } else { 20.0 };
        // The code comes with every fifth message.
        let squawk = tells.squawk.filter(|_| (second + index).is_multiple_of(5));
        let plot = self.bare(second, PlotOrigin::AdsB);
        Plot {
            measurement: Some(reported(state, tells.claim_m, sd_m, chance)),
            velocity: Some(Velocity {
                horizontal: Some(Enu { east: state.east_mps, north: state.north_mps, up: 0.0 }),
                vertical_rate_mps: Some(state.climb_mps),
            }),
            codes: Codes {
                address: tells.address.map(Address::icao),
                mode_3a: squawk.map(Mode3A::new),
                ident: tells.ident,
                ..plot.codes
            },
            pressure_altitude: Some(altitude(state, 7.62)),
            quality: AdsbQuality {
                version: Some(2),
                nic: Some(tells.nic),
                nac_p: Some(if tells.nic < 7 { 5 } else { 9 }),
                ..AdsbQuality::default()
            },
            category: tells.category,
            ..plot
        }
    }
}

fn altitude(state: &State, step_m: f64) -> PressureAltitude {
    PressureAltitude { altitude_m: (state.height_m / step_m).round() * step_m, step_m }
}

type Know = dyn for<'a> Fn(Subject<'a>) -> Subject<'a>;
type Health = dyn for<'s> Fn(usize, usize, SensorFact<'s>) -> SensorFact<'s>;
type Keeps = dyn Fn(&Track) -> Option<Adherence>;

/// One run.
pub(crate) struct World {
    pub(crate) actors: Vec<Actor>,
    pub(crate) stations: Vec<Station>,
    /// False primary plots a second of each radar.
    pub(crate) clutter: f64,
    pub(crate) aerodromes: Vec<AerodromeFact>,
    pub(crate) airspaces: Airspaces,
    pub(crate) know: Box<Know>,
    pub(crate) keeps: Option<Box<Keeps>>,
    /// A rule of the site.
    pub(crate) site: Option<SiteRules>,
    pub(crate) remote: Box<dyn Fn(usize) -> Vec<RemoteIdFact>>,
    /// What is known of a sensor beside who it is, by its place in `stations`.
    pub(crate) health: Box<Health>,
}

impl World {
    pub(crate) fn of(actors: Vec<Actor>, stations: Vec<Station>) -> Self {
        Self {
            actors,
            stations,
            clutter: 0.3,
            aerodromes: Vec::new(),
            airspaces: Airspaces::default(),
            know: Box::new(crate::rig::bare),
            keeps: None,
            site: None,
            remote: Box::new(|_| Vec::new()),
            health: Box::new(|_, _, fact| fact),
        }
    }

    /// What opens on the board, and when.
    pub(crate) fn play(&self, chance: &mut Chance) -> Vec<(AlertKey, f64)> {
        let mut tracker = Tracker::new(TrackerConfig::default());
        let (mut claims, mut detection) = (ClaimWatch::default(), DetectionWatch::default());
        for station in &self.stations {
            tracker.set_sensor(station.sensor.clone());
            claims.set_sensor(&station.sensor);
        }
        let (mut rules, mut board) = (TargetRules::default(), Board::new(BoardConfig::default()));
        let thresholds = AdherenceConfig::default();
        let mut adherence = AdherenceRule::new(AdherenceRuleConfig::default(), thresholds);
        let mut site = self.site.clone();
        let (mut firings, mut opened, mut waiting) = (Firings::new(), Vec::new(), Vec::new());
        let (mut events, mut before) = (Vec::new(), Vec::<Track>::new());
        for second in 0..SECONDS {
            let now = begin().plus_seconds(second as f64);
            self.measure(second, &mut waiting, chance);
            let (come, rest): (Vec<_>, Vec<_>) =
                waiting.drain(..).partition(|(due, _): &(usize, Plot)| *due <= second);
            waiting = rest;
            let plots: Vec<Plot> =
                come.into_iter().map(|(_, plot)| Plot { received: now, ..plot }).collect();
            claims.observe(&plots);
            tracker.observe(&plots, &mut events);
            tracker.flush(&mut events);
            tracker.advance(now, &mut events);
            let mut gone: Vec<(Track, EndReason)> = Vec::new();
            for event in events.drain(..) {
                if let TrackEvent::Ended { number, reason, .. } = event
                    && let Some(track) = before.iter().find(|track| track.number == number)
                {
                    gone.push((track.clone(), reason));
                }
            }
            gone.sort_by_key(|(track, _)| track.number);
            let ended: Vec<_> =
                gone.iter().map(|(track, reason)| EndedTrack { track, reason: *reason }).collect();
            before = tracker
                .tracks()
                .filter(|track| track.phase() != Phase::Tentative)
                .map(|track| track.at(Some(now)))
                .collect();
            let running_s = board.running_s(now);
            let stage = Stage { running_s, ..Stage::new(before.clone(), now) };
            let claim = |subject: Subject<'_>| {
                subject.track().codes.address.and_then(|address| claims.claim(address, now))
            };
            let twin = |subject: Subject<'_>| {
                subject.track().codes.address.and_then(|address| claims.twin(address))
            };
            let subjects: Vec<_> = stage
                .subjects()
                .into_iter()
                .map(|subject| {
                    let (claim, twin) = (claim(subject), twin(subject));
                    (self.know)(Subject { claim, twin, ground_m: Some(0.0), ..subject })
                })
                .collect();
            let mut sensors: Vec<_> = (0..self.stations.len())
                .map(|index| {
                    let sensor = &self.stations[index].sensor;
                    let (silent_since, silent_after_s, degraded) = (None, None, None);
                    let fact = SensorFact {
                        sensor,
                        silent_since,
                        silent_after_s,
                        degraded,
                        detection: None,
                        bias: None,
                    };
                    (self.health)(index, second, fact)
                })
                .collect();
            detection.look(before.iter(), &sensors, running_s);
            for fact in &mut sensors {
                fact.detection = detection.of(fact.sensor.id);
            }
            let remote_ids = (self.remote)(second);
            let scene = Scene {
                ended: &ended,
                sensors: &sensors,
                remote_ids: &remote_ids,
                aerodromes: &self.aerodromes,
                airspaces: Some(&self.airspaces),
                ..stage.scene(&subjects)
            };
            firings.clear();
            rules.evaluate(&scene, &board, &mut firings);
            if let Some(keeps) = &self.keeps {
                adherence.evaluate(&scene, |subject| keeps(subject.track()), &mut firings);
            }
            if let Some(site) = &mut site {
                site.evaluate(&scene, &board, &mut firings);
            }
            board.update(&mut firings, &ended, now);
            for id in &board.changes().opened {
                let alert = board.get(*id).expect("what opened is there");
                opened.push((alert.key, second as f64));
            }
        }
        opened
    }

    fn measure(&self, second: usize, waiting: &mut Vec<(usize, Plot)>, chance: &mut Chance) {
        for station in &self.stations {
            for (index, actor) in self.actors.iter().enumerate() {
                let tells = (actor.tells)(second);
                let state = &actor.states[second];
                if let Some(plot) = station.plot(state, (index, &tells), second, chance) {
                    // One in twenty is late.
                    let late = chance.within(0.0, 1.0) < 0.05;
                    waiting.push((second + if late { station.late_s } else { 0 }, plot));
                }
            }
            if station.is_radar() && chance.within(0.0, 1.0) < self.clutter {
                let measurement = Some(Measurement::Polar {
                    slant_range_m: chance.within(10.0, 60.0) * METRES_PER_NM,
                    azimuth_rad: chance.within(0.0, std::f64::consts::TAU),
                    elevation_rad: None,
                });
                let plot = station.bare(second, PlotOrigin::Primary);
                waiting.push((second, Plot { measurement, ..plot }));
            }
        }
    }
}

/// Plays as many runs as the others of a kind, and scores one rule on them.
pub(crate) fn score(
    rule: Rule,
    name: &str,
    sensors: &str,
    make: &dyn Fn(&mut Chance) -> (World, Option<f64>),
) {
    let mut chance = Chance(crate::SEED + 3);
    let mut score = Score::default();
    for _ in 0..crate::RUNS {
        let (world, due_s) = make(&mut chance);
        let told = world.play(&mut chance);
        let told_s: Vec<f64> =
            told.iter().filter(|(key, _)| key.rule == rule).map(|(_, at_s)| *at_s).collect();
        // Cells of one disturbed region are several alerts of one thing.
        let many = rule == Rule::NavigationInterference;
        score.take(due_s, &told_s, world.actors.len().max(1) * SECONDS, many);
    }
    score.print(name, sensors);
}
