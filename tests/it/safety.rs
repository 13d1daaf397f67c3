//! The safety rules of the design, one by one. The auditor in the sandbox stands behind every test besides.

use sandbox::{GroupTag, World};
use serde_json::json;
use trueup::apply::Ending;
use trueup::plan::Verb;

use crate::bench::{Bench, nodegroup, resize, scaling_group_of, text, verb};

#[tokio::test(start_paused = true)]
async fn rule_2_only_what_create_tagged_is_ours() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.consent.prune = true;
    bench.consent.disruption = crate::bench::every_disruption();
    bench.tamper(|world| {
        nodegroup(world, "jobs").tags.remove("trueup/cluster");
        nodegroup(world, "management").tags.insert("trueup/cluster".into(), "us-east-1/another".into());
    });
    bench.file["nodegroups"] = json!([]);
    let plan = bench.plan().await;
    assert_eq!(verb(&plan, "nodegroup/jobs"), Some(Verb::Unmanaged), "no tag");
    assert_eq!(verb(&plan, "nodegroup/management"), Some(Verb::Unmanaged), "another cluster's tag");
    assert_eq!(verb(&plan, "nodegroup/jobs-arm64"), Some(Verb::Delete));
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    let left = bench.cluster(|cluster| cluster.nodegroups.keys().cloned().collect::<Vec<_>>());
    assert_eq!(left, ["jobs", "management"]);
}

#[tokio::test(start_paused = true)]
async fn rule_2_nothing_is_deleted_without_prune_nor_without_consent_to_the_disruption() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.file["nodegroups"].as_array_mut().unwrap().truncate(2);
    assert!(matches!(bench.apply().await, Ending::InSync(_)), "an extra is no drift");
    bench.consent.prune = true;
    bench.assert_blocked("terminates 0 nodes").await;
}

#[tokio::test(start_paused = true)]
async fn rule_2_a_named_thing_that_exists_never_becomes_deletable() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.group("jobs", |group| group.tags.remove("trueup/cluster"));
    bench.edit("/nodegroups/1/labels/more", json!("labels"));
    assert!(matches!(bench.apply().await, Ending::Done(..)), "naming it is consent to change it");
    let tagged = bench.group("jobs", |group| group.tags.contains_key("trueup/cluster"));
    assert!(!tagged, "only the create call writes the ownership tag");
}

#[tokio::test(start_paused = true)]
async fn rule_3_groups_are_never_replaced() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.consent = crate::bench::full_consent();
    bench.edit("/nodegroups/1/instanceTypes", json!(["m7i.2xlarge"]));
    bench.assert_blocked("only a new resource can have another instanceTypes").await;
}

#[tokio::test(start_paused = true)]
async fn rule_4_closing_the_public_endpoint_takes_consent() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/cluster/resourcesVpcConfig/endpointPublicAccess", json!(false));
    bench.assert_blocked("the public endpoint closes; somebody may be locked out").await;
}

#[tokio::test(start_paused = true)]
async fn rule_4_dropping_an_address_takes_consent_and_adding_one_does_not() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/cluster/resourcesVpcConfig/publicAccessCidrs", json!(["203.0.113.0/24", "198.51.100.7/32"]));
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    bench.edit("/cluster/resourcesVpcConfig/publicAccessCidrs", json!(["198.51.100.7/32"]));
    bench.assert_blocked("addresses that reach the public endpoint today will not").await;
}

#[tokio::test(start_paused = true)]
async fn rule_4_one_endpoint_stays_open() {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/resourcesVpcConfig/endpointPublicAccess", json!(false));
    bench.edit("/cluster/resourcesVpcConfig/endpointPrivateAccess", json!(null));
    bench.assert_blocked("neither the public nor the private endpoint would be open").await;
    bench.edit("/cluster/resourcesVpcConfig/endpointPrivateAccess", json!(true));
    assert!(matches!(bench.apply().await, Ending::Done(..)));
}

/// Behind a private endpoint the security groups say who reaches the API server.
#[tokio::test(start_paused = true)]
async fn rule_4_dropping_a_security_group_takes_consent_and_adding_one_does_not() {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/resourcesVpcConfig/securityGroupIds", json!(["sg-0a77aaaaaaaaaaaaa"]));
    bench.apply_fully().await;
    bench.edit("/cluster/resourcesVpcConfig/securityGroupIds", json!(["sg-0a77aaaaaaaaaaaaa", "sg-0b88bbbbbbbbbbbbb"]));
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    bench.edit("/cluster/resourcesVpcConfig/securityGroupIds", json!(["sg-0b88bbbbbbbbbbbbb"]));
    bench.assert_blocked("by a security group that goes will not; somebody may be locked out").await;
}

