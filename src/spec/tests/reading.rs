//! The correct file, unreadable files, and what a problem looks like.

use std::fs;
use std::path::Path;

use super::{GOOD, accepted, changed, problems};
use crate::spec::{ClusterAutoscaler, ScalingProcess, TaintEffect, json_schema, load, parse};

#[test]
fn the_correct_file_is_read() {
    let spec = parse("cluster.yaml", GOOD).expect("it is correct");
    assert_eq!(spec.metadata.account_id, "111122223333");
    assert_eq!(spec.metadata.tags["old"], None);
    assert_eq!(spec.cluster.version.as_deref(), Some("1.34"));
    let jobs = &spec.nodegroups[1];
    assert_eq!(jobs.taints.as_ref().expect("it has taints")[0].effect, TaintEffect::NoSchedule);
    assert_eq!(jobs.autoscaling.cluster_autoscaler, ClusterAutoscaler::Managed);
    assert_eq!(jobs.autoscaling.suspended_processes, Some(vec![ScalingProcess::AZRebalance]));
    assert_eq!(spec.nodegroups[2].autoscaling.node_template.options["scaledownunneededtime"], "5m");
    assert_eq!(spec.nodegroups[0].version, None);
}

#[test]
fn other_correct_spellings_are_read() {
    accepted("[203.0.113.0/24]", "[0.0.0.0/0, 203.0.113.7/24, \"2600::/12\"]");
    accepted("value: management, effect: NoSchedule", "effect: PREFER_NO_SCHEDULE");
    accepted("value: management, effect: NoSchedule", "value: \"\", effect: NoExecute");
    accepted("nodegroup: jobs }", "nodegroup: jobs, example.com/a.b_c: \"1\", yes: on }");
    accepted("diskSize: 100", "diskSize: 100.0");
    accepted("releaseVersion: 1.33.1-20251112", "releaseVersion: 1.50.0-7c3e9198");
    accepted(
        "    labels: { nodegroup: management }\n",
        "    labels: {}\n    updateConfig: { maxUnavailable: 1, updateStrategy: MINIMAL }\n",
    );
    accepted("role/gitlab-runners-cluster", "role/trueup/us-east-1/gitlab-runners/cluster");
}

#[test]
fn one_key_with_two_effects_is_fine_where_no_autoscaler_is_told() {
    accepted(
        "[{ key: dedicated, value: management, effect: NoSchedule }]",
        "[{ key: a, effect: NoSchedule }, { key: a, effect: NoExecute }]",
    );
}

#[test]
fn byte_order_mark_and_windows_line_ends_change_nothing() {
    let windows = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
    assert_eq!(
        parse("cluster.yaml", &windows).expect("it is correct"),
        parse("cluster.yaml", GOOD).expect("it is correct")
    );
    let broken = changed("diskSize: 100", "disk: 100");
    let broken_windows = format!("\u{feff}{}", broken.replace('\n', "\r\n"));
    assert_eq!(problems(&broken_windows).to_string(), problems(&broken).to_string());
}

#[test]
fn anchors_and_merge_keys_are_written_out() {
    let anchored =
        changed("scalingConfig: { minSize: 1, maxSize: 40 }", "scalingConfig: &sizes { minSize: 1, maxSize: 40 }")
            .replacen("scalingConfig: { minSize: 0, maxSize: 10 }", "scalingConfig: { <<: *sizes, minSize: 0 }", 1);
    let spec = parse("cluster.yaml", &anchored).expect("it is correct");
    let sizes = spec.nodegroups[2].scaling_config.as_ref().expect("it has sizes");
    assert_eq!((sizes.min_size, sizes.max_size), (Some(0), Some(40)));
}

#[test]
fn a_problem_of_an_anchored_value_is_reported_once_where_it_is_written() {
    let anchored =
        changed("scalingConfig: { minSize: 1, maxSize: 40 }", "scalingConfig: &sizes { minSize: 1, maxSize: 0 }")
            .replacen("scalingConfig: { minSize: 0, maxSize: 10 }", "scalingConfig: *sizes", 1);
    let problems = problems(&anchored);
    let found: Vec<_> = problems.iter().map(super::summary).collect();
    assert_eq!(found, [("40:50+1".to_owned(), "`maxSize` is 0, but must be at least 1", "")]);
}

#[test]
fn a_problem_is_shown_with_its_line() {
    let shown = problems(&changed("nodegroups:\n", "nodegroup: []\nnodegroups:\n")).to_string();
    assert_eq!(
        shown,
        "\
error: unknown key `nodegroup`
  --> cluster.yaml:24:1
   |
24 | nodegroup: []
   | ^^^^^^^^^
   = hint: did you mean `nodegroups`?"
    );
}

#[test]
fn problems_come_in_the_order_of_the_file() {
    let text = changed("name: gitlab-runners", "name: git lab").replacen("diskSize: 100", "disk: 100", 1);
    assert_eq!(
        problems(&text).to_string(),
        "\
error: `git lab` is not a valid cluster name
 --> cluster.yaml:4:9
  |
4 |   name: git lab
  |         ^^^^^^^
  = hint: a letter or digit, then letters, digits, `-` and `_`; at most 100 characters

error: unknown key `disk`
  --> cluster.yaml:55:5
   |
55 |     disk: 100
   |     ^^^^
   = hint: the keys here are `amiType`, `autoscaling`, `capacityType`, `diskSize`, `disruption`, `instanceTypes`, \
`labels`, `nodeRepairConfig`, `nodeRole`, `nodegroupName`, `releaseVersion`, `remoteAccess`, `scalingConfig`, \
`subnets`, `tags`, `taints`, `updateConfig`, `version` and `warmPoolConfig`"
    );
}

