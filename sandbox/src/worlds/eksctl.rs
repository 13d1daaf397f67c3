//! The story's cluster as eksctl makes it: its tags and labels, launch templates, processes that it suspended once, and
//! its taint tags without effects.
//!
//! The central function is [`World::eksctl`]. Somebody from the platform team ran `eksctl create cluster -f`, with the
//! network and the roles of the story. Not here: CloudFormation and EC2; their stacks and launch templates are names
//! only.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use serde_json::{Value, json};

use crate::kernel::refusal::Refusal;
use crate::services::all_operations;
use crate::services::autoscaling::state::GroupTag;
use crate::services::eks::state::LaunchTemplate;
use crate::settings::Settings;
use crate::world::World;

const CLUSTER: &str = "gitlab-runners";
/// Where everything is.
const SUBNETS: [&str; 2] = ["subnet-0a11aaaaaaaaaaaaa", "subnet-0b22bbbbbbbbbbbbb"];
/// Who ran eksctl: a person, not the pipeline.
const PERSON: &str = "assumed-role/AWSReservedSSO_Platform_0123456789abcdef/somebody";
/// By then everything is made, whatever the switches say about durations.
const LATER: Duration = Duration::from_hours(1);

impl World {
    /// The story's cluster with its three nodegroups, as eksctl makes them.
    ///
    /// # Errors
    /// If the settings do not fit the story, such as another account.
    pub fn eksctl(settings: Settings) -> io::Result<Self> {
        let caller = settings.caller_arn.clone();
        let person = format!("arn:aws:sts::{}:{PERSON}", settings.account);
        let mut world = Self::story(Settings { caller_arn: person, ..settings });
        make(&mut world).map_err(|refusal| io::Error::other(format!("{}: {}", refusal.code, refusal.message)))?;
        world.settings.caller_arn = caller;
        Ok(world)
    }
}

fn make(world: &mut World) -> Result<(), Refusal> {
    let input = cluster(world);
    call(world, "eks:CreateCluster", input)?;
    let later = world.now + LATER;
    world.advance(later);
    for nodegroup in nodegroups() {
        let input = with_defaults(world, nodegroup);
        call(world, "eks:CreateNodegroup", input)?;
    }
    let later = world.now + LATER;
    world.advance(later);
    finish(world);
    suspend(world)
}

/// Carries an operation out as somebody whom no auditor looks at.
fn call(world: &mut World, name: &str, input: Value) -> Result<Value, Refusal> {
    let operation = all_operations().find(|operation| operation.name == name);
    world.dispatch(operation.ok_or_else(|| Refusal::new(404, "UnknownOperationException", name))?, input)
}

/// facts eksctl §0.6, §1.1: the API's own defaults but for the authentication mode, and no deletion protection
fn cluster(world: &World) -> Value {
    json!({
        "name": CLUSTER,
        "version": "1.34",
        "roleArn": role(world, "gitlab-runners-cluster"),
        "resourcesVpcConfig": {
            "subnetIds": SUBNETS,
            "endpointPublicAccess": true,
            "endpointPrivateAccess": true,
            "publicAccessCidrs": ["203.0.113.0/24"],
        },
        "logging": { "clusterLogging": [{ "types": ["api", "audit", "authenticator"], "enabled": true }] },
        "accessConfig": { "authenticationMode": "API_AND_CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": true },
        "upgradePolicy": { "supportType": "STANDARD" },
        "bootstrapSelfManagedAddons": false,
        "tags": { "team": "platform" },
    })
}

/// The same groups as the story's file wants; jobs has grown a little since.
fn nodegroups() -> [Value; 3] {
    [
        json!({
            "nodegroupName": "management",
            "instanceTypes": ["m6i.large"],
            "scalingConfig": { "minSize": 2, "maxSize": 2, "desiredSize": 2 },
        }),
        json!({
            "nodegroupName": "jobs",
            "instanceTypes": ["m6i.2xlarge", "m6a.2xlarge"],
            "scalingConfig": { "minSize": 1, "maxSize": 40, "desiredSize": 3 },
            "updateConfig": { "maxUnavailablePercentage": 25 },
            "nodeRepairConfig": { "enabled": true },
        }),
        json!({
            "nodegroupName": "jobs-arm64",
            "capacityType": "SPOT",
            "amiType": "AL2023_ARM_64_STANDARD",
            "instanceTypes": ["m7g.2xlarge", "m6g.2xlarge", "m6gd.2xlarge"],
            "scalingConfig": { "minSize": 0, "maxSize": 10, "desiredSize": 0 },
        }),
    ]
}

fn with_defaults(world: &World, mut nodegroup: Value) -> Value {
    let name = nodegroup["nodegroupName"].as_str().unwrap_or_default().to_owned();
    nodegroup["clusterName"] = CLUSTER.into();
    nodegroup["nodeRole"] = role(world, "gitlab-runners-node").into();
    nodegroup["subnets"] = json!(SUBNETS);
    nodegroup["labels"] = json!({
        "nodegroup": name,
        "alpha.eksctl.io/cluster-name": CLUSTER,
        "alpha.eksctl.io/nodegroup-name": name,
    });
    nodegroup["taints"] = json!([{ "key": "dedicated", "value": name, "effect": "NO_SCHEDULE" }]);
    nodegroup["tags"] = json!({ "team": "platform" });
    nodegroup
}

