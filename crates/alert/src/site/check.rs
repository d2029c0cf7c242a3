//! From CEL's syntax tree to a typed program, or to what is wrong and what to write.

use super::error::{Origin, SiteRuleError};
use super::program::{Bool, Comparison, Number, Text};
use super::variables::{Kind, SOURCES, Told, Variable};
use super::{DEPTH_MAX, NODES_MAX, SOURCE_MAX};
use cel::Program;
use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, operators as op};
use cel::parser::ParseErrors;
use geodesy::Geodetic;

/// Variables that an alert tells at most.
const TOLD_MAX: usize = 6;

/// A typed part of an expression.
enum Typed {
    Bool(Bool),
    Number(Number),
    /// A whole number as it is written: CEL compares it with a `double`, and does not reckon.
    Whole(i64),
    Text(Text),
    Numbers(Vec<f64>),
    Texts(Vec<Box<str>>),
    Sources,
    Null,
}

/// What is wrong, and with which node of the tree.
struct Fault {
    node: u64,
    what: String,
}

struct Checker<'a> {
    areas: &'a [&'a str],
    nodes: usize,
    told: Vec<Told>,
}

/// Checks an expression; returns the condition, and the variables that it names.
pub(super) fn expression(
    source: &str,
    origin: &Origin,
    areas: &[&str],
) -> Result<(Bool, Vec<Told>), SiteRuleError> {
    if source.len() > SOURCE_MAX {
        let what = format!("{} bytes; at most {SOURCE_MAX} fit", source.len());
        return Err(origin.fault(0, what));
    }
    nesting(source).map_err(|(at, what)| origin.fault_at(source, at, what))?;
    let program = Program::compile(source).map_err(|errors| unparsed(&errors, origin))?;
    let mut checker = Checker { areas, nodes: 0, told: Vec::new() };
    let found = checker.typed(program.expression(), 0).and_then(|typed| match typed {
        Typed::Bool(condition) => Ok(condition),
        other => Err(Fault {
            node: program.expression().id,
            what: format!("the whole is {}; it must be true or false", other.kind()),
        }),
    });
    match found {
        Ok(condition) => Ok((condition, checker.told)),
        Err(Fault { node, what }) => {
            let offset = program.source_info().offset_for(node).map_or(0, |(start, _)| start);
            Err(origin.fault_at(source, offset as usize, what))
        }
    }
}

/// Refuses what is nested so deep that a parser which descends into it would need much stack.
fn nesting(source: &str) -> Result<(), (usize, String)> {
    let (mut brackets, mut choices, mut signs) = (0_usize, 0_usize, 0_usize);
    for (at, c) in source.chars().enumerate() {
        match c {
            '(' | '[' | '{' => brackets += 1,
            ')' | ']' | '}' => brackets = brackets.saturating_sub(1),
            '?' => choices += 1,
            _ => {}
        }
        // Signs before signs are in one another; those before operands stand side by side.
        match c {
            '!' | '-' => signs += 1,
            _ if !c.is_whitespace() => signs = 0,
            _ => {}
        }
        let depth = brackets + choices + signs;
        if depth > DEPTH_MAX * 2 {
            let what = format!("nested too deep; at most {DEPTH_MAX} operators in one another fit");
            return Err((at, what));
        }
    }
    Ok(())
}

fn unparsed(errors: &ParseErrors, origin: &Origin) -> SiteRuleError {
    let Some(error) = errors.errors.first() else {
        return origin.fault(0, "not an expression in CEL".to_owned());
    };
    let line = u32::try_from(error.pos.0 - 1).unwrap_or_default();
    let column = u32::try_from(error.pos.1).unwrap_or_default().max(1);
    let what = format!("not an expression in CEL: {}", error.msg.replace('\n', " "));
    SiteRuleError { column, ..origin.fault(line, what) }
}

impl Typed {
    fn kind(&self) -> &'static str {
        match self {
            Typed::Bool(_) => "a bool",
            Typed::Number(_) => "a number",
            Typed::Whole(_) => "a whole number",
            Typed::Text(_) => "a string",
            Typed::Numbers(_) | Typed::Texts(_) | Typed::Sources => "a list",
            Typed::Null => "null",
        }
    }
}

