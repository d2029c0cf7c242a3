//! Reads a spec table: indented lines, two spaces a level.

use anyhow::{Context, Result, bail, ensure};

/// A file.
pub(super) enum Table {
    Category(Spec),
    Expansion(Expansion),
}

/// An edition of a category.
pub(super) struct Spec {
    pub(super) category: u8,
    pub(super) edition: String,
    pub(super) title: String,
    pub(super) items: Vec<Node>,
    pub(super) uaps: Vec<Uap>,
}

/// A layout of a reserved expansion field.
pub(super) struct Expansion {
    pub(super) category: u8,
    pub(super) edition: String,
    pub(super) title: String,
    /// Octets of the items indicator; none if FX bits tell where it ends.
    pub(super) indicator: Option<u8>,
    pub(super) subitems: Vec<Option<Node>>,
}

/// An order of items; `slots[frn - 1]`.
pub(super) struct Uap {
    pub(super) name: String,
    pub(super) when: Option<When>,
    pub(super) slots: Vec<Slot>,
}

/// `when ITEM/SUBITEM = VALUES`, or `when ITEM = VALUES`.
pub(super) struct When {
    pub(super) item: String,
    pub(super) subitem: Option<String>,
    pub(super) values: Vec<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Slot {
    Spare,
    Rfs,
    Item(String),
}

/// An item or subitem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) shape: Shape,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    Element {
        bits: u16,
        content: Content,
    },
    Group(Vec<Part>),
    Extended(Vec<Part>),
    Repeated {
        octets: u8,
        of: Box<Shape>,
    },
    RepeatedFx(Box<Shape>),
    Explicit(&'static str),
    Compound(Vec<Option<Node>>),
    /// A shape of `bits` bits that the values of the elements `on` decide.
    Choice {
        bits: u16,
        on: Vec<String>,
        cases: Vec<(Vec<u64>, Shape)>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Spare(u8),
    Fx,
    Node(Node),
}

/// Least and most number of steps that are allowed, where the document says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) least: Option<i64>,
    pub(super) most: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Raw,
    Table(Vec<(u32, String)>),
    Text(&'static str),
    Integer { signed: bool },
    Quantity { signed: bool, numerator: u32, denominator: u64, unit: String, limits: Limits },
    Bds(String),
    By { on: String, cases: Vec<(u64, Content)> },
}

/// A line and the lines indented under it.
struct Line<'a> {
    text: &'a str,
    children: Vec<Line<'a>>,
}

/// Reads a table.
pub(super) fn parse(text: &str) -> Result<Table> {
    let lines = tree(text)?;
    let header = |key: &str| {
        let found = lines.iter().find_map(|line| line.text.strip_prefix(key)?.strip_prefix(' '));
        found.map(str::to_owned).with_context(|| format!("no line `{key}`"))
    };
    let (mut items, mut uaps) = (Vec::new(), Vec::new());
    for line in &lines {
        match line.text.split(' ').next() {
            Some("category" | "edition" | "expansion" | "indicator" | "title") => {}
            Some("uap") => uaps.push(uap(line).with_context(|| line.text.to_owned())?),
            _ => items.push(subitem(line).with_context(|| line.text.to_owned())?),
        }
    }
    let (category, title) = (header("category")?.parse()?, header("title")?);
    if let Ok(edition) = header("expansion") {
        let indicator = match header("indicator")?.as_str() {
            "fx" => None,
            octets => Some(octets.parse()?),
        };
        ensure!(uaps.is_empty(), "a layout of an expansion field has no uap");
        let subitems = items;
        return Ok(Table::Expansion(Expansion { category, edition, title, indicator, subitems }));
    }
    ensure!(!uaps.is_empty(), "no uap");
    let items = items.into_iter().collect::<Option<_>>().context("an item without a name")?;
    Ok(Table::Category(Spec { category, edition: header("edition")?, title, items, uaps }))
}

