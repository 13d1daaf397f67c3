//! Texts that are no YAML, no single document, or meant to harm. None may panic, hang, or take much memory.

use super::{GOOD, changed, problems, refused, summary};
use crate::spec::parse;

/// The one problem of a text.
#[track_caller]
fn only(text: &str, place: &str, message: &str, hint: &str) {
    let problems = problems(text);
    let found: Vec<_> = problems.iter().map(summary).collect();
    assert_eq!(found, [(place.to_owned(), message, hint)]);
}

#[test]
fn nothing_in_the_file() {
    for text in ["", "\n", "# only a comment\n", "\u{feff}", "---\n", "~\n"] {
        only(text, "", "the file is empty", "it begins with `apiVersion: trueup/v1`");
    }
}

#[test]
fn no_mapping() {
    let message = "the file is no mapping of keys to values";
    only("- a\n", "1:1+1", message, "it begins with `apiVersion: trueup/v1`");
    only("cluster\n", "1:1+7", message, "it begins with `apiVersion: trueup/v1`");
    only("5", "1:1+1", message, "it begins with `apiVersion: trueup/v1`");
}

#[test]
fn several_documents() {
    let text = format!("{GOOD}---\na: b\n");
    only(&text, "81:1+1", "a second YAML document", "one file describes one cluster: remove the `---`");
}

#[test]
fn tabs() {
    only(
        "metadata:\n\tname: a\n",
        "2:2+1",
        "not valid YAML: tabs disallowed within this context (block indentation)",
        "YAML is indented with spaces",
    );
}

#[test]
fn no_yaml() {
    only("a: [b, c\n", "1:4+1", "not valid YAML: unclosed bracket '['", "");
    only(
        "a: 'b\n",
        "1:4+1",
        "not valid YAML: unclosed quote",
        "close it; to have the quote itself in the text, write `''` inside of `'` and `\\\"` inside of `\"`",
    );
    only(
        "a: b: c\n",
        "1:5+1",
        "not valid YAML: mapping values are not allowed in this context",
        "quote a value that contains `: `; check the indentation",
    );
    only(
        "a:\n  b: c\n d: e\n",
        "3:2+1",
        "not valid YAML: while parsing a block mapping, did not find expected key",
        "check the indentation of this line",
    );
    only(
        "a: \u{1b}[31m\n",
        "1:4+1",
        "not valid YAML: unexpected character: `\\u{1b}'",
        "a text that begins with this character is quoted; one that cannot be seen is removed",
    );
}

#[test]
fn aliases_without_an_anchor() {
    only(
        "a: *b\n",
        "1:4+1",
        "not valid YAML: alias references unknown anchor",
        "its `&` must stand above; a text that begins with `*` is quoted",
    );
}

#[test]
fn tags_that_mean_nothing() {
    let hint = "it is for another program: write the value itself; a text that begins with `!` is quoted";
    for (text, place) in [
        ("labels: !include a.yaml", "41:22+6"),
        ("labels: !include [a]", "41:22+1"),
        ("labels: !include", "41:21+1"),
        ("labels: &a !include { b: 1 }", "41:25+1"),
        ("labels: !include &a { b: 1 }", "41:25+1"),
        ("labels: !include\n      b: 1\n      c: 2", "42:7+1"),
    ] {
        let problem = (place, "the YAML tag `!include` means nothing to trueup", hint);
        refused("labels: { nodegroup: jobs }", text, &[problem]);
    }
    refused("diskSize: 100", "!a diskSize: 100", &[("55:8+8", "the YAML tag `!a` means nothing to trueup", hint)]);
    let many = format!("labels: [{}]", "!a b, ".repeat(1_000));
    assert_eq!(problems(&changed("labels: { nodegroup: jobs }", &many)).iter().count(), 21);
}

#[test]
fn tags_that_do_not_fit() {
    let hint = "write the value without it, and in quotes if it is meant as text";
    for value in ["!!int abc", "!!bool maybe", "!!float x", "!!timestamp 2001-12-14", "!!binary _"] {
        let message = format!("the YAML tag `{}` does not fit its value", value.split(' ').next().expect("a tag"));
        let place =
            format!("55:{}+{}", value.find(' ').expect("a value") + 16, value.rsplit(' ').next().expect("it").len());
        refused("diskSize: 100", &format!("diskSize: {value}"), &[(&place, &message, hint)]);
    }
}

