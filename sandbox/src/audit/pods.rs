//! Rules about pods that the sandbox never sees: on Fargate, and with an identity.
//!
//! The central function is [`pods_stay`]. Not here: nodes (`disruption`).

use super::case::Case;
use crate::services::eks::fargate::input::FargateProfileName;
use crate::services::eks::fargate::state::FargateProfileStatus;
use crate::services::eks::pod_identity::input::{AssociationId, UpdatePodIdentityAssociation};

/// What can end pods, or what they are allowed to do.
pub(super) const DELETIONS: &[&str] = &["eks:DeleteFargateProfile", "eks:DeletePodIdentityAssociation"];
/// What can change whatever is an add-on's.
pub(super) const ASSOCIATIONS: &[&str] = &["eks:UpdatePodIdentityAssociation", "eks:DeletePodIdentityAssociation"];

/// Whether anybody uses it is not known here, so all that lives counts as used.
pub(super) fn pods_stay(case: &Case<'_>) -> Option<String> {
    let what = profile(case).or_else(|| association(case))?;
    (!case.audit.disruption.covers(&what)).then(|| format!("deletion of {what} without consent"))
}

fn profile(case: &Case<'_>) -> Option<String> {
    let input: FargateProfileName = case.input("eks:DeleteFargateProfile")?;
    let profile = case.world.fargate_profile(&input.cluster_name, &input.fargate_profile_name).ok()?;
    (profile.status != FargateProfileStatus::CreateFailed).then_some(input.fargate_profile_name)
}

fn association(case: &Case<'_>) -> Option<String> {
    let input: AssociationId = case.input("eks:DeletePodIdentityAssociation")?;
    let association = case.world.pod_identity_association(&input.cluster_name, &input.association_id).ok()?;
    Some(format!("{}/{}", association.namespace, association.service_account))
}

/// The add-on would not know of it (facts §0.8).
pub(super) fn of_an_addon(case: &Case<'_>) -> Option<String> {
    let updated = case.input::<UpdatePodIdentityAssociation>("eks:UpdatePodIdentityAssociation");
    let deleted = case.input::<AssociationId>("eks:DeletePodIdentityAssociation");
    let updated = updated.map(|input| (input.cluster_name, input.association_id));
    let (cluster, id) = updated.or_else(|| deleted.map(|input| (input.cluster_name, input.association_id)))?;
    let association = case.world.pod_identity_association(&cluster, &id).ok()?;
    association.owner_arn.as_ref().map(|owner| format!("{id} belongs to {owner}"))
}
