//! Whose each target of the joint picture is: one party at a time, by where it flies.
//!
//! Areas of responsibility come from the configuration. While a party is stood in for, its part of
//! the article's area is the stand-in's: every node that heard so names the same owner, and gives
//! the targets back by the same rule as at any border.

use super::{Partners, Seen};
use accord::{Area, Form, PartyId, Polygon};
use fusion::{Claim, OwnerRules, Ownership};
use geodesy::{Ecef, Geodetic};
use picture::{Holder, Owner};
use std::collections::BTreeSet;
use surveillance::{Time, TrackNumber};

/// Longest piece of an outline, metres: its sagitta is 13 m.
const PIECE_M: f64 = 25_000.0;
/// A target is looked at again after so many seconds; its owner changes after twice a dozen.
const EVERY_S: i64 = 4;
/// Depth, metres, of a party in whose area a target is not, or whose area is not known.
const OUTSIDE_M: f64 = -1e7;
/// Depth, metres, within an area whose outline is not measured.
const WITHIN_M: f64 = 1e5;

/// A party's area of responsibility.
#[derive(Debug, Clone)]
pub struct Responsibility {
    party: PartyId,
    form: Form,
    /// Points of the outline, closed, at most [`PIECE_M`] apart.
    outline: Vec<Ecef>,
}

impl Responsibility {
    /// `polygon` as latitude and longitude in degrees.
    ///
    /// # Errors
    /// It is no polygon, in words.
    pub fn new(party: PartyId, polygon: &[[f64; 2]]) -> Result<Self, String> {
        let form = Form::Polygon(Polygon::new(polygon).map_err(|why| why.to_string())?);
        let ecef = |[latitude, longitude]: &[f64; 2]| {
            let point = Geodetic::from_degrees(*latitude, *longitude, 0.0);
            point.map(Geodetic::to_ecef).ok_or("a corner is not on Earth")
        };
        let corners: Vec<Ecef> = polygon.iter().map(ecef).collect::<Result<_, _>>()?;
        let mut outline = Vec::new();
        for (index, from) in corners.iter().enumerate() {
            let to = &corners[(index + 1) % corners.len()];
            let pieces = (distance_m(from, to) / PIECE_M).ceil().max(1.0) as usize;
            outline.extend((0..pieces).map(|n| on_ground(from, to, n as f64 / pieces as f64)));
        }
        outline.extend(corners.first());
        Ok(Self { party, form, outline })
    }

    /// How deep inside a place is, metres; negative outside.
    fn depth_m(&self, place: Geodetic) -> f64 {
        let at = place.at_height(0.0).to_ecef();
        let to_edge = |edge: &[Ecef]| to_segment_m(&at, &edge[0], &edge[1]);
        let nearest = self.outline.windows(2).map(to_edge).fold(f64::INFINITY, f64::min);
        let inside = self.form.holds([place.latitude_rad, place.longitude_rad]);
        if inside { nearest } else { -nearest }
    }
}

/// Owners of all targets.
#[derive(Debug)]
pub(crate) struct Owners {
    areas: Vec<Responsibility>,
    ownership: Ownership<TrackNumber, PartyId>,
}

impl Owners {
    pub(crate) fn new(areas: Vec<Responsibility>) -> Self {
        Self { areas, ownership: Ownership::new(OwnerRules::default()) }
    }

    /// Which party is responsible where.
    pub(super) fn areas(&self) -> impl Iterator<Item = (PartyId, &Form)> {
        self.areas.iter().map(|area| (area.party, &area.form))
    }
}

/// Who stands in where for whom.
struct StandIn {
    by: PartyId,
    of: PartyId,
    area: Area,
}

impl Partners {
    /// From now on by these areas.
    pub(crate) fn set_areas(&mut self, areas: Vec<Responsibility>) {
        self.owners = Owners::new(areas);
    }

    /// Who owns each target of the joint picture at `now`, and who is about to.
    pub(crate) fn own(&mut self, seen: &[Seen], now: Time) -> Vec<(TrackNumber, Owner)> {
        let stand_ins: Vec<StandIn> = self
            .correspondence
            .back_ups(&self.policy, now)
            .into_iter()
            .filter_map(|view| {
                let (by, ..) = view.stand_in?;
                Some(StandIn { by, of: view.of, area: view.area })
            })
            .collect();
        if self.owners.areas.is_empty() && stand_ins.is_empty() {
            self.owners.ownership = Ownership::new(OwnerRules::default());
            return seen.iter().map(|one| (one.track.number, Owner::default())).collect();
        }
        let here: BTreeSet<TrackNumber> = seen.iter().map(|one| one.track.number).collect();
        let gone = self.owners.ownership.targets().filter(|number| !here.contains(number));
        for number in gone.copied().collect::<Vec<_>>() {
            self.owners.ownership.end(&number);
        }
        let second = now.unix_millis().div_euclid(1000);
        for one in seen {
            let number = one.track.number;
            let turn = (i64::from(number.0) + second).rem_euclid(EVERY_S) == 0;
            if turn || self.owners.ownership.owner(&number).is_none() {
                let claims = self.claims(one, &stand_ins);
                self.owners.ownership.update(&number, &claims, now);
            }
        }
        let ownership = &self.owners.ownership;
        let holder = |party: &PartyId| {
            if *party == self.policy.own() {
                return Some(Holder::Us);
            }
            let partner = self.all.iter().find(|partner| partner.party == *party);
            partner.map(|partner| Holder::Partner(partner.index))
        };
        let owner = |one: &Seen| {
            let number = one.track.number;
            let held = ownership.owner(&number).and_then(|owner| holder(&owner.party));
            (number, Owner { holder: held, next: ownership.next(&number).and_then(holder) })
        };
        seen.iter().map(owner).collect()
    }

