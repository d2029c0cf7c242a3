//! Levels that crews selected and that controllers cleared aircraft to, as sensors and other centres
//! tell them, by address.

use asterix::Record;
use geodesy::units::METRES_PER_FOOT;
use intent::plan::Level;
use std::collections::BTreeMap;
use surveillance::{Address, Time, Track};

/// A selected level not told for this long counts no more, seconds: five turns of a 6 s radar.
const SELECTED_KEPT_S: f64 = 30.0;
/// A cleared level not told for this long counts no more, seconds: centres tell it each update.
const CLEARED_KEPT_S: f64 = 60.0;
/// Below this a crew selects an altitude on the pressure of the day, which is no level; the highest
/// transition altitude in use is 18,000 ft.
const SELECTED_MIN_M: f64 = 18_000.0 * METRES_PER_FOOT;
/// Aircraft of which levels are kept; beyond it what is new is left out until some are forgotten.
const AIRCRAFT_MAX: usize = 50_000;
/// Aircraft are forgotten so often, seconds.
const FORGET_EVERY_S: f64 = 60.0;

/// What one message says of levels, metres of pressure altitude.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Said {
    /// Selected on the flight deck.
    pub(crate) selected_m: Option<f64>,
    /// Cleared by a controller.
    pub(crate) cleared_m: Option<f64>,
}

impl Said {
    /// What an ASTERIX record says: I021/146 or I021/148, BDS 4,0 of I048/250, SAL, FSS and CFL of
    /// I062/380 and I062/390.
    pub(crate) fn of(record: &Record<'_>) -> Self {
        let mut said = Self::default();
        match record.category() {
            21 if !record.edition().starts_with("0.") => {
                let fms = record.item(148).and_then(altitude);
                said.selected_m = record.item(146).and_then(set_by_crew).or(fms);
            }
            48 => {
                // Register and its number, eight octets each, after how many there are.
                let registers = record.item(250).and_then(|item| item.get(1..)).unwrap_or_default();
                let own = registers.as_chunks::<8>().0.iter().find(|octets| octets[7] == 0x40);
                said.selected_m = own.and_then(|[bits @ .., number]| {
                    modes::registers::kinematics(*number, *bits).selected_altitude_m
                });
            }
            62 => {
                let mut fms = None;
                record.subitems(380, |name, octets| match name {
                    "SAL" => said.selected_m = set_by_crew(octets),
                    "FSS" => fms = altitude(octets),
                    _ => {}
                });
                said.selected_m = said.selected_m.or(fms);
                record.subitems(390, |name, octets| {
                    if let ("CFL", Some(steps)) = (name, octets.first_chunk()) {
                        // Quarters of a flight level.
                        let level_m =
                            f64::from(u16::from_be_bytes(*steps)) * 25.0 * METRES_PER_FOOT;
                        said.cleared_m = Some(level_m);
                    }
                });
            }
            _ => {}
        }
        said
    }

    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// SAS, source and altitude in steps of 25 ft; of source 1, the aircraft's own altitude, nothing.
fn set_by_crew(octets: &[u8]) -> Option<f64> {
    (octets.first()? >> 5 & 3 != 1).then(|| altitude(octets))?
}

/// Thirteen bits in two's complement, steps of 25 ft, after three others.
fn altitude(octets: &[u8]) -> Option<f64> {
    let word = i16::from_be_bytes(*octets.first_chunk()?);
    Some(f64::from((word << 3) >> 3) * 25.0 * METRES_PER_FOOT)
}

/// The flight level nearest to metres of pressure altitude.
pub(super) fn flight_level(level_m: f64) -> Option<Level> {
    let hundreds = (level_m / METRES_PER_FOOT / 100.0).round();
    (0.0..=999.0).contains(&hundreds).then_some(Level::Flight(hundreds as u16))
}

/// The last of each that was told, by address.
#[derive(Debug, Default)]
pub(super) struct Levels {
    of: BTreeMap<Address, Kept>,
    forgotten: Option<Time>,
    /// Messages of addresses for which there was no room.
    left_out: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Kept {
    selected: Option<(f64, Time)>,
    cleared: Option<(f64, Time)>,
}

impl Levels {
    /// An aircraft's levels were told at `now`.
    pub(super) fn hear(&mut self, address: Address, said: Said, now: Time) {
        if said.is_nothing() {
            return;
        }
        if self.of.len() >= AIRCRAFT_MAX && !self.of.contains_key(&address) {
            self.left_out += 1;
            return;
        }
        let kept = self.of.entry(address).or_default();
        let heard = |level: Option<f64>| level.map(|level_m| (level_m, now));
        kept.selected = heard(said.selected_m).or(kept.selected);
        kept.cleared = heard(said.cleared_m).or(kept.cleared);
    }

