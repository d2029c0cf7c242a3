//! Records put together by hand from the EUROCONTROL documents: steps, signs, FX chains, repeats,
//! compounds, explicit items, and the plots and service messages they are.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use asterix::{
    Condition, DefectKind, Editions, Interpreter, JsonStyle, Output, ServiceKind, ServiceMessage,
    Skip, Trouble, write_json,
};
use common::{block, hex, leaves, only_record};
use surveillance::{
    Address, EmitterCategory, Measurement, Plot, PlotOrigin, PositionReport, SensorId, Time,
};

/// 14:32:07.25, 6633A0 in 1/128 s, falls half a second before this.
const RECEIVED: &str = "2026-11-23T14:32:07.75Z";
const MEASURED: &str = "2026-11-23T14:32:07.25Z";
const FOOT_M: f64 = 0.3048;
const NM_M: f64 = 1852.0;

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

fn editions(choice: &str) -> Editions {
    let mut editions = Editions::default();
    if !choice.is_empty() {
        editions.set(21, choice).unwrap();
    }
    editions
}

fn outputs(category: u8, record: &str, edition: &str, with: &mut Interpreter) -> Vec<Output> {
    let mut outputs = Vec::new();
    only_record(&block(category, &hex(record)), &editions(edition), |record| {
        with.interpret(record, at(RECEIVED), &mut |output| outputs.push(output));
    });
    outputs
}

fn plot_by(category: u8, record: &str, edition: &str) -> Plot {
    match &outputs(category, record, edition, &mut Interpreter::new())[..] {
        [Output::Plot(plot)] => *plot,
        other => panic!("{other:?}"),
    }
}

fn plot(category: u8, record: &str) -> Plot {
    plot_by(category, record, "")
}

fn skipped(category: u8, record: &str) -> (Skip, Option<u16>) {
    match &outputs(category, record, "", &mut Interpreter::new())[..] {
        [Output::Skipped(skipped)] => (skipped.why, skipped.source_track.map(|track| track.0)),
        other => panic!("{other:?}"),
    }
}

fn service(category: u8, record: &str, with: &mut Interpreter) -> ServiceMessage {
    match &outputs(category, record, "", with)[..] {
        [Output::Service(message)] => *message,
        other => panic!("{other:?}"),
    }
}

fn items_json(category: u8, record: &str) -> String {
    only_record(&block(category, &hex(record)), &Editions::default(), |record| {
        let mut out = Vec::new();
        write_json(record, None, &mut out, JsonStyle::Values);
        let text = String::from_utf8(out).unwrap();
        text.split_once("\"items\":").unwrap().1.strip_suffix('}').unwrap().to_owned()
    })
}

fn near(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() <= 1e-9 * expected.abs().max(1.0),
        "{found} is not {expected}"
    );
}

fn polar(plot: &Plot) -> (f64, f64) {
    match plot.measurement {
        Some(Measurement::Polar { slant_range_m, azimuth_rad, elevation_rad: None }) => {
            (slant_range_m, azimuth_rad.to_degrees())
        }
        other => panic!("{other:?}"),
    }
}

fn position(plot: &Plot) -> PositionReport {
    match plot.measurement {
        Some(Measurement::Geodetic(report)) => report,
        other => panic!("{other:?}"),
    }
}

const ID_25_201: SensorId = SensorId { sac: 25, sic: 201 };

/// 010 140 020 040 070 090 · 220 240 161 · 230; a Mode S roll-call reply with SPI.
const ROLL_CALL: &str = "fdd102 19c9 6633a0 a4 0a00 4000 029c 05c9 4ca123 094274481820 0123 2400";

#[test]
fn a_doppler_speed_is_a_range_rate_unless_the_radar_doubts_it() {
    let told = |item: &str| plot(48, &format!("f10104 19c9 6633a0 20 0a00 4000 {item}"));
    assert_eq!(told("80 03ce").range_rate_mps, Some(-50.0));
    assert_eq!(told("80 01ff").range_rate_mps, Some(511.0));
    assert_eq!(told("80 83ce").range_rate_mps, None);
    // a second octet of subfields, which no edition has
    assert_eq!(told("81 00 0190").range_rate_mps, None);
    // a raw speed alone, whose ambiguity nobody has resolved
    assert_eq!(told("40 01 0064 00c8 0bb8").range_rate_mps, None);
    let plot = plot(1, "e340 19c9 10 0500 4000 33a0 f8");
    near(plot.range_rate_mps.expect("told"), -8.0 * 1852.0 / 256.0);
}

