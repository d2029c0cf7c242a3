//! Small files beside a log, whole or not at all.
//!
//! | bytes | |
//! |---|---|
//! | 8 | which file it is |
//! | 4 | CRC-32 over the rest, little-endian |
//! | … | the rest |

/// Why a file beside the log cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// It does not begin as it should.
    #[error("it is no such file")]
    NotOne,
    /// It was cut, torn or changed.
    #[error("its checksum does not fit: it is torn or was changed")]
    Checksum,
    /// It is whole, and says what cannot be.
    #[error("what it says cannot be")]
    Content,
}

pub(crate) type Kind = [u8; 8];

pub(crate) fn seal(kind: &Kind, content: &[u8]) -> Vec<u8> {
    [kind, &crc32fast::hash(content).to_le_bytes()[..], content].concat()
}

pub(crate) fn unseal<'b>(kind: &Kind, bytes: &'b [u8]) -> Result<&'b [u8], Damage> {
    let rest = bytes.strip_prefix(kind).ok_or(Damage::NotOne)?;
    let (sum, content) = rest.split_first_chunk::<4>().ok_or(Damage::Checksum)?;
    let fits = crc32fast::hash(content) == u32::from_le_bytes(*sum);
    if fits { Ok(content) } else { Err(Damage::Checksum) }
}
