//! The control plane.
//!
//! The central type is [`Cluster`]. `UpdateClusterConfig` takes one category of change per call and one update at a
//! time, so every call here is exclusive. Not here yet: changed subnets and security groups, encryption, Auto Mode.

#[cfg(feature = "aws")]
mod aws;

use std::collections::BTreeSet;
use std::time::Duration;

use ipnet::IpNet;

use super::tags::{TAG_RESOURCE, UNTAG_RESOURCE, listed, patched};
use super::{Live, Managed};
use crate::model::{Address, Blocker, Call, Disruption, Effect, Field, Phase, Rule, Value, Verdict, field};
use crate::spec::{Spec, Tags};

const VERSION: Call = Call::exclusive("UpdateClusterVersion", "");
const LOGGING: Call = Call::exclusive("UpdateClusterConfig", "logging");
const ENDPOINT: Call = Call::exclusive("UpdateClusterConfig", "endpoint access");
const ACCESS: Call = Call::exclusive("UpdateClusterConfig", "access config");
const UPGRADE_POLICY: Call = Call::exclusive("UpdateClusterConfig", "upgrade policy");
const DELETION_PROTECTION: Call = Call::exclusive("UpdateClusterConfig", "deletion protection");

/// Whether one of a cluster's calls is the control plane upgrade.
pub fn is_upgrade(call: Call) -> bool {
    call == VERSION
}

/// A control plane, wanted or seen. In what is wanted, `None` is unmanaged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cluster {
    /// The cluster's name.
    pub name: String,
    /// The region, for the ownership tag.
    pub region: String,
    /// Kubernetes minor version, such as `1.34`.
    pub version: Option<String>,
    /// ARN of the cluster's role.
    pub role_arn: String,
    /// Subnets of the control plane.
    pub subnet_ids: BTreeSet<String>,
    /// Whether the API server answers on the internet.
    pub endpoint_public_access: Option<bool>,
    /// Whether the API server answers inside the VPC.
    pub endpoint_private_access: Option<bool>,
    /// Canonical CIDRs that may reach the public endpoint.
    pub public_access_cidrs: Option<BTreeSet<String>>,
    /// `CONFIG_MAP`, `API_AND_CONFIG_MAP` or `API`.
    pub authentication_mode: Option<String>,
    /// `STANDARD` or `EXTENDED`.
    pub support_type: Option<String>,
    /// The log types that are on.
    pub logging: Option<BTreeSet<String>>,
    /// Whether `DeleteCluster` is refused.
    pub deletion_protection: Option<bool>,
    /// Tags: listed ones when wanted, all when seen.
    pub tags: Tags,
    /// The ARN; only when seen.
    pub arn: String,
}

impl Managed for Cluster {
    const KIND: &'static str = "cluster";
    const SECTION: Option<&'static str> = Some("cluster");

    fn name(&self) -> &str {
        &self.name
    }

    fn desired(spec: &Spec, _live: &Live) -> Vec<Self> {
        let cluster = &spec.cluster;
        let vpc = &cluster.resources_vpc_config;
        vec![Self {
            name: spec.metadata.name.clone(),
            region: spec.metadata.region.clone(),
            version: cluster.version.clone(),
            role_arn: cluster.role_arn.clone(),
            subnet_ids: vpc.subnet_ids.iter().cloned().collect(),
            endpoint_public_access: vpc.endpoint_public_access,
            endpoint_private_access: vpc.endpoint_private_access,
            public_access_cidrs: vpc
                .public_access_cidrs
                .as_ref()
                .map(|list| list.iter().map(|it| canonical(it)).collect()),
            authentication_mode: cluster.access_config.as_ref().map(|it| it.authentication_mode.to_string()),
            support_type: cluster.upgrade_policy.as_ref().map(|it| it.support_type.to_string()),
            logging: cluster.logging.as_ref().map(|list| list.iter().map(ToString::to_string).collect()),
            deletion_protection: cluster.deletion_protection,
            tags: listed(spec, &cluster.tags),
            arn: String::new(),
        }]
    }

    fn fields(&self, live: Option<&Self>) -> Vec<Field> {
        let Self {
            name: _,
            region: _,
            version,
            role_arn,
            subnet_ids,
            endpoint_public_access,
            endpoint_private_access,
            public_access_cidrs: _,
            authentication_mode,
            support_type,
            logging,
            deletion_protection,
            tags,
            arn: _,
        } = self;
        let protection = if *deletion_protection == Some(true) { Phase::First } else { Phase::Last };
        vec![
            field("version", version.clone(), Rule::Guarded(VERSION, next_minor))
                .phase(Phase::Late)
                .note("one minor at a time; a control plane ahead of the file is kept and reported"),
            field("roleArn", Some(role_arn.clone()), Rule::Fixed),
            field("resourcesVpcConfig.subnetIds", Some(subnet_ids.clone()), Rule::Fixed).note("a set"),
            field("resourcesVpcConfig.endpointPublicAccess", *endpoint_public_access, Rule::InPlace(ENDPOINT))
                .disrupts(self.closes(live, |it| it.endpoint_public_access, "the public endpoint closes")),
            field("resourcesVpcConfig.endpointPrivateAccess", *endpoint_private_access, Rule::InPlace(ENDPOINT))
                .disrupts(self.closes(live, |it| it.endpoint_private_access, "the private endpoint closes")),
            field("resourcesVpcConfig.publicAccessCidrs", self.cidrs(live), Rule::InPlace(ENDPOINT))
                .disrupts(self.drops_cidr(live))
                .note("a set of canonical CIDRs; ignored while the public endpoint is closed"),
            field("accessConfig.authenticationMode", authentication_mode.clone(), Rule::Guarded(ACCESS, next_rung))
                .note("one rung at a time, never back"),
            field("upgradePolicy.supportType", support_type.clone(), Rule::InPlace(UPGRADE_POLICY)).phase(Phase::Early),
            field("logging", logging.clone(), Rule::InPlace(LOGGING))
                .note("exact: the listed types on, the others off"),
            field("deletionProtection", *deletion_protection, Rule::InPlace(DELETION_PROTECTION))
                .phase(protection)
                .note("on before anything else, off after everything else"),
            field(
                "tags",
                patched(tags, live.map(|it| &it.tags)),
                Rule::Entries { set: TAG_RESOURCE, unset: UNTAG_RESOURCE },
            )
            .note("listed keys are ensured, null removes one, others stay"),
        ]
    }

