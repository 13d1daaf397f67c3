//! Keys and values that are no part of the format, but that people write with reason: what EKS has and trueup does not
//! manage, what comes later, and what the same thing is called in other tools.
//!
//! The central type is [`Known`], what to say of one. Only for messages: whatever is looked up here is refused already.

/// What to say of a key or a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) message: &'static str,
    pub(super) hint: &'static str,
}

const AUTO_MODE: &str = "leave it out: where Auto Mode is on, it stays on, and plans say so";
const LATER: &str = "leave it out: what there is in AWS stays as it is";

/// A key under a path, the message and the hint. In paths, `[]` stands for any index.
type Row = (&'static str, &'static str, &'static str, &'static str);

const UNSUPPORTED: [Row; 18] = [
    ("", "addons", "`addons` is not supported yet", LATER),
    ("", "advice", "`advice` is not supported yet", "leave it out"),
    ("", "iam", "`iam` is not supported yet", "leave it out, and write the ARNs of roles that exist"),
    ("", "identityProviderConfigs", "`identityProviderConfigs` is not supported yet", LATER),
    ("", "launchTemplates", "`launchTemplates` is not supported yet", LATER),
    ("", "network", "`network` is not supported yet", "leave it out, and write the ids of subnets that exist"),
    ("cluster", "computeConfig", "trueup does not manage EKS Auto Mode: `computeConfig` cannot be set", AUTO_MODE),
    ("cluster", "encryptionConfig", "`encryptionConfig` is not supported yet", LATER),
    ("cluster", "kubeApiServerConfig", "`kubeApiServerConfig` is not supported yet", LATER),
    ("cluster", "kubeControllerManagerConfig", "`kubeControllerManagerConfig` is not supported yet", LATER),
    ("cluster", "kubeSchedulerConfig", "`kubeSchedulerConfig` is not supported yet", LATER),
    (
        "cluster",
        "outpostConfig",
        "trueup does not manage clusters on Outposts: `outpostConfig` cannot be set",
        "trueup is for clusters in a region of AWS",
    ),
    ("cluster", "remoteNetworkConfig", "`remoteNetworkConfig` is not supported yet", LATER),
    ("cluster", "storageConfig", "trueup does not manage EKS Auto Mode: `storageConfig` cannot be set", AUTO_MODE),
    (
        "cluster.kubernetesNetworkConfig",
        "elasticLoadBalancing",
        "trueup does not manage EKS Auto Mode: `elasticLoadBalancing` cannot be set",
        AUTO_MODE,
    ),
    ("cluster.resourcesVpcConfig", "controlPlaneEgressMode", "`controlPlaneEgressMode` is not supported yet", LATER),
    ("nodegroups[]", "clusterName", "unknown key `clusterName`", "the cluster is `metadata.name`: leave this out"),
    (
        "nodegroups[]",
        "launchTemplate",
        "`launchTemplate` is not supported yet",
        "groups with a launch template of their own cannot be in the file yet",
    ),
];

/// Keys by other names, and what was probably meant.
const OTHER_NAMES: [(&str, &str, &str); 15] = [
    ("", "managedNodeGroups", "nodegroups"),
    ("", "name", "metadata.name"),
    ("", "region", "metadata.region"),
    ("", "tags", "metadata.tags"),
    ("accessEntries[]", "groups", "kubernetesGroups"),
    ("accessEntries[]", "policies", "accessPolicies"),
    ("cluster", "name", "metadata.name"),
    ("nodegroups[]", "asgSuspendProcesses", "autoscaling.suspendedProcesses"),
    ("nodegroups[]", "desiredCapacity", "scalingConfig.desiredSize"),
    ("nodegroups[]", "name", "nodegroupName"),
    ("nodegroups[]", "roleArn", "nodeRole"),
    ("nodegroups[]", "spot", "capacityType: SPOT"),
    ("nodegroups[]", "subnetIds", "subnets"),
    ("nodegroups[]", "volumeSize", "diskSize"),
    ("nodegroups[].autoscaling", "asgSuspendProcesses", "suspendedProcesses"),
];

/// Values of an enumeration that AWS has and the file has not.
const VALUES: [Row; 3] = [
    (
        "nodegroups[].amiType",
        "CUSTOM",
        "`amiType: CUSTOM` cannot be set",
        "EKS says so of groups whose launch template names an image; they cannot be in the file yet",
    ),
    ("nodegroups[].autoscaling.suspendedProcesses[]", "Launch", "`Launch` must not be suspended", NEEDED),
    ("nodegroups[].autoscaling.suspendedProcesses[]", "Terminate", "`Terminate` must not be suspended", NEEDED),
];

const NEEDED: &str = "EKS needs it whenever nodes are replaced; leave it out";

/// A key that AWS or a later version has.
pub(super) fn unsupported(path: &str, key: &str) -> Option<Known> {
    find(&UNSUPPORTED, path, key)
}

/// What a key of another tool is called here.
pub(super) fn other_name(path: &str, key: &str) -> Option<&'static str> {
    let path = general(path);
    OTHER_NAMES.iter().find(|(owner, name, _)| *owner == path && *name == key).map(|(.., meant)| *meant)
}

/// A value that AWS has.
pub(super) fn value(path: &str, value: &str) -> Option<Known> {
    find(&VALUES, path, value)
}

fn find(rows: &[Row], path: &str, name: &str) -> Option<Known> {
    let path = general(path);
    let (_, _, message, hint) = rows.iter().find(|row| row.0 == path && row.1 == name)?;
    Some(Known { message, hint })
}

/// The path without its indexes.
fn general(path: &str) -> String {
    path.chars().filter(|character| !character.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::schema::{self, Step};

    /// What the schema has is not looked up; a row for it would be forgotten.
    #[test]
    fn the_schema_has_none_of_them() {
        let unsupported = UNSUPPORTED.iter().map(|(owner, key, ..)| (*owner, *key));
        for (owner, key) in unsupported.chain(OTHER_NAMES.iter().map(|(owner, key, _)| (*owner, *key))) {
            let object = schema::at(&steps(owner));
            assert!(object["properties"].is_object(), "the schema has no {owner}");
            assert!(schema::keys(object).all(|name| name != key), "the schema has {owner}.{key}");
        }
        for (owner, value, ..) in VALUES {
            let options = schema::options(schema::at(&steps(owner)));
            assert!(!options.is_empty() && !options.contains(&value), "{owner}: {value}");
        }
    }

    fn steps(path: &str) -> Vec<Step> {
        let names = path.split('.').filter(|name| !name.is_empty());
        names
            .flat_map(|name| match name.strip_suffix("[]") {
                Some(list) => vec![Step::Key(list.to_owned()), Step::Index(0)],
                None => vec![Step::Key(name.to_owned())],
            })
            .collect()
    }
}
