//! Tags as the file lists them and as AWS has them: listed keys are ensured, `null` removes one, others stay.
//!
//! Functions without state. The main one is [`patched`], the tags as they will be; [`OWNERSHIP`] is the key of the one
//! tag that no file lists. Not here: what AWS allows in a tag (`spec/check/tags.rs`).

use std::collections::BTreeMap;

use crate::model::{Call, Field, Rule, View, field};
use crate::spec::{Spec, Tags};

/// Adds tags to an EKS resource, or overwrites them. Synchronous, and allowed while an update runs.
pub const TAG_RESOURCE: Call = Call::free("TagResource");
/// Removes tags from an EKS resource.
pub const UNTAG_RESOURCE: Call = Call::free("UntagResource");

/// The key of the ownership tag. Only create calls write it.
pub const OWNERSHIP: &str = "trueup/cluster";

/// The value of the ownership tag: `<region>/<cluster>`.
pub fn ownership(region: &str, cluster: &str) -> String {
    format!("{region}/{cluster}")
}

/// A resource's own tags over those of `metadata.tags`.
pub fn listed(spec: &Spec, own: &Tags) -> Tags {
    let mut tags = spec.metadata.tags.clone();
    tags.extend(own.iter().map(|(key, value)| (key.clone(), value.clone())));
    tags
}

/// The tags as they are, or as they will be: the live ones with what is `listed`. `None`, unmanaged, if nothing is listed.
pub fn patched(listed: &Tags, view: View<'_, Tags>) -> Option<BTreeMap<String, String>> {
    let live = view.live();
    if listed.is_empty() && live.is_some() {
        return None;
    }
    let mut tags = live.cloned().unwrap_or_default();
    tags.extend(listed.iter().map(|(key, value)| (key.clone(), value.clone())));
    Some(tags.into_iter().filter_map(|(key, value)| Some((key, value?))).collect())
}

/// The row of an EKS resource's tags.
pub fn row(listed: &Tags, view: View<'_, Tags>) -> Field {
    field("tags", patched(listed, view), Rule::Entries { set: TAG_RESOURCE, unset: UNTAG_RESOURCE })
        .note("listed keys are ensured, null removes one, others stay")
}
