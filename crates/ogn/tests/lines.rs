//! Lines of the Open Glider Network: against ogn-client, and what is not an aircraft to be told.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use ogn::{Beacon, Craft, Defect, LineSplitter, login, read_line, to_plot};
use proptest::prelude::*;
use serde_json::Value;
use surveillance::{Address, EmitterCategory, Measurement, PlotOrigin, SensorId, Time};

/// Lines of our own and what ogn-client 2.0.0 (PyPI, `ogn.parser.parse` with the reference time
/// 2026-06-01T12:00:00) read in each: km/h, metres, m/s.
fn golden() -> Vec<Value> {
    serde_json::from_str(include_str!("golden/lines.json")).unwrap()
}

fn beacon(line: &str) -> Beacon {
    read_line(line.as_bytes()).unwrap().unwrap()
}

const LINE: &str = "FLRDD1234>OGFLR,qAS,UCFM:/101530h4259.12N/07434.50E'045/080/A=003281 !W35! \
                    id06DD1234 +119fpm +0.3rot 12.5dB 0e -1.2kHz gps3x4";

#[test]
fn each_line_says_what_another_program_reads_in_it() {
    for row in golden() {
        let (line, read) = (row["line"].as_str().unwrap(), &row["read"]);
        let found = beacon(line);
        let near = |ours: Option<f64>, theirs: &Value, slack: f64| {
            let theirs = theirs.as_f64();
            let same = match (ours, theirs) {
                (Some(a), Some(b)) => (a - b).abs() <= slack,
                (None, None) => true,
                _ => false,
            };
            assert!(same, "{line}: {ours:?}, {theirs:?}");
        };
        near(Some(found.latitude_rad.to_degrees()), &read["latitude"], 1e-9);
        near(Some(found.longitude_rad.to_degrees()), &read["longitude"], 1e-9);
        near(found.altitude_m, &read["altitude"], 1e-6);
        near(found.vertical_rate_mps, &read["climb_rate"], 1e-9);
        // It takes a knot for 1.85183 km/h.
        near(found.ground_speed_mps.map(|mps| mps * 3.6), &read["ground_speed"], 0.05);
        let level_ft = found.pressure_altitude_m.map(|m| m / 30.48);
        let level: Option<f64> = read["flightlevel"].as_str().map(|text| text.parse().unwrap());
        assert_eq!(level_ft.map(|l| (l * 100.0).round()), level.map(|l| (l * 100.0).round()));
        // No course is told as 000: APRS 1.0.1 chapter 7.
        let track = read["track"].as_f64().filter(|degrees| *degrees > 0.0);
        assert_eq!(found.track_rad.map(|rad| rad.to_degrees().round()), track, "{line}");
        let bits = u32::from_str_radix(read["address"].as_str().unwrap(), 16).unwrap();
        let icao = read["address_type"].as_i64() == Some(1);
        let address = if icao { Address::icao(bits) } else { Address::other(bits) };
        assert_eq!(found.address, address, "{line}");
        let seconds = found.time_of_day.unwrap().as_secs();
        let told = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        assert_eq!(read["timestamp"].as_str(), Some(told.as_str()));
        let accuracy = found.accuracy_m.map_or_else(String::new, |m| format!("{m:.0}x"));
        let theirs = read["gps_quality"].as_str().unwrap_or_default();
        assert!(theirs.starts_with(&accuracy), "{line}: {accuracy} {theirs}");
        assert_eq!(
            found.craft.is_some(),
            (1..=15).contains(&read["aircraft_type"].as_i64().unwrap())
        );
    }
}

#[test]
fn an_aircraft_that_asks_not_to_be_tracked_or_seen_is_not_told() {
    for flags in ["46", "86", "C6", "4404", "8404"] {
        for before in ["", "idle "] {
            let line = LINE.replace("id06", &format!("{before}id{flags}"));
            assert_eq!(read_line(line.as_bytes()), Err(Defect::NotToBeTracked), "{flags}");
        }
    }
    // What cannot be read may ask so.
    let line = LINE.replace("id06", "id0");
    assert_eq!(read_line(line.as_bytes()), Err(Defect::BadLine));
}

#[test]
fn stations_their_state_and_the_weather_are_no_aircraft() {
    for line in [
        "# aprsc 2.1.15",
        "",
        "UCFM>OGNSDR,TCPIP*,qAC,GLIDERN1:/101500h4251.00NI07420.00E&/A=002000",
        "UCFM>OGNSDR,TCPIP*,qAC,GLIDERN1:>101500h v0.3.0 CPU:0.5 RAM:500/900MB",
        "EW1234>APRS,TCPXX*,qAX,CWOP-1:@101500z4251.00N/07420.00E_090/005g010t070",
        "BOAT1>APRS,qAS,X:!4251.00N/07420.00Es",
    ] {
        assert!(matches!(read_line(line.as_bytes()), Ok(None) | Err(Defect::BadLine)), "{line}");
    }
}