/// Lines by indentation; blank lines and `#` comments are left out.
fn tree(text: &str) -> Result<Vec<Line<'_>>> {
    let mut stack: Vec<Vec<Line<'_>>> = vec![Vec::new()];
    for raw in text.lines() {
        let line = raw.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let depth = (raw.len() - line.len()) / 2;
        ensure!(depth < stack.len() || depth == 0 || !stack[depth - 1].is_empty(), "indent: {raw}");
        while stack.len() > depth + 1 {
            fold(&mut stack);
        }
        while stack.len() < depth + 1 {
            stack.push(Vec::new());
        }
        stack[depth].push(Line { text: line.trim_end(), children: Vec::new() });
    }
    while stack.len() > 1 {
        fold(&mut stack);
    }
    Ok(stack.pop().unwrap_or_default())
}

fn fold(stack: &mut Vec<Vec<Line<'_>>>) {
    let children = stack.pop().unwrap_or_default();
    if let Some(parent) = stack.last_mut().and_then(|level| level.last_mut()) {
        parent.children = children;
    }
}

fn uap(line: &Line<'_>) -> Result<Uap> {
    let words: Vec<&str> = line.text.split(' ').collect();
    let (name, when) = match words[..] {
        ["uap"] => (String::new(), None),
        ["uap", name, "when", path, "=", ref values @ ..] => {
            let (item, subitem) = match path.split_once('/') {
                Some((item, subitem)) => (item, Some(subitem.to_owned())),
                None => (path, None),
            };
            let values = values.iter().map(|value| value.parse()).collect::<Result<_, _>>()?;
            (name.to_owned(), Some(When { item: item.to_owned(), subitem, values }))
        }
        _ => bail!("a uap is `uap` or `uap NAME when ITEM/SUBITEM = VALUES`"),
    };
    let mut slots = Vec::new();
    for child in &line.children {
        let (frn, item) = child.text.split_once(' ').context("a slot is `FRN ITEM`")?;
        ensure!(frn.parse::<usize>()? == slots.len() + 1, "FRN {frn} is out of order");
        slots.push(match item {
            "-" => Slot::Spare,
            "RFS" => Slot::Rfs,
            name => Slot::Item(name.to_owned()),
        });
    }
    Ok(Uap { name, when, slots })
}

/// A node, or `-`.
fn subitem(line: &Line<'_>) -> Result<Option<Node>> {
    match line.text {
        "-" => Ok(None),
        _ => node(line).map(Some),
    }
}

/// `NAME KIND [: TITLE]`.
fn node(line: &Line<'_>) -> Result<Node> {
    let (head, title) = line.text.split_once(" : ").unwrap_or((line.text, ""));
    let (name, kind) = head.split_once(' ').context("NAME KIND [: TITLE]")?;
    let words: Vec<&str> = kind.split(' ').collect();
    let shape = shape(&words, &line.children).with_context(|| line.text.to_owned())?;
    Ok(Node { name: name.to_owned(), title: title.trim().to_owned(), shape })
}

