//! One evaluation a second of everything, in one process on one core: 20,000 tracks with what is
//! known beside them, 25 rules that are built in and 200 of the site, 500 airspaces, terrain, and
//! the board. Then the same with fewer and more tracks.
//!
//! `cargo bench -p alert --bench evaluation`. CPU time, so that other work on the machine counts
//! little; the median of twenty evaluations in the steady state.

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

use alert::rules::adherence::{AdherenceRule, AdherenceRuleConfig};
use alert::rules::area::{AreaConfig, AreaRule};
use alert::rules::conflict::{ConflictConfig, ConflictRule};
use alert::rules::terrain::{SafetyMap, TerrainConfig, TerrainRule};
use alert::rules::{Ground, Qnh, QnhTable, Surroundings};
use alert::site::SiteRules;
use alert::trust::ClaimWatch;
use alert::{
    AerodromeFact, Board, BoardConfig, DetectionWatch, Firings, PlanFact, RoutePoint, Scene,
    SensorFact, Subject,
};
use all::TargetRules;
use geodesy::Geodetic;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_FPM, MPS_PER_KNOT};
use intent::airspace::{
    Airspaces, Answer, Heights, Hit, Limits, Period, Permission, Subject as Holder,
};
use intent::plan::{AdherenceConfig, Message, Places, Trajectory, adherence, read};
use load::{AIRSPACES, RULES, airspaces, cpu_s, flights, hills, median, site_rules};
use picture::identity::state_of;
use picture::{IdentityRules, Picture};
use stage::{RADAR, STATION, at, good, radar};
use std::sync::Arc;
use support::{Flight, away, degrees};
use surveillance::{
    Address, Callsign, Codes, Measurement, Plot, PlotOrigin, PositionReport, PressureAltitude,
    Sensor, SensorKind, Time, Track,
};

/// Evaluations before the slow rules have waited and the board has settled, and those measured.
const SETTLING: u32 = 40;
const MEASURED: u32 = 20;
/// Of so many aircraft one claims to be where it is not.
const FALSE_CLAIMS: u32 = 1_000;
const PERMISSIONS: u32 = 100;

const PARTS: [&str; 5] =
    ["facts", "conflict, areas, terrain", "targets", "rules of the site", "board"];

fn main() {
    let fixed = Fixed::new();
    println!(
        "{RULES} rules of the site, 25 built in, {AIRSPACES} airspaces; load of the machine {}",
        std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim_end()
    );
    println!("CPU ms of each second, median of {MEASURED}\n");
    println!("the same traffic a square mile, larger and larger areas:");
    series(&fixed, |tracks| (f64::from(tracks) / 20_000.0).sqrt());
    println!("one area of 2,000 by 1,000 NM, more and more tracks:");
    series(&fixed, |_| 1.0);
}

fn series(fixed: &Fixed, scale: impl Fn(u32) -> f64) {
    println!("| tracks | {} | all | headroom | growth | alerts open |", PARTS.join(" | "));
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let mut before = None;
    for tracks in [5_000, 10_000, 20_000, 40_000] {
        let Spent { parts_s, open } = evaluations(tracks, scale(tracks), fixed);
        let whole_s: f64 = parts_s.iter().sum();
        let growth = before.map_or("–".to_owned(), |less_s: f64| {
            format!("{:.2} of linear", whole_s / less_s / 2.0)
        });
        before = Some(whole_s);
        let parts: String = parts_s.map(|part_s| format!(" {:.1} |", part_s * 1e3)).concat();
        println!(
            "| {tracks} |{parts} {:.0} ms | {:.1} times | {growth} | {open} |",
            whole_s * 1e3,
            1.0 / whole_s
        );
    }
    println!();
}

/// What is there whatever the traffic is.
struct Fixed {
    ground: SafetyMap,
    airspaces: Arc<Airspaces>,
    aerodromes: Vec<AerodromeFact>,
    permissions: Vec<Permission>,
    sensors: [Sensor; 2],
}

