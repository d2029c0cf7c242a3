//! From the words of a route to points on the ground.

use super::super::defect::excerpt;
use super::super::route::{Element, Fix, Revision};
use super::super::{Elapsed, Indicator, Level, Location, Name, Plan, Speed};
use super::line::Line;
use super::{ASSUMED_SPEED_MPS, RoutePoint, Timing, Trajectory};
use geodesy::units::METRES_PER_NM;
use geodesy::{Geodesic, Geodetic};
use surveillance::Time;

/// Where named places are: whatever the node has of aerodromes, points and airways.
pub trait Places {
    /// The reference point of an aerodrome, by its location indicator.
    fn aerodrome(&self, indicator: &str) -> Option<Geodetic>;

    /// Adds every point of that name: there may be several over the world, in an order that is
    /// always the same.
    fn points(&self, name: &str, found: &mut Vec<Geodetic>);

    /// Adds the points of an airway strictly between two of its points, in order; `false` if the
    /// airway is not known to join them.
    fn airway(
        &self,
        _airway: &str,
        _from: &str,
        _to: &str,
        _found: &mut Vec<(String, Geodetic)>,
    ) -> bool {
        false
    }

    /// Magnetic variation at a point, radians, east positive.
    fn variation_rad(&self, _at: Geodetic) -> Option<f64> {
        None
    }
}

impl Places for crate::airspace::Places {
    fn aerodrome(&self, indicator: &str) -> Option<Geodetic> {
        self.aerodrome(indicator).map(|aerodrome| aerodrome.position)
    }

    fn points(&self, name: &str, found: &mut Vec<Geodetic>) {
        found.extend(self.points(name).iter().map(|point| point.position));
    }
}

/// Longest detour that a point may be: further, it is another point of the same name.
const DETOUR_MAX_M: f64 = 1000.0 * METRES_PER_NM;

/// What of a route is not flown as filed, or not sure to be.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RouteFault {
    /// The aerodrome is not in the node's data.
    #[error("aerodrome {0} is not known")]
    Aerodrome(Location),
    /// The point is not in the node's data; the route goes on without it.
    #[error("point {0} is not known: left out")]
    Point(String),
    /// The nearest point of that name would be a detour beyond belief.
    #[error("point {name} is {detour_nm:.0} NM out of the way: left out")]
    Far {
        /// The point.
        name: String,
        /// How much longer the way by it is, NM.
        detour_nm: f64,
    },
    /// The airway is not in the node's data.
    #[error("airway {airway} is not known: {from} to {to} is taken as direct")]
    Airway {
        /// The airway.
        airway: Name,
        /// Where it is joined.
        from: String,
        /// Where it is left.
        to: String,
    },
    /// A standard departure or arrival: its track is not known.
    #[error("procedure {0} is taken as direct")]
    Procedure(Name),
    /// A bearing from a point where the magnetic variation is not known.
    #[error("{0}: the magnetic variation is not known, the bearing is taken as true")]
    Variation(String),
    /// The route is cut off.
    #[error("the route is truncated: from {0} on it is taken as direct")]
    Truncated(String),
    /// Neither speed nor elapsed time.
    #[error("neither speed nor elapsed time: {:.0} m/s is assumed", ASSUMED_SPEED_MPS)]
    NoSpeed,
    /// Longer than anybody flies.
    #[error("the route is longer than 60,000 km: no route")]
    TooLong,
    /// Fewer than two different points are known.
    #[error("fewer than two points are known: no route")]
    NoRoute,
}

struct Expansion<'p, P: ?Sized> {
    places: &'p P,
    destination: Option<Geodetic>,
    points: Vec<Draft>,
    faults: Vec<RouteFault>,
    candidates: Vec<Geodetic>,
}

struct Draft {
    name: String,
    position: Geodetic,
    revision: Option<(Option<Speed>, Option<Level>)>,
    /// The flight works here for so long.
    stay_s: f64,
    /// When a centre calculated it to be there, UTC.
    over: Option<Time>,
}

