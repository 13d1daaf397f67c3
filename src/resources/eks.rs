//! What the kinds of the EKS API share: tagging calls and update objects.
//!
//! Functions without state. The main one is [`creation_tags`], which alone writes the mark that a resource is ours. Not
//! here: the tags of Auto Scaling groups, which have calls of their own.

use std::collections::BTreeMap;

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
        Some(UpdateStatus::Failed | UpdateStatus::Cancelled) => Update::Failed(reasons(update)),
        _ => Update::InProgress,
    }
}

fn reasons(update: &types::Update) -> String {
    let status = update.status.as_ref().map_or("Failed", UpdateStatus::as_str);
    let errors: BTreeMap<String, &types::ErrorDetail> = update
        .errors()
        .iter()
        .map(|error| (error.error_code().map_or("", |it| it.as_str()).to_owned(), error))
        .collect();
    let texts: Vec<String> = errors.into_iter().map(|(code, error)| detail(&code, error)).collect();
    let id = update.id().unwrap_or("without an id");
    if texts.is_empty() {
        format!("update {id} ended {status} without a reason")
    } else {
        format!("update {id} ended {status}: {}", texts.join("; "))
    }
}

fn detail(code: &str, error: &types::ErrorDetail) -> String {
    let on =
        if error.resource_ids().is_empty() { String::new() } else { format!(" ({})", error.resource_ids().join(", ")) };
    format!("{code}: {}{on}", error.error_message().unwrap_or("no message"))
}
