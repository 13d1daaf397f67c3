//! From a path, or a text, to a [`Spec`] or to everything that is wrong with it.
//!
//! The central function is [`load`]. It holds no rule of its own: it runs the steps in order and collects what they
//! say.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::string::FromUtf8Error;

use serde::Deserialize;

use super::place::Place;
use super::problem::Problem;
use super::problems::Problems;
use super::tree::Tree;
use super::types::Spec;
use super::{check, shape, tree};

/// The largest file that is read. A full file, with every default quota of EKS exhausted, is a tenth of this.
const MAX_BYTES: usize = 1024 * 1024;

/// Reads and checks the file; `-` is standard input. Every problem of the file is returned at once.
///
/// # Errors
///
/// Returns what is wrong with the file, be it unreadable or invalid.
pub fn load(path: &Path) -> Result<Spec, Problems> {
    let (name, text) = match path.to_str() {
        Some("-") => ("standard input".to_owned(), read(io::stdin().lock())),
        _ => (path.display().to_string(), File::open(path).map_err(|error| unreadable(&error)).and_then(read)),
    };
    match text {
        Ok(text) => parse(&name, &text),
        Err(problem) => Err(Problems::new(&name, "", vec![problem])),
    }
}

/// Checks the text of a file called `name`. Every problem is returned at once.
///
/// # Errors
///
/// Returns what is wrong with the text.
pub fn parse(name: &str, text: &str) -> Result<Spec, Problems> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    within_limit(text.len())
        .map_err(|problem| vec![problem])
        .and_then(|()| tree::parse(text))
        .and_then(|tree| interpret(&tree, text))
        .map_err(|problems| Problems::new(name, text, problems))
}

fn interpret(tree: &Tree, text: &str) -> Result<Spec, Vec<Problem>> {
    let place = Place::root(&tree.root);
    let mut shape = shape::check(&place, &tree.wrong_tags, text);
    let mut problems = std::mem::take(&mut shape.problems);
    match Spec::deserialize(&shape.value) {
        Ok(spec) => {
            let more = check::check(&spec, &place);
            problems.extend(more.into_iter().filter(|problem| shape.trusts(&problem.path)));
            if problems.is_empty() { Ok(spec) } else { Err(problems) }
        }
        Err(error) if problems.is_empty() => {
            Err(vec![Problem::of_file(format!("the file cannot be understood: {error}"))])
        }
        // The value could not be mended enough for the rules to make sense; its shape is what to report.
        Err(_) => Err(problems),
    }
}

fn read(source: impl Read) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_BYTES).map_or(u64::MAX, |bytes| bytes + 1);
    source.take(limit).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    within_limit(bytes.len())?;
    String::from_utf8(bytes).map_err(|error| not_utf8(&error))
}

fn within_limit(length: usize) -> Result<(), Problem> {
    if length <= MAX_BYTES {
        return Ok(());
    }
    Err(Problem::of_file("the file is larger than 1 MiB").hinted("the file of one cluster is some kilobytes of YAML"))
}

fn unreadable(error: &io::Error) -> Problem {
    if error.kind() == io::ErrorKind::NotFound {
        return Problem::of_file("the file does not exist").hinted("name the cluster's file");
    }
    if error.kind() == io::ErrorKind::IsADirectory {
        return Problem::of_file("the path is a directory").hinted("name the file in it");
    }
    Problem::of_file(format!("the file cannot be read: {error}"))
}

fn not_utf8(error: &FromUtf8Error) -> Problem {
    let utf16 = error.as_bytes().starts_with(&[0xff, 0xfe]) || error.as_bytes().starts_with(&[0xfe, 0xff]);
    let offset = error.utf8_error().valid_up_to();
    let message = if utf16 {
        "the file is UTF-16 text, but must be UTF-8".to_owned()
    } else {
        format!("the file is not UTF-8 text: byte {offset} is no part of a character")
    };
    Problem::of_file(message).hinted("save the file as UTF-8")
}
