//! How many and how long: the last that is accepted, and the first that is refused.

use super::{GOOD, accepted, changed, parse, problems};

/// The messages about the correct file with one thing changed.
#[track_caller]
fn messages(from: &str, to: &str) -> Vec<String> {
    problems(&changed(from, to)).iter().map(|problem| problem.message.clone()).collect()
}

fn repeated(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(", ")
}

#[test]
fn names() {
    accepted("name: gitlab-runners", &format!("name: {}", "n".repeat(100)));
    assert_eq!(messages("name: gitlab-runners", &format!("name: {}", "n".repeat(101))).len(), 1);
    accepted("nodegroupName: jobs\n", &format!("nodegroupName: {}\n", "n".repeat(63)));
    assert_eq!(messages("nodegroupName: jobs\n", &format!("nodegroupName: {}\n", "n".repeat(64))).len(), 1);
}

#[test]
fn tags() {
    let tags = |key: usize, value: usize| format!("{{ {}: a, b: {} }}", "é".repeat(key), "v".repeat(value));
    accepted("{ team: platform, old: null }", &tags(128, 256));
    let long = messages("{ team: platform, old: null }", &tags(129, 257));
    assert!(long[0].ends_with("has 129 characters, but AWS allows 128"), "{long:?}");
    assert_eq!(long[1], "the tag's value has 257 characters, but AWS allows 256");
}

#[test]
fn tags_with_the_mark_of_ownership() {
    let tags = |count| format!("{{ {}, old: null }}", repeated(count, |index| format!("t{index}: x")));
    accepted("{ team: platform, old: null }", &tags(49));
    let message = "this makes 51 tags with the one that trueup adds, but AWS allows 50";
    assert_eq!(messages("{ team: platform, old: null }", &tags(50)), [message]);
}

#[test]
fn tags_with_those_of_the_metadata() {
    let tags = |count| {
        format!("deletionProtection: true\n  tags: {{ team: x, {} }}", repeated(count, |index| format!("t{index}: x")))
    };
    accepted("deletionProtection: true", &tags(48));
    let message = "this makes 51 tags with the one that trueup adds, but AWS allows 50";
    assert_eq!(messages("deletionProtection: true", &tags(49)), [message]);
}

#[test]
fn address_ranges() {
    let ranges = |count| format!("[{}]", repeated(count, |index| format!("203.0.{index}.0/24")));
    accepted("[203.0.113.0/24]", &ranges(40));
    assert_eq!(messages("[203.0.113.0/24]", &ranges(41)), ["`publicAccessCidrs` has 41 items, but AWS allows 40"]);
}

#[test]
fn instance_types() {
    let types = |count| format!("[{}]", repeated(count, |index| format!("m{index}i.large")));
    accepted("[m6i.large]", &types(20));
    assert_eq!(messages("[m6i.large]", &types(21)), ["`instanceTypes` has 21 items, but AWS allows 20"]);
}

#[test]
fn labels() {
    let labels = |key: usize, value: usize| format!("{{ a.b/{}: x, y: {} }}", "k".repeat(key), "v".repeat(value));
    accepted("{ nodegroup: management }", &labels(59, 63));
    let long = messages("{ nodegroup: management }", &labels(60, 64));
    assert!(long[0].ends_with("has 64 characters, but EKS allows 63"), "{long:?}");
    assert!(long[1].ends_with("is not a valid label or taint value"), "{long:?}");
}

#[test]
fn taints() {
    const ONE: &str = "[{ key: dedicated, value: management, effect: NoSchedule }]";
    let taints = |count| format!("[{}]", repeated(count, |index| format!("{{ key: k{index}, effect: NoSchedule }}")));
    accepted(ONE, &taints(50));
    assert_eq!(messages(ONE, &taints(51)), ["`taints` has 51 items, but AWS allows 50"]);
}

/// AWS raises these on request.
#[test]
fn quotas_are_no_limits() {
    let file = |count| {
        let start = GOOD.find("nodegroups:").expect("it has nodegroups");
        let group = |index| {
            format!(
                "  - {{ nodegroupName: g{index}, nodeRole: \"arn:aws:iam::111122223333:role/n\", subnets: [subnet-0a11aaaaaaaaaaaaa] }}\n"
            )
        };
        format!("{}nodegroups:\n{}", &GOOD[..start], (0..count).map(group).collect::<String>())
    };
    assert_eq!(parse("cluster.yaml", &file(31)).map(|spec| spec.nodegroups.len()), Ok(31));
    accepted("minSize: 0, maxSize: 10", "minSize: 451, maxSize: 1000, desiredSize: 451");
}

#[test]
fn keys_of_node_template_tags() {
    let label = |length: usize| format!("labels: {{ {}/y: z }}", ["d".repeat(40), "d".repeat(length)].join("."));
    accepted("resources: { ephemeral-storage: 90Gi }", &label(39));
    let long = messages("resources: { ephemeral-storage: 90Gi }", &label(40));
    assert!(long[0].ends_with("has 129 characters, but AWS allows 128"), "{long:?}");
}

#[test]
fn tags_of_auto_scaling_groups() {
    let tags = |count| format!("tags: {{ {}, gone: null }}", repeated(count, |index| format!("t{index}: x")));
    accepted("tags: { cost-center: ci }", &tags(41));
    let message = "the Auto Scaling group would carry 51 tags (42 of `tags`, 6 for Cluster Autoscaler, 3 of EKS), but AWS allows 50";
    assert_eq!(messages("tags: { cost-center: ci }", &tags(42)), [message]);
}
