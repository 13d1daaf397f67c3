//! Creating, listing, describing and deleting a Fargate profile.
//!
//! Functions without state, one for each operation, such as [`create`]. EKS makes or deletes one profile of a cluster
//! at a time; its model of these operations does not know the error with which it says so. Not here: what time brings
//! (`advance`).

use serde_json::{Value, json};

use super::input::{CreateFargateProfile, FargateProfileName, ListFargateProfiles};
use super::state::{FargateProfile, FargateProfileStatus};
use super::validate as check;
use crate::kernel::clock::epoch;
use crate::kernel::refusal::Refusal;
use crate::kernel::stale::StaleView;
use crate::services::eks::describe::issues;
use crate::services::eks::life::{Issue, Transition};
use crate::services::eks::refusal::{in_use, invalid_request, limit_exceeded};
use crate::services::eks::state::Cluster;
use crate::services::eks::token::CLIENT_REQUEST_TOKEN;
use crate::services::eks::validate::{self, ensure};
use crate::services::eks::{access, durations, lists};
use crate::wire::decode::decode;
use crate::wire::operation::{Kind, Operation, Target};
use crate::world::World;

/// facts §5
const PROFILE_LIMIT: usize = 10;

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "eks:CreateFargateProfile",
        route: "POST /clusters/{clusterName}/fargate-profiles",
        kind: Kind::Creates,
        token: Some(CLIENT_REQUEST_TOKEN),
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| create(world, call.input()?),
    },
    Operation {
        name: "eks:ListFargateProfiles",
        route: "GET /clusters/{clusterName}/fargate-profiles",
        kind: Kind::Reads,
        token: None,
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| list(world, &call.input()?),
    },
    Operation {
        name: "eks:DescribeFargateProfile",
        route: "GET /clusters/{clusterName}/fargate-profiles/{fargateProfileName}",
        kind: Kind::Reads,
        token: None,
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| describe(world, &call.input()?),
    },
    Operation {
        name: "eks:DeleteFargateProfile",
        route: "DELETE /clusters/{clusterName}/fargate-profiles/{fargateProfileName}",
        kind: Kind::Deletes(target),
        token: None,
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| delete(world, &call.input()?),
    },
];

fn create(world: &mut World, input: CreateFargateProfile) -> Result<Value, Refusal> {
    let cluster_name = input.cluster_name.clone();
    let about = |refusal: Refusal| refusal.of_cluster(&cluster_name);
    may_be_created(world.cluster(&cluster_name)?, &input.fargate_profile_name).map_err(about)?;
    let profile = made(world, input).map_err(about)?;
    let shown = shown(world, &cluster_name, &profile);
    let mut cluster = world.cluster(&cluster_name)?.clone();
    access::made::for_pods(world, &mut cluster, &profile);
    cluster.fargate_profiles.insert(profile.name.clone(), profile);
    *world.cluster_mut(&cluster_name)? = cluster;
    Ok(json!({ "fargateProfile": shown }))
}

fn list(world: &World, input: &ListFargateProfiles) -> Result<Value, Refusal> {
    let names = world.cluster(&input.cluster_name)?.fargate_profiles.keys().cloned();
    let paging = (input.max_results, input.next_token.as_deref());
    lists::names(world, "fargateProfileNames", &input.cluster_name, names, paging)
}

fn describe(world: &World, input: &FargateProfileName) -> Result<Value, Refusal> {
    let profile = world.fargate_profile(&input.cluster_name, &input.fargate_profile_name)?;
    Ok(json!({ "fargateProfile": shown(world, &input.cluster_name, profile) }))
}

fn delete(world: &mut World, input: &FargateProfileName) -> Result<Value, Refusal> {
    let (cluster, name) = (&input.cluster_name, &input.fargate_profile_name);
    let ends = world.over_after(durations::FARGATE_PROFILE_DELETE);
    world.fargate_profile(cluster, name)?;
    nothing_in_the_way(world.cluster(cluster)?, "Delete", name).map_err(|refusal| refusal.of_cluster(cluster))?;
    let profile = world.fargate_profile_mut(cluster, name)?;
    profile.status = FargateProfileStatus::Deleting;
    profile.transition = Some(Transition::Gone { at: ends });
    let profile = world.fargate_profile(cluster, name)?;
    Ok(json!({ "fargateProfile": shown(world, cluster, profile) }))
}

