//! `entente inspect`: which editions fit a recording, by trial.

use anyhow::Result;
use asterix::inspect::{Fit, Inspector};
use recording::container::{Item, Reader};
use std::fmt::Write;
use std::path::Path;

/// Every edition reads each of these; more of one source tell nothing new.
const BLOCKS_JUDGED_MAX: u64 = 20_000;

/// What is in a recording, and by which editions it can be read.
///
/// # Errors
/// If the file cannot be read or is of no known format.
pub(crate) fn inspect(path: &Path) -> Result<String> {
    let mut reader = Reader::open(path)?;
    let mut inspector = Inspector::judging_at_most(BLOCKS_JUDGED_MAX);
    let (mut lost, mut streams, mut frames) = (0_u64, 0_u64, 0_u64);
    while let Some(item) = reader.read()? {
        match item {
            Item::Datagram(chunk) => {
                for block in asterix::blocks(chunk.bytes) {
                    match block {
                        Ok(block) => inspector.block(&block),
                        Err(_) => lost += 1,
                    }
                }
            }
            Item::Stream(_) => streams += 1,
            Item::Frame(_) => frames += 1,
            Item::Defect(_) => lost += 1,
        }
    }
    let mut text = format!("{}: {}\n", path.display(), reader.format().name());
    for finding in inspector.findings() {
        let source = finding.source.map_or("unsaid".to_owned(), |source| source.to_string());
        // Writing to a String cannot fail.
        _ = writeln!(text, "CAT{:03} from {source}: {} blocks", finding.category, finding.blocks);
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
    _ = write!(text, ": {} records", fit.records);
    for (count, what) in [
        (fit.defects, "defects"),
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
