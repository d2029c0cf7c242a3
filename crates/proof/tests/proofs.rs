//! Proofs of small texts: what is kept, what leaks and where.
//!
//! They need the solver cvc5 and skip, saying so, where it is absent.

#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use accord::Accord;
use proof::{Comparison, Part, Proof, Verdict, compare, comparison_in_words, prove};
use std::sync::Arc;

const HEAD: &str = r#"form = 1
accord = "a"
title = "A"
nature = "illustration"
party = [{ id = "AAA", name = "A" }, { id = "BBB", name = "B" }]
[instruments]
requires = []
in_force = 2026-01-01
term = "1 year"
[zone.wide]
polygon = [[40.0, 70.0], [45.0, 70.0], [45.0, 76.0], [40.0, 76.0]]
[zone.narrow]
circle = { center = [42.0, 73.0], radius_nm = 30.0 }
[zone.elsewhere]
circle = { center = [50.0, 90.0], radius_nm = 30.0 }
"#;

fn article(number: &str, zone: &str, rest: &str) -> String {
    format!(
        "[[article]]\nnumber = \"{number}\"\nkind = \"release.tracks\"\nfrom = [\"AAA\"]\n\
         to = [\"BBB\"]\narea = [{{ zone = \"{zone}\" }}]\n{rest}\n"
    )
}

fn text(parts: &[String]) -> Vec<Arc<Accord>> {
    let text = format!("{HEAD}{}", parts.concat());
    let reading = accord::read("a.toml", &text).unwrap_or_else(|problem| panic!("{problem}"));
    assert!(reading.not_understood.is_empty(), "{:?}", reading.not_understood);
    vec![Arc::new(reading.accord)]
}

fn is_solver_there() -> bool {
    let found = std::process::Command::new(proof::program()).arg("--version").output().is_ok();
    if !found {
        println!("skipped: needs the solver cvc5 (Debian: apt-get install cvc5)");
    }
    found
}

fn compared(old: &[String], new: &[String]) -> Comparison {
    compare(&text(old), &text(new), |_, _| true).unwrap_or_else(|error| panic!("{error}"))
}

fn proved(parts: &[String], never: Option<&[String]>) -> Proof {
    let never = never.map(text);
    let mut told = 0;
    let decided = |claims: &[proof::Claim], _: &[String]| told += claims.len();
    let proof = prove(&text(parts), never.as_deref(), |_, _| true, decided);
    let proof = proof.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(told, proof.claims.len(), "each pair is told as it is decided");
    proof
}

const CAVEAT: &str =
    "[[caveat]]\nnumber = \"c\"\nby = \"AAA\"\nwhich = { service = [\"state\", \"military\"] }\n";

#[test]
fn a_caveat_is_proved_to_hold_whatever_the_articles_grant() {
    if !is_solver_there() {
        return;
    }
    let coarse = "[[caveat]]\nnumber = \"d\"\nby = \"AAA\"\narea = [{ zone = \"narrow\" }]\nfields = [\"address\", \"velocity\"]\nat_best = { position_nm = 5.0 }\n";
    let proof = proved(
        &[
            article("1", "wide", "fields = [\"position\", \"address\"]"),
            article("2", "narrow", "fields = [\"position\"]\nwhich = { service = [\"state\"] }"),
            CAVEAT.to_owned(),
            coarse.to_owned(),
        ],
        None,
    );
    // In force, what others gave, and each of two caveats on its objects and on plots.
    assert_eq!(proof.claims.len(), 6);
    assert!(proof.claims.iter().all(|claim| claim.verdict == Verdict::Proved), "{proof:#?}");
    let remarks = [
        "a article 2 to BBB lets nothing out: a caveat keeps it all",
        "no state flight ever leaves from AAA to BBB",
        "no military flight ever leaves from AAA to BBB",
    ];
    assert_eq!(proof.remarks, remarks);
}

#[test]
fn what_shall_never_leave_and_does_is_shown_on_one_track() {
    if !is_solver_there() {
        return;
    }
    let grants = [article("1", "wide", "fields = [\"position\"]")];
    let claimed = [grants[0].clone(), CAVEAT.to_owned()];
    let proof = proved(&grants, Some(&claimed));
    let Verdict::Broken(question) = &proof.claims[2].verdict else { panic!("{proof:#?}") };
    assert!(["State", "Military"].contains(&format!("{:?}", question.subject.service).as_str()));
    assert!(!proof.is_kept());
    // The same of civil flights alone is kept.
    let civil = article("1", "wide", "fields = [\"position\"]\nwhich = { service = [\"civil\"] }");
    let claimed = [civil.clone(), CAVEAT.to_owned()];
    assert!(proved(&[civil], Some(&claimed)).is_kept());
}