/// The profile that a deletion deletes.
fn target(world: &World, input: &Value) -> Option<Target> {
    let input: FargateProfileName = decode(input).ok()?;
    let profile = world.fargate_profile(&input.cluster_name, &input.fargate_profile_name).ok()?;
    Some(Target { tags: profile.tags.clone(), unborn: profile.status == FargateProfileStatus::CreateFailed })
}

fn may_be_created(cluster: &Cluster, name: &str) -> Result<(), Refusal> {
    // eksctl issue 5652
    ensure(!cluster.fargate_profiles.contains_key(name), || {
        in_use("A Fargate Profile already exists with this name in this cluster.")
    })?;
    ensure(cluster.is_in_service(), || invalid_request(format!("Cluster '{}' is not in ACTIVE status", cluster.name)))?;
    nothing_in_the_way(cluster, "create", name)?;
    let few = cluster.fargate_profiles.len() < PROFILE_LIMIT;
    ensure(few, || limit_exceeded("Fargate profile limit exceeded for cluster"))?;
    check::name(name)
}

/// In EKS' own words and letters: terraform-aws-eks pull request 866 and issue 2194, cloud-custodian pull request 5585.
fn nothing_in_the_way(cluster: &Cluster, what: &str, name: &str) -> Result<(), Refusal> {
    let why =
        |why: &str| in_use(format!("Cannot {what} Fargate Profile {name} because cluster {} {why}", cluster.name));
    ensure(cluster.update_in_flight().is_none(), || why("currently has an update in progress"))?;
    match cluster.fargate_profiles.values().find(|profile| profile.is_busy()) {
        Some(FargateProfile { name, status: FargateProfileStatus::Creating, .. }) => {
            Err(why(&format!("currently has Fargate profile {name} in status CREATING")))
        }
        Some(FargateProfile { name, .. }) => {
            Err(why(&format!("currently has Fargate profile {name} in status DELETING")))
        }
        None => Ok(()),
    }
}

fn made(world: &mut World, input: CreateFargateProfile) -> Result<FargateProfile, Refusal> {
    let cluster = world.cluster(&input.cluster_name)?;
    validate::pod_execution_role(world.iam(), &input.pod_execution_role_arn)?;
    let subnets = check::subnets(world.ec2(), &input.subnets, cluster)?;
    check::selectors(&input.selectors)?;
    validate::tags(&input.tags)?;
    let failure = obstacle(cluster, &input.pod_execution_role_arn);
    let id = world.next_id("fargate-profile");
    let (region, account) = (&world.settings.region, &world.settings.account);
    let (cluster, name) = (input.cluster_name, input.fargate_profile_name);
    Ok(FargateProfile {
        arn: format!("arn:aws:eks:{region}:{account}:fargateprofile/{cluster}/{name}/{id}"),
        name,
        created_at: world.now,
        status: FargateProfileStatus::Creating,
        transition: Some(Transition::Created { at: world.over_after(durations::FARGATE_PROFILE_CREATE), failure }),
        pod_execution_role_arn: input.pod_execution_role_arn,
        subnets,
        selectors: input.selectors,
        tags: input.tags,
        former_tags: None,
        health_issues: Vec::new(),
    })
}

/// A role of nodes cannot be one of pods as well (API reference: `FargateProfileIssue`).
fn obstacle(cluster: &Cluster, role: &str) -> Option<Issue> {
    cluster.nodegroups.values().find(|nodegroup| nodegroup.node_role == role).map(|nodegroup| Issue {
        code: "PodExecutionRoleAlreadyInUse".into(),
        message: format!("The pod execution role is the node role of nodegroup {}", nodegroup.name),
        resource_ids: vec![role.to_owned()],
    })
}

/// As EKS describes it.
pub(crate) fn shown(world: &World, cluster: &str, profile: &FargateProfile) -> Value {
    json!({
        "fargateProfileName": profile.name,
        "fargateProfileArn": profile.arn,
        "clusterName": cluster,
        "createdAt": epoch(profile.created_at),
        "podExecutionRoleArn": profile.pod_execution_role_arn,
        "subnets": profile.subnets,
        "selectors": profile.selectors,
        "status": profile.status,
        "tags": StaleView::seen(profile.former_tags.as_ref(), &profile.tags, world.now),
        "health": { "issues": issues(&profile.health_issues) },
    })
}
