//! Going back to the Kubernetes version from before an update (facts §4 Rollback).
//!
//! The central function is [`planned`]. Not here: nodegroups, which do not go back: one that has followed the control
//! plane keeps it from going back.

use std::time::{Duration, SystemTime};

use super::catalogue::{Support, minor};
use super::cluster::supported;
use super::durations;
use super::input::UpdateClusterVersion;
use super::state::{Cluster, ClusterChange, UpdateStatus};
use super::update::Planned;
use super::validate::ensure;
use crate::kernel::refusal::Refusal;
use crate::services::eks::refusal::{invalid_parameter, invalid_request};

/// How long after the update there is a way back.
const WINDOW: Duration = Duration::from_hours(7 * 24);
/// How long a rollback may take, in minutes, as the request may say.
const TIMEOUTS: std::ops::RangeInclusive<i64> = 120..=10_080;

/// The rollback that is asked for, unless it is no rollback.
pub(super) fn planned(
    now: SystemTime,
    cluster: &Cluster,
    input: &UpdateClusterVersion,
) -> Result<Option<Planned<ClusterChange>>, Refusal> {
    let timeout = input.rollback_config.as_ref().and_then(|config| config.timeout_minutes);
    ensure(timeout.is_none_or(|minutes| TIMEOUTS.contains(&minutes)), || {
        let (least, most) = (TIMEOUTS.start(), TIMEOUTS.end());
        invalid_parameter(format!("timeoutMinutes must be between {least} and {most}"))
    })?;
    let (from, to) = (&cluster.version, &input.version);
    if minor(to) != minor(from).and_then(|minor| minor.checked_sub(1)) || !was_updated(now, cluster) {
        return Ok(None);
    }
    let support = supported(to, now)?;
    ensure(support == Support::Standard || cluster.support_type == "EXTENDED", || {
        invalid_request(format!("Kubernetes version {to} is in extended support, and the upgrade policy is STANDARD"))
    })?;
    let newer = cluster.nodegroups.values().filter(|nodegroup| minor(&nodegroup.version) > minor(to));
    let newer: Vec<&str> = newer.map(|nodegroup| nodegroup.name.as_str()).collect();
    ensure(newer.is_empty(), || {
        invalid_request(format!("Nodegroups {} must not be newer than cluster version {to}", newer.join(", ")))
    })?;
    Ok(Some(Planned {
        kind: "VersionRollback",
        params: vec![("Version", to.clone()), ("PlatformVersion", "eks.1".to_owned())],
        change: ClusterChange::Version(to.clone()),
        duration: durations::VERSION_UPDATE,
    }))
}

/// Whether the last change of the cluster's version was an update to this one, a short while ago.
fn was_updated(now: SystemTime, cluster: &Cluster) -> bool {
    let changes = cluster.updates.values().filter(|update| {
        update.status == UpdateStatus::Successful && matches!(update.change, ClusterChange::Version(_))
    });
    changes.max_by_key(|update| update.ends_at).is_some_and(|last| {
        last.kind == "VersionUpdate"
            && last.change == ClusterChange::Version(cluster.version.clone())
            && now <= last.ends_at + WINDOW
    })
}
