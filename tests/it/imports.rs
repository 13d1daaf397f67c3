//! Imports form no circle, and in the sandbox they go down only: tests that read the source. The central function is
//! [`uses`].
//!
//! Not here: what is compiled for tests only, which may look at anything.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What a file lies on: nothing on a floor knows anything of those above it.
const FLOORS: [(&str, u8); 15] = [
    ("kernel::", 0),
    ("settings", 1),
    ("audit::state", 1),
    ("world", 2),
    ("wire::", 3),
    ("services::eks::life", 1),
    ("services::", 4),
    ("audit::", 5),
    ("handle", 6),
    ("faults", 6),
    ("show", 6),
    ("worlds::", 7),
    ("connector", 7),
    ("serve", 8),
    ("", 9),
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

/// The modules of the source in a folder of the repository.
fn modules(folder: &str) -> Modules {
    let mut modules = Modules::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), "", &mut modules);
    modules
}

fn collect(folder: &Path, module: &str, modules: &mut Modules) {
    let entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let tests = entries.iter().filter(|path| path.is_file());
    let tests: Vec<String> = tests.flat_map(|path| for_tests(&fs::read_to_string(path).unwrap())).collect();
    for path in entries {
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let child = if module.is_empty() { stem.clone() } else { format!("{module}::{stem}") };
        if tests.contains(&stem) {
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

const FOR_TESTS: &str = "#[cfg(test)]";

/// The modules with a file of their own that a text declares for tests only.
fn for_tests(text: &str) -> Vec<String> {
    let declared = text.split(FOR_TESTS).skip(1).filter_map(|rest| rest.split_once(';')).map(|(item, _)| item.trim());
    let names = declared.filter_map(|item| item.rsplit_once("mod ")).map(|(_, name)| name);
    names.filter(|name| !name.contains('{')).map(str::to_owned).collect()
}

/// The text of a file without comments and what is compiled for tests only.
fn code(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let text = lines.join("\n");
    let mut parts = text.split(FOR_TESTS);
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |code, rest| code + &rest[item(rest)..])
}

/// How long the item at the beginning of a text is: up to its semicolon or comma, or to the brace that ends it, whatever
/// is first.
fn item(text: &str) -> usize {
    let mut depth = 0_u32;
    for (at, char) in text.char_indices() {
        match char {
            ';' | ',' if depth == 0 => return at + 1,
            '{' | '(' => depth += 1,
            '}' if depth == 1 => return at + 1 + usize::from(text[at + 1..].starts_with(';')),
            ')' | '}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
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

fn parent(module: &str) -> &str {
    module.rsplit_once("::").map_or("", |(parent, _)| parent)
}

fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap()
}

fn join(module: &str, rest: &str) -> String {
    if module.is_empty() { rest.to_owned() } else { format!("{module}::{rest}") }
}

/// The longest part of a path that is a module, and what follows it.
fn split<'a>(modules: &Modules, path: &'a str) -> (&'a str, &'a str) {
    let mut ends: Vec<usize> = path.match_indices("::").map(|(at, _)| at).collect();
    ends.push(path.len());
    let end = ends.into_iter().rev().find(|end| modules.contains_key(&path[..*end]));
    end.map_or(("", path), |end| (&path[..end], path[end..].trim_start_matches("::")))
}

/// A path as a module writes it, from the root of the crate; `None` if it leads out of the crate.
fn absolute(modules: &Modules, module: &str, path: &str) -> Option<String> {
    if let Some(rest) = path.strip_prefix("crate::") {
        return Some(rest.to_owned());
    }
    let (mut from, mut rest) = (module, path);
    while let Some(further) = rest.strip_prefix("super::") {
        (from, rest) = (parent(from), further);
    }
    let child = join(module, rest.split("::").next().unwrap());
    (rest != path || modules.contains_key(&child)).then(|| join(from, rest))
}

/// The module that declares what a path leads to: one that only hands it on is passed through.
fn declaring(modules: &Modules, path: &str) -> String {
    declaring_from(modules, path, &mut BTreeSet::new())
}

/// `met` are the paths on the way: what is handed around in a ring is declared where the ring closes.
fn declaring_from(modules: &Modules, path: &str, met: &mut BTreeSet<String>) -> String {
    let (module, rest) = split(modules, path);
    if !met.insert(path.to_owned()) {
        return module.to_owned();
    }
    let name = rest.split("::").next().unwrap();
    let imports = modules[module].split("use ").skip(1).flat_map(|import| spelled_out(import).0);
    let further = imports.filter_map(|import| absolute(modules, module, &import)).find_map(|import| {
        let all = import
            .strip_suffix("::")
            .filter(|of| declares(modules, of, name, &mut BTreeSet::new()))
            .map(|of| join(of, name));
        all.or_else(|| (!name.is_empty() && last(&import) == name).then_some(import))
    });
    further
        .filter(|further| further != path)
        .map_or(module.to_owned(), |further| declaring_from(modules, &further, met))
}

/// Whether a module, or what it hands on all of, has something of this name.
fn declares(modules: &Modules, module: &str, name: &str, met: &mut BTreeSet<String>) -> bool {
    if !met.insert(module.to_owned()) {
        return false;
    }
    let text = &modules[module];
    let here = ["struct", "enum", "fn", "trait", "const", "type"].iter().any(|word| {
        let found = text.split_once(&format!("{word} {name}")).map(|(_, rest)| rest);
        found.is_some_and(|rest| !rest.starts_with(|char: char| char.is_alphanumeric() || char == '_'))
    });
    let imports = text.split("use ").skip(1).flat_map(|import| spelled_out(import).0);
    let all = imports.filter_map(|import| absolute(modules, module, import.strip_suffix("::")?));
    here || all.filter(|of| modules.contains_key(of)).any(|of| declares(modules, &of, name, met))
}

/// The modules that a module names something of.
fn uses(modules: &Modules, module: &str) -> BTreeSet<String> {
    let text = &modules[module];
    let written = paths(text, "crate").into_iter().chain(paths(text, "super"));
    let mut all: Vec<String> = written.filter_map(|path| absolute(modules, module, &path)).collect();
    let children = modules.keys().filter(|other| !other.is_empty() && parent(other) == module);
    let mut names: BTreeMap<String, String> = children.map(|it| (last(it).to_owned(), it.clone())).collect();
    for path in &all {
        let path = path.strip_suffix("::self").unwrap_or(path);
        if modules.contains_key(path) {
            names.insert(last(path).to_owned(), path.to_owned());
        }
    }
    for (name, target) in &names {
        let renamed = text.split_once(&format!("{name} as ")).map(|(_, rest)| rest);
        let alias =
            renamed.map_or(name.as_str(), |rest| rest.split(|char: char| !char.is_alphanumeric()).next().unwrap());
        all.extend(paths(text, alias).iter().map(|path| join(target, &path[alias.len() + 2..])));
    }
    all.retain(|path| !modules.contains_key(path.strip_suffix("::self").unwrap_or(path)));
    all.iter().map(|path| declaring(modules, path)).filter(|other| other != module).collect()
}

#[test]
fn imports_of_the_sandbox_go_down_only() {
    let modules = modules("sandbox/src");
    for module in modules.keys() {
        for used in uses(&modules, module) {
            assert!(floor(&used) <= floor(module), "{module} uses {used}, which lies above it");
        }
    }
}

/// What stands side by side in a folder, files and folders with all that is in them, forms no circle, at any depth. A
/// folder's own `mod.rs` is the folder: what is in it may name what holds it.
#[test]
fn no_imports_form_a_circle() {
    let modules = modules("src");
    let all: BTreeMap<&str, BTreeSet<String>> =
        modules.keys().map(|module| (module.as_str(), uses(&modules, module))).collect();
    let circles: Vec<_> = modules
        .keys()
        .map(|holds| (holds, circles(between_children(holds, &all))))
        .filter(|it| !it.1.is_empty())
        .collect();
    assert_eq!(circles, [], "each of these leads back to itself or to one that does");
}

/// Between files of the sandbox there is none either, those that hold others included.
#[test]
fn no_files_of_the_sandbox_form_a_circle() {
    let modules = modules("sandbox/src");
    let all = modules.keys().map(|module| (module.clone(), uses(&modules, module))).collect();
    assert_eq!(circles(all), [], "each of these leads back to itself or to one that does");
}

/// Which of the children of a module uses which, each with all that is in it.
fn between_children(holds: &str, all: &BTreeMap<&str, BTreeSet<String>>) -> BTreeMap<String, BTreeSet<String>> {
    let prefix = if holds.is_empty() { String::new() } else { format!("{holds}::") };
    let child =
        |module: &str| module.strip_prefix(&prefix)?.split("::").next().filter(|it| !it.is_empty()).map(str::to_owned);
    let mut between: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (module, uses) in all {
        if let Some(from) = child(module) {
            let others = uses.iter().filter_map(|used| child(used)).filter(|other| *other != from);
            between.entry(from.clone()).or_default().extend(others.collect::<Vec<_>>());
        }
    }
    between
}

/// Those that lead back to themselves, or to one that does, and to which of those.
fn circles(mut left: BTreeMap<String, BTreeSet<String>>) -> Vec<(String, BTreeSet<String>)> {
    loop {
        let free: BTreeSet<String> =
            left.iter().filter(|(_, uses)| uses.is_empty()).map(|(module, _)| module.clone()).collect();
        if free.is_empty() {
            return left.into_iter().collect();
        }
        left.retain(|module, _| !free.contains(module));
        for uses in left.values_mut() {
            uses.retain(|used| !free.contains(used));
        }
    }
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
        module("hall", "mod door;\npub use door::Key as Pass;\npub(crate) use room::*;\npub use door::{Lock, Hinge};"),
        module("hall::door", "use super::{Lock, Chair, Missing};"),
        module("hall::room", "pub struct Chair;"),
        module("l", "fn f() -> crate::hall::Hinge { crate::hall::Chair }"),
    ]
    .into();
    let uses = |module: &str| uses(&modules, module).into_iter().collect::<Vec<_>>();
    assert_eq!(uses("a::b"), ["a::h", "c", "c::d", "k"]);
    assert_eq!((uses("a::h"), uses("c"), uses("c::d")), (vec![], vec!["c::d".to_owned()], vec!["c".to_owned()]));
    assert_eq!(uses("k"), ["a::b"]);
    // What is only handed on is somebody else's.
    assert_eq!(uses("hall::door"), ["hall", "hall::room"]);
    assert_eq!(uses("l"), ["hall::door", "hall::room"]);
}

#[test]
fn circles_are_found_between_files_and_between_folders() {
    let uses = |of: &[&str]| of.iter().map(|&used| used.to_owned()).collect::<BTreeSet<_>>();
    let all = [
        ("", uses(&["a"])),
        ("a", uses(&["a::x"])),
        ("a::x", uses(&["a", "b::y"])),
        ("b::y", uses(&["c"])),
        ("c", uses(&[])),
        ("a::z", uses(&[])),
    ];
    let between = |holds: &str, all: &BTreeMap<_, _>| {
        circles(between_children(holds, all)).into_iter().map(|it| it.0).collect::<Vec<_>>()
    };
    let mut all: BTreeMap<&str, BTreeSet<String>> = all.into();
    assert_eq!((between("", &all), between("a", &all)), (vec![], vec![]));
    all.insert("c", uses(&["a::z"]));
    assert_eq!((between("", &all), between("a", &all)), (vec!["a".to_owned(), "b".to_owned(), "c".to_owned()], vec![]));
    all.insert("a::z", uses(&["a::x"]));
    assert_eq!(between("a", &all), Vec::<String>::new());
    all.insert("a::x", uses(&["a::z"]));
    assert_eq!(between("a", &all), ["x", "z"]);
}

/// What is compiled for tests only does not count.
#[test]
fn what_is_for_tests_is_left_out() {
    let text = "//! a\nuse a::B;\n#[cfg(test)]\nuse c::{D, E};\nfn f() { 1 }\n#[cfg(test)]\npub(crate) mod g;\nx! {\n#[cfg(test)]\n\
                H: h,\nI: i }\n#[cfg(test)]\nmod tests { fn j() { k(1, 2); } }\nfn l() {}";
    assert_eq!(for_tests(text), ["g"]);
    let left: String = code(text).split_whitespace().collect();
    assert_eq!(left, "usea::B;fnf(){1}x!{I:i}fnl(){}");
}