#[test]
fn long_lines_are_clipped_around_the_marker() {
    let text = changed(
        "team: platform",
        "team: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, aws:x: bbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    );
    let shown = problems(&text).render(40, false);
    assert_eq!(shown.lines().nth(3), Some("7 | aaaaaaaa, aws:x: bbbbbbbbbbbbbbbbbbb"));
    assert_eq!(shown.lines().nth(4), Some("  |           ^^^^^"));
}

#[test]
fn the_marker_stands_under_wide_characters() {
    let text = changed("{ team: platform, old: null }", "{ 日本語: 値, e\u{301}: x, 部署: 1 }");
    let shown = problems(&text).render(80, false);
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[1], " --> cluster.yaml:7:30");
    assert_eq!(lines[3], "7 |   tags: { 日本語: 値, e\u{301}: x, 部署: 1 }");
    assert_eq!(lines[4], "  |                                   ^");
    let narrow = problems(&changed("region: us-east-1", &format!("region: {}", "値".repeat(20)))).render(30, false);
    let lines: Vec<&str> = narrow.lines().collect();
    assert_eq!(lines[3], "5 |   region: 値値値値値値値値");
    assert_eq!(lines[4], "  |           ^^^^^^^^^^^^^^^^");
}

#[test]
fn colour_is_the_only_difference_of_a_coloured_problem() {
    let problems = problems(&changed("region: us-east-1", "region: x"));
    let coloured = problems.render(80, true);
    assert!(coloured.starts_with("\u{1b}[1m\u{1b}[31merror"), "{coloured:?}");
    let mut plain = String::new();
    for (index, part) in coloured.split('\u{1b}').enumerate() {
        plain.push_str(if index == 0 { part } else { part.split_once('m').expect("a colour ends with m").1 });
    }
    assert_eq!(plain, problems.render(80, false));
}

#[test]
fn what_could_command_a_terminal_is_not_passed_on() {
    let shown = problems(&changed("region: us-east-1", "region: \"a\\eb\" # \u{202e}")).render(80, false);
    assert!(shown.contains("`a\u{fffd}b` is not a region"), "{shown}");
    assert!(shown.contains("\"a\\eb\" # \u{fffd}"), "{shown}");
}

#[test]
fn paths_say_which_value_is_meant() {
    let text = changed("value: jobs, effect: NO_SCHEDULE", "value: \"a:b\", effect: NO_SCHEDULE").replacen(
        "tags: { cost-center: ci }",
        "tags: { a/b: ci, \"aws:c\": d }",
        1,
    );
    let paths: Vec<String> = problems(&text).iter().map(|problem| problem.path.clone()).collect();
    assert_eq!(paths, ["nodegroups[1].taints[0].value", "nodegroups[2].autoscaling.tags[\"aws:c\"]"]);
}

#[test]
fn a_file_is_loaded_by_its_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cluster.yaml");
    fs::write(&path, GOOD).expect("written");
    assert_eq!(load(&path).expect("it is correct").metadata.name, "gitlab-runners");
}

#[test]
fn unreadable_files_are_problems_too() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(unreadable(&folder.path().join("none.yaml")), "the file does not exist");
    assert_eq!(unreadable(folder.path()), "the path is a directory");
    let path = folder.path().join("cluster.yaml");
    fs::write(&path, b"apiVersion: \xff\xfe").expect("written");
    assert_eq!(unreadable(&path), "the file is not UTF-8 text: byte 12 is no part of a character");
    fs::write(&path, vec![b' '; 1024 * 1024 + 1]).expect("written");
    assert_eq!(unreadable(&path), "the file is larger than 1 MiB");
}

fn unreadable(path: &Path) -> String {
    let problems = load(path).expect_err("it cannot be read");
    let name = path.display().to_string();
    assert!(problems.to_string().contains(&format!(" --> {name}")), "{problems}");
    problems.iter().map(|problem| problem.message.as_str()).collect()
}

#[test]
fn the_schema_describes_the_file() {
    let schema = json_schema();
    assert_eq!(schema["title"], "trueup cluster file");
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["$defs"]["ScalingConfig"]["properties"]["maxSize"]["type"], "integer");
    assert_eq!(schema["$defs"]["Nodegroup"]["properties"]["updateConfig"]["$ref"], "#/$defs/UpdateConfig");
    let effects = schema["$defs"]["TaintEffect"]["oneOf"].as_array().expect("it has choices");
    assert_eq!(effects.len(), 6);
    assert_eq!(schema["$defs"]["Metadata"]["properties"]["tags"]["additionalProperties"]["type"][1], "null");
}

#[test]
fn only_tags_may_be_null() {
    let text = json_schema().to_string();
    assert_eq!(text.matches("\"null\"").count(), text.matches("[\"string\",\"null\"]").count());
    assert!(text.contains("[\"string\",\"null\"]"));
}
