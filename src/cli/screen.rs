//! What the program's streams are: terminals of some width, or not.
//!
//! Functions without state: [`out`], [`err`] and [`log`] each make a [`Page`]. Not here: what is put on it (`report/`).

use std::io::{self, IsTerminal};
use std::os::fd::AsFd;

use rustix::termios::tcgetwinsize;
use supports_hyperlinks::Stream;

use crate::report::Page;

/// The width of a terminal that does not say how wide it is.
const USUAL_WIDTH: usize = 80;

/// Standard output.
pub(super) fn out() -> Page {
    page(&io::stdout(), Stream::Stdout)
}

/// Standard error.
pub(super) fn err() -> Page {
    page(&io::stderr(), Stream::Stderr)
}

/// A log: what has happened already is told in lines, wherever they go.
pub(super) fn log() -> Page {
    Page { width: None, ..err() }
}

fn page(out: &(impl IsTerminal + AsFd), stream: Stream) -> Page {
    let terminal = out.is_terminal();
    let columns = || tcgetwinsize(out).map(|size| usize::from(size.ws_col)).ok().filter(|columns| *columns > 0);
    Page {
        width: terminal.then(|| columns().unwrap_or(USUAL_WIDTH)),
        links: terminal && supports_hyperlinks::on(stream),
    }
}
