//! `trueup validate`: what a file is worth before anything is asked of AWS.
//!
//! The central type is [`Validate`], its arguments. Not here: the rules, and the words for what breaks them (`spec/`).

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::stop::{invalid, print};
use super::{Exit, Format};
use crate::report::count;
use crate::spec::{Problem, Problems, Spec, load};

/// Check the file, offline: every mistake at once, with its place and what to do about it
///
/// Needs no network and no credentials. plan, apply and drift check the file in the same way before they do anything.
#[derive(Debug, Args)]
pub(super) struct Validate {
    /// The cluster's file, or several; `-` is standard input
    #[arg(short, long = "file", value_name = "FILE", num_args = 1.., default_value = "cluster.yaml")]
    files: Vec<PathBuf>,
    /// For people, or for programs (docs/validate.md)
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Validate {
    pub(super) fn run(&self) -> Exit {
        let checked: Vec<Checked> = self.files.iter().map(|path| Checked::read(path)).collect();
        match self.format {
            Format::Text => checked.iter().for_each(Checked::say),
            Format::Json => print(json(&checked)),
        }
        if checked.iter().all(|file| file.result.is_ok()) { Exit::Done } else { Exit::InvalidFile }
    }
}

/// A file and what came of it.
struct Checked {
    name: String,
    result: Result<Spec, Problems>,
}

impl Checked {
    fn read(path: &Path) -> Self {
        let result = load(path);
        let name = match &result {
            Ok(_) if path.as_os_str() == "-" => "standard input".to_owned(),
            Ok(_) => path.display().to_string(),
            Err(problems) => problems.name().to_owned(),
        };
        Self { name, result }
    }

    fn say(&self) {
        match &self.result {
            Ok(spec) => print(format!("{} is valid: {}", self.name, summary(spec))),
            Err(problems) => drop(invalid(problems)),
        }
    }
}

fn summary(spec: &Spec) -> String {
    let entries = match spec.access_entries.len() {
        0 => "no access entries".to_owned(),
        1 => "1 access entry".to_owned(),
        many => format!("{many} access entries"),
    };
    format!("cluster {}, {}, {entries}", spec.metadata.name, count(spec.nodegroups.len(), "nodegroup"))
}

/// The whole answer, for programs. Fields are added, never renamed or taken away, as long as the version is 1.
#[derive(Serialize)]
struct Answer<'a> {
    version: u32,
    valid: bool,
    files: Vec<FileAnswer<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileAnswer<'a> {
    file: &'a str,
    valid: bool,
    cluster: Option<&'a str>,
    nodegroups: Option<usize>,
    access_entries: Option<usize>,
    problems: Vec<&'a Problem>,
}

fn json(checked: &[Checked]) -> String {
    let valid = checked.iter().all(|file| file.result.is_ok());
    let answer = Answer { version: 1, valid, files: checked.iter().map(FileAnswer::from).collect() };
    serde_json::to_string_pretty(&answer).expect("text and numbers can be written as JSON")
}

impl<'a> From<&'a Checked> for FileAnswer<'a> {
    fn from(checked: &'a Checked) -> Self {
        let spec = checked.result.as_ref().ok();
        Self {
            file: &checked.name,
            valid: spec.is_some(),
            cluster: spec.map(|spec| spec.metadata.name.as_str()),
            nodegroups: spec.map(|spec| spec.nodegroups.len()),
            access_entries: spec.map(|spec| spec.access_entries.len()),
            problems: checked.result.as_ref().err().into_iter().flatten().collect(),
        }
    }
}
