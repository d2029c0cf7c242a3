//! Who told what a selected track is shown with, and when.
//!
//! The tracker keeps what was told and not by whom. So the plots of late are kept as they came, and once
//! a second those of the tracks that consoles have selected are looked for among them: a plot costs no
//! more than its copy, however many tracks there are.

use super::partners::{Partners, foreign};
use super::publish::source;
use super::sensors::SensorBook;
use crate::wire::{self, ToldField};
use std::collections::{BTreeMap, VecDeque};
use surveillance::{Plot, PlotOrigin, SensorId, Time, Track, TrackNumber};

/// Plots kept: 7 MB. They are searched once a second, so up to so many a second none is missed; of 3,000 a
/// second they are those of ten seconds, in which most have told all they tell.
const RECENT_MAX: usize = 32_768;
/// What moves is no more by whoever told it so long ago: the track goes on by what others told, seconds.
const MOVES_FOR_S: f64 = 15.0;
/// A sensor's stamp as it came and as its registration corrects it differ by less, seconds.
const CORRECTION_MAX_S: f64 = 1.0;

/// What plots tell of a track beside where it is.
const FIELDS: [ToldField; 7] = [
    ToldField::Level,
    ToldField::Velocity,
    ToldField::Climb,
    ToldField::Callsign,
    ToldField::Squawk,
    ToldField::Address,
    ToldField::Category,
];

/// Plots of late, and who told what of the tracks that are looked at.
#[derive(Debug, Default)]
pub(super) struct Told {
    recent: VecDeque<Plot>,
    of: BTreeMap<TrackNumber, Tellers>,
}

/// Who told each of [`FIELDS`] last.
#[derive(Debug, Clone, Default)]
struct Tellers([Option<Teller>; FIELDS.len()]);

#[derive(Debug, Clone, Copy, PartialEq)]
struct Teller {
    sensor: SensorId,
    origin: PlotOrigin,
    at: Time,
    /// What it told, where it is shown as told.
    value: Value,
}

/// What is shown as it was told, so that it can be compared.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Value {
    Bits(u64),
    Text(surveillance::Callsign),
    Category(surveillance::EmitterCategory),
    /// What is shown follows from what many told.
    Filtered,
}

impl Told {
    /// Plots came in.
    pub(super) fn hear(&mut self, plots: &[Plot]) {
        for plot in plots {
            if self.recent.len() == RECENT_MAX {
                self.recent.pop_front();
            }
            self.recent.push_back(*plot);
        }
    }

    /// Forgets the tracks at which nobody looks any more.
    pub(super) fn keep(&mut self, is_looked_at: impl Fn(TrackNumber) -> bool) {
        self.of.retain(|number, _| is_looked_at(*number));
    }

    /// Who told what one of our own tracks is shown with at `now`: the newest of each. A value that
    /// nobody told since it was first looked at, nor shortly before, has no row. `name` is what a
    /// sensor is called.
    pub(super) fn rows(
        &mut self,
        track: &Track,
        now: Time,
        name: impl Fn(SensorId) -> String,
    ) -> Vec<wire::ToldRow> {
        let tellers = self.of.entry(track.number).or_default();
        tellers.look(track, &self.recent, now);
        let position = track.contributors.iter().max_by_key(|c| c.last);
        let position = position.map(|c| (ToldField::Position, c.sensor, c.origin, c.last));
        let others = FIELDS.iter().zip(tellers.0);
        let others =
            others.filter_map(|(field, teller)| teller.map(|t| (*field, t.sensor, t.origin, t.at)));
        let row =
            |(field, sensor, origin, at): (ToldField, SensorId, PlotOrigin, Time)| wire::ToldRow {
                field,
                by: name(sensor),
                sensor: Some(sensor.to_string()),
                kind: Some(source(origin)),
                age_s: now.seconds_since(at).max(0.0),
            };
        position.into_iter().chain(others).map(row).collect()
    }
}