#[test]
fn a_cat048_record_is_a_polar_plot_with_its_codes() {
    let plot = plot(48, ROLL_CALL);
    assert_eq!(plot.sensor, ID_25_201);
    assert_eq!((plot.time, plot.received), (at(MEASURED), at(RECEIVED)));
    assert_eq!(plot.origin, PlotOrigin::Secondary);
    let (range_m, azimuth_deg) = polar(&plot);
    near(range_m, 10.0 * NM_M);
    near(azimuth_deg, 90.0);
    assert_eq!(plot.codes.mode_3a.unwrap().to_string(), "1234");
    assert_eq!(plot.codes.address, Some(Address::icao(0x4c_a123)));
    assert_eq!(plot.codes.callsign.unwrap().as_str(), "BTI4RA");
    assert_eq!(plot.codes.source_track.unwrap().0, 0x123);
    assert!(plot.codes.ident);
    let level = plot.pressure_altitude.unwrap();
    near(level.altitude_m, 37_025.0 * FOOT_M);
    near(level.step_m, 25.0 * FOOT_M);
    assert_eq!(plot.on_ground, Some(true));
}

#[test]
fn cat048_codes_that_are_invalid_or_garbled_are_absent() {
    for flags in ["8", "4", "c"] {
        let record = format!("fc 19c9 6633a0 40 0a00 4000 {flags}29c {flags}5c9");
        let plot = plot(48, &record);
        assert_eq!(plot.codes.mode_3a, None, "{flags}");
        assert_eq!(plot.pressure_altitude, None, "{flags}");
    }
}

#[test]
fn cat048_flight_levels_are_signed() {
    // 3FF6 is −10 quarters in 14 bits.
    let plot = plot(48, "f4 19c9 6633a0 40 0a00 4000 3ff6");
    near(plot.pressure_altitude.unwrap().altitude_m, -250.0 * FOOT_M);
}

#[test]
fn cat048_type_of_detection_tells_the_origin() {
    let origin =
        |descriptor: &str| plot(48, &format!("f0 19c9 6633a0 {descriptor} 0a00 4000")).origin;
    assert_eq!(origin("20"), PlotOrigin::Primary);
    for descriptor in ["40", "60", "80", "a0", "c0", "e0"] {
        assert_eq!(origin(descriptor), PlotOrigin::Secondary, "{descriptor}");
    }
}

#[test]
fn reports_that_are_no_target_are_skipped_with_the_reason() {
    let radar = |descriptor: &str| skipped(48, &format!("f0 19c9 6633a0 {descriptor} 0a00 4000"));
    assert_eq!(radar("00"), (Skip::NoDetection, None));
    assert_eq!(radar("50"), (Skip::Simulated, None));
    assert_eq!(radar("42"), (Skip::FieldMonitor, None));
    assert_eq!(radar("4180"), (Skip::TestTarget, None));
    // I048/161 and 170; TRE, then GHO, in the second octet of 170.
    let track = |status: &str| skipped(48, &format!("f112 19c9 6633a0 00 0a00 4000 0123 {status}"));
    assert_eq!(track("0180"), (Skip::TrackEnded, Some(0x123)));
    assert_eq!(track("0140"), (Skip::Ghost, Some(0x123)));
    let last_detection = plot(48, "f112 19c9 6633a0 40 0a00 4000 0123 0180");
    assert!(last_detection.measurement.is_some());
    // I062/080: SIM and TSE in the second octet, CST in the fourth.
    let system = |status: &str| skipped(62, &format!("910c 6301 6633a0 0abc {status}"));
    assert_eq!(system("0140"), (Skip::TrackEnded, Some(0xabc)));
    assert_eq!(system("0180"), (Skip::Simulated, Some(0xabc)));
    assert_eq!(system("01010180"), (Skip::NoDetection, Some(0xabc)));
    assert_eq!(skipped(48, "40 6633a0"), (Skip::SensorAbsent, None));
}

#[test]
fn a_cat001_record_is_read_by_the_profile_that_its_type_chooses() {
    let plot_of = plot(1, "fa 19c9 20 0500 8000 029c 3ff6 33a0");
    let (range_m, azimuth_deg) = polar(&plot_of);
    near(range_m, 10.0 * NM_M);
    near(azimuth_deg, 180.0);
    assert_eq!(plot_of.time, at(MEASURED));
    assert_eq!(plot_of.origin, PlotOrigin::Secondary);
    assert_eq!(plot_of.codes.mode_3a.unwrap().to_string(), "1234");
    near(plot_of.pressure_altitude.unwrap().altitude_m, -250.0 * FOOT_M);
    let track = plot(1, "f140 19c9 90 0123 0500 8000 33a0");
    assert_eq!(track.origin, PlotOrigin::Primary);
    assert_eq!(track.codes.source_track.unwrap().0, 0x123);
    near(polar(&track).0, 10.0 * NM_M);
    assert_eq!(track.time, at(MEASURED));
}

#[test]
fn an_answer_to_a_directed_interrogation_is_the_plot_that_its_radar_tells_in_cat048() {
    // 010 410 140 020 040 · 070 090 220 240 161 · · 230.
    let report = "b7db0120 19c9 04 6633a0 a4 0a00 4000 029c 05c9 4ca123 094274481820 0123 2400";
    assert_eq!(plot(7, report), plot(48, ROLL_CALL));
    // An order to a radar names a target and measures none: 010 410 140 040 220 · 161.
    let order = "b780 19c9 05 6633a0 0a00 4000 4ca123 0123";
    assert_eq!(outputs(7, order, "", &mut Interpreter::new()), []);
}

