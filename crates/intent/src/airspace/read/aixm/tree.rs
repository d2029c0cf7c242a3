//! One feature of a message at a time, as a tree of its elements, so that a large message takes no
//! more memory than its largest feature.

use crate::airspace::Fault;
use crate::airspace::defect::quoted;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Most elements of one feature.
const ELEMENTS_MAX: usize = 200_000;
/// Deepest nesting in one feature.
const DEPTH_MAX: usize = 64;
/// Features that are read; others are passed over.
const FEATURES: [&str; 4] = ["Airspace", "AirportHeliport", "DesignatedPoint", "Navaid"];

/// An element by its local name, with the attributes that are used.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) line: u32,
    pub(super) children: Vec<Element>,
}

impl Element {
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    pub(super) fn children_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Trimmed text of a child; `None` where there is none or it is empty.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        let text = self.child(name).map(|child| child.text.trim());
        text.filter(|text| !text.is_empty())
    }

    /// By its local name.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The features of a message that are read, one after the other; ends after the first place where
/// the file is no XML.
pub(super) struct Members<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    /// Octets and lines counted so far.
    counted: (usize, u32),
    broken: bool,
}

impl<'a> Members<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().trim_text(false);
        Self { text, reader, counted: (0, 1), broken: false }
    }

    fn line(&mut self) -> u32 {
        let at = (self.reader.buffer_position() as usize).clamp(self.counted.0, self.text.len());
        let passed = &self.text.as_bytes()[self.counted.0..at];
        let lines = passed.iter().filter(|c| **c == b'\n').count() as u32;
        self.counted = (at, self.counted.1 + lines);
        self.counted.1
    }

    fn event(&mut self) -> Result<Event<'a>, (u32, Fault)> {
        self.reader.read_event().map_err(|why| {
            let at = (self.reader.error_position() as usize).min(self.text.len());
            let lines = self.text.as_bytes()[..at].iter().filter(|c| **c == b'\n').count();
            (1 + lines as u32, Fault::Unreadable { why: quoted(&why.to_string()) })
        })
    }

    fn element(&mut self, start: &BytesStart<'_>) -> Element {
        let mut element = Element {
            name: start.local_name().as_ref().to_owned(),
            line: self.line(),
            ..Element::default()
        };
        for attribute in start.attributes().flatten() {
            let key = attribute.key.local_name();
            if matches!(key.as_ref(), "uom" | "srsName" | "href" | "nilReason") {
                element.attributes.push((key.as_ref().to_owned(), attribute.value.into_owned()));
            }
        }
        element
    }

    /// The tree of an element that has begun. What goes past the bounds is dropped and said.
    fn feature(&mut self, root: Element) -> Result<Element, (u32, Fault)> {
        let begun = root.line;
        let mut open = vec![root];
        let (mut elements, mut dropped) = (1, 0_usize);
        loop {
            match self.event()? {
                Event::Start(_) if dropped > 0 => dropped += 1,
                Event::End(_) if dropped > 0 => dropped -= 1,
                Event::Start(_) if elements >= ELEMENTS_MAX || open.len() >= DEPTH_MAX => {
                    elements = ELEMENTS_MAX + 1;
                    dropped = 1;
                }
                Event::Start(start) => {
                    elements += 1;
                    open.push(self.element(&start));
                }
                Event::Empty(start) if dropped == 0 && elements < ELEMENTS_MAX => {
                    elements += 1;
                    let element = self.element(&start);
                    if let Some(parent) = open.last_mut() {
                        parent.children.push(element);
                    }
                }
                Event::Empty(_) => elements += 1,
                Event::End(_) => {
                    let Some(done) = open.pop() else { continue };
                    let Some(parent) = open.last_mut() else {
                        if elements > ELEMENTS_MAX {
                            let what = "elements of one feature, or nested too deep";
                            return Err((begun, Fault::TooMuch { what, limit: ELEMENTS_MAX }));
                        }
                        return Ok(done);
                    };
                    parent.children.push(done);
                }
                Event::Text(text) if dropped == 0 => append(&mut open, text.as_ref()),
                Event::CData(text) if dropped == 0 => append(&mut open, text.as_ref()),
                Event::GeneralRef(reference) if dropped == 0 => {
                    let named = match reference.resolve_char_ref() {
                        Ok(Some(c)) => Some(c),
                        _ => named(&reference),
                    };
                    append(&mut open, named.unwrap_or('\u{fffd}').encode_utf8(&mut [0; 4]));
                }
                Event::Eof => {
                    self.broken = true;
                    let why = "the file ends within a feature".to_owned();
                    return Err((begun, Fault::Unreadable { why }));
                }
                _ => {}
            }
        }
    }
}

fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// XML's own entities (XML 1.0 §4.6); others would have to be declared, and are not looked up.
fn named(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "apos" => '\'',
        "quot" => '"',
        _ => return None,
    })
}

impl Iterator for Members<'_> {
    type Item = Result<Element, (u32, Fault)>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.broken {
            match self.event() {
                Ok(Event::Start(start)) => {
                    if FEATURES.contains(&start.local_name().as_ref()) {
                        let root = self.element(&start);
                        let feature = self.feature(root);
                        self.broken |= matches!(feature, Err((_, Fault::Unreadable { .. })));
                        return Some(feature);
                    }
                }
                Ok(Event::Eof) => return None,
                Ok(_) => {}
                Err(fault) => {
                    self.broken = true;
                    return Some(Err(fault));
                }
            }
        }
        None
    }
}
