//! What text is put on: a terminal of some width, or a stream of none.
//!
//! The central type is [`Page`]. On a terminal long lines are wrapped with an indentation, between words where that is
//! possible, and nothing is ever left out. Elsewhere a line stays a line, for `grep` and for logs. Characters that a
//! terminal would obey are shown, never sent. Not here: colours, which are dropped where the stream does not want them.

use std::borrow::Cow;

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::style::paint;
use crate::model::is_obeyed;

/// The narrowest that a line is wrapped to: below that, wrapping makes nothing readable.
const NARROWEST: usize = 24;
/// How much of a long word must fit into the rest of a line to begin there.
const FOOTHOLD: usize = 16;

/// Where text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Page {
    /// The terminal's columns; `None` if it is no terminal.
    pub width: Option<usize>,
    /// Whether it understands hyperlinks.
    pub links: bool,
}

/// A piece of a line in one style.
pub(super) struct Span<'a> {
    style: Style,
    text: Cow<'a, str>,
    link: Option<String>,
}

/// Text as it is.
pub(super) fn plain<'a>(text: impl Into<Cow<'a, str>>) -> Span<'a> {
    styled(Style::new(), text)
}

/// Text in a style.
pub(super) fn styled<'a>(style: Style, text: impl Into<Cow<'a, str>>) -> Span<'a> {
    Span { style, text: text.into(), link: None }
}

impl Span<'_> {
    /// The same text, leading to an address of the web.
    pub(super) fn linked(self, link: Option<String>) -> Self {
        Self { link, ..self }
    }
}

impl Page {
    /// Adds a line that begins at `indent`, and goes on at `hanging` where it is wrapped.
    pub(super) fn line(&self, out: &mut String, indent: usize, hanging: usize, spans: &[Span<'_>]) {
        let mut pen = Pen { out, column: indent, hanging, limit: self.width.map(|width| width.max(NARROWEST)) };
        pen.out.push_str(&" ".repeat(indent));
        for span in spans {
            let link = span.link.as_ref().filter(|_| self.links);
            pen.write(span.style, &harmless(&span.text), link.map(String::as_str));
        }
        let end = pen.out.trim_end_matches(' ').len();
        pen.out.truncate(end);
        pen.out.push('\n');
    }

    /// Whether `text` fits into the rest of a line, `column` columns in.
    pub(super) fn fits(&self, column: usize, text: &str) -> bool {
        self.width.is_none_or(|width| column + harmless(text).width() <= width.max(NARROWEST))
    }

    /// The widest that a column may be without pushing what follows off the page.
    pub(super) fn column(&self, widest: usize) -> usize {
        self.width.map_or(widest, |width| widest.min(width / 2))
    }
}

/// Writes words one after the other.
struct Pen<'a> {
    out: &'a mut String,
    column: usize,
    hanging: usize,
    limit: Option<usize>,
}

impl Pen<'_> {
    fn write(&mut self, style: Style, text: &str, link: Option<&str>) {
        let Some(limit) = self.limit else { return self.put(style, text, link) };
        for (index, word) in text.split(' ').enumerate() {
            if index > 0 && self.column < limit {
                self.put(Style::new(), " ", None);
            }
            self.word(style, word, link, limit);
        }
    }

    fn word(&mut self, style: Style, word: &str, link: Option<&str>, limit: usize) {
        let mut rest = word;
        while self.column + rest.width() > limit {
            let room = limit.saturating_sub(self.column);
            let longer_than_a_line = self.hanging + rest.width() > limit;
            if longer_than_a_line && (room >= FOOTHOLD || self.column <= self.hanging) {
                let (piece, more) = split(rest, room);
                self.put(style, piece, link);
                rest = more;
            }
            self.new_line();
        }
        self.put(style, rest, link);
    }

    fn new_line(&mut self) {
        let end = self.out.trim_end_matches(' ').len();
        self.out.truncate(end);
        self.out.push('\n');
        self.out.push_str(&" ".repeat(self.hanging));
        self.column = self.hanging;
    }

    fn put(&mut self, style: Style, text: &str, link: Option<&str>) {
        if text.is_empty() {
            return;
        }
        self.column += text.width();
        let painted = if style == Style::new() { text.to_owned() } else { paint(style, text) };
        match link {
            Some(link) => self.out.extend(["\u{1b}]8;;", link, "\u{1b}\\", &painted, "\u{1b}]8;;\u{1b}\\"]),
            None => self.out.push_str(&painted),
        }
    }
}

