//! Transponder registers as radars extract them (ICAO Doc 9871 edition 2, appendix A): what 56 bits
//! mean once their register is known, and which register they are of where nobody says.
//!
//! A radar passes registers on with their number (ASTERIX I048/250, I020/250): [`read`] is for
//! those. A Comm-B reply overheard on 1,090 MHz does not tell which register was asked for:
//! [`infer`] names it where the bits leave one possibility. The layouts are in [`tables`].

mod tables;

use crate::adsb::bds08;
use crate::altitude;
use crate::field::Field56;
use geodesy::units::{METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT};
use surveillance::{Address, Callsign};
use tables::{Field, Kind};

/// One thing a register says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A number in the unit that Doc 9871 states (`ft`, `kt`, `°`, `°/s`, `hPa`, `°C`, `ft/min`,
    /// `NM`, `%`; empty for Mach and ratios).
    Number {
        /// The value.
        value: f64,
        /// Its unit.
        unit: &'static str,
    },
    /// A bit that is set or not.
    Flag(bool),
    /// A code, and what it means where the document says so in a word.
    Code {
        /// As sent.
        code: u32,
        /// Its meaning.
        text: Option<&'static str>,
    },
    /// Eight characters.
    Callsign(Callsign),
    /// An aircraft address.
    Address(Address),
    /// Registers that the transponder says are served: the high half of the number is the first
    /// digit.
    Register(u8),
}

/// Calls `found` with each thing that register `number` (0x40 is BDS 4,0) says in its 56 bits, in
/// their order; what its status bits mark as absent is left out. Returns whether the register is
/// one of those known: 1,0 1,7 2,0 3,0 4,0 4,4 4,5 5,0 5,3 6,0.
pub fn read(number: u8, bits: [u8; 7], mut found: impl FnMut(&'static str, Value)) -> bool {
    let field = Field56::new(bits);
    match number {
        0x20 => {
            if let Some(callsign) = bds08::callsign(field) {
                found("callsign", Value::Callsign(callsign));
            }
            return true;
        }
        0x30 => advisory(field, &mut found),
        _ => {}
    }
    let Some(register) = tables::of(number) else { return false };
    for row in register.fields {
        if let Some(value) = row.value(field) {
            found(row.name, value);
        }
    }
    true
}

/// What a plot can use of a register, in SI units. Absent is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Kinematics {
    /// BDS 2,0: aircraft identification.
    pub callsign: Option<Callsign>,
    /// BDS 5,0: speed over the ground, m/s.
    pub ground_speed_mps: Option<f64>,
    /// BDS 5,0: direction of movement, radians clockwise from true north in [0, 2π).
    pub track_rad: Option<f64>,
    /// BDS 5,0: rate of turn, rad/s, clockwise positive.
    pub turn_rate_rad_s: Option<f64>,
    /// BDS 6,0, inertial before barometric, or BDS 5,3: climb rate, m/s.
    pub vertical_rate_mps: Option<f64>,
    /// BDS 4,0: altitude selected on the flight deck, metres of pressure altitude.
    pub selected_altitude_m: Option<f64>,
}

/// What a plot can use of register `number`.
pub fn kinematics(number: u8, bits: [u8; 7]) -> Kinematics {
    let mut kinematics = Kinematics::default();
    read(number, bits, |name, value| match (name, value) {
        ("callsign", Value::Callsign(callsign)) => kinematics.callsign = Some(callsign),
        ("ground_speed", Value::Number { value, .. }) => {
            kinematics.ground_speed_mps = Some(value * MPS_PER_KNOT);
        }
        ("true_track", Value::Number { value, .. }) => {
            kinematics.track_rad = Some(value.to_radians());
        }
        ("track_rate", Value::Number { value, .. }) => {
            kinematics.turn_rate_rad_s = Some(value.to_radians());
        }
        ("inertial_vertical_rate" | "altitude_rate", Value::Number { value, .. }) => {
            kinematics.vertical_rate_mps = Some(value * MPS_PER_FPM);
        }
        ("barometric_altitude_rate", Value::Number { value, .. }) => {
            kinematics.vertical_rate_mps.get_or_insert(value * MPS_PER_FPM);
        }
        ("selected_altitude_mcp", Value::Number { value, .. }) => {
            kinematics.selected_altitude_m = Some(value * METRES_PER_FOOT);
        }
        _ => {}
    });
    kinematics
}

/// The register whose number the 56 bits of a Comm-B reply do not tell: the only one they can be
/// of, or `None`. A register fits where its own number stands if it has one, its reserved bits are
/// zero, what its status bits mark as absent is zero, and what is there is what an aircraft does.
///
/// A chance agreement stays possible: what follows from it is for display and statistics, not for
/// a plot. The registers of air reports (4,4 and 4,5) are rarely served and easily imitated, so
/// only the others are told.
pub fn infer(bits: [u8; 7]) -> Option<u8> {
    let field = Field56::new(bits);
    match field.bits(1, 8) {
        0x20 if bds08::unmistakable_bds20(field).is_some() => return Some(0x20),
        0x10 if field.bits(10, 14) == 0 => return Some(0x10),
        0x30 if field.bits(29, 30) != 3 && field.bits(16, 22) == 0 => return Some(0x30),
        _ => {}
    }
    let mut fitting = [0x17, 0x40, 0x50, 0x60].into_iter().filter(|number| fits(*number, field));
    let only = fitting.next()?;
    fitting.next().is_none().then_some(only)
}

