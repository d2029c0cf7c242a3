//! The spec tables against reason: what a machine-readable specification gets wrong shows in ranges,
//! signs and units. What is odd and so in the documents is listed here, and told in spec/ERRATA.md.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use asterix::spec::{Content, Element, Item, Part, Quantity, Shape, Sign, Slot};
use asterix::{Editions, Fields, Interpreter, blocks};
use std::collections::{BTreeMap, BTreeSet};

/// Calls `with` for each element: category, edition, path as in the JSON, element.
fn each_element(with: &mut impl FnMut(u8, &'static str, &str, &'static Element)) {
    for spec in Editions::known() {
        for slot in spec.uaps.iter().flat_map(|uap| uap.slots) {
            if let Slot::Item(item) = slot {
                of_item(item, "", &mut |path, element| {
                    with(spec.category, spec.edition, path, element);
                });
            }
        }
    }
    for layout in Editions::expansions_known() {
        for subitem in layout.subitems.iter().flatten() {
            of_item(subitem, "RE/", &mut |path, element| {
                with(layout.category, layout.edition, path, element);
            });
        }
    }
}

type Found<'f> = &'f mut dyn FnMut(&str, &'static Element);

fn of_item(item: &'static Item, before: &str, found: Found<'_>) {
    of_shape(&item.shape, &format!("{before}{}", item.name), found);
}

fn of_shape(shape: &'static Shape, path: &str, found: Found<'_>) {
    let inside = format!("{path}/");
    match shape {
        Shape::Element(element) => found(path, element),
        Shape::Group(parts) => of_parts(parts, &inside, found),
        Shape::Extended(extended) => of_parts(extended.parts, &inside, found),
        Shape::Repeated(repeated) | Shape::RepeatedFx(repeated) => {
            of_shape(repeated.of, path, found);
        }
        Shape::Compound(subitems) => {
            subitems.iter().flatten().for_each(|item| of_item(item, &inside, found));
        }
        Shape::Choice(choice) => {
            choice.cases.iter().for_each(|(_, shape)| of_shape(shape, path, found));
        }
        Shape::Explicit(_) => {}
    }
}

fn of_parts(parts: &'static [Part], before: &str, found: Found<'_>) {
    for part in parts {
        if let Part::Item(item) = part {
            of_item(item, before, found);
        }
    }
}

/// As [`each_element`], for those that are a number of steps whatever else there is.
fn each_quantity(with: &mut impl FnMut(u8, &'static str, &str, u16, &'static Quantity)) {
    each_element(&mut |category, edition, path, element| {
        if let Content::Quantity(quantity) = &element.content {
            with(category, edition, path, element.bits, quantity);
        }
    });
}

/// The span of values that the bits can hold.
fn span(bits: u16, quantity: &Quantity) -> f64 {
    2f64.powi(i32::from(bits)) * quantity.scale
}

#[test]
fn every_position_reaches_every_place_on_earth() {
    each_quantity(&mut |category, edition, path, bits, quantity| {
        let name = path.rsplit('/').next().unwrap();
        let is_position = quantity.sign == Sign::Signed && quantity.unit == "°" && bits >= 24;
        let half = span(bits, quantity) / 2.0;
        let needed = match &name[..name.len().min(3)] {
            "LAT" => 90.0,
            "LON" => 180.0,
            _ => return,
        };
        assert!(!is_position || half >= needed, "{category} {edition} {path} ends at {half}");
    });
}

#[test]
fn angles_without_a_sign_span_one_turn() {
    let mut odd = BTreeSet::new();
    each_quantity(&mut |category, _, path, bits, quantity| {
        let is_angle = quantity.unit == "°" && quantity.sign == Sign::Unsigned;
        if is_angle && quantity.lsb.0 == 360 && span(bits, quantity) != 360.0 {
            odd.insert(format!("{category:03}/{path} {}", span(bits, quantity)));
        }
    });
    let odd: Vec<&str> = odd.iter().map(String::as_str).collect();
    let expected = [
        // run lengths and standard deviations
        "007/130/PRL 11.25",
        "007/130/SRL 11.25",
        "007/210/SIGH 22.5",
        "015/627/RSAZ 45",
        "015/627/SDASZ 45",
        "015/628/RSEL 45",
        "015/628/SDEL 45",
        "020/RE/GVA/TASD 22.5",
        // one bit more than a turn needs, as the register it is from
        "021/RE/SH/SH 720",
        "048/130/PRL 11.25",
        "048/130/SRL 11.25",
        "048/210/SIGH 22.5",
    ];
    assert_eq!(odd, expected);
}

#[test]
fn units_are_those_of_the_documents() {
    let mut units = BTreeSet::new();
    each_quantity(&mut |_, _, _, _, quantity| _ = units.insert(quantity.unit));
    let units: Vec<&str> = units.into_iter().collect();
    let expected = [
        "", "%", "FL", "MHz", "Mach", "NM", "NM/s", "dB", "dBm", "dBm²", "dBµV", "fs", "ft",
        "ft/min", "hPa", "kt", "m", "m/s", "m/s²", "mb", "ms", "m²", "ns", "s", "°", "°/s", "°C",
    ];
    assert_eq!(units, expected);
}

#[test]
fn limits_are_less_than_the_bits_hold() {
    let mut count = 0;
    each_quantity(&mut |category, edition, path, bits, quantity| {
        let Some((least, most)) = quantity.limits else { return };
        let (low, high) = match quantity.sign {
            Sign::Signed => (-(1i64 << (bits - 1)), (1i64 << (bits - 1)) - 1),
            Sign::Unsigned => (0, (1i64 << bits) - 1),
        };
        let here = format!("{category} {edition} {path} {least} {most}");
        assert!(least > low || most < high, "{here} says nothing");
        assert!(least <= high && most >= low, "{here} allows nothing");
        count += 1;
    });
    assert!(count > 100, "{count}");
}

#[test]
fn codes_fit_their_bits_in_order() {
    each_element(&mut |category, edition, path, element| {
        let Content::Table(rows) = element.content else { return };
        let here = format!("{category} {edition} {path}");
        assert!(rows.is_sorted_by(|a, b| a.0 < b.0), "{here}");
        let fits = rows.iter().all(|(code, _)| u64::from(*code) < 1 << element.bits);
        assert!(fits, "{here}");
    });
}

#[test]
fn an_element_has_one_step_sign_and_unit_in_all_editions_but_for_these() {
    let mut forms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    each_quantity(&mut |category, edition, path, _, quantity| {
        // CAT021 was made anew with edition 2.
        let generation = if category == 21 { &edition[..1] } else { "" };
        let form = format!("{:?} {:?} {}", quantity.sign, quantity.lsb, quantity.unit);
        forms.entry(format!("{category:03}{generation}/{path}")).or_default().insert(form);
    });
    let several = forms.iter().filter(|(_, forms)| forms.len() > 1);
    let several: Vec<&str> = several.map(|(path, _)| path.as_str()).collect();
    // The position has its fine step from edition 0.24 on; the height its sign from 1.19 on.
    assert_eq!(several, ["0210/130/LAT", "0210/130/LON", "062/340/HEIGHT"]);
}

#[test]
fn subitems_that_plots_are_made_of_are_in_their_places_in_every_edition() {
    let places = [
        (11, "380", 1, "ADR"),
        (11, "500", 0, "APC"),
        (20, "500", 1, "SDP"),
        (62, "380", 0, "ADR"),
        (62, "380", 1, "ID"),
        (62, "380", 9, "COM"),
        (62, "380", 20, "EMC"),
        (62, "500", 0, "APC"),
        (62, "500", 2, "APW"),
    ];
    for (category, item, place, name) in places {
        for spec in Editions::known().filter(|spec| spec.category == category) {
            let items = spec.uaps[0].slots.iter().filter_map(|slot| match slot {
                Slot::Item(found) if found.name == item => Some(found),
                _ => None,
            });
            let [found] = items.collect::<Vec<_>>()[..] else { panic!("{category} {item}") };
            let Shape::Compound(subitems) = found.shape else { panic!("{category} {item}") };
            let found: &Item = subitems[place].unwrap();
            assert_eq!(found.name, name, "{category} {} {item}", spec.edition);
        }
    }
}

/// Each category's newest edition with all its whole items that are times of day.
#[test]
fn every_record_that_has_a_time_of_day_tells_it() {
    let reference = "2026-11-23T12:00:00Z".parse().unwrap();
    let mut timed = BTreeSet::new();
    let default = Editions::default();
    for category in 0..=255 {
        let Some(spec) = default.spec(category) else { continue };
        let mut fields = Fields::new(spec);
        let mut has_time = false;
        for slot in spec.uaps[0].slots {
            let Slot::Item(item) = slot else { continue };
            if let Shape::Element(Element {
                bits: 24, content: Content::Quantity(quantity), ..
            }) = &item.shape
                && quantity.unit == "s"
            {
                fields.set_value(item.name, 43_000.5).unwrap();
                has_time = true;
            }
        }
        if !has_time {
            continue;
        }
        let mut octets = vec![category, 0, 0];
        fields.encode(&mut octets).unwrap();
        octets[2] = octets.len() as u8;
        let block = blocks(&octets).next().unwrap().unwrap();
        let record = block.records(&default).next().unwrap().unwrap();
        let time = Interpreter::new().time(&record, reference);
        assert_eq!(time.unwrap().to_string(), "2026-11-23T11:56:40.5Z", "CAT{category:03}");
        timed.insert(category);
    }
    // CAT001 has a truncated time; 016 and 150 none in all records.
    assert!(timed.len() > 20, "{timed:?}");
}