#[test]
fn an_amendment_is_told_to_release_the_same_less_or_more() {
    if !is_solver_there() {
        return;
    }
    let old = [article("1", "wide", "fields = [\"position\", \"level\"]\ndelay_s = 60.0")];
    let check = |what: &str, new: &[String], more: bool, less: bool| {
        let comparison = compared(&old, new);
        let pair = &comparison.pairs[0];
        let broken = |verdict: &Verdict| matches!(verdict, Verdict::Broken(_));
        assert_eq!(
            (broken(&pair.no_more), broken(&pair.no_less)),
            (more, less),
            "{what}: {pair:#?}"
        );
    };
    // Two articles that say in two what one said.
    let split = [
        article("1", "wide", "fields = [\"position\"]\ndelay_s = 60.0"),
        article("2", "wide", "fields = [\"level\"]\ndelay_s = 60.0"),
        article("3", "narrow", "fields = [\"level\"]\ndelay_s = 90.0"),
    ];
    check("in other words", &split, false, false);
    check(
        "sooner",
        &[article("1", "wide", "fields = [\"position\", \"level\"]\ndelay_s = 59.0")],
        true,
        false,
    );
    check(
        "coarser",
        &[article(
            "1",
            "wide",
            "fields = [\"position\", \"level\"]\ndelay_s = 60.0\nprecision = { position_nm = 1.0 }",
        )],
        false,
        true,
    );
    check(
        "elsewhere",
        &[article("1", "elsewhere", "fields = [\"position\", \"level\"]\ndelay_s = 60.0")],
        true,
        true,
    );
    check(
        "within",
        &[article("1", "narrow", "fields = [\"position\", \"level\"]\ndelay_s = 60.0")],
        false,
        true,
    );
    let mut with_caveat = old.to_vec();
    with_caveat.push(CAVEAT.to_owned());
    check("a caveat", &with_caveat, false, true);
}

const WHOLE: &str = "fields = [\"position\", \"accuracy\", \"lineage\"]";
const NO_PLOTS: &str = "[[caveat]]\nnumber = \"p\"\nby = \"AAA\"\nobjects = [\"plots\"]\n";

#[test]
fn a_text_that_lets_out_the_plots_behind_its_tracks_releases_more() {
    if !is_solver_there() {
        return;
    }
    let whole = || article("1", "wide", WHOLE);
    let check = |what: &str, old: &[String], new: &[String], said: &str| {
        let comparison = compared(old, new);
        let pair = &comparison.pairs[0];
        let Verdict::Broken(question) = &pair.no_more else { panic!("{what}: {pair:#?}") };
        assert_eq!(question.part, Part::Plots, "{what}");
        assert_eq!(pair.no_less, Verdict::Proved, "{what}");
        let words = comparison_in_words(&comparison, &text(old), &text(new));
        let new_says = "the new text: released by a article 1";
        for part in ["AAA to BBB: releases MORE", "the plots of a track (", new_says, said] {
            assert!(words.contains(part), "{what}: {words}");
        }
    };
    check(
        "two halves become one",
        &[
            article("1", "wide", "fields = [\"position\", \"accuracy\"]"),
            article("2", "wide", "fields = [\"lineage\"]"),
        ],
        &[whole()],
        "the old text: withheld: no one article tells position, accuracy and lineage",
    );
    let kept = "the old text: withheld: a caveat is on the track or on its plots";
    check("a caveat on plots is dropped", &[whole(), NO_PLOTS.to_owned()], &[whole()], kept);
    // The other way round it is less, and by plots alone.
    let comparison = compared(&[whole()], &[whole(), NO_PLOTS.to_owned()]);
    assert!(!comparison.releases_more());
    let pair = &comparison.pairs[0];
    assert!(
        matches!(&pair.no_less, Verdict::Broken(less) if less.part == Part::Plots),
        "{pair:#?}"
    );
}

#[test]
fn a_caveat_on_a_track_is_proved_to_hold_for_its_plots_too() {
    if !is_solver_there() {
        return;
    }
    let grants = [article("1", "wide", WHOLE)];
    let callsigns = "[[caveat]]\nnumber = \"c\"\nby = \"AAA\"\nobjects = [\"tracks\"]\n\
                     area = [{ zone = \"narrow\" }]\nfields = [\"callsign\"]\n";
    let texts = [grants[0].clone(), callsigns.to_owned()];
    let proof = proved(&texts, None);
    let plots = proof.claims.iter().find(|claim| claim.promise.contains("for plots"));
    assert_eq!(plots.map(|claim| &claim.verdict), Some(&Verdict::Proved), "{proof:#?}");
    assert!(proof.is_kept());
    // Said and not so: they leave.
    let claimed = [grants[0].clone(), NO_PLOTS.to_owned()];
    let proof = proved(&grants, Some(&claimed));
    let broken = proof.claims.iter().find_map(|claim| match &claim.verdict {
        Verdict::Broken(question) => Some(question.part),
        _ => None,
    });
    assert_eq!(broken, Some(Part::Plots), "{proof:#?}");
}
