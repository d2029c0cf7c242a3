//! Records into data blocks, and blocks into datagrams no larger than a link carries.

use crate::fields::{EncodeError, Fields};

/// Collects encoded records into datagrams of at most so many octets: a block for each run of records
/// of one category.
#[derive(Debug, Clone)]
pub struct Datagrams {
    octets_max: usize,
    datagram: Vec<u8>,
    /// Where the block begins that the next record of its category joins.
    block: Option<usize>,
}

/// CAT and LEN.
const HEADER: usize = 3;

impl Datagrams {
    /// Of at most `octets_max` octets each: 1,472 is what UDP over Ethernet carries unbroken. A
    /// record that is larger by itself goes alone, and one that is larger than LEN can say is refused.
    pub fn new(octets_max: usize) -> Self {
        let octets_max = octets_max.min(usize::from(u16::MAX));
        Self { octets_max, datagram: Vec::new(), block: None }
    }

    /// Takes a record in; returns the datagram before it, if the record no longer fits in that.
    ///
    /// # Errors
    /// If the record cannot be encoded or is too long for a block; what was collected stays.
    pub fn push(&mut self, fields: &Fields) -> Result<Option<Vec<u8>>, EncodeError> {
        let category = fields.spec().category;
        let before = self.datagram.len();
        let joins = self.block.is_some_and(|start| self.datagram[start] == category);
        if !joins {
            self.datagram.extend_from_slice(&[category, 0, 0]);
        }
        let start = self.datagram.len();
        let encoded = fields.encode(&mut self.datagram).and_then(|()| {
            let fits = self.datagram.len() - start <= usize::from(u16::MAX) - HEADER;
            if fits { Ok(()) } else { Err(EncodeError { category, item: None }) }
        });
        if let Err(error) = encoded {
            self.datagram.truncate(before);
            return Err(error);
        }
        let mut full = None;
        if self.datagram.len() > self.octets_max && before > 0 {
            let record = self.datagram.split_off(before);
            full = Some(std::mem::replace(&mut self.datagram, record));
            if joins {
                self.datagram.splice(0..0, [category, 0, 0]);
            }
            self.block = Some(0);
        } else if !joins {
            self.block = Some(before);
        }
        self.put_length();
        Ok(full)
    }

    /// The last datagram, if anything was collected; nothing is afterwards.
    pub fn finish(&mut self) -> Option<Vec<u8>> {
        self.block = None;
        Some(std::mem::take(&mut self.datagram)).filter(|datagram| !datagram.is_empty())
    }

    fn put_length(&mut self) {
        let start = self.block.unwrap_or(0);
        let length = u16::try_from(self.datagram.len() - start).unwrap_or(u16::MAX);
        self.datagram[start + 1..start + HEADER].copy_from_slice(&length.to_be_bytes());
    }
}
