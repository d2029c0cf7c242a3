//! Targets drawn by chance, each from a stream of its own.

use super::{Moment, Path, Steering, Target};
use crate::random::Random;
use crate::spec::{Area, Flight, Kind, Spec, Traffic, Transponder};
use geodesy::{Geodesic, Geodetic, wrap_pi};
use std::f64::consts::TAU;
use surveillance::{Address, Callsign, Mode3A};

const GRAVITY_MPS2: f64 = 9.806_65;
/// Three degrees a second.
const RATE_ONE_RAD_S: f64 = 0.052_36;
/// Mode 3/A codes that many share, beside those drawn.
const SHARED_CODES: [u16; 6] = [0o1000, 0o2000, 0o7000, 0o1200, 0o4321, 0o5102];

/// Purposes of the streams.
const TRAFFIC: u64 = 1;
const GHOST: u64 = 2;

pub(super) fn targets(spec: &Spec) -> Vec<Target> {
    let mut targets = Vec::new();
    for flight in &spec.flight {
        targets.push(along_route(flight, targets.len() as u32, spec));
    }
    for (index, traffic) in spec.traffic.iter().enumerate() {
        draw_traffic(traffic, index as u64, spec, &mut targets);
    }
    for (index, spoofing) in spec.spoofing.iter().enumerate() {
        for ghost in 0..spoofing.ghosts {
            let mut random = Random::of(spec.seed, &[GHOST, index as u64, u64::from(ghost)]);
            let traffic = Traffic { silent: Some(0.0), adsb: Some(1.0), ..plain(Kind::Airways) };
            let ground = Ground::of(&traffic, spec);
            let moment = ground.moment(&mut random);
            let to_s = spoofing.to_s.unwrap_or(spec.duration_s).max(spoofing.from_s + 1.0);
            let path = Path::fly(moment, spoofing.from_s, to_s, |_, _| Steering::default());
            let number = targets.len() as u32;
            let mut target = equip(&traffic, number, path, &mut random);
            (target.real, target.class) = (false, "GHO");
            targets.push(target);
        }
    }
    targets
}

/// Traffic of which the file says nothing more.
fn plain(kind: Kind) -> Traffic {
    Traffic {
        kind,
        count: 1,
        speed_mps: None,
        height_m: None,
        turn_g: None,
        group: None,
        spacing_m: None,
        splits: 0.0,
        silent: None,
        mode_s: None,
        adsb: None,
        shared_codes: 0.0,
        remote_id: 0.0,
        centre: None,
        half_width_km: None,
    }
}

/// What is usual of a kind: class, speeds, heights, g of its turns, silent, Mode S, ADS-B.
struct Usual {
    class: &'static str,
    speed_mps: [f64; 2],
    height_m: [f64; 2],
    turn_g: [f64; 2],
    silent: f64,
    mode_s: f64,
    adsb: f64,
}

fn usual(kind: Kind) -> Usual {
    let airliner = Usual {
        class: "ENR",
        speed_mps: [180.0, 260.0],
        height_m: [6_000.0, 12_000.0],
        turn_g: [0.3, 0.5],
        silent: 0.0,
        mode_s: 0.95,
        adsb: 0.85,
    };
    match kind {
        Kind::Airways => airliner,
        Kind::Crossing => Usual { class: "CRS", ..airliner },
        Kind::Terminal => {
            Usual { class: "TMA", speed_mps: [80.0, 180.0], height_m: [600.0, 5_000.0], ..airliner }
        }
        Kind::Manoeuvre => Usual {
            class: "HPM",
            speed_mps: [150.0, 300.0],
            height_m: [1_000.0, 10_000.0],
            turn_g: [1.0, 3.0],
            silent: 0.4,
            mode_s: 0.5,
            adsb: 0.3,
        },
        Kind::Formation => Usual {
            class: "FRM",
            speed_mps: [150.0, 250.0],
            turn_g: [0.5, 1.5],
            silent: 0.3,
            mode_s: 0.6,
            adsb: 0.3,
            ..airliner
        },
        Kind::LowSlow => Usual {
            class: "SLW",
            speed_mps: [30.0, 70.0],
            height_m: [300.0, 1_500.0],
            silent: 0.2,
            mode_s: 0.6,
            adsb: 0.4,
            ..airliner
        },
        Kind::Drones | Kind::Swarm => Usual {
            class: if kind == Kind::Drones { "UAS" } else { "SWM" },
            speed_mps: [6.0, 25.0],
            height_m: [250.0, 500.0],
            turn_g: [0.1, 0.4],
            silent: 1.0,
            mode_s: 0.0,
            adsb: 0.0,
        },
    }
}

