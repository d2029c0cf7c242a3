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

#[test]
fn a_dispute_between_two_members_suspends_what_flows_between_the_two_and_nothing_else() {
    let accord = sample("csto-illustration");
    let party = |text: &str| text.parse::<PartyId>().unwrap();
    let policy = |own: &str| Policy::new(party(own), vec![Arc::new(accord.clone())]).unwrap();
    let before = at("2021-04-28T23:59:59Z");
    let during = at("2021-04-29T00:00:00Z");
    let after = at("2025-03-31T00:00:00Z");
    for own in ["ARM", "BLR", "KAZ", "KGZ", "RUS", "TJK"] {
        let policy = policy(own);
        for to in policy.partners().collect::<Vec<_>>() {
            let between_the_two =
                [own, to.as_str()].iter().all(|party| ["KGZ", "TJK"].contains(party));
            assert!(policy.feeds(to, before), "{own} to {to}");
            assert_eq!(policy.feeds(to, during), !between_the_two, "{own} to {to}");
            assert!(policy.feeds(to, after), "{own} to {to}");
        }
    }
}

#[test]
fn a_memorandum_renewed_by_letters_ends_with_its_second_term() {
    let accord = sample("border-strip-illustration");
    let in_force = |time: &str| accord.lifecycle.is_in_force(at(time));
    assert!(!in_force("2024-04-30T23:59:59Z"));
    assert!(in_force("2024-05-01T00:00:00Z"));
    assert!(in_force("2026-05-01T00:00:00Z"), "renewed in time");
    assert!(in_force("2028-04-30T23:59:59Z"));
    assert!(!in_force("2028-05-01T00:00:00Z"), "not one second longer");
}

#[test]
fn the_release_matrix_of_the_samples_is_the_committed_one() {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .collect();
    names.sort();
    let accords: Vec<Arc<Accord>> = names.iter().map(|name| Arc::new(sample(name))).collect();
    let matrix = accord::matrix(&accords, at("2026-11-24T00:00:00Z")).unwrap();
    let path = folder().join("MATRIX.txt");
    if std::env::var_os("ENTENTE_UPDATE").is_some() {
        std::fs::write(&path, &matrix).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == matrix,
        "data/accords/MATRIX.txt: review the change like a treaty annex, then run \
         `ENTENTE_UPDATE=1 cargo test -p accord`"
    );
}
