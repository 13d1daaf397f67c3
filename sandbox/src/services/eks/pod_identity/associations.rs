//! Creating, listing, describing, changing and deleting an association.
//!
//! Functions without state, one for each operation, such as [`create`]. Not here: what makes a good one (`validate`).

use serde_json::{Value, json};

use super::input::{
    AssociationId, CreatePodIdentityAssociation, ListPodIdentityAssociations, UpdatePodIdentityAssociation,
};
use super::state::PodIdentityAssociation;
use super::validate as check;
use crate::kernel::clock::epoch;
use crate::kernel::refusal::Refusal;
use crate::kernel::stale::StaleView;
use crate::services::eks::lists;
use crate::services::eks::refusal::{in_use, invalid_parameter, invalid_request, limit_exceeded};
use crate::services::eks::state::Cluster;
use crate::services::eks::token::CLIENT_REQUEST_TOKEN;
use crate::services::eks::validate::ensure;
use crate::wire::decode::decode;
use crate::wire::operation::{Kind, Operation, Target};
use crate::world::World;

/// facts §5
const ASSOCIATION_LIMIT: usize = 1000;

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "eks:CreatePodIdentityAssociation",
        route: "POST /clusters/{clusterName}/pod-identity-associations",
        kind: Kind::Writes,
        token: Some(CLIENT_REQUEST_TOKEN),
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| create(world, call.input()?),
    },
    Operation {
        name: "eks:ListPodIdentityAssociations",
        route: "GET /clusters/{clusterName}/pod-identity-associations",
        kind: Kind::Reads,
        token: None,
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| list(world, &call.input()?),
    },
    Operation {
        name: "eks:DescribePodIdentityAssociation",
        route: "GET /clusters/{clusterName}/pod-identity-associations/{associationId}",
        kind: Kind::Reads,
        token: None,
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| describe(world, &call.input()?),
    },
    Operation {
        name: "eks:UpdatePodIdentityAssociation",
        route: "POST /clusters/{clusterName}/pod-identity-associations/{associationId}",
        kind: Kind::Writes,
        token: Some(CLIENT_REQUEST_TOKEN),
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| update(world, call.input()?),
    },
    Operation {
        name: "eks:DeletePodIdentityAssociation",
        route: "DELETE /clusters/{clusterName}/pod-identity-associations/{associationId}",
        kind: Kind::Deletes(target),
        token: None,
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| delete(world, &call.input()?),
    },
];

fn create(world: &mut World, input: CreatePodIdentityAssociation) -> Result<Value, Refusal> {
    let name = input.cluster_name.clone();
    let about = |refusal: Refusal| refusal.of_cluster(&name);
    may_be_created(changeable(world, &name)?, &input).map_err(about)?;
    let association = made(world, input);
    check::association(world.iam(), &association).map_err(about)?;
    let shown = shown(world, &name, &association);
    world.cluster_mut(&name)?.pod_identity_associations.insert(association.id.clone(), association);
    Ok(json!({ "association": shown }))
}

fn list(world: &World, input: &ListPodIdentityAssociations) -> Result<Value, Refusal> {
    let (cluster, namespace) = (&input.cluster_name, input.namespace.as_ref());
    let account = input.service_account.as_ref();
    let wanted = |it: &&PodIdentityAssociation| {
        namespace.is_none_or(|namespace| it.namespace == *namespace)
            && account.is_none_or(|account| it.service_account == *account)
    };
    let associations = world.cluster(cluster)?.pod_identity_associations.values().filter(wanted);
    let items = associations.map(|association| (association.id.clone(), summary(cluster, association)));
    let scope = json!([cluster, namespace, account]).to_string();
    lists::page(world, "associations", &scope, items, (input.max_results, input.next_token.as_deref()))
}

fn describe(world: &World, input: &AssociationId) -> Result<Value, Refusal> {
    let AssociationId { cluster_name, association_id } = input;
    world.cluster(cluster_name)?;
    check::id(association_id)?;
    let association = world.pod_identity_association(cluster_name, association_id)?;
    Ok(json!({ "association": shown(world, cluster_name, association) }))
}

fn update(world: &mut World, input: UpdatePodIdentityAssociation) -> Result<Value, Refusal> {
    let (cluster, id) = (input.cluster_name.clone(), input.association_id.clone());
    let about = |refusal: Refusal| refusal.of_cluster(&cluster);
    changeable(world, &cluster)?;
    check::id(&id)?;
    let before = world.pod_identity_association(&cluster, &id)?.clone();
    let after = changed(world, before.clone(), input).map_err(about)?;
    check::association(world.iam(), &after).map_err(about)?;
    ensure(after != before || !world.settings.switches.association_no_ops_refused, || {
        about(invalid_parameter("No changes needed for the pod identity association"))
    })?;
    let after = PodIdentityAssociation { modified_at: world.now, ..after };
    let shown = shown(world, &cluster, &after);
    *world.pod_identity_association_mut(&cluster, &id)? = after;
    Ok(json!({ "association": shown }))
}