/// What a caller of the EKS API cannot write: CloudFormation's tags and the launch templates. And what eksctl writes to
/// Auto Scaling: `propagateASGTags`, for the groups that the autoscaler manages.
fn finish(world: &mut World) {
    let tags = stack_tags(world, "cluster", "ControlPlane");
    let Some(cluster) = world.clusters_mut().get_mut(CLUSTER) else { return };
    cluster.tags.extend(tags);
    cluster.tags.insert("Name".into(), format!("eksctl-{CLUSTER}-cluster/ControlPlane"));
    let names: Vec<String> = cluster.nodegroups.keys().cloned().collect();
    for name in names {
        finish_nodegroup(world, &name);
    }
}

fn finish_nodegroup(world: &mut World, name: &str) {
    let tags = stack_tags(world, &format!("nodegroup-{name}"), "ManagedNodeGroup");
    let template = format!("lt-0{}", &world.digest(&["launch-template", name])[..16]);
    let state = &mut world.state;
    let nodegroup = state.eks.clusters.get_mut(CLUSTER).and_then(|cluster| cluster.nodegroups.get_mut(name));
    let Some(nodegroup) = nodegroup else { return };
    let stack = format!("eksctl-{CLUSTER}-nodegroup-{name}");
    nodegroup.launch_template = Some(LaunchTemplate { id: template, name: stack, version: "1".into() });
    nodegroup.tags.extend(tags);
    nodegroup.tags.insert("alpha.eksctl.io/nodegroup-name".into(), name.to_owned());
    nodegroup.tags.insert("alpha.eksctl.io/nodegroup-type".into(), "managed".into());
    let group = nodegroup.group.as_ref().and_then(|group| state.autoscaling.groups.get_mut(group));
    if let Some(group) = group.filter(|_| name != "management") {
        let config = &nodegroup.config;
        group.tags.extend(propagated(&config.labels, "label"));
        // facts cluster-autoscaler §0.1: the value alone, which Cluster Autoscaler ignores
        let taints = config.taints.iter().map(|taint| (taint.key.clone(), taint.value.clone().unwrap_or_default()));
        group.tags.extend(propagated(&taints.collect(), "taint"));
        let own = nodegroup.tags.iter().filter(|(key, _)| !key.starts_with("aws:"));
        group.tags.extend(own.map(|(key, value)| (key.clone(), tag(value))));
    }
}

/// facts eksctl §2.4: `asgSuspendProcesses`, once after the creation
fn suspend(world: &mut World) -> Result<(), Refusal> {
    let nodegroups = world.clusters().get(CLUSTER).into_iter().flat_map(|cluster| cluster.nodegroups.values());
    let of_jobs = nodegroups.filter(|nodegroup| nodegroup.name != "management");
    let groups: Vec<String> = of_jobs.filter_map(|nodegroup| nodegroup.group.clone()).collect();
    for group in groups {
        let input = json!({ "AutoScalingGroupName": group, "ScalingProcesses": ["AZRebalance"] });
        call(world, "autoscaling:SuspendProcesses", input)?;
    }
    Ok(())
}

/// facts eksctl §4.2, and what CloudFormation puts on what a stack makes
fn stack_tags(world: &World, stack: &str, resource: &str) -> BTreeMap<String, String> {
    let (region, account, stack) =
        (&world.settings.region, &world.settings.account, format!("eksctl-{CLUSTER}-{stack}"));
    let id = world.digest(&["stack", &stack]);
    let id = format!("{}-{}-11f0-8{}-{}", &id[..8], &id[8..12], &id[12..15], &id[15..27]);
    [
        ("alpha.eksctl.io/cluster-name", CLUSTER.to_owned()),
        ("alpha.eksctl.io/cluster-oidc-enabled", "false".to_owned()),
        ("alpha.eksctl.io/eksctl-version", "0.230.0".to_owned()),
        ("eksctl.cluster.k8s.io/v1alpha1/cluster-name", CLUSTER.to_owned()),
        ("aws:cloudformation:logical-id", resource.to_owned()),
        ("aws:cloudformation:stack-id", format!("arn:aws:cloudformation:{region}:{account}:stack/{stack}/{id}")),
        ("aws:cloudformation:stack-name", stack),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into()
}

/// facts eksctl §2.3
fn propagated(words: &BTreeMap<String, String>, kind: &str) -> BTreeMap<String, GroupTag> {
    let key = |word: &String| format!("k8s.io/cluster-autoscaler/node-template/{kind}/{word}");
    words.iter().map(|(word, value)| (key(word), tag(value))).collect()
}

fn tag(value: &str) -> GroupTag {
    GroupTag { value: value.to_owned(), propagate_at_launch: false }
}

fn role(world: &World, name: &str) -> String {
    format!("arn:aws:iam::{}:role/{name}", world.settings.account)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Switches;

    #[test]
    fn it_is_made_whatever_the_switches_say() {
        let all = [Switches::default(), Switches::all_flipped()];
        for switches in all.into_iter().chain(Switches::single_flips().map(|(_, switches)| switches)) {
            let caller_arn = Settings::default().caller_arn;
            let world = World::eksctl(Settings { switches, ..Settings::default() }).unwrap();
            assert_eq!(world.settings.caller_arn, caller_arn);
            let cluster = &world.clusters()[CLUSTER];
            assert!(cluster.nodegroups.values().all(|nodegroup| nodegroup.launch_template.is_some()));
            let taint = "k8s.io/cluster-autoscaler/node-template/taint/dedicated";
            let mut values: Vec<&str> = world
                .auto_scaling_groups()
                .values()
                .filter_map(|group| group.tags.get(taint))
                .map(|tag| tag.value.as_str())
                .collect();
            values.sort_unstable();
            assert_eq!(values, ["jobs", "jobs-arm64"]);
            let suspended: Vec<&str> =
                world.auto_scaling_groups().values().flat_map(|g| g.suspended.keys()).map(String::as_str).collect();
            assert_eq!(suspended, ["AZRebalance"; 2]);
        }
    }
}