#[test]
fn a_passive_radars_target_is_where_it_was_placed() {
    // 010 000 020 145 161 · 600 601 · 602 604.
    let placed = "d707a0 19c9 06 40 6633a0 0123 a0 20000000 c0000000 0004 0004 00 80 002710 \
                  80 00064fff9c 80 fffe0c";
    let placed = plot(15, placed);
    assert_eq!((placed.origin, placed.time), (PlotOrigin::Primary, at(MEASURED)));
    assert_eq!(placed.codes.source_track.unwrap().0, 0x123);
    let report = position(&placed);
    near(report.latitude_rad.to_degrees(), 45.0);
    near(report.longitude_rad.to_degrees(), -90.0);
    assert_eq!((report.height_m, report.horizontal_sd_m), (Some(100.0), Some(1.0)));
    let velocity = placed.velocity.unwrap();
    let horizontal = velocity.horizontal.unwrap();
    assert_eq!((horizontal.east, horizontal.north), (1.0, -1.0));
    assert_eq!(velocity.vertical_rate_mps, Some(-5.0));
    // One sensor's range, azimuth and elevation: 010 000 020 145 161 · · 625 · 627 628.
    let measured = plot(15, "d70105c0 19c9 06 00 6633a0 0123 80 00c350 80 4000 80 2000");
    let Some(Measurement::Polar { slant_range_m, azimuth_rad, elevation_rad }) =
        measured.measurement
    else {
        panic!("{measured:?}")
    };
    near(slant_range_m, 5000.0);
    near(azimuth_rad.to_degrees(), 90.0);
    near(elevation_rad.unwrap().to_degrees(), 22.5);
}

#[test]
fn a_bistatic_range_alone_or_an_end_of_a_track_is_no_plot_of_a_passive_radar() {
    let bistatic = "d70104 19c9 02 40 6633a0 0123 80 00c350";
    assert_eq!(outputs(15, bistatic, "", &mut Interpreter::new()), []);
    assert_eq!(skipped(15, "d6 19c9 0a 40 6633a0 0123"), (Skip::TrackEnded, Some(0x123)));
    assert_eq!(skipped(15, "d6 19c9 06 70 6633a0 0123"), (Skip::Simulated, Some(0x123)));
}

#[test]
fn a_mode_s_stations_track_is_a_system_track_and_its_coordination_is_nothing() {
    // 010 012 000 220 140 · 045 070 050 200 240.
    let track = "ebf4 19c9 19ca 0a 4ca123 6633a0 200000 c00000 029c 05c9 0400 4000";
    let told = plot(17, &format!("{track} 00"));
    assert_eq!((told.origin, told.time), (PlotOrigin::SystemTrack, at(MEASURED)));
    let report = position(&told);
    near(report.latitude_rad.to_degrees(), 45.0);
    near(report.longitude_rad.to_degrees(), -90.0);
    assert_eq!(told.codes.address, Some(Address::icao(0x4c_a123)));
    assert_eq!(told.codes.mode_3a.unwrap().to_string(), "1234");
    near(told.pressure_altitude.unwrap().altitude_m, 37_025.0 * FOOT_M);
    near(told.velocity.unwrap().horizontal.unwrap().east, NM_M / 16.0);
    assert_eq!(skipped(17, &format!("{track} 80")), (Skip::NoDetection, None));
    assert_eq!(outputs(17, "f0 19c9 19ca 00 01 19cb", "", &mut Interpreter::new()), []);
}

#[test]
fn a_truncated_time_is_completed_by_the_radars_own_clock() {
    // The radar's clock runs 400 s behind the receiver's: 51,927.25 s is 656BA0. Its truncated
    // time alone would be taken 512 s later.
    let mut interpreter = Interpreter::new();
    let mark = service(2, "d0 19c9 01 656ba0", &mut interpreter);
    assert_eq!(mark.kind, ServiceKind::NorthMark);
    let outputs = outputs(1, "fa 19c9 20 0500 8000 029c 3ff6 6ba0", "", &mut interpreter);
    let [Output::Plot(plot)] = &outputs[..] else { panic!("{outputs:?}") };
    assert_eq!(plot.time, at("2026-11-23T14:25:27.25Z"));
}

