//! Coverage of many, on grounds small enough to count by hand or by brute force.

mod support;

use coverage::board::{Board, BoardError};
use coverage::joint::{GapKind, Joint, Member, Rank, Region};
use coverage::route::Route;
use coverage::share::SharedCover;
use coverage::site::{Limits, Method, Role, Site};
use coverage::siting::{Bits, Budget, Demand, choose, spots_in_plot, summits};
use coverage::terrain::{Assembler, Cell, Lattice, Surface, Terrain, Tile};
use std::sync::Arc;
use support::Numbers;

fn ground(height: impl Fn(usize, usize) -> f32) -> Terrain {
    let lattice = Lattice {
        north_deg: 42.6,
        west_deg: 74.0,
        lat_step_deg: 0.01,
        lon_step_deg: 0.01,
        rows: 121,
        cols: 201,
    };
    let heights_m = (0..lattice.len()).map(|i| height(i / 201, i % 201)).collect();
    let mut assembler = Assembler::new(lattice);
    assembler.add(&Tile { name: "t".to_owned(), lattice, heights_m });
    assembler.finish(0).terrain
}

fn site(name: &str, lon: f64) -> Site {
    Site {
        name: name.to_owned(),
        party: "XXA".to_owned(),
        latitude_deg: 42.0,
        longitude_deg: lon,
        ground_m: None,
        mast_m: 20.0,
        role: Role::Alone,
        limits: Limits::to(30_000.0),
        horizon_rad: None,
        cost: 1.0,
    }
}

fn joint(terrain: &Terrain, sites: &[Site]) -> Joint {
    let member = |site: &Site| {
        Member::of(site, site.cover(terrain, &Method::default()).expect("it stands on the ground"))
    };
    Joint::new(terrain.lattice, sites.iter().map(member).collect())
}

/// Discs of 30 km along the slant to 5 km, 41 km apart: the overlap is a lens.
#[test]
fn two_discs_have_the_areas_of_geometry() {
    let terrain = ground(|_, _| 500.0);
    let sites = [site("A", 74.5), site("B", 75.0)];
    let joint = joint(&terrain, &sites);
    let region = Region::everywhere(&terrain);
    let (r, apart) = ((30_000.0_f64.powi(2) - 4480.0_f64.powi(2)).sqrt(), 41_415.0_f64);
    let lens = 2.0 * r * r * (apart / (2.0 * r)).acos()
        - apart / 2.0 * (4.0 * r * r - apart * apart).sqrt();
    let disc = std::f64::consts::PI * r * r;
    let m = joint.multiplicity(&region, 5000.0, 3);
    let near = |found: f64, expected: f64| (found / expected - 1.0).abs() < 0.02;
    assert!(near(m.area_m2[2], lens), "{} {lens}", m.area_m2[2]);
    assert!(near(m.at_least_m2(1), 2.0 * disc - lens), "{}", m.at_least_m2(1));
    for share in joint.shares(&region, 5000.0) {
        assert!(near(share.covered_m2, disc) && near(share.alone_m2, disc - lens));
        assert!(near(share.overlap_m2.iter().sum(), lens));
    }
}

#[test]
fn a_sector_from_0_to_360_degrees_is_all_around() {
    let terrain = ground(|_, _| 500.0);
    let around = Limits { sectors: vec![(0.0, std::f64::consts::TAU)], ..Limits::to(30_000.0) };
    let cover = |limits: Limits| {
        let site = Site { limits, ..site("A", 75.0) };
        site.cover(&terrain, &Method::default()).unwrap().area_m2(5000.0)
    };
    assert_eq!(cover(around), cover(Limits::to(30_000.0)));
}

