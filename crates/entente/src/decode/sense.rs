//! Whether what is asked of records can ever be so, by the tables they are read by; else what could.

use super::filter::{Comparison, Operator, bits, bits_of, parts};
use asterix::Editions;
use asterix::spec::{
    Charset, Content, Element, Expansion, Explicit, Item, Shape, Sign, Slot, Spec,
};
use std::collections::BTreeSet;

/// Codes that are listed in an error; more are left to `entente describe`.
const CODES_SHOWN: usize = 12;

/// What to say of a category that no table has.
pub(crate) fn category_unknown(category: u8) -> String {
    let known: BTreeSet<u8> = Editions::known().map(|spec| spec.category).collect();
    let known: Vec<String> = known.iter().map(|known| format!("{known:03}")).collect();
    format!("no tables for CAT{category:03}; there are those of {}", known.join(", "))
}

/// Whether there are tables for a category.
pub(crate) fn is_category(category: u8) -> bool {
    Editions::known().any(|spec| spec.category == category)
}

/// Whether every edition has whole numbers at a path such as `048/040/RHO`, with `/value` behind it or
/// not: codes, counts, bits, steps of whole units. What is no path of the tables is taken for such.
pub(crate) fn is_whole(path: &str) -> bool {
    let mut steps = path.strip_suffix("/value").unwrap_or(path).split('/').map(str::to_owned);
    let Some(category) = steps.next().and_then(|category| category.parse::<u8>().ok()) else {
        return true;
    };
    let path: Vec<String> = steps.collect();
    if path.is_empty() {
        return true;
    }
    let specs = Editions::known().filter(|spec| spec.category == category);
    let layouts = Editions::expansions_known().filter(|layout| layout.category == category);
    let places = places(&path, specs, layouts);
    !places.iter().any(|place| matches!(place, Place::Value(of) if has_fractions(&of.content)))
}

fn has_fractions(content: &Content) -> bool {
    match content {
        Content::Quantity(quantity) => quantity.lsb.1 != 1,
        Content::By(dependent) => dependent.cases.iter().any(|(_, case)| has_fractions(case)),
        _ => false,
    }
}

