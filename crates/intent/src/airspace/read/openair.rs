//! OpenAir: the WinPilot format of 1998 (version 1) and Naviter's version 2.1 of 2025.
//!
//! | command | what it says |
//! |---|---|
//! | `AC` | class A–G, or in version 1 also the kind; begins an airspace |
//! | `AY` `AN` `AL` `AH` `AA` | kind, name, lower and upper limit, times of activity |
//! | `V X=` `V D=` `V W=` | centre, direction of arcs (`+` clockwise), width of an airway in NM |
//! | `DP` `DA` `DB` `DC` `DY` | corner, arc by bearings, arc by ends, circle, airway |
//! | `AF` `AG` `AX` `AI` `AT` `AP` `SP` `SB` `V Z=` `V T=` `TO` `TC` | radio, labels, drawing, terrain: passed over |

use super::values::{limit, period, positions};
use super::{Reading, Understood, lines};
use crate::airspace::geometry::{SIZE_MAX_M, arc, arc_sides};
use crate::airspace::{Activation, Airspace, Class, Fault, Geometry, Kind, Limit, Limits, Polygon};
use geodesy::Geodetic;
use geodesy::units::METRES_PER_NM;
use std::f64::consts::TAU;

const MILES_WANTED: &str = "a number of nautical miles above 0 such as 5.5";
const BEARINGS_WANTED: &str = "radius in NM, start and end bearing in degrees, as in 10,270,290";
/// The ends of an arc by ends may be this much further from or nearer to the centre, part of it.
const ARC_MISFIT: f64 = 0.05;