/// Two sites of one party and one of another, each a disc: what a party gives is what is gone without it.
#[test]
fn what_a_party_gives_is_what_is_lost_without_all_of_its_sites() {
    let terrain = ground(|_, _| 500.0);
    let of =
        |name: &str, lon: f64, party: &str| Site { party: party.to_owned(), ..site(name, lon) };
    let sites = [of("A", 74.5, "XXA"), of("B", 75.0, "XXB"), of("C", 75.0, "XXA")];
    let all = joint(&terrain, &sites);
    let region = Region::everywhere(&terrain);
    let covered = |names: &[&str]| {
        let some: Vec<Site> =
            sites.iter().filter(|s| names.contains(&s.name.as_str())).cloned().collect();
        joint(&terrain, &some).multiplicity(&region, 5000.0, 1).at_least_m2(1)
    };
    let shares = all.party_shares(&region, 5000.0);
    let parties: Vec<&str> = shares.iter().map(|share| share.party.as_str()).collect();
    assert_eq!(parties, ["XXA", "XXB"]);
    let near = |found: f64, expected: f64| (found - expected).abs() < 1.0;
    assert!(near(shares[0].covered_m2, covered(&["A", "C"])));
    assert!(near(shares[0].alone_m2, covered(&["A", "B", "C"]) - covered(&["B"])));
    assert!(near(shares[1].covered_m2, covered(&["B"])));
    assert!(near(shares[1].alone_m2, 0.0), "C stands where B does");
}

#[test]
fn limits_of_elevation_azimuth_and_range_hold() {
    let terrain = ground(|_, _| 0.0);
    let limits = Limits {
        range_min_m: 2_000.0,
        elevation_min_rad: 2_f64.to_radians(),
        elevation_max_rad: 45_f64.to_radians(),
        // From the north-west over north to the east.
        sectors: vec![(300_f64.to_radians(), 90_f64.to_radians())],
        ..Limits::to(30_000.0)
    };
    let site = Site { limits, ..site("A", 75.0) };
    let cover = site.cover(&terrain, &Method::default()).unwrap();
    let covers = |north: i32, east: i32, altitude: f32| {
        let cell = Cell { row: (60 - north) as usize, col: (100 + east) as usize };
        cover.covers(cell, altitude)
    };
    // Ten cells north: 11.1 km; 2° is 388 m there, with the mast 408 m; 45° is 11.1 km.
    assert!(!covers(10, 0, 380.0) && covers(10, 0, 430.0));
    assert!(covers(10, 0, 10_900.0) && !covers(10, 0, 11_400.0));
    assert!(!covers(-10, 0, 3000.0), "south is outside the sector");
    assert!(!covers(0, -15, 3000.0) && covers(0, 15, 3000.0));
    assert!(!covers(1, 0, 1000.0), "nearer than the nearest range");
}

#[test]
fn the_greatest_range_is_along_the_slant() {
    let terrain = ground(|_, _| 0.0);
    let site = Site { limits: Limits::to(30_000.0), ..site("A", 75.0) };
    let cover = site.cover(&terrain, &Method::default()).unwrap();
    // One column is 827 m: the 35th is 28.96 km away, from where 30 km reach to 7.8 km.
    let cell = Cell { row: 60, col: 135 };
    let local = cover.local(cell).unwrap();
    let ground_m = 35.0 * 0.01 * 111_320.0 * 42_f64.to_radians().cos() * 1.0015;
    let expected = (30_000.0_f64.powi(2) - ground_m.powi(2)).sqrt() + 20.0;
    let highest = f64::from(cover.highest_m(local));
    assert!((highest - expected).abs() < 150.0, "{highest} {expected}");
    assert!(cover.covers(cell, highest as f32 - 1.0) && !cover.covers(cell, highest as f32 + 1.0));
    assert!(!cover.in_cone(local, 9000.0), "far out there is no cone");
    assert_eq!(cover.highest_m(cover.local(Cell { row: 60, col: 105 }).unwrap()), f32::INFINITY);
    // High up the disc is smaller by what geometry says.
    let (low, high) = (cover.area_m2(1000.0), cover.area_m2(10_000.0));
    let share = 1.0 - (10.0_f64 / 30.0).powi(2);
    assert!((high / low - share).abs() < 0.01, "{}", high / low);
    // What is over that altitude is out of range, not hidden and not in a cone.
    let joint = joint(&terrain, std::slice::from_ref(&site));
    let region = Region { cells: vec![terrain.lattice.index(cell) as u32] };
    let gaps = joint.gaps(&terrain, &region, (9000.0, 300.0), (Rank::Area, None));
    assert_eq!(gaps.iter().map(|gap| gap.kind).collect::<Vec<_>>(), [GapKind::Beyond]);
}

