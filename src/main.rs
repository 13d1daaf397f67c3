//! The program `trueup`. All of it is in the library: the one function called here is [`trueup::cli::main`].

use std::process::ExitCode;

fn main() -> ExitCode {
    trueup::cli::main()
}