impl Tellers {
    /// Takes the newest of each field from plots of the track, and forgets who told what is not shown any
    /// more.
    fn look(&mut self, track: &Track, recent: &VecDeque<Plot>, now: Time) {
        let shown = FIELDS.map(|field| shown(field, track));
        let fresh = |at: Time| now.seconds_since(at) <= MOVES_FOR_S;
        let moves = |sensor| track.contributors.iter().any(|c| c.sensor == sensor && fresh(c.last));
        let lasts = |field, sensor, at| match field {
            // The speed of a claim that is refused is not taken: its sensor moved nothing of late.
            ToldField::Velocity => fresh(at) && moves(sensor),
            ToldField::Climb => fresh(at),
            _ => true,
        };
        for ((field, teller), shown) in FIELDS.iter().zip(&mut self.0).zip(shown) {
            *teller = teller.filter(|t| Some(t.value) == shown && lasts(*field, t.sensor, t.at));
        }
        for plot in recent.iter().filter(|plot| is_of(plot, track)) {
            for ((field, teller), shown) in FIELDS.iter().zip(&mut self.0).zip(shown) {
                let Plot { sensor, origin, .. } = *plot;
                // A clock that is ahead makes nothing newer than it came.
                let at = plot.time.min(plot.received);
                let told = told(*field, plot)
                    .filter(|told| Some(*told) == shown && lasts(*field, sensor, at));
                let newer = teller.is_none_or(|known| at > known.at);
                if let Some(value) = told.filter(|_| newer) {
                    *teller = Some(Teller { sensor, origin, at, value });
                }
            }
        }
    }
}

/// Whether a plot tells of the track: by its address, or, where it has none, as a plot with a code or
/// level of the track's, and no other code, from a sensor whose last plot the track took in at that time.
fn is_of(plot: &Plot, track: &Track) -> bool {
    if plot.codes.address.is_some() {
        return plot.codes.address == track.codes.address;
    }
    let same = |field| told(field, plot).is_some_and(|told| Some(told) == shown(field, track));
    let numbered =
        plot.codes.source_track.is_some() && plot.codes.source_track == track.codes.source_track;
    let took = |c: &surveillance::Contributor| {
        c.sensor == plot.sensor && c.last.seconds_since(plot.time).abs() < CORRECTION_MAX_S
    };
    let other_code = plot.codes.mode_3a.is_some() && !same(ToldField::Squawk);
    (numbered || same(ToldField::Squawk) || (same(ToldField::Level) && !other_code))
        && track.contributors.iter().any(took)
}

/// What a plot tells of one of [`FIELDS`].
fn told(field: ToldField, plot: &Plot) -> Option<Value> {
    let codes = &plot.codes;
    match field {
        ToldField::Position => None,
        ToldField::Level => Some(level(plot.pressure_altitude?.altitude_m)),
        ToldField::Velocity => plot.velocity?.horizontal.map(|_| Value::Filtered),
        ToldField::Climb => plot.velocity?.vertical_rate_mps.map(|_| Value::Filtered),
        ToldField::Callsign => codes.callsign.map(Value::Text),
        ToldField::Squawk => codes.mode_3a.map(|code| Value::Bits(code.bits().into())),
        ToldField::Address => codes.address.map(|address| Value::Bits(address.bits().into())),
        ToldField::Category => plot.category.map(Value::Category),
    }
}

/// What the track shows in one of [`FIELDS`], as a plot would have told it.
fn shown(field: ToldField, track: &Track) -> Option<Value> {
    let codes = &track.codes;
    match field {
        ToldField::Position => None,
        ToldField::Level => track.pressure_altitude_m.map(level),
        ToldField::Velocity => Some(Value::Filtered),
        ToldField::Climb => track.vertical_rate_mps.map(|_| Value::Filtered),
        ToldField::Callsign => codes.callsign.map(Value::Text),
        ToldField::Squawk => codes.mode_3a.map(|code| Value::Bits(code.bits().into())),
        ToldField::Address => codes.address.map(|address| Value::Bits(address.bits().into())),
        ToldField::Category => track.category.map(Value::Category),
    }
}

fn level(altitude_m: f64) -> Value {
    Value::Bits(altitude_m.to_bits())
}