#[tokio::test(start_paused = true)]
async fn rule_5_a_lower_maximum_under_load_is_blocked() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.tamper(|world| resize(world, "jobs", 12));
    assert!(bench.plan().await.in_sync(), "the size is the autoscaler's");
    bench.edit("/nodegroups/1/scalingConfig/maxSize", json!(8));
    bench.assert_blocked("the group shrinks; terminates 4 nodes").await;
    bench.edit("/nodegroups/1/disruption", json!("allow"));
    assert!(matches!(bench.apply().await, Ending::Done(..)), "the file may consent for one group");
    let sizes = bench.group("jobs", |group| (group.config.scaling.max, group.config.scaling.desired));
    assert_eq!(sizes, (8, 8));
}

#[tokio::test(start_paused = true)]
async fn rule_5_a_higher_minimum_brings_the_size_along() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/nodegroups/1/scalingConfig/minSize", json!(3));
    assert!(matches!(bench.apply().await, Ending::Done(..)), "adding nodes needs no consent");
    let desired = bench.group("jobs", |group| group.config.scaling.desired);
    assert_eq!(desired, 3);
}

#[tokio::test(start_paused = true)]
async fn rule_5_rolls_evictions_and_rebalances_take_consent() {
    let original = Bench::applied("cluster.yaml").await;
    let cases = [
        ("/nodegroups/1/releaseVersion", json!("1.34.9-20260105"), "EKS replaces every node; drains 1 node"),
        (
            "/nodegroups/1/taints",
            json!([{ "key": "dedicated", "value": "jobs", "effect": "NoExecute" }]),
            "a NoExecute taint evicts the pods that do not tolerate it; drains 1 node",
        ),
        ("/nodegroups/1/autoscaling/suspendedProcesses", json!([]), "AZRebalance terminates nodes to even out zones"),
    ];
    for (pointer, value, says) in cases {
        let mut bench = original.copy();
        bench.edit(pointer, value);
        bench.assert_blocked(says).await;
    }
}

#[tokio::test(start_paused = true)]
async fn rule_6_what_is_not_ours_on_the_group_is_left_alone() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/nodegroups/1/autoscaling", json!({ "clusterAutoscaler": "unmanaged" }));
    bench.tamper(|world| {
        let tag = GroupTag { value: "nonsense".into(), propagate_at_launch: true };
        let key = "k8s.io/cluster-autoscaler/node-template/taint/dedicated";
        scaling_group_of(world, "jobs").tags.insert(key.into(), tag);
    });
    let plan = bench.plan().await;
    assert_eq!(verb(&plan, "autoscaling-group/jobs"), None, "an unmanaged group is not even compared");
}

#[tokio::test(start_paused = true)]
async fn rule_6_what_aws_suspended_is_reported_and_never_resumed() {
    let bench = Bench::applied("cluster.yaml").await;
    bench.tamper(|world| {
        for group in world.auto_scaling_groups_mut().values_mut() {
            group.suspended.insert("Launch".into(), "Administrative suspension at 2026-01-02T00:00:00Z".into());
        }
    });
    let plan = bench.plan().await;
    assert!(plan.in_sync());
    assert!(text(&plan).contains("AWS itself suspended Launch"), "{}", text(&plan));
}

#[tokio::test(start_paused = true)]
async fn rule_6_a_group_with_an_operator_is_blocked() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.tamper(|world| {
        for group in world.auto_scaling_groups_mut().values_mut() {
            group.operator = Some("operator.example.amazonaws.com".into());
        }
    });
    bench.edit("/nodegroups/1/autoscaling/tags", json!({ "new": "tag" }));
    bench.assert_blocked("only operator.example.amazonaws.com may change this Auto Scaling group").await;
}

#[tokio::test(start_paused = true)]
async fn rule_6_too_many_tags_are_seen_before_anything_is_written() {
    let bench = Bench::applied("cluster.yaml").await;
    bench.tamper(|world| {
        let group = scaling_group_of(world, "jobs");
        let tag = GroupTag { value: "theirs".into(), propagate_at_launch: false };
        group.tags.extend((0..45).map(|number| (format!("foreign-{number}"), tag.clone())));
        group.tags.retain(|key, _| !key.contains("node-template/taint"));
    });
    bench.assert_blocked("AWS allows 50").await;
}

#[tokio::test(start_paused = true)]
async fn rule_8_there_is_no_way_back_without_consent() {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/accessConfig/authenticationMode", json!("API_AND_CONFIG_MAP"));
    bench.apply_fully().await;
    bench.edit("/cluster/accessConfig/authenticationMode", json!("API"));
    bench.assert_blocked("there is no way back").await;
    bench.consent.irreversible = true;
    bench.assert_blocked("somebody may be locked out").await;
    bench.consent.disruption = crate::bench::every_disruption();
    assert!(matches!(bench.apply().await, Ending::Done(..)));
}