fn fits(number: u8, field: Field56) -> bool {
    let Some(register) = tables::of(number) else { return false };
    let reserved = register.reserved.iter().all(|(first, last)| field.bits(*first, *last) == 0);
    let mut told = 0;
    let sound = register.fields.iter().all(|row| {
        let bits = field.bits(row.first, row.last);
        match row.value(field) {
            None => bits == 0,
            Some(Value::Number { value, .. }) => {
                told += 1;
                row.plausible.is_none_or(|(low, high)| (low..=high).contains(&value))
            }
            Some(_) => true,
        }
    });
    reserved && sound && agrees(number, field) && (told > 1 || number == 0x17)
}

/// What one field of a register says about another.
fn agrees(number: u8, field: Field56) -> bool {
    let mut values = [None; 4];
    read(number, field.bytes(), |name, value| {
        let place = match name {
            "ground_speed" | "indicated_airspeed" => 0,
            "true_airspeed" | "mach" => 1,
            "roll_angle" => 2,
            "track_rate" => 3,
            _ => return,
        };
        if let Value::Number { value, .. } = value {
            values[place] = Some(value);
        }
    });
    match (number, values) {
        // Every transponder that reports this register serves 2,0 at least.
        (0x17, _) => field.bit(7),
        (0x50, [ground, air, roll, turn]) => {
            let wind = ground.zip(air).is_none_or(|(ground, air)| (ground - air).abs() < 200.0);
            let turn = roll.zip(turn).is_none_or(|(roll, turn)| {
                roll.abs() < 3.0 || turn.abs() < 0.3 || (roll > 0.0) == (turn > 0.0)
            });
            wind && turn
        }
        // Mach 1 is between 270 kt indicated at FL 450 and 661 kt at sea level.
        (0x60, [Some(indicated), Some(mach), ..]) => {
            mach == 0.0 || (250.0..=700.0).contains(&(indicated / mach))
        }
        _ => true,
    }
}

/// BDS 3,0 bits 9–22 mean one thing against one threat and another against several (bits 9, 28),
/// and bits 31–56 name the threat by address or by place (bits 29–30).
fn advisory(field: Field56, found: &mut impl FnMut(&'static str, Value)) {
    const ONE: [&str; 6] = [
        "corrective",
        "downward_sense",
        "increased_rate",
        "sense_reversal",
        "altitude_crossing",
        "positive",
    ];
    const SEVERAL: [&str; 6] = [
        "corrects_upward",
        "positive_climb",
        "corrects_downward",
        "positive_descent",
        "altitude_crossing",
        "sense_reversal",
    ];
    let names = match (field.bit(9), field.bit(28)) {
        (true, _) => Some(ONE),
        (false, true) => Some(SEVERAL),
        (false, false) => None,
    };
    found("advisory_active", Value::Flag(names.is_some()));
    for (bit, name) in (10..).zip(names.into_iter().flatten()) {
        found(name, Value::Flag(field.bit(bit)));
    }
    match field.bits(29, 30) {
        1 => found("threat_address", Value::Address(Address::icao(field.bits(31, 54)))),
        2 => threat_place(field, found),
        _ => {}
    }
}

fn threat_place(field: Field56, found: &mut impl FnMut(&'static str, Value)) {
    if let Ok(Some(level)) = altitude::from_ac13(field.bits(31, 43)) {
        let value = (level.altitude_m / METRES_PER_FOOT).round();
        found("threat_altitude", Value::Number { value, unit: "ft" });
    }
    if let Some(tenths) = field.bits(44, 50).checked_sub(1) {
        found("threat_range", Value::Number { value: f64::from(tenths) / 10.0, unit: "NM" });
    }
    // A code is a sector of six degrees: its middle.
    if let Some(sector) = field.bits(51, 56).checked_sub(1).filter(|sector| *sector < 60) {
        found("threat_bearing", Value::Number { value: f64::from(sector) * 6.0 + 3.0, unit: "°" });
    }
}

impl Field {
    /// `None` where its status bit says that it is absent.
    fn value(&self, field: Field56) -> Option<Value> {
        if self.status != 0 && !field.bit(self.status) {
            return None;
        }
        let bits = field.bits(self.first, self.last);
        let width = self.last - self.first + 1;
        let number = |count: i64, step: (i32, i32), offset: f64, unit| {
            let value = count as f64 * f64::from(step.0) / f64::from(step.1) + offset;
            Value::Number { value, unit }
        };
        Some(match self.kind {
            Kind::Unsigned { step, offset, unit } => number(i64::from(bits), step, offset, unit),
            Kind::Signed { step, unit } => {
                let count = i64::from(bits) - (i64::from(bits >> (width - 1) & 1) << width);
                number(count, step, 0.0, unit)
            }
            // Two's complement, but told from north clockwise.
            Kind::Angle { step } => number(i64::from(bits), step, 0.0, "°"),
            Kind::Flag => Value::Flag(bits == 1),
            Kind::Code(texts) => {
                Value::Code { code: bits, text: texts.get(bits as usize).copied() }
            }
            Kind::Served(register) => {
                return (bits == 1).then_some(Value::Register(register));
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_fields_of_a_register_share_a_bit() {
        for number in [0x10, 0x17, 0x30, 0x40, 0x44, 0x45, 0x50, 0x53, 0x60] {
            let register = tables::of(number).unwrap();
            let mut taken = 0_u64;
            let fields = register.fields.iter().map(|field| (field.first, field.last));
            let statuses = register.fields.iter().map(|field| field.status).filter(|bit| *bit != 0);
            let statuses: std::collections::BTreeSet<_> = statuses.collect();
            let statuses = statuses.into_iter().map(|bit| (bit, bit));
            for (first, last) in fields.chain(statuses).chain(register.reserved.iter().copied()) {
                for bit in first..=last {
                    assert!((1..=56).contains(&bit));
                    assert_eq!(taken & 1 << bit, 0, "bit {bit} of {number:02x}");
                    taken |= 1 << bit;
                }
            }
        }
    }
}