    /// How each party stands to a target.
    fn claims(&self, one: &Seen, stand_ins: &[StandIn]) -> Vec<Claim<PartyId>> {
        let own = self.policy.own();
        let place = one.track.position;
        let depth_m = |party: PartyId| {
            let its = self.owners.areas.iter().filter(|area| area.party == party);
            its.map(|area| area.depth_m(place)).fold(OUTSIDE_M, f64::max)
        };
        let ours = one.teller.is_none().then_some(own);
        let tellers = one.words.iter().filter_map(|word| self.name(word.partner));
        let mut claims: Vec<Claim<PartyId>> = ours
            .into_iter()
            .chain(tellers)
            .map(|party| Claim { party, depth_m: depth_m(party), sees: true })
            .collect();
        let point = Some([place.latitude_rad, place.longitude_rad]);
        for stand_in in stand_ins.iter().filter(|stand_in| stand_in.area.holds(point)) {
            // In place of the silent party, whoever tells of the target.
            let deep = depth_m(stand_in.of);
            let depth_m = if deep > OUTSIDE_M { deep } else { WITHIN_M };
            claims.retain(|claim| claim.party != stand_in.of && claim.party != stand_in.by);
            claims.push(Claim { party: stand_in.by, depth_m, sees: true });
        }
        claims
    }
}

fn minus(a: &Ecef, b: &Ecef) -> [f64; 3] {
    [a.x_m - b.x_m, a.y_m - b.y_m, a.z_m - b.z_m]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn distance_m(a: &Ecef, b: &Ecef) -> f64 {
    dot(minus(a, b), minus(a, b)).sqrt()
}

/// The point of the ellipsoid under or over a point of the chord.
fn on_ground(from: &Ecef, to: &Ecef, part: f64) -> Ecef {
    let [x, y, z] = minus(to, from);
    let chord =
        Ecef { x_m: from.x_m + part * x, y_m: from.y_m + part * y, z_m: from.z_m + part * z };
    chord.to_geodetic().at_height(0.0).to_ecef()
}

/// Distance from a point to a segment, metres, of chords.
fn to_segment_m(at: &Ecef, from: &Ecef, to: &Ecef) -> f64 {
    let (along, out) = (minus(to, from), minus(at, from));
    let length2 = dot(along, along);
    let part = if length2 > 0.0 { (dot(out, along) / length2).clamp(0.0, 1.0) } else { 0.0 };
    let foot = [out[0] - part * along[0], out[1] - part * along[1], out[2] - part * along[2]];
    dot(foot, foot).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geodesy::Geodesic;

    #[test]
    fn a_depth_is_the_distance_to_the_nearest_point_of_the_outline() {
        let corners = [[40.0, 74.0], [44.0, 73.0], [45.0, 78.0], [40.5, 79.0]];
        let party: PartyId = "XXA".parse().expect("a party");
        let area = Responsibility::new(party, &corners).expect("a polygon");
        let degrees =
            |[lat, lon]: [f64; 2]| Geodetic::from_degrees(lat, lon, 0.0).expect("a place");
        for place in [[42.0, 75.0], [42.0, 73.0], [44.9, 77.9], [40.3, 76.0], [46.0, 80.0]] {
            let depth_m = area.depth_m(degrees(place));
            // By going along every geodesic edge in steps of a kilometre.
            let mut nearest = f64::INFINITY;
            for (index, from) in corners.iter().enumerate() {
                let (from, to) = (degrees(*from), degrees(corners[(index + 1) % 4]));
                let edge = from.geodesic_to(to);
                let steps = (edge.distance_m / 1_000.0).ceil();
                for n in 0..=steps as usize {
                    let part = n as f64 / steps;
                    let along =
                        from.travel(Geodesic { distance_m: edge.distance_m * part, ..edge });
                    nearest = nearest.min(degrees(place).geodesic_to(along).distance_m);
                }
            }
            assert!((depth_m.abs() - nearest).abs() < 60.0 + 1e-3 * nearest, "{depth_m} {nearest}");
        }
        assert!(area.depth_m(degrees([42.0, 75.0])) > 0.0);
        assert!(area.depth_m(degrees([42.0, 73.0])) < 0.0);
        assert!(Responsibility::new(party, &corners[..2]).is_err());
    }
}
