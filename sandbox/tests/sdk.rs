//! The real AWS SDKs on a mounted world, in virtual time: what the SDKs send is understood, and they understand the replies.
//!
//! Not here: the behaviour of single operations; the unit tests prove it with plain requests.

#![expect(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_autoscaling::types::{Filter, Tag};
use aws_sdk_eks::config::{BehaviorVersion, Region};
use aws_sdk_eks::error::ProvideErrorMetadata;
use aws_sdk_eks::operation::RequestId;
use aws_sdk_eks::types::{
    AuthenticationMode, ClusterStatus, LogSetup, LogType, Logging, NodegroupScalingConfig, NodegroupStatus, Taint,
    TaintEffect, UpdateAccessConfigRequest, UpdateLabelsPayload, UpdateStatus, UpdateTaintsPayload, VersionStatus,
    VpcConfigRequest,
};
use sandbox::{Audit, Call, DisruptionConsent, Effect, Fault, Mount, Settings, Switches, World, durations};
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};

const SUBNETS: [&str; 2] = ["subnet-0a11aaaaaaaaaaaaa", "subnet-0b22bbbbbbbbbbbbb"];
const CLUSTER_ROLE: &str = "arn:aws:iam::111122223333:role/gitlab-runners-cluster";
const NODE_ROLE: &str = "arn:aws:iam::111122223333:role/gitlab-runners-node";

/// One configuration for whichever SDK.
macro_rules! client {
    ($sdk:ident, $mount:expr) => {
        $sdk::Client::from_conf(
            $sdk::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new("us-east-1"))
                .credentials_provider(Credentials::new("key", "secret", None, None, "sandbox"))
                .http_client($mount.clone())
                .build(),
        )
    };
}

/// A mount and its clients.
struct Bench {
    mount: Mount,
    eks: aws_sdk_eks::Client,
    autoscaling: aws_sdk_autoscaling::Client,
}

impl Bench {
    fn new(settings: Settings) -> Self {
        Self::on(Mount::in_memory(World::story(settings)))
    }

    fn on(mount: Mount) -> Self {
        Self { eks: client!(aws_sdk_eks, mount), autoscaling: client!(aws_sdk_autoscaling, mount), mount }
    }

    async fn create_cluster(&self) {
        let subnets = VpcConfigRequest::builder().set_subnet_ids(Some(SUBNETS.map(Into::into).into()));
        let request = self.eks.create_cluster().name("demo").role_arn(CLUSTER_ROLE).version("1.33");
        request.resources_vpc_config(subnets.build()).tags("owner", "us").send().await.unwrap();
    }

    async fn create_nodegroup(&self, name: &str) {
        let request = self.eks.create_nodegroup().cluster_name("demo").nodegroup_name(name).node_role(NODE_ROLE);
        request.set_subnets(Some(SUBNETS.map(Into::into).into())).labels("a", "1").send().await.unwrap();
    }

    /// A cluster `demo` with a nodegroup `blue`, both ACTIVE.
    async fn settle(self) -> Self {
        self.create_cluster().await;
        sleep(durations::CLUSTER_CREATE).await;
        self.create_nodegroup("blue").await;
        sleep(durations::NODEGROUP_CREATE + Duration::from_mins(1)).await;
        self
    }

    async fn cluster(&self) -> aws_sdk_eks::types::Cluster {
        self.eks.describe_cluster().name("demo").send().await.unwrap().cluster.unwrap()
    }

    async fn nodegroup(&self, name: &str) -> aws_sdk_eks::types::Nodegroup {
        let request = self.eks.describe_nodegroup().cluster_name("demo").nodegroup_name(name);
        request.send().await.unwrap().nodegroup.unwrap()
    }

    async fn group(&self) -> aws_sdk_autoscaling::types::AutoScalingGroup {
        let filter = Filter::builder().name("tag:eks:cluster-name").values("demo").build();
        let mut groups =
            self.autoscaling.describe_auto_scaling_groups().filters(filter).into_paginator().items().send();
        groups.next().await.unwrap().unwrap()
    }

