//! What Cluster Autoscaler must know of a node that does not exist yet, as tags (facts/cluster-autoscaler.md §1).
//!
//! The central function is [`tags`], from the file and a [`Node`]. Pure. Not here: how tags are compared (`mod.rs`) and
//! written (`aws.rs`).

use std::collections::{BTreeMap, BTreeSet};

use super::NODE_TEMPLATE;
use crate::resources::nodegroup::{Nodegroup, labels_over};
use crate::spec::{self, Taint};

/// Labels which, as a tag, would send Cluster Autoscaler's lookup of the nodegroup elsewhere.
const HIJACKING_LABELS: [&str; 2] = ["cluster-name", "nodegroup-name"];

/// A nodegroup's labels and taints: the file's, or where it lists none, the live ones.
pub(super) struct Node {
    labels: BTreeMap<String, String>,
    taints: BTreeSet<Taint>,
}

pub(super) fn node(group: &spec::Nodegroup, live: Option<&Nodegroup>) -> Node {
    let labels = labels_over(group.labels.as_ref(), live).or_else(|| live.and_then(|live| live.labels.clone()));
    let taints = group.taints.as_ref().map(|list| list.iter().cloned().collect());
    let taints = taints.or_else(|| live.and_then(|live| live.taints.clone()));
    Node { labels: labels.unwrap_or_default(), taints: taints.unwrap_or_default() }
}

impl Node {
    /// Keys with more than one effect: the tag's key is the taint's, so only one can be told.
    pub(super) fn ambiguous_taints(&self) -> BTreeSet<String> {
        let count = |key: &str| self.taints.iter().filter(|taint| taint.key == key).count();
        self.taints.iter().filter(|taint| count(&taint.key) > 1).map(|taint| taint.key.clone()).collect()
    }
}

pub(super) fn tags(group: &spec::Nodegroup, node: &Node) -> BTreeMap<String, String> {
    let template = &group.autoscaling.node_template;
    let mut labels = node.labels.clone();
    labels.retain(|key, _| !HIJACKING_LABELS.contains(&key.as_str()));
    labels.extend(template.labels.clone());
    let taints = node.taints.iter().map(|taint| (taint.key.clone(), format!("{}:{}", taint.value, taint.effect)));
    let mut tags = BTreeMap::new();
    tags.extend(keyed("label", labels));
    tags.extend(keyed("taint", taints));
    tags.extend(keyed("resources", template.resources.clone()));
    tags.extend(keyed("autoscaling-options", template.options.clone()));
    tags
}

fn keyed(family: &str, entries: impl IntoIterator<Item = (String, String)>) -> impl Iterator<Item = (String, String)> {
    entries.into_iter().map(move |(name, value)| (format!("{NODE_TEMPLATE}{family}/{name}"), value))
}
