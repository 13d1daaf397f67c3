//! Who may reach the Kubernetes API: an access entry with its policies.
//!
//! The central type is [`AccessEntry`]. A policy is a field of its entry, associated and taken away one by one. What
//! the caller itself reaches the cluster by is never narrowed, and what EKS makes for nodes is left alone. The laws
//! between entries and the authentication mode are in `plan/laws/access.rs`. Not here: roles and users themselves.

#[cfg(feature = "aws")]
mod aws;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::cluster::Cluster;
use super::tags::{self, listed};
use super::{Live, Managed, Protection, Traits, eks_console};
use crate::model::{Address, Blocker, Call, Field, Output, Outputs, Principal, Rule, Seen, View, field};
use crate::spec::{self, AccessScopeType, AuthenticationMode, Spec, Tags};

/// Replaces groups and user name.
pub(crate) const UPDATE: Call = Call::exclusive("UpdateAccessEntry", "");
/// Gives a policy.
pub(crate) const ASSOCIATE: Call = Call::exclusive("AssociateAccessPolicy", "");
/// Takes a policy away.
pub(crate) const DISASSOCIATE: Call = Call::exclusive("DisassociateAccessPolicy", "");

/// The policy that makes a cluster's administrators.
pub const CLUSTER_ADMIN: &str = "AmazonEKSClusterAdminPolicy";

const STANDARD: &str = "STANDARD";
/// The type for nodes of EKS Auto Mode, the only one for nodes that has policies.
const AUTO_MODE_NODES: &str = "EC2";

/// An access entry, wanted or seen. In what is wanted, `None` is unmanaged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessEntry {
    /// The cluster.
    pub cluster: String,
    /// The region, for the ownership tag.
    pub region: String,
    /// ARN of the role or user as the file has it; the name in addresses.
    pub name: String,
    /// The same as AWS has it, whose path may be another one; requests need this one.
    pub principal: String,
    /// `STANDARD`, or what kind of nodes it is for.
    pub entry_type: Option<String>,
    /// Kubernetes groups.
    pub kubernetes_groups: Option<BTreeSet<String>>,
    /// The Kubernetes user name.
    pub username: Option<String>,
    /// Where each policy holds, by the policy's short name, or by its ARN if that is not EKS' own.
    pub policies: Option<BTreeMap<String, Scope>>,
    /// Tags: listed ones when wanted, all when seen.
    pub tags: Tags,
    /// Whether whoever runs trueup reaches the cluster by it.
    pub callers: bool,
    /// Whether EKS makes it with the cluster, for whoever creates that.
    pub creators: bool,
    /// Whether the cluster will have access entries at all; only in what is wanted.
    pub possible: bool,
}

/// Where a policy holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere.
    Cluster,
    /// In these namespaces.
    Namespaces(BTreeSet<String>),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cluster => f.write_str("cluster"),
            Self::Namespaces(names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                write!(f, "namespace:{}", names.join(","))
            }
        }
    }
}

impl Managed for AccessEntry {
    const KIND: &'static str = "access-entry";
    const SECTION: &'static str = "accessEntries";