impl Checker<'_> {
    fn typed(&mut self, node: &IdedExpr, depth: usize) -> Result<Typed, Fault> {
        let fault = |what: String| Err(Fault { node: node.id, what });
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return fault(format!("more than {NODES_MAX} operators, names and constants"));
        }
        if depth > DEPTH_MAX {
            return fault(format!("more than {DEPTH_MAX} operators in one another"));
        }
        match &node.expr {
            Expr::Literal(literal) => match literal {
                LiteralValue::Boolean(value) => Ok(Typed::Bool(Bool::Const(*value.inner()))),
                LiteralValue::Double(x) => Ok(Typed::Number(Number::Const(*x.inner()))),
                LiteralValue::Int(n) => Ok(Typed::Whole(*n.inner())),
                LiteralValue::String(text) => Ok(Typed::Text(Text::Const(text.inner().into()))),
                LiteralValue::Null => Ok(Typed::Null),
                LiteralValue::UInt(_) => fault("write the number without u".to_owned()),
                LiteralValue::Bytes(_) => fault("write a string without b".to_owned()),
            },
            Expr::Ident(name) => match Variable::ALL.iter().find(|v| v.name() == name) {
                Some(variable) => Ok(self.variable(*variable)),
                None => fault(unknown_name(name)),
            },
            Expr::List(list) => self.list(node.id, &list.elements, depth),
            Expr::Call(call) => self.call(node.id, call, depth),
            Expr::Select(_) => fault(
                "a track's variables have no parts: write level_ft, not track.level_ft; and \
                    x != null, not has(x)"
                    .to_owned(),
            ),
            Expr::Comprehension(_) => fault(
                "all, exists, exists_one, map and filter are not in a site's rules; write the \
                 terms with && and ||"
                    .to_owned(),
            ),
            Expr::Map(_) | Expr::Struct(_) => {
                fault("maps and structures are not in a site's rules".to_owned())
            }
            Expr::Unspecified => fault("something is missing here".to_owned()),
        }
    }

    fn variable(&mut self, variable: Variable) -> Typed {
        self.tell(variable, None);
        match variable.kind() {
            Kind::Number => Typed::Number(Number::Variable(variable)),
            Kind::Text => Typed::Text(Text::Variable(variable)),
            Kind::Flag => Typed::Bool(Bool::Flag(variable)),
            Kind::Texts => Typed::Sources,
        }
    }

    fn tell(&mut self, variable: Variable, limit: Option<f64>) {
        if let Some(told) = self.told.iter_mut().find(|told| told.variable == variable) {
            told.limit = told.limit.or(limit);
        } else if self.told.len() < TOLD_MAX {
            self.told.push(Told { variable, limit });
        }
    }

    /// A list of constants of one type.
    fn list(&mut self, id: u64, elements: &[IdedExpr], depth: usize) -> Result<Typed, Fault> {
        let (mut numbers, mut texts) = (Vec::new(), Vec::new());
        for element in elements {
            match self.typed(element, depth + 1)? {
                Typed::Number(Number::Const(x)) => numbers.push(x),
                Typed::Whole(n) => numbers.push(n as f64),
                Typed::Text(Text::Const(text)) => texts.push(text),
                other => {
                    let what = format!("{} in a list; write strings or numbers", other.kind());
                    return Err(Fault { node: element.id, what });
                }
            }
        }
        match (numbers.is_empty(), texts.is_empty()) {
            (false, true) => Ok(Typed::Numbers(numbers)),
            (true, false) => Ok(Typed::Texts(texts)),
            (true, true) => Err(Fault { node: id, what: "an empty list".to_owned() }),
            (false, false) => {
                let what = "strings and numbers in one list".to_owned();
                Err(Fault { node: id, what })
            }
        }
    }

    fn call(&mut self, id: u64, call: &CallExpr, depth: usize) -> Result<Typed, Fault> {
        let fault = |what: String| Err(Fault { node: id, what });
        let name = call.func_name.as_str();
        if let Some(target) = &call.target {
            let target = self.typed(target, depth + 1)?;
            let [part] = call.args.as_slice() else { return fault(unknown_function(name)) };
            let part = self.typed(part, depth + 1)?;
            let (Typed::Text(text), Typed::Text(part)) = (target, part) else {
                return fault(format!("{name} is of a string, with a string"));
            };
            return Ok(Typed::Bool(match name {
                "startsWith" => Bool::Starts(text, part),
                "endsWith" => Bool::Ends(text, part),
                "contains" => Bool::Contains(text, part),
                _ => return fault(unknown_function(name)),
            }));
        }
        let mut args = Vec::with_capacity(call.args.len());
        for arg in &call.args {
            args.push(self.typed(arg, depth + 1)?);
        }
        let mut args = args.into_iter();
        let args = (args.next(), args.next(), args.next(), args.next());
        let found = match (name, args) {
            (op::LOGICAL_AND, (Some(Typed::Bool(a)), Some(Typed::Bool(b)), None, _)) => {
                Some(Typed::Bool(Bool::And(a.into(), b.into())))
            }
            (op::LOGICAL_OR, (Some(Typed::Bool(a)), Some(Typed::Bool(b)), None, _)) => {
                Some(Typed::Bool(Bool::Or(a.into(), b.into())))
            }
            (op::LOGICAL_NOT, (Some(Typed::Bool(a)), None, ..)) => {
                Some(Typed::Bool(Bool::Not(a.into())))
            }
            (op::CONDITIONAL, (Some(Typed::Bool(c)), Some(yes), Some(no), None)) => {
                choice(c, yes, no)
            }
            (op::NEGATE, (Some(Typed::Number(x)), None, ..)) => Some(Typed::Number(match x {
                Number::Const(x) => Number::Const(-x),
                x => Number::Negated(x.into()),
            })),
            (op::NEGATE, (Some(Typed::Whole(n)), None, ..)) => n.checked_neg().map(Typed::Whole),
            (op::ADD | op::SUBSTRACT | op::MULTIPLY | op::DIVIDE, (Some(a), Some(b), None, _)) => {
                return reckon(id, name, a, b);
            }
            (op::IN, (Some(a), Some(list), None, _)) => {
                return member(a, list).map_err(|what| Fault { node: id, what });
            }
            ("inside", (Some(Typed::Text(Text::Const(area))), None, ..)) => {
                return self.inside(&area).map_err(|what| Fault { node: id, what });
            }
            ("distance_nm", (Some(latitude), Some(longitude), None, _)) => {
                match (constant(&latitude), constant(&longitude)) {
                    (Some(latitude), Some(longitude)) => point(latitude, longitude),
                    _ => None,
                }
            }
            ("size", (Some(Typed::Text(text)), None, ..)) => {
                Some(Typed::Number(Number::Size(text)))
            }
            ("size", (Some(Typed::Sources), None, ..)) => Some(Typed::Number(Number::Sources)),
            (_, (Some(a), Some(b), None, _)) => match comparison(name) {
                Some(comparison) => {
                    return self.compare(comparison, a, b).map_err(|what| Fault { node: id, what });
                }
                None => None,
            },
            _ => None,
        };
        found.map_or_else(|| fault(misused(name)), Ok)
    }

    fn inside(&self, area: &str) -> Result<Typed, String> {
        // The parts of an airspace often share a name: to be in one of them is to be in it.
        let of_name = self.areas.iter().zip(0..).filter(|(name, _)| **name == area);
        let places: Box<[u32]> = of_name.map(|(_, place)| place).collect();
        if places.is_empty() {
            return Err(format!(
                "no airspace is named {area:?}; give a name from the airspace files"
            ));
        }
        Ok(Typed::Bool(Bool::Inside(places)))
    }

    fn compare(&mut self, comparison: Comparison, a: Typed, b: Typed) -> Result<Typed, String> {
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let negated = |condition: Bool| match comparison {
            Comparison::NotEqual => Bool::Not(condition.into()),
            _ => condition,
        };
        Ok(Typed::Bool(match (a, b) {
            (Typed::Null, of) | (of, Typed::Null) if equality => negated(match of {
                Typed::Number(Number::Variable(v)) | Typed::Text(Text::Variable(v)) => {
                    Bool::IsNull(v)
                }
                Typed::Bool(Bool::Flag(v)) => return Err(format!("{} is never null", v.name())),
                _ => return Err("only a variable can be null".to_owned()),
            }),
            (Typed::Bool(a), Typed::Bool(b)) if equality => negated(Bool::Same(a.into(), b.into())),
            (Typed::Text(a), Typed::Text(b)) => Bool::CompareText(comparison, a, b),
            (a, b) => {
                let kinds = (a.kind(), b.kind());
                let (Some(a), Some(b)) = (number(a), number(b)) else {
                    return Err(format!("{} and {} cannot be compared", kinds.0, kinds.1));
                };
                match (a, b) {
                    (Number::Variable(v), Number::Const(limit)) => {
                        self.tell(v, Some(limit));
                        Bool::Holds(v, comparison, limit)
                    }
                    (Number::Const(limit), Number::Variable(v)) => {
                        self.tell(v, Some(limit));
                        Bool::Holds(v, comparison.turned(), limit)
                    }
                    (a, b) => Bool::Compare(comparison, a, b),
                }
            }
        }))
    }
}