/// Who told what a track of the picture is shown with at `now`. What a partner alone tells of, it told all at
/// once; the position of one of ours has in it those of the partners that tell of it too.
pub(super) fn of(
    plots: &mut Told,
    entry: &picture::Entry,
    (sensors, partners): (&SensorBook, &Partners),
    now: Time,
) -> Vec<wire::ToldRow> {
    let track = &entry.track;
    let party = |index| partners.name(index).map_or_else(String::new, |party| party.to_string());
    if let Some(teller) = entry.teller {
        let known = |field: &ToldField| match field {
            ToldField::Position => true,
            ToldField::Velocity => !foreign::speed_unknown(track),
            field => shown(*field, track).is_some(),
        };
        let age_s = now.seconds_since(track.last);
        let fields = std::iter::once(ToldField::Position).chain(FIELDS).filter(known);
        return fields.map(|field| of_partner(field, party(teller), age_s)).collect();
    }
    let joined = entry.words.iter().filter_map(|word| {
        let age_s = now.seconds_since(partners.told_at(word)?);
        Some(of_partner(ToldField::Position, party(word.partner), age_s))
    });
    let name = |id| sensors.name(id).unwrap_or_default().to_owned();
    let mut rows = plots.rows(track, now, name);
    rows.extend(joined);
    rows.sort_by_key(|row| row.field);
    rows
}