#[test]
fn four_receivers_make_a_multilateration_system_and_three_do_not() {
    let terrain = ground(|_, _| 500.0);
    let receivers = |count: usize| -> Vec<Site> {
        let lons = [74.8, 74.9, 75.0, 75.1];
        (0..count)
            .map(|i| Site { role: Role::Multilateration, ..site(&format!("R{i}"), lons[i]) })
            .collect()
    };
    let region = Region::everywhere(&terrain);
    // So low that range over the ground and along the slant are the same.
    let covered = |count| joint(&terrain, &receivers(count)).multiplicity(&region, 700.0, 2);
    assert_eq!(covered(3).at_least_m2(1), 0.0);
    let four = covered(4);
    assert!(four.area_m2[1] > 0.0 && four.area_m2[2] == 0.0);
    // Without any one of the four there is nothing: each share is lost alone.
    let joint = joint(&terrain, &receivers(4));
    for share in joint.shares(&region, 700.0) {
        assert!((share.alone_m2 - four.area_m2[1]).abs() < 1.0);
    }
    let lowest = joint.lowest_m();
    let seen = lowest.iter().filter(|v| !v.is_nan()).count();
    let area = seen as f64 * terrain.lattice.cell_area_m2(60);
    assert!((area / four.area_m2[1] - 1.0).abs() < 0.02);
}

#[test]
fn gaps_are_connected_ranked_and_over_flyable_ground() {
    // A wall between two basins; the site sees only the western one from low.
    let terrain = ground(|_, col| if (100..104).contains(&col) { 3000.0 } else { 500.0 });
    let joint = joint(&terrain, &[Site { limits: Limits::to(150_000.0), ..site("A", 74.5) }]);
    let region = Region::everywhere(&terrain);
    let gaps = joint.gaps(&terrain, &region, (2000.0, 300.0), (Rank::Area, None));
    assert_eq!(gaps.len(), 1, "one gap: east of the wall");
    let east: f64 = (0..121).map(|row| terrain.lattice.cell_area_m2(row) * 97.0).sum();
    assert!((gaps[0].area_m2 / east - 1.0).abs() < 0.03, "{} {east}", gaps[0].area_m2);
    assert!(gaps[0].middle.col > 140);
    assert!(gaps[0].half_covered_m.is_some_and(|m| m > 3000.0));
    // Traffic over one corner of it is the gap's.
    let mut traffic = vec![0.0; terrain.lattice.len()];
    traffic[60 * 201 + 150] = 7.0;
    let by = joint.gaps(&terrain, &region, (2000.0, 300.0), (Rank::Traffic, Some(&traffic)));
    assert_eq!(by[0].traffic, 7.0);
    // Where the altitude is too near the ground nobody flies, and nothing is missed.
    assert!(joint.gaps(&terrain, &region, (700.0, 300.0), (Rank::Area, None)).is_empty());
}

#[test]
fn a_line_over_the_edge_of_coverage_is_open_from_there() {
    let terrain = ground(|_, _| 500.0);
    let joint = joint(&terrain, &[site("A", 74.5)]);
    let line = vec![(42.0, 74.5), (42.0, 75.5)];
    let route = Route::follow(&joint, &line, 500.0);
    assert!((route.length_m - 82_830.0).abs() < 200.0, "{}", route.length_m);
    let open = route.open_stretches(5000.0);
    assert_eq!(open.len(), 1);
    assert!((open[0].from.along_m - 30_000.0).abs() < 1200.0, "{}", open[0].from.along_m);
    assert!((route.covered(5000.0) - 30_000.0 / 82_830.0).abs() < 0.02);
}