impl Comparison {
    /// The same with its sides exchanged.
    fn turned(self) -> Self {
        match self {
            Comparison::Less => Comparison::Greater,
            Comparison::LessOrEqual => Comparison::GreaterOrEqual,
            Comparison::Greater => Comparison::Less,
            Comparison::GreaterOrEqual => Comparison::LessOrEqual,
            same => same,
        }
    }
}

fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        op::EQUALS => Comparison::Equal,
        op::NOT_EQUALS => Comparison::NotEqual,
        op::LESS => Comparison::Less,
        op::LESS_EQUALS => Comparison::LessOrEqual,
        op::GREATER => Comparison::Greater,
        op::GREATER_EQUALS => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

/// A number that is compared: a whole one may be.
fn number(typed: Typed) -> Option<Number> {
    match typed {
        Typed::Number(number) => Some(number),
        Typed::Whole(n) => Some(Number::Const(n as f64)),
        _ => None,
    }
}

fn constant(typed: &Typed) -> Option<f64> {
    match typed {
        Typed::Number(Number::Const(x)) => Some(*x),
        Typed::Whole(n) => Some(*n as f64),
        _ => None,
    }
}

fn reckon(id: u64, name: &str, a: Typed, b: Typed) -> Result<Typed, Fault> {
    let kinds = (a.kind(), b.kind());
    let (Typed::Number(a), Typed::Number(b)) = (a, b) else {
        let what =
            format!("{} and {} cannot be reckoned with; write numbers as 1000.0", kinds.0, kinds.1);
        return Err(Fault { node: id, what });
    };
    Ok(Typed::Number(match (name, a, b) {
        (op::ADD, Number::Const(a), Number::Const(b)) => Number::Const(a + b),
        (op::SUBSTRACT, Number::Const(a), Number::Const(b)) => Number::Const(a - b),
        (op::MULTIPLY, Number::Const(a), Number::Const(b)) => Number::Const(a * b),
        (op::DIVIDE, Number::Const(a), Number::Const(b)) => Number::Const(a / b),
        (op::ADD, a, b) => Number::Add(a.into(), b.into()),
        (op::SUBSTRACT, a, b) => Number::Subtract(a.into(), b.into()),
        (op::MULTIPLY, a, b) => Number::Multiply(a.into(), b.into()),
        (_, a, b) => Number::Divide(a.into(), b.into()),
    }))
}