fn shape(words: &[&str], children: &[Line<'_>]) -> Result<Shape> {
    Ok(match words {
        ["group"] => Shape::Group(parts(children)?),
        ["extended"] => Shape::Extended(parts(children)?),
        ["repeat", "fx", of @ ..] => Shape::RepeatedFx(Box::new(shape(of, children)?)),
        ["repeat", octets, of @ ..] => {
            Shape::Repeated { octets: octets.parse()?, of: Box::new(shape(of, children)?) }
        }
        ["explicit"] => Shape::Explicit("Plain"),
        ["explicit", "re"] => Shape::Explicit("Re"),
        ["explicit", "sp"] => Shape::Explicit("Sp"),
        ["compound"] => Shape::Compound(children.iter().map(subitem).collect::<Result<_>>()?),
        ["choice", bits, "by", on @ ..] => Shape::Choice {
            bits: bits.parse().context("bits")?,
            on: on.iter().map(|name| (*name).to_owned()).collect(),
            cases: children.iter().map(|line| choice(line, on.len())).collect::<Result<_>>()?,
        },
        [bits, of @ ..] => {
            Shape::Element { bits: bits.parse().context("bits")?, content: content(of, children)? }
        }
        [] => bail!("no kind"),
    })
}

fn parts(lines: &[Line<'_>]) -> Result<Vec<Part>> {
    let part = |line: &Line<'_>| match line.text.strip_prefix("- ") {
        Some(bits) => Ok(Part::Spare(bits.parse()?)),
        None if line.text == "fx" => Ok(Part::Fx),
        None => node(line).map(Part::Node),
    };
    lines.iter().map(part).collect()
}

fn content(words: &[&str], children: &[Line<'_>]) -> Result<Content> {
    Ok(match words {
        ["raw"] => Content::Raw,
        ["table"] => Content::Table(children.iter().map(row).collect::<Result<_>>()?),
        ["ascii"] => Content::Text("Ascii"),
        ["icao"] => Content::Text("Icao"),
        ["octal"] => Content::Text("Octal"),
        ["bds", of @ ..] => Content::Bds(of.join(" ")),
        ["by", on] => Content::By {
            on: (*on).to_owned(),
            cases: children.iter().map(case).collect::<Result<_>>()?,
        },
        [sign @ ("signed" | "unsigned"), rest @ ..] => {
            let signed = *sign == "signed";
            match rest {
                [] => Content::Integer { signed },
                [lsb, rest @ ..] => {
                    let (numerator, denominator) = fraction(lsb)?;
                    let is_limit = |word: &&str| word.starts_with(['<', '>']);
                    let end = rest.iter().position(is_limit).unwrap_or(rest.len());
                    let (unit, bounds) = (rest[..end].join(" "), &rest[end..]);
                    let limits = limits(bounds, numerator, denominator)?;
                    Content::Quantity { signed, numerator, denominator, unit, limits }
                }
            }
        }
        other => bail!("content {other:?}"),
    })
}

/// `>= -90 <= 90`, in the unit, as numbers of steps.
fn limits(words: &[&str], numerator: u32, denominator: u64) -> Result<Limits> {
    let mut limits = Limits::default();
    for pair in words.chunks(2) {
        let [bound, value] = pair else { bail!("a limit is a bound and a number") };
        let value: i64 = value.parse().context("a limit is a whole number")?;
        let steps = i128::from(value) * i128::from(denominator);
        let step = i128::from(numerator);
        let down = steps.div_euclid(step);
        let up = down + i128::from(steps.rem_euclid(step) != 0);
        match *bound {
            ">=" => limits.least = Some(i64::try_from(up)?),
            "<=" => limits.most = Some(i64::try_from(down)?),
            "<" => limits.most = Some(i64::try_from(up - 1)?),
            other => bail!("a bound is >=, <= or <, not {other}"),
        }
    }
    Ok(limits)
}

/// `VALUE = TEXT`.
fn row(line: &Line<'_>) -> Result<(u32, String)> {
    let (value, text) = line.text.split_once(" =").context("VALUE = TEXT")?;
    Ok((value.parse()?, text.trim().to_owned()))
}

/// `when VALUE CONTENT`.
fn case(line: &Line<'_>) -> Result<(u64, Content)> {
    let words: Vec<&str> = line.text.split(' ').collect();
    let ["when", value, of @ ..] = &words[..] else { bail!("when VALUE CONTENT: {}", line.text) };
    Ok((value.parse()?, content(of, &line.children)?))
}

/// `when VALUES KIND`, as many values as there are elements that decide.
fn choice(line: &Line<'_>, values: usize) -> Result<(Vec<u64>, Shape)> {
    let words: Vec<&str> = line.text.split(' ').collect();
    let ["when", rest @ ..] = &words[..] else { bail!("when VALUES KIND: {}", line.text) };
    ensure!(rest.len() > values, "{values} values and a kind: {}", line.text);
    let (keys, kind) = rest.split_at(values);
    let keys = keys.iter().map(|key| key.parse()).collect::<Result<_, _>>()?;
    Ok((keys, shape(kind, &line.children).with_context(|| line.text.to_owned())?))
}

/// `25`, `25/4`, `180/2^25`.
fn fraction(text: &str) -> Result<(u32, u64)> {
    let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
    let denominator = match denominator.strip_prefix("2^") {
        Some(power) => 1u64.checked_shl(power.parse()?).context("2^63 at most")?,
        None => denominator.parse()?,
    };
    ensure!(denominator > 0, "an LSB over zero");
    Ok((numerator.parse()?, denominator))
}
