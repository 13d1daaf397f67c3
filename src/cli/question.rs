//! The question before anything is carried out, and what counts as a yes.
//!
//! The central type is [`Question`]. Not here: whether there is anybody to ask.

use std::io;

use rustix::termios::{QueueSelector, tcflush};
use tokio::task::spawn_blocking;

use super::stop::{prompt, say};

/// What is asked before anything is carried out.
pub(super) enum Question {
    /// Nothing: the command line has answered.
    None,
    /// Yes or no.
    YesOrNo,
    /// The cluster's name, which nobody types by accident.
    Name(String),
}

impl Question {
    /// The flag that answers it beforehand.
    pub(super) fn flag(&self) -> String {
        match self {
            Self::None | Self::YesOrNo => "--yes".to_owned(),
            Self::Name(name) => format!("--confirm {name}"),
        }
    }

    /// Asks on the terminal. What was typed before the question was there is no answer to it, and a terminal that cannot
    /// be read has not said yes.
    pub(super) async fn ask(&self) -> bool {
        if tcflush(io::stdin(), QueueSelector::IFlush).is_err() {
            return false;
        }
        prompt(&self.text());
        let typed = spawn_blocking(line).await.unwrap_or_default();
        if !typed.ends_with('\n') {
            say("");
        }
        self.accepts(&typed)
    }

    fn text(&self) -> String {
        match self {
            Self::None | Self::YesOrNo => "\nCarry this out? [y/N] ".to_owned(),
            Self::Name(name) => format!("\nType {name} to delete all of this for good: "),
        }
    }

    /// Whether what was typed says yes. Only a whole line is an answer: one without an end was not sent off.
    fn accepts(&self, typed: &str) -> bool {
        let Some(answer) = typed.strip_suffix('\n').map(str::trim) else { return false };
        match self {
            Self::None => true,
            Self::YesOrNo => ["y", "yes"].iter().any(|yes| answer.eq_ignore_ascii_case(yes)),
            Self::Name(name) => answer == name,
        }
    }
}

/// What is typed, up to the end of the line or of the input.
fn line() -> String {
    let mut typed = String::new();
    match io::stdin().read_line(&mut typed) {
        Ok(_) => typed,
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_line_of_yes_is_a_yes() {
        let yes = ["y\n", "Y\n", "yes\n", " YES \n", "y\r\n"];
        assert!(yes.iter().all(|typed| Question::YesOrNo.accepts(typed)));
        for typed in
            ["", "\n", "y", "yes", "n\n", "okay\n", "why not\n", "yess\n", "y y\n", "git log -y\n", "\u{1b}y\n"]
        {
            assert!(!Question::YesOrNo.accepts(typed), "{typed:?}");
        }
    }

    #[test]
    fn a_name_is_typed_as_it_is_spelled() {
        let question = Question::Name("ci".to_owned());
        assert!(question.accepts("ci\n") && question.accepts(" ci\n"));
        for typed in ["", "\n", "ci", "CI\n", "cid\n", "y\n", "yes\n"] {
            assert!(!question.accepts(typed), "{typed:?}");
        }
    }
}
