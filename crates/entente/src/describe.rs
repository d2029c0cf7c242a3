//! `entente describe`: what the tables say of a category or an item.

use crate::commands::Misuse;
use crate::decode::filter::parts;
use crate::decode::sense::{category_unknown, is_category};
use asterix::Editions;
use asterix::spec::{
    Bds, Charset, Content, Element, Expansion, Explicit, Item, Key, Part, Shape, Sign, Slot, Spec,
    Uap,
};
use std::fmt::Write;

/// The text for a category (`48`, `cat048`), or for one item of it or a part of that (`130/SRL`); both
/// may be one word (`I048/130`). `edition` is the category's; with `RE` alone it may be that of the
/// expansion field's layout.
///
/// # Errors
/// If there is no such category, edition or item.
pub(crate) fn describe(
    category: &str,
    item: Option<&str>,
    edition: Option<&str>,
) -> Result<String, Misuse> {
    let (category, item) = match category.split_once('/') {
        Some((category, path)) if item.is_none() => (category, Some(path)),
        _ => (category, item),
    };
    let digits = category.trim_start_matches(|c: char| !c.is_ascii_digit());
    let number: u8 = digits
        .parse()
        .map_err(|_| Misuse(format!("{category:?} is no category such as cat048")))?;
    if !is_category(number) {
        return Err(Misuse(category_unknown(number)));
    }
    if let (Some(asked), Some("RE")) = (edition, item)
        && let Some(text) = expansion(number, asked)
    {
        return Ok(text);
    }
    let editions: Vec<&'static Spec> =
        Editions::known().filter(|spec| spec.category == number).collect();
    let known: Vec<&str> = editions.iter().map(|spec| spec.edition).collect();
    let found = match edition {
        None => editions.last(),
        Some(edition) => editions.iter().find(|spec| spec.edition == edition),
    };
    let Some(spec) = found else {
        let asked = edition.unwrap_or_default();
        let known = known.join(", ");
        return Err(Misuse(format!(
            "no tables for CAT{number:03} edition {asked}; there are {known}"
        )));
    };
    let layouts: Vec<&'static Expansion> =
        Editions::expansions_known().filter(|layout| layout.category == number).collect();
    let mut text = format!("CAT{number:03} edition {}  {}\n", spec.edition, spec.title);
    let Some(path) = item else {
        _ = writeln!(text, "editions: {}", known.join(", "));
        if !layouts.is_empty() {
            let known: Vec<&str> = layouts.iter().map(|layout| layout.edition).collect();
            _ = writeln!(text, "layouts of the expansion field RE: {}", known.join(", "));
        }
        spec.uaps.iter().for_each(|uap| profile(uap, &mut text));
        return Ok(text);
    };
    let mut names = path.split('/');
    let name = names.next().unwrap_or_default();
    let padded = format!("{name:0>3}");
    let name = if name.parse::<u16>().is_ok() { padded.as_str() } else { name };
    let mut items = spec.uaps.iter().flat_map(|uap| uap.slots).filter_map(item_of);
    let Some(mut item) = items.find(|item| item.name == name) else {
        let said = format!(
            "CAT{number:03} edition {} has no item {name}; `entente describe {number:03}` lists them",
            spec.edition
        );
        return Err(Misuse(said));
    };
    let mut within = item.name.to_owned();
    let mut form = format!("  {}\n", form_of(item, spec));
    let mut around = &item.shape;
    for name in names {
        form.clear();
        around = &item.shape;
        let parts = parts_of(item, layouts.last());
        let Some(part) = parts.iter().find(|part| part.name == name) else {
            let known: Vec<&str> = parts.iter().map(|part| part.name).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(Misuse(format!("I{number:03}/{within} has no {name}; its parts: {known}")));
        };
        item = part;
        within = format!("{within}/{name}");
    }
    titled(&format!("I{number:03}/{within}"), item.title, "", &mut text);
    text.push_str(&form);
    shape(&item.shape, &before(around, item), 1, &mut text);
    if let (Shape::Explicit(Explicit::Re), Some(layout)) = (&item.shape, layouts.last()) {
        describe_layout(layout, &layouts, &mut text);
    }
    Ok(text)
}

/// The text for the reserved expansion field of a category by one edition of its layout, if there is
/// one of that edition.
fn expansion(number: u8, edition: &str) -> Option<String> {
    let layouts: Vec<&'static Expansion> =
        Editions::expansions_known().filter(|layout| layout.category == number).collect();
    let layout = layouts.iter().find(|layout| layout.edition == edition)?;
    let mut text = format!("I{number:03}/RE  Reserved Expansion Field\n");
    describe_layout(layout, &layouts, &mut text);
    Some(text)
}

