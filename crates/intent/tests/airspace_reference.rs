//! Sides, distances and areas beside those that PROJ and GEOS tell
//! (`testdata/airspace/reference.py`).

#![expect(clippy::unwrap_used, reason = "a test may")]

use geodesy::Geodetic;
use intent::airspace::{Airspace, Airspaces, Geometry, Heights, Kind, Limits, Polygon};
use surveillance::Time;

fn degrees(longitude_deg: f64, latitude_deg: f64) -> Geodetic {
    Geodetic::from_degrees(latitude_deg, longitude_deg, 0.0).unwrap()
}

struct Outline {
    name: String,
    area_m2: f64,
    airspaces: Airspaces,
}

fn outline(fields: &[&str]) -> Outline {
    let numbers: Vec<f64> = fields[3].split(' ').map(|text| text.parse().unwrap()).collect();
    let outer = numbers.chunks(2).map(|pair| degrees(pair[0], pair[1])).collect();
    let geometry = Geometry::Polygons(vec![Polygon { outer, holes: Vec::new() }]);
    let airspace = Airspace::new(fields[1], Kind::Restricted, Limits::ALL, geometry);
    Outline {
        name: fields[1].to_owned(),
        area_m2: fields[2].parse().unwrap(),
        airspaces: Airspaces::build(vec![airspace]).unwrap(),
    }
}

#[test]
fn sides_distances_and_areas_are_those_of_proj_and_geos() {
    let text = include_str!("../testdata/airspace/reference.csv");
    let mut outlines: Vec<Outline> = Vec::new();
    let (mut asked, mut inside, mut hits) = (0, 0, Vec::new());
    for line in text.lines() {
        let fields: Vec<&str> = line.split(',').collect();
        if fields[0] == "P" {
            outlines.push(outline(&fields));
            let Outline { name, area_m2, airspaces } = &outlines[outlines.len() - 1];
            let (id, _) = airspaces.iter().next().unwrap();
            let own_m2 = airspaces.area_m2(id).unwrap();
            assert!((own_m2 / area_m2 - 1.0).abs() < 2e-5, "{name}: {own_m2} and {area_m2} m²");
            continue;
        }
        let Outline { name, airspaces, .. } = outlines.last().unwrap();
        assert_eq!(name, fields[1]);
        let position = degrees(fields[2].parse().unwrap(), fields[3].parse().unwrap());
        let expected_m: f64 = fields[4].parse().unwrap();
        let (id, _) = airspaces.iter().next().unwrap();
        let own_m = airspaces.distance_m(id, position).unwrap();
        // 1 m up to 100 km, 10 m up to 1,000 km, as promised.
        let allowed_m = if expected_m.abs() < 100_000.0 { 1.0 } else { 10.0 };
        assert!((own_m - expected_m).abs() < allowed_m, "{line}: {own_m} m");
        airspaces.holding(position, &Heights::default(), Time::EPOCH, &mut hits);
        if expected_m.abs() > 0.2 {
            assert_eq!(hits.len(), usize::from(expected_m < 0.0), "{line}");
        }
        asked += 1;
        inside += hits.len();
    }
    assert!(asked > 400 && inside > 100 && inside < asked - 100, "{asked} asked, {inside} inside");
}
