//! Transponder registers against pyModeS (see testdata/README.md) and ICAO Doc 9871.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use modes::registers::{self, Value};
use std::collections::{BTreeMap, BTreeSet};

fn octets(hex: &str) -> [u8; 7] {
    let bits = u64::from_str_radix(hex, 16).unwrap().to_be_bytes();
    bits[1..].try_into().unwrap()
}

/// Fields by name, as text; what 1,7 serves as one text.
fn fields(number: u8, hex: &str) -> BTreeMap<&'static str, String> {
    let mut fields: BTreeMap<&'static str, String> = BTreeMap::new();
    registers::read(number, octets(hex), |name, value| {
        let text = match value {
            Value::Number { value, .. } => value.to_string(),
            Value::Flag(flag) => flag.to_string(),
            Value::Code { code, .. } => code.to_string(),
            Value::Callsign(callsign) => callsign.to_string(),
            Value::Address(address) => address.to_string(),
            Value::Register(number) => format!("{number:02X}"),
        };
        let whole = fields.entry(name).or_default();
        if !whole.is_empty() {
            whole.push('+');
        }
        whole.push_str(&text);
    });
    fields
}

/// Our name of a field of pyModeS, and what its texts are called here.
fn ours(number: u8, theirs: &str) -> Option<&'static str> {
    Some(match (number, theirs) {
        (0x10, "config") => "continues",
        (0x10, "overlay_command_capability") => "overlay_command_capability",
        (0x10, "acas_operational") => "acas_operational",
        (0x10, "mode_s_subnetwork_version") => "subnetwork_version",
        (0x10, "transponder_level5") => "enhanced_protocol",
        (0x10, "mode_s_specific_services") => "specific_services",
        (0x10, "uplink_elm_throughput") => "uplink_elm_throughput",
        (0x10, "downlink_elm_throughput") => "downlink_elm_throughput",
        (0x10, "aircraft_identification_capability") => "aircraft_identification",
        (0x10, "squitter_capability") => "squitter_capability",
        (0x10, "surveillance_identifier_code") => "surveillance_identifier",
        (0x10, "common_usage_gicb_capability") => "common_usage_report",
        (0x10, "acas_hybrid_surveillance") => "acas_hybrid_surveillance",
        (0x10, "acas_resolution_advisory") => "acas_resolution_advisories",
        (0x10, "dte_status") => "dte_status",
        (0x17, "supported_bds") => "served",
        // Theirs is bit 9 alone; against several threats it is zero.
        (0x30, "issued_ra") => return None,
        (0x30, "no_below") => "no_pass_below",
        (0x30, "no_above") => "no_pass_above",
        (0x30, "no_left") => "no_turn_left",
        (0x30, "no_right") => "no_turn_right",
        (0x30, "ra_terminated") => "terminated",
        (0x30, "multiple_threat") => "several_threats",
        (0x30, "threat_icao") => "threat_address",
        (0x30, "threat_altitude") => "threat_altitude",
        (0x30, "threat_range") => "threat_range",
        (0x30, "threat_bearing") => "threat_bearing",
        (0x40, "selected_altitude_mcp") => "selected_altitude_mcp",
        (0x40, "selected_altitude_fms") => "selected_altitude_fms",
        (0x40, "baro_pressure_setting") => "barometric_setting",
        (0x40, "vnav_mode") => "vnav_mode",
        (0x40, "altitude_hold_mode") => "altitude_hold_mode",
        (0x40, "approach_mode") => "approach_mode",
        (0x44, "figure_of_merit") => "figure_of_merit",
        (0x44, "wind_speed") => "wind_speed",
        (0x44, "wind_direction") => "wind_direction",
        (0x44 | 0x45, "static_air_temperature") => "static_air_temperature",
        (0x44 | 0x45, "static_pressure") => "static_pressure",
        (0x44 | 0x45, "turbulence") => "turbulence",
        (0x44, "humidity") => "humidity",
        (0x45, "wind_shear") => "wind_shear",
        (0x45, "microburst") => "microburst",
        (0x45, "icing") => "icing",
        (0x45, "wake_vortex") => "wake_vortex",
        (0x45, "radio_height") => "radio_height",
        (0x50, "roll") => "roll_angle",
        (0x50, "true_track") => "true_track",
        (0x50, "groundspeed") => "ground_speed",
        (0x50, "track_rate") => "track_rate",
        (0x50, "true_airspeed") => "true_airspeed",
        (0x60, "magnetic_heading") => "magnetic_heading",
        (0x60, "indicated_airspeed") => "indicated_airspeed",
        (0x60, "mach") => "mach",
        (0x60, "baro_vertical_rate") => "barometric_altitude_rate",
        (0x60, "inertial_vertical_rate") => "inertial_vertical_rate",
        _ => return None,
    })
}

fn alike(ours: &str, theirs: &str) -> bool {
    if ours.eq_ignore_ascii_case(theirs) {
        return true;
    }
    let numbers = ours.parse::<f64>().ok().zip(theirs.parse::<f64>().ok());
    numbers.is_some_and(|(ours, theirs)| (ours - theirs).abs() < 1e-6)
}

