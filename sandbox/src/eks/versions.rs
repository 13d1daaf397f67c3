//! `DescribeClusterVersions`: the catalogue as EKS tells it (facts §4 version catalogue). There is no central type.
//!
//! Not here: which versions there are (`catalogue`), whether a cluster may have one.

use serde_json::{Value, json};

use super::catalogue::{self, Offered};
use super::cluster::TIERS;
use super::input::DescribeClusterVersions;
use super::update::page;
use super::validate::one_of;
use crate::refusal::Refusal;
use crate::world::World;

/// The one type of cluster here.
const CLUSTER_TYPE: &str = "eks";

/// The newest first. Nothing here is out of support, so `includeAll` adds nothing.
pub(super) fn describe(world: &World, input: &DescribeClusterVersions) -> Result<Value, Refusal> {
    if let Some(status) = &input.version_status {
        one_of("versionStatus", status, &["UNSUPPORTED", "STANDARD_SUPPORT", "EXTENDED_SUPPORT"])?;
    }
    if let Some(status) = &input.status {
        one_of("status", status, &["unsupported", "standard-support", "extended-support"])?;
    }
    let versions = catalogue::offered().iter().rev().filter(|offered| is_asked_for(input, offered));
    let items = versions.map(|offered| (format!("{:05}", u32::MAX - offered.minor), shape(offered))).collect();
    let DescribeClusterVersions { cluster_type, default_only, cluster_versions, version_status, status, .. } = input;
    let scope = format!("{cluster_type:?} {default_only:?} {cluster_versions:?} {version_status:?} {status:?}");
    page(world, "clusterVersions", &scope, items, (input.max_results, input.next_token.as_deref()))
}

fn is_asked_for(input: &DescribeClusterVersions, offered: &Offered) -> bool {
    let is = |asked: &Option<String>, actual: &str| asked.as_deref().is_none_or(|asked| asked == actual);
    let version = offered.version();
    is(&input.cluster_type, CLUSTER_TYPE)
        && is(&input.version_status, version_status(offered))
        && is(&input.status, status(offered))
        && (input.cluster_versions.is_empty() || input.cluster_versions.contains(&version))
        && (input.default_only != Some(true) || version == catalogue::DEFAULT_VERSION)
}

fn shape(offered: &Offered) -> Value {
    let version = offered.version();
    let day = |days: u32| Value::from(u64::from(days) * 24 * 60 * 60);
    json!({
        "clusterVersion": version,
        "clusterType": CLUSTER_TYPE,
        "defaultPlatformVersion": "eks.1",
        "defaultVersion": version == catalogue::DEFAULT_VERSION,
        "releaseDate": day(offered.released),
        "endOfStandardSupportDate": day(offered.standard_support_ends),
        "endOfExtendedSupportDate": day(offered.extended_support_ends),
        "status": status(offered),
        "versionStatus": version_status(offered),
        "kubernetesPatchVersion": offered.patches.last().map(|patch| format!("{version}.{patch}")),
        "controlPlaneScalingTiers": TIERS.iter().map(|tier| json!({ "tierName": tier })).collect::<Vec<_>>(),
    })
}

fn version_status(offered: &Offered) -> &'static str {
    if offered.extended_support { "EXTENDED_SUPPORT" } else { "STANDARD_SUPPORT" }
}

/// The older spelling of the same.
fn status(offered: &Offered) -> &'static str {
    if offered.extended_support { "extended-support" } else { "standard-support" }
}
