//! `trueup schema`: prints the JSON Schema of the file.
//!
//! The central type is [`Schema`]. Not here: the schema itself, which [`json_schema`] makes.

use clap::Args;

use super::Exit;
use super::stop::print;
use crate::spec::json_schema;

/// Print the JSON Schema of the file, for editors
///
/// Save it, and begin a file with `# yaml-language-server: $schema=<where it is>`: editors that use yaml-language-server
/// then complete keys and values, explain them, and mark mistakes.
#[derive(Debug, Args)]
pub(super) struct Schema {}

impl Schema {
    pub(super) fn run(&self) -> Exit {
        let Self {} = self;
        print(format!("{:#}", json_schema()));
        Exit::Done
    }
}
