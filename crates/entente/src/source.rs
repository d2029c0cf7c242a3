//! What a command reads ASTERIX and its like from: a file, the standard input, or what comes over UDP.

use crate::args::Container;
use crate::commands::Misuse;
use anyhow::{Context, Result, anyhow};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use recording::container::{ContainerError, Format, Reader};
use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::Path;
use surveillance::Time;

/// Shorter files are read before anyone looks at a bar.
const PROGRESS_BYTES_MIN: u64 = 32 << 20;

/// Where data come from, as a user writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source<'a> {
    File(&'a Path),
    /// `-`
    StandardInput,
    /// `udp://ADDRESS:PORT`, for what comes from now on.
    Udp(&'a str),
}

/// A recording that is being read, and how far that is, for people.
pub(crate) struct Input {
    pub(crate) reader: Reader<Box<dyn Read>>,
    bar: ProgressBar,
}

impl Drop for Input {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl<'a> Source<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        match text {
            "-" => Self::StandardInput,
            _ if text.starts_with("udp://") => Self::Udp(text),
            _ => Self::File(Path::new(text)),
        }
    }

    pub(crate) fn name(self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::StandardInput => "standard input".to_owned(),
            Self::Udp(url) => url.to_owned(),
        }
    }

    /// Opens a recording: as `container` where that is said, else as what it looks like. `day` is that
    /// on which one without dates began.
    ///
    /// # Errors
    /// If it cannot be read or is of no known format.
    pub(crate) fn open(self, container: Option<Container>, day: Option<Time>) -> Result<Input> {
        let name = self.name();
        let (bytes, bar): (Box<dyn Read>, ProgressBar) = match self {
            Self::File(path) => {
                let file = File::open(path).with_context(|| name.clone())?;
                let length = file.metadata().map_or(0, |about| about.len());
                let bar = match length >= PROGRESS_BYTES_MIN && std::io::stderr().is_terminal() {
                    true => ProgressBar::new(length),
                    false => ProgressBar::hidden(),
                };
                let style = "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
                bar.set_style(ProgressStyle::with_template(style).context("progress bar")?);
                (Box::new(bar.wrap_read(file)), bar)
            }
            Self::StandardInput => (Box::new(std::io::stdin()), ProgressBar::hidden()),
            Self::Udp(_) => return Err(Misuse(format!("{name} is no recording")).into()),
        };
        let reader = match container {
            Some(container) => Reader::of_format(bytes, name, container.format()),
            None => Reader::new(bytes, name),
        };
        let mut reader = reader.map_err(with_remedy)?;
        if let Some(day) = day {
            reader = reader.on_day_of(day);
        }
        Ok(Input { reader, bar })
    }

    /// Refuses a container for what has none.
    pub(crate) fn check(self, container: Option<Container>) -> Result<()> {
        let is_wrong = matches!(self, Self::Udp(_)) && container.is_some();
        let said = "what comes over UDP is datagrams; leave --container out";
        if is_wrong { Err(Misuse(said.to_owned()).into()) } else { Ok(()) }
    }
}

fn with_remedy(error: ContainerError) -> anyhow::Error {
    match error {
        ContainerError::FormatUnknown { .. } => {
            let known = Container::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            let known: Vec<String> = known.map(|value| value.get_name().to_owned()).collect();
            anyhow!("{error}; if you know which, say it: --container {}", known.join("|"))
        }
        error => error.into(),
    }
}

/// Whether its records have no date of their own.
pub(crate) fn is_undated(format: Format) -> bool {
    matches!(format, Format::Final | Format::RawAsterix | Format::Gps | Format::Oradis)
}