impl Trajectory {
    /// The plan's route over the ground, and what of it had to be guessed. `None` if fewer than two
    /// points are known.
    pub fn expand<P: Places + ?Sized>(plan: &Plan, places: &P) -> (Option<Self>, Vec<RouteFault>) {
        let mut expansion = Expansion {
            places,
            destination: None,
            points: Vec::new(),
            faults: Vec::new(),
            candidates: Vec::new(),
        };
        expansion.destination = expansion.terminal(plan, plan.destination, Indicator::Dest);
        if plan.profile.len() > 1 {
            expansion.profile(plan);
        } else {
            if plan.departure != Location::IN_THE_AIR
                && let Some(position) = expansion.terminal(plan, plan.departure, Indicator::Dep)
            {
                expansion.push(plan.departure.to_string(), position, None);
            }
            expansion.elements(&plan.route.elements);
            if let Some(position) = expansion.destination {
                expansion.push(plan.destination.to_string(), position, None);
            }
            expansion.stays(plan);
        }
        let Expansion { points, mut faults, .. } = expansion;
        let positions: Vec<Geodetic> = points.iter().map(|point| point.position).collect();
        let (line, along_m) = match Line::through(&positions) {
            Ok(found) => found,
            Err(fault) => {
                faults.push(fault);
                return (None, faults);
            }
        };
        let (points, timing) = timed(plan, points, &along_m);
        if timing == Timing::Assumed {
            faults.push(RouteFault::NoSpeed);
        }
        (Some(Self { points, line, timing }), faults)
    }
}