/// At 20,000 ft above the antenna and 45°, the cone of silence is as wide as it is high.
#[test]
fn a_line_over_a_site_is_open_in_its_cone_of_silence() {
    let terrain = ground(|_, _| 500.0);
    let limits = Limits { elevation_max_rad: 45_f64.to_radians(), ..Limits::to(100_000.0) };
    let joint = joint(&terrain, &[Site { limits, ..site("A", 75.0) }]);
    let line = vec![(42.0, 74.6), (42.0, 75.4)];
    let route = Route::follow(&joint, &line, 200.0);
    let altitude_m = joint.members[0].cover.antenna_m as f32 + 6096.0;
    let open = route.open_stretches(altitude_m);
    assert_eq!(open.len(), 1);
    let wide_m = open[0].to.along_m - open[0].from.along_m;
    assert!((wide_m - 2.0 * 6096.0).abs() < 2000.0, "{wide_m}");
    assert!(
        route
            .open_stretches(2000.0)
            .iter()
            .all(|open| open.to.along_m - open.from.along_m < 4500.0)
    );
}

#[test]
fn a_shared_coverage_promises_nothing_that_is_not_covered() {
    let terrain = ground(|row, col| 500.0 + ((row * 31 + col * 17) % 97) as f32 * 20.0);
    let site = Site { ground_m: Some(2600.0), ..site("Secret Hill", 75.0) };
    let joint = joint(&terrain, &[site]);
    let lowest = joint.lowest_m();
    let shared = SharedCover::coarsened("KGZ", &terrain.lattice, &lowest, 0.01);
    assert!(shared.lattice.lat_step_deg >= 0.05, "no finer than that is shared");
    let member = shared.member(&terrain.lattice);
    let mut told = 0;
    for (index, (&own, &given)) in lowest.iter().zip(&member.cover.lowest_m).enumerate() {
        if !given.is_nan() {
            told += 1;
            assert!(own <= given, "cell {index}: {own} m, told {given} m");
        }
    }
    assert!(told > 1000, "{told}");
    assert!(!format!("{shared:?}{member:?}").contains("Secret"), "no site's name is in it");
    assert!(member.cover.antenna_m.is_nan());
}

/// A random problem small enough to try every choice.
#[test]
fn the_choice_is_within_its_bound_and_the_best_is_too() {
    let mut numbers = Numbers(5);
    let terrain = ground(|_, _| 500.0);
    let region = Region { cells: (0..640).collect() };
    let demand = Demand::over(&terrain, &region, &[5000.0], (300.0, 1));
    assert_eq!(demand.voxels.len(), 640);
    for k in [1, 2] {
        for _ in 0..20 {
            let candidates: Vec<Bits> = (0..9)
                .map(|_| {
                    let density = 0.1 + 0.3 * numbers.next();
                    let words = (0..10).map(|_| {
                        (0..64).fold(0_u64, |w, i| w | u64::from(numbers.next() < density) << i)
                    });
                    Bits::from_words(words.collect())
                })
                .collect();
            let costs = vec![1.0; 9];
            let plan = choose(&[], &candidates, &costs, (Budget::Sites(3), k));
            let value = |chosen: [usize; 3]| -> u64 {
                (0..640)
                    .map(|v| chosen.iter().filter(|&&c| candidates[c].get(v)).count().min(k) as u64)
                    .sum()
            };
            let mut best = 0;
            for a in 0..9 {
                for b in 0..a {
                    for c in 0..b {
                        best = best.max(value([a, b, c]));
                    }
                }
            }
            let chosen: Vec<usize> = plan.steps.iter().map(|s| s.candidate).collect();
            assert_eq!(plan.after, value([chosen[0], chosen[1], chosen[2]]));
            assert!(
                plan.after <= best && best <= plan.bound,
                "{} {best} {}",
                plan.after,
                plan.bound
            );
            assert!(plan.after as f64 >= 0.632 * best as f64);
            #[cfg(feature = "exact")]
            {
                let budget = (Budget::Sites(3), k);
                let exact = coverage::siting::exact(&[], &candidates, &costs, budget, 60.0);
                let exact = exact.expect("HiGHS solves it");
                assert!(exact.proven && exact.chosen.len() <= 3, "{exact:?}");
                assert_eq!(exact.covered, best);
            }
        }
    }
}

