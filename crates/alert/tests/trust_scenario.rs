//! The watch of claims over the public scenarios: three radars and ADS-B with noise and biases. In
//! them everyone is honest; then every tenth aircraft claims to be five kilometres off.

#[path = "../../tracker/tests/common/mod.rs"]
mod common;

use alert::trust::{ClaimWatch, TrustCounts};
use common::Scenario;
use std::collections::{BTreeMap, BTreeSet};
use surveillance::{Address, Measurement, Plot, PlotOrigin, Time};

struct Result {
    /// When each address was first found false.
    found: BTreeMap<Address, Time>,
    counts: TrustCounts,
}

fn run(scenario: &Scenario, plots: &[Plot]) -> Result {
    let mut watch = ClaimWatch::default();
    scenario.sensors.iter().for_each(|sensor| watch.set_sensor(sensor));
    let mut found = BTreeMap::new();
    for plot in plots {
        watch.observe(std::slice::from_ref(plot));
        if let Some(address) = plot.codes.address
            && watch.claim(address, plot.time).is_some()
        {
            found.entry(address).or_insert(plot.time);
        }
    }
    Result { found, counts: watch.counts() }
}

/// Addresses that claim and are measured, by how often they were measured.
fn compared(plots: &[Plot]) -> BTreeMap<Address, u32> {
    let claim: BTreeSet<_> = of(plots, PlotOrigin::AdsB).filter_map(|p| p.codes.address).collect();
    let mut measured = BTreeMap::new();
    for address in of(plots, PlotOrigin::Secondary).filter_map(|plot| plot.codes.address) {
        if claim.contains(&address) {
            *measured.entry(address).or_insert(0) += 1;
        }
    }
    measured
}

fn of(plots: &[Plot], origin: PlotOrigin) -> impl Iterator<Item = &Plot> {
    plots.iter().filter(move |plot| plot.origin == origin)
}

fn check(name: &str) {
    let Some(folder) = common::shared(name) else { return };
    let scenario = Scenario::read(&folder);
    let honest = run(&scenario, &scenario.plots);
    println!("{name}: honest {:?}, found {:?}", honest.counts, honest.found);
    assert!(honest.counts.compared > 1_000);
    assert_eq!(honest.found, BTreeMap::new());

    let liars: BTreeSet<Address> = compared(&scenario.plots)
        .into_iter()
        .filter(|(_, measured)| *measured >= 20)
        .map(|(address, _)| address)
        .step_by(10)
        .collect();
    let mut plots = scenario.plots.clone();
    for plot in plots.iter_mut().filter(|plot| plot.origin == PlotOrigin::AdsB) {
        let lies = plot.codes.address.is_some_and(|address| liars.contains(&address));
        if let (true, Some(Measurement::Geodetic(report))) = (lies, &mut plot.measurement) {
            report.latitude_rad += 5_000.0 / 6_371_000.0;
        }
    }
    let spoofed = run(&scenario, &plots);
    let found: BTreeSet<_> = spoofed.found.keys().copied().collect();
    println!("{name}: {} liars, found {}", liars.len(), found.len());
    assert!(!liars.is_empty());
    assert_eq!(found, liars);
}

#[test]
fn nobody_honest_is_doubted_and_every_liar_is_found_in_s50() {
    check("S50");
}

#[test]
fn nobody_honest_is_doubted_and_every_liar_is_found_in_s200() {
    check("S200");
}
