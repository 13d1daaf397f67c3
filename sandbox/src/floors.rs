//! Imports go down only: a test that reads the source. The central function is [`uses`].
//!
//! Not here: tests, which may look at anything.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What a file lies on: nothing on a floor knows anything of those above it.
const FLOORS: [(&str, u8); 16] = [
    ("kernel::", 0),
    ("settings", 1),
    ("audit::state", 1),
    ("world", 2),
    ("wire::", 3),
    ("services::", 4),
    ("audit::", 5),
    ("handle", 6),
    ("faults", 6),
    ("show", 6),
    ("worlds::", 7),
    ("connector", 7),
    ("serve", 8),
    ("", 9),
    ("floors", 9),
    ("testing", 9),
];

/// A module by its path, and the text of its file without tests and comments.
type Modules = BTreeMap<String, String>;

fn floor(module: &str) -> u8 {
    let state = module.starts_with("services::") && module.ends_with("::state");
    let of = |(folder, _): &&(&str, u8)| match folder.strip_suffix("::") {
        Some(name) => module == name || module.starts_with(*folder),
        None => module == *folder,
    };
    let found = FLOORS.iter().find(of).unwrap_or_else(|| panic!("{module} has no floor"));
    if state { 1 } else { found.1 }
}

fn modules() -> Modules {
    let mut modules = Modules::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut modules);
    modules
}

fn collect(folder: &Path, module: &str, modules: &mut Modules) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let child = if module.is_empty() { stem.clone() } else { format!("{module}::{stem}") };
        if ["tests", "testing", "floors"].contains(&stem.as_str()) {
            continue;
        }
        if path.is_dir() {
            collect(&path, &child, modules);
        } else {
            let name = if ["mod", "lib"].contains(&stem.as_str()) { module.to_owned() } else { child };
            modules.insert(name, code(&fs::read_to_string(&path).unwrap()));
        }
    }
}

fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Every path in a text that begins with this word, with what is in braces spelled out.
fn paths(text: &str, word: &str) -> Vec<String> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b':';
    let begins = |at: &usize| *at == 0 || !is_part(text.as_bytes()[at - 1]);
    let prefix = format!("{word}::");
    let found = text.match_indices(&prefix).map(|(at, _)| at).filter(begins);
    found.flat_map(|at| spelled_out(&text[at..]).0).collect()
}

/// The paths at the beginning of a text, and how long that is.
fn spelled_out(text: &str) -> (Vec<String>, usize) {
    let is_part = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == ':';
    let end = text.find(|char| !is_part(char)).unwrap_or(text.len());
    let (stem, rest) = text.split_at(end);
    if !(stem.ends_with("::") && rest.starts_with('{')) {
        return (vec![stem.to_owned()], end);
    }
    let (mut all, mut at) = (vec![], end + 1);
    while !text[at..].starts_with('}') {
        let (inner, length) = spelled_out(&text[at..]);
        all.extend(inner.iter().filter(|path| !path.is_empty()).map(|path| format!("{stem}{path}")));
        at += length;
        // A new name, a comma, white space.
        at += text[at..].find([',', '}']).unwrap();
        at += text[at..].find(|char: char| char != ',' && !char.is_whitespace()).unwrap();
    }
    (all, at + 1)
}

/// The module in which a path ends, if it ends in something else than a module.
fn module_of(modules: &Modules, path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split("::").collect();
    let lengths = (0..parts.len()).rev();
    lengths.map(|length| parts[..length].join("::")).find(|module| modules.contains_key(module))
}

/// The modules that a module names something of.
fn uses(modules: &Modules, module: &str) -> BTreeSet<String> {
    let text = &modules[module];
    let parent = |module: &str| module.rsplit_once("::").map_or(String::new(), |(parent, _)| parent.to_owned());
    let join = |module: &str, rest: &str| if module.is_empty() { rest.to_owned() } else { format!("{module}::{rest}") };
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut all: Vec<String> = paths(text, "crate").iter().map(|path| path["crate::".len()..].to_owned()).collect();
    for path in paths(text, "super") {
        let ups = path.matches("super::").count();
        let up = (0..ups).fold(module.to_owned(), |module, _| parent(&module));
        all.push(join(&up, &path["super::".len() * ups..]));
    }
    let children = modules.keys().filter(|other| !other.is_empty() && parent(other) == module);
    names.extend(children.map(|child| (child.rsplit("::").next().unwrap().to_owned(), child.clone())));
    for path in &all {
        let path = path.strip_suffix("::self").unwrap_or(path);
        if modules.contains_key(path) {
            names.insert(path.rsplit("::").next().unwrap().to_owned(), path.to_owned());
        }
    }
    for (name, target) in &names {
        let renamed = text.split_once(&format!("{name} as ")).map(|(_, rest)| rest);
        let alias =
            renamed.map_or(name.as_str(), |rest| rest.split(|char: char| !char.is_alphanumeric()).next().unwrap());
        all.extend(paths(text, alias).iter().map(|path| join(target, &path[alias.len() + 2..])));
    }
    all.retain(|path| !modules.contains_key(path.strip_suffix("::self").unwrap_or(path)));
    all.iter().filter_map(|path| module_of(modules, path)).filter(|other| other != module).collect()
}

#[test]
fn imports_go_down_only() {
    let modules = modules();
    for module in modules.keys() {
        for used in uses(&modules, module) {
            assert!(floor(&used) <= floor(module), "{module} uses {used}, which lies above it");
        }
    }
}

#[test]
fn no_imports_form_a_circle() {
    let modules = modules();
    let mut left: BTreeMap<&String, BTreeSet<String>> =
        modules.keys().map(|module| (module, uses(&modules, module))).collect();
    loop {
        let free: BTreeSet<String> =
            left.iter().filter(|(_, uses)| uses.is_empty()).map(|(module, _)| (*module).clone()).collect();
        if free.is_empty() {
            break;
        }
        left.retain(|module, _| !free.contains(*module));
        for uses in left.values_mut() {
            uses.retain(|used| !free.contains(used));
        }
    }
    assert_eq!(left, BTreeMap::new(), "each of these leads back to itself or to one that does");
}

/// What the other tests see is what is there.
#[test]
fn uses_are_found_however_they_are_written() {
    let module = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let modules: Modules = [
        module("", ""),
        module("a", ""),
        module(
            "a::b",
            "use crate::c::{self, d::{E, F}, G};\nuse super::h as i;\nfn f() { i::j(); crate::k::l(); c::d::m() }",
        ),
        module("a::h", "use super::b;"),
        module("c", "mod d;\nconst X: u8 = d::Y;"),
        module("c::d", "use super::Z;"),
        module("k", "use crate::a::b::N;"),
    ]
    .into();
    let uses = |module: &str| uses(&modules, module).into_iter().collect::<Vec<_>>();
    assert_eq!(uses("a::b"), ["a::h", "c", "c::d", "k"]);
    assert_eq!((uses("a::h"), uses("c"), uses("c::d")), (vec![], vec!["c::d".to_owned()], vec!["c".to_owned()]));
    assert_eq!(uses("k"), ["a::b"]);
}
