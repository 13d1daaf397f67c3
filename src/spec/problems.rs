//! What is wrong with a file.
//!
//! The central type is [`Problems`]: all that one run found, with the text they are about, so that they can be shown
//! with the lines in question. How that looks is `render`.

use std::fmt;

use super::problem::Problem;
use super::render;

/// How many problems are shown in full.
const MAX_SHOWN: usize = 100;

/// Everything that is wrong with one file, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    name: String,
    text: String,
    list: Vec<Problem>,
}

impl Problems {
    pub(super) fn new(name: &str, text: &str, list: Vec<Problem>) -> Self {
        let mut list: Vec<Problem> = list.into_iter().map(harmless).collect();
        list.sort_by_key(|problem| problem.location);
        // An anchored value that is used twice is still one value to mend.
        list.dedup_by(|one, other| {
            one.location.is_some() && one.location == other.location && one.message == other.message
        });
        Self { name: render::plain(name), text: text.to_owned(), list }
    }

    /// The name of the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The problems, in the order of the file. There is at least one.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.list.iter()
    }

    /// The problems for people, each with its line of the file. Lines are clipped to `width` columns. Nobody mends
    /// hundreds of problems one by one: beyond a hundred they are only counted.
    pub fn render(&self, width: usize, colour: bool) -> String {
        let page = render::Page::new(&self.name, &self.text, width, colour);
        let mut shown: Vec<String> = self.list.iter().take(MAX_SHOWN).map(|problem| page.problem(problem)).collect();
        if let Some(more) = self.list.len().checked_sub(MAX_SHOWN).filter(|more| *more > 0) {
            shown.push(page.problem(&Problem::of_file(format!("{more} more problems"))));
        }
        shown.join("\n")
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.render(120, false).trim_end())
    }
}

impl std::error::Error for Problems {}

/// The file's own words, as they appear in messages, cannot command a terminal.
fn harmless(problem: Problem) -> Problem {
    let Problem { message, location, path, hint } = problem;
    let hint = hint.map(|hint| render::plain(&hint));
    Problem { message: render::plain(&message), location, path: render::plain(&path), hint }
}
