//! The sample accords: each is read without a remark, and its dates are the ones of its sources.

use accord::{Accord, PartyId, Policy, Status};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use surveillance::Time;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/accords")
}

fn sample(name: &str) -> Accord {
    let path = folder().join(format!("{name}.toml"));
    let text = std::fs::read_to_string(&path).expect("the sample is there");
    let reading =
        accord::read(&path.display().to_string(), &text).unwrap_or_else(|e| panic!("{e}"));
    assert!(reading.not_understood.is_empty(), "{}", reading.not_understood[0]);
    reading.accord
}

fn at(text: &str) -> Time {
    text.parse().expect("an instant")
}

#[test]
fn the_agreement_of_2022_is_in_force_from_its_day_for_five_years_and_renewed() {
    let accord = sample("kgz-rus-2022");
    let status = |time: &str| accord.lifecycle.status(at(time)).to_string();
    let check = |time: &str, expected: &str| assert_eq!(status(time), expected, "at {time}");
    check("2022-08-15T23:59:59Z", "draft: not signed");
    check("2022-08-16T00:00:00Z", "signed; not yet ratified by KGZ and RUS");
    check("2023-05-29T00:00:00Z", "signed; not yet ratified by KGZ");
    check("2023-10-11T00:00:00Z", "agreed; enters into force 2023-11-02T00:00:00Z");
    check("2023-11-01T23:59:59Z", "agreed; enters into force 2023-11-02T00:00:00Z");
    check(
        "2023-11-02T00:00:00Z",
        "in force since 2023-11-02T00:00:00Z, term 1 runs until 2028-11-02T00:00:00Z",
    );
    check(
        "2028-11-02T00:00:00Z",
        "in force since 2023-11-02T00:00:00Z, term 2 runs until 2033-11-02T00:00:00Z",
    );
    let site = &accord.sites[0];
    assert_eq!((site.host.as_str(), site.guest.as_str(), site.hectares), ("KGZ", "RUS", 5.0));
}

#[test]
fn every_sample_is_read_and_all_of_them_together_make_a_policy() {
    let mut accords: Vec<Arc<Accord>> = Vec::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let accord = sample(&name);
            assert_eq!(accord.id.as_str(), name, "a sample's file is named after its id");
            accords.push(Arc::new(accord));
        }
    }
    let own: PartyId = "KGZ".parse().unwrap();
    let policy = Policy::new(own, accords).unwrap();
    assert!(policy.partners().count() >= 1);
    assert!(!matches!(policy.accords()[0].lifecycle.status(Time::EPOCH), Status::InForce { .. }));
}