impl Fixed {
    fn new() -> Self {
        let permission = |n: u32| Permission {
            name: format!("P{n}"),
            party: "KGZ".to_owned(),
            subject: Holder { address: Some(Address::icao(n * 7)), ..Holder::default() },
            airspaces: vec![format!("area {}", n % AIRSPACES as u32)],
            period: Period { from: Some(at(-1e6)), until: Some(at(1e6)) },
            limits: Limits::ALL,
            line: None,
        };
        Self {
            ground: hills(),
            airspaces: Arc::new(Airspaces::build(airspaces()).expect("sound airspaces")),
            aerodromes: traffic::aerodromes(200),
            permissions: (0..PERMISSIONS).map(permission).collect(),
            sensors: [radar(), Sensor { id: STATION, kind: SensorKind::AdsB, ..radar() }],
        }
    }
}

struct Spent {
    /// In the order of [`PARTS`], CPU seconds.
    parts_s: [f64; 5],
    open: usize,
}

fn evaluations(count: u32, scale: f64, fixed: &Fixed) -> Spent {
    let names: Vec<&str> = fixed.airspaces.iter().map(|(_, a)| a.name.as_str()).collect();
    let mut site = SiteRules::compile(&site_rules(), &names).expect("they are sound");
    let mut conflict = ConflictRule::new(ConflictConfig::default());
    let mut area = AreaRule::new(AreaConfig::default(), Arc::clone(&fixed.airspaces));
    let mut terrain = TerrainRule::new(TerrainConfig::default());
    let thresholds = AdherenceConfig::default();
    let mut keeps = AdherenceRule::new(AdherenceRuleConfig::default(), thresholds.clone());
    let (mut target, mut firings) = (TargetRules::default(), Firings::new());
    let mut board = Board::new(BoardConfig::default());
    let centre = degrees(42.5, 65.0);
    let qnh = QnhTable(vec![Qnh { centre, radius_m: 4e6, hpa: 1_013.25, until: at(1e6) }]);
    let around = Surroundings { ground: &fixed.ground, qnh: &qnh };
    let facts: Vec<SensorFact<'_>> = fixed.sensors.iter().map(good).collect();
    let mut tracks = tracks(count, scale, fixed);
    let known = Known::of(&tracks);
    let (mut claims, mut detection) = (ClaimWatch::default(), DetectionWatch::default());
    claims.set_sensor(&fixed.sensors[0]);
    let mut taken: [Vec<f64>; 5] = Default::default();
    for second in 0..SETTLING + MEASURED {
        let now = at(f64::from(second));
        traffic::carry_on(&mut tracks, now, 1.0);
        let mut picture = Picture::new(IdentityRules::default());
        tracks.iter().for_each(|track| picture.update(track.clone(), None, &[], now));
        claims.observe(&plots(&tracks, now));
        let remote_ids = traffic::remote_ids(200, now);

        let mut instants = [cpu_s(); 6];
        let areas = fill_areas(&picture, fixed, now);
        let subjects: Vec<Subject<'_>> = picture
            .entries()
            .zip(&areas)
            .map(|(entry, [areas, areas_unknown])| {
                let subject = known.subject(entry);
                let address = entry.track.codes.address;
                Subject {
                    areas,
                    areas_unknown,
                    claim: address.and_then(|address| claims.claim(address, now)),
                    twin: address.and_then(|address| claims.twin(address)),
                    ground_m: fixed.ground.height_m(entry.track.position),
                    country: address.and_then(state_of).map(|state| state.0),
                    ..subject
                }
            })
            .collect();
        let running_s = board.running_s(now);
        detection.look(picture.entries().map(|entry| &entry.track), &facts, running_s);
        instants[1] = cpu_s();
        let scene = Scene {
            sensors: &facts,
            aerodromes: &fixed.aerodromes,
            remote_ids: &remote_ids,
            airspaces: Some(&fixed.airspaces),
            ..Scene::of_tracks(now, board.running_s(now), &subjects)
        };
        firings.clear();
        conflict.evaluate(&scene, &mut firings);
        area.evaluate(&scene, &around, &fixed.permissions, &mut firings);
        terrain.evaluate(&scene, &around, &mut firings);
        instants[2] = cpu_s();
        target.evaluate(&scene, &board, &mut firings);
        let keep = |subject: &Subject<'_>| {
            let route = known.routes.get(subject.plan?.plan as usize)?;
            Some(adherence(route, at(-600.0), subject.track(), None, &thresholds))
        };
        keeps.evaluate(&scene, keep, &mut firings);
        instants[3] = cpu_s();
        site.evaluate(&scene, &board, &mut firings);
        instants[4] = cpu_s();
        board.update(&mut firings, &[], now);
        instants[5] = cpu_s();
        if second >= SETTLING {
            for (part, taken) in taken.iter_mut().enumerate() {
                taken.push(instants[part + 1] - instants[part]);
            }
        }
    }
    assert!(keeps.counts().tracks > count / 3, "{:?}", keeps.counts());
    assert!(conflict.counts().tracks > count / 2, "{:?}", conflict.counts());
    let parts_s = taken.map(|mut taken| median(&mut taken));
    Spent { parts_s, open: board.counts().open }
}

