//! What a world is told at its beginning. The central types are [`Settings`] and [`Switches`].
//!
//! Not here: faults, which are set while a world runs (see `fault`).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::audit::state::Audit;

/// 2026-01-01T00:00:00Z, where the story begins: so many days after 1970.
const STORY_BEGINS: Duration = Duration::from_hours(20_454 * 24);

/// How a world begins and behaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// All identifiers follow from it.
    pub seed: u64,
    /// The time at which the world begins.
    pub start: SystemTime,
    /// The account's number.
    pub account: String,
    /// The one region there is.
    pub region: String,
    /// Who calls, as STS tells it.
    pub caller_arn: String,
    /// Pages never hold more than this, whatever was asked for.
    pub page_size: Option<usize>,
    /// The answers to what is not verified about the real services.
    pub switches: Switches,
    /// What mutating requests are checked against; without it nothing is.
    pub audit: Option<Audit>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 1,
            start: UNIX_EPOCH + STORY_BEGINS,
            account: "111122223333".into(),
            region: "us-east-1".into(),
            caller_arn: "arn:aws:sts::111122223333:assumed-role/trueup-apply/sandbox".into(),
            page_size: None,
            switches: Switches::default(),
            audit: None,
        }
    }
}

/// One switch per behaviour that the facts mark as unverified, undocumented or general knowledge only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switches {
    /// How many describes after the start of an update still say ACTIVE (facts §0.3, §10.1).
    pub polls_still_active: u32,
    /// All durations in percent of the table (facts §3: the column is practice, not measured).
    pub duration_percent: u32,
    /// For how long a fresh cluster is not found by describe (facts §2.3).
    pub create_lag_seconds: u32,
    /// For how long EKS shows the tags as they were before a write (facts §2.3).
    pub tag_lag_seconds: u32,
    /// For how long after its nodegroup is ACTIVE a group is not found by name (facts §2.3).
    pub group_name_lag_seconds: u32,
    /// For how long after creation or a tag write the tag filter of Auto Scaling sees the past (facts §2.3).
    pub group_filter_lag_seconds: u32,
    /// For how long a describe by name shows a group's tags as they were before a write (facts §2.3).
    pub group_tag_lag_seconds: u32,
    /// EKS puts deleted discovery tags back at the end of the nodegroup's next update (facts §8, unverified).
    pub discovery_tags_restored: bool,
    /// The tags that EKS puts on a group propagate to instances (facts §8).
    pub group_tags_propagate: bool,
    /// A taint without value is described with `"value": ""` instead of no value (facts §1.2, unverified).
    pub empty_taint_value_shown: bool,
    /// All nodegroups must be at the cluster's version before it is updated; otherwise three minors of skew are
    /// allowed (facts §4 skew gate).
    pub nodegroups_must_match: bool,
    /// A used client token with other parameters is `InvalidRequestException` instead of `InvalidParameterException`
    /// (facts §2.5, §11).
    pub token_mismatch_is_invalid_request: bool,
    /// A refused request binds its client token all the same: the token is good for that request only from then on
    /// (facts §2.5: undocumented).
    pub refused_requests_bind_tokens: bool,
    /// The `desiredSize` that EKS takes when none is sent (facts §1.2).
    pub default_desired_size: u32,
    /// AMI types of Amazon Linux 2 are refused from 1.33 on (facts §1.2).
    pub amazon_linux_2_ends: bool,
    /// A DEGRADED nodegroup refuses updates (facts §3: "may be refused").
    pub degraded_refuses_updates: bool,
    /// An update of a busy nodegroup is refused with the id of the one in flight, otherwise with "not in Active State"
    /// (facts §2.1 knows both for 409).
    pub nodegroup_conflict_names_update: bool,
    /// A version roll fails while Launch, Terminate or AZRebalance is suspended (facts §4: "can stall").
    pub suspension_fails_rolls: bool,
    /// `UpdateNodegroupVersion` without version goes to the cluster's version, otherwise to the newest release of the
    /// group's own (facts §4; the API's own documentation says both).
    pub omitted_version_is_clusters: bool,
    /// The most tags that `CreateOrUpdateTags` takes in one call, 0 for no limit (facts §5, §11: undocumented).
    pub group_tags_per_call: u32,
    /// Describe returns `bootstrapClusterCreatorAdminPermissions` (facts §1.1: "not reliably").
    pub bootstrap_admin_shown: bool,
    /// Associating a policy that is associated already updates its scope; otherwise the old scope silently stays
    /// (facts §1.4, §11: sources disagree).
    pub association_updates_scope: bool,
    /// Access entries can be made and changed while their cluster is still CREATING (undocumented).
    pub entries_before_active: bool,
    /// `UpdateAccessEntry` resets what is omitted, groups to none and the user name to the default (facts §1.4: "PUT-like").
    pub entry_updates_reset: bool,
    /// For how long `AssociateAccessPolicy` does not find a fresh entry (facts §2.1, §2.2).
    pub access_entry_lag_seconds: u32,
    /// EKS removes the entry of a node role or pod execution role with the last nodegroup or Fargate profile of that role
    /// (facts §7: "not reliably").
    pub node_entries_removed: bool,
    /// When access entries come into being, EKS makes those of the nodegroups and Fargate profiles that are there (facts §7, general knowledge).
    pub mode_switch_makes_node_entries: bool,
    /// An update of a pod identity association to what it is already is refused (facts §0.2, §1.5: "at least one change
    /// required").
    pub association_no_ops_refused: bool,
    /// A cluster with access entries has one of EKS' own service-linked role (facts §0.8).
    pub service_role_entry: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            polls_still_active: 1,
            duration_percent: 100,
            create_lag_seconds: 0,
            tag_lag_seconds: 2,
            group_name_lag_seconds: 5,
            group_filter_lag_seconds: 20,
            group_tag_lag_seconds: 2,
            discovery_tags_restored: false,
            group_tags_propagate: true,
            empty_taint_value_shown: false,
            nodegroups_must_match: false,
            token_mismatch_is_invalid_request: false,
            refused_requests_bind_tokens: false,
            default_desired_size: 2,
            amazon_linux_2_ends: true,
            degraded_refuses_updates: false,
            nodegroup_conflict_names_update: true,
            suspension_fails_rolls: false,
            omitted_version_is_clusters: true,
            group_tags_per_call: 25,
            bootstrap_admin_shown: true,
            association_updates_scope: true,
            entries_before_active: false,
            entry_updates_reset: true,
            access_entry_lag_seconds: 0,
            node_entries_removed: false,
            mode_switch_makes_node_entries: true,
            association_no_ops_refused: false,
            service_role_entry: false,
        }
    }
}

