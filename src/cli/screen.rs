//! What the program's streams are: terminals of some width, or not. There is no central type.

use std::io::IsTerminal;

use dialoguer::console::Term;
use supports_hyperlinks::Stream;

use crate::report::Page;

/// The width of a terminal that does not say how wide it is.
const USUAL_WIDTH: usize = 80;

/// Standard output.
pub(super) fn out() -> Page {
    page(std::io::stdout().is_terminal(), Stream::Stdout, &Term::stdout())
}

/// Standard error.
pub(super) fn err() -> Page {
    page(std::io::stderr().is_terminal(), Stream::Stderr, &Term::stderr())
}

/// A log: what has happened already is told in lines, wherever they go.
pub(super) fn log() -> Page {
    Page { width: None, ..err() }
}

fn page(terminal: bool, stream: Stream, term: &Term) -> Page {
    let width = || term.size_checked().map_or(USUAL_WIDTH, |(_, columns)| columns.into());
    Page { width: terminal.then(width), links: terminal && supports_hyperlinks::on(stream) }
}