/// In which airspaces each track is and in which it may be, as a node finds it.
fn fill_areas(picture: &Picture, fixed: &Fixed, now: Time) -> Vec<[Vec<u32>; 2]> {
    let mut hits: Vec<Hit> = Vec::new();
    let inside = |entry: &picture::Entry| {
        let track = &entry.track;
        let heights = Heights {
            pressure_altitude_m: track.pressure_altitude_m,
            on_ground: track.on_ground,
            ..Heights::default()
        };
        fixed.airspaces.holding(track.position, &heights, now, &mut hits);
        [Answer::Inside, Answer::Unknown].map(|answer| {
            let of_it = hits.iter().filter(|hit| hit.answer() == answer);
            of_it.map(|hit| hit.airspace.0).collect()
        })
    };
    picture.entries().map(inside).collect()
}

/// The kinds of traffic that rules about targets look at, spread, climbing and turning as those about
/// pairs, areas and ground have it.
fn tracks(count: u32, scale: f64, fixed: &Fixed) -> Vec<Track> {
    let flights = flights(count, scale);
    let moves = |(track, flight): (Track, &Flight)| {
        let course_rad = flight.course_deg.to_radians();
        // Of a hundred one is low and slow.
        let slow = track.number.0 % 100 == 99;
        let speed_mps = if slow { 20.0 } else { flight.speed_kt * MPS_PER_KNOT };
        let ground_m = fixed.ground.height_m(flight.at).unwrap_or(0.0);
        let level_m = flight.level_ft.unwrap_or(0.0) * METRES_PER_FOOT;
        let height_m = if slow { ground_m + 300.0 } else { level_m.max(ground_m + 300.0) };
        Track {
            position: flight.at.at_height(height_m),
            velocity: geodesy::Enu {
                east: speed_mps * course_rad.sin(),
                north: speed_mps * course_rad.cos(),
                up: 0.0,
            },
            pressure_altitude_m: track.pressure_altitude_m.map(|_| height_m),
            vertical_rate_mps: Some(if slow { 0.0 } else { flight.climb_fpm * MPS_PER_FPM }),
            ..track
        }
    };
    traffic::tracks(count).into_iter().zip(&flights).map(moves).collect()
}

/// What is known of aircraft beside their tracks: for four airliners in five a plan, and for some
/// leave.
struct Known {
    plans: Vec<Option<(u32, Vec<RoutePoint>)>>,
    routes: Vec<Trajectory>,
    first: u32,
}

impl Known {
    fn of(tracks: &[Track]) -> Self {
        let (mut plans, mut routes) = (Vec::new(), Vec::new());
        for track in tracks {
            let n = track.number.0;
            let planned = n % 100 < 85 && n % 5 != 0;
            plans.push(planned.then(|| {
                let route = route_of(track);
                let point = |point: &intent::plan::RoutePoint| RoutePoint {
                    position: point.position,
                    level_m: point.level.and_then(|level| level.metres()),
                    expected: Some(at(point.elapsed_s - 600.0)),
                };
                let points = route.points().iter().map(point).collect();
                routes.push(route);
                (routes.len() as u32 - 1, points)
            }));
        }
        Self { plans, routes, first: tracks[0].number.0 }
    }

    fn subject<'a>(&'a self, entry: &'a picture::Entry) -> Subject<'a> {
        let n = entry.track.number.0;
        let plan = self.plans[(n - self.first) as usize].as_ref().map(|(plan, route)| PlanFact {
            plan: *plan,
            route,
            cleared_level_m: n.is_multiple_of(2).then_some(entry.track.position.height_m),
            code: entry.track.codes.mode_3a,
            callsign: Callsign::new("KGZ101"),
        });
        Subject { plan, permitted: n.is_multiple_of(10), ..Subject::bare(entry) }
    }
}