type Flip = fn(&mut Switches);

/// Every way in which one switch can be set other than by default. Of two for one switch the later is the stranger.
const FLIPS: &[(&str, Flip)] = &[
    ("polls_still_active=0", |switches| switches.polls_still_active = 0),
    ("polls_still_active=3", |switches| switches.polls_still_active = 3),
    ("duration_percent=300", |switches| switches.duration_percent = 300),
    ("create_lag_seconds=3", |switches| switches.create_lag_seconds = 3),
    ("tag_lag_seconds=0", |switches| switches.tag_lag_seconds = 0),
    ("group_name_lag_seconds=0", |switches| switches.group_name_lag_seconds = 0),
    ("group_filter_lag_seconds=0", |switches| switches.group_filter_lag_seconds = 0),
    ("group_tag_lag_seconds=0", |switches| switches.group_tag_lag_seconds = 0),
    ("discovery_tags_restored=true", |switches| switches.discovery_tags_restored = true),
    ("group_tags_propagate=false", |switches| switches.group_tags_propagate = false),
    ("empty_taint_value_shown=true", |switches| switches.empty_taint_value_shown = true),
    ("nodegroups_must_match=true", |switches| switches.nodegroups_must_match = true),
    ("token_mismatch_is_invalid_request=true", |switches| switches.token_mismatch_is_invalid_request = true),
    ("refused_requests_bind_tokens=true", |switches| switches.refused_requests_bind_tokens = true),
    ("default_desired_size=1", |switches| switches.default_desired_size = 1),
    ("amazon_linux_2_ends=false", |switches| switches.amazon_linux_2_ends = false),
    ("degraded_refuses_updates=true", |switches| switches.degraded_refuses_updates = true),
    ("nodegroup_conflict_names_update=false", |switches| switches.nodegroup_conflict_names_update = false),
    ("suspension_fails_rolls=true", |switches| switches.suspension_fails_rolls = true),
    ("omitted_version_is_clusters=false", |switches| switches.omitted_version_is_clusters = false),
    ("group_tags_per_call=0", |switches| switches.group_tags_per_call = 0),
    ("bootstrap_admin_shown=false", |switches| switches.bootstrap_admin_shown = false),
    ("association_updates_scope=false", |switches| switches.association_updates_scope = false),
    ("entries_before_active=true", |switches| switches.entries_before_active = true),
    ("entry_updates_reset=false", |switches| switches.entry_updates_reset = false),
    ("access_entry_lag_seconds=3", |switches| switches.access_entry_lag_seconds = 3),
    ("node_entries_removed=true", |switches| switches.node_entries_removed = true),
    ("mode_switch_makes_node_entries=false", |switches| switches.mode_switch_makes_node_entries = false),
    ("association_no_ops_refused=true", |switches| switches.association_no_ops_refused = true),
    ("service_role_entry=true", |switches| switches.service_role_entry = true),
];

impl Switches {
    /// Every switch other than by default, all at once.
    pub fn all_flipped() -> Self {
        let mut switches = Self::default();
        for (_, flip) in FLIPS {
            flip(&mut switches);
        }
        switches
    }

    /// The default with one switch flipped, for each switch, and what was flipped.
    pub fn single_flips() -> impl Iterator<Item = (&'static str, Self)> {
        FLIPS.iter().map(|(name, flip)| {
            let mut switches = Self::default();
            flip(&mut switches);
            (*name, switches)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(switches: &Switches) -> serde_json::Map<String, serde_json::Value> {
        serde_json::to_value(switches).unwrap().as_object().unwrap().clone()
    }

    #[test]
    fn each_flip_changes_exactly_the_switch_it_names() {
        let default = fields(&Switches::default());
        for (name, flipped) in Switches::single_flips() {
            let flipped = fields(&flipped);
            let changed: Vec<String> = flipped
                .iter()
                .filter(|(key, value)| default[*key] != **value)
                .map(|(k, v)| format!("{k}={v}"))
                .collect();
            assert_eq!(changed, [name]);
        }
    }

    #[test]
    fn all_flipped_leaves_no_switch_as_it_was() {
        let default = fields(&Switches::default());
        let same: Vec<String> =
            fields(&Switches::all_flipped()).into_iter().filter(|(k, v)| default[k] == *v).map(|(k, _)| k).collect();
        assert_eq!(same, Vec::<String>::new());
    }
}
