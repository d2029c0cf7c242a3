//! The records of a batch, for its hash list: the fields of its Protocol Buffers message, so that
//! one object can be proven to have been sent without showing the others.

use ledger::LIST_COUNT_MAX;

/// The top-level fields of `bytes` in order, each with its tag; together they are `bytes`. What is
/// no such message, or has too many fields, is one record.
pub fn records(bytes: &[u8]) -> Vec<&[u8]> {
    split(bytes).unwrap_or_else(|| vec![bytes])
}

fn split(mut rest: &[u8]) -> Option<Vec<&[u8]>> {
    let mut records = Vec::new();
    while !rest.is_empty() {
        let (tag, mut after) = varint(rest)?;
        after = match tag & 7 {
            0 => varint(after)?.1,
            1 => after.get(8..)?,
            2 => {
                let (length, after) = varint(after)?;
                after.get(usize::try_from(length).ok()?..)?
            }
            5 => after.get(4..)?,
            _ => return None,
        };
        let (record, others) = rest.split_at(rest.len() - after.len());
        records.push(record);
        rest = others;
        if records.len() > LIST_COUNT_MAX {
            return None;
        }
    }
    Some(records)
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (place, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[place + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_falls_apart_into_its_fields() {
        // Field 1 = 150, field 2 = "testing": the examples of the Protocol Buffers encoding guide.
        let bytes = b"\x08\x96\x01\x12\x07testing";
        assert_eq!(records(bytes), [&bytes[..3], &bytes[3..]]);
        assert_eq!(records(b"\xFFno message"), [b"\xFFno message"]);
    }

    proptest! {
        #[test]
        fn records_are_all_of_the_bytes(bytes in prop::collection::vec(any::<u8>(), 1..200)) {
            prop_assert_eq!(records(&bytes).concat(), bytes);
        }
    }
}
