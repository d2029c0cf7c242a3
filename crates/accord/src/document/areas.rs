//! Zones, borders and the areas made of them.

use super::reader::Reader;
use super::{Fallible, misfit};
use crate::area::{Area, Form, Polygon, Shape, ShapeError, Strip};
use crate::place::Path;
use crate::text::{self, Document};
use geodesy::units::METRES_PER_NM;
use std::sync::Arc;

impl Reader {
    pub(super) fn shapes(&mut self, document: &Document) -> Fallible<()> {
        for (name, zone) in &document.zone {
            let path = Path::root().key("zone").key(name);
            let form = match (&zone.polygon, &zone.circle) {
                (Some(corners), None) => polygon(&path.key("polygon"), corners)?,
                (None, Some(circle)) => round(&path.key("circle"), circle)?,
                _ => return misfit(&path, "give either a polygon or a circle"),
            };
            let title = zone.title.clone().unwrap_or_else(|| name.clone());
            self.zones.insert(name.clone(), Arc::new(Shape::new(&title, form)));
        }
        for (name, border) in &document.border {
            let path = Path::root().key("border").key(name).key("line");
            Strip::new(&border.line, 1.0).map_err(|error| (path, error.to_string()))?;
            let title = border.title.clone().unwrap_or_else(|| name.clone());
            self.borders.insert(name.clone(), (title, border.line.clone()));
        }
        Ok(())
    }

    pub(super) fn area(&mut self, path: &Path, parts: &[text::AreaPart]) -> Fallible<Area> {
        let mut shapes: Vec<Arc<Shape>> = Vec::new();
        let mut anywhere = false;
        for (index, part) in parts.iter().enumerate() {
            let path = path.index(index);
            let said = [
                part.anywhere.is_some(),
                part.zone.is_some(),
                part.border.is_some(),
                part.polygon.is_some(),
                part.circle.is_some(),
            ];
            if said.iter().filter(|said| **said).count() != 1 {
                let said = "give one of anywhere, zone, border, polygon and circle in each part";
                return misfit(&path, said);
            }
            match part.anywhere {
                Some(true) => anywhere = true,
                Some(false) => {
                    return misfit(&path.key("anywhere"), "false says nothing; leave it out");
                }
                None => shapes.push(self.shape(&path, part)?),
            }
        }
        match (anywhere, shapes.is_empty()) {
            (true, true) => Ok(Area::Anywhere),
            (true, false) => misfit(path, "anywhere holds the other parts; leave them out"),
            (false, true) => misfit(path, "no area; give a part, or { anywhere = true }"),
            (false, false) => Ok(Area::Shapes(shapes)),
        }
    }

    pub(super) fn shape(&mut self, path: &Path, part: &text::AreaPart) -> Fallible<Arc<Shape>> {
        if let Some(name) = &part.zone {
            let known: Vec<&str> = self.zones.keys().map(String::as_str).collect();
            let said = || format!("there is no zone {name:?}; the zones are {}", known.join(", "));
            return self.zones.get(name).cloned().ok_or_else(|| (path.key("zone"), said()));
        }
        if let Some(name) = &part.border {
            let Some((title, line)) = self.borders.get(name) else {
                let known: Vec<&str> = self.borders.keys().map(String::as_str).collect();
                let said = format!("there is no border {name:?}; they are {}", known.join(", "));
                return misfit(&path.key("border"), said);
            };
            let Some(within_nm) = part.within_nm else {
                return misfit(path, "a border needs within_nm: how far on either side");
            };
            let key = (name.clone(), within_nm.to_bits());
            if let Some(known) = self.strips.get(&key) {
                return Ok(known.clone());
            }
            let strip = Strip::new(line, within_nm * METRES_PER_NM)
                .map_err(|error| (path.key("within_nm"), error.to_string()))?;
            let name = format!("within {within_nm} NM of {title}");
            let shape = Arc::new(Shape::new(&name, Form::Strip(strip)));
            self.strips.insert(key, shape.clone());
            return Ok(shape);
        }
        let form = match (&part.polygon, &part.circle) {
            (Some(corners), _) => polygon(&path.key("polygon"), corners)?,
            (None, Some(circle)) => round(&path.key("circle"), circle)?,
            (None, None) => return misfit(path, "give a zone, border, polygon or circle"),
        };
        Ok(Arc::new(Shape::new("an area of its own", form)))
    }
}

pub(super) fn polygon(path: &Path, corners: &[[f64; 2]]) -> Fallible<Form> {
    Polygon::new(corners).map(Form::Polygon).map_err(|error| {
        let path = match error {
            ShapeError::NotOnEarth(index) | ShapeError::Degenerate(index) => path.index(index),
            _ => path.clone(),
        };
        (path, error.to_string())
    })
}

pub(super) fn round(path: &Path, circle: &text::Circle) -> Fallible<Form> {
    let strip = Strip::new(&[circle.center], circle.radius_nm * METRES_PER_NM);
    strip.map(Form::Strip).map_err(|error| (path.clone(), error.to_string()))
}
