//! The invariants of ARCHITECTURE.md that a look at the files can hold.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &str) -> Vec<(String, String)> {
    let mut files = vec![];
    collect(&root().join(folder), &mut files);
    assert!(!files.is_empty(), "there is nothing in {folder}");
    files
}

fn collect(folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            files.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn files_stay_small() {
    for folder in ["src", "sandbox/src", "tests/it"] {
        for (name, text) in rust_files(folder) {
            assert!(text.lines().count() <= 600, "{name} has more than 600 lines");
        }
    }
}

#[test]
fn every_module_says_what_it_is() {
    for folder in ["src", "sandbox/src", "tests/it"] {
        for (name, text) in rust_files(folder) {
            assert!(text.starts_with("//!"), "{name} does not open with a module comment");
        }
    }
}

#[test]
fn the_sdk_ends_at_its_boundary() {
    for (name, text) in rust_files("src") {
        let allowed = name.starts_with("src/aws/")
            || name.starts_with("src/resources/") && (name.contains("/aws") || name == "src/resources/eks.rs");
        assert!(allowed || !text.contains("aws_sdk_"), "{name} uses the SDK");
    }
}

/// So every request waits for its permit, and every error is classified.
#[test]
fn requests_are_sent_in_one_place() {
    for (name, text) in rust_files("src") {
        let sends = [".send()", ".send_with(", ".into_paginator("].iter().any(|call| text.contains(call));
        assert!(name.starts_with("src/aws/") || !sends, "{name} sends a request past src/aws");
    }
}

#[test]
fn what_decides_does_no_io() {
    for pure in ["src/model", "src/plan", "src/report", "src/spec"] {
        for (name, text) in rust_files(pure) {
            for io in ["crate::aws", "tokio::", "std::env"] {
                assert!(!text.contains(io), "{name} uses {io}");
            }
            let reads_the_file = name == "src/spec/load.rs" || name.starts_with("src/spec/tests");
            assert!(reads_the_file || !text.contains("std::fs"), "{name} reads files");
        }
    }
}

#[test]
fn the_sandbox_knows_nothing_of_trueup() {
    for (name, text) in rust_files("sandbox") {
        // The story's pipeline role is called so; it is data.
        let text = text.replace("trueup-apply", "");
        assert!(!text.contains("trueup"), "{name} mentions trueup");
    }
}

#[test]
fn every_test_file_is_part_of_the_binary() {
    for (name, _) in rust_files("tests/it") {
        let path = Path::new(&name);
        let (mut folder, mut module) = (path.parent().unwrap(), path.file_stem().unwrap());
        if module == "mod" {
            (folder, module) = (folder.parent().unwrap(), folder.file_name().unwrap());
        }
        let parent = if folder.ends_with("it") { "main.rs" } else { "mod.rs" };
        let listed = fs::read_to_string(root().join(folder).join(parent)).unwrap();
        let module = module.to_str().unwrap();
        assert!(module == "main" || listed.contains(&format!("mod {module};")), "{name} is not listed in {parent}");
    }
}

#[test]
fn the_architecture_fits_in_one_sitting() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    assert!(text.lines().count() <= 150);
}