fn delete(world: &mut World, input: &AssociationId) -> Result<Value, Refusal> {
    let AssociationId { cluster_name, association_id } = input;
    changeable(world, cluster_name)?;
    check::id(association_id)?;
    let shown = shown(world, cluster_name, world.pod_identity_association(cluster_name, association_id)?);
    world.cluster_mut(cluster_name)?.pod_identity_associations.remove(association_id);
    Ok(json!({ "association": shown }))
}

/// The association that a deletion deletes.
fn target(world: &World, input: &Value) -> Option<Target> {
    let input: AssociationId = decode(input).ok()?;
    let association = world.pod_identity_association(&input.cluster_name, &input.association_id).ok()?;
    Some(Target { tags: association.tags.clone(), unborn: false })
}

/// The cluster, if its associations can be changed.
fn changeable<'a>(world: &'a World, name: &str) -> Result<&'a Cluster, Refusal> {
    let cluster = world.cluster(name)?;
    ensure(cluster.is_in_service(), || {
        invalid_request(format!("Cluster '{name}' is not in ACTIVE status")).of_cluster(name)
    })?;
    Ok(cluster)
}

fn may_be_created(cluster: &Cluster, input: &CreatePodIdentityAssociation) -> Result<(), Refusal> {
    let same =
        |it: &&PodIdentityAssociation| it.namespace == input.namespace && it.service_account == input.service_account;
    // facts §2.1 (a)
    if let Some(PodIdentityAssociation { id, .. }) = cluster.pod_identity_associations.values().find(same) {
        return Err(in_use(format!("Association already exists: {id}")));
    }
    ensure(cluster.pod_identity_associations.len() < ASSOCIATION_LIMIT, || {
        limit_exceeded(format!("A cluster can have at most {ASSOCIATION_LIMIT} pod identity associations"))
    })
}

fn made(world: &mut World, input: CreatePodIdentityAssociation) -> PodIdentityAssociation {
    let digest = world.next_id("pod-identity-association").replace('-', "");
    let id = format!("a-{}", &digest[..17]);
    let (region, account) = (&world.settings.region, &world.settings.account);
    let target_role_arn = input.target_role_arn.filter(|arn| !arn.is_empty());
    PodIdentityAssociation {
        arn: format!("arn:aws:eks:{region}:{account}:podidentityassociation/{}/{id}", input.cluster_name),
        external_id: target_role_arn.is_some().then(|| external_id(world, &id)),
        id,
        namespace: input.namespace,
        service_account: input.service_account,
        role_arn: input.role_arn,
        target_role_arn,
        disable_session_tags: input.disable_session_tags.unwrap_or(false),
        policy: input.policy.filter(|policy| !policy.is_empty()),
        owner_arn: None,
        created_at: world.now,
        modified_at: world.now,
        tags: input.tags,
        former_tags: None,
    }
}

/// What is not sent stays as it is; an empty text takes a role or policy away (facts §1.5).
fn changed(
    world: &World,
    before: PodIdentityAssociation,
    input: UpdatePodIdentityAssociation,
) -> Result<PodIdentityAssociation, Refusal> {
    let UpdatePodIdentityAssociation { role_arn, target_role_arn, disable_session_tags, policy, .. } = input;
    let nothing = role_arn.is_none() && target_role_arn.is_none() && disable_session_tags.is_none() && policy.is_none();
    ensure(!nothing, || {
        invalid_parameter("At least one of roleArn, targetRoleArn, disableSessionTags and policy must be specified")
    })?;
    let or = |sent: Option<String>, before| sent.map_or(before, |sent| Some(sent).filter(|sent| !sent.is_empty()));
    let target_role_arn = or(target_role_arn, before.target_role_arn);
    Ok(PodIdentityAssociation {
        role_arn: role_arn.unwrap_or(before.role_arn),
        external_id: target_role_arn.is_some().then(|| external_id(world, &before.id)),
        target_role_arn,
        disable_session_tags: disable_session_tags.unwrap_or(before.disable_session_tags),
        policy: or(policy, before.policy),
        ..before
    })
}

fn external_id(world: &World, id: &str) -> String {
    world.uuid_of(&["external-id", id])
}

/// As EKS describes it.
pub(crate) fn shown(world: &World, cluster: &str, association: &PodIdentityAssociation) -> Value {
    let mut shown = summary(cluster, association);
    shown["roleArn"] = association.role_arn.clone().into();
    shown["targetRoleArn"] = association.target_role_arn.clone().into();
    shown["externalId"] = association.external_id.clone().into();
    shown["disableSessionTags"] = association.disable_session_tags.into();
    shown["policy"] = association.policy.clone().into();
    shown["createdAt"] = epoch(association.created_at);
    shown["modifiedAt"] = epoch(association.modified_at);
    shown["tags"] = json!(StaleView::seen(association.former_tags.as_ref(), &association.tags, world.now));
    shown
}

/// As EKS lists it.
fn summary(cluster: &str, association: &PodIdentityAssociation) -> Value {
    json!({
        "clusterName": cluster,
        "namespace": association.namespace,
        "serviceAccount": association.service_account,
        "associationArn": association.arn,
        "associationId": association.id,
        "ownerArn": association.owner_arn,
    })
}
