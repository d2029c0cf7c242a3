//! Whether a flight may be where it is going: by permission, or by its plan.

use crate::{PlanFact, Subject};
use geodesy::{Enu, Geodetic};
use intent::airspace::{
    AirspaceId, Airspaces, Answer, Heights, Motion, PATH_MAX_M, Permission, Scratch,
};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;
use surveillance::Time;

/// Answers about plans that are remembered at most; then all are asked anew.
const REMEMBERED_MAX: usize = 200_000;
/// A point of a route this near an edge is in, metres: a point on a border belongs to both.
const AT_EDGE_M: f64 = 2_000.0;

/// What was found when leave was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leave {
    /// There is none.
    None,
    /// There would be one if the height were between its limits, which is not known.
    HeightUnknown,
    /// It may.
    Given,
}

/// What was found when the plan was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Planned {
    /// The flight has no plan here.
    None,
    /// Its plan, by number, does not go there.
    Elsewhere(u32),
    /// Its plan goes there.
    Through,
}

/// Leave for a subject to be in an airspace at an instant.
pub(super) fn permission(
    subject: &Subject<'_>,
    name: &str,
    permissions: &[Permission],
    heights: &Heights,
    at: Time,
) -> Leave {
    let codes = &subject.track().codes;
    let plan = subject.plan.and_then(|plan| plan.callsign);
    let best = permissions
        .iter()
        .filter(|permission| permission.subject.matches(codes, plan))
        .map(|permission| permission.lets(name, heights, at))
        .max();
    match best {
        Some(Answer::Inside) => Leave::Given,
        Some(Answer::Unknown) => Leave::HeightUnknown,
        Some(Answer::Outside) | None => Leave::None,
    }
}

/// Which plans go through which airspaces, remembered.
#[derive(Debug, Default)]
pub(super) struct Plans {
    through: FxHashMap<(u32, u32), (u64, bool)>,
}

impl Plans {
    pub(super) fn goes_through(
        &mut self,
        plan: Option<&PlanFact<'_>>,
        airspaces: &Airspaces,
        area: AirspaceId,
        scratch: &mut Scratch,
    ) -> Planned {
        let Some(plan) = plan else { return Planned::None };
        // A plan that was changed has another route.
        let route = fingerprint(plan);
        let known = self.through.get(&(plan.plan, area.0)).filter(|(of, _)| *of == route);
        let through = known.map(|(_, through)| *through).unwrap_or_else(|| {
            let through = route_goes_through(plan, airspaces, area, scratch);
            if self.through.len() >= REMEMBERED_MAX {
                self.through.clear();
            }
            self.through.insert((plan.plan, area.0), (route, through));
            through
        });
        if through { Planned::Through } else { Planned::Elsewhere(plan.plan) }
    }
}

fn fingerprint(plan: &PlanFact<'_>) -> u64 {
    let mut hasher = FxHasher::default();
    for point in plan.route {
        hasher.write_u64(point.position.latitude_rad.to_bits());
        hasher.write_u64(point.position.longitude_rad.to_bits());
    }
    hasher.finish()
}

/// Whether a leg of the route is over the airspace's ground, at whatever height and hour.
fn route_goes_through(
    plan: &PlanFact<'_>,
    airspaces: &Airspaces,
    area: AirspaceId,
    scratch: &mut Scratch,
) -> bool {
    let over = |at: Geodetic| {
        airspaces.distance_m(area, at).is_some_and(|distance_m| distance_m < AT_EDGE_M)
    };
    plan.route.iter().any(|point| over(point.position))
        || plan
            .route
            .windows(2)
            .any(|leg| leg_goes_through(leg[0].position, leg[1].position, airspaces, area, scratch))
}

fn leg_goes_through(
    from: Geodetic,
    to: Geodetic,
    airspaces: &Airspaces,
    area: AirspaceId,
    scratch: &mut Scratch,
) -> bool {
    let mut from = from;
    // In parts that the prediction takes, one metre a second; a route is not longer than the Earth.
    for _ in 0..50 {
        let line = from.geodesic_to(to);
        let part_m = line.distance_m.min(0.9 * PATH_MAX_M);
        let (sin, cos) = line.bearing_rad.sin_cos();
        let motion = Motion {
            position: from,
            heights: Heights::default(),
            velocity: Enu { east: sin, north: cos, up: 0.0 },
            at: Time::EPOCH,
        };
        if airspaces.entry(area, &motion, part_m, scratch).is_some() {
            return true;
        }
        if part_m >= line.distance_m {
            return false;
        }
        from = from.travel(geodesy::Geodesic { distance_m: part_m, ..line });
    }
    false
}