impl<P: Places + ?Sized> Expansion<'_, P> {
    /// Where a flight begins or ends; `ZZZZ` is where field 18 says.
    fn terminal(&mut self, plan: &Plan, place: Location, said: Indicator) -> Option<Geodetic> {
        let found = if place == Location::NONE {
            let words = plan.other.get(said).unwrap_or_default().split(' ');
            let fixes = words.filter_map(Fix::new);
            fixes.filter_map(|fix| position_of(fix).or_else(|| self.named_once(fix))).next()
        } else {
            self.places.aerodrome(place.as_str())
        };
        if found.is_none() {
            self.faults.push(RouteFault::Aerodrome(place));
        }
        found.map(|found| found.at_height(0.0))
    }

    /// The one point of that name in the world.
    fn named_once(&self, fix: Fix) -> Option<Geodetic> {
        let Fix::Named(name) = fix else { return None };
        let mut found = Vec::new();
        self.places.points(name.as_str(), &mut found);
        (found.len() == 1).then(|| found[0])
    }

    fn push(
        &mut self,
        name: String,
        position: Geodetic,
        revision: Option<(Option<Speed>, Option<Level>)>,
    ) {
        let position = position.at_height(0.0);
        self.points.push(Draft { name, position, revision, stay_s: 0.0, over: None });
    }

    fn elements(&mut self, elements: &[Element]) {
        let mut airway: Option<Name> = None;
        for (at, element) in elements.iter().enumerate() {
            match *element {
                Element::Fix(fix, revision) => {
                    let revision = revision.map(|Revision { speed, level }| (speed, level));
                    self.fix(fix, revision, airway.take());
                }
                Element::CruiseClimb(fix, speed, level, _) => {
                    self.fix(fix, Some((speed, level)), airway.take());
                }
                Element::Airway(name) => {
                    // Some states name points as others name airways: `P127`.
                    let joined = |near: Option<&Element>| matches!(near, Some(Element::Fix(..)));
                    let before = at.checked_sub(1).and_then(|before| elements.get(before));
                    let is_leg = joined(before) && joined(elements.get(at + 1));
                    if !is_leg && self.is_point(name) {
                        self.fix(Fix::Named(name), None, None);
                    } else {
                        airway = Some(name);
                    }
                }
                Element::Procedure(name) => self.faults.push(RouteFault::Procedure(name)),
                Element::Stay(_, elapsed) => {
                    if let Some(last) = self.points.last_mut() {
                        last.stay_s += elapsed.seconds();
                    }
                }
                Element::Truncated => {
                    let last = self.points.last().map(|last| last.name.clone());
                    self.faults.push(RouteFault::Truncated(last.unwrap_or_default()));
                }
                Element::Direct | Element::Ifr | Element::Vfr => airway = None,
            }
        }
    }

    /// The points that a centre calculated, airways and procedures included; what changes at a point
    /// is as the route says.
    fn profile(&mut self, plan: &Plan) {
        for point in &plan.profile {
            let name = point.name.as_str();
            let found = point.position.or_else(|| self.nearest(name));
            let Some(position) = found else {
                self.faults.push(RouteFault::Point(excerpt(name)));
                continue;
            };
            let revision = plan.route.elements.iter().find_map(|element| match element {
                Element::Fix(fix, Some(to)) if *fix == Fix::Named(point.name) => {
                    Some((Some(to.speed), Some(to.level)))
                }
                _ => None,
            });
            self.push(point.name.to_string(), position, revision);
            if let Some(last) = self.points.last_mut() {
                last.over = point.over;
            }
        }
    }

    fn is_point(&self, name: Name) -> bool {
        let mut found = Vec::new();
        self.places.points(name.as_str(), &mut found);
        !found.is_empty()
    }

    fn fix(&mut self, fix: Fix, revision: Option<(Speed, Level)>, airway: Option<Name>) {
        let name = fix.to_string();
        let found = match fix {
            Fix::Named(point) => self.nearest(point.as_str()),
            Fix::Position { .. } => position_of(fix),
            Fix::Offset { from, bearing_deg, distance_nm } => {
                self.nearest(from.as_str()).map(|from| {
                    let variation_rad = self.places.variation_rad(from).unwrap_or_else(|| {
                        self.faults.push(RouteFault::Variation(name.clone()));
                        0.0
                    });
                    from.travel(Geodesic {
                        distance_m: f64::from(distance_nm) * METRES_PER_NM,
                        bearing_rad: f64::from(bearing_deg).to_radians() + variation_rad,
                    })
                })
            }
        };
        let Some(position) = found else {
            self.faults.push(RouteFault::Point(name));
            return;
        };
        if let Some(detour_m) = self.detour_m(position)
            && detour_m > DETOUR_MAX_M
        {
            let detour_nm = detour_m / METRES_PER_NM;
            self.faults.push(RouteFault::Far { name, detour_nm });
            return;
        }
        if let (Some(airway), Some(last)) = (airway, self.points.last()) {
            self.along_airway(airway, last.name.clone(), &name);
        }
        let revision = revision.map(|(speed, level)| (Some(speed), Some(level)));
        self.push(name, position, revision);
    }

    fn along_airway(&mut self, airway: Name, from: String, to: &str) {
        let mut between = Vec::new();
        if self.places.airway(airway.as_str(), &from, to, &mut between) {
            between.into_iter().for_each(|(name, position)| self.push(name, position, None));
        } else {
            self.faults.push(RouteFault::Airway { airway, from, to: excerpt(to) });
        }
    }

    /// Of the points of that name the one nearest the point before; an aerodrome if there is none.
    fn nearest(&mut self, name: &str) -> Option<Geodetic> {
        self.candidates.clear();
        self.places.points(name, &mut self.candidates);
        if self.candidates.is_empty() && name.len() == 4 {
            self.candidates.extend(self.places.aerodrome(name));
        }
        let near = self.points.last().map(|last| last.position).or(self.destination);
        let Some(near) = near else {
            return (self.candidates.len() == 1).then(|| self.candidates[0]);
        };
        let distance = |place: &Geodetic| near.geodesic_to(*place).distance_m;
        self.candidates.iter().copied().min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// How much longer the way from the last point to the destination is by way of `position`.
    fn detour_m(&self, position: Geodetic) -> Option<f64> {
        let (from, to) = (self.points.last()?.position, self.destination?);
        let length_m = |from: Geodetic, to: Geodetic| from.geodesic_to(to).distance_m;
        Some(length_m(from, position) + length_m(position, to) - length_m(from, to))
    }

    /// DLE/: delays at points, `MDG0030`.
    fn stays(&mut self, plan: &Plan) {
        for word in plan.other.get(Indicator::Dle).unwrap_or_default().split(' ') {
            let parts = word.len().checked_sub(4).and_then(|at| word.split_at_checked(at));
            let read = parts.and_then(|(name, time)| Some((name, Elapsed::new(time)?)));
            let Some((name, elapsed)) = read else { continue };
            if let Some(point) = self.points.iter_mut().find(|point| point.name == name) {
                point.stay_s += elapsed.seconds();
            }
        }
    }
}

