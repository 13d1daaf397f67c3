//! What EKS checks before it believes in a pod identity association (facts §1.5).
//!
//! The central function is [`association`]. Not here: what depends on other associations.

use serde_json::{Map, Value};

use super::state::PodIdentityAssociation;
use crate::kernel::refusal::Refusal;
use crate::services::eks::labels;
use crate::services::eks::refusal::invalid_parameter;
use crate::services::eks::validate::{self, ensure};
use crate::services::iam::state::State as Iam;

/// How many characters an id has: `a-` and 17 others.
const ID_LENGTH: usize = 19;

/// The same in EKS' own words: aws-samples/eks-workshop-v2 issue 882.
pub(super) fn id(id: &str) -> Result<(), Refusal> {
    ensure(id.chars().count() == ID_LENGTH, || {
        invalid_parameter(format!("The parameter associationId should be {ID_LENGTH} characters long."))
    })
}

/// The whole of it, as it is to be.
pub(super) fn association(iam: &Iam, association: &PodIdentityAssociation) -> Result<(), Refusal> {
    let PodIdentityAssociation { namespace, service_account, .. } = association;
    ensure(labels::is_dns_label(namespace), || {
        invalid_parameter(format!("The namespace {namespace:?} is not a valid name in Kubernetes"))
    })?;
    let parts = || service_account.split('.').all(labels::is_dns_label);
    ensure(service_account.len() <= 253 && parts(), || {
        invalid_parameter(format!("The service account {service_account:?} is not a valid name in Kubernetes"))
    })?;
    validate::pod_role(iam, &association.role_arn)?;
    if let Some(target) = &association.target_role_arn {
        validate::owner_of_role(target)?;
    }
    if let Some(policy) = &association.policy {
        ensure(serde_json::from_str::<Map<String, Value>>(policy).is_ok(), || {
            invalid_parameter("The policy is not a valid policy document")
        })?;
        ensure(association.disable_session_tags, || {
            invalid_parameter("When policy is specified, disableSessionTags must be set to true")
        })?;
    }
    validate::tags(&association.tags)
}