    fn console_page(region: &str, cluster: &str, _name: &str) -> Option<String> {
        Some(eks_console(region, cluster))
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn parent(&self) -> Option<Address> {
        Some(Address::new(Cluster::KIND, &self.cluster))
    }

    /// A role is the same one whatever path an ARN gives it.
    fn same(&self, seen: &Self) -> bool {
        self.name == seen.principal
            || Principal::of(&self.name).is_some_and(|role| Principal::of(&seen.principal) == Some(role))
    }

    fn rename(&mut self, name: &str) {
        name.clone_into(&mut self.name);
    }

    fn identify(&mut self, outputs: &Outputs) {
        if let Some(principal) = outputs.get(Output::Id) {
            principal.clone_into(&mut self.principal);
        }
    }

    fn desired(spec: &Spec, live: &Live) -> Vec<Self> {
        spec.access_entries.iter().map(|entry| Self::wanted(spec, entry, live)).collect()
    }

    fn fields(&self, view: View<'_, Self>) -> Vec<Field> {
        let Self {
            cluster: _,
            region: _,
            name: _,
            principal: _,
            entry_type,
            kubernetes_groups: _,
            username: _,
            policies: _,
            tags,
            callers: _,
            creators: _,
            possible: _,
        } = self;
        let kept = self.never_narrower(view.live());
        let policies = kept.policies.map(|all| all.into_iter().map(|(name, scope)| (name, scope.to_string())));
        vec![
            field("type", entry_type.clone(), Rule::Fixed).note("`STANDARD` on create if absent"),
            field("kubernetesGroups", kept.kubernetes_groups, Rule::InPlace(UPDATE))
                .note("exact; the caller's own entry keeps what it has"),
            field("username", kept.username, Rule::InPlace(UPDATE)).note("the caller's own entry keeps what it has"),
            field(
                "accessPolicies",
                policies.map(Iterator::collect::<BTreeMap<_, _>>),
                Rule::Entries { set: ASSOCIATE, unset: DISASSOCIATE },
            )
            .note("exact; the caller's own entry keeps what it has"),
            tags::row(tags, view.part(|it| &it.tags)),
        ]
    }

    /// EKS makes whoever creates a cluster its administrator (facts/eks-semantics.md §7).
    fn created_by_parent(&self) -> Option<Self> {
        self.creators.then(|| Self {
            entry_type: Some(STANDARD.to_owned()),
            kubernetes_groups: Some(BTreeSet::new()),
            username: None,
            policies: Some(BTreeMap::from([(CLUSTER_ADMIN.to_owned(), Scope::Cluster)])),
            tags: Tags::new(),
            ..self.clone()
        })
    }

    /// `CreateAccessEntry` takes everything but policies.
    fn created(&self) -> Option<Self> {
        self.policies.is_some().then(|| Self { policies: Some(BTreeMap::new()), ..self.clone() })
    }

    fn objections(&self, live: Option<&Self>) -> Vec<Blocker> {
        let impossible = (!self.possible).then(|| {
            Blocker::new(
                "the cluster's authentication mode is CONFIG_MAP, which has no access entries",
                "set cluster.accessConfig.authenticationMode to API_AND_CONFIG_MAP or API",
            )
        });
        impossible.into_iter().chain(live.and_then(|live| self.wants_people_for_nodes(live))).collect()
    }

    fn remarks(&self, live: Option<&Self>) -> Vec<String> {
        let kept = self.never_narrower(live);
        let elsewhere = (self.principal != self.name).then(|| {
            format!(
                "AWS has this entry as {}; if the role was made anew under the path in the file, the entry lets nobody in: \
                 delete it with `aws eks delete-access-entry`, and apply",
                self.principal
            )
        });
        let narrower = kept.kubernetes_groups != self.kubernetes_groups
            || kept.username != self.username
            || kept.policies != self.policies;
        let remark = "whoever runs trueup reaches the cluster by this entry; the file gives it less than it has, and it \
                      keeps what it has";
        narrower.then(|| remark.to_owned()).into_iter().chain(elsewhere).collect()
    }

    fn protection(&self, live: &Live) -> Option<Protection> {
        let ours = live.get(&self.address()).is_some_and(Seen::is_ours);
        if self.is_for_nodes() && ours {
            return Some(Protection::Because("nodes may join by it; once none does, delete it by hand"));
        }
        if self.is_for_nodes() || self.is_for_a_service() {
            return Some(Protection::AwsOwn);
        }
        let callers = live.facts.caller.is_some() && Principal::of(&self.principal) == live.facts.caller;
        callers.then_some(Protection::Because("whoever runs trueup reaches the cluster by it"))
    }

    /// As long as one administers the cluster, others may go.
    fn traits(&self) -> Traits {
        Traits { with_parent: true, satisfies: self.is_admin(None), ..Traits::default() }
    }
}

impl AccessEntry {
    fn address(&self) -> Address {
        Address::new(Self::KIND, &self.name)
    }

    /// Groups and policies for an entry by which nodes join, which has none (facts/eks-semantics.md §7).
    fn wants_people_for_nodes(&self, live: &Self) -> Option<Blocker> {
        let gives = self.kubernetes_groups.as_ref().is_some_and(|it| !it.is_empty())
            || self.policies.as_ref().is_some_and(|it| !it.is_empty());
        let nodes = live.entry_type.as_deref().filter(|it| live.is_for_nodes() && *it != AUTO_MODE_NODES)?;
        (gives && self.entry_type != live.entry_type).then(|| {
            Blocker::new(
                format!("nodes join by this entry, for its type is {nodes}, and EKS gives such a one no groups and no policies"),
                "if people are to come in by it, delete it with `aws eks delete-access-entry`, and apply",
            )
        })
    }

