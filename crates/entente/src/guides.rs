//! What the guides tell a reader to type is understood: each command by the program's own arguments,
//! each table by the configuration's own reader. What can be run in a moment, `tests/tutorial.rs` runs.

use crate::args::Cli;
use clap::Parser;
use clap::error::ErrorKind;
use std::fs;
use std::path::{Path, PathBuf};

/// A page of the manual, as Markdown.
struct Page {
    name: String,
    text: String,
}

/// A box of a page: what stands behind its opening fence, its first line's number and its text.
struct Block {
    kind: String,
    line: usize,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn pages() -> Vec<Page> {
    let mut files = vec!["README.md".to_owned()];
    for folder in
        ["docs", "docs/concepts", "docs/how-to", "docs/design", "docs/reference", "docs/scenarios"]
    {
        let names = fs::read_dir(root().join(folder)).expect("a folder of the manual");
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        files.extend(
            names.filter(|name| name.ends_with(".md")).map(|name| format!("{folder}/{name}")),
        );
    }
    files.sort();
    let read = |name: String| Page { text: fs::read_to_string(root().join(&name)).unwrap(), name };
    files.into_iter().map(read).collect()
}

impl Page {
    fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<Block> = None;
        for (number, line) in self.text.lines().enumerate() {
            let fence = line.trim_start().strip_prefix("```");
            match (fence, open.take()) {
                (Some(kind), None) => {
                    open = Some(Block {
                        kind: kind.to_owned(),
                        line: number + 2,
                        text: String::new(),
                    });
                }
                (Some(_), Some(block)) => blocks.push(block),
                (None, Some(mut block)) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                    open = Some(block);
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{}: a box is not closed", self.name);
        blocks
    }

    /// `entente …` within a sentence.
    fn mentions(&self) -> Vec<String> {
        let mut inside = false;
        let prose = self.text.lines().filter(|line| {
            let fence = line.trim_start().starts_with("```");
            inside ^= fence;
            !inside && !fence
        });
        let prose: Vec<&str> = prose.collect();
        let prose = prose.join("\n");
        let spans = prose.split('`').skip(1).step_by(2);
        spans.map(bare).filter(|span| span.starts_with("entente ")).map(str::to_owned).collect()
    }
}

/// A command without the variables that are set before it.
fn bare(command: &str) -> &str {
    match command.split_once(' ') {
        Some((word, rest)) if word.split_once('=').is_some_and(|(name, _)| is_variable(name)) => {
            bare(rest)
        }
        _ => command,
    }
}

fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

/// The words of a line as a shell takes them: quotes, `$NAME` of what was set before, `#`.
fn words(line: &str, set: &[(String, String)]) -> Vec<String> {
    let mut words = vec![];
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(mark), c) if c == mark => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => break,
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    assert_eq!(quote, None, "a quote is not closed: {line}");
    words.extend(word);
    for word in &mut words {
        for (name, value) in set {
            *word = word.replace(&format!("${name}"), value);
        }
    }
    words
}

#[test]
fn every_command_of_the_manual_is_one_that_the_program_understands() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for page in pages() {
        for block in page.blocks().into_iter().filter(|block| block.kind == "sh") {
            let mut set = Vec::new();
            // Lines that are broken count as one, at the first.
            let text = block.text.replace("\\\n", " ");
            for (i, line) in text.lines().enumerate() {
                let line = line.trim().trim_end_matches(" &");
                if let Some((name, value)) = line.split_once('=')
                    && is_variable(name)
                {
                    set.push((name.to_owned(), value.to_owned()));
                }
                for command in
                    line.split(" | ").map(bare).filter(|part| part.starts_with("entente "))
                {
                    count += 1;
                    if let Err(error) = Cli::try_parse_from(words(command, &set)) {
                        wrong.push(format!("{}:{}: {command}: {error}", page.name, block.line + i));
                    }
                }
            }
        }
        for mention in page.mentions() {
            count += 1;
            // A sentence may leave out what the command is given.
            let given_less = [
                ErrorKind::MissingRequiredArgument,
                ErrorKind::MissingSubcommand,
                ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
                ErrorKind::DisplayHelp,
            ];
            if let Err(error) = Cli::try_parse_from(words(&mention, &[]))
                && !given_less.contains(&error.kind())
            {
                wrong.push(format!("{}: `{mention}`: {error}", page.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 100, "only {count} commands were found");
}

/// What a step of an exercise needs beside it.
const SCREENS: &str = r#"
title = "Two nodes"
notice = "SIMULATED traffic"

[[screen]]
party = "KGZ"
title = "Bishkek"
console = "127.0.0.1:8481"

[[screen]]
party = "TJK"
title = "Dushanbe"
console = "127.0.0.1:8484"

"#;

#[test]
fn every_table_of_the_guides_is_one_that_a_node_reads() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for page in pages() {
        for block in page.blocks() {
            if block.kind.split(' ').next() != Some("toml") {
                continue;
            }
            count += 1;
            let place = format!("{}:{}", page.name, block.line);
            let text = block.text.trim_start();
            if text.starts_with("[[step]]") {
                if let Err(error) =
                    node::exercise::Exercise::parse(&place, &format!("{SCREENS}{text}"))
                {
                    wrong.push(error.to_string());
                }
            } else if text.starts_with("[[permission]]") {
                let (permissions, defects) = intent::airspace::read::permissions(text.as_bytes());
                if permissions.is_empty() || !defects.is_empty() {
                    wrong.push(format!("{place}: {defects:?}"));
                }
            } else if let Err(error) = node::config::parse(&place, text) {
                wrong.push(error.to_string());
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 20, "only {count} tables were found");
}
