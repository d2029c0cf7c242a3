//! Numbers and texts as bytes, little-endian, and back, within bounds.

use surveillance::Time;

/// Bytes that cannot be what they should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BytesError {
    /// Where.
    pub at: usize,
    /// What should be there.
    pub what: &'static str,
}

/// Writes.
#[derive(Debug, Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn raw(&mut self, octets: &[u8]) {
        self.0.extend_from_slice(octets);
    }

    pub(crate) fn u8(&mut self, n: u8) {
        self.0.push(n);
    }

    pub(crate) fn u16(&mut self, n: u16) {
        self.raw(&n.to_le_bytes());
    }

    pub(crate) fn u32(&mut self, n: u32) {
        self.raw(&n.to_le_bytes());
    }

    pub(crate) fn u64(&mut self, n: u64) {
        self.raw(&n.to_le_bytes());
    }

    pub(crate) fn f64(&mut self, x: f64) {
        self.raw(&x.to_le_bytes());
    }

    pub(crate) fn time(&mut self, at: Time) {
        self.raw(&at.unix_nanos().to_le_bytes());
    }

    /// How many of something follow.
    pub(crate) fn len(&mut self, n: usize) {
        self.u32(u32::try_from(n).expect("fewer things than four thousand million fit in memory"));
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.len(text.len());
        self.raw(text.as_bytes());
    }

    pub(crate) fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.u8(u8::from(value.is_some()));
        if let Some(value) = value {
            write(self, value);
        }
    }
}

/// Reads.
#[derive(Debug)]
pub(crate) struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// What was read last should have been `what`.
    pub(crate) fn fault(&self, what: &'static str) -> BytesError {
        BytesError { at: self.at, what }
    }

    pub(crate) fn raw(&mut self, n: usize) -> Result<&'b [u8], BytesError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = rest.get(..n).ok_or(self.fault("cut off"))?;
        self.at += n;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], BytesError> {
        let taken = self.raw(N)?;
        taken.try_into().map_err(|_| self.fault("cut off"))
    }

    pub(crate) fn u8(&mut self) -> Result<u8, BytesError> {
        self.array().map(u8::from_le_bytes)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, BytesError> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, BytesError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, BytesError> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn f64(&mut self) -> Result<f64, BytesError> {
        self.array().map(f64::from_le_bytes)
    }

    pub(crate) fn time(&mut self) -> Result<Time, BytesError> {
        self.array().map(|octets| Time::from_unix_nanos(i64::from_le_bytes(octets)))
    }

    /// How many of something follow: no more than bytes do.
    pub(crate) fn len(&mut self) -> Result<usize, BytesError> {
        let n = self.u32()? as usize;
        if n > self.bytes.len() - self.at {
            Err(self.fault("more things than bytes"))
        } else {
            Ok(n)
        }
    }

    pub(crate) fn text(&mut self, max: usize) -> Result<&'b str, BytesError> {
        let n = self.len()?;
        if n > max {
            return Err(self.fault("text too long"));
        }
        let octets = self.raw(n)?;
        std::str::from_utf8(octets).map_err(|_| self.fault("text that is not UTF-8"))
    }

    pub(crate) fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, BytesError>,
    ) -> Result<Option<T>, BytesError> {
        match self.u8()? {
            0 => Ok(None),
            1 => read(self).map(Some),
            _ => Err(self.fault("neither there nor not")),
        }
    }

    /// Nothing follows.
    pub(crate) fn end(&self) -> Result<(), BytesError> {
        if self.at == self.bytes.len() { Ok(()) } else { Err(self.fault("bytes after the end")) }
    }
}