/// Six points along the way of a track; of one in fifty it is 7 NM aside.
fn route_of(track: &Track) -> Trajectory {
    let course_deg = track.velocity.east.atan2(track.velocity.north).to_degrees();
    let aside_nm = if track.number.0 % 50 == 1 { 7.0 } else { 0.0 };
    let middle = away(track.position.at_height(0.0), aside_nm, course_deg + 90.0);
    let points: Vec<Geodetic> =
        (0..6).map(|n| away(middle, f64::from(n) * 80.0 - 160.0, course_deg)).collect();
    let named = |at: &Geodetic| {
        let minutes = |degrees: f64| (degrees.abs() * 60.0).round() as u32;
        let (north, east) = (minutes(at.latitude_deg()), minutes(at.longitude_deg()));
        let (ns, ew) = (
            if at.latitude_deg() < 0.0 { 'S' } else { 'N' },
            if at.longitude_deg() < 0.0 { 'W' } else { 'E' },
        );
        format!("{:02}{:02}{ns}{:03}{:02}{ew}", north / 60, north % 60, east / 60, east % 60)
    };
    let level = (track.position.height_m / METRES_PER_FOOT / 100.0).round().max(10.0);
    let route: Vec<String> = points[1..5].iter().map(named).collect();
    let text = format!(
        "(FPL-KGZ101-IS-B738/M-S/C-AAAA0530-N0420F{level:03.0} DCT {} DCT-BBBB0200-0)",
        route.join(" DCT ")
    );
    let reading = read(text.as_bytes());
    let Some((_, Message::Filed(plan))) = reading.messages.into_iter().next() else {
        panic!("{text}: {:?}", reading.defects)
    };
    let ends = Ends { first: points[0], last: points[5] };
    Trajectory::expand(&plan, &ends).0.expect("a route")
}

/// Two aerodromes.
struct Ends {
    first: Geodetic,
    last: Geodetic,
}

impl Places for Ends {
    fn aerodrome(&self, indicator: &str) -> Option<Geodetic> {
        Some(if indicator == "AAAA" { self.first } else { self.last })
    }

    fn points(&self, _name: &str, _found: &mut Vec<Geodetic>) {}
}

/// A claim of each aircraft and every fifth second a radar plot, a few of them 6 NM from the claim.
fn plots(tracks: &[Track], now: Time) -> Vec<Plot> {
    let frame = geodesy::LocalFrame::at(radar().site.expect("it has one"));
    let second = now.seconds_since(at(0.0)) as u32;
    let of = |track: &Track| {
        let n = track.number.0;
        let codes = Codes { address: track.codes.address, ..Codes::default() };
        let altitude_m = track.position.height_m;
        let pressure_altitude = Some(PressureAltitude { altitude_m, step_m: 7.62 });
        let aside_m = if n % FALSE_CLAIMS == 2 { 6.0 * METRES_PER_NM } else { 0.0 };
        let claimed = away(track.position, aside_m / METRES_PER_NM, 0.0);
        let report = PositionReport {
            latitude_rad: claimed.latitude_rad,
            longitude_rad: claimed.longitude_rad,
            height_m: None,
            horizontal_sd_m: Some(30.0),
        };
        let bare = |origin| Plot { codes, pressure_altitude, ..Plot::bare(RADAR, now, origin) };
        let claim =
            Plot { measurement: Some(Measurement::Geodetic(report)), ..bare(PlotOrigin::AdsB) };
        let polar = frame.polar_from_ecef(track.position.to_ecef());
        let (slant_range_m, azimuth_rad) = (polar.slant_range_m, polar.azimuth_rad);
        let echo = Plot {
            measurement: Some(Measurement::Polar {
                slant_range_m,
                azimuth_rad,
                elevation_rad: None,
            }),
            ..bare(PlotOrigin::Secondary)
        };
        [Some(claim), (n % 5 == second % 5).then_some(echo)].into_iter().flatten()
    };
    tracks.iter().filter(|track| track.codes.address.is_some()).flat_map(of).collect()
}