fn describe_layout(layout: &'static Expansion, all: &[&'static Expansion], text: &mut String) {
    let known: Vec<&str> = all.iter().map(|layout| layout.edition).collect();
    // Writing to a String cannot fail.
    _ = writeln!(
        text,
        "  layout {} (of {}), with --edition {}=+{} for `entente decode`:",
        layout.edition,
        known.join(", "),
        layout.category,
        layout.edition
    );
    _ = match layout.indicator {
        0 => writeln!(text, "  FSPEC"),
        octets => writeln!(text, "  items indicator of {}", counted(octets.into(), "octet")),
    };
    for item in layout.subitems.iter().flatten() {
        titled(item.name, item.title, "  ", text);
        shape(&item.shape, &[], 2, text);
    }
}

fn titled(name: &str, title: &str, pad: &str, text: &mut String) {
    // Writing to a String cannot fail.
    _ = writeln!(text, "{}", format!("{pad}{name}  {title}").trim_end());
}

/// How many of what, for people.
pub(crate) fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Where an item stands in the profiles of its edition, and of which of the document's forms it is.
fn form_of(item: &'static Item, spec: &'static Spec) -> String {
    let places = spec.uaps.iter().filter_map(|uap| {
        let slot = uap
            .slots
            .iter()
            .position(|slot| item_of(slot).is_some_and(|of| of.name == item.name))?;
        let profile = if uap.name.is_empty() { "" } else { " of profile " };
        Some(format!("FRN {}{profile}{}", slot + 1, uap.name))
    });
    let form = match &item.shape {
        Shape::Element(Element { bits, .. }) => fixed(*bits),
        Shape::Choice(choice) => fixed(choice.bits),
        Shape::Group(parts) => fixed(parts.iter().map(Part::bits).sum()),
        Shape::Extended(_) => "extended: each FX bit that is one announces more".to_owned(),
        Shape::Repeated(_) | Shape::RepeatedFx(_) => "repetitive".to_owned(),
        Shape::Explicit(_) => "explicit".to_owned(),
        Shape::Compound(_) => "compound: an FSPEC announces the subitems".to_owned(),
    };
    format!("{}; {form}", places.collect::<Vec<_>>().join(", "))
}

fn fixed(bits: u16) -> String {
    format!("fixed, {}", counted(u64::from(bits / 8), "octet"))
}

