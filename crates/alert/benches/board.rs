//! CPU time of one evaluation a second: the rules that look at one target, two hundred rules of a
//! site, and the board, over 5,000, 10,000 and 20,000 tracks; then ten thousand alerts at once, and
//! the watch of claims.
//!
//! `cargo bench -p alert --bench board`. Each figure is the median of thirty evaluations in the
//! steady state, in CPU time, so that other work on the machine counts little. Beside it, the same
//! two hundred expressions in the interpreter of the `cel` crate, in the same run.

#![expect(clippy::print_stdout, reason = "a benchmark's output")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

#[path = "../tests/stage/all.rs"]
mod all;
mod load;
#[path = "../tests/stage/mod.rs"]
mod stage;
#[path = "../tests/support/mod.rs"]
mod support;
#[path = "../tests/stage/traffic.rs"]
mod traffic;

use alert::site::{SiteRule, SiteRules};
use alert::trust::ClaimWatch;
use alert::{
    AlertKey, Board, BoardConfig, Fact, Firings, Rule, Scene, SensorFact, Severity, Subject, Value,
    View,
};
use all::TargetRules;
use load::{AIRSPACES, RULES, cpu_s, median, site_rules};
use picture::{IdentityRules, Picture};
use stage::{RADAR, STATION, at, good, number, place, radar};
use surveillance::{
    Address, Codes, Measurement, Plot, PlotOrigin, PositionReport, PressureAltitude, Sensor,
    SensorKind,
};

const PAGES: u32 = 20;

fn main() {
    let site = site_rules();
    let mut before: Option<(u32, f64)> = None;
    for count in [5_000, 10_000, 20_000] {
        let [target_s, site_s, board_s] = evaluations(count, &site);
        let whole_s = target_s + site_s + board_s;
        println!(
            "{count} tracks: {:.1} ms of a second (rules of targets {:.1}, {RULES} rules of the site \
             {:.1}, board {:.1}); {:.0} % of a core free; {:.1} ns a track and rule of the site",
            whole_s * 1e3,
            target_s * 1e3,
            site_s * 1e3,
            board_s * 1e3,
            (1.0 - whole_s) * 100.0,
            site_s * 1e9 / f64::from(count) / RULES as f64,
        );
        if let Some((fewer, less_s)) = before {
            let growth = whole_s / less_s / (f64::from(count) / f64::from(fewer));
            println!("  {growth:.2} times linear, from {fewer} tracks");
        }
        before = Some((count, whole_s));
    }
    interpreter();
    many_at_once();
    claims();
}

/// Median CPU seconds of the rules of targets, those of the site, and the board.
fn evaluations(count: u32, site: &[SiteRule]) -> [f64; 3] {
    let areas: Vec<String> = (0..AIRSPACES).map(|n| format!("area {n}")).collect();
    let areas: Vec<&str> = areas.iter().map(String::as_str).collect();
    let mut site = SiteRules::compile(site, &areas).expect("they are sound");
    let (mut target, mut firings) = (TargetRules::default(), Firings::new());
    let mut board = Board::new(BoardConfig::default());
    let (aerodromes, sensors) = (traffic::aerodromes(1_000), sensors());
    let facts: Vec<SensorFact<'_>> = sensors.iter().map(good).collect();
    let mut tracks = traffic::tracks(count);
    let mut taken: [Vec<f64>; 3] = Default::default();
    for second in 0..70 {
        let now = at(f64::from(second));
        traffic::carry_on(&mut tracks, now, 1.0);
        let mut picture = Picture::new(IdentityRules::default());
        tracks.iter().for_each(|track| picture.update(track.clone(), None, &[], now));
        let subjects: Vec<_> = picture
            .entries()
            .map(|entry| Subject { country: Some("KGZ"), areas: &[3, 90], ..Subject::bare(entry) })
            .collect();
        let remote_ids = traffic::remote_ids(200, now);
        let scene = Scene {
            sensors: &facts,
            aerodromes: &aerodromes,
            remote_ids: &remote_ids,
            ..Scene::of_tracks(now, board.running_s(now), &subjects)
        };
        firings.clear();
        let start_s = cpu_s();
        target.evaluate(&scene, &board, &mut firings);
        let targets_s = cpu_s();
        site.evaluate(&scene, &board, &mut firings);
        let site_s = cpu_s();
        board.update(&mut firings, &[], now);
        let end_s = cpu_s();
        // Until the slow rules have waited and the board has settled.
        if second >= 40 {
            taken[0].push(targets_s - start_s);
            taken[1].push(site_s - targets_s);
            taken[2].push(end_s - site_s);
        }
    }
    let counts = board.counts();
    println!("{} alerts open, {} opened over 70 s", counts.open, counts.opened_ever);
    taken.map(|mut taken| median(&mut taken))
}

fn sensors() -> Vec<Sensor> {
    let station = Sensor { id: STATION, kind: SensorKind::AdsB, ..radar() };
    vec![radar(), station]
}

