//! The Auto Scaling group that EKS makes for a nodegroup: its tags and its suspended processes, and nothing else.
//!
//! The central type is [`AutoscalingGroup`]. Cluster Autoscaler reads the tags to scale a group from zero. Sizes,
//! launch templates, hooks and policies belong to EKS and are not here. Groups that are `unmanaged` are not touched.

#[cfg(feature = "aws")]
mod aws;
mod template;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::nodegroup::Nodegroup;
use super::tags::patched;
use super::{Live, Managed, Resource, Traits};
use crate::model::{
    Address, Blocker, Call, Disruption, Effect, Field, Link, Output, Ref, Rule, Seen, State, View, field,
};
use crate::spec::{self, ClusterAutoscaler, MAX_TAGS, NODE_TEMPLATE, Spec, Tags};

const SET_TAGS: Call = Call::free("CreateOrUpdateTags");
const DELETE_TAGS: Call = Call::free("DeleteTags");
const SUSPEND: Call = Call::free("SuspendProcesses");
/// Resumes processes.
pub(crate) const RESUME: Call = Call::free("ResumeProcesses");

/// The row that describes the group's nodes: everything under [`NODE_TEMPLATE`] is ours on a managed group.
pub const NODE_TEMPLATE_TAGS: &str = "nodeTemplateTags";

/// The process that evens out zones by terminating nodes, whatever runs on them.
pub const AZ_REBALANCE: &str = "AZRebalance";

/// The Auto Scaling group behind a nodegroup, wanted or seen. In what is wanted, `None` is unmanaged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AutoscalingGroup {
    /// The cluster.
    pub cluster: String,
    /// The nodegroup; also the name in addresses.
    pub nodegroup: String,
    /// Names of the Auto Scaling groups. Almost always one; if there are several, all are treated alike.
    pub names: Ref,
    /// The two tags by which Cluster Autoscaler finds the group.
    pub discovery: Option<BTreeMap<String, String>>,
    /// The tags that describe the group's nodes.
    pub node_template: Option<BTreeMap<String, String>>,
    /// Further tags: listed ones when wanted, all others when seen.
    pub tags: Tags,
    /// Keys that are copied to instances; only when seen. None that describes the group's nodes should be.
    pub propagated: BTreeSet<String>,
    /// Processes that somebody suspended.
    pub suspended: Option<BTreeSet<String>>,
    /// Processes that AWS itself suspended; only when seen.
    pub suspended_by_aws: BTreeSet<String>,
    /// The service that alone may change the group, if there is one; only when seen.
    pub operator: Option<String>,
    /// Nodes now; only when seen.
    pub nodes: i32,
    /// Whether the file consents to disruptions of the nodegroup.
    pub consents: bool,
    /// Taint keys that live with several effects, which the tags cannot express.
    pub ambiguous_taints: BTreeSet<String>,
}

impl Managed for AutoscalingGroup {
    const KIND: &'static str = "autoscaling-group";
    const SECTION: &'static str = "nodegroups[].autoscaling";

    /// The nodegroup's: from there it is one step, and its own name says nothing.
    fn console_page(region: &str, cluster: &str, name: &str) -> Option<String> {
        Nodegroup::console_page(region, cluster, name)
    }

    fn name(&self) -> &str {
        &self.nodegroup
    }

    fn parent(&self) -> Option<Address> {
        Some(Address::new(Nodegroup::KIND, &self.nodegroup))
    }

    fn refs(&mut self, visit: &mut dyn FnMut(Link, &mut Ref)) {
        visit(Link::Mentions, &mut self.names);
    }

    fn desired(spec: &Spec, live: &Live) -> Vec<Self> {
        let managed = |group: &&spec::Nodegroup| group.autoscaling.cluster_autoscaler != ClusterAutoscaler::Unmanaged;
        spec.nodegroups.iter().filter(managed).map(|group| Self::wanted(spec, group, live)).collect()
    }