/// Where and how fast the targets of one entry begin.
struct Ground {
    middle: Geodetic,
    half_width_m: f64,
    speed_mps: [f64; 2],
    height_m: [f64; 2],
}

impl Ground {
    fn of(traffic: &Traffic, spec: &Spec) -> Self {
        let usual = usual(traffic.kind);
        let Area { lat, lon, half_width_km, .. } = spec.area;
        let [lat, lon] = traffic.centre.unwrap_or([lat, lon]);
        let middle = Geodetic::from_degrees(lat, lon, 0.0).expect("the file was checked");
        Self {
            middle,
            half_width_m: 1e3 * traffic.half_width_km.unwrap_or(half_width_km),
            speed_mps: traffic.speed_mps.unwrap_or(usual.speed_mps),
            height_m: traffic.height_m.unwrap_or(usual.height_m),
        }
    }

    fn point(&self, random: &mut Random) -> Geodetic {
        let [east, north] = [0; 2].map(|_| random.between(-self.half_width_m, self.half_width_m));
        let line = Geodesic { distance_m: east.hypot(north), bearing_rad: east.atan2(north) };
        self.middle.travel(line).at_height(random.between(self.height_m[0], self.height_m[1]))
    }

    fn moment(&self, random: &mut Random) -> Moment {
        Moment {
            position: self.point(random),
            heading_rad: random.between(0.0, TAU),
            speed_mps: random.between(self.speed_mps[0], self.speed_mps[1]),
        }
    }
}

fn draw_traffic(traffic: &Traffic, index: u64, spec: &Spec, targets: &mut Vec<Target>) {
    let size = match traffic.kind {
        Kind::Crossing => 2,
        Kind::Formation => traffic.group.unwrap_or(3),
        Kind::Swarm => traffic.group.unwrap_or(10),
        _ => 1,
    };
    let ground = Ground::of(traffic, spec);
    for group in 0..traffic.count.div_ceil(size) {
        let mut random = Random::of(spec.seed, &[TRAFFIC, index, u64::from(group)]);
        let members = size.min(traffic.count - group * size);
        let paths = match traffic.kind {
            Kind::Airways => vec![airway(&ground, spec, &mut random)],
            Kind::Terminal => vec![terminal(&ground, spec, &mut random)],
            Kind::Crossing => crossing(&ground, spec, members, &mut random),
            _ => together(traffic, &ground, spec, members, &mut random),
        };
        for path in paths {
            targets.push(equip(traffic, targets.len() as u32, path, &mut random));
        }
    }
}

fn equip(traffic: &Traffic, number: u32, path: Path, random: &mut Random) -> Target {
    let usual = usual(traffic.kind);
    let silent = random.chance(traffic.silent.unwrap_or(usual.silent));
    let mode_s = !silent && random.chance(traffic.mode_s.unwrap_or(usual.mode_s));
    let adsb = mode_s && random.chance(traffic.adsb.unwrap_or(usual.adsb));
    let shared = random.chance(traffic.shared_codes);
    let mode_3a = if shared {
        SHARED_CODES[random.below(SHARED_CODES.len() as u64) as usize]
    } else {
        // Numbers run through 4,000 codes before one comes twice, spread over all digits.
        (number.wrapping_mul(1_367).wrapping_add(585) & 0o7777) as u16
    };
    let transponder = match (silent, mode_s) {
        (true, _) => Transponder::None,
        (_, true) => Transponder::ModeS,
        _ => Transponder::ModeAc,
    };
    Target {
        class: usual.class,
        transponder,
        adsb,
        remote_id: random.chance(traffic.remote_id),
        address: Address::icao(0x40_0000 + (number.wrapping_mul(7_919) & 0xf_ffff)),
        mode_3a: Mode3A::new(mode_3a),
        callsign: Callsign::new(&format!("{}{:04}", usual.class, number % 10_000)),
        path,
        real: true,
    }
}