#[test]
fn a_cat021_record_of_edition_2_is_an_adsb_plot() {
    let plot = plot(
        21,
        "c31d7329c0 19c9 00 10000000e0000000 4ca123 663380 60000000 1720 51f2 12 05c9 7ff6
         1000 4000 094274481820 05",
    );
    // I021/074 says half a second into the second after that of I021/073.
    assert_eq!(plot.time, at("2026-11-23T14:32:08.5Z"));
    assert_eq!(plot.origin, PlotOrigin::AdsB);
    let report = position(&plot);
    near(report.latitude_rad.to_degrees(), 45.0);
    near(report.longitude_rad.to_degrees(), -90.0);
    near(report.height_m.unwrap(), 37_000.0 * FOOT_M);
    near(report.horizontal_sd_m.unwrap(), 30.0 / 2.448);
    let quality = plot.quality;
    assert_eq!((quality.version, quality.nic, quality.nac_p), (Some(2), Some(8), Some(9)));
    assert_eq!((quality.nac_v, quality.sil), (Some(2), Some(3)));
    near(plot.pressure_altitude.unwrap().altitude_m, 37_025.0 * FOOT_M);
    let velocity = plot.velocity.unwrap();
    near(velocity.vertical_rate_mps.unwrap(), -62.5 * FOOT_M / 60.0);
    near(velocity.horizontal.unwrap().east, 0.25 * NM_M);
    near(velocity.horizontal.unwrap().north, 0.0);
    assert_eq!(plot.codes.address, Some(Address::icao(0x4c_a123)));
    assert_eq!(plot.codes.callsign.unwrap().as_str(), "BTI4RA");
    assert_eq!(plot.category, Some(EmitterCategory::Heavy));
    assert_eq!(plot.on_ground, Some(false));
}

#[test]
fn a_cat021_record_of_edition_0_26_has_its_own_forms() {
    // ATP 1: of ICAO, which editions 2.x call 0.
    let record = "f8 19c9 4020 6633a0 00800000ff000000 4ca123";
    let plot = plot_by(21, record, "0.26");
    assert_eq!(plot.time, at(MEASURED));
    near(position(&plot).latitude_rad.to_degrees(), 45.0);
    near(position(&plot).longitude_rad.to_degrees(), -90.0);
    assert_eq!(plot.on_ground, Some(true));
    assert_eq!(plot.codes.address, Some(Address::icao(0x4c_a123)));
    // ATP 0: not unique.
    let plot = plot_by(21, "f8 19c9 0000 6633a0 00800000ff000000 4ca123", "0.26");
    assert_eq!(plot.codes.address, Some(Address::other(0x4c_a123)));
}

#[test]
fn an_address_that_is_not_icaos_is_marked_as_such() {
    // ATP 3: anonymous. 130: three octets each.
    let plot = plot(21, "c510 19c9 60 200000 c00000 4ca123");
    assert_eq!(plot.codes.address, Some(Address::other(0x4c_a123)));
    near(position(&plot).latitude_rad.to_degrees(), 45.0);
    assert_eq!(plot.time, at(RECEIVED), "a record without a time has that of its arrival");
}

#[test]
fn a_cat062_record_is_a_system_track_report() {
    let plot = plot(
        62,
        "9b5d3504 6301 6633a0 00800000ff000000 0190ff38 029c c04ca123094274481820 0abc 00 05c9
         1720 ff60 80007800a0",
    );
    assert_eq!(plot.sensor, SensorId { sac: 0x63, sic: 1 });
    assert_eq!(plot.time, at(MEASURED));
    assert_eq!(plot.origin, PlotOrigin::SystemTrack);
    let report = position(&plot);
    near(report.latitude_rad.to_degrees(), 45.0);
    near(report.longitude_rad.to_degrees(), -90.0);
    near(report.height_m.unwrap(), 37_000.0 * FOOT_M);
    // Axes of 60 and 80 m.
    near(report.horizontal_sd_m.unwrap(), 5000f64.sqrt());
    let velocity = plot.velocity.unwrap();
    near(velocity.horizontal.unwrap().east, 100.0);
    near(velocity.horizontal.unwrap().north, -50.0);
    near(velocity.vertical_rate_mps.unwrap(), -1000.0 * FOOT_M / 60.0);
    near(plot.pressure_altitude.unwrap().altitude_m, 37_025.0 * FOOT_M);
    assert_eq!(plot.codes.mode_3a.unwrap().to_string(), "1234");
    assert_eq!(plot.codes.address, Some(Address::icao(0x4c_a123)));
    assert_eq!(plot.codes.callsign.unwrap().as_str(), "BTI4RA");
    assert_eq!(plot.codes.source_track.unwrap().0, 0xabc);
}

#[test]
fn a_cat034_north_mark_tells_site_and_period() {
    let message =
        service(34, "e910 19c9 01 6633a0 0200 0064 200000 c00000", &mut Interpreter::new());
    assert_eq!((message.sensor, message.time), (ID_25_201, at(MEASURED)));
    assert_eq!(message.kind, ServiceKind::NorthMark);
    assert_eq!(message.period_s, Some(4.0));
    let site = message.site.unwrap();
    near(site.latitude_deg(), 45.0);
    near(site.longitude_deg(), -90.0);
    near(site.height_m, 100.0);
}