#[test]
fn a_budget_of_cost_is_kept() {
    let terrain = ground(|_, _| 500.0);
    let sites = [site("A", 74.4), site("B", 74.9), site("C", 75.4)];
    let region = Region::everywhere(&terrain);
    let demand = Demand::over(&terrain, &region, &[5000.0], (300.0, 2));
    let bits: Vec<Bits> = sites
        .iter()
        .map(|s| demand.bits(&s.cover(&terrain, &Method::default()).unwrap()))
        .collect();
    let plan = choose(&[], &bits, &[1.0, 5.0, 1.5], (Budget::Cost(3.0), 1));
    let mut chosen: Vec<usize> = plan.steps.iter().map(|s| s.candidate).collect();
    chosen.sort_unstable();
    assert_eq!(chosen, [0, 2], "B costs more than there is");
}

#[test]
fn candidates_come_from_plots_and_summits() {
    // 250 m by 200 m: five hectares, with a 50 m raster.
    let plot = vec![(42.0, 75.0), (42.0, 75.00303), (42.0018, 75.00303), (42.0018, 75.0)];
    let spots = spots_in_plot(std::slice::from_ref(&plot), 50.0, &[10.0, 20.0, 30.0]);
    assert!((60..=108).contains(&spots.len()), "{}", spots.len());
    assert!(spots.iter().all(|s| (42.0..=42.0018).contains(&s.latitude_deg)));
    // A plot over the antimeridian is as small as any other.
    let over = [(65.0, 179.999), (65.0, -179.999), (65.001, -179.999), (65.001, 179.999)].to_vec();
    let hole: Vec<(f64, f64)> = plot
        .iter()
        .map(|(lat, lon)| {
            let middle = plot[0];
            (middle.0 + (lat - middle.0) / 2.0, middle.1 + (lon - middle.1) / 2.0)
        })
        .collect();
    let holed = spots_in_plot(&[plot.clone(), hole], 50.0, &[10.0, 20.0, 30.0]);
    assert!(
        !holed.is_empty() && holed.len() < spots.len() && holed.iter().all(|s| spots.contains(s))
    );
    // A ring one metre wide about a hole: too narrow for any raster, and its middle is in the hole.
    let about = |half: f64| {
        [(-half, -half), (-half, half), (half, half), (half, -half)]
            .map(|(up, right)| (42.0 + up, 75.0 + right))
            .to_vec()
    };
    let [spot] = spots_in_plot(&[about(0.001), about(0.000_99)], 500.0, &[10.0])[..] else {
        panic!("one point is wanted")
    };
    let off = (spot.latitude_deg - 42.0).abs().max((spot.longitude_deg - 75.0).abs());
    assert!((0.000_99..=0.001).contains(&off), "{spot:?}");
    let spots = spots_in_plot(&[over], 20.0, &[10.0]);
    assert!((15..=30).contains(&spots.len()), "{}", spots.len());
    assert!(spots.iter().all(|s| s.longitude_deg.abs() > 179.998), "{spots:?}");
    let terrain = ground(|row, col| match (row, col) {
        (30, 50) => 4000.0,
        (31, 51) => 3900.0,
        (90, 150) => 3500.0,
        _ => 500.0,
    });
    let found = summits(&terrain, &Region::everywhere(&terrain), 20, 2);
    assert_eq!(found, [Cell { row: 30, col: 50 }, Cell { row: 90, col: 150 }]);
}