#[test]
fn every_field_of_every_register_agrees_with_pymodes() {
    let mut compared: BTreeMap<u8, usize> = BTreeMap::new();
    let mut unnamed = BTreeSet::new();
    for line in include_str!("../testdata/registers.txt").lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let Ok(number) = u8::from_str_radix(words[0], 16) else { continue };
        let found = fields(number, words[1]);
        for word in &words[2..] {
            let (theirs, value) = word.split_once('=').unwrap();
            // Bearings are codes to 60; the rest is reserved.
            if value == "None"
                || (theirs == "threat_bearing" && value.parse::<u32>().unwrap() > 360)
            {
                continue;
            }
            let Some(name) = ours(number, theirs) else {
                unnamed.insert((number, theirs));
                continue;
            };
            let here = found.get(name).unwrap_or_else(|| panic!("{name} is absent: {line}"));
            // pyModeS does not read the bits of E,1 and E,2.
            let here = here.trim_end_matches("+E2").trim_end_matches("+E1");
            assert!(alike(here, value), "{name} is {here}: {line}");
            *compared.entry(number).or_default() += 1;
        }
    }
    assert_eq!(compared.len(), 8);
    assert!(compared.values().all(|count| *count >= 50), "{compared:?}");
    println!("not compared: {unnamed:?}");
}

#[test]
fn a_register_is_told_where_the_bits_leave_one_possibility() {
    let mut table: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for line in include_str!("../testdata/registers.txt").lines() {
        let Some(rest) = line.strip_prefix("infer ") else { continue };
        let (hex, theirs) = rest.split_once(' ').unwrap();
        let here = registers::infer(octets(hex)).map_or("-".to_owned(), |n| format!("{n:02X}"));
        *table.entry((here, theirs)).or_default() += 1;
    }
    println!("{table:?}");
    // Where both name a register they name the same, but for one reply whose speeds fit 6,0 here
    // and 5,0 there: the bounds of what an aircraft does are each program's own.
    let named = |((here, theirs), _): &((String, &str), usize)| here != "-" && *theirs != "-";
    let pairs = table.iter().map(|(pair, count)| (pair.clone(), *count));
    let other: usize = pairs.filter(named).filter(|((a, b), _)| a != b).map(|(_, n)| n).sum();
    assert!(other <= 1, "{table:?}");
    let agreed: usize =
        table.iter().filter(|((here, theirs), _)| here == theirs).map(|(_, count)| count).sum();
    let all: usize = table.values().sum();
    assert!(agreed * 10 >= all * 8, "{agreed} of {all}");
}

#[test]
fn a_threat_is_told_by_address_or_by_place() {
    // Annex 10 volume IV 4.3.8.4.2.2: TTI 1 and the address; TTI 2, altitude, range, bearing.
    let by_address = 0x30_u64 << 48 | 1 << 47 | 1 << 26 | 0x4c_a123 << 2;
    let found = fields(0x30, &format!("{by_address:014x}"));
    assert_eq!(found["threat_address"], "4ca123");
    assert_eq!(found["advisory_active"], "true");
    // 38,000 ft in steps of 25: 1560 with the Q bit inside; 1.5 NM is 16; 93 degrees is 16.
    let altitude = 0b1_1000_0011_1000_u64;
    let by_place = 0x30_u64 << 48 | 2 << 26 | altitude << 13 | 16 << 6 | 16;
    let found = fields(0x30, &format!("{by_place:014x}"));
    assert_eq!(found["threat_range"], "1.5");
    assert_eq!(found["threat_bearing"], "93");
    assert!(found.contains_key("threat_altitude"), "{found:?}");
}

#[test]
fn an_air_referenced_state_reads_by_its_table() {
    // No other program at hand reads 5,3: Doc 9871 table A-2-83 by hand. Heading −90°, IAS 250,
    // Mach 0.8, TAS 450.5, −640 ft/min.
    let bits = 1_u64 << 55
        | 0b110_0000_0000 << 44
        | 1 << 43
        | 250 << 33
        | 1 << 32
        | 100 << 23
        | 1 << 22
        | 901 << 10
        | 1 << 9
        | (512 - 10);
    let found = fields(0x53, &format!("{bits:014x}"));
    assert_eq!(found["magnetic_heading"], "270");
    assert_eq!(found["indicated_airspeed"], "250");
    assert_eq!(found["mach"], "0.8");
    assert_eq!(found["true_airspeed"], "450.5");
    assert_eq!(found["altitude_rate"], "-640");
}

#[test]
fn what_a_plot_can_use_is_in_si() {
    // A published Comm-B reply of BDS 5,0 (Sun, The 1090 Megahertz Riddle, 2nd edition): track
    // 114.258°, ground speed 438 kt, track rate 0.125 °/s.
    let found = registers::kinematics(0x50, octets("81951536E024D4"));
    let knots = found.ground_speed_mps.unwrap() * 3600.0 / 1852.0;
    assert!((knots - 438.0).abs() < 1e-9, "{knots}");
    let track_deg = found.track_rad.unwrap().to_degrees();
    assert!((track_deg - 114.258).abs() < 1e-3, "{track_deg}");
    assert!((found.turn_rate_rad_s.unwrap().to_degrees() - 0.125).abs() < 1e-9);
}