    fn fields(&self, view: View<'_, Self>) -> Vec<Field> {
        let live = view.live();
        let Self {
            cluster: _,
            nodegroup: _,
            names: _,
            discovery,
            node_template,
            tags,
            propagated: _,
            suspended: _,
            suspended_by_aws: _,
            operator: _,
            nodes: _,
            consents: _,
            ambiguous_taints: _,
        } = self;
        let entries = Rule::Entries { set: SET_TAGS, unset: DELETE_TAGS };
        vec![
            field("discoveryTags", discovery.clone(), entries).note("there with `managed`, gone with `excluded`"),
            field(NODE_TEMPLATE_TAGS, node_template.clone(), entries)
                .note("exact for every key under k8s.io/cluster-autoscaler/node-template/"),
            field("tags", patched(tags, view.part(|it| &it.tags)), entries)
                .note("listed keys are ensured, null removes one, others stay"),
            field("propagatedTags", Some(self.propagated_template_keys(view)), Rule::InPlace(SET_TAGS))
                .note("keys of ours that instances would inherit: none"),
            field("suspendedProcesses", self.suspended_like(live), Rule::Entries { set: SUSPEND, unset: RESUME })
                .disrupts(self.resumes(live))
                .note("exact for what somebody suspended; what AWS suspended is reported and never resumed"),
        ]
    }

    /// As EKS makes it (facts/eks-semantics.md §8): its own tags, nothing suspended.
    fn created_by_parent(&self) -> Option<Self> {
        let cluster = &self.cluster;
        let own = [
            ("eks:cluster-name".to_owned(), cluster.clone()),
            ("eks:nodegroup-name".to_owned(), self.nodegroup.clone()),
            (format!("kubernetes.io/cluster/{cluster}"), "owned".to_owned()),
        ];
        Some(Self {
            discovery: Some(discovery_tags(cluster)),
            node_template: Some(BTreeMap::new()),
            tags: own.into_iter().map(|(key, value)| (key, Some(value))).collect(),
            suspended: Some(BTreeSet::new()),
            ..self.clone()
        })
    }

    fn objections(&self, live: Option<&Self>) -> Vec<Blocker> {
        let mut blockers = vec![];
        if let Some(operator) = live.and_then(|it| it.operator.as_ref()) {
            blockers.push(Blocker::new(
                format!("only {operator} may change this Auto Scaling group"),
                "set clusterAutoscaler: unmanaged on this nodegroup",
            ));
        }
        for key in &self.ambiguous_taints {
            blockers.push(Blocker::new(
                format!("taint {key} is there with several effects, and a tag can carry only one"),
                "keep one effect per taint key, or set clusterAutoscaler: unmanaged on this nodegroup",
            ));
        }
        blockers.extend(self.tag_budget(live));
        blockers
    }

    /// Which groups are a nodegroup's, EKS says by name; tags lag behind, can be copied, and can be removed.
    fn overlooked(live: &Live) -> Vec<Self> {
        let nodegroups = live.resources.values().filter_map(|seen| Some((seen.resource.nodegroup()?, seen)));
        let stub = |(nodegroup, seen): (&Nodegroup, &Seen<Resource>)| {
            let names = seen.outputs.get(Output::GroupNames)?;
            let by_tag =
                live.get(&Address::new(Self::KIND, &nodegroup.name)).and_then(|it| it.resource.autoscaling_group());
            let same = by_tag.is_some_and(|group| words(group.names.known()) == words(Some(names)));
            (!same).then(|| Self {
                cluster: nodegroup.cluster.clone(),
                nodegroup: nodegroup.name.clone(),
                names: Ref::Literal(names.to_owned()),
                ..Self::default()
            })
        };
        nodegroups.filter_map(stub).collect()
    }

    /// Tags and processes change at once; what takes time is only that a new group becomes visible. The tag filter lags behind
    /// what is known by name (facts/eks-semantics.md §2.3).
    fn traits(&self) -> Traits {
        Traits {
            timeout: Duration::from_mins(1),
            consents: self.consents,
            consent_in_file: Some("set `disruption: allow` on the nodegroup"),
            eventually_listed: true,
            with_parent: true,
            ..Traits::default()
        }
    }
}

impl AutoscalingGroup {
    fn wanted(spec: &Spec, group: &spec::Nodegroup, live: &Live) -> Self {
        let cluster = &spec.metadata.name;
        let managed = group.autoscaling.cluster_autoscaler == ClusterAutoscaler::Managed;
        let address = Address::new(Nodegroup::KIND, &group.nodegroup_name);
        // A nodegroup that is on its way out takes its Auto Scaling group along; the next one will have another.
        let stays = |seen: &&Seen<Resource>| {
            matches!(seen.state, State::Ready | State::Degraded(_) | State::Making(_) | State::Working(_))
        };
        let seen = live.get(&address).filter(stays).and_then(|seen| seen.resource.nodegroup());
        let node = template::node(group, seen);
        Self {
            cluster: cluster.clone(),
            nodegroup: group.nodegroup_name.clone(),
            names: Ref::declared(address, Output::GroupNames),
            discovery: Some(if managed { discovery_tags(cluster) } else { BTreeMap::new() }),
            node_template: Some(if managed { template::tags(group, &node) } else { BTreeMap::new() }),
            tags: group.autoscaling.tags.clone(),
            propagated: BTreeSet::new(),
            suspended: group
                .autoscaling
                .suspended_processes
                .as_ref()
                .map(|list| list.iter().map(ToString::to_string).collect()),
            suspended_by_aws: BTreeSet::new(),
            operator: None,
            nodes: 0,
            consents: group.disruption.is_some(),
            ambiguous_taints: if managed { node.ambiguous_taints() } else { BTreeSet::new() },
        }
    }

