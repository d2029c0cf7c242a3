//! What the readers of a scenario folder refuse, leave out and take.

use scenario::form::{Meta, PlotTable, read_plots};
use surveillance::{Measurement, PlotOrigin, SensorKind};

const META: &str = r#"{"grid_s": 4.0, "sensors": [
    {"id": "R1", "lat_deg": 64.1, "lon_deg": -179.9, "h": 200.0, "period": 4.0, "mode_s": true},
    {"id": "R2", "lat_deg": 64.9, "lon_deg": 179.2, "mode_s": false}]}"#;

const HEADER: &str =
    "id,t_arr,t,sensor,range_m,az_deg,el_deg,alt_m,mode_a,mode_s,lat,lon,hgeo_m,ve,vn,vu";

fn plots(rows: &str) -> PlotTable {
    let meta = Meta::parse("meta.json", META).expect("it holds");
    read_plots("plots.csv", format!("{HEADER}\n{rows}").as_bytes(), &meta).expect("it holds")
}

#[test]
fn what_meta_json_lacks_is_named_with_its_place() {
    let check = |from: &str, to: &str, expected: &str| {
        let text = META.replacen(from, to, 1);
        let error = Meta::parse("meta.json", &text).expect_err("it is refused").to_string();
        assert_eq!(error, format!("meta.json: {expected}"));
    };
    check(r#""grid_s": 4.0, "#, "", "grid_s is missing; add it");
    check(r#""lat_deg": 64.9, "#, "", "sensors[1].lat_deg is missing; add it");
    check("64.1", "94.1", "sensors[0].lat_deg is 94.1; give degrees from -90 to 90");
    check(r#""period": 4.0"#, r#""period": 0"#, "sensors[0].period is 0; give a number above 0");
    check(r#""R2""#, r#""R2", "kind": "sonar""#, {
        r#"sensors[1].kind is "sonar"; give radar, adsb, mlat or remote_id"#
    });
}

#[test]
fn a_row_that_is_wrong_is_left_out_named_and_counted() {
    let check = |row: &str, expected: &str| {
        let table = plots(&format!("{row}\n0,1.5,1.0,R1,9e3,10,,,,,,,,,,\n"));
        assert_eq!(table.plots.len(), 1, "{row}");
        assert_eq!(table.bad.named, [format!("line 2: {expected}")]);
        assert_eq!(table.bad.count, 1);
    };
    check("0,1.0,0.9,R9,9e3,10,,,,,,,,,,", r#"sensor "R9" is not in meta.json"#);
    check("0,1.0,0.9,R1,NaN,10,,,,,,,,,,", "range_m NaN is not within 0 to 2000000");
    check("0,1.0,0.9,R1,-5,10,,,,,,,,,,", "range_m -5 is not within 0 to 2000000");
    check("0,1.0,0.9,R1,9e3,,,,,,,,,,,", "az_deg is missing");
    check("0,x,0.9,R1,9e3,10,,,,,,,,,,", r#"t_arr "x" is no number"#);
    check("0,1.0,0.9,R1", "4 fields under 16 columns");
    check("0,1.0,0.9,R1,9e3,10,,,0981,,,,,,,", {
        r#"mode_a "0981" is not octal digits up to 4095"#
    });
    check("0,1.0,0.9,AD,,,,,,,91,10,,,,", "lat 91 is not within -90 to 90");
}

#[test]
fn plots_come_in_the_order_of_their_arrival_with_what_their_sensor_means() {
    let table = plots(
        "0,2.0,0.4,AD,,,,3048.0,1200,4ca123,64.5,181.0,3040.0,100.0,-20.0,1.0\n\
         1,1.0,0.5,R2,9e3,370,,3048.0,,,,,,,,\n\
         2,1.5,0.5,R1,9e3,10,2.0,,,,,,,,,\n",
    );
    assert_eq!(table.bad.count, 0);
    let origins: Vec<_> = table.plots.iter().map(|plot| plot.origin).collect();
    assert_eq!(origins, [PlotOrigin::Secondary, PlotOrigin::Primary, PlotOrigin::AdsB]);
    // Mode C of a radar without Mode S comes in steps of 100 ft
    let step_m = table.plots[0].pressure_altitude.expect("it holds").step_m;
    assert!((step_m - 30.48).abs() < 1e-9);
    let Some(Measurement::Geodetic(report)) = table.plots[2].measurement else { panic!() };
    assert!((report.longitude_rad.to_degrees() + 179.0).abs() < 1e-9);
    // a receiver that only the plots name
    assert_eq!(table.sensors.len(), 3);
    assert_eq!(table.sensors[2].kind, SensorKind::AdsB);
}

#[test]
fn a_header_without_a_needed_column_is_refused() {
    let meta = Meta::parse("meta.json", META).expect("it holds");
    let error =
        read_plots("plots.csv", "id,t,sensor\n".as_bytes(), &meta).expect_err("it is refused");
    assert_eq!(error.to_string(), "plots.csv: line 1: no column t_arr; it needs t_arr,t,sensor");
    let error = read_plots("plots.csv", "".as_bytes(), &meta).expect_err("it is refused");
    assert_eq!(error.to_string(), "plots.csv: it is empty; its first line names the columns");
}