    fn needs(&self) -> Vec<Address> {
        vec![]
    }

    fn unlocked(&self) -> Option<Self> {
        (self.deletion_protection == Some(true)).then(|| Self { deletion_protection: Some(false), ..self.clone() })
    }

    fn patience(&self) -> Duration {
        Duration::from_hours(1)
    }
}

impl Cluster {
    /// The CIDRs to compare: none while the public endpoint is, or will be, closed, since EKS ignores them then.
    fn cidrs(&self, live: Option<&Self>) -> Option<BTreeSet<String>> {
        let public = self.endpoint_public_access.or(live.and_then(|it| it.endpoint_public_access)).unwrap_or(true);
        self.public_access_cidrs.clone().filter(|_| public || live.is_none())
    }

    fn closes(
        &self,
        live: Option<&Self>,
        open: fn(&Self) -> Option<bool>,
        because: &'static str,
    ) -> Option<Disruption> {
        let closes = live.and_then(open) == Some(true) && open(self) == Some(false);
        closes.then_some(Disruption { effect: Effect::MayLockOut, nodes: 0, because })
    }

    fn drops_cidr(&self, live: Option<&Self>) -> Option<Disruption> {
        let live = live.filter(|it| it.endpoint_public_access == Some(true))?.public_access_cidrs.as_ref()?;
        let wanted = self.public_access_cidrs.as_ref()?;
        let dropped = live.iter().any(|cidr| !covered(cidr, wanted));
        dropped.then_some(Disruption {
            effect: Effect::MayLockOut,
            nodes: 0,
            because: "addresses that reach the public endpoint today will not",
        })
    }
}

/// The CIDR with its host bits cleared; what is no CIDR stays as it is, for AWS to refuse.
pub fn canonical(cidr: &str) -> String {
    cidr.parse::<IpNet>().map_or_else(|_| cidr.to_owned(), |net| net.trunc().to_string())
}

fn covered(cidr: &str, by: &BTreeSet<String>) -> bool {
    let Ok(inner) = cidr.parse::<IpNet>() else { return by.contains(cidr) };
    by.iter().filter_map(|it| it.parse::<IpNet>().ok()).any(|outer| outer.contains(&inner))
}

/// The minor of `1.NN`.
pub fn minor(version: &str) -> Option<u32> {
    version.strip_prefix("1.")?.split('.').next()?.parse().ok()
}

fn next_minor(live: &Value, wanted: &Value) -> Verdict {
    let (Some(from), Some(to)) = (minor_of(live), minor_of(wanted)) else {
        return Verdict::Refused(Blocker::new("one of the versions is not of the form 1.NN", "write it like \"1.34\""));
    };
    if to < from {
        return Verdict::Kept(format!(
            "the control plane runs 1.{from}, ahead of the file; EKS does not step back, so write \"1.{from}\" into the file"
        ));
    }
    if to == from + 1 {
        return Verdict::Allowed;
    }
    let hops: Vec<String> = (from + 1..=to).map(|it| format!("1.{it}")).collect();
    Verdict::Refused(Blocker::new(
        format!("EKS upgrades one minor at a time; 1.{from} to 1.{to} takes {} steps: {}", hops.len(), hops.join(", ")),
        format!("set version to \"{}\", apply, bring the nodegroups along, and go on from there", hops[0]),
    ))
}

fn minor_of(value: &Value) -> Option<u32> {
    match value {
        Value::Text(text) => minor(text),
        Value::Flag(_) | Value::Number(_) | Value::List(_) | Value::Set(_) | Value::Map(_) => None,
    }
}

const LADDER: [&str; 3] = ["CONFIG_MAP", "API_AND_CONFIG_MAP", "API"];

fn next_rung(live: &Value, wanted: &Value) -> Verdict {
    let rung = |value: &Value| LADDER.iter().position(|mode| *value == Value::Text((*mode).to_owned()));
    match (rung(live), rung(wanted)) {
        (Some(from), Some(to)) if to == from + 1 => Verdict::Irreversible,
        (Some(from), Some(to)) if to > from => Verdict::Refused(Blocker::new(
            format!("EKS goes from {} to {} by way of {}", LADDER[from], LADDER[to], LADDER[from + 1]),
            format!(
                "set authenticationMode to {}, apply, make sure that access entries cover everybody, then go on",
                LADDER[from + 1]
            ),
        )),
        _ => Verdict::Refused(Blocker::new(
            "the authentication mode never goes back",
            "write the live value into the file",
        )),
    }
}