#[test]
fn two_north_marks_tell_the_period_that_neither_says() {
    let mut interpreter = Interpreter::new();
    assert_eq!(service(2, "d0 19c9 01 6633a0", &mut interpreter).period_s, None);
    // 4.5 s is 240 hexadecimal in 1/128 s.
    assert_eq!(service(2, "d0 19c9 01 6635e0", &mut interpreter).period_s, Some(4.5));
    let sector = service(34, "f0 19c9 02 6635e1 40", &mut interpreter);
    let ServiceKind::SectorCrossing { azimuth_rad } = sector.kind else { panic!("{sector:?}") };
    near(azimuth_rad.expect("it is told").to_degrees(), 90.0);
    assert_eq!(sector.period_s, Some(4.5));
    let bare = service(34, "e0 19c9 02 6635e1", &mut interpreter);
    assert_eq!(bare.kind, ServiceKind::SectorCrossing { azimuth_rad: None }, "and not north");
}

#[test]
fn status_messages_tell_the_condition_of_the_one_they_are_about() {
    let mut interpreter = Interpreter::new();
    let sensor = service(63, "b8 6301 6633a0 19c9 40", &mut interpreter);
    assert_eq!((sensor.sensor, sensor.condition), (ID_25_201, Some(Condition::Degraded)));
    assert_eq!(sensor.sender, SensorId { sac: 0x63, sic: 1 });
    let system = service(65, "d4 6301 01 6633a0 c0", &mut interpreter);
    assert_eq!(
        (system.kind, system.condition),
        (ServiceKind::SystemStatus, Some(Condition::Unknown))
    );
    let batch = service(65, "d8 6301 02 6633a0 07", &mut interpreter);
    assert_eq!(batch.kind, ServiceKind::EndOfBatch { batch: Some(7) });
    // I034/050, COM alone, NOGO.
    let radar = service(34, "e4 19c9 02 6633a0 8080", &mut interpreter);
    assert_eq!(radar.condition, Some(Condition::Inhibited));
    assert_eq!(radar.troubles.unwrap().iter().count(), 0);
}

#[test]
fn a_radar_tells_which_of_its_parts_are_overloaded_out_or_unmonitored() {
    // I034/050. COM: NOGO, OVLRDP, TSV. PSR: diversity, OVL. SSR: no channel, MSC. MDS: channel B,
    // OVLSCF, OVLDLF.
    let told = service(34, "e4 19c9 02 6633a0 9c 92 70 08 4180", &mut Interpreter::new());
    assert_eq!(told.condition, Some(Condition::Inhibited));
    let troubles: Vec<Trouble> = told.troubles.unwrap().iter().collect();
    let expected = [
        Trouble::ProcessorOverload,
        Trouble::TimeInvalid,
        Trouble::SecondaryOut,
        Trouble::PrimaryOverload,
        Trouble::CoordinationOverload,
        Trouble::DataLinkOverload,
        Trouble::SecondaryUnmonitored,
    ];
    assert_eq!(troubles, expected);
}

#[test]
fn a_centre_tells_what_is_wrong_with_a_sensor_and_what_it_measures_too_much() {
    // 010 030 050 060 070 080 · 081 090 091. 060: degraded, SSR NOGO; ODP, TSV, NPW; test target
    // failure, spoofing populated and not detected.
    let record = "bfe0 6301 6633a0 19c9 514de0 00fa 00000080 0100 0000ffc0 ff00";
    let told = service(63, record, &mut Interpreter::new());
    assert_eq!((told.sensor, told.condition), (ID_25_201, Some(Condition::Degraded)));
    let troubles: Vec<Trouble> = told.troubles.unwrap().iter().collect();
    let expected = [
        Trouble::ProcessorOverload,
        Trouble::TimeInvalid,
        Trouble::NoPlots,
        Trouble::SecondaryOut,
        Trouble::TestTarget,
    ];
    assert_eq!(troubles, expected);
    near(told.biases.time_s.unwrap(), 0.250);
    near(told.biases.secondary_range_m.unwrap(), NM_M);
    near(told.biases.secondary_azimuth_rad.unwrap().to_degrees(), 1.40625);
    near(told.biases.primary_range_m.unwrap(), -0.5 * NM_M);
    near(told.biases.primary_azimuth_rad.unwrap().to_degrees(), -1.40625);
    // Released or not is in the first extension; without it nothing is said of that.
    let of = |octets: &str| {
        let record = format!("b8 6301 6633a0 19c9 {octets}");
        service(63, &record, &mut Interpreter::new()).condition
    };
    assert_eq!(of("0182"), Some(Condition::Inhibited));
    assert_eq!(of("c182"), Some(Condition::Disconnected));
    assert_eq!(of("0102"), Some(Condition::Operational));
}

