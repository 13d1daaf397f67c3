//! What is said about a text that is no YAML, or none that trueup reads.
//!
//! The central function is [`problem`]: from the library's error, and the text that it is about, to a [`Problem`]. The
//! library stops at its first error; [`wrong_tag`] says what must go for it to come further. Its own words are kept
//! where they are about the file, and not about its parser.

use std::borrow::Cow;
use std::ops::Range;

use serde_saphyr::Error;

use super::problem::{Location, Problem};
use super::suggest::{quoted, shortened};

/// The library's error in our words.
pub(super) fn problem(error: &Error, text: &str) -> Problem {
    if let Some(location) = conflict(text) {
        let problem = Problem { location: Some(location), ..Problem::of_file("a merge conflict that is not resolved") };
        return problem.hinted("choose between the two sides, and remove the lines that git has put around them");
    }
    let error = error.without_snippet();
    let location = error.location().filter(|location| location.line() > 0);
    let (message, hint) = explain(error, text);
    Problem {
        message,
        location: location.as_ref().map(Location::from),
        path: String::new(),
        hint: hint.map(str::to_owned),
    }
}

/// Where the tag stands that the error is about, and where its value: behind it, with at most an anchor between them.
pub(super) fn wrong_tag(error: &Error, text: &str) -> Option<(Range<usize>, usize)> {
    if !is_about_a_tag(error) {
        return None;
    }
    let value = usize::try_from(error.location()?.span().byte_offset()?).ok()?;
    let mut before = text.get(..value)?.trim_end();
    loop {
        let word = before.rsplit([' ', '\t', '\n', '\r', '[', ']', '{', '}', ',']).next()?;
        let start = before.len() - word.len();
        if word.starts_with('!') {
            return (word.len() > 1).then_some((start..before.len(), value));
        }
        before = Some(word).filter(|word| word.starts_with('&')).and(before.get(..start))?.trim_end();
    }
}

/// A tag that there is not, or one that says of its value what the value is not.
fn is_about_a_tag(error: &Error) -> bool {
    matches!(
        error,
        Error::UnsupportedTag { .. }
            | Error::UnsupportedIncludeForm { .. }
            | Error::InvalidScalar { .. }
            | Error::InvalidBooleanStrict { .. }
            | Error::TaggedScalarCannotDeserializeIntoString { .. }
            | Error::InvalidBinaryBase64 { .. }
            | Error::BinaryNotUtf8 { .. }
    )
}

fn foreign_tag(error: &Error) -> Option<&str> {
    if let Error::UnsupportedTag { tag, .. } = error {
        return Some(tag);
    }
    matches!(error, Error::UnsupportedIncludeForm { .. }).then_some("!include")
}

/// The first mark that git leaves where it could not merge.
fn conflict(text: &str) -> Option<Location> {
    const MARK: &str = "<<<<<<< ";
    let line = text.lines().position(|line| line.starts_with(MARK))?;
    Some(Location { line: line + 1, column: 1, length: MARK.len() - 1 })
}

fn explain(error: &Error, text: &str) -> (String, Option<&'static str>) {
    if let Error::AliasError { error, .. } = error {
        return explain(error, text);
    }
    if matches!(error, Error::MultipleDocuments { .. }) {
        return ("a second YAML document".to_owned(), Some("one file describes one cluster: remove the `---`"));
    }
    if is_limit(error) {
        let message = "the file is too deep, or too large once its aliases are written out".to_owned();
        return (message, Some("write out less with anchors and aliases, and nest less"));
    }
    if let Some(tag) = foreign_tag(error) {
        let hint = "it is for another program: write the value itself; a text that begins with `!` is quoted";
        return (format!("the YAML tag {} means nothing to trueup", quoted(tag)), Some(hint));
    }
    if let Some(tag) = wrong_tag(error, text).and_then(|(tag, _)| text.get(tag)) {
        let hint = "write the value without it, and in quotes if it is meant as text";
        return (format!("the YAML tag {} does not fit its value", quoted(tag)), Some(hint));
    }
    if text.contains('\0') {
        let message = "the file holds a NUL character, as no text does".to_owned();
        return (message, Some("save it as UTF-8; where there are many, it is UTF-16, or no text at all"));
    }
    invalid(&without_position(error))
}

fn invalid(text: &str) -> (String, Option<&'static str>) {
    let ours = REWORDED.iter().find(|(part, _)| text.contains(part)).map(|(_, ours)| *ours);
    let hint = HINTS.iter().find(|(part, _)| text.contains(part)).map(|(_, hint)| *hint);
    (format!("not valid YAML: {}", ours.map_or_else(|| shortened(text), Cow::Borrowed)), hint)
}

/// Errors whose text is about the parser, by a part of it.
const REWORDED: [(&str, &str); 4] = [
    ("parsing an implicit flow mapping", "a comma with nothing before it"),
    ("simple key expected", "a line that is neither a key with `:` nor an item with `- `"),
    ("illegal placement of ':'", "a key inside `[` and `]`"),
    ("expected <document start>", "more text after the end of the document"),
];

/// What usually is behind the commonest errors, by a part of their text.
const HINTS: [(&str, &str); 17] = [
    ("unknown anchor", "its `&` must stand above; a text that begins with `*` is quoted"),
    ("anchor or alias", "a text that begins with `*` or `&` is quoted"),
    ("tab", "YAML is indented with spaces"),
    ("mapping values are not allowed", "quote a value that contains `: `; check the indentation"),
    ("did not find expected key", "check the indentation of this line"),
    ("did not find expected '-'", "check the indentation of this line"),
    ("did not find expected ','", "put a comma between two items, and close the bracket after the last"),
    ("parsing an implicit flow mapping", "one comma stands between two items: remove this one"),
    ("simple key expected", "add the `:`, or indent it as a part of the value above"),
    ("illegal placement of ':'", "close the `[` that was opened above; quote a text that contains `: `"),
    (
        "unclosed quote",
        "close it; to have the quote itself in the text, write `''` inside of `'` and `\\\"` inside of `\"`",
    ),
    (
        "invalid trailing content",
        "quotes go around all of a value; inside of `'` write `''`, inside of `\"` write `\\\"`",
    ),
    ("quoted scalar", "inside of `\"` a backslash begins an escape: write two, or use `'`"),
    ("block sequence entries are not allowed", "begin the list on the next line, or write it as `[…]`"),
    ("unexpected character", "a text that begins with this character is quoted; one that cannot be seen is removed"),
    ("comment intercepting", "a value ends where its comment begins: quote the value, or move the comment"),
    ("mapping keys are not allowed", "a text that begins with `? ` is quoted"),
];

fn is_limit(error: &Error) -> bool {
    // The scanner below the library has a limit of its own for `[[[[`, and no name for it.
    let scanner = matches!(error, Error::ExternalMessage { msg, .. } if msg == "recursion limit exceeded");
    scanner
        || matches!(
            error,
            Error::Budget { .. }
                | Error::AliasReplayCounterOverflow { .. }
                | Error::AliasReplayLimitExceeded { .. }
                | Error::AliasExpansionLimitExceeded { .. }
                | Error::AliasReplayStackDepthExceeded { .. }
                | Error::RecursiveReferencesRequireWeakTypes { .. }
        )
}

/// The library ends its messages with the position, which is shown beside them anyway.
fn without_position(error: &Error) -> String {
    let text = error.to_string();
    let Some(location) = error.location() else { return text };
    let position = format!(" at line {}, column {}", location.line(), location.column());
    text.strip_suffix(&position).map_or(text.clone(), str::to_owned)
}
