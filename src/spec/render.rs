//! How a problem looks: message, place, line, marker and hint, as compilers show them.
//!
//! The central type is [`Page`]: a file's name and lines, and how to draw. It does not know whether there is a
//! terminal. Characters that could command one (escapes, bidirectional overrides) are replaced wherever they come from:
//! [`plain`].

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::problem::{Location, Problem};
use crate::model::is_obeyed;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const FRAME: Style = AnsiColor::Blue.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();
const BOLD: Style = Style::new().bold();

/// A line is never clipped to less than this, however narrow the terminal.
const MIN_WIDTH: usize = 20;
/// Characters kept to the left of the marker when a line is clipped.
const CONTEXT: usize = 10;

pub(super) struct Page<'a> {
    name: &'a str,
    lines: Vec<&'a str>,
    width: usize,
    colour: bool,
}

impl<'a> Page<'a> {
    pub(super) fn new(name: &'a str, text: &'a str, width: usize, colour: bool) -> Self {
        Self { name, lines: lines(text), width, colour }
    }

    pub(super) fn problem(&self, problem: &Problem) -> String {
        let title = format!("{}{}", self.paint(ERROR, "error"), self.paint(BOLD, &format!(": {}", problem.message)));
        match problem.location {
            None => format!("{title}\n {} {}\n{}", self.paint(FRAME, "-->"), self.name, self.hint(2, problem)),
            Some(location) => self.located(&title, location, problem),
        }
    }

    fn located(&self, title: &str, location: Location, problem: &Problem) -> String {
        let Location { line, column, .. } = location;
        let name = self.name;
        let number = line.to_string();
        let gutter = number.len();
        let arrow = self.paint(FRAME, "-->");
        let bar = self.paint(FRAME, "|");
        let number = self.paint(FRAME, &number);
        let (source, marker) = self.snippet(location);
        let marker = self.paint(ERROR, &marker);
        let source = if source.is_empty() { source } else { format!(" {source}") };
        let indent = " ".repeat(gutter);
        format!(
            "{title}\n{indent}{arrow} {name}:{line}:{column}\n{indent} {bar}\n{number} {bar}{source}\n{indent} {bar} {marker}\n{}",
            self.hint(gutter + 1, problem)
        )
    }

    fn hint(&self, indent: usize, problem: &Problem) -> String {
        problem.hint.as_deref().map_or_else(String::new, |hint| {
            let indent = " ".repeat(indent);
            let sign = self.paint(FRAME, "=");
            format!("{indent}{sign} {}: {}\n", self.paint(HINT, "hint"), hint)
        })
    }

    /// The line and the marker under it, both clipped to the width.
    fn snippet(&self, location: Location) -> (String, String) {
        let line = location.line.checked_sub(1).and_then(|index| self.lines.get(index)).copied().unwrap_or_default();
        let characters: Vec<char> = plain(line).chars().collect();
        let before = location.column.saturating_sub(1).min(characters.len());
        let end = before + location.length.min(characters.len() - before);
        let room = self.width.saturating_sub(location.line.to_string().len() + 3).max(MIN_WIDTH);
        let start = if columns(&characters[..end]) > room { before.saturating_sub(CONTEXT) } else { 0 };
        let line = &characters[start..];
        let shown: String = line[..fitting(line, room)].iter().collect();
        let indent = columns(&characters[start..before]);
        let marker = "^".repeat(columns(&characters[before..end]).min(room.saturating_sub(indent)).max(1));
        (shown.trim_end().to_owned(), format!("{}{marker}", " ".repeat(indent)))
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// How wide a terminal shows them: ideographs and most emoji take two columns, combining accents none.
fn columns(characters: &[char]) -> usize {
    characters.iter().collect::<String>().width()
}

/// How many of them fit.
fn fitting(characters: &[char], room: usize) -> usize {
    let mut used = 0;
    let fits = |character: &&char| {
        used += character.width().unwrap_or_default();
        used <= room
    };
    characters.iter().take_while(fits).count()
}

/// A line of YAML may also end with a carriage return alone.
fn lines(text: &str) -> Vec<&str> {
    text.split("\r\n").flat_map(|part| part.split(['\n', '\r'])).collect()
}

/// The text, character for character, without those that would move or recolour what surrounds them.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|character| if character == '\t' { ' ' } else { visible(character) }).collect()
}

fn visible(character: char) -> char {
    if is_obeyed(character) { char::REPLACEMENT_CHARACTER } else { character }
}
