//! File and world in, plan out, as people read it.

use serde_json::json;

use crate::bench::{Bench, full_consent};

#[tokio::test(start_paused = true)]
async fn from_nothing() {
    insta::assert_snapshot!(Bench::new("cluster.yaml").plan_text().await);
}

#[tokio::test(start_paused = true)]
async fn in_sync() {
    insta::assert_snapshot!(Bench::applied("cluster.yaml").await.plan_text().await);
}

#[tokio::test(start_paused = true)]
async fn a_day_of_changes() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/cluster/logging", json!(["api", "scheduler"]));
    bench.edit("/cluster/resourcesVpcConfig/publicAccessCidrs", json!(["203.0.113.0/24", "198.51.100.0/24"]));
    bench.edit("/nodegroups/0/scalingConfig", json!({ "minSize": 2, "maxSize": 4, "desiredSize": 3 }));
    bench.edit("/nodegroups/1/labels/tier", json!("gold"));
    bench.edit("/nodegroups/1/taints", json!([{ "key": "dedicated", "value": "ci", "effect": "NoSchedule" }]));
    bench.edit("/nodegroups/2/autoscaling/tags", json!({ "cost-center": null }));
    insta::assert_snapshot!(bench.plan_text().await);
}

#[tokio::test(start_paused = true)]
async fn an_upgrade_of_everything() {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/version", json!("1.33"));
    bench.edit("/nodegroups/1/version", json!("1.33"));
    bench.apply_fully().await;
    bench.edit("/cluster/version", json!("1.34"));
    bench.edit("/nodegroups/1/version", json!("1.34"));
    insta::assert_snapshot!("an_upgrade_without_consent", bench.plan_text().await);
    bench.consent = full_consent();
    insta::assert_snapshot!("an_upgrade_with_consent", bench.plan_text().await);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_done() {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/version", json!("1.31"));
    bench.edit("/cluster/accessConfig/authenticationMode", json!("CONFIG_MAP"));
    bench.edit("/accessEntries", json!([]));
    bench.apply_fully().await;
    bench.edit("/cluster/version", json!("1.34"));
    bench.edit("/cluster/accessConfig/authenticationMode", json!("API"));
    bench.edit("/cluster/resourcesVpcConfig/endpointPublicAccess", json!(false));
    bench.edit("/nodegroups/1/instanceTypes", json!(["m7i.2xlarge"]));
    bench.edit("/nodegroups/1/diskSize", json!(200));
    insta::assert_snapshot!(bench.plan_text().await);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_in_the_file() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.group("jobs", |group| group.tags.remove("trueup/cluster"));
    bench.file["nodegroups"].as_array_mut().unwrap().truncate(1);
    insta::assert_snapshot!("extras", bench.plan_text().await);
    bench.consent.prune = true;
    insta::assert_snapshot!("extras_with_prune", bench.plan_text().await);
}

#[tokio::test(start_paused = true)]
async fn a_control_plane_ahead_of_the_file() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/cluster/version", json!("1.33"));
    bench.edit("/nodegroups/1/labels/tier", json!("gold"));
    insta::assert_snapshot!(bench.plan_text().await);
}