#[test]
fn a_position_that_cannot_be_is_named_as_such() {
    for (from, to) in [
        ("4259.12N", "9959.12N"),
        ("4259.12N", "4260.12N"),
        ("07434.50E", "19934.50E"),
        ("07434.50E", "074-4.50E"),
        ("4259.12N/07434.50E'045/080/A=003281", "4259"),
    ] {
        let line = LINE.replace(from, to);
        assert_eq!(read_line(line.as_bytes()), Err(Defect::BadPosition), "{line}");
    }
}

#[test]
fn a_plot_of_it_is_the_aircrafts_own_claim_at_its_own_time() {
    let received: Time = "2026-06-01T10:15:32Z".parse().unwrap();
    let sensor = SensorId { sac: 1, sic: 5 };
    let plot = to_plot(&beacon(LINE), sensor, received);
    assert_eq!(plot.time.to_string(), "2026-06-01T10:15:30Z");
    assert_eq!(plot.origin, PlotOrigin::Flarm);
    assert!(plot.origin.is_claim());
    assert_eq!(plot.category, Some(EmitterCategory::Glider));
    assert_eq!(beacon(LINE).craft, Some(Craft::Glider));
    let Some(Measurement::Geodetic(report)) = plot.measurement else { panic!("a position") };
    assert_eq!(report.horizontal_sd_m, Some(3.0));
    let velocity = plot.velocity.unwrap().horizontal.unwrap();
    // 80 kt to the north-east.
    assert!((velocity.east - 29.1).abs() < 0.05 && (velocity.north - 29.1).abs() < 0.05);
    // Just before midnight, told just after.
    let late = to_plot(
        &beacon(&LINE.replace("101530h", "235959h")),
        sensor,
        "2026-06-02T00:00:01Z".parse().unwrap(),
    );
    assert_eq!(late.time.to_string(), "2026-06-01T23:59:59Z");
}

#[test]
fn who_logs_in_reads_only_and_asks_for_a_circle() {
    assert_eq!(
        login("N0CALL", "0.1.0", 42.87, 74.59, 148.2),
        "user N0CALL pass -1 vers entente 0.1.0 filter r/42.8700/74.5900/148\r\n"
    );
}

#[test]
fn a_line_that_does_not_end_is_bounded() {
    let mut splitter = LineSplitter::default();
    let mut found = Vec::new();
    splitter.push(&[b'x'; 100_000], &mut |one| found.push(one));
    splitter.push(b"\n", &mut |one| found.push(one));
    splitter.push(LINE.as_bytes(), &mut |one| found.push(one));
    splitter.push(b"\r\n", &mut |one| found.push(one));
    splitter.push(b"half", &mut |one| found.push(one));
    splitter.finish(&mut |one| found.push(one));
    assert_eq!(found, [Err(Defect::TooLong), Ok(beacon(LINE)), Err(Defect::Cut)]);
}

proptest! {
    #[test]
    fn no_line_panics_and_what_is_read_is_on_earth(
        cut in 0..200_usize, place in 0..160_usize, octet: u8, noise: Vec<u8>
    ) {
        let mut line = LINE.as_bytes().to_vec();
        if let Some(there) = line.get_mut(place) {
            *there = octet;
        }
        line.truncate(cut);
        for line in [line, noise] {
            if let Ok(Some(found)) = read_line(&line) {
                prop_assert!(found.latitude_rad.abs() <= std::f64::consts::FRAC_PI_2);
                prop_assert!(found.longitude_rad.abs() <= std::f64::consts::PI);
            }
        }
    }

    #[test]
    fn however_the_stream_is_cut_the_lines_are_the_same(cuts in proptest::collection::vec(1..60_usize, 0..30)) {
        let stream = [LINE, "# comment", LINE, "rubbish"].join("\r\n") + "\n";
        let mut whole = Vec::new();
        LineSplitter::default().push(stream.as_bytes(), &mut |one| whole.push(one));
        let (mut pieces, mut rest, mut splitter) = (Vec::new(), stream.as_bytes(), LineSplitter::default());
        for cut in cuts {
            let (piece, after) = rest.split_at(cut.min(rest.len()));
            splitter.push(piece, &mut |one| pieces.push(one));
            rest = after;
        }
        splitter.push(rest, &mut |one| pieces.push(one));
        prop_assert_eq!(whole, pieces);
    }
}