fn of_partner(field: ToldField, by: String, age_s: f64) -> wire::ToldRow {
    wire::ToldRow { field, by, sensor: None, kind: None, age_s }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PlotOrigin::{AdsB, Secondary};
    use arrayvec::ArrayVec;
    use surveillance::{
        Address, AdsbQuality, Callsign, Codes, Contributor, Mode3A, Phase, PressureAltitude,
        Velocity,
    };

    const HILL: SensorId = SensorId { sac: 1, sic: 2 };
    const ROOF: SensorId = SensorId { sac: 1, sic: 1 };
    const WHO: Address = Address::icao(0x4c_a1_23);

    fn at(seconds: f64) -> Time {
        Time::from_unix_seconds(1_000_000.0 + seconds)
    }

    /// A track that shows these codes and level, and whose last plots were used at these times.
    fn track(codes: Codes, level_m: f64, used: &[(SensorId, PlotOrigin, f64)]) -> Track {
        let used = used.iter().map(|&(sensor, origin, s)| (sensor, origin, at(s)));
        Track {
            number: TrackNumber(7),
            phase: Phase::Confirmed,
            time: at(0.0),
            position: geodesy::Geodetic::from_degrees(50.0, 10.0, 0.0).expect("a place"),
            height_sd_m: None,
            velocity: geodesy::Enu { east: 200.0, north: 0.0, up: 0.0 },
            position_covariance: [1.0, 0.0, 1.0],
            velocity_covariance: [1.0, 0.0, 1.0],
            pressure_altitude_m: Some(level_m),
            pressure_altitude_time: None,
            vertical_rate_mps: Some(0.0),
            on_ground: false,
            codes,
            quality: AdsbQuality::default(),
            category: None,
            first: at(0.0),
            last: at(0.0),
            contributors: used
                .map(|(sensor, origin, last)| Contributor { sensor, origin, last, plots: 1 })
                .collect::<ArrayVec<_, 8>>(),
        }
    }

    fn callsign(text: &str) -> Option<Callsign> {
        Some(Callsign::new(text).expect("a callsign"))
    }

    fn plot(sensor: SensorId, origin: PlotOrigin, s: f64, codes: Codes) -> Plot {
        Plot { codes, ..Plot::bare(sensor, at(s), origin) }
    }

    /// The rows at 20 s in short: value, sensor and age in whole seconds.
    fn rows(told: &mut Told, track: &Track) -> Vec<(ToldField, String, i64)> {
        let rows = told.rows(track, at(20.0), |id| if id == HILL { "Hill" } else { "Roof" }.into());
        rows.into_iter().map(|row| (row.field, row.by, row.age_s.round() as i64)).collect()
    }

    #[test]
    fn each_value_is_by_whoever_told_what_is_shown_last() {
        let address = Some(WHO);
        let codes = |text| Codes { address, callsign: callsign(text), ..Codes::default() };
        let mut told = Told::default();
        told.hear(&[
            plot(ROOF, AdsB, 2.0, codes("KZR112")),
            plot(HILL, Secondary, 8.0, codes("KZR112")),
            // Somebody garbled it, and somebody else is another.
            plot(ROOF, AdsB, 12.0, codes("KZR1I2")),
            plot(ROOF, AdsB, 13.0, Codes { address: Some(Address::icao(1)), ..codes("KZR112") }),
        ]);
        let mut shown =
            track(codes("KZR112"), 3_000.0, &[(HILL, Secondary, 8.0), (ROOF, AdsB, 12.0)]);
        let by = |field, by: &str, age_s| (field, by.to_owned(), age_s);
        let expected = [
            by(ToldField::Position, "Roof", 8),
            by(ToldField::Callsign, "Hill", 12),
            by(ToldField::Address, "Roof", 8),
        ];
        assert_eq!(rows(&mut told, &shown), expected, "and nobody told the level");
        // What fell out of the plots that are kept is remembered while somebody looks.
        let mut others =
            plot(ROOF, AdsB, 14.0, Codes { address: Some(Address::icao(1)), ..Codes::default() });
        others.velocity = Some(Velocity { horizontal: None, vertical_rate_mps: Some(1.0) });
        told.hear(&vec![others; RECENT_MAX]);
        assert_eq!(rows(&mut told, &shown), expected);
        // A new word is nobody's before somebody tells it.
        shown.codes.callsign = callsign("KZR113");
        assert_eq!(rows(&mut told, &shown), [expected[0].clone(), expected[2].clone()]);
        told.keep(|_| false);
        assert_eq!(rows(&mut told, &shown), [expected[0].clone()]);
    }

    #[test]
    fn a_speed_is_by_who_still_moves_the_track_or_by_nobody() {
        let codes = Codes { address: Some(WHO), ..Codes::default() };
        let fast = |s| Plot {
            velocity: Some(Velocity {
                horizontal: Some(geodesy::Enu { east: 200.0, north: 0.0, up: 0.0 }),
                vertical_rate_mps: None,
            }),
            ..plot(ROOF, AdsB, s, codes)
        };
        let speed = |told: &mut Told, track: &Track| {
            rows(told, track).into_iter().find(|row| row.0 == ToldField::Velocity)
        };
        let mut told = Told::default();
        told.hear(&[fast(18.0)]);
        let heard = track(codes, 3_000.0, &[(HILL, Secondary, 17.0), (ROOF, AdsB, 18.0)]);
        assert_eq!(speed(&mut told, &heard), Some((ToldField::Velocity, "Roof".to_owned(), 2)));
        // Its reports are refused now, and radar alone moves the track.
        let refused = track(codes, 3_000.0, &[(ROOF, AdsB, 1.0), (HILL, Secondary, 19.0)]);
        assert_eq!(speed(&mut told, &refused), None);
    }

    #[test]
    fn a_reply_without_an_address_is_the_tracks_where_its_code_and_turn_are() {
        let code = |bits| Codes { mode_3a: Some(Mode3A::new(bits)), ..Codes::default() };
        let level = |altitude_m| Some(PressureAltitude { altitude_m, step_m: 30.48 });
        let mut told = Told::default();
        told.hear(&[
            Plot { pressure_altitude: level(3_000.0), ..plot(HILL, Secondary, 4.0, code(0o4512)) },
            // The same turn, another aircraft; and the same code on another turn.
            Plot { pressure_altitude: level(900.0), ..plot(HILL, Secondary, 4.1, code(0o2000)) },
            Plot { pressure_altitude: level(3_000.0), ..plot(HILL, Secondary, 4.2, code(0o2001)) },
            plot(HILL, Secondary, 9.0, code(0o4512)),
        ]);
        // Its registration has corrected the sensor's clock by 0.3 s.
        let shown = track(code(0o4512), 3_000.0, &[(HILL, Secondary, 3.7)]);
        let by = |field, age_s| (field, "Hill".to_owned(), age_s);
        let expected =
            [by(ToldField::Position, 16), by(ToldField::Level, 16), by(ToldField::Squawk, 16)];
        assert_eq!(rows(&mut told, &shown), expected);
    }
}
