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

/// The text for a category (`48`, `cat048`), or for one item of it or a part of that (`130/SRL`).
/// `edition` is the category's; with `RE` alone it may be that of the expansion field's layout.
///
/// # Errors
/// If there is no such category, edition or item.
pub(crate) fn describe(
    category: &str,
    item: Option<&str>,
    edition: Option<&str>,
) -> Result<String, Misuse> {
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
    let mut items = spec.uaps.iter().flat_map(|uap| uap.slots).filter_map(item_of);
    let Some(mut item) = items.find(|item| item.name == name) else {
        let said = format!(
            "CAT{number:03} edition {} has no item {name}; `entente describe {number:03}` lists them",
            spec.edition
        );
        return Err(Misuse(said));
    };
    let mut within = item.name.to_owned();
    for name in names {
        let parts = parts_of(item, layouts.last());
        let Some(part) = parts.iter().find(|part| part.name == name) else {
            let known: Vec<&str> = parts.iter().map(|part| part.name).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(Misuse(format!("I{number:03}/{within} has no {name}; its parts: {known}")));
        };
        item = part;
        within = format!("{within}/{name}");
    }
    _ = writeln!(text, "I{number:03}/{within}  {}", item.title);
    shape(&item.shape, 1, &mut text);
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
        octets => writeln!(text, "  items indicator of {octets} octets"),
    };
    for item in layout.subitems.iter().flatten() {
        _ = writeln!(text, "  {}  {}", item.name, item.title);
        shape(&item.shape, 2, text);
    }
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

fn shape(of: &'static Shape, depth: usize, text: &mut String) {
    let pad = "  ".repeat(depth);
    _ = match of {
        Shape::Element(element) => return element_text(element, &pad, text),
        Shape::Group(parts) => return parts.iter().for_each(|part| part_text(part, depth, text)),
        Shape::Extended(extended) => {
            return extended.parts.iter().for_each(|part| part_text(part, depth, text));
        }
        Shape::Repeated(repeated) => {
            _ = writeln!(text, "{pad}repeated, after a count of {} bits:", repeated.width * 8);
            return shape(repeated.of, depth + 1, text);
        }
        Shape::RepeatedFx(repeated) => {
            _ = writeln!(text, "{pad}repeated while the FX bit after it is one:");
            return shape(repeated.of, depth + 1, text);
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
                _ = writeln!(text, "{pad}{}  {}", item.name, item.title);
                shape(&item.shape, depth + 1, text);
            }
            return;
        }
        Shape::Choice(choice) => {
            for (values, case) in choice.cases {
                let conditions = choice.on.iter().zip(*values).map(|(key, value)| match key {
                    Key::Item(number) => format!("{number:03} is {value}"),
                    Key::Earlier { back, bits } => {
                        format!("the {bits} bits that begin {back} bits before are {value}")
                    }
                });
                let conditions: Vec<String> = conditions.collect();
                _ = writeln!(text, "{pad}when {}:", conditions.join(" and "));
                shape(case, depth + 1, text);
            }
            return;
        }
    };
}

fn part_text(part: &'static Part, depth: usize, text: &mut String) {
    let pad = "  ".repeat(depth);
    _ = match part {
        Part::Spare(bits) => writeln!(text, "{pad}-  {bits} spare"),
        Part::Fx => writeln!(text, "{pad}FX"),
        Part::Item(item) => {
            _ = writeln!(text, "{pad}{}  {}", item.name, item.title);
            return shape(&item.shape, depth + 1, text);
        }
    };
}

fn element_text(element: &Element, pad: &str, text: &mut String) {
    let bits = if element.bits == 1 { "bit" } else { "bits" };
    _ = write!(text, "{pad}{} {bits}, ", element.bits);
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