    /// Waits for the end of an update of the cluster, by asking for it.
    async fn wait(&self, id: &str) -> UpdateStatus {
        loop {
            let reply = self.eks.describe_update().name("demo").update_id(id).send().await.unwrap();
            let status = reply.update.unwrap().status.unwrap();
            if status != UpdateStatus::InProgress {
                return status;
            }
            sleep(Duration::from_secs(5)).await;
        }
    }

    fn count(&self, operation: &str) -> usize {
        self.mount.calls().iter().filter(|call| call.operation == operation).count()
    }
}

fn fault(operation: &str, count: u32, effect: Effect) -> impl FnOnce(&mut World) {
    let fault = Fault { operation: operation.into(), first: 1, count, effect };
    |world| world.fail(fault)
}

#[tokio::test(start_paused = true)]
async fn the_caller_is_identified() {
    let mount = Mount::in_memory(World::story(Settings::default()));
    let identity = client!(aws_sdk_sts, mount).get_caller_identity().send().await.unwrap();
    assert_eq!(identity.account(), Some("111122223333"));
    assert_eq!(identity.arn(), Some("arn:aws:sts::111122223333:assumed-role/trueup-apply/sandbox"));
    assert!(identity.user_id().unwrap().ends_with(":sandbox"));
}

#[tokio::test(start_paused = true)]
async fn a_cluster_and_a_nodegroup_become_active_in_virtual_time() {
    let bench = Bench::new(Settings::default());
    let began = Instant::now();
    bench.create_cluster().await;
    let mut polls = 0;
    while bench.cluster().await.status != Some(ClusterStatus::Active) {
        sleep(Duration::from_secs(30)).await;
        polls += 1;
    }
    assert_eq!((polls, began.elapsed()), (18, durations::CLUSTER_CREATE));
    bench.create_nodegroup("blue").await;
    assert!(bench.nodegroup("blue").await.resources.is_none());
    sleep(durations::NODEGROUP_CREATE).await;
    let blue = bench.nodegroup("blue").await;
    assert_eq!(blue.status, Some(NodegroupStatus::Active));
    assert_eq!(blue.labels, Some([("a".to_owned(), "1".to_owned())].into()));
    assert_eq!(blue.release_version(), Some("1.33.6-20251112"));
    let groups = blue.resources.unwrap().auto_scaling_groups.unwrap();
    sleep(Duration::from_secs(20)).await;
    let group = bench.group().await;
    assert_eq!((group.auto_scaling_group_name(), group.desired_capacity()), (groups[0].name(), Some(2)));
    assert_eq!((group.instances().len(), group.vpc_zone_identifier()), (2, Some(SUBNETS.join(",").as_str())));
    assert!(group.created_time().is_some());
}