fn choice(condition: Bool, yes: Typed, no: Typed) -> Option<Typed> {
    let condition = condition.into();
    Some(match (yes, no) {
        (Typed::Bool(a), Typed::Bool(b)) => Typed::Bool(Bool::If(condition, a.into(), b.into())),
        (Typed::Text(a), Typed::Text(b)) => Typed::Text(Text::If(condition, a.into(), b.into())),
        (Typed::Number(a), Typed::Number(b)) => {
            Typed::Number(Number::If(condition, a.into(), b.into()))
        }
        _ => return None,
    })
}

fn member(a: Typed, list: Typed) -> Result<Typed, String> {
    let kind = a.kind();
    Ok(Typed::Bool(match (a, list) {
        (Typed::Text(text), Typed::Texts(list)) => Bool::TextIn(text, list),
        (Typed::Text(Text::Const(source)), Typed::Sources) => {
            let place = SOURCES.iter().position(|name| **name == *source).ok_or_else(|| {
                format!("no kind of source is {source:?}; there are {}", SOURCES.join(", "))
            })?;
            Bool::Source(place as u8)
        }
        (a, Typed::Numbers(list)) => match number(a) {
            Some(a) => Bool::NumberIn(a, list),
            None => return Err(format!("{kind} in a list of numbers")),
        },
        (_, Typed::Texts(_)) => return Err(format!("{kind} in a list of strings")),
        _ => return Err("in needs a list that is written out, or sources".to_owned()),
    }))
}

fn point(latitude_deg: f64, longitude_deg: f64) -> Option<Typed> {
    let point = Geodetic::from_degrees(latitude_deg, longitude_deg, 0.0)?;
    Some(Typed::Number(Number::DistanceNm(point.to_ecef())))
}

fn unknown_name(name: &str) -> String {
    let names: Vec<_> = Variable::ALL.iter().map(|variable| variable.name()).collect();
    format!("nothing is called {name}; there are {}", names.join(", "))
}

fn unknown_function(name: &str) -> String {
    format!(
        "no function {name}; there are inside(\"airspace\"), distance_nm(latitude, longitude), \
         size(text), and of a text startsWith, endsWith and contains"
    )
}

fn misused(name: &str) -> String {
    match name {
        op::LOGICAL_AND | op::LOGICAL_OR | op::LOGICAL_NOT => {
            "&&, || and ! are of what is true or false".to_owned()
        }
        op::CONDITIONAL => "? : needs a condition and two of one type".to_owned(),
        op::NEGATE => "- is of a number".to_owned(),
        op::MODULO => "% is not in a site's rules".to_owned(),
        "inside" => "inside takes the name of an airspace: inside(\"UCP5\")".to_owned(),
        "distance_nm" => {
            "distance_nm takes latitude and longitude in degrees, written out".to_owned()
        }
        "size" => "size is of a text or of sources".to_owned(),
        _ => unknown_function(name),
    }
}
