//! `trueup completions`: scripts that complete arguments in a shell.
//!
//! The central type is [`Completions`], its arguments. The scripts are made from [`Cli`]; none of them is written by
//! hand.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::stop::print;
use super::{Cli, Exit};

/// Print a script that makes a shell complete the arguments of trueup
///
/// For bash: trueup completions bash > ~/.local/share/bash-completion/completions/trueup
///
/// For zsh: trueup completions zsh > a file called _trueup in a folder of $fpath
///
/// For fish: trueup completions fish > ~/.config/fish/completions/trueup.fish
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> Exit {
        let mut script = Vec::new();
        generate(self.shell, &mut Cli::command(), "trueup", &mut script);
        print(String::from_utf8_lossy(&script).trim_end());
        Exit::Done
    }
}
