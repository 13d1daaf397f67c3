//! What the kinds of the EKS API share: tagging calls and update objects.
//!
//! Functions without state. The main one is [`creation_tags`], which alone writes the mark that a resource is ours. Not
//! here: the tags of Auto Scaling groups, which have calls of their own.

use aws_sdk_eks::types::{self, UpdateStatus};

use super::tags::{OWNERSHIP, ownership};
use super::{Started, Step, Update};
use crate::aws::{Aws, Fault, FaultKind};
use crate::model::{Output, Ownership, Seen};
use crate::spec::Tags;

// The SDK's tag maps are hash maps; this module is where that ends.
#[expect(clippy::disallowed_types, reason = "the SDK's own type")]
type SdkTags = std::collections::HashMap<String, String>;

/// The tags of a create call: the listed ones, and the mark that the resource is ours.
pub(crate) fn creation_tags(listed: &Tags, region: &str, cluster: &str) -> SdkTags {
    let listed = listed.iter().filter_map(|(key, value)| Some((key.clone(), value.clone()?)));
    listed.chain([(OWNERSHIP.to_owned(), ownership(region, cluster))]).collect()
}

/// Tags as they were seen.
pub(crate) fn known(tags: &SdkTags) -> Tags {
    tags.iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect()
}

/// Whether the tags say that trueup made the resource for this cluster.
fn owned(tags: &SdkTags, region: &str, cluster: &str) -> bool {
    tags.get(OWNERSHIP) == Some(&ownership(region, cluster))
}

/// A resource of EKS as it was seen, with its ARN among its outputs: whose it is, and how that could change.
pub(crate) fn seen<R>(resource: R, arn: Option<String>, tags: &SdkTags, region: &str, cluster: &str) -> Seen<R> {
    let tag = format!("{OWNERSHIP}={}", ownership(region, cluster));
    let adopt = arn.as_ref().map(|arn| format!("aws eks tag-resource --resource-arn {arn} --tags {tag}"));
    let mut seen = Seen { adopt, ownership: Ownership::of(owned(tags, region, cluster)), ..Seen::new(resource) };
    seen.outputs = seen.outputs.with(Output::Arn, arn);
    seen
}

/// The resource's ARN, which the tagging calls go by.
fn arn<'a>(step: &'a Step<'_>) -> Result<&'a str, Fault> {
    step.outputs.get(Output::Arn).ok_or_else(|| {
        let message = "the ARN of the resource is not known yet";
        Fault::new(FaultKind::NotFound, "eks", step.call.operation, message)
    })
}

/// Adds and overwrites what a step says of tags.
///
/// # Errors
/// When AWS refuses.
pub(crate) async fn tag(aws: &Aws, step: &Step<'_>) -> Result<Started, Fault> {
    let arn = arn(step)?;
    let tags = step.deltas().flat_map(|delta| delta.set).collect();
    aws.eks.tag_resource(|request| request.resource_arn(arn).set_tags(Some(tags))).await?;
    Ok(Started::default())
}

/// Removes what a step says of tags.
///
/// # Errors
/// When AWS refuses.
pub(crate) async fn untag(aws: &Aws, step: &Step<'_>) -> Result<Started, Fault> {
    let arn = arn(step)?;
    let keys = step.deltas().flat_map(|delta| delta.unset).collect();
    aws.eks.untag_resource(|request| request.resource_arn(arn).set_tag_keys(Some(keys))).await?;
    Ok(Started::default())
}

/// What an update object says.
pub(crate) fn update_status(update: &types::Update) -> Update {
    match update.status {
        Some(UpdateStatus::Successful) => Update::Successful,
        Some(UpdateStatus::Failed | UpdateStatus::Cancelled) => failed(update),
        _ => Update::InProgress,
    }
}

/// Every error of an update, in AWS' order: several may have one code, on different resources.
fn failed(update: &types::Update) -> Update {
    let status = update.status.as_ref().map_or("Failed", UpdateStatus::as_str);
    let id = update.id().unwrap_or("without an id");
    let errors: Vec<String> = update.errors().iter().map(detail).collect();
    let errors = if errors.is_empty() { " without a reason".to_owned() } else { format!(": {}", errors.join("; ")) };
    let code = update.errors().iter().find_map(|error| error.error_code()).map(types::ErrorCode::as_str);
    Update::Failed {
        why: format!("update {id} ended {status}{errors}"),
        code: code.map(str::to_owned),
        hint: code.and_then(hint),
    }
}

fn detail(error: &types::ErrorDetail) -> String {
    let on =
        if error.resource_ids().is_empty() { String::new() } else { format!(" ({})", error.resource_ids().join(", ")) };
    let code = error.error_code().map_or("Unknown", types::ErrorCode::as_str);
    format!("{code}: {}{on}", error.error_message().unwrap_or("no message"))
}

/// What to do about an error of an update, where that is known (facts/eks-semantics.md §3).
fn hint(code: &str) -> Option<&'static str> {
    Some(match code {
        "PodEvictionFailure" => {
            "check the PodDisruptionBudgets of the pods on these nodes, and pods that do not terminate; then run again"
        }
        "NodeCreationFailure" => {
            "check the nodes' role, subnets and security groups, and that nodes can reach the cluster; then run again"
        }
        "InsufficientFreeAddresses" | "IpNotAvailable" | "EniLimitReached" => {
            "free IP addresses or network interfaces in the subnets, or use other subnets; then run again"
        }
        "SubnetNotFound" | "SecurityGroupNotFound" | "VpcIdNotFound" => {
            "name subnets and security groups that exist in the cluster's VPC; then run again"
        }
        "AccessDenied" | "OperationNotPermitted" => {
            "check the policies of the role that EKS uses, and service control policies; then run again"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_eks::types::{ErrorCode, ErrorDetail};

    use super::*;

    fn error(code: ErrorCode, on: &str, message: &str) -> ErrorDetail {
        ErrorDetail::builder().error_code(code).resource_ids(on).error_message(message).build()
    }

    fn ended(status: UpdateStatus, errors: Vec<ErrorDetail>) -> Update {
        update_status(&types::Update::builder().id("0-1").status(status).set_errors(Some(errors)).build())
    }

    #[test]
    fn every_error_of_an_update_is_told() {
        let errors = vec![
            error(ErrorCode::PodEvictionFailure, "node-b", "Reached max retries"),
            error(ErrorCode::AccessDenied, "role", "Not authorized"),
            error(ErrorCode::PodEvictionFailure, "node-a", "Reached max retries"),
        ];
        let Update::Failed { why, code, hint } = ended(UpdateStatus::Failed, errors) else { panic!("it failed") };
        assert_eq!(
            why,
            "update 0-1 ended Failed: PodEvictionFailure: Reached max retries (node-b); \
             AccessDenied: Not authorized (role); PodEvictionFailure: Reached max retries (node-a)"
        );
        assert_eq!(code.as_deref(), Some("PodEvictionFailure"));
        assert!(hint.unwrap().contains("PodDisruptionBudgets"));
    }

    #[test]
    fn an_update_may_fail_without_a_reason() {
        let Update::Failed { why, code, hint } = ended(UpdateStatus::Cancelled, vec![]) else { panic!("it failed") };
        assert_eq!((why.as_str(), code, hint), ("update 0-1 ended Cancelled without a reason", None, None));
    }
}