fn position_of(fix: Fix) -> Option<Geodetic> {
    let Fix::Position { latitude_min, longitude_min, .. } = fix else { return None };
    Geodetic::from_degrees(f64::from(latitude_min) / 60.0, f64::from(longitude_min) / 60.0, 0.0)
}

/// Gives each point its time, speed and level. Times said by the plan are kept; between them the
/// speeds share the time out.
fn timed(plan: &Plan, drafts: Vec<Draft>, along_m: &[f64]) -> (Vec<RoutePoint>, Timing) {
    let (mut speed, mut level) = (plan.route.speed, plan.route.level);
    let mut points: Vec<RoutePoint> = Vec::with_capacity(drafts.len());
    let mut elapsed_s = 0.0;
    let mut any_speed = false;
    let calculated = calculated(&drafts);
    for (draft, along_m) in drafts.into_iter().zip(along_m) {
        if let Some(before) = points.last() {
            any_speed |= speed.is_some();
            // A speed of nothing would never arrive.
            let flown_mps = speed.map_or(ASSUMED_SPEED_MPS, |speed| speed.mps(level).max(10.0));
            elapsed_s += (along_m - before.along_m) / flown_mps;
        }
        if let Some((new_speed, new_level)) = draft.revision {
            (speed, level) = (new_speed.or(speed), new_level.or(level));
        }
        points.push(RoutePoint {
            name: draft.name,
            position: draft.position,
            along_m: *along_m,
            elapsed_s,
            level,
            speed,
        });
        elapsed_s += draft.stay_s;
    }
    let said = if calculated.is_empty() { anchors(plan, &points) } else { calculated };
    if said.is_empty() {
        return (points, if any_speed { Timing::Speed } else { Timing::Assumed });
    }
    stretch(&mut points, &said);
    (points, Timing::Filed)
}

/// Points with a calculated time, if the first has one.
fn calculated(drafts: &[Draft]) -> Vec<(usize, f64)> {
    let Some(first) = drafts.first().and_then(|draft| draft.over) else { return Vec::new() };
    let timed = drafts.iter().enumerate().skip(1);
    timed.filter_map(|(at, draft)| Some((at, draft.over?.seconds_since(first)))).collect()
}

/// Points whose time the plan says, in order, each later than the one before.
fn anchors(plan: &Plan, points: &[RoutePoint]) -> Vec<(usize, f64)> {
    let mut said: Vec<(usize, f64)> = Vec::new();
    let last = points.len() - 1;
    let total_s = plan.elapsed.map(Elapsed::seconds);
    for estimate in &plan.other.estimates {
        let from = said.last().map_or(1, |(at, _)| at + 1);
        let place = points.iter().enumerate().skip(from).find(|(_, at)| at.name == estimate.name);
        let seconds = estimate.elapsed.seconds();
        let fits = said.last().is_none_or(|(_, before)| seconds > *before) && seconds > 0.0;
        let fits = fits && total_s.is_none_or(|total_s| seconds < total_s);
        if let Some((at, _)) = place.filter(|(at, _)| fits && *at < last) {
            said.push((at, seconds));
        }
    }
    let whole = points[last].name == plan.destination.as_str();
    said.extend(total_s.filter(|_| whole).map(|seconds| (last, seconds)));
    said
}

/// Scales the times between anchors; after the last anchor they go on as flown by speed.
fn stretch(points: &mut [RoutePoint], said: &[(usize, f64)]) {
    let (mut from, mut from_old_s, mut from_new_s) = (0, 0.0, 0.0);
    for &(at, new_s) in said {
        let old_s = points[at].elapsed_s;
        let scale =
            if old_s > from_old_s { (new_s - from_new_s) / (old_s - from_old_s) } else { 0.0 };
        for point in &mut points[from + 1..=at] {
            point.elapsed_s = from_new_s + (point.elapsed_s - from_old_s) * scale;
        }
        (from, from_old_s, from_new_s) = (at, old_s, new_s);
    }
    for point in &mut points[from + 1..] {
        point.elapsed_s = from_new_s + (point.elapsed_s - from_old_s);
    }
}