    /// How many messages there was no room for, since the start.
    pub(super) fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The level that its crew selected, metres of pressure altitude; `None` if it is not known.
    pub(super) fn selected_m(&self, address: Option<Address>, now: Time) -> Option<f64> {
        let level_m = self.fresh(address, |kept| kept.selected, SELECTED_KEPT_S, now)?;
        (level_m >= SELECTED_MIN_M).then_some(level_m)
    }

    /// The level that it is cleared to, metres of pressure altitude; `None` if it is not known.
    pub(super) fn cleared_m(&self, address: Option<Address>, now: Time) -> Option<f64> {
        self.fresh(address, |kept| kept.cleared, CLEARED_KEPT_S, now)
    }

    /// The same of a track, as a plan's level is written.
    pub(super) fn cleared(&self, track: &Track, now: Time) -> Option<Level> {
        self.cleared_m(track.codes.address, now).and_then(flight_level)
    }

    fn fresh(
        &self,
        address: Option<Address>,
        which: fn(&Kept) -> Option<(f64, Time)>,
        kept_s: f64,
        now: Time,
    ) -> Option<f64> {
        let (level_m, at) = which(self.of.get(&address?)?)?;
        (0.0..=kept_s).contains(&now.seconds_since(at)).then_some(level_m)
    }

    /// Forgets what counts no more, now and then; after a step of the clock, back too.
    pub(super) fn forget(&mut self, now: Time) {
        let due = |at: Time| !(0.0..FORGET_EVERY_S).contains(&now.seconds_since(at));
        if self.forgotten.is_none_or(due) {
            self.forgotten = Some(now);
            let stands = |said: Option<(f64, Time)>| {
                said.is_some_and(|(_, at)| now.seconds_since(at).abs() <= CLEARED_KEPT_S)
            };
            self.of.retain(|_, kept| stands(kept.selected) || stands(kept.cleared));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use asterix::{Editions, blocks};

    fn at(seconds: f64) -> Time {
        Time::from_unix_seconds(1_000.0 + seconds)
    }

    fn quarters(level_m: Option<f64>) -> Option<f64> {
        level_m.map(|level_m| (level_m / METRES_PER_FOOT / 25.0).round() / 4.0)
    }

    /// What the first record of a datagram in hexadecimal says, as flight levels.
    fn said(category: u8, record: &str) -> (Option<f64>, Option<f64>) {
        let octets: Vec<u8> = record
            .split_whitespace()
            .map(|octet| u8::from_str_radix(octet, 16).expect("an octet"))
            .collect();
        let mut datagram = vec![category, 0, octets.len() as u8 + 3];
        datagram.extend(octets);
        let block = blocks(&datagram).next().expect("a block").expect("sound");
        let record = block.records(&Editions::default()).next().expect("one").expect("sound");
        let Said { selected_m, cleared_m } = Said::of(&record);
        (quarters(selected_m), quarters(cleared_m))
    }

    #[test]
    fn selected_and_cleared_levels_are_read_where_each_category_has_them() {
        // I062/010, I062/380 with ADR and SAL (source FCU/MCP, 1,400 × 25 ft), I062/390 with CFL 370.
        let cat062 = "81 11 02 19 C9 84 68 30 01 C5 78 01 20 05 C8";
        let (selected, cleared) = said(62, cat062);
        assert_eq!((selected, cleared), (Some(350.0), Some(370.0)));
        // I048/010 and I048/250 with BDS 4,0: 38,000 ft on the mode control panel.
        assert_eq!(said(48, "81 20 19 C9 01 CA 38 00 00 00 00 00 40").0, Some(380.0));
    }

    #[test]
    fn a_level_counts_while_it_is_told_and_a_low_selected_one_is_none() {
        let mut levels = Levels::default();
        let address = Address::icao(0x60_1010);
        let feet = |feet: f64| Some(feet * METRES_PER_FOOT);
        let said = Said { selected_m: feet(35_000.0), cleared_m: feet(37_000.0) };
        levels.hear(address, said, at(0.0));
        let known = |levels: &Levels, seconds: f64| {
            let of = Some(address);
            (levels.selected_m(of, at(seconds)), levels.cleared_m(of, at(seconds)))
        };
        assert_eq!(known(&levels, 29.0), (said.selected_m, said.cleared_m));
        assert_eq!(known(&levels, 31.0), (None, said.cleared_m));
        levels.hear(address, Said { selected_m: feet(5_000.0), cleared_m: None }, at(31.0));
        assert_eq!(known(&levels, 31.0), (None, said.cleared_m));
        levels.forget(at(91.0));
        levels.forget(at(200.0));
        assert_eq!(levels.of.len(), 0);
    }
}
