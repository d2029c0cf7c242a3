//! Documents: what is wrong with one is said with file, line, key and remedy.

use accord::{Clause, Effect, Policy, Problem};
use proptest::prelude::*;
use std::path::Path;
use std::sync::Arc;

const SOUND: &str = r#"form = 1
accord = "a"
title = "A"
nature = "illustration"
party = [{ id = "AAA", name = "A" }, { id = "BBB", name = "B" }]
[instruments]
requires = []
in_force = 2026-01-01
[zone.z]
circle = { center = [42.0, 74.0], radius_nm = 60.0 }
[[article]]
number = "1"
kind = "release.tracks"
from = ["AAA"]
to = ["BBB"]
area = [{ zone = "z" }]
fields = ["position"]
[[caveat]]
number = "c"
by = "AAA"
which = { service = ["state"] }
"#;

fn refused(find: &str, put: &str) -> String {
    assert!(SOUND.contains(find), "{find}");
    let text = SOUND.replacen(find, put, 1);
    match accord::read("a.toml", &text) {
        Err(problem) => problem.to_string(),
        Ok(reading) => panic!("read: {:?}", reading.not_understood),
    }
}

#[test]
fn an_error_names_file_line_key_and_remedy() {
    let check = |find: &str, put: &str, expected: &str| assert_eq!(refused(find, put), expected);
    check(
        "form = 1",
        "form = 9",
        "a.toml:1:1: form: form 9 is not known; this version reads form 1",
    );
    check(
        "from = [\"AAA\"]",
        "from = [\"XYZ\"]",
        "a.toml:14:9: article[0].from[0]: XYZ is no party to this accord; give one of AAA and BBB",
    );
    check(
        "zone = \"z\"",
        "zone = \"y\"",
        "a.toml:16:11: article[0].area[0].zone: there is no zone \"y\"; the zones are z",
    );
    check(
        "radius_nm = 60.0",
        "radius_nm = -1.0",
        "a.toml:10:1: zone.z.circle: the distance must be above 0 and at most 2,000 km",
    );
    check(
        "in_force = 2026-01-01",
        "in_force = 2026-01-01T10:00:00",
        "a.toml:8:1: instruments.in_force: it is neither a date nor an instant with offset; write \
         2023-11-02 or 2023-11-02T12:00:00Z",
    );
    check(
        "fields = [\"position\"]",
        "fields = [\"position\", \"velocity\"]\nprecision = { position_nm = 1.0 }",
        "a.toml:17:1: article[0].fields: an exact velocity brings back a position on a grid; give \
         precision.velocity_kt or leave velocity out",
    );
    check(
        "fields = [\"position\"]",
        "fields = [\"position\"]\nsilent_s = 3.0",
        "a.toml:18:1: article[0].silent_s: it means nothing in a release.tracks article; leave it out",
    );
    assert!(
        refused("fields = [\"position\"]", "fields = [\"ghost\"]").starts_with("a.toml:17:11: ")
    );
    assert!(refused("title = \"A\"", "title = ").starts_with("a.toml:3:"));
}

fn not_understood(text: &str) -> (accord::Accord, Vec<Problem>) {
    let reading = accord::read("a.toml", text).unwrap_or_else(|e| panic!("{e}"));
    (reading.accord, reading.not_understood)
}

#[test]
fn a_clause_that_is_not_understood_grants_nothing_and_is_named() {
    let text = SOUND.replace("fields =", "only_on_sundays = true\nfields =");
    let (accord, problems) = not_understood(&text);
    assert!(
        problems[0].to_string().starts_with(
            "a.toml:17:1: article[0].only_on_sundays: no such key; the keys here are "
        )
    );
    assert!(matches!(accord.articles[0].clause, Clause::NotUnderstood { .. }));

    let text = SOUND.replace("release.tracks", "release.thoughts");
    let (accord, problems) = not_understood(&text);
    assert_eq!(problems[0].key, "article[0].kind");
    assert!(matches!(accord.articles[0].clause, Clause::NotUnderstood { .. }));

    let text = SOUND.replace("release.tracks", "release.plots");
    let (accord, problems) = not_understood(&text);
    let said = problems[0].to_string();
    assert!(said.contains("plots only with the tracks") && said.contains("lineage"), "{said}");
    assert!(matches!(accord.articles[0].clause, Clause::NotUnderstood { .. }));

    // What a caveat would have kept is not known: it keeps everything.
    let text = SOUND.replace("by = \"AAA\"", "by = \"AAA\"\nonly_on_sundays = true");
    let (accord, _) = not_understood(&text);
    assert_eq!(accord.caveats[0].effect, Effect::Withhold);
    assert_eq!(accord.caveats[0].of.service, accord::AnyOf::ALL);

    // Outside the articles nothing can be told of what it changes: nothing is granted.
    let text = SOUND.replace("in_force", "provisional = true\nin_force");
    let (accord, _) = not_understood(&text);
    assert!(!accord.understood);
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    let policy = Policy::new("AAA".parse().unwrap(), vec![Arc::new(accord)]).unwrap();
    assert!(!policy.feeds("BBB".parse().unwrap(), now));
}

#[test]
fn the_committed_schema_is_what_the_document_types_generate() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/accord.schema.json");
    let generated = accord::schema();
    if std::env::var_os("ENTENTE_UPDATE").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "schemas/accord.schema.json: run `cargo xtask codegen`");
}

proptest! {
    #[test]
    fn any_text_is_an_accord_or_an_error(text in "\\PC{0,200}") {
        let _ = accord::read("a.toml", &text);
    }

    #[test]
    fn a_damaged_document_is_an_accord_or_an_error_on_one_line(
        cuts in proptest::collection::vec((any::<proptest::sample::Index>(), "[\\PC\n]{0,6}", 0..12_usize), 1..4),
    ) {
        let mut text: Vec<char> = SOUND.chars().collect();
        for (at, put, drop) in cuts {
            let at = at.index(text.len());
            let end = (at + drop).min(text.len());
            text.splice(at..end, put.chars());
        }
        let text: String = text.into_iter().collect();
        if let Err(problem) = accord::read("a.toml", &text) {
            let said = problem.to_string();
            prop_assert!(!said.contains('\n'), "{said}");
        }
    }
}
