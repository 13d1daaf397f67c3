//! `DescribeClusterVersions`: the catalogue as EKS tells it (facts §4 version catalogue).
//!
//! The central function is [`describe`]. Not here: which versions there are (`catalogue`), whether a cluster may have
//! one.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::catalogue::{self, Offered, Support};
use super::cluster::TIERS;
use super::input::DescribeClusterVersions;
use super::lists::page;
use super::validate::one_of;
use crate::kernel::refusal::Refusal;
use crate::wire::operation::{Kind, Operation};
use crate::world::World;

/// The one type of cluster here.
const CLUSTER_TYPE: &str = "eks";

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "eks:DescribeClusterVersions",
    route: "GET /cluster-versions",
    kind: Kind::Reads,
    token: None,
    bad_input: "InvalidParameterException",
    lag: None,
    handler: |world, call| describe(world, &call.input()?),
}];

/// The newest first. What is out of support is shown to those who ask for all, or for it.
fn describe(world: &World, input: &DescribeClusterVersions) -> Result<Value, Refusal> {
    if let Some(status) = &input.version_status {
        one_of("versionStatus", status, &["UNSUPPORTED", "STANDARD_SUPPORT", "EXTENDED_SUPPORT"])?;
    }
    if let Some(status) = &input.status {
        one_of("status", status, &["unsupported", "standard-support", "extended-support"])?;
    }
    let versions = catalogue::offered().iter().rev().filter(|offered| is_asked_for(input, offered, world.now));
    let items = versions.map(|offered| (format!("{:05}", u32::MAX - offered.minor), shape(offered, world.now)));
    // What pages belong to: the question without the page.
    let scope = format!("{:?}", DescribeClusterVersions { next_token: None, max_results: None, ..input.clone() });
    page(world, "clusterVersions", &scope, items, (input.max_results, input.next_token.as_deref()))
}

fn is_asked_for(input: &DescribeClusterVersions, offered: &Offered, now: SystemTime) -> bool {
    let is = |asked: &Option<String>, actual: &str| asked.as_deref().is_none_or(|asked| asked == actual);
    let (version, support) = (offered.version(), offered.support(now));
    let in_particular = input.version_status.is_some() || input.status.is_some() || !input.cluster_versions.is_empty();
    is(&input.cluster_type, CLUSTER_TYPE)
        && is(&input.version_status, version_status(support))
        && is(&input.status, status(support))
        && (support != Support::Ended || input.include_all == Some(true) || in_particular)
        && (input.cluster_versions.is_empty() || input.cluster_versions.contains(&version))
        && (input.default_only != Some(true) || version == catalogue::DEFAULT_VERSION)
}

fn shape(offered: &Offered, now: SystemTime) -> Value {
    let (version, support) = (offered.version(), offered.support(now));
    let day = |days: u32| Value::from(u64::from(days) * 24 * 60 * 60);
    json!({
        "clusterVersion": version,
        "clusterType": CLUSTER_TYPE,
        "defaultPlatformVersion": "eks.1",
        "defaultVersion": version == catalogue::DEFAULT_VERSION,
        "releaseDate": day(offered.released),
        "endOfStandardSupportDate": day(offered.standard_support_ends),
        "endOfExtendedSupportDate": day(offered.extended_support_ends),
        "status": status(support),
        "versionStatus": version_status(support),
        "kubernetesPatchVersion": offered.patches.last().map(|patch| format!("{version}.{patch}")),
        "controlPlaneScalingTiers": TIERS.iter().map(|tier| json!({ "tierName": tier })).collect::<Vec<_>>(),
    })
}

fn version_status(support: Support) -> &'static str {
    match support {
        Support::Standard => "STANDARD_SUPPORT",
        Support::Extended => "EXTENDED_SUPPORT",
        Support::Ended => "UNSUPPORTED",
    }
}

/// The older spelling of the same.
fn status(support: Support) -> &'static str {
    match support {
        Support::Standard => "standard-support",
        Support::Extended => "extended-support",
        Support::Ended => "unsupported",
    }
}
