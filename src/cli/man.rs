//! `trueup man`: the manual pages.
//!
//! The central type is [`Man`], its arguments. The pages are made from [`Cli`]; none of them is written by hand.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man as Page;

use super::stop::{Stop, print, say};
use super::{Cli, Exit};

/// Print the manual page
///
/// Read it with: trueup man | man -l -
#[derive(Debug, Args)]
pub(super) struct Man {
    /// Write a page for trueup and one for each subcommand into this folder, instead of printing one
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(&self) -> Result<Exit, Stop> {
        let mut command = Cli::command();
        command.build();
        match &self.out {
            None => print(page(&command).trim_end()),
            Some(folder) => {
                fs::create_dir_all(folder).map_err(|error| Stop::Write(folder.clone(), error))?;
                let count = write_all(&command, folder)?;
                say(&format!("{count} pages in {}", folder.display()));
            }
        }
        Ok(Exit::Done)
    }
}

fn page(command: &Command) -> String {
    let mut page = Vec::new();
    let rendered = Page::new(command.clone()).render(&mut page);
    rendered.expect("writing to memory does not fail");
    String::from_utf8_lossy(&page).into_owned()
}

/// How many were written.
fn write_all(command: &Command, folder: &Path) -> Result<usize, Stop> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let path = folder.join(format!("{name}.1"));
    fs::write(&path, page(command)).map_err(|error| Stop::Write(path.clone(), error))?;
    let subcommands = command.get_subcommands().filter(|command| command.get_name() != "help");
    subcommands.map(|command| write_all(command, folder)).try_fold(1, |sum, count| Ok(sum + count?))
}