/// Reads OpenAir. Defects are named by the command they stand in.
pub fn openair(bytes: &[u8]) -> Understood {
    let mut reading = match Reading::of(bytes) {
        Ok(reading) => reading,
        Err(refused) => return refused,
    };
    let (mut draft, mut pen) = (None, Pen::default());
    for (number, line) in lines(bytes) {
        let line = line.split('*').next().unwrap_or_default().trim();
        let (command, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let (command, rest) = (command.to_ascii_uppercase(), rest.trim());
        match command.as_str() {
            "" | "AF" | "AG" | "AX" | "AI" | "AT" | "AP" | "SP" | "SB" => {}
            "AC" => {
                finish(draft.take(), &mut reading);
                pen.anticlockwise = false;
                draft = Some(Draft::begun(number, rest));
            }
            // Terrain ends an airspace, and its corners are nobody's.
            "TO" | "TC" => finish(draft.take(), &mut reading),
            "V" => {
                if let Err(fault) = pen.set(rest) {
                    broken(draft.as_mut(), &mut reading, number, "V", fault);
                }
            }
            "AN" | "AY" | "AL" | "AH" | "AA" | "DP" | "DA" | "DB" | "DC" | "DY" => {
                let Some(own) = draft.as_mut() else {
                    if command.starts_with('A') {
                        reading.note(
                            Some(number),
                            &command,
                            None,
                            Fault::Missing { what: "AC before it" },
                        );
                    }
                    continue;
                };
                if let Err(fault) = own.add(number, &command, rest, &pen, &mut reading) {
                    broken(Some(own), &mut reading, number, &command, fault);
                }
            }
            _ => {
                let name = draft.as_ref().and_then(|draft| draft.name.as_deref());
                reading.note(Some(number), &command, name, Fault::unknown(line));
            }
        }
    }
    finish(draft, &mut reading);
    reading.end()
}

/// Notes the fault; the airspace it is in is left out.
fn broken(draft: Option<&mut Draft>, reading: &mut Reading, line: u32, field: &str, fault: Fault) {
    let name = draft.as_ref().and_then(|draft| draft.name.clone());
    reading.note(Some(line), field, name.as_deref(), fault);
    if let Some(draft) = draft {
        draft.broken = true;
    }
}

/// What `V` has set.
#[derive(Default)]
struct Pen {
    centre: Option<Geodetic>,
    anticlockwise: bool,
    width_m: Option<f64>,
}

impl Pen {
    fn set(&mut self, text: &str) -> Result<(), Fault> {
        let (variable, value) = text.split_once('=').ok_or_else(|| Fault::unknown(text))?;
        match variable.trim().to_ascii_uppercase().as_str() {
            "X" => self.centre = Some(one_position(value)?),
            "D" => match value.trim() {
                "+" => self.anticlockwise = false,
                "-" => self.anticlockwise = true,
                other => return Err(Fault::value(other, "+ or -")),
            },
            "W" => self.width_m = Some(miles(value)?),
            "Z" | "T" => {}
            _ => return Err(Fault::unknown(text)),
        }
        Ok(())
    }

    fn centre(&self) -> Result<Geodetic, Fault> {
        self.centre.ok_or(Fault::Missing { what: "V X= before it" })
    }
}

/// An airspace being read.
struct Draft {
    line: u32,
    class: Option<Class>,
    kind: Kind,
    name: Option<String>,
    lower: Option<Limit>,
    upper: Option<Limit>,
    activation: Activation,
    corners: Vec<Geodetic>,
    /// Line of each corner.
    lines: Vec<u32>,
    circle: Option<(Geodetic, f64)>,
    airway: Vec<Geodetic>,
    width_m: Option<f64>,
    broken: bool,
}

impl Draft {
    fn begun(line: u32, word: &str) -> Self {
        let class = Class::from_letter(word);
        let kind = match (class, word.to_ascii_uppercase().as_str()) {
            // Controlled, and no word of which sort.
            (Some(Class::A | Class::B | Class::C | Class::D | Class::E), _) => Kind::Cta,
            (None, "" | "UNC") => Kind::Other("airspace".to_owned()),
            _ => Kind::from_word(word),
        };
        Self {
            line,
            class,
            kind,
            name: None,
            lower: None,
            upper: None,
            activation: Activation::Always,
            corners: Vec::new(),
            lines: Vec::new(),
            circle: None,
            airway: Vec::new(),
            width_m: None,
            broken: false,
        }
    }

    fn add(
        &mut self,
        line: u32,
        command: &str,
        text: &str,
        pen: &Pen,
        reading: &mut Reading,
    ) -> Result<(), Fault> {
        match command {
            "AN" => self.name = Some(text.to_owned()),
            "AY" if text.eq_ignore_ascii_case("NONE") => {}
            "AY" => self.kind = Kind::from_word(text),
            "AL" => self.lower = Some(limit(text)?),
            "AH" => self.upper = Some(limit(text)?),
            "AA" => self.active(text)?,
            "DP" => self.corner(line, one_position(text)?),
            "DC" => {
                if self.circle.replace((pen.centre()?, miles(text)?)).is_some() {
                    return Err(Fault::Twice { name: "DC".to_owned() });
                }
            }
            "DY" => {
                self.airway.push(one_position(text)?);
                self.width_m = pen.width_m;
            }
            "DA" => self.arc_by_bearings(line, text, pen, reading)?,
            _ => self.arc_by_ends(line, text, pen, reading)?,
        }
        Ok(())
    }

    fn corner(&mut self, line: u32, corner: Geodetic) {
        self.corners.push(corner);
        self.lines.push(line);
    }

    fn active(&mut self, text: &str) -> Result<(), Fault> {
        // Version 2.1 puts remarks behind a semicolon in its examples.
        let text = text.split(';').next().unwrap_or_default().trim();
        if text.eq_ignore_ascii_case("NONE") {
            self.activation = Activation::ByNotice;
            return Ok(());
        }
        let period = period(text)?;
        match &mut self.activation {
            Activation::Periods(periods) => periods.push(period),
            // Without a period of its own it is by notice, whatever follows.
            Activation::ByNotice => {}
            _ => self.activation = Activation::Periods(vec![period]),
        }
        Ok(())
    }

    fn arc_by_bearings(
        &mut self,
        line: u32,
        text: &str,
        pen: &Pen,
        reading: &mut Reading,
    ) -> Result<(), Fault> {
        let wrong = || Fault::value(text, BEARINGS_WANTED);
        let numbers: Result<Vec<f64>, _> =
            text.split(',').map(|part| part.trim().parse::<f64>()).collect();
        let numbers = numbers.map_err(|_| wrong())?;
        let [radius, from, to] = numbers[..] else { return Err(wrong()) };
        let radius_m = radius * METRES_PER_NM;
        let in_range = |bearing: f64| (-360.0..=720.0).contains(&bearing);
        if !(radius_m > 0.0 && radius_m < SIZE_MAX_M && in_range(from) && in_range(to)) {
            return Err(wrong());
        }
        self.arc(line, pen, radius_m, [from.to_radians(), to.to_radians()], reading)
    }

    fn arc_by_ends(
        &mut self,
        line: u32,
        text: &str,
        pen: &Pen,
        reading: &mut Reading,
    ) -> Result<(), Fault> {
        let ends = positions(text)?;
        let [from, to] = ends[..] else {
            return Err(Fault::value(text, "two positions, the ends of the arc"));
        };
        let centre = pen.centre()?;
        let (begin, end) = (centre.geodesic_to(from), centre.geodesic_to(to));
        let radius_m = (begin.distance_m + end.distance_m) / 2.0;
        let misfit_m = (begin.distance_m - end.distance_m).abs();
        if radius_m <= 0.0 || radius_m >= SIZE_MAX_M || misfit_m > ARC_MISFIT * radius_m {
            return Err(Fault::value(text, "two positions equally far from the centre V X="));
        }
        // The ends stand as they are given; between them the radius is their mean.
        self.corner(line, from);
        let bearings = [begin.bearing_rad, end.bearing_rad];
        self.arc(line, pen, radius_m, bearings, reading)?;
        self.corner(line, to);
        Ok(())
    }

    fn arc(
        &mut self,
        line: u32,
        pen: &Pen,
        radius_m: f64,
        [from_rad, to_rad]: [f64; 2],
        reading: &mut Reading,
    ) -> Result<(), Fault> {
        let centre = pen.centre()?;
        let turned = |from: f64, to: f64| {
            let angle = (to - from).rem_euclid(TAU);
            if angle == 0.0 { TAU } else { angle }
        };
        let clockwise = if pen.anticlockwise { [to_rad, from_rad] } else { [from_rad, to_rad] };
        let angle_rad = turned(clockwise[0], clockwise[1]);
        reading.spend(arc_sides(radius_m, angle_rad) + 1)?;
        let mut corners = arc(centre, radius_m, clockwise[0], clockwise[0] + angle_rad);
        if pen.anticlockwise {
            corners.reverse();
        }
        corners.into_iter().for_each(|corner| self.corner(line, corner));
        Ok(())
    }
}

fn finish(draft: Option<Draft>, reading: &mut Reading) {
    let Some(draft) = draft.filter(|draft| !draft.broken) else { return };
    let given = draft.name.filter(|name| !name.is_empty());
    let mut missing = |field: &str, what| {
        reading.note(Some(draft.line), field, given.as_deref(), Fault::Missing { what });
    };
    let (Some(lower), Some(upper)) = (draft.lower, draft.upper) else {
        let (field, what) = if draft.lower.is_none() {
            ("AL", "the lower limit")
        } else {
            ("AH", "the upper limit")
        };
        return missing(field, what);
    };
    let geometry = match (draft.circle, draft.corners.is_empty(), draft.airway.is_empty()) {
        (Some((centre, radius_m)), true, true) => Geometry::Circle { centre, radius_m },
        (None, false, true) => {
            Geometry::Polygons(vec![Polygon { outer: draft.corners, holes: Vec::new() }])
        }
        (None, true, false) => match draft.width_m {
            Some(width_m) => Geometry::Corridor { line: draft.airway, half_width_m: width_m / 2.0 },
            None => return missing("DY", "V W= before it"),
        },
        (None, true, true) => return missing("DP", "an outline (DP, DA, DB, DC or DY)"),
        _ => return missing("DC", "an AC of its own before the second outline"),
    };
    if given.is_none() {
        missing("AN", "the name");
    }
    let name = given.unwrap_or_else(|| format!("unnamed, line {}", draft.line));
    let airspace = Airspace {
        class: draft.class,
        activation: draft.activation,
        line: Some(draft.line),
        ..Airspace::new(name, draft.kind, Limits { lower, upper }, geometry)
    };
    reading.take(airspace, &draft.lines);
}

fn one_position(text: &str) -> Result<Geodetic, Fault> {
    match positions(text)?[..] {
        [position] => Ok(position),
        _ => Err(Fault::value(text, "one position")),
    }
}

fn miles(text: &str) -> Result<f64, Fault> {
    let metres = text.trim().parse::<f64>().ok().map(|miles| miles * METRES_PER_NM);
    metres
        .filter(|metres| *metres > 0.0 && *metres < SIZE_MAX_M)
        .ok_or_else(|| Fault::value(text, MILES_WANTED))
}
