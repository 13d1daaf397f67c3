//! The colours, by meaning.
//!
//! Constants, and [`paint`], which puts a text in one. Not here: whether a stream wants colours, which anstream knows.

use anstyle::{AnsiColor, Style};

pub(super) const ADD: Style = AnsiColor::Green.on_default();
pub(super) const CHANGE: Style = AnsiColor::Yellow.on_default();
pub(super) const REMOVE: Style = AnsiColor::Red.on_default();
pub(super) const WARN: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const STOP: Style = AnsiColor::Red.on_default().bold();
pub(super) const QUIET: Style = Style::new().dimmed();
pub(super) const STRONG: Style = Style::new().bold();

/// A text in a style.
pub(super) fn paint(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}