/// Cuts a word where it is at most `room` wide: after a slash if there is one in the second half, else after other
/// punctuation, else anywhere.
fn split(word: &str, room: usize) -> (&str, &str) {
    let mut width = 0;
    let mut end = 0;
    let (mut slash, mut mark) = (None, None);
    for (index, character) in word.char_indices() {
        width += character.width().unwrap_or(0);
        if width > room && end > 0 {
            break;
        }
        end = index + character.len_utf8();
        if character == '/' && width * 2 >= room {
            slash = Some(end);
        } else if ":,=-.".contains(character) && width * 2 >= room {
            mark = Some(end);
        }
    }
    word.split_at(slash.or(mark).unwrap_or(end))
}

/// The text in at most `width` columns, cut in its middle: where an ARN begins and what it ends in says most.
pub(super) fn shortened(text: &str, width: usize) -> Cow<'_, str> {
    if text.width() <= width {
        return Cow::Borrowed(text);
    }
    let tail = width.saturating_sub(1) * 2 / 3;
    let head = width.saturating_sub(1) - tail;
    let first = taken(text.chars(), head);
    let last: String = taken(text.chars().rev(), tail).chars().rev().collect();
    Cow::Owned(format!("{first}…{last}"))
}

/// The text in at most `width` columns, cut at its end: what is said first says most.
pub(super) fn beginning(text: &str, width: usize) -> Cow<'_, str> {
    if text.width() <= width {
        return Cow::Borrowed(text);
    }
    let first = taken(text.chars(), width.saturating_sub(1));
    Cow::Owned(format!("{}…", first.trim_end()))
}

/// As many characters as there is room for.
fn taken(characters: impl Iterator<Item = char>, room: usize) -> String {
    let mut used = 0;
    let fits = |character: &char| {
        used += character.width().unwrap_or(0);
        used <= room
    };
    characters.take_while(fits).collect()
}

/// The text with every character that a terminal would obey, or that would hide or turn what follows, spelled out.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let spelled = |character: char| {
        if character == '\n' || character == '\t' {
            " ".to_owned()
        } else if is_obeyed(character) {
            character.escape_unicode().to_string()
        } else {
            character.to_string()
        }
    };
    Cow::Owned(text.chars().map(spelled).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(width: Option<usize>, text: &str) -> String {
        let mut out = String::new();
        Page { width, links: false }.line(&mut out, 2, 6, &[plain(text)]);
        out
    }

    #[test]
    fn lines_are_wrapped_between_words() {
        let text = "one two three four five six seven";
        assert_eq!(written(Some(24), text), "  one two three four\n      five six seven\n");
        assert_eq!(written(None, text), format!("  {text}\n"));
    }

    #[test]
    fn what_is_longer_than_a_line_is_broken_after_punctuation_and_whole() {
        let address = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Platform";
        let text = written(Some(40), address);
        assert_eq!(
            text,
            "  arn:aws:iam::111122223333:role/\n      aws-reserved/sso.amazonaws.com/\n      AWSReservedSSO_Platform\n"
        );
        assert_eq!(text.replace(['\n', ' '], ""), address);
    }

    #[test]
    fn a_word_that_fits_on_a_line_is_never_broken() {
        assert_eq!(written(Some(26), "it needs nodegroup/jobs-arm64"), "  it needs\n      nodegroup/jobs-arm64\n");
    }

    #[test]
    fn what_a_terminal_would_obey_is_spelled_out() {
        assert_eq!(harmless("red \u{1b}[31m\u{202e}x\ny"), "red \\u{1b}[31m\\u{202e}x y");
        assert_eq!(harmless("plain → text"), "plain → text");
    }

    #[test]
    fn the_middle_is_what_is_left_out() {
        let address = "access-entry/arn:aws:iam::111122223333:role/Platform";
        assert_eq!(shortened(address, 30), "access-ent…23333:role/Platform");
        assert_eq!(shortened("short", 30), "short");
        assert_eq!(beginning("update in progress", 12), "update in p…");
        assert_eq!(beginning("short", 5), "short");
    }

    #[test]
    fn a_link_is_only_where_it_is_understood() {
        let link = |links| {
            let mut out = String::new();
            let span = plain("jobs").linked(Some("https://example.com".to_owned()));
            Page { width: Some(80), links }.line(&mut out, 0, 0, &[span]);
            out
        };
        assert_eq!(link(true), "\u{1b}]8;;https://example.com\u{1b}\\jobs\u{1b}]8;;\u{1b}\\\n");
        assert_eq!(link(false), "jobs\n");
    }
}