#[test]
fn keys_that_are_not_text() {
    let hint = "a key is a single word, or quoted";
    for (text, place) in [("? [a]\n    : b", "41:7+1"), ("~: b", "41:5+1"), ("{ a: b }: c", "41:5+1")] {
        refused("labels: { nodegroup: jobs }", text, &[(place, "a key that is not text", hint)]);
    }
    refused("name: gitlab-runners", "[name]: gitlab-runners", &[("4:3+1", "a key that is not text", hint)]);
}

#[test]
fn numbers_beyond_all_bounds() {
    for number in ["1e999", ".inf", "-.inf", ".nan"] {
        let message = format!("`diskSize` is the number {number}, but must be a whole number");
        let place = format!("55:15+{}", number.len());
        refused("diskSize: 100", &format!("diskSize: {number}"), &[(&place, &message, "")]);
        let message = format!("`team` is the number {number}, but must be text, or `null` to remove it");
        let place = format!("7:17+{}", number.len());
        let hint = format!("quote it: `team: \"{number}\"`");
        refused("team: platform", &format!("team: {number}"), &[(&place, &message, &hint)]);
    }
}

const TOO_MUCH: &str = "the file is too deep, or too large once its aliases are written out";

#[track_caller]
fn too_much(text: &str) {
    let problems = problems(text);
    let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(messages, [TOO_MUCH]);
}

#[test]
fn a_billion_laughs() {
    let level = |level: usize| {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        format!("a{level}: &a{level} [{aliases}]\n")
    };
    let levels = (1..10).map(level).collect::<Vec<_>>().concat();
    let text = format!("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n{levels}");
    too_much(&text);
}

#[test]
fn an_anchor_within_itself() {
    too_much("a: &a [*a]\n");
}

#[test]
fn deep_nesting() {
    for depth in [65, 1_000, 100_000] {
        too_much(&format!("a: {}{}\n", "[".repeat(depth), "]".repeat(depth)));
    }
    let blocks: Vec<String> = (0..1_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    too_much(&blocks.concat());
}

#[test]
fn many_values() {
    too_much(&format!("a: [{}]\n", "b, ".repeat(100_000)));
}

#[test]
fn many_problems_are_all_reported() {
    let keys: Vec<String> = (0..5_000).map(|number| format!("k{number}: v\n")).collect();
    let problems = problems(&format!("{GOOD}{}", keys.concat()));
    assert_eq!(problems.iter().count(), 5_000);
    assert!(problems.to_string().ends_with("error: 4900 more problems\n --> cluster.yaml"), "{problems}");
}

#[test]
fn long_values_are_shortened() {
    let shown = problems(&changed("region: us-east-1", &format!("region: {}", "x".repeat(100_000)))).to_string();
    assert!(shown.len() < 1_000, "{}", shown.len());
    let shown = problems(&changed("version: \"1.34\"", &format!("version: {}", "1".repeat(100_000)))).to_string();
    assert!(shown.len() < 1_000, "{}", shown.len());
    let shown = problems(&changed("[m6i.large]", &"x".repeat(100_000))).to_string();
    assert!(shown.len() < 1_000, "{}", shown.len());
}

/// Every way of cutting a file off, of leaving a character out, and of putting another in its place: no panic, no
/// endless loop, and an answer that can be shown.
#[test]
fn damaged_files_are_answered() {
    for (offset, character) in SMALL.char_indices() {
        let (before, after) = (&SMALL[..offset], &SMALL[offset + character.len_utf8()..]);
        answered(before);
        answered(&format!("{before}{after}"));
        let new = ["\t", "\n", "*", "[", "\"", "0", "é"][offset % 7];
        answered(&format!("{before}{new}{after}"));
    }
}

/// A bit of everything: block and flow style, quotes, numbers, truth values, anchors, comments, and errors.
const SMALL: &str = "\
# é
apiVersion: trueup/v1
metadata: { name: 'a', region: us-east-1, accountId: 0123, tags: { \"b\": ~ } }
cluster:
  logging: &l [api]
nodegroups:
  - labels: { x: *l }
    taints:
    - {key: k, effect: NoSchedule}
    scalingConfig: { maxSize: 1.5 }
    autoscaling: |
      x
";

fn answered(text: &str) {
    let problems = problems(text);
    assert!(problems.iter().count() > 0);
    assert!(problems.render(30, false).starts_with("error: "));
}

/// What is damaged in the correct file is often still a correct file, or one with other problems.
#[test]
fn damaged_correct_files_are_answered() {
    for (offset, character) in GOOD.char_indices().step_by(7) {
        let (before, after) = (&GOOD[..offset], &GOOD[offset + character.len_utf8()..]);
        let text = format!("{before}{after}");
        if let Err(problems) = parse("cluster.yaml", &text) {
            assert!(problems.to_string().starts_with("error: "), "{text}");
        }
    }
}