#[test]
fn moving_one_mast_sweeps_one_site_and_comes_to_the_same_as_all_anew() {
    let terrain = Arc::new(ground(|row, col| 500.0 + ((row * 31 + col * 17) % 97) as f32 * 10.0));
    let at = |name: &str, lon| Site { ground_m: Some(1600.0), ..site(name, lon) };
    let mut board = Board::new(terrain.clone(), Method::default(), 1 << 30);
    let waits = || true;
    let before = [at("A", 74.4), at("B", 75.0), at("C", 75.5)];
    board.joint(&before, Surface::Mean, &waits).unwrap();
    assert_eq!(board.sweeps(), 3);
    let after = [at("A", 74.4), Site { cost: 9.0, ..at("B", 75.2) }, at("D, once C", 75.5)];
    let moved = board.joint(&after, Surface::Mean, &waits).unwrap();
    assert_eq!(board.sweeps(), 4, "a new cost or name sweeps nothing");
    let everywhere = Region::everywhere(&terrain);
    let anew = joint(&terrain, &after);
    assert_eq!(moved.counts(&everywhere, 4000.0), anew.counts(&everywhere, 4000.0));
    let sure = board.joint(&after, Surface::Upper, &waits).unwrap();
    let (may, sure) = (moved.lowest_m(), sure.lowest_m());
    assert!(may.iter().zip(&sure).all(|(may, sure)| may <= sure || sure.is_nan()));
    let withdrawn = board.joint(&[at("A", 74.9)], Surface::Mean, &|| false);
    assert_eq!(withdrawn.unwrap_err(), BoardError::Withdrawn);
    let many: Vec<Site> = (0..33).map(|i| at(&i.to_string(), 75.0)).collect();
    assert_eq!(board.joint(&many, Surface::Mean, &waits).unwrap_err(), BoardError::Full(33));
}

#[test]
fn a_board_keeps_no_more_covers_than_its_bytes_allow() {
    let terrain = Arc::new(ground(|_, _| 500.0));
    let one = site("A", 75.0).cover(&terrain, &Method::default()).unwrap().lowest_m.len() * 4;
    let mut board = Board::new(terrain, Method::default(), 2 * one + one / 2);
    for lon in [74.9, 75.0, 75.1, 75.0] {
        board.joint(&[site("A", lon)], Surface::Mean, &|| true).unwrap();
    }
    assert_eq!((board.sweeps(), board.kept()), (3, 2), "the last but one is still there");
}

#[test]
fn the_cone_of_silence_over_a_site_is_a_gap_of_its_own_kind() {
    let terrain = ground(|_, _| 500.0);
    let mut steep = site("A", 75.0);
    steep.limits.elevation_max_rad = 45_f64.to_radians();
    let joint = joint(&terrain, &[steep]);
    let everywhere = Region::everywhere(&terrain);
    let gaps = joint.gaps(&terrain, &everywhere, (10_000.0, 300.0), (Rank::Area, None));
    let cones: Vec<_> = gaps.iter().filter(|gap| gap.kind == GapKind::Cone).collect();
    let [cone] = cones[..] else { panic!("{} cones", cones.len()) };
    // At 45° its radius is the height over the antenna, 9,480 m; cells here are as coarse as 1.3 km.
    let radius_m = (cone.area_m2 / std::f64::consts::PI).sqrt();
    assert!((radius_m - 9480.0).abs() < 700.0, "{radius_m}");
    let beyond = gaps.iter().any(|gap| gap.kind == GapKind::Beyond);
    assert!(beyond, "out of its range nothing is seen at any level");
}