#[test]
fn json_has_the_documents_names_and_exact_numbers() {
    assert_eq!(
        items_json(48, ROLL_CALL),
        concat!(
            r#"{"010":{"SAC":25,"SIC":201},"140":52327.25,"#,
            r#""020":{"TYP":5,"SIM":0,"RDP":0,"SPI":1,"RAB":0},"#,
            r#""040":{"RHO":10,"THETA":90},"070":{"V":0,"G":0,"L":0,"MODE3A":"1234"},"#,
            r#""090":{"V":0,"G":0,"FL":370.25},"220":"4ca123","240":"BTI4RA  ","161":{"TRN":291},"#,
            r#""230":{"COM":1,"STAT":1,"SI":0,"MSSC":0,"ARC":0,"AIC":0,"B1A":0,"B1B":0}}"#
        )
    );
    assert_eq!(items_json(48, "04 3ff6"), r#"{"090":{"V":0,"G":0,"FL":-2.5}}"#);
}

#[test]
fn json_of_repeats_compounds_and_explicit_items() {
    // 030 is a chain of seven bits and FX.
    assert_eq!(items_json(48, "01 01 40 0b04"), r#"{"030":[5,2]}"#);
    // 130: SRL (first) and APD (last) of seven subfields.
    assert_eq!(
        items_json(48, "02 82 01 ff"),
        r#"{"130":{"SRL":0.0439453125,"APD":-0.02197265625}}"#
    );
    // 250: two registers.
    assert_eq!(
        items_json(48, "01 20 02 0011223344556640 ffeeddccbbaa9960"),
        concat!(
            r#"{"250":[{"MBDATA":"00112233445566","BDS1":4,"BDS2":0},"#,
            r#"{"MBDATA":"ffeeddccbbaa99","BDS1":6,"BDS2":0}]}"#
        )
    );
    // SP then RE, kept as they are.
    assert_eq!(items_json(48, "01010106 03beef 02a5"), r#"{"SP":"beef","RE":"a5"}"#);
    // Random field sequencing: one item out of order.
    assert_eq!(
        items_json(1, "c10102 19c9 20 01 07 33a0"),
        concat!(
            r#"{"010":{"SAC":25,"SIC":201},"#,
            r#""020":{"TYP":0,"SIM":0,"SSRPSR":2,"ANT":0,"SPI":0,"RAB":0},"#,
            r#""RFS":[{"141":103.25}]}"#
        )
    );
}

#[test]
fn airspeed_is_scaled_as_the_bit_before_it_says() {
    // 0.25 NM/s, then Mach 0.78.
    assert_eq!(items_json(62, "0110 10 1000"), r#"{"380":{"IAS":{"IM":0,"IAS":0.25}}}"#);
    assert_eq!(items_json(62, "0110 10 830c"), r#"{"380":{"IAS":{"IM":1,"IAS":0.78}}}"#);
    assert_eq!(items_json(21, "0140 830c"), r#"{"150":{"IM":1,"AS":0.78}}"#);
}

#[test]
fn text_that_json_cannot_carry_is_escaped() {
    // I062/390 RDS: 32 D0 06.
    assert_eq!(
        items_json(62, "010102 0140 32d006"),
        "{\"390\":{\"RDS\":{\"NU1\":\"2\",\"NU2\":\"\u{d0}\",\"LTR\":\"\\u0006\"}}}"
    );
    // A six-bit character outside the set.
    assert_eq!(items_json(48, "0140 fc2208208208"), "{\"240\":\"\u{fffd}BHHHHHH\"}");
}

#[test]
fn full_json_has_raw_value_unit_and_text_of_each_leaf() {
    let full = |record: &str| {
        only_record(&block(48, &hex(record)), &Editions::default(), |record| {
            let mut out = Vec::new();
            write_json(record, Some(at(MEASURED)), &mut out, JsonStyle::Full);
            String::from_utf8(out).unwrap()
        })
    };
    let out = full("24 40 3ff6");
    assert!(out.starts_with(
        r#"{"category":48,"edition":"1.32","sac":null,"sic":null,"time":"2026-11-23T14:32:07.25Z","items":{"020":{"TYP":{"raw":2,"value":2,"text":"Single SSR detection"}"#
    ));
    assert!(out.ends_with(r#""FL":{"raw":16374,"value":-2.5,"unit":"FL"}}}}"#), "{out}");
    // Bits that no double holds, and octets: as hexadecimal.
    let out = full("01210104 01 c695383380001140 03abcd");
    assert!(
        out.ends_with(concat!(
            r#"{"250":[{"MBDATA":{"raw":"c6953833800011","value":"c6953833800011"},"#,
            r#""BDS1":{"raw":4,"value":4},"BDS2":{"raw":0,"value":0}}],"#,
            r#""SP":{"raw":"abcd","value":"abcd"}}}"#
        )),
        "{out}"
    );
}

#[test]
fn an_edition_without_tables_is_refused_with_those_there_are() {
    let error = Editions::default().set(21, "9.9").unwrap_err();
    assert_eq!(
        error.to_string(),
        "no tables for CAT021 edition 9.9; there are 0.23, 0.24, 0.25, 0.26, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 2.7"
    );
    let newest: Vec<_> = [1, 2, 21, 34, 48, 62, 63, 65]
        .map(|category| Editions::default().spec(category).unwrap().edition)
        .to_vec();
    assert_eq!(newest, ["1.4", "1.2", "2.7", "1.29", "1.32", "1.21", "1.7", "1.6"]);
}

#[test]
fn blocks_behind_oradis_headers_are_found_and_near_misses_are_not_taken_for_them() {
    // two CAT002 blocks of one record each (I002/010 and I002/000), six octets before each
    let block = [2, 0, 7, 0b1100_0000, 25, 201, 2];
    let framed = |length: u8| [&[0, length, 1, 2, 3, 4], &block[..]].concat();
    let categories = |datagram: &[u8]| -> Vec<Result<u8, &'static str>> {
        asterix::blocks(datagram)
            .map(|b| b.map(|block| block.category()).map_err(|defect| defect.name()))
            .collect()
    };
    let good = [framed(13), framed(13)].concat();
    assert_eq!(categories(&good), [Ok(2), Ok(2)]);
    assert_eq!(categories(&[framed(13), framed(12)].concat()), [Err("block_length_wrong")]);
    assert_eq!(categories(&block), [Ok(2)]);
}

/// 010 020 140 041 161 · 070 202 090 220 245 · 105 500 · 230.
const MULTILATERATED: &str = "f5ed8980 19c9 4140 6633a0 00800000 00400000 0123 029c 0004fffc 05c9 \
                              4ca123 80094274481820 0064 4000080008 0000 2400";

#[test]
fn a_multilaterated_target_has_a_position_its_deviation_and_its_codes() {
    let plot = plot(20, MULTILATERATED);
    assert_eq!((plot.origin, plot.time), (PlotOrigin::Mlat, at(MEASURED)));
    let report = position(&plot);
    near(report.latitude_rad.to_degrees(), 45.0);
    near(report.longitude_rad.to_degrees(), 22.5);
    near(report.height_m.unwrap(), 625.0 * FOOT_M);
    near(report.horizontal_sd_m.unwrap(), 2.0);
    assert_eq!(plot.codes.address, Some(Address::icao(0x4c_a123)));
    assert_eq!(plot.codes.callsign.unwrap().as_str(), "BTI4RA");
    assert_eq!(plot.codes.mode_3a.unwrap().to_string(), "1234");
    assert!(plot.codes.ident);
    assert_eq!(plot.on_ground, Some(true));
    let horizontal = plot.velocity.unwrap().horizontal.unwrap();
    near(horizontal.east, 1.0);
    near(horizontal.north, -1.0);
    near(plot.pressure_altitude.unwrap().altitude_m, 37_025.0 * FOOT_M);
}

#[test]
fn a_test_target_or_a_coasted_track_of_cat020_is_no_plot() {
    // 010 020 140 161 · nothing; TST, RAB, then CST of I020/170.
    assert_eq!(skipped(20, "e4 19c9 4102 6633a0 0123"), (Skip::TestTarget, Some(0x123)));
    assert_eq!(skipped(20, "e4 19c9 4180 6633a0 0123"), (Skip::FieldMonitor, Some(0x123)));
    assert_eq!(skipped(20, "e6 19c9 40 6633a0 0123 20"), (Skip::NoDetection, Some(0x123)));
    assert_eq!(skipped(20, "e6 19c9 40 6633a0 0123 60"), (Skip::TrackEnded, Some(0x123)));
}

#[test]
fn a_surface_target_in_local_axes_is_a_range_and_an_azimuth() {
    // 010 000 020 140 042 · 202 161 170 060 220 · 500; Mode S multilateration, ground bit.
    let record = "f37d0180 19c9 01 24 6633a0 012cfe70 0004fffc 0123 00 029c 4ca123 04040000";
    let plot = plot(10, record);
    assert_eq!(plot.origin, PlotOrigin::Mlat);
    let (range_m, azimuth_deg) = polar(&plot);
    near(range_m, 500.0);
    near(azimuth_deg, 180.0 - (3.0f64 / 4.0).atan().to_degrees());
    assert_eq!(plot.on_ground, Some(true));
    assert_eq!(plot.codes.source_track.unwrap().0, 0x123);
}

#[test]
fn cat010_tells_of_its_system_too() {
    // 010 000 140 · 550 NOGO 1.
    let message = service(10, "d10104 19c9 03 6633a0 40", &mut Interpreter::new());
    assert_eq!(message.kind, ServiceKind::SystemStatus);
    assert_eq!(message.condition, Some(Condition::Degraded));
    assert_eq!(message.time, at(MEASURED));
}

#[test]
fn a_computed_position_serves_where_the_measured_one_is_left_out() {
    // 010 140 020 090 · 042: 10 NM east, at FL 370.25.
    let plot = plot(48, "e508 19c9 6633a0 40 05c9 05000000");
    let (range_m, azimuth_deg) = polar(&plot);
    near(range_m, (10.0 * NM_M).hypot(37_025.0 * FOOT_M));
    near(azimuth_deg, 90.0);
    // CAT001: 010 020 042 090 in the profile of tracks, steps of 1/64 NM.
    let plot = self::plot(1, "c980 19c9 a0 02800000 05c9");
    near(polar(&plot).0, (10.0 * NM_M).hypot(37_025.0 * FOOT_M));
}

#[test]
fn a_track_of_an_airports_system_is_a_plot_of_another_tracker() {
    let record =
        "d97d08 19c9 01 6633a0 20000000 10000000 029c 00094274481820 404ca123 1123 40 0064";
    let plot = plot(11, record);
    assert_eq!(plot.origin, PlotOrigin::SystemTrack);
    near(position(&plot).latitude_rad.to_degrees(), 45.0);
    assert_eq!(plot.codes.source_track.unwrap().0, 0x1123);
    near(plot.velocity.unwrap().vertical_rate_mps.unwrap(), 625.0 * FOOT_M / 60.0);
    assert_eq!(plot.on_ground, Some(true));
}

#[test]
fn the_expansion_field_of_cat020_tells_accuracy_and_velocity() {
    // I020/010, 140, 041 (45°, 22.5°), then RE: PA (SDC of 3 m and 4 m) and GVV (0.1 NM/s east)
    let record = hex("b1 01 01 04 190b 6633a0 00800000 00400000 0d c0 40 000c 0010 0000 0666 4000");
    let mut editions = Editions::default();
    editions.set_expansion(20, "1.3").unwrap();
    let mut found = None;
    only_record(&block(20, &record), &editions, |record| {
        Interpreter::new().interpret(record, at(RECEIVED), &mut |output| found = Some(output));
    });
    let Some(Output::Plot(plot)) = found else { panic!("{found:?}") };
    near(position(&plot).horizontal_sd_m.unwrap(), (12.5_f64).sqrt());
    let velocity = plot.velocity.unwrap().horizontal.unwrap();
    near(velocity.east, f64::from(0x666) / 16_384.0 * NM_M);
    assert!(velocity.north.abs() < 1e-9, "{velocity:?}");
}

#[test]
fn a_measured_height_is_an_elevation_where_the_radar_told_its_site() {
    let mut interpreter = Interpreter::new();
    // I048/010, 140, 020, 040 (40 NM, 90°), then 110: 30,000 ft
    let report = "f1 01 08 19c9 6633a0 a0 28004000 04b0";
    let elevation = |interpreter: &mut Interpreter| {
        let outputs = outputs(48, report, "", interpreter);
        let [Output::Plot(plot)] = &outputs[..] else { panic!("{outputs:?}") };
        let Some(Measurement::Polar { elevation_rad, .. }) = plot.measurement else { panic!() };
        elevation_rad
    };
    assert_eq!(elevation(&mut interpreter), None);
    // I034/010, 000, 030, then 120: 200 m, 45° N, 11.25° E
    outputs(34, "e1 10 19c9 01 6633a0 00c8 200000 080000", "", &mut interpreter);
    let found = elevation(&mut interpreter).unwrap();
    // The slow way: from the site along that elevation, the height over the ellipsoid.
    let site = geodesy::Geodetic {
        latitude_rad: 45_f64.to_radians(),
        longitude_rad: 11.25_f64.to_radians(),
        height_m: 200.0,
    };
    let range_m = 40.0 * NM_M;
    let enu = geodesy::Enu { east: range_m * found.cos(), north: 0.0, up: range_m * found.sin() };
    let target = geodesy::LocalFrame::at(site).geodetic_from_enu(enu);
    assert!((target.height_m - 30_000.0 * FOOT_M).abs() < 10.0, "{target:?} {found}");
}

#[test]
fn the_expansion_field_of_cat020_is_read_by_its_layout() {
    // I020/010, then RE at FRN 27: PA (its SDH), TRT and DA (its MBD and TA)
    let field = "0e 98 20 0064 3f4800 2180 01 40 05 0a";
    let record = hex(&format!("81010104 190b {field}"));
    let mut editions = Editions::default();
    editions.set_expansion(20, "1.3").unwrap();
    let found = only_record(&block(20, &record), &editions, leaves);
    let expected = [
        "010/SAC=25",
        "010/SIC=11",
        "RE/PA/SDH=100:100",
        "RE/TRT=4147200:32400",
        "RE/DA/MBD/0/BDS1=4",
        "RE/DA/MBD/0/BDS2=0",
        "RE/DA/MBD/0/MBA=5:1/2",
        "RE/DA/TA=10:1",
    ];
    assert_eq!(found, expected);
    // GVA is an octet of each deviation (16/2^14 NM/s and 8 · 360/2^12 °), and TRT follows.
    let accuracy = hex("81010104 190b 07 30 1008 3f4800");
    let found = only_record(&block(20, &accuracy), &editions, leaves);
    let expected = ["RE/GVA/GSSD=16:1/1024", "RE/GVA/TASD=8:45/64", "RE/TRT=4147200:32400"];
    assert_eq!(found[2..], expected);
    // One octet more than the layout accounts for: the field stays octets, and why is told.
    let longer = hex("81010104 190b 0f 98 20 0064 3f4800 2180 01 40 05 0a 00");
    only_record(&block(20, &longer), &editions, |record| {
        assert_eq!(leaves(record)[2], "RE=x982000643f4800218001400 50a00".replace(' ', ""));
        let defect = record.expansion_defect().unwrap();
        assert_eq!(
            (defect.kind, defect.item, defect.offset),
            (DefectKind::ExpansionLength, Some("RE"), 6)
        );
    });
}
