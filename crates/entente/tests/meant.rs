//! `entente plans` and `entente airspace`, as a user runs them: on good files, and on bad ones, of which
//! each fault names file, line, field and remedy.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::path::Path;
use std::process::Command;

/// A folder in which the program runs, so that it names files as they are written here.
struct Desk(tempfile::TempDir);

/// What the program answered.
struct Answer {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Desk {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    fn run(&self, words: &str) -> Answer {
        let words = words.split_whitespace();
        let mut command = Command::new(env!("CARGO_BIN_EXE_entente"));
        let output = command.current_dir(self.0.path()).args(words).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Answer { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// It is well, and says this.
    fn says(&self, words: &str, expected: &str) {
        let Answer { code, out, err } = self.run(words);
        assert_eq!((code, out.as_str()), (Some(0), expected), "{words}: {err}");
    }

    /// It has faults, and says this of them and of the rest.
    fn faults(&self, words: &str, expected: &[&str]) {
        let Answer { code, out, err } = self.run(words);
        assert_eq!(code, Some(3), "{words}: {out}{err}");
        assert_eq!(out.lines().collect::<Vec<_>>(), expected, "{words}");
    }

    /// It cannot do it, and says why in one line.
    fn refuses(&self, words: &str, expected: &str) {
        let Answer { code, out, err } = self.run(words);
        assert!(code.is_some_and(|code| code != 0) && out.is_empty(), "{words}: {code:?} {out}");
        assert_eq!(err.lines().count(), 1, "{words}: {err}");
        assert!(err.contains(expected), "{words}: {err}");
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).unwrap()
    }
}

const DAY: &str = "(FPL-KGZ101/A2511-IS-B738/M-S/C-UCAA0545-N0420F350 DCT AMIDI DCT BORDI DCT\n\
                   -UCBB0045-DOF/261128)\n\
                   (DLA-KGZ101-UCAA0600-UCBB-DOF/261128)\n\
                   (DEP-KGZ101/A2511-UCAA0612-UCBB-DOF/261128)\n";

const AERODROMES: &str = "icao,lat,lon,elevation\nUCAA,40.0,74.0,0\nUCBB,45.0,74.0,0\n";
const POINTS: &str = "ident,type,latitude_deg,longitude_deg\nAMIDI,waypoint,42.0,74.0\n\
                      BORDI,waypoint,43.0,74.0\n";

#[test]
fn good_plans_are_checked_applied_routed_and_written_in_both_forms() {
    let desk = Desk::new(&[("day.fpl", DAY), ("aero.csv", AERODROMES), ("points.csv", POINTS)]);
    desk.says("plans check day.fpl", "day.fpl: 3 messages understood: 1 DEP, 1 DLA, 1 FPL\n");
    let applied = desk.run("plans apply day.fpl --received 2026-11-28T04:00:00Z");
    assert_eq!(applied.code, Some(0), "{}", applied.err);
    let lines: Vec<&str> = applied.out.lines().collect();
    assert_eq!(lines[0], "day.fpl:1: FPL: plan 0 filed");
    assert!(lines[1].starts_with("day.fpl:3: DLA: plan 0: "), "{lines:?}");
    assert!(lines[2].starts_with("day.fpl:4: DEP: plan 0: "), "{lines:?}");
    assert!(lines[3].ends_with("UCBB: departed"), "{lines:?}");
    let routed = desk.run("plans route day.fpl --aerodromes aero.csv --points points.csv");
    assert_eq!(routed.code, Some(0), "{}", routed.err);
    // 5° of meridian.
    assert!(routed.out.starts_with("KGZ101 UCAA UCBB: 300 NM, times as filed\n"), "{}", routed.out);
    let points = routed.out.lines().skip(1).map(|line| line.split_whitespace().next().unwrap());
    assert_eq!(points.collect::<Vec<_>>(), ["UCAA", "AMIDI", "BORDI", "UCBB"]);

    // One form is read again as the other.
    let adexp = desk.run("plans write day.fpl --adexp").out;
    assert!(adexp.contains("-TITLE IFPL") && adexp.contains("-ARCID KGZ101"), "{adexp}");
    std::fs::write(desk.0.path().join("day.adexp"), &adexp).unwrap();
    desk.says("plans check day.adexp", "day.adexp: 3 messages understood: 1 DEP, 1 DLA, 1 FPL\n");
    let icao = |file: &str| desk.run(&format!("plans write {file}")).out;
    assert!(icao("day.fpl").starts_with("(FPL-KGZ101/A2511-IS"), "{}", icao("day.fpl"));
    assert_eq!(icao("day.adexp"), icao("day.fpl"));
}

#[test]
fn of_bad_plans_each_fault_names_file_line_field_and_remedy_and_the_rest_is_read() {
    let bad = "(FPL-KGZ101-IS\n-B738/M-S/C\n-UCAA2561\n-N0420F3500 DCT\n-UCBB0045-DOF/260230)\n\
               (EST-KGZ102-AMIDI)\n(DEP-UCAA0612-UCBB)\n(FPL-KGZ103-IS";
    let desk = Desk::new(&[("bad.fpl", bad), ("none.fpl", "hello\n"), ("aero.csv", AERODROMES)]);
    let Answer { code, out, .. } = desk.run("plans check bad.fpl");
    assert_eq!(code, Some(3));
    println!("{out}");
    let lines: Vec<&str> = out.lines().collect();
    for (line, field, what) in [
        (3, "13b", "2561 is not a time; correct it"),
        (4, "15", ""),
        (5, "18 DOF", "260230 is not a day, YYMMDD; correct it"),
        (6, "3", "messages of kind EST are not read; leave it out: FPL, CHG, "),
    ] {
        let begin = format!("bad.fpl:{line}: {field}");
        let of = |told: &&str| told.starts_with(&begin) && told.contains(what);
        assert!(lines.iter().any(of), "{begin} {what}: {out}");
    }
    let (faults, rest) = lines.split_at(lines.len() - 1);
    assert!(rest[0].contains("messages understood"), "{rest:?}");
    for fault in faults {
        let parts: Vec<&str> = fault.splitn(3, ": ").collect();
        let line = parts[0].strip_prefix("bad.fpl:").and_then(|line| line.parse::<u32>().ok());
        assert!(line.is_some_and(|line| line >= 1), "{fault}");
        assert!(!parts[1].is_empty() && parts[2].contains("; "), "{fault}");
    }
    desk.faults(
        "plans check none.fpl",
        &[
            "none.fpl:1: 3: no message here; give ICAO messages in brackets, or ADEXP messages that begin \
             with -TITLE",
            "none.fpl: 0 messages understood",
        ],
    );
    desk.refuses("plans check gone.fpl", "gone.fpl: cannot be read (No such file or directory");
    desk.refuses("plans check gone.fpl", "name another file");
    desk.refuses("plans route bad.fpl --aerodromes gone.csv", "gone.csv: cannot be read");
    let Answer { code, err, .. } = desk.run("plans apply bad.fpl --received yesterday");
    assert_eq!(code, Some(2));
    assert!(err.contains("--received") && err.contains("is not a UTC instant such as"), "{err}");
}

#[test]
fn a_plan_with_impossible_times_changes_nothing_and_says_why() {
    let late = "(DLA-KGZ101-UCAA0500-UCBB-DOF/261128)\n(DEP-KGZ101-UCAA0100-UCBB-DOF/261128)\n\
                (ARR-KGZ101-UCAA-UCBB0300)\n";
    let filed = DAY.lines().take(2).collect::<Vec<_>>().join("\n");
    let desk = Desk::new(&[("day.fpl", &filed), ("late.fpl", late)]);
    let told = desk.run("plans apply day.fpl late.fpl --received 2026-11-28T04:00:00Z");
    assert_eq!(told.code, Some(0), "{}", told.err);
    let changed: Vec<&str> = told.out.lines().filter(|line| line.contains("late.fpl")).collect();
    assert_eq!(changed.len(), 3, "{}", told.out);
    assert!(changed.iter().all(|line| line.contains("nothing changed: ")), "{changed:?}");
    assert!(changed[0].contains("a delay from 2026-11-28T05:45:00Z to 2026-11-28T05:00:00Z"));
    assert!(told.out.ends_with("UCBB: filed\n"), "{}", told.out);
}

/// A square of one degree, and what is wrong with others.
fn feature(name: &str, kind: &str, upper: &str, ring: &str) -> String {
    format!(
        "{{\"type\":\"Feature\",\"properties\":{{\"name\":\"{name}\",\"kind\":\"{kind}\",\"lower\":\"GND\",\
         \"upper\":\"{upper}\"}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[{ring}]]}}}}"
    )
}

fn collection(features: &[String]) -> String {
    format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}\n", features.join(",\n"))
}

const SQUARE: &str = "[75,42],[76,42],[76,43],[75,43],[75,42]";
const CROSSED: &str = "[75,42],[76,43],[76,42],[75,43],[75,42]";

const OPENAIR: &str = "AC P\nAN UCP5\nAL GND\nAH FL100\nDP 42:00:00N 075:00:00E\n\
                       DP 42:00:00N 076:00:00E\nDP 43:00:00N 076:00:00E\nDP 43:00:00N 075:00:00E\n";

#[test]
fn good_airspace_is_checked_and_exported_in_every_form() {
    let geojson = collection(&[
        feature("UCP5", "prohibited", "FL100", SQUARE),
        feature("EAST", "restricted", "5000 ft MSL", "[179,0],[-179,0],[-179,1],[179,1],[179,0]"),
    ]);
    let desk =
        Desk::new(&[("air.geojson", &geojson), ("air.txt", OPENAIR), ("aero.csv", AERODROMES)]);
    let told = desk.run("airspace check air.geojson air.txt aero.csv");
    assert_eq!(told.code, Some(0), "{}{}", told.out, told.err);
    let lines: Vec<&str> = told.out.lines().collect();
    // A square degree at 42.5°N is about 111.1 by 82.2 km; one over the antimeridian is two degrees wide.
    assert!(lines[0].starts_with("air.geojson: 2 airspaces (1 prohibited of 91"), "{lines:?}");
    assert!(lines[0].contains("1 restricted of 246"), "{lines:?}");
    assert!(lines[1].starts_with("air.txt: 1 airspaces (1 prohibited of 91"), "{lines:?}");
    assert_eq!(lines[2], "aero.csv: 0 airspaces, 2 aerodromes");
    let export = desk.run("airspace export air.txt -o out.geojson");
    assert_eq!((export.code, export.out.as_str()), (Some(0), ""), "{}", export.err);
    assert!(desk.text("out.geojson").contains("\"UCP5\""));
    let again = desk.run("airspace check out.geojson");
    assert!(again.out.starts_with("out.geojson: 1 airspaces (1 prohibited of 91"), "{}", again.out);
}

#[test]
fn of_bad_airspace_each_fault_names_file_line_field_and_remedy_and_the_rest_is_read() {
    let geojson = collection(&[
        feature("UCP5", "prohibited", "FL100", SQUARE),
        feature("KNOT", "prohibited", "FL100", CROSSED),
        feature("LINE", "danger", "FL100", "[75,42],[76,42],[75,42]"),
        feature("HIGH", "danger", "FLX", SQUARE),
        feature("FAR", "danger", "FL100", "[75,142],[76,42],[76,43],[75,142]"),
    ]);
    let openair = OPENAIR.replace("43:00:00N 076:00:00E", "43:00:00N 076:61:00E");
    let desk =
        Desk::new(&[("bad.geojson", &geojson), ("bad.txt", &openair), ("none.txt", "hello\n")]);
    let Answer { code, out, .. } = desk.run("airspace check bad.geojson");
    println!("{out}");
    assert_eq!(code, Some(3));
    let (faults, rest): (Vec<&str>, Vec<&str>) =
        out.lines().partition(|line| !line.contains(" airspaces"));
    assert_eq!(rest.len(), 1);
    assert!(rest[0].starts_with("bad.geojson: 1 airspaces (1 prohibited"), "{rest:?}");
    for (name, remedy) in [
        ("KNOT", "put the corners in order along the outline"),
        ("LINE", "correct the corners: they lie on one line"),
        ("HIGH", "write it as the example shows"),
        ("FAR", "check the order of latitude and longitude"),
    ] {
        let of = |told: &&&str| told.contains(&format!(" {name}: "));
        let fault = faults.iter().find(of).unwrap_or_else(|| panic!("{name}: {out}"));
        let line = fault.strip_prefix("bad.geojson:").and_then(|rest| rest.split_once(": "));
        let (line, _) = line.unwrap_or_else(|| panic!("{fault}"));
        assert!(line.parse::<u32>().is_ok_and(|line| line > 1), "{fault}");
        assert!(fault.contains(&format!("; {remedy}")), "{fault}");
    }
    let Answer { code, out, .. } = desk.run("airspace check bad.txt");
    println!("{out}");
    assert_eq!(code, Some(3));
    assert!(out.starts_with("bad.txt:7: DP: ") && out.contains("; "), "{out}");
    let Answer { code, out, .. } = desk.run("airspace check none.txt");
    println!("{out}");
    assert_eq!(code, Some(3), "{out}");
    desk.refuses("airspace check gone.txt", "gone.txt: cannot be read (No such file or directory");
    desk.refuses("airspace export gone.txt", "name another file");
    // What is left goes out, and what was left out is said.
    let export = desk.run("airspace export bad.geojson");
    assert_eq!(export.code, Some(3));
    assert!(export.out.contains("\"UCP5\"") && !export.out.contains("KNOT"), "{}", export.out);
    assert!(export.err.contains("left out: bad.geojson:"), "{}", export.err);
    assert!(Path::new(desk.0.path()).is_dir());
}