    fn wanted(spec: &Spec, entry: &spec::AccessEntry, live: &Live) -> Self {
        let principal = &entry.principal_arn;
        let cluster = &spec.metadata.name;
        let seen = live.get(&Address::new(Cluster::KIND, cluster)).and_then(|seen| seen.resource.cluster());
        let access = spec.cluster.access_config.as_ref();
        let in_file = access.map(|it| it.authentication_mode != AuthenticationMode::ConfigMap);
        let in_aws = seen.and_then(|it| it.authentication_mode.as_deref()).is_some_and(|mode| mode != "CONFIG_MAP");
        let callers = live.facts.caller.is_some() && Principal::of(principal) == live.facts.caller;
        let bootstraps = access.is_none_or(|it| it.bootstrap_cluster_creator_admin_permissions != Some(false));
        let possible = in_file.unwrap_or(in_aws);
        Self {
            cluster: cluster.clone(),
            region: spec.metadata.region.clone(),
            entry_type: entry.entry_type.map(|it| it.to_string()),
            kubernetes_groups: entry.kubernetes_groups.as_ref().map(|groups| groups.iter().cloned().collect()),
            username: entry.username.clone(),
            policies: entry.access_policies.as_ref().map(|policies| policies.iter().map(policy).collect()),
            tags: listed(spec, &entry.tags),
            callers,
            creators: callers && seen.is_none() && possible && bootstraps,
            possible,
            name: principal.clone(),
            principal: principal.clone(),
        }
    }

    /// This entry, and where it is the caller's own, with everything that `live` has beyond it.
    fn never_narrower(&self, live: Option<&Self>) -> Self {
        let Some(live) = live.filter(|_| self.callers) else { return self.clone() };
        let groups =
            self.kubernetes_groups.as_ref().map(|wanted| wanted | &live.kubernetes_groups.clone().unwrap_or_default());
        let policies = self.policies.clone().map(|mut wanted| {
            for (name, scope) in live.policies.iter().flatten() {
                let scope = scope.with(wanted.get(name));
                wanted.insert(name.clone(), scope);
            }
            wanted
        });
        let username = self.username.clone().map(|wanted| live.username.clone().unwrap_or(wanted));
        Self { kubernetes_groups: groups, policies, username, ..self.clone() }
    }

    /// Whether it makes its principal an administrator of the cluster, given what is `live` where the file is silent.
    pub fn is_admin(&self, live: Option<&Self>) -> bool {
        let kept = self.never_narrower(live);
        let policies = kept.policies.or_else(|| live.and_then(|it| it.policies.clone()));
        !self.is_for_nodes() && policies.is_some_and(|all| all.get(CLUSTER_ADMIN) == Some(&Scope::Cluster))
    }

    /// Whether a service of AWS comes in by it, such as EKS itself (facts/eks-semantics.md §0.8).
    fn is_for_a_service(&self) -> bool {
        self.principal.contains(":role/aws-service-role/")
    }

    /// Whether nodes join by it, rather than people or pipelines.
    fn is_for_nodes(&self) -> bool {
        self.entry_type.as_deref().is_some_and(|it| it != STANDARD)
    }
}

impl Scope {
    /// Wherever either of the two holds.
    fn with(&self, other: Option<&Self>) -> Self {
        match (self, other) {
            (Self::Namespaces(some), Some(Self::Namespaces(others))) => Self::Namespaces(some | others),
            (Self::Namespaces(_), None) => self.clone(),
            (Self::Cluster, _) | (_, Some(Self::Cluster)) => Self::Cluster,
        }
    }
}

fn policy(policy: &spec::AccessPolicy) -> (String, Scope) {
    let scope = match &policy.access_scope {
        Some(scope) if scope.scope_type == AccessScopeType::Namespace => {
            Scope::Namespaces(scope.namespaces.iter().flatten().cloned().collect())
        }
        _ => Scope::Cluster,
    };
    (short_name(&policy.policy_arn).to_owned(), scope)
}

/// The policy's name, for the policies of EKS; anything else stays as it is.
pub fn short_name(policy: &str) -> &str {
    policy.split_once(":eks::aws:cluster-access-policy/").map_or(policy, |(_, name)| name)
}