/// What a path leads to in one edition.
enum Place {
    Value(&'static Element),
    Octets,
    /// Names of what is within.
    Parts(Vec<&'static str>),
    /// Nothing; these are the names where the last step went astray, none where it was the item.
    Nowhere(Vec<&'static str>),
}

/// Says what is wrong with a comparison of records that are read by `editions`.
pub(super) fn check(comparison: &Comparison, editions: &Editions) -> Result<(), String> {
    let category = comparison.category;
    if !is_category(category) {
        return Err(category_unknown(category));
    }
    let shown = format!("I{category:03}/{}", comparison.path.join("/"));
    let places = places_in_force(comparison, editions);
    let mut said = None;
    let mut nearest: Vec<&'static str> = Vec::new();
    for place in places {
        let wrong = match (place, &comparison.test) {
            (Place::Nowhere(names), _) => {
                nearest = if nearest.is_empty() { names } else { nearest };
                continue;
            }
            (_, None) => return Ok(()),
            (Place::Parts(names), Some(_)) => {
                format!("{shown} has parts; compare one of {}", names.join(", "))
            }
            (place, Some((operator, value))) => match expected(&place, *operator, value) {
                None => return Ok(()),
                Some(expected) => {
                    let operator = operator.sign();
                    format!("{shown} {operator} {value} can never be: it is {expected}")
                }
            },
        };
        // What the newest table says.
        said = Some(wrong);
    }
    Err(said.unwrap_or_else(|| elsewhere(comparison, &shown, &nearest)))
}

/// What the path leads to in each table that is in force.
fn places_in_force(comparison: &Comparison, editions: &Editions) -> Vec<Place> {
    let category = comparison.category;
    places(&comparison.path, editions.specs_of(category), editions.expansions_of(category))
}

/// What a path leads to in each of these tables of one category.
fn places(
    path: &[String],
    specs: impl Iterator<Item = &'static Spec>,
    layouts: impl Iterator<Item = &'static Expansion>,
) -> Vec<Place> {
    let (name, rest) = (path[0].as_str(), &path[1..]);
    let mut places = Vec::new();
    let mut has_expansion = false;
    let slots = specs.flat_map(|spec| spec.uaps).flat_map(|uap| uap.slots);
    for slot in slots {
        match slot {
            Slot::Item(item) if item.name == name => {
                has_expansion |= matches!(item.shape, Shape::Explicit(Explicit::Re));
                go(item, rest, &mut places);
            }
            _ => {}
        }
    }
    if has_expansion {
        for layout in layouts {
            let subitems = || layout.subitems.iter().flatten().copied();
            match rest.split_first() {
                None => places.push(Place::Parts(subitems().map(|item| item.name).collect())),
                Some((name, rest)) => match subitems().find(|item| item.name == name) {
                    Some(item) => go(item, rest, &mut places),
                    None => {
                        places.push(Place::Nowhere(subitems().map(|item| item.name).collect()));
                    }
                },
            }
        }
    }
    places
}

fn go(item: &'static Item, path: &[String], places: &mut Vec<Place>) {
    match path.split_first() {
        None => ends(&item.shape, places),
        Some((name, rest)) => {
            let inside = parts(&item.shape);
            let before = places.len();
            inside.iter().filter(|part| part.name == name).for_each(|part| go(part, rest, places));
            if places.len() == before {
                places.push(Place::Nowhere(inside.iter().map(|part| part.name).collect()));
            }
        }
    }
}

fn ends(shape: &'static Shape, places: &mut Vec<Place>) {
    match shape {
        Shape::Element(element) if element.bits > 64 => places.push(Place::Octets),
        Shape::Element(element) => places.push(Place::Value(element)),
        Shape::Explicit(_) => places.push(Place::Octets),
        Shape::Repeated(repeated) | Shape::RepeatedFx(repeated) => ends(repeated.of, places),
        Shape::Choice(choice) => choice.cases.iter().for_each(|(_, case)| ends(case, places)),
        Shape::Group(_) | Shape::Extended(_) | Shape::Compound(_) => {
            places.push(Place::Parts(parts(shape).iter().map(|part| part.name).collect()));
        }
    }
}

/// What to say of a path that the tables in force do not have.
fn elsewhere(comparison: &Comparison, shown: &str, nearest: &[&'static str]) -> String {
    let category = comparison.category;
    let is_there = |rule: &str| {
        let mut editions = Editions::default();
        let applied = editions.apply(rule);
        applied.is_ok()
            && places_in_force(comparison, &editions)
                .iter()
                .any(|place| !matches!(place, Place::Nowhere(_)))
    };
    let specs = Editions::known().filter(|spec| spec.category == category);
    let layouts = Editions::expansions_known().filter(|layout| layout.category == category);
    let specs: Vec<String> = specs.map(|spec| format!("{category}={}", spec.edition)).collect();
    let layouts: Vec<String> = layouts.map(|of| format!("{category}=+{}", of.edition)).collect();
    // The newest that has it.
    if let Some(rule) = specs.iter().rev().chain(layouts.iter().rev()).find(|rule| is_there(rule)) {
        return format!(
            "{shown} is not in the edition that CAT{category:03} is read by; it would be with \
             --edition {rule}"
        );
    }
    let describe = format!("see `entente describe {category:03}`");
    match nearest {
        [] => format!("no edition has {shown}; {describe}"),
        names => format!("no edition has {shown}; there are {}; {describe}", names.join(", ")),
    }
}

/// `None` if the comparison can be so, else in words what the value is.
fn expected(place: &Place, operator: Operator, wanted: &str) -> Option<String> {
    let element = match place {
        Place::Value(element) => element,
        Place::Octets => {
            let is_octets = wanted.len().is_multiple_of(2)
                && wanted.chars().all(|digit| digit.is_ascii_hexdigit());
            let expected = "octets, two hexadecimal digits each";
            return (!is_octets).then(|| expected.to_owned());
        }
        Place::Parts(_) | Place::Nowhere(_) => return None,
    };
    of_content(&element.content, element.bits, operator, wanted)
}

fn of_content(
    content: &'static Content,
    width: u16,
    operator: Operator,
    wanted: &str,
) -> Option<String> {
    let number = wanted.parse::<f64>().ok().filter(|number| number.is_finite());
    match content {
        Content::Quantity(quantity) => {
            let [least, most] = ends_of(quantity.sign, width).map(|end| end * quantity.scale);
            let half = quantity.scale / 2.0;
            let fits = number.is_some_and(|number| operator.can_be(number, [least, most], half));
            let unit = quantity.unit;
            (!fits).then(|| format!("a number from {least} to {most} {unit}").trim_end().to_owned())
        }
        Content::Integer(sign) => {
            let [least, most] = ends_of(*sign, width);
            let fits = number.is_some_and(|number| operator.can_be_whole(number, [least, most]));
            (!fits).then(|| format!("a whole number from {least} to {most}"))
        }
        // Senders use codes that are not in the document yet.
        Content::Table(rows) => {
            let fits = match number {
                Some(number) => operator.can_be_whole(number, ends_of(Sign::Unsigned, width)),
                None => {
                    let is_known = |(_, text): &(u32, &str)| text.eq_ignore_ascii_case(wanted);
                    matches!(operator, Operator::Equal | Operator::Unequal)
                        && rows.iter().any(is_known)
                }
            };
            (!fits).then(|| codes(rows, width))
        }
        Content::Text(charset) => {
            let room = usize::from(width / bits_of(*charset));
            // As it is compared: blanks behind are none.
            let wanted = wanted.trim_end();
            let (of_set, expected): (fn(char) -> bool, String) = match charset {
                Charset::Ascii => {
                    (|c| (c as u32) < 256, format!("text of up to {room} characters"))
                }
                Charset::Icao => (
                    // A code that the set has no character for is read as a question mark.
                    |c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '?'),
                    format!("text of up to {room} characters of A to Z, 0 to 9 and space"),
                ),
                Charset::Octal => {
                    (|c| matches!(c, '0'..='7'), format!("a number of up to {room} octal digits"))
                }
            };
            let fits = wanted.chars().count() <= room && wanted.chars().all(of_set);
            (!fits).then_some(expected)
        }
        Content::Raw | Content::Bds(_) => {
            let most = u64::MAX >> (64 - width.clamp(1, 64));
            let fits = bits(wanted, width).is_some_and(|wanted| wanted <= most);
            (!fits).then(|| match width {
                24.. => format!("up to {} hexadecimal digits", width.div_ceil(4)),
                _ => format!("a number from 0 to {most}, or from 0x0 to {most:#x}"),
            })
        }
        Content::By(dependent) => {
            let mut cases =
                dependent.cases.iter().map(|(_, case)| of_content(case, width, operator, wanted));
            let all = cases.try_fold(String::new(), |said, case| {
                let case = case?;
                Some(if said.is_empty() { case } else { format!("{said}, or {case}") })
            });
            all.filter(|said| !said.is_empty())
        }
    }
}

/// The least and the largest number of so many bits.
fn ends_of(sign: Sign, width: u16) -> [f64; 2] {
    let values = 2_f64.powi(i32::from(width));
    match sign {
        Sign::Unsigned => [0.0, values - 1.0],
        Sign::Signed => [-values / 2.0, values / 2.0 - 1.0],
    }
}

fn codes(rows: &[(u32, &str)], width: u16) -> String {
    let [_, most] = ends_of(Sign::Unsigned, width);
    let shown = rows.iter().take(CODES_SHOWN).map(|(code, text)| format!("{code} = {text}"));
    let shown: Vec<String> = shown.collect();
    let more = if rows.len() > CODES_SHOWN { ", and more" } else { "" };
    format!("a code from 0 to {most}, or its text after = or !=: {}{more}", shown.join(", "))
}

impl Operator {
    fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// Whether a value between the ends can stand so to `number`, to which it is equal within `near`.
    fn can_be(self, number: f64, [least, most]: [f64; 2], near: f64) -> bool {
        match self {
            Self::Equal => number >= least - near && number <= most + near,
            Self::Unequal => true,
            Self::Less => number > least + near,
            Self::LessOrEqual => number >= least - near,
            Self::Greater => number < most - near,
            Self::GreaterOrEqual => number <= most + near,
        }
    }

    fn can_be_whole(self, number: f64, ends: [f64; 2]) -> bool {
        let asks_one = matches!(self, Self::Equal | Self::Unequal);
        self.can_be(number, ends, 0.0) && (number.fract() == 0.0 || !asks_one)
    }
}

#[cfg(test)]
mod tests {
    use super::super::filter::Expression;
    use asterix::Editions;

    fn wrong(text: &str, rules: &[&str]) -> Option<String> {
        let mut editions = Editions::default();
        rules.iter().for_each(|rule| editions.apply(rule).unwrap());
        Expression::parse(text).unwrap().check(&editions).err()
    }

    #[test]
    fn what_can_never_be_is_refused_with_what_can() {
        let check = |text: &str, said: &str| {
            let found = wrong(text, &[]).unwrap_or_else(|| panic!("{text} is let through"));
            assert!(found.contains(said), "{text}: {found}");
        };
        check("030/010", "no tables for CAT030; there are those of 001, 002, 004");
        check("048/999 = 1", "no edition has I048/999; see `entente describe 048`");
        check("048/070/X = 1", "no edition has I048/070/X; there are V, G, L, MODE3A");
        check("048/040/RHO/X", "no edition has I048/040/RHO/X");
        check("048/070 = 1", "compare one of V, G, L, MODE3A");
        check(
            "048/040/RHO > abc",
            "I048/040/RHO > abc can never be: it is a number from 0 to 255.99609375 NM",
        );
        check("048/040/RHO > 256", "can never be");
        check("048/040/RHO < 0", "can never be");
        check("048/040/RHO = nan", "can never be");
        check("048/090/FL = -3000", "from -2048 to 2047.75 FL");
        check("048/020/TYP = 8", "a code from 0 to 7, or its text after = or !=: 0 = No detection");
        check("048/020/TYP = 1.5", "a code");
        check("048/020/TYP = primary", "a code");
        check("034/000 > 'North marker message'", "its text after =");
        check("048/220 = hello", "up to 6 hexadecimal digits");
        check("048/220 = 1000000", "up to 6 hexadecimal digits");
        check("048/010/SAC = 256", "from 0 to 255, or from 0x0 to 0xff");
        check("048/240 = BTI4RA123", "up to 8 characters of A to Z");
        check("048/240 = BTI-4", "up to 8 characters of A to Z");
        check("048/070/MODE3A = 7800", "up to 4 octal digits");
        check("048/SP = xyz", "octets, two hexadecimal digits each");
        check("062/380/IAS/IAS > fast", "or a number from");
        check("not (048/070/V = 0 and 048/220 = hello)", "up to 6 hexadecimal digits");
    }

    #[test]
    fn what_can_be_is_let_through() {
        for text in [
            "048/040/RHO > 255.99",
            "048/040/RHO >= 0",
            "048/040/RHO = 255.997",
            "048/090/FL < -2047",
            "048/020/TYP = 7",
            "034/000 != 'north marker message'",
            "034/000 = 200",
            "048/070/MODE3A = 34",
            "048/240 = bti4ra",
            "048/240 = 'AB?     '",
            "048/220 = 4ca123",
            "048/250/MBDATA = 81951536e024d4",
            "048/010/SIC = 0xff",
            "048/SP = 04aabbcc",
            "048/RE",
            "062/380/IAS/IAS > 0.2",
            "004/120/CC/CPC/LPF = 1",
            "021/016 >= 0.5",
        ] {
            assert_eq!(wrong(text, &[]), None, "{text}");
        }
    }

    #[test]
    fn what_another_edition_has_is_asked_for_by_name() {
        let text = "048/RE/MD5/PMN/PIN = 1";
        let found = wrong(text, &[]).unwrap();
        assert!(found.ends_with("it would be with --edition 48=+1.13"), "{found}");
        assert_eq!(wrong(text, &["48=+1.13"]), None);
        assert_eq!(wrong(text, &["25/201:48=+1.13"]), None);
        let found = wrong("048/RE/XYZ = 1", &["48=+1.13"]).unwrap();
        assert!(found.contains("no edition has I048/RE/XYZ; there are MD5"), "{found}");
        let found = wrong("021/016 = 1", &["21=0.26"]).unwrap();
        assert!(found.ends_with("it would be with --edition 21=2.7"), "{found}");
    }
}
