//! `entente inspect`: which editions fit a recording, by trial.

use crate::args::Inspect;
use crate::commands::stop_signal;
use crate::decode::live::receive;
use crate::describe::counted;
use crate::source::Source;
use anyhow::Result;
use asterix::inspect::{Fit, Inspector};
use recording::container::Item;
use std::fmt::Write;
use std::ops::ControlFlow;

/// Every edition reads each of these; more of one source tell nothing new.
const BLOCKS_JUDGED_MAX: u64 = 20_000;

/// What is in a recording, or comes over UDP until Ctrl-C, and by which editions it can be read.
///
/// # Errors
/// If it cannot be read or is of no known format.
pub(crate) async fn inspect(options: &Inspect) -> Result<String> {
    let source = Source::of(&options.source);
    source.check(options.container)?;
    let mut inspector = Inspector::judging_at_most(BLOCKS_JUDGED_MAX);
    let (mut read, mut lost, mut streams, mut frames) = (0_u64, 0_u64, 0_u64, 0_u64);
    let mut datagram = |bytes: &[u8], lost: &mut u64| {
        for block in asterix::blocks(bytes) {
            match block {
                Ok(block) => inspector.block(&block),
                Err(_) => *lost += 1,
            }
        }
        read += 1;
        options.limit.is_some_and(|most| read >= most)
    };
    let what = if let Source::Udp(url) = source {
        receive(url, stop_signal()?, |chunk| {
            let enough = datagram(chunk.bytes, &mut lost);
            Ok(if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })
        .await?;
        "datagrams"
    } else {
        let mut input = source.open(options.container, None)?;
        while let Some(item) = input.reader.read()? {
            match item {
                Item::Datagram(chunk) => {
                    if datagram(chunk.bytes, &mut lost) {
                        break;
                    }
                }
                Item::Stream(_) => streams += 1,
                Item::Frame(_) => frames += 1,
                Item::Defect(_) => lost += 1,
            }
        }
        input.reader.format().name()
    };
    let mut text = format!("{}: {what}\n", source.name());
    for finding in inspector.findings() {
        let source = finding.source.map_or("unsaid".to_owned(), |source| source.to_string());
        // Writing to a String cannot fail.
        let blocks = counted(finding.blocks, "block");
        _ = writeln!(text, "CAT{:03} from {source}: {blocks}", finding.category);
        if finding.editions.is_empty() {
            text.push_str("  no tables for this category\n");
        }
        finding.editions.iter().for_each(|fit| fit_line("edition", fit, &mut text));
        finding.expansions.iter().for_each(|fit| fit_line("expansion field", fit, &mut text));
    }
    for (count, what) in [
        (lost, "places are no ASTERIX"),
        (streams, "pieces of byte streams were passed over"),
        (frames, "radio frames were passed over"),
        (inspector.blocks_of_too_many(), "blocks of too many sources were passed over"),
    ] {
        if count > 0 {
            _ = writeln!(text, "{count} {what}");
        }
    }
    Ok(text)
}

fn fit_line(what: &str, fit: &Fit, text: &mut String) {
    _ = write!(text, "  {what} {:5} ", fit.edition);
    text.push_str(if fit.fits() { "fits" } else { "does not fit" });
    _ = write!(text, ": {}", counted(fit.records, "record"));
    if fit.defects > 0 {
        _ = write!(text, ", {}", counted(fit.defects, "defect"));
    }
    for (count, what) in [
        (fit.spare_bits, "spare bits set"),
        (fit.out_of_range, "values out of range"),
        (fit.bad_texts, "odd texts"),
        (fit.unknown_codes, "unknown codes"),
    ] {
        if count > 0 {
            _ = write!(text, ", {count} {what}");
        }
    }
    if let Some(defect) = &fit.first_defect {
        _ = write!(text, " (first: {defect})");
    }
    text.push('\n');
}