/// Steers through points: turns at `turn_rad_s` at most, climbs so as to be there in time.
fn through(
    points: Vec<Geodetic>,
    turn_rad_s: f64,
    mut at_point: impl FnMut(usize) -> Option<f64>,
) -> impl FnMut(f64, &Moment) -> Steering {
    let mut next = 0;
    let mut speed_mps = None;
    let mut last_s = -1.0;
    move |t_s, now| {
        let Some(point) = points.get(next) else { return Steering::default() };
        let way = now.position.geodesic_to(*point);
        let reach_m = now.speed_mps / turn_rad_s * 0.6 + now.speed_mps;
        if way.distance_m < reach_m {
            next += 1;
            speed_mps = at_point(next).or(speed_mps);
            return Steering::default();
        }
        let off = wrap_pi(way.bearing_rad - now.heading_rad);
        let step_s = (t_s - last_s).clamp(0.1, 1.0);
        last_s = t_s;
        let left_s = (way.distance_m / now.speed_mps).max(1.0);
        let acceleration_mps2 =
            speed_mps.map_or(0.0, |wanted: f64| (wanted - now.speed_mps).clamp(-0.7, 0.7));
        Steering {
            turn_rad_s: (off / step_s).clamp(-turn_rad_s, turn_rad_s),
            acceleration_mps2,
            climb_mps: ((point.height_m - now.position.height_m) / left_s).clamp(-15.0, 15.0),
        }
    }
}

fn toward(from: Geodetic, to: Geodetic, speed_mps: f64) -> Moment {
    Moment { position: from, heading_rad: from.geodesic_to(to).bearing_rad, speed_mps }
}

fn along_route(flight: &Flight, number: u32, spec: &Spec) -> Target {
    let points: Vec<Geodetic> = flight
        .route
        .iter()
        .filter_map(|[lat, lon, height_m]| Geodetic::from_degrees(*lat, *lon, *height_m))
        .collect();
    let start = toward(points[0], points[1], flight.speed_mps);
    // It leaves the scenario where its route ends.
    let length_m: f64 = points.windows(2).map(|leg| leg[0].geodesic_to(leg[1]).distance_m).sum();
    let to_s = (flight.from_s + length_m / flight.speed_mps).min(spec.duration_s + 10.0);
    let steer = through(points[1..].to_vec(), 0.5 * RATE_ONE_RAD_S, |_| None);
    let path = Path::fly(start, flight.from_s, to_s.max(flight.from_s + 2.0), steer);
    let bits = |text: &Option<String>, radix, otherwise| {
        text.as_ref().and_then(|text| u32::from_str_radix(text, radix).ok()).unwrap_or(otherwise)
    };
    Target {
        class: "RTE",
        transponder: flight.transponder,
        adsb: flight.adsb,
        remote_id: false,
        address: Address::icao(bits(&flight.address, 16, 0x60_0000 + number)),
        mode_3a: Mode3A::new(bits(&flight.squawk, 8, 0o4000 + number % 0o2000) as u16),
        callsign: flight.callsign.as_deref().and_then(Callsign::new),
        path,
        real: true,
    }
}

/// Through the area by two or three points.
fn airway(ground: &Ground, spec: &Spec, random: &mut Random) -> Path {
    let mut points = vec![ground.point(random)];
    for _ in 0..2 + random.below(2) {
        // Levels are kept more often than changed.
        let level = points.last().map_or(8_000.0, |point: &Geodetic| point.height_m);
        let next = ground.point(random);
        points.push(if random.chance(0.7) { next.at_height(level) } else { next });
    }
    let speed_mps = random.between(ground.speed_mps[0], ground.speed_mps[1]);
    let start = toward(points[0], points[1], speed_mps);
    let steer = through(points.split_off(1), 0.5 * RATE_ONE_RAD_S, |_| None);
    Path::fly(start, 0.0, spec.duration_s + 10.0, steer)
}

/// In or out of the middle of the area: a fan of points, rate-one turns, speed by height.
fn terminal(ground: &Ground, spec: &Spec, random: &mut Random) -> Path {
    let [low, high] = ground.height_m;
    let bearing_rad = random.between(0.0, TAU);
    let far_m = ground.half_width_m * random.between(0.5, 1.0);
    let at = |share: f64, aside_rad: f64| {
        let line = Geodesic { distance_m: far_m * share, bearing_rad: bearing_rad + aside_rad };
        ground.middle.travel(line).at_height(low + (high - low) * share)
    };
    let mut aside = || random.between(-0.5, 0.5);
    let mut points = vec![at(1.0, 0.0), at(0.6, aside()), at(0.35, 2.0 * aside()), at(0.1, 0.0)];
    let leaving = random.chance(0.5);
    let [slow, fast] = ground.speed_mps;
    if leaving {
        points.reverse();
    }
    let start = toward(points[0], points[1], if leaving { slow } else { fast });
    let steer = through(points.split_off(1), RATE_ONE_RAD_S, move |next| {
        let share = f64::from(next as u32) / 3.0;
        let wanted =
            if leaving { slow + (fast - slow) * share } else { fast + (slow - fast) * share };
        Some(wanted)
    });
    Path::fly(start, 0.0, spec.duration_s + 10.0, steer)
}