/// The parts of a group up to one of them, which is the last: where each begins, in bits, and its name.
type Before = [(u16, &'static str)];

fn before(around: &'static Shape, item: &'static Item) -> Vec<(u16, &'static str)> {
    let Shape::Group(parts) = around else { return Vec::new() };
    let mut bit = 0;
    let mut found = Vec::new();
    for part in *parts {
        if let Part::Item(part) = part {
            found.push((bit, part.name));
            if std::ptr::eq(part, item) {
                return found;
            }
        }
        bit += part.bits();
    }
    Vec::new()
}

/// What an item is made of by name; of the reserved expansion field, what this layout has.
fn parts_of(item: &'static Item, layout: Option<&&'static Expansion>) -> Vec<&'static Item> {
    match (&item.shape, layout) {
        (Shape::Explicit(Explicit::Re), Some(layout)) => {
            layout.subitems.iter().flatten().copied().collect()
        }
        (shape, _) => parts(shape),
    }
}

fn item_of(slot: &'static Slot) -> Option<&'static Item> {
    match slot {
        Slot::Item(item) => Some(item),
        _ => None,
    }
}

fn profile(uap: &'static Uap, text: &mut String) {
    if !uap.name.is_empty() {
        _ = writeln!(text, "profile {}", uap.name);
    }
    for (slot, frn) in uap.slots.iter().zip(1..) {
        // Writing to a String cannot fail.
        _ = match slot {
            Slot::Spare => writeln!(text, "{frn:4}  -"),
            Slot::Rfs => writeln!(text, "{frn:4}  RFS  Random Field Sequencing"),
            Slot::Item(item) => writeln!(text, "{frn:4}  {:3}  {}", item.name, item.title),
        };
    }
}

fn shape(of: &'static Shape, before: &Before, depth: usize, text: &mut String) {
    let pad = "  ".repeat(depth);
    _ = match of {
        Shape::Element(element) => return element_text(element, &pad, text),
        Shape::Group(parts) => {
            return parts.iter().for_each(|part| part_text(of, part, depth, text));
        }
        Shape::Extended(extended) => {
            return extended.parts.iter().for_each(|part| part_text(of, part, depth, text));
        }
        Shape::Repeated(repeated) => {
            _ = writeln!(text, "{pad}repeated, after a count of {} bits:", repeated.width * 8);
            return shape(repeated.of, &[], depth + 1, text);
        }
        Shape::RepeatedFx(repeated) => {
            _ = writeln!(text, "{pad}repeated while the FX bit after it is one:");
            return shape(repeated.of, &[], depth + 1, text);
        }
        Shape::Explicit(Explicit::Re) => {
            writeln!(text, "{pad}length, then the reserved expansion field")
        }
        Shape::Explicit(Explicit::Sp) => {
            writeln!(text, "{pad}length, then the special purpose field")
        }
        Shape::Explicit(Explicit::Plain) => writeln!(text, "{pad}length, then octets"),
        Shape::Compound(items) => {
            for item in items.iter().flatten() {
                titled(item.name, item.title, &pad, text);
                shape(&item.shape, &[], depth + 1, text);
            }
            return;
        }
        Shape::Choice(choice) => {
            for (values, case) in choice.cases {
                let conditions = choice.on.iter().zip(*values).map(|(key, value)| match key {
                    Key::Item(number) => format!("{number:03} is {value}"),
                    Key::Earlier { back, .. } => {
                        let start = before.last().map_or(0, |(start, _)| *start);
                        let named = before.iter().find(|(other, _)| other + back == start);
                        format!("{} is {value}", named.map_or("it", |(_, name)| *name))
                    }
                });
                let conditions: Vec<String> = conditions.collect();
                _ = writeln!(text, "{pad}when {}:", conditions.join(" and "));
                shape(case, &[], depth + 1, text);
            }
            return;
        }
    };
}

fn part_text(of: &'static Shape, part: &'static Part, depth: usize, text: &mut String) {
    let pad = "  ".repeat(depth);
    _ = match part {
        Part::Spare(bits) => writeln!(text, "{pad}-  {bits} spare"),
        Part::Fx => writeln!(text, "{pad}FX"),
        Part::Item(item) => {
            titled(item.name, item.title, &pad, text);
            return shape(&item.shape, &before(of, item), depth + 1, text);
        }
    };
}

fn element_text(element: &Element, pad: &str, text: &mut String) {
    _ = write!(text, "{pad}{}, ", counted(element.bits.into(), "bit"));
    content(&element.content, pad, text);
}

fn content(of: &Content, pad: &str, text: &mut String) {
    let signed = |sign| if sign == Sign::Signed { "signed" } else { "unsigned" };
    _ = match of {
        Content::Raw => writeln!(text, "raw"),
        Content::Text(Charset::Ascii) => writeln!(text, "text of 8 bits a character"),
        Content::Text(Charset::Icao) => writeln!(text, "text of 6 bits a character"),
        Content::Text(Charset::Octal) => writeln!(text, "octal digits"),
        Content::Integer(sign) => writeln!(text, "{} number", signed(*sign)),
        Content::Bds(Bds::Addressed) => writeln!(text, "Mode S register and its number"),
        Content::Bds(Bds::At(number)) => writeln!(text, "Mode S register {number:02X}"),
        Content::Bds(Bds::Unsaid) => writeln!(text, "Mode S register"),
        Content::Quantity(quantity) => {
            let step = match quantity.lsb {
                (step, 1) => step.to_string(),
                // As the documents write them.
                (numerator, denominator)
                    if denominator > 1_000 && denominator.is_power_of_two() =>
                {
                    format!("{numerator}/2^{}", denominator.ilog2())
                }
                (numerator, denominator) => format!("{numerator}/{denominator}"),
            };
            _ = write!(text, "{}, LSB {step} {}", signed(quantity.sign), quantity.unit);
            let shown = |steps: i64| steps as f64 * quantity.scale;
            // Open ends are those of the number.
            let (least, most) = quantity.limits.unwrap_or((i64::MIN, i64::MAX));
            if least != i64::MIN {
                _ = write!(text, ", at least {}", shown(least));
            }
            if most != i64::MAX {
                _ = write!(text, ", at most {}", shown(most));
            }
            writeln!(text)
        }
        Content::Table(rows) => {
            _ = writeln!(text, "code");
            for (value, meaning) in *rows {
                _ = writeln!(text, "{pad}  {value} = {meaning}");
            }
            return;
        }
        Content::By(dependent) => {
            _ = writeln!(text, "by {}", dependent.on);
            for (value, case) in dependent.cases {
                _ = write!(text, "{pad}  when {value}: ");
                content(case, pad, text);
            }
            return;
        }
    };
}
