//! A draft over a real recording, as `entente accord rehearse` runs it.

use accord::{Accord, Field, Rehearsed};
use node::config::Config;
use node::rehearsal::{Drafts, rehearse};
use node::replay::Recording;
use std::path::Path;
use std::sync::Arc;

fn text(radius_nm: f64, fields: &str) -> Arc<Accord> {
    let text = format!(
        "form = 1\naccord = \"coast\"\ntitle = \"Coast\"\nnature = \"illustration\"\n\
         party = [{{ id = \"AAA\", name = \"A\" }}, {{ id = \"BBB\", name = \"B\" }}]\n\
         [instruments]\nrequires = []\nin_force = 2010-01-01\n\
         [[article]]\nnumber = \"1\"\nkind = \"release.tracks\"\nfrom = [\"AAA\"]\nto = [\"BBB\"]\n\
         area = [{{ circle = {{ center = [33.94, -118.4], radius_nm = {radius_nm:.1} }} }}]\n\
         fields = [{fields}]\n"
    );
    Arc::new(accord::read("coast.toml", &text).unwrap_or_else(|problem| panic!("{problem}")).accord)
}

fn rehearsed(path: &Path, draft: Arc<Accord>, current: Arc<Accord>) -> Rehearsed {
    let recording = Recording::open(path, Config::default(), &[]).expect("it is a recording");
    assert!(!recording.is_dated(), "frames alone do not say of what day they are");
    let own = Some("AAA".parse().expect("a party"));
    let drafts = Drafts { drafts: vec![draft], current: Some(vec![current]), own };
    rehearse(&recording, &drafts, None, &|| true).expect("it is read to its end")
}

#[test]
fn a_wider_area_and_another_field_are_found_on_real_tracks() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../data/modes/lax_public_first400s.beast.gz");
    let today = || text(15.0, "\"position\", \"callsign\"");
    let same = rehearsed(&path, today(), today());
    let partner = &same.partners[0];
    assert!(same.slots > 390 && partner.draft.objects > 5, "{partner:?}");
    assert_eq!((partner.draft, partner.more.len(), partner.less.len()), (partner.current, 0, 0));

    let wider = rehearsed(&path, text(25.0, "\"position\", \"level\""), today());
    let partner = &wider.partners[0];
    assert!(partner.draft.objects > partner.current.objects, "{partner:?}");
    assert!(partner.more.len() > partner.less.len());
    assert!(partner.less.iter().all(|d| d.fields.iter().eq([Field::Callsign])));
    assert!(partner.more.iter().all(|d| d.first <= d.last && d.fields.has(Field::Level)));
}