    /// Keys that describe the group's nodes, stay, and are copied to instances. In what is wanted: none.
    fn propagated_template_keys(&self, view: View<'_, Self>) -> BTreeSet<String> {
        let of = |group: &Self| -> BTreeSet<String> {
            group.propagated.iter().filter(|key| key.starts_with(NODE_TEMPLATE)).cloned().collect()
        };
        let View::Over(live) = view else { return of(self) };
        let stays = |key: &String| self.node_template.as_ref().is_some_and(|tags| tags.contains_key(key));
        of(live).into_iter().filter(|key| !stays(key)).collect()
    }

    /// The processes to have suspended by us: what AWS suspended already needs nothing, and will not be ours.
    fn suspended_like(&self, live: Option<&Self>) -> Option<BTreeSet<String>> {
        let by_aws = live.map(|live| live.suspended_by_aws.clone()).unwrap_or_default();
        self.suspended.as_ref().map(|wanted| wanted.difference(&by_aws).cloned().collect())
    }

    /// Somebody may have suspended a process to keep nodes alive. Only attaching to a load balancer harms none.
    fn resumes(&self, live: Option<&Self>) -> Option<Disruption> {
        let (live, wanted) = (live?, self.suspended.as_ref()?);
        let resumed: Vec<&String> = live.suspended.as_ref()?.difference(wanted).collect();
        let because = if resumed.iter().any(|process| *process == AZ_REBALANCE) {
            "AZRebalance terminates nodes to even out zones, whatever runs on them"
        } else if resumed.iter().any(|process| *process != "AddToLoadBalancer") {
            "a resumed process may terminate nodes, whatever runs on them"
        } else {
            return None;
        };
        Some(Disruption::of_nodes(Effect::MayRebalance, live.nodes, because))
    }

    /// The rules of Auto Scaling for tags, checked before anything is written.
    fn tag_budget(&self, live: Option<&Self>) -> Vec<Blocker> {
        let view = live.map_or(View::New, |live| View::Over(&live.tags));
        let others = patched(&self.tags, view).unwrap_or_else(|| all(live));
        let ours: BTreeMap<&String, &String> = self.discovery.iter().chain(&self.node_template).flatten().collect();
        let mut blockers: Vec<Blocker> = ours.iter().filter_map(|(key, value)| oversized(key, value)).collect();
        let total = ours.len() + others.len();
        if total > MAX_TAGS {
            blockers.push(Blocker::new(
                format!("the Auto Scaling group would have {total} tags, and AWS allows {MAX_TAGS}"),
                "drop tags under autoscaling.tags or labels under nodeTemplate.labels; taints and resources matter most",
            ));
        }
        blockers
    }
}

fn all(live: Option<&AutoscalingGroup>) -> BTreeMap<String, String> {
    live.iter().flat_map(|it| &it.tags).filter_map(|(key, value)| Some((key.clone(), value.clone()?))).collect()
}

fn oversized(key: &str, value: &str) -> Option<Blocker> {
    let (key_length, value_length) = (key.chars().count(), value.chars().count());
    (key_length > 128 || value_length > 256).then(|| {
        Blocker::new(
            format!(
                "tag {key} has a key of {key_length} and a value of {value_length} characters; AWS allows 128 and 256"
            ),
            "shorten the label, taint or resource that it stands for",
        )
    })
}

/// The names in an output that holds several.
fn words(names: Option<&str>) -> BTreeSet<&str> {
    names.into_iter().flat_map(str::split_whitespace).collect()
}

/// The tags by which Cluster Autoscaler finds a cluster's groups.
pub fn discovery_tags(cluster: &str) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("k8s.io/cluster-autoscaler/enabled".to_owned(), "true".to_owned()),
        (format!("k8s.io/cluster-autoscaler/{cluster}"), "owned".to_owned()),
    ])
}