#[tokio::test(start_paused = true)]
async fn updates_run_one_after_the_other() {
    let bench = Bench::new(Settings::default()).settle().await;
    let logs = LogSetup::builder().types(LogType::Api).types(LogType::Audit).enabled(true).build();
    let logging = Logging::builder().cluster_logging(logs).build();
    let update = bench.eks.update_cluster_config().name("demo").logging(logging.clone()).send().await.unwrap();
    let id = update.update.unwrap().id.unwrap();
    assert_eq!(bench.cluster().await.status, Some(ClusterStatus::Active)); // facts §0.3
    let access = UpdateAccessConfigRequest::builder().authentication_mode(AuthenticationMode::ApiAndConfigMap).build();
    let conflict = bench.eks.update_cluster_config().name("demo").access_config(access.clone()).send().await;
    let conflict = conflict.unwrap_err().into_service_error();
    assert!(conflict.is_resource_in_use_exception() && conflict.message().unwrap().contains(&id), "{conflict:?}");
    assert_eq!(bench.wait(&id).await, UpdateStatus::Successful);
    let again = bench.eks.update_cluster_config().name("demo").logging(logging).send().await.unwrap_err();
    let again = again.into_service_error();
    assert!(again.is_invalid_parameter_exception() && again.message().unwrap().starts_with("No changes needed"));
    let update = bench.eks.update_cluster_config().name("demo").access_config(access).send().await.unwrap();
    assert_eq!(bench.wait(update.update().unwrap().id().unwrap()).await, UpdateStatus::Successful);
    let update = bench.eks.update_cluster_version().name("demo").version("1.34").send().await.unwrap();
    assert_eq!(bench.wait(update.update().unwrap().id().unwrap()).await, UpdateStatus::Successful);
    assert_eq!(bench.cluster().await.version(), Some("1.34"));
    assert_eq!(bench.eks.list_updates().name("demo").send().await.unwrap().update_ids().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_nodegroup_is_reconfigured_rolled_and_deleted() {
    let bench = Bench::new(Settings::default()).settle().await;
    let labels = UpdateLabelsPayload::builder().add_or_update_labels("b", "2").remove_labels("a").build();
    let taint = Taint::builder().key("t").value("x").effect(TaintEffect::NoSchedule).build();
    let request = bench.eks.update_nodegroup_config().cluster_name("demo").nodegroup_name("blue").labels(labels);
    let request = request.taints(UpdateTaintsPayload::builder().add_or_update_taints(taint.clone()).build());
    let size = NodegroupScalingConfig::builder().max_size(5).desired_size(3).build();
    let update = request.scaling_config(size).send().await.unwrap().update.unwrap();
    assert_eq!(update.params().len(), 5);
    sleep(durations::NODEGROUP_CONFIG_UPDATE).await;
    let blue = bench.nodegroup("blue").await;
    assert_eq!((blue.labels, blue.taints), (Some([("b".into(), "2".into())].into()), Some(vec![taint])));
    assert_eq!(blue.scaling_config.unwrap().desired_size(), Some(3));
    let roll = bench.eks.update_nodegroup_version().cluster_name("demo").nodegroup_name("blue").send().await;
    assert!(roll.unwrap_err().into_service_error().is_invalid_parameter_exception());
    bench.eks.delete_nodegroup().cluster_name("demo").nodegroup_name("blue").send().await.unwrap();
    sleep(durations::NODEGROUP_DELETE).await;
    let gone = bench.eks.describe_nodegroup().cluster_name("demo").nodegroup_name("blue").send().await.unwrap_err();
    assert!(gone.into_service_error().is_resource_not_found_exception());
    bench.eks.delete_cluster().name("demo").send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn every_page_is_reached() {
    let bench = Bench::new(Settings { page_size: Some(2), ..Settings::default() }).settle().await;
    for name in ["green", "red", "white", "yellow"] {
        bench.create_nodegroup(name).await;
    }
    sleep(Duration::from_mins(10)).await;
    let mut names = bench.eks.list_nodegroups().cluster_name("demo").into_paginator().items().send();
    let mut seen = Vec::new();
    while let Some(name) = names.next().await {
        seen.push(name.unwrap());
    }
    assert_eq!(seen, ["blue", "green", "red", "white", "yellow"]);
    assert_eq!(bench.count("eks:ListNodegroups"), 3);
    let mut groups = bench.autoscaling.describe_auto_scaling_groups().into_paginator().items().send();
    let mut count = 0;
    while groups.next().await.transpose().unwrap().is_some() {
        count += 1;
    }
    assert_eq!((count, bench.count("autoscaling:DescribeAutoScalingGroups")), (5, 3));
}

#[tokio::test(start_paused = true)]
async fn tags_of_clusters_and_groups() {
    let bench = Bench::new(Settings::default()).settle().await;
    let arn = bench.nodegroup("blue").await.nodegroup_arn.unwrap();
    bench.eks.tag_resource().resource_arn(&arn).tags("x", "1").tags("y", "2").send().await.unwrap();
    bench.eks.untag_resource().resource_arn(&arn).tag_keys("x").tag_keys("z").send().await.unwrap();
    let name = bench.group().await.auto_scaling_group_name.unwrap();
    let tag = |key: &str| {
        let tag = Tag::builder().resource_id(&name).resource_type("auto-scaling-group").key(key).value("v & <w>");
        tag.propagate_at_launch(false).build()
    };
    bench.autoscaling.create_or_update_tags().tags(tag("one")).tags(tag("two")).send().await.unwrap();
    bench.autoscaling.delete_tags().tags(tag("two")).tags(tag("three")).send().await.unwrap();
    sleep(Duration::from_secs(20)).await;
    assert_eq!(bench.nodegroup("blue").await.tags, Some([("y".into(), "2".into())].into()));
    assert_eq!(bench.cluster().await.tags, Some([("owner".into(), "us".into())].into()));
    let tags = bench.group().await.tags.unwrap();
    let tags: BTreeMap<&str, Option<bool>> = tags
        .iter()
        .filter(|tag| tag.value() == Some("v & <w>"))
        .map(|tag| (tag.key().unwrap(), tag.propagate_at_launch()))
        .collect();
    assert_eq!(tags, [("one", Some(false))].into());
    let last = bench.mount.calls().into_iter().rfind(|call| call.mutating).unwrap();
    assert_eq!((last.operation.as_str(), last.changed), ("autoscaling:DeleteTags", true));
}

#[tokio::test(start_paused = true)]
async fn processes_of_a_group() {
    let bench = Bench::new(Settings::default()).settle().await;
    let name = bench.group().await.auto_scaling_group_name.unwrap();
    let suspend = || bench.autoscaling.suspend_processes().auto_scaling_group_name(&name);
    suspend().scaling_processes("AZRebalance").scaling_processes("HealthCheck").send().await.unwrap();
    suspend().scaling_processes("AZRebalance").send().await.unwrap();
    assert!(!bench.mount.calls().last().unwrap().changed);
    let resume = bench.autoscaling.resume_processes().auto_scaling_group_name(&name);
    resume.scaling_processes("HealthCheck").send().await.unwrap();
    let suspended = bench.group().await.suspended_processes.unwrap();
    assert_eq!((suspended.len(), suspended[0].process_name()), (1, Some("AZRebalance")));
    assert!(suspended[0].suspension_reason().unwrap().starts_with("User suspended at 2026-01-01T"));
    let missing = bench.autoscaling.suspend_processes().auto_scaling_group_name("none").send().await.unwrap_err();
    assert_eq!(missing.into_service_error().code(), Some("ValidationError"));
}

/// A test sees what was on the wire, of good calls and bad ones alike.
#[tokio::test(start_paused = true)]
async fn calls_show_what_was_sent_and_answered() {
    let bench = Bench::new(Settings::default()).settle().await;
    let arn = "arn:aws:eks:us-east-1:111122223333:cluster/demo";
    bench.eks.tag_resource().resource_arn(arn).tags("a", "1").send().await.unwrap();
    let missing = bench.eks.describe_nodegroup().cluster_name("demo").nodegroup_name("none").send().await.unwrap_err();
    let groups = bench.autoscaling.describe_auto_scaling_groups().auto_scaling_group_names("none").max_records(5);
    groups.send().await.unwrap();
    let calls = bench.mount.calls().split_off(bench.mount.calls().len() - 3);
    let sent = |call: &Call| (call.operation.clone(), call.status, call.input.clone());
    assert_eq!(
        calls.iter().map(sent).collect::<Vec<_>>(),
        [
            ("eks:TagResource".into(), 200, json!({ "resourceArn": arn, "tags": { "a": "1" } })),
            ("eks:DescribeNodegroup".into(), 404, json!({ "clusterName": "demo", "nodegroupName": "none" })),
            (
                "autoscaling:DescribeAutoScalingGroups".into(),
                200,
                json!({ "AutoScalingGroupNames": ["none"], "MaxRecords": "5" })
            ),
        ]
    );
    assert_eq!(missing.request_id(), Some(calls[1].request_id.as_str()));
    let ids: BTreeSet<String> = bench.mount.calls().into_iter().map(|call| call.request_id).collect();
    assert_eq!(ids.len(), bench.mount.calls().len());
}

/// What there is, as the SDKs' own paginators and types tell it.
#[tokio::test(start_paused = true)]
async fn lists_of_clusters_versions_and_tags() {
    let bench = Bench::new(Settings { page_size: Some(2), ..Settings::default() }).settle().await;
    let clusters = bench.eks.list_clusters().include("all").into_paginator().items().send();
    assert_eq!(clusters.try_collect().await.unwrap(), ["demo"]);
    let versions = bench.eks.describe_cluster_versions().into_paginator().items().send();
    let versions = versions.try_collect().await.unwrap();
    assert_eq!((versions.len(), bench.count("eks:DescribeClusterVersions")), (5, 3));
    let default = versions.iter().find(|version| version.default_version()).unwrap();
    assert_eq!(
        (default.cluster_version(), default.version_status()),
        (Some("1.34"), Some(&VersionStatus::StandardSupport))
    );
    assert!(default.release_date() < default.end_of_standard_support_date());
    let arn = bench.cluster().await.arn.unwrap();
    let tags = bench.eks.list_tags_for_resource().resource_arn(arn).send().await.unwrap().tags;
    assert_eq!(tags, Some([("owner".into(), "us".into())].into()));
    let missing = "arn:aws:eks:us-east-1:111122223333:cluster/none";
    let missing = bench.eks.list_tags_for_resource().resource_arn(missing).send().await.unwrap_err();
    assert!(missing.into_service_error().is_not_found_exception());
}

#[tokio::test(start_paused = true)]
async fn size_and_tags_of_a_group_as_an_autoscaler_has_them() {
    let bench = Bench::new(Settings { page_size: Some(2), ..Settings::default() }).settle().await;
    let name = bench.group().await.auto_scaling_group_name.unwrap();
    let of_group = Filter::builder().name("auto-scaling-group").values(&name).build();
    let tags = bench.autoscaling.describe_tags().filters(of_group).into_paginator().items().send();
    let tags = tags.try_collect().await.unwrap();
    assert_eq!((tags.len(), bench.count("autoscaling:DescribeTags")), (5, 3));
    assert!(tags.iter().all(|tag| tag.resource_id() == Some(name.as_str()) && tag.propagate_at_launch() == Some(true)));
    let size = || bench.autoscaling.set_desired_capacity().auto_scaling_group_name(&name).honor_cooldown(false);
    size().desired_capacity(1).send().await.unwrap();
    assert_eq!(bench.group().await.instances().len(), 1);
    assert_eq!(bench.nodegroup("blue").await.scaling_config.unwrap().desired_size(), Some(1));
    let beyond = size().desired_capacity(3).send().await.unwrap_err().into_service_error();
    assert_eq!(beyond.code(), Some("ValidationError"));
}

#[tokio::test(start_paused = true)]
async fn the_sdk_retries_what_is_throttled_broken_or_lost() {
    let bench = Bench::new(Settings::default());
    bench.mount.world(fault("eks:CreateCluster", 1, Effect::Throttled)).unwrap();
    bench.create_cluster().await;
    assert_eq!(bench.mount.calls().iter().map(|call| call.status).collect::<Vec<_>>(), [429, 200]);
    bench.mount.world(fault("eks:DescribeCluster", 1, Effect::ServerError)).unwrap();
    bench.cluster().await;
    sleep(durations::CLUSTER_CREATE).await;
    // The SDK keeps its client token, so that the second attempt is answered like the first (facts §2.5).
    bench.mount.world(fault("eks:CreateNodegroup", 1, Effect::ReplyLost)).unwrap();
    bench.create_nodegroup("blue").await;
    assert_eq!((bench.count("eks:DescribeCluster"), bench.count("eks:CreateNodegroup")), (2, 2));
    bench.mount.world(fault("autoscaling:DescribeAutoScalingGroups", 1, Effect::Throttled)).unwrap();
    assert!(bench.autoscaling.describe_auto_scaling_groups().send().await.unwrap().auto_scaling_groups().is_empty());
    let (status, code, message) = (403, "ExpiredTokenException".to_owned(), "expired".to_owned());
    bench.mount.world(fault("eks:DescribeCluster", 1, Effect::Refused { status, code, message })).unwrap();
    let expired = bench.eks.describe_cluster().name("demo").send().await.unwrap_err().into_service_error();
    assert_eq!(expired.code(), Some("ExpiredTokenException"));
}

#[tokio::test(start_paused = true)]
async fn replies_take_their_time() {
    let mount = Mount::in_memory(World::story(Settings::default())).latency(Duration::from_millis(80)).speed(60.0);
    let bench = Bench::on(mount);
    let began = Instant::now();
    bench.create_cluster().await;
    assert_eq!(began.elapsed(), Duration::from_millis(80));
    bench.mount.world(fault("eks:DescribeCluster", 1, Effect::Slow(Duration::from_secs(3)))).unwrap();
    bench.cluster().await;
    assert_eq!(began.elapsed(), Duration::from_millis(3160));
    sleep(durations::CLUSTER_CREATE / 60).await;
    assert_eq!(bench.cluster().await.status, Some(ClusterStatus::Active));
}

#[tokio::test(start_paused = true)]
async fn a_crash_hides_the_reply_of_an_applied_request() {
    let bench = Bench::new(Settings::default());
    bench.mount.crash_after(2);
    bench.mount.world(|world| assert!(world.clusters().is_empty())).unwrap();
    let run = async {
        assert!(bench.eks.describe_cluster().name("demo").send().await.is_err());
        bench.create_cluster().await;
        unreachable!("the reply must not arrive");
    };
    tokio::select! {
        biased;
        () = bench.mount.crashed() => {}
        () = run => {}
    }
    assert_eq!(bench.cluster().await.status, Some(ClusterStatus::Creating));
    assert!(timeout(Duration::from_secs(1), bench.mount.crashed()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_auditor_does_not_look_at_somebody_else() {
    let disruption = DisruptionConsent::None;
    let audit = Some(Audit { ownership_key: "owner".into(), disruption, prune: false });
    let bench = Bench::new(Settings { audit, ..Settings::default() }).settle().await;
    let refused = bench.eks.delete_nodegroup().cluster_name("demo").nodegroup_name("blue").send().await.unwrap_err();
    assert_eq!(refused.into_service_error().code(), Some("AuditViolation"));
    assert_eq!(bench.mount.world(|world| world.violations().len()).unwrap(), 1);
    let somebody_else = Bench::on(bench.mount.unaudited());
    somebody_else.eks.delete_nodegroup().cluster_name("demo").nodegroup_name("blue").send().await.unwrap();
    assert_eq!(bench.nodegroup("blue").await.status, Some(NodegroupStatus::Deleting));
    assert_eq!(bench.mount.world(|world| world.violations().len()).unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_directory_outlives_the_mount() {
    let directory = tempfile::tempdir().unwrap();
    let mount = || Mount::directory(directory.path(), || World::story(Settings::default()));
    let first = Bench::on(mount().unwrap());
    first.create_cluster().await;
    sleep(durations::CLUSTER_CREATE / 2).await;
    assert_eq!(first.cluster().await.status, Some(ClusterStatus::Creating));
    drop(first);
    sleep(Duration::from_hours(24)).await; // nobody is there, so the world stands still
    let second = Bench::on(mount().unwrap());
    assert_eq!(second.cluster().await.status, Some(ClusterStatus::Creating));
    sleep(durations::CLUSTER_CREATE / 2).await;
    assert_eq!(second.cluster().await.status, Some(ClusterStatus::Active));
    assert!(second.mount.world(|world| world.clusters().contains_key("demo")).unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_foreign_file_is_named() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("sandbox.json"), "{}").unwrap();
    let error = Mount::directory(directory.path(), || World::story(Settings::default())).unwrap_err().to_string();
    assert!(error.contains("sandbox.json") && error.contains("delete it"), "{error}");
}

/// What one run shows, whatever the switches say: the same end.
#[tokio::test(start_paused = true)]
async fn the_story_ends_well_under_every_switch() {
    let flips = Switches::single_flips().chain([("all", Switches::all_flipped())]);
    for (name, switches) in flips {
        let slowness = switches.duration_percent / 100;
        let bench = Bench::new(Settings { switches, ..Settings::default() });
        bench.create_cluster().await;
        sleep(durations::CLUSTER_CREATE * slowness).await;
        bench.create_nodegroup("blue").await;
        sleep((durations::NODEGROUP_CREATE + Duration::from_secs(20)) * slowness).await;
        assert_eq!(bench.nodegroup("blue").await.status, Some(NodegroupStatus::Active), "{name}");
        assert_eq!(bench.group().await.max_size(), Some(2), "{name}");
    }
}