/// Two or more that meet at one point and level about the middle of the time, 4° to 12° apart.
fn crossing(ground: &Ground, spec: &Spec, members: u32, random: &mut Random) -> Vec<Path> {
    let meet = ground.point(random);
    let middle_s = spec.duration_s * random.between(0.35, 0.65);
    let bearing_rad = random.between(0.0, TAU);
    let speed_mps = random.between(ground.speed_mps[0], ground.speed_mps[1]);
    let apart_rad = random.between(4.0, 12.0).to_radians();
    (0..members)
        .map(|member| {
            let bearing_rad = bearing_rad + apart_rad * f64::from(member);
            let back =
                Geodesic { distance_m: speed_mps * middle_s, bearing_rad: bearing_rad + TAU / 2.0 };
            let start = toward(meet.travel(back), meet, speed_mps);
            Path::fly(start, 0.0, spec.duration_s + 10.0, |_, _| Steering::default())
        })
        .collect()
}

#[derive(Clone, Copy)]
struct Leg {
    until_s: f64,
    steering: Steering,
}

/// Straight legs and turns, by chance.
fn legs(
    traffic: &Traffic,
    speed_mps: f64,
    from_s: f64,
    to_s: f64,
    random: &mut Random,
) -> Vec<Leg> {
    let turn_g = traffic.turn_g.unwrap_or(usual(traffic.kind).turn_g);
    let mut legs = Vec::new();
    let mut until_s = from_s;
    while until_s < to_s {
        until_s += random.between(15.0, 70.0);
        legs.push(Leg { until_s, steering: Steering::default() });
        let g = random.between(turn_g[0], turn_g[1]);
        let turn_rad_s = (g * GRAVITY_MPS2 / speed_mps).min(0.6);
        let angle_rad = random.between(0.5, 3.5);
        until_s += angle_rad / turn_rad_s;
        let side = if random.chance(0.5) { 1.0 } else { -1.0 };
        let steering = Steering { turn_rad_s: side * turn_rad_s, ..Steering::default() };
        legs.push(Leg { until_s, steering });
    }
    legs
}

/// One target or a group that flies the same legs side by side; of a group that splits, each flies
/// legs of its own from the middle of the time on.
fn together(
    traffic: &Traffic,
    ground: &Ground,
    spec: &Spec,
    members: u32,
    random: &mut Random,
) -> Vec<Path> {
    let lead = ground.moment(random);
    let to_s = spec.duration_s + 10.0;
    let common = legs(traffic, lead.speed_mps, 0.0, to_s, random);
    let split = random.chance(traffic.splits);
    let split_s = to_s * random.between(0.4, 0.7);
    let spacing_m = traffic.spacing_m.unwrap_or(300.0);
    let swarm = traffic.kind == Kind::Swarm;
    (0..members)
        .map(|member| {
            let aside = match (member, swarm) {
                (0, _) => Geodesic { distance_m: 0.0, bearing_rad: 0.0 },
                (_, true) => Geodesic {
                    distance_m: spacing_m * f64::from(members).sqrt() * random.unit().sqrt(),
                    bearing_rad: random.between(0.0, TAU),
                },
                // echelon: right, left, right …
                _ => Geodesic {
                    distance_m: spacing_m * f64::from(member.div_ceil(2)),
                    bearing_rad: lead.heading_rad + if member % 2 == 1 { 2.2 } else { -2.2 },
                },
            };
            let start = Moment { position: lead.position.travel(aside), ..lead };
            let mut mine = common.clone();
            if split && member > 0 {
                mine.retain(|leg| leg.until_s < split_s);
                mine.extend(legs(traffic, lead.speed_mps, split_s, to_s, random));
            }
            // Members of a swarm wander by a little each.
            let wander = if swarm { random.between(-0.01, 0.01) } else { 0.0 };
            let mut index = 0;
            Path::fly(start, 0.0, to_s, move |t_s, _| {
                while mine.get(index).is_some_and(|leg| leg.until_s <= t_s) {
                    index += 1;
                }
                let steering = mine.get(index).map_or(Steering::default(), |leg| leg.steering);
                Steering { turn_rad_s: steering.turn_rad_s + wander, ..steering }
            })
        })
        .collect()
}
