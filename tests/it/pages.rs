//! Plans and drifts on pages of any width: readable, whole, and never wider than the page.

use serde_json::json;
use trueup::plan::Plan;
use trueup::report::{Mood, Page};

use crate::bench::{Bench, on_page};

const DRIFT: Mood = Mood::Drift { unmanaged_counts: false };
const WIDTHS: [Option<usize>; 4] = [Some(40), Some(80), Some(200), None];

async fn a_day() -> Bench {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/cluster/logging", json!(["api", "scheduler"]));
    bench.edit("/cluster/resourcesVpcConfig/endpointPublicAccess", json!(false));
    bench.edit("/accessEntries/0/kubernetesGroups", json!(["platform"]));
    bench.edit("/accessEntries/2/accessPolicies", json!([{ "policyArn": "AmazonEKSViewPolicy" }]));
    bench.edit("/nodegroups/0/instanceTypes", json!(["m7i.2xlarge", "m7a.2xlarge", "m6i.2xlarge", "m6a.2xlarge"]));
    bench.edit("/nodegroups/1/labels/tier", json!("gold"));
    bench.group("jobs-arm64", |group| group.tags.remove("trueup/cluster"));
    bench.file["nodegroups"].as_array_mut().unwrap().truncate(2);
    let mut more = bench.file["nodegroups"][1].clone();
    more["nodegroupName"] = json!("more-jobs");
    bench.file["nodegroups"].as_array_mut().unwrap().push(more);
    bench
}

fn page(width: Option<usize>) -> Page {
    Page { width, links: false }
}

fn without_space(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

/// Every width shows the same, and no line is too long for its page.
fn assert_whole(plan: &Plan, mood: Mood) {
    let whole = without_space(&on_page(plan, mood, page(None)));
    for width in 24..220 {
        let text = on_page(plan, mood, page(Some(width)));
        assert_eq!(without_space(&text), whole, "at {width} columns");
        let longest = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
        assert!(longest <= width, "{longest} columns on a page of {width}:\n{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_fits_every_page() {
    let plan = a_day().await.plan().await;
    assert_whole(&plan, Mood::Intent);
    for width in WIDTHS {
        let name = format!("plan_{}", width.map_or("none".to_owned(), |width| width.to_string()));
        insta::assert_snapshot!(name, on_page(&plan, Mood::Intent, page(width)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_drift_fits_every_page() {
    let plan = a_day().await.plan().await;
    assert_whole(&plan, DRIFT);
    for width in WIDTHS {
        let name = format!("drift_{}", width.map_or("none".to_owned(), |width| width.to_string()));
        insta::assert_snapshot!(name, on_page(&plan, DRIFT, page(width)));
    }
}

#[tokio::test(start_paused = true)]
async fn what_aws_says_cannot_command_the_terminal() {
    let bench = Bench::applied("cluster.yaml").await;
    let label = ("tier".to_owned(), "\u{1b}]0;owned\u{7}\u{202e}gold".to_owned());
    bench.group("jobs", |group| group.config.labels.extend([label]));
    let text = on_page(&bench.plan().await, Mood::Intent, page(Some(80)));
    assert!(text.contains("\\u{1b}]0;owned\\u{7}\\u{202e}gold"), "{text}");
    assert!(text.contains("gold"), "{text}");
    assert!(text.chars().all(|character| character == '\n' || !character.is_control()), "{text:?}");
}
