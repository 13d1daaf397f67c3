//! Bad files, with the exact words that a user sees: each file of `bad_input/`, and what cannot be a text file there.
//!
//! `INSTA_UPDATE=always .ci/test bad_input` writes the words anew. Read them as somebody would at three in the morning.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use trueup::spec::{Problems, load};

const FOLDER: &str = "tests/it/bad_input";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files whose names end so, without that.
fn names(ending: &str) -> BTreeSet<String> {
    let files =
        fs::read_dir(root().join(FOLDER)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    files.filter_map(|name| name.strip_suffix(ending).map(str::to_owned)).collect()
}

#[track_caller]
fn refused(path: &Path) -> Problems {
    load(path).err().unwrap_or_else(|| panic!("{} is not bad", path.display()))
}

/// Beside the file that it is about.
fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("bad_input");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn every_file_is_answered_in_these_words() {
    let files = names(".yaml");
    assert!(files.len() >= 40, "{}", files.len());
    for name in files {
        let path = PathBuf::from(format!("{FOLDER}/{name}.yaml"));
        snapshot(&name, &refused(&path).render(100, false).replace(&format!("{FOLDER}/"), ""));
    }
}

#[test]
fn the_program_says_the_same_and_exits_with_3() {
    let paths: Vec<String> = names(".yaml").iter().map(|name| format!("{FOLDER}/{name}.yaml")).collect();
    let mut command = Command::new(env!("CARGO_BIN_EXE_trueup"));
    let output = command.args(["validate", "-f"]).args(&paths).current_dir(root()).env_clear().output().unwrap();
    assert_eq!((output.status.code(), output.stdout), (Some(3), vec![]));
    let said = String::from_utf8(output.stderr).unwrap();
    for path in paths {
        let problems = refused(Path::new(&path)).render(100, false);
        assert!(said.contains(problems.trim_end()), "{path}: {problems}");
    }
    assert!(said.chars().all(|character| character == '\n' || !character.is_control()), "it commands the terminal");
}

#[test]
fn one_mistake_is_one_problem() {
    for (file, count) in [
        ("typing_errors", 8),
        ("misplaced_keys", 6),
        ("config_map", 3),
        ("merge_keys_of_one_mistake", 1),
        ("auto_mode", 4),
    ] {
        let problems = refused(Path::new(&format!("{FOLDER}/{file}.yaml")));
        assert_eq!(problems.iter().count(), count, "{problems}");
    }
}

#[test]
fn no_words_are_left_of_a_file_that_is_gone() {
    let unwritten = UNWRITTEN.map(|(name, _)| name).into_iter().chain(NO_FILES.map(|(name, _)| name));
    let known: BTreeSet<String> = names(".yaml").into_iter().chain(unwritten.map(str::to_owned)).collect();
    assert_eq!(names(".snap"), known);
}

type Bytes = fn() -> Vec<u8>;

/// Bytes that editors and git would not leave alone, or that are too many.
const UNWRITTEN: [(&str, Bytes); 10] = [
    ("nothing", Vec::new),
    ("latin_1", || b"apiVersion: trueup/v1\nmetadata: { name: caf\xe9 }\n".to_vec()),
    ("utf_16", || "apiVersion: trueup/v1\n".encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ("utf_16_with_its_mark", || "\u{feff}apiVersion: trueup/v1\n".encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ("nul", || b"apiVersion: trueup/v1\nmetadata: \0\n".to_vec()),
    ("archive", || b"PK\x03\x04\x14\0\x08\x08\x08\0\x9e".to_vec()),
    ("five_megabytes", || b"# nothing but comments\n".repeat(5 * 1024 * 1024 / 23)),
    ("deeper_than_any_stack", || [b"a: ".to_vec(), b"[".repeat(500_000)].concat()),
    ("byte_order_mark_and_windows_line_ends", || "\u{feff}apiVersion: trueup/v1\r\nmetadata:\r\n  nam: ci\r\n".into()),
    ("old_mac_line_ends", || b"apiVersion: trueup/v1\rmetadata:\r  nam: ci\r".to_vec()),
];

#[test]
fn what_is_no_text_file_is_answered_in_these_words() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in UNWRITTEN {
        let path = folder.path().join(format!("{name}.yaml"));
        fs::write(&path, bytes()).unwrap();
        snapshot(name, &here(&folder, &refused(&path)));
    }
}

fn here(folder: &tempfile::TempDir, problems: &Problems) -> String {
    problems.render(100, false).replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn what_is_no_file_is_answered_too() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("clusters")).unwrap();
    for (name, path) in NO_FILES {
        snapshot(name, &here(&folder, &refused(&folder.path().join(path))));
    }
}

const NO_FILES: [(&str, &str); 2] = [("a_directory", "clusters"), ("no_such_file", "none.yaml")];
