//! ADEXP says what ICAO messages say.

use geodesy::Geodetic;
use intent::plan::{
    Date, Life, Message, Places, Plan, Plans, TimeOfDay, Timing, Trajectory, read, write_adexp,
};

const IFPL: &str = "-TITLE IFPL
-BEGIN ADDR -FAC UCFMZQZX
-FAC UAAAZQZX -END ADDR
-ADEP UCFM -ADES UAAA -ARCID KZR127 -ARCTYP B738 -WKTRC M
-CEQPT SDE3FGHIJ1RWXY -SEQPT LB1
-EOBD 261128 -EOBT 0530
-ORIGIN -NETWORKTYPE AFTN -FAC UCFMKZRX
-FLTRUL I -FLTTYP S -TTLEET 0045 -ALTRNT1 UACC -ALTRNT2 UATT
-PBN A1B1C1D1 -REG UPB3702 -ARCADDR 683ABC -SSRCODE A2561
-RMK TCAS EQUIPPED
-EETFIR UAAA 0012 -EETPT BATUR 0020
-ROUTE N0450F330 DCT BATUR/N0440F350 A240
KOTAM DCT
-GEO -GEOID GEO01 -LATTD 430000N -LONGTD 0753000E
-BEGIN RTEPTS
-PT -PTID UCFM -FL F021 -ETO 261128054000
-PT -PTID BATUR -FL F330 -ETO 261128055500
-PT -PTID GEO01 -FL F350 -ETO 261128060130
-PT -PTID UAAA -FL F022 -ETO 261128062500
-END RTEPTS
NNNN
";

struct Few;

impl Places for Few {
    fn aerodrome(&self, indicator: &str) -> Option<Geodetic> {
        match indicator {
            "UCFM" => Geodetic::from_degrees(43.0613, 74.4776, 637.0),
            "UAAA" => Geodetic::from_degrees(43.3521, 77.0405, 681.0),
            _ => None,
        }
    }

    fn points(&self, name: &str, found: &mut Vec<Geodetic>) {
        let known = [("BATUR", 43.0, 75.0), ("KOTAM", 43.1, 76.0)];
        let named = known.iter().filter(|point| point.0 == name);
        found.extend(named.filter_map(|point| Geodetic::from_degrees(point.1, point.2, 0.0)));
    }
}

fn plan(text: &str) -> Plan {
    let reading = read(text.as_bytes());
    assert_eq!(reading.defects, []);
    let Some((_, Message::Filed(plan))) = reading.messages.into_iter().next() else { panic!() };
    *plan
}

#[test]
fn a_plan_in_adexp_is_the_plan_in_icao() {
    let adexp = plan(IFPL);
    let mut icao = plan(
        "(FPL-KZR127/A2561-IS-B738/M-SDE3FGHIJ1RWXY/LB1-UCFM0530\
         -N0450F330 DCT BATUR/N0440F350 A240 KOTAM DCT-UAAA0045 UACC UATT\
         -DOF/261128 PBN/A1B1C1D1 REG/UPB3702 CODE/683ABC RMK/TCAS EQUIPPED EET/UAAA0012 BATUR0020)",
    );
    assert_eq!(adexp.profile.len(), 4);
    icao.profile.clone_from(&adexp.profile);
    assert_eq!(adexp, icao);
}

#[test]
fn a_callsign_with_a_space_is_a_defect_and_no_plan() {
    let reading = read(IFPL.replace("-ARCID KZR127", "-ARCID K ZR127").as_bytes());
    assert_eq!(reading.messages, []);
    let told = reading.defects.iter().map(ToString::to_string).collect::<String>();
    assert!(told.contains("ARCID") && told.contains("K ZR127"), "{told}");
}

#[test]
fn a_plan_written_as_adexp_and_read_again_says_the_same() {
    let filed = plan(IFPL);
    assert_eq!(plan(&write_adexp(&Message::Filed(Box::new(filed.clone())))), filed);
}

#[test]
fn calculated_points_are_the_route_with_their_times() {
    let (trajectory, faults) = Trajectory::expand(&plan(IFPL), &Few);
    let trajectory = trajectory.unwrap();
    assert_eq!(faults, []);
    assert_eq!(trajectory.timing(), Timing::Filed);
    let points: Vec<(&str, f64, String)> = trajectory
        .points()
        .iter()
        .map(|point| (point.name.as_str(), point.elapsed_s, point.level.unwrap().to_string()))
        .collect();
    let expected = [
        ("UCFM", 0.0, "F330"),
        ("BATUR", 900.0, "F350"),
        ("GEO01", 1290.0, "F350"),
        ("UAAA", 2700.0, "F350"),
    ];
    let expected = expected.map(|(name, time, level)| (name, time, level.to_owned()));
    assert_eq!(points, expected);
}

#[test]
fn messages_of_both_formats_in_one_file_move_one_plan() {
    let text = format!(
        "{IFPL}-TITLE IDLA -ARCID KZR127 -ADEP UCFM -ADES UAAA -EOBD 261128 -EOBT 0615\n\
         (CHG-KZR127-UCFM0615-UAAA-DOF/261128-8/IN)\n\
         -TITLE ICHG -ARCID KZR127 -ADEP UCFM -ADES UAAA -EOBD 261128 -EOBT 0615 -ARCTYP A320 -WKTRC M\n\
         -TITLE IDEP -ARCID KZR127 -ADEP UCFM -ADES UAAA -ATD 0622\n\
         -TITLE IARR -ARCID KZR127 -ADEP UCFM -ADES UAAA -ADARR UACC -ATA 0710\n"
    );
    let reading = read(text.as_bytes());
    assert_eq!(reading.defects, []);
    let mut plans = Plans::default();
    let received = Date::new("261128").unwrap().at(TimeOfDay::new("0500").unwrap());
    reading.messages.iter().for_each(|(_, message)| drop(plans.apply(message, received)));
    let entry = plans.iter().next().unwrap();
    assert_eq!((plans.len(), entry.life), (1, Life::Arrived));
    assert_eq!(entry.plan.aircraft.as_ref().unwrap().designator, "A320");
    assert_eq!(entry.plan.kind.unwrap().as_str(), "N");
    assert_eq!(entry.landing.unwrap().0.as_str(), "UACC");
}

#[test]
fn faults_are_named_by_line_and_keyword() {
    let check = |from: &str, to: &str, expected: &[&str]| {
        let reading = read(IFPL.replace(from, to).as_bytes());
        let defects: Vec<String> = reading.defects.iter().map(ToString::to_string).collect();
        assert_eq!(defects, expected, "{to}");
    };
    check("-EOBT 0530", "-EOBT 2460", &["line 6, field EOBT: 2460 is not a time"]);
    check("-EOBD 261128", "-EOBD 260230", &["line 6, field EOBD: 260230 is not a day, YYMMDD"]);
    check(
        "-TTLEET 0045",
        "-TTLEET 4900",
        &["line 8, field TTLEET: 4900 is not an elapsed time of 0001 to 4800"],
    );
    check(
        "-ALTRNT1 UACC",
        "-ARCID KZR128",
        &["line 8, field ARCID: ARCID is said again; the first counts"],
    );
    check(
        "-FL F350 -ETO 261128060130",
        "-FL F35 -ETO 261128055459",
        &[
            "line 18, field FL: F35 is not a level",
            "line 18, field ETO: GEO01 is reached before the point in front of it",
        ],
    );
    check("IFPL", "BRWY", &["line 1, field TITLE: messages of kind BRWY are not read"]);
    check(
        "-ARCID KZR127",
        "",
        &["line 1, field ARCID: the message is left out: its callsign is not known"],
    );
}
