//! Formats that go out update by update: each tells what was told anew since the one before.

use crate::cat062::Datagrams;
use crate::tak::{self, Framing};
use crate::{Mirror, Object, cot, sbs};
use accord::PartnerNumber;
use std::collections::BTreeMap;
use surveillance::SensorId;

/// What a stream is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamFormat {
    /// BaseStation lines.
    Sbs,
    /// Cursor on Target as XML, one event after another.
    Cot,
    /// TAK protocol version 1, each message a datagram.
    TakMesh,
    /// TAK protocol version 1, in a stream.
    TakStream,
    /// ASTERIX as this system area and identification code.
    Asterix(SensorId),
}

/// One consumer's stream. What it remembers is of the mirror alone.
#[derive(Debug, Clone)]
pub struct Stream {
    form: StreamFormat,
    epoch: u32,
    /// How often each object was told when it was written last.
    written: BTreeMap<PartnerNumber, u64>,
    asterix: Option<Datagrams>,
}

impl Stream {
    /// One that has written nothing.
    pub fn new(form: StreamFormat) -> Self {
        let asterix = match form {
            StreamFormat::Asterix(sender) => Some(Datagrams::new(sender)),
            _ => None,
        };
        Self { form, epoch: 0, written: BTreeMap::new(), asterix }
    }

    /// What was told anew and what has ended since the last call, in pieces: a datagram each where
    /// the format has datagrams.
    pub fn update(&mut self, mirror: &Mirror) -> Vec<Vec<u8>> {
        if let Some(datagrams) = &mut self.asterix {
            return datagrams.update(mirror);
        }
        let Some(now) = mirror.slot() else { return Vec::new() };
        let epoch = std::mem::replace(&mut self.epoch, mirror.epoch());
        if epoch != self.epoch {
            // Objects of another epoch have other names; theirs are stale by themselves.
            self.written.clear();
        }
        let is_gone = |number: &PartnerNumber| mirror.get(*number).is_none();
        let gone: Vec<PartnerNumber> = self.written.keys().copied().filter(is_gone).collect();
        let news: Vec<&Object> = (mirror.tracks().map(AsRef::as_ref))
            .filter(|object: &&Object| self.written.get(&object.item.number) != Some(&object.told))
            .collect();
        let mut pieces = Vec::new();
        for number in gone {
            self.written.remove(&number);
            let uid = cot::uid(mirror, number);
            match self.form {
                StreamFormat::Cot => {
                    let mut text = String::new();
                    cot::delete_xml(&uid, now, &mut text);
                    pieces.push(text.into_bytes());
                }
                StreamFormat::TakMesh => pieces.push(tak::delete(&uid, now, Framing::Mesh)),
                StreamFormat::TakStream => pieces.push(tak::delete(&uid, now, Framing::Stream)),
                StreamFormat::Sbs | StreamFormat::Asterix(_) => {}
            }
        }
        self.written.extend(news.iter().map(|object| (object.item.number, object.told)));
        pieces.extend(write(self.form, mirror, news.into_iter()));
        pieces
    }

    /// All that stands, for somebody who joins or has missed something. Empty for ASTERIX, whose
    /// every update is whole.
    pub fn snapshot(&self, mirror: &Mirror) -> Vec<Vec<u8>> {
        write(self.form, mirror, mirror.tracks().map(AsRef::as_ref))
    }
}

fn write<'a>(
    form: StreamFormat,
    mirror: &'a Mirror,
    objects: impl Iterator<Item = &'a Object>,
) -> Vec<Vec<u8>> {
    let events = |objects| Iterator::filter_map(objects, |object| cot::event(mirror, object));
    match form {
        StreamFormat::Asterix(_) => Vec::new(),
        StreamFormat::Sbs => {
            let text = sbs::text(mirror, objects);
            if text.is_empty() { Vec::new() } else { vec![text] }
        }
        StreamFormat::Cot => {
            let xml = |event| {
                let mut text = String::new();
                cot::xml(&event, &mut text);
                text.into_bytes()
            };
            events(objects).map(xml).collect()
        }
        StreamFormat::TakMesh => events(objects).map(|e| tak::event(&e, Framing::Mesh)).collect(),
        StreamFormat::TakStream => {
            events(objects).map(|e| tak::event(&e, Framing::Stream)).collect()
        }
    }
}