/// The same expressions in the interpreter that the `cel` crate has, over a few tracks.
fn interpreter() {
    let programs: Vec<_> = site_rules()
        .iter()
        .map(|rule| cel::Program::compile(&rule.when).expect("it is sound"))
        .collect();
    let mut context = cel::Context::default();
    for (name, x) in
        [("level_ft", 30_000.0), ("speed_kt", 420.0), ("climb_fpm", 0.0), ("held_s", 300.0)]
    {
        context.add_variable_from_value(name, x);
    }
    for (name, x) in [("nic", 8.0), ("above_ground_ft", 20_000.0), ("age_s", 1.0)] {
        context.add_variable_from_value(name, x);
    }
    for name in ["has_plan", "on_ground", "has_permission", "coasting"] {
        context.add_variable_from_value(name, false);
    }
    for (name, text) in
        [("callsign", "KGZ101"), ("squawk", "2101"), ("country", "KGZ"), ("craft", "large")]
    {
        context.add_variable_from_value(name, text);
    }
    context.add_variable_from_value("sources", vec!["primary", "secondary", "ADS-B"]);
    context.add_function("inside", |_: std::sync::Arc<String>| false).expect("it is new");
    context.add_function("distance_nm", |_: f64, _: f64| 100.0).expect("it is new");
    // Long enough for the process's clock, which goes in steps of some milliseconds.
    let (start_s, rounds) = (cpu_s(), 500);
    for _ in 0..rounds {
        let fired = programs
            .iter()
            .filter(|program| program.execute(&context) == Ok(cel::Value::Bool(true)))
            .count();
        std::hint::black_box(fired);
    }
    let each_s = (cpu_s() - start_s) / f64::from(rounds) / RULES as f64;
    println!(
        "the cel crate's interpreter, the same {RULES} expressions: {:.0} ns each",
        each_s * 1e9
    );
}

/// Ten thousand alerts in one second, and a screen's page of them.
fn many_at_once() {
    let mut board = Board::new(BoardConfig::default());
    let mut firings = Firings::new();
    let mut taken = Vec::new();
    for second in 0..12_u32 {
        firings.clear();
        for n in 0..10_000 {
            let key = AlertKey::of_track(Rule::Emergency, number(n));
            let facts = firings.fire(key, Severity::Warning, Some(at(f64::from(n % 600))));
            facts.push(Fact::new("n", Value::Count(u64::from(n + second))));
        }
        let start_s = cpu_s();
        board.update(&mut firings, &[], at(f64::from(second)));
        let update_s = cpu_s() - start_s;
        let start_s = cpu_s();
        for _ in 0..PAGES {
            let page = board.page(View::default(), 0, 40);
            assert_eq!((page.total, page.shown.len()), (10_000, 40));
        }
        taken.push((update_s, (cpu_s() - start_s) / f64::from(PAGES)));
    }
    let (first_s, _) = taken.remove(0);
    taken.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (update_s, page_s) = taken[taken.len() / 2];
    println!(
        "10,000 alerts: opened in {:.1} ms, updated in {:.1} ms, the first page of 40 in {:.2} ms, \
         saved as {} KB",
        first_s * 1e3,
        update_s * 1e3,
        page_s * 1e3,
        board.save().len() / 1_000
    );
}

/// Plots per CPU-second through the watch of claims.
fn claims() {
    let mut watch = ClaimWatch::default();
    watch.set_sensor(&radar());
    let (mut taken_s, mut plots_seen) = (0.0, 0);
    for second in 0..20 {
        let now = f64::from(second);
        // A claim a second of each of 20,000, and a radar plot of each every five seconds.
        let plots: Vec<_> = (0..20_000_u32)
            .flat_map(|n| {
                let echo = (n % 5 == second % 5).then(|| echo(n, now));
                echo.into_iter().chain([claim(n, now)])
            })
            .collect();
        let start_s = cpu_s();
        watch.observe(&plots);
        taken_s += cpu_s() - start_s;
        plots_seen += plots.len();
    }
    let counts = watch.counts();
    println!(
        "watch of claims: {:.2} million plots per CPU-second, {} compared, {} disagreed",
        plots_seen as f64 / taken_s / 1e6,
        counts.compared,
        counts.disagreed
    );
}

fn bare(n: u32, second: f64, origin: PlotOrigin) -> Plot {
    let codes = Codes { address: Some(Address::icao(n)), ..Codes::default() };
    let pressure_altitude = Some(PressureAltitude { altitude_m: 9_000.0, step_m: 7.62 });
    Plot { codes, pressure_altitude, ..Plot::bare(RADAR, at(second), origin) }
}

fn position(n: u32) -> geodesy::Geodetic {
    place(42.0 + f64::from(n % 200) / 80.0, 74.0 + f64::from(n / 200) / 50.0, 9_000.0)
}

fn echo(n: u32, second: f64) -> Plot {
    let frame = geodesy::LocalFrame::at(radar().site.expect("it has one"));
    let polar = frame.polar_from_ecef(position(n).to_ecef());
    let (slant_range_m, azimuth_rad) = (polar.slant_range_m, polar.azimuth_rad);
    let measurement = Some(Measurement::Polar { slant_range_m, azimuth_rad, elevation_rad: None });
    Plot { measurement, ..bare(n, second, PlotOrigin::Secondary) }
}

fn claim(n: u32, second: f64) -> Plot {
    let at = position(n);
    let report = PositionReport {
        latitude_rad: at.latitude_rad,
        longitude_rad: at.longitude_rad,
        height_m: None,
        horizontal_sd_m: Some(30.0),
    };
    let measurement = Some(Measurement::Geodetic(report));
    Plot { measurement, ..bare(n, second, PlotOrigin::AdsB) }
}