#[tokio::test(start_paused = true)]
async fn what_is_blocked_can_be_skipped() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.skip_blocked = true;
    bench.edit("/nodegroups/1/instanceTypes", json!(["m7i.2xlarge"]));
    bench.edit("/nodegroups/2/labels/more", json!("labels"));
    let ending = bench.apply().await;
    let Ending::Incomplete(report, plan) = &ending else { panic!("{ending:#?}") };
    assert!(report.complete() && !report.done.is_empty() && plan.blocked());
}

#[tokio::test(start_paused = true)]
async fn rule_5_resuming_any_process_that_may_end_nodes_takes_consent() {
    let bench = Bench::applied("cluster.yaml").await;
    bench.tamper(|world| {
        let user = || "User suspended at 2026-01-01T00:00:00Z".to_owned();
        scaling_group_of(world, "jobs").suspended.insert("ReplaceUnhealthy".into(), user());
    });
    bench.assert_blocked("a resumed process may terminate nodes").await;
}

/// The emergency brake of an incident.
#[tokio::test(start_paused = true)]
async fn rule_6_what_somebody_stopped_entirely_stays_stopped() {
    let bench = Bench::applied("cluster.yaml").await;
    bench.tamper(|world| {
        let user = "User suspended at 2026-01-01T00:00:00Z".to_owned();
        scaling_group_of(world, "jobs").suspended.insert("Terminate".into(), user);
    });
    let plan = bench.plan().await;
    assert!(plan.in_sync(), "{}", text(&plan));
    assert!(text(&plan).contains("somebody suspended Terminate; trueup leaves that alone"), "{}", text(&plan));
}

#[tokio::test(start_paused = true)]
async fn rule_6_instances_keep_inheriting_what_somebody_made_them_inherit() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.tamper(|world| {
        scaling_group_of(world, "jobs-arm64").tags.get_mut("cost-center").unwrap().propagate_at_launch = true;
    });
    bench.edit("/nodegroups/2/autoscaling/tags/cost-center", json!("other"));
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    let tag = bench.tamper(|world| scaling_group_of(world, "jobs-arm64").tags["cost-center"].clone());
    assert_eq!((tag.value.as_str(), tag.propagate_at_launch), ("other", true));
}

/// Tags can be copied to another group, and removed from the right one.
#[tokio::test(start_paused = true)]
async fn rule_6_which_group_is_a_nodegroups_eks_says_by_name() {
    let bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    bench.tamper(|world| {
        let mut copy = scaling_group_of(world, "jobs").clone();
        copy.name = "somebody-elses".to_owned();
        copy.tags.retain(|key, _| key.starts_with("eks:"));
        world.auto_scaling_groups_mut().insert(copy.name.clone(), copy);
        scaling_group_of(world, "management").tags.remove("eks:nodegroup-name");
    });
    let plan = bench.plan().await;
    assert!(plan.in_sync(), "{}", text(&plan));
}

#[tokio::test(start_paused = true)]
async fn opening_the_public_endpoint_locks_nobody_out() {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/resourcesVpcConfig/endpointPublicAccess", json!(false));
    bench.edit("/cluster/resourcesVpcConfig/publicAccessCidrs", json!(null));
    bench.apply_fully().await;
    bench.edit("/cluster/resourcesVpcConfig/endpointPublicAccess", json!(true));
    bench.edit("/cluster/resourcesVpcConfig/publicAccessCidrs", json!(["203.0.113.0/24"]));
    assert!(matches!(bench.apply().await, Ending::Done(..)));
}

#[tokio::test(start_paused = true)]
async fn a_group_older_than_the_control_plane_is_refused_before_anything_is_made() {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/nodegroups/1/version", json!("1.33"));
    bench.assert_blocked("EKS makes nodegroups at the control plane's version, 1.34").await;
}

/// Who agrees to a roll has seen how many nodes go at a time; if that cannot be set first, the roll does not start.
#[tokio::test(start_paused = true)]
async fn rule_5_a_roll_is_as_gentle_as_shown() {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/version", json!("1.33"));
    bench.apply_fully().await;
    bench.edit("/cluster/version", json!("1.34"));
    bench.edit("/nodegroups/1/updateConfig", json!({ "maxUnavailable": 2 }));
    bench.edit("/nodegroups/1/version", json!("1.34"));
    bench.consent = crate::bench::full_consent();
    bench.tamper(|world| {
        world.fail(crate::faults::refused("eks:UpdateNodegroupConfig", 400, "InvalidParameterException", "no"));
    });
    assert!(matches!(bench.apply().await, Ending::Incomplete(..)));
    assert!(bench.mutations().iter().all(|call| call.operation != "eks:UpdateNodegroupVersion"));
    bench.tamper(World::heal);
    assert!(matches!(bench.apply().await, Ending::Done(..)));
}
