//! The control plane.
//!
//! The central type is [`Cluster`]. `UpdateClusterConfig` takes one category of change per call and one update at a
//! time, so every call here is exclusive. Not here: encryption, remote networks, component configs; and EKS Auto Mode,
//! which is reported where it is on and never touched.

#[cfg(feature = "aws")]
mod aws;

use std::collections::BTreeSet;
use std::time::Duration;

use ipnet::IpNet;

use super::tags::{self, listed};
use super::{Expected, Live, Managed, Traits, eks_console};
use crate::model::{Address, Blocker, Call, Disruption, Effect, Field, Phase, Rule, Value, Verdict, View, field};
use crate::spec::{Spec, Tags, minor};

/// Upgrades the control plane.
pub(crate) const VERSION: Call = Call::exclusive("UpdateClusterVersion", "");
const LOGGING: Call = Call::exclusive("UpdateClusterConfig", "logging");
const ENDPOINT: Call = Call::exclusive("UpdateClusterConfig", "endpoint access");
const VPC: Call = Call::exclusive("UpdateClusterConfig", "subnets and security groups");
/// Brings access entries to a cluster that had none.
pub(crate) const ACCESS_BOTH: Call = Call::exclusive("UpdateClusterConfig", "access config, to API_AND_CONFIG_MAP");
/// Leaves access entries as the only way in.
pub(crate) const ACCESS_API: Call = Call::exclusive("UpdateClusterConfig", "access config, to API");
/// Sets what happens at the end of standard support.
pub(crate) const UPGRADE_POLICY: Call = Call::exclusive("UpdateClusterConfig", "upgrade policy");
const ZONAL_SHIFT: Call = Call::exclusive("UpdateClusterConfig", "zonal shift");
const SCALING_TIER: Call = Call::exclusive("UpdateClusterConfig", "control plane scaling");
const DELETION_PROTECTION: Call = Call::exclusive("UpdateClusterConfig", "deletion protection");

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
    /// Further security groups of the control plane's network interfaces.
    pub security_group_ids: Option<BTreeSet<String>>,
    /// Whether the API server answers on the internet.
    pub endpoint_public_access: Option<bool>,
    /// Whether the API server answers inside the VPC.
    pub endpoint_private_access: Option<bool>,
    /// Canonical CIDRs that may reach the public endpoint.
    pub public_access_cidrs: Option<BTreeSet<String>>,
    /// `CONFIG_MAP`, `API_AND_CONFIG_MAP` or `API`.
    pub authentication_mode: Option<String>,
    /// Whether whoever creates it becomes its administrator; only when wanted, for EKS does not reliably tell.
    pub bootstrap_creator_admin: Option<bool>,
    /// Whether EKS installs its own networking add-ons; only when wanted, for EKS does not tell.
    pub bootstrap_addons: Option<bool>,
    /// The canonical range of service addresses.
    pub service_ipv4_cidr: Option<String>,
    /// `ipv4` or `ipv6`.
    pub ip_family: Option<String>,
    /// Whether traffic may be shifted away from an impaired zone.
    pub zonal_shift: Option<bool>,
    /// The size of the control plane, such as `standard` or `tier-xl`.
    pub scaling_tier: Option<String>,
    /// `STANDARD` or `EXTENDED`.
    pub support_type: Option<String>,
    /// The log types that are on.
    pub logging: Option<BTreeSet<String>>,
    /// Whether `DeleteCluster` is refused.
    pub deletion_protection: Option<bool>,
    /// Tags: listed ones when wanted, all when seen.
    pub tags: Tags,
    /// Whether EKS Auto Mode is on; only when seen.
    pub auto_mode: bool,
    /// Whether EKS supports the version that it will have for more money only; only when wanted, and asked only where that
    /// matters.
    pub extended_support: bool,
}

impl Managed for Cluster {
    const KIND: &'static str = "cluster";
    const SECTION: &'static str = "cluster";

    fn console_page(region: &str, cluster: &str, _name: &str) -> Option<String> {
        Some(eks_console(region, cluster))
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn desired(spec: &Spec, live: &Live) -> Vec<Self> {
        let cluster = &spec.cluster;
        let seen = live.get(&Address::new(Self::KIND, &spec.metadata.name)).and_then(|seen| seen.resource.cluster());
        let version = cluster.version.as_ref().or(seen.and_then(|seen| seen.version.as_ref()));
        let vpc = &cluster.resources_vpc_config;
        let access = cluster.access_config.as_ref();
        let network = cluster.kubernetes_network_config.as_ref();
        vec![Self {
            name: spec.metadata.name.clone(),
            region: spec.metadata.region.clone(),
            version: cluster.version.clone(),
            role_arn: cluster.role_arn.clone(),
            subnet_ids: vpc.subnet_ids.iter().cloned().collect(),
            security_group_ids: vpc.security_group_ids.as_ref().map(|ids| ids.iter().cloned().collect()),
            endpoint_public_access: vpc.endpoint_public_access,
            endpoint_private_access: vpc.endpoint_private_access,
            public_access_cidrs: vpc
                .public_access_cidrs
                .as_ref()
                .map(|list| list.iter().map(|it| canonical(it)).collect()),
            authentication_mode: access.map(|it| it.authentication_mode.to_string()),
            bootstrap_creator_admin: access.and_then(|it| it.bootstrap_cluster_creator_admin_permissions),
            bootstrap_addons: cluster.bootstrap_self_managed_addons,
            service_ipv4_cidr: network.and_then(|it| it.service_ipv4_cidr.as_deref()).map(canonical),
            ip_family: network.and_then(|it| it.ip_family).map(|it| it.to_string()),
            zonal_shift: cluster.zonal_shift_config.as_ref().map(|it| it.enabled),
            scaling_tier: cluster.control_plane_scaling_config.as_ref().map(|it| it.tier.to_string()),
            support_type: cluster.upgrade_policy.as_ref().map(|it| it.support_type.to_string()),
            logging: cluster.logging.as_ref().map(|list| list.iter().map(ToString::to_string).collect()),
            deletion_protection: cluster.deletion_protection,
            tags: listed(spec, &cluster.tags),
            auto_mode: false,
            extended_support: version.is_some_and(|version| live.facts.extended_support.contains(version)),
        }]
    }

    fn fields(&self, view: View<'_, Self>) -> Vec<Field> {
        let live = view.live();
        let Self {
            name: _,
            region: _,
            version,
            role_arn,
            subnet_ids,
            security_group_ids,
            endpoint_public_access,
            endpoint_private_access,
            public_access_cidrs: _,
            authentication_mode,
            bootstrap_creator_admin,
            bootstrap_addons,
            service_ipv4_cidr,
            ip_family,
            zonal_shift,
            scaling_tier,
            support_type,
            logging,
            deletion_protection,
            tags,
            auto_mode: _,
            extended_support: _,
        } = self;
        let protection = if *deletion_protection == Some(true) { Phase::First } else { Phase::Last };
        vec![
            field("version", version.clone(), Rule::Guarded(VERSION, next_minor))
                .phase(Phase::Late)
                .notable()
                .note("one minor at a time; a control plane ahead of the file is kept and reported"),
            field("roleArn", Some(role_arn.clone()), Rule::Fixed),
            field("resourcesVpcConfig.subnetIds", Some(subnet_ids.clone()), Rule::InPlace(VPC))
                .note("a set; EKS takes only subnets of exactly the zones that the cluster was made in"),
            field("resourcesVpcConfig.securityGroupIds", security_group_ids.clone(), Rule::InPlace(VPC))
                .disrupts(self.drops_security_group(live))
                .note("exact"),
            field("resourcesVpcConfig.endpointPublicAccess", *endpoint_public_access, Rule::InPlace(ENDPOINT))
                .disrupts(self.closes(live, |it| it.endpoint_public_access, "the public endpoint closes")),
            field("resourcesVpcConfig.endpointPrivateAccess", *endpoint_private_access, Rule::InPlace(ENDPOINT))
                .disrupts(self.closes(live, |it| it.endpoint_private_access, "the private endpoint closes")),
            field("resourcesVpcConfig.publicAccessCidrs", self.cidrs(live), Rule::InPlace(ENDPOINT))
                .disrupts(self.drops_cidr(live))
                .note("a set of canonical CIDRs; ignored while the public endpoint is closed"),
            field(
                "accessConfig.authenticationMode",
                authentication_mode.clone(),
                Rule::Guarded(self.rung(), next_rung),
            )
            .disrupts(self.drops_config_map(live))
            .note("rung by rung, each a call of its own, access entries in between, never back"),
            field("accessConfig.bootstrapClusterCreatorAdminPermissions", *bootstrap_creator_admin, Rule::CreateOnly)
                .note("never: EKS does not reliably tell"),
            field("bootstrapSelfManagedAddons", *bootstrap_addons, Rule::CreateOnly).note("never: EKS does not tell"),
            field("kubernetesNetworkConfig.serviceIpv4Cidr", service_ipv4_cidr.clone(), Rule::Fixed)
                .note("as a canonical CIDR"),
            field("kubernetesNetworkConfig.ipFamily", ip_family.clone(), Rule::Fixed),
            field("zonalShiftConfig.enabled", *zonal_shift, Rule::InPlace(ZONAL_SHIFT)),
            field("controlPlaneScalingConfig.tier", scaling_tier.clone(), Rule::InPlace(SCALING_TIER))
                .note("the plan says that a tier above `standard` costs money"),
            field("upgradePolicy.supportType", support_type.clone(), self.support_rule())
                .phase(if self.leaves_extended_support(live) { Phase::Last } else { Phase::Early })
                .note("to EXTENDED before a new version, to STANDARD after the version that leaves extended support"),
            field("logging", logging.clone(), Rule::InPlace(LOGGING))
                .note("exact: the listed types on, the others off"),
            field("deletionProtection", *deletion_protection, Rule::InPlace(DELETION_PROTECTION))
                .phase(protection)
                .note("on before anything else, off after everything else"),
            tags::row(tags, view.part(|it| &it.tags)),
        ]
    }

    /// EKS keeps one endpoint open at least. What the file leaves out is as it is, or else EKS' own default.
    fn objections(&self, live: Option<&Self>) -> Vec<Blocker> {
        let open = |of: fn(&Self) -> Option<bool>, default| of(self).or(live.and_then(of)).unwrap_or(default);
        let reachable = open(|it| it.endpoint_public_access, true) || open(|it| it.endpoint_private_access, false);
        let closed = || {
            Blocker::new(
                "neither the public nor the private endpoint would be open, and EKS refuses that",
                "set cluster.resourcesVpcConfig.endpointPrivateAccess: true",
            )
        };
        (!reachable).then(closed).into_iter().collect()
    }

    fn unlocked(&self) -> Option<Self> {
        (self.deletion_protection == Some(true)).then(|| Self { deletion_protection: Some(false), ..self.clone() })
    }

    /// From the config map to access entries alone it takes two steps (facts/eks-semantics.md §7).
    fn stages(&self, live: &Self) -> Vec<Self> {
        let mode = |it: &Self| it.authentication_mode.clone().unwrap_or_default();
        let both = Self { authentication_mode: Some(LADDER[1].to_owned()), ..self.clone() };
        if mode(live) == LADDER[0] && mode(self) == LADDER[2] { vec![both] } else { vec![] }
    }

    fn remarks(&self, live: Option<&Self>) -> Vec<String> {
        let moves = live.is_some_and(|live| live.subnet_ids != self.subnet_ids);
        let grows = self.scaling_tier.as_deref().is_some_and(|tier| tier != STANDARD_TIER)
            && live.and_then(|live| live.scaling_tier.as_ref()) != self.scaling_tier.as_ref();
        let tier = self.scaling_tier.as_deref().unwrap_or_default();
        let remarks = [
            (moves, "EKS takes only subnets of exactly the availability zones that the cluster was made in".to_owned()),
            (grows, format!("the scaling tier {tier} costs money, by the hour, for as long as the cluster has it")),
            (
                live.is_some_and(|live| live.auto_mode),
                "EKS Auto Mode is on; trueup neither manages it nor touches it".to_owned(),
            ),
        ];
        remarks.into_iter().filter_map(|(applies, remark)| applies.then_some(remark)).collect()
    }

    fn traits(&self) -> Traits {
        let expected = Expected {
            create: Duration::from_mins(9),
            update: Duration::from_mins(3),
            slow: Some((VERSION, Duration::from_mins(10))),
            delete: Duration::from_mins(5),
        };
        Traits { timeout: Duration::from_hours(1), expected, ..Traits::default() }
    }
}

impl Cluster {
    /// Whether EKS takes the change only once the version is in standard support.
    pub(crate) fn leaves_extended_support(&self, live: Option<&Self>) -> bool {
        let is = |it: &Self, support: &str| it.support_type.as_deref() == Some(support);
        live.is_some_and(|live| is(live, EXTENDED)) && is(self, STANDARD)
    }

    fn support_rule(&self) -> Rule {
        if self.extended_support {
            Rule::Guarded(UPGRADE_POLICY, not_in_extended_support)
        } else {
            Rule::InPlace(UPGRADE_POLICY)
        }
    }

    /// The CIDRs to compare: none while the public endpoint is, or will be, closed, since EKS ignores them then.
    fn cidrs(&self, live: Option<&Self>) -> Option<BTreeSet<String>> {
        let public = self.endpoint_public_access.or(live.and_then(|it| it.endpoint_public_access)).unwrap_or(true);
        self.public_access_cidrs.clone().filter(|_| public || live.is_none())
    }

    /// The call that leads to the wanted rung.
    fn rung(&self) -> Call {
        if self.authentication_mode.as_deref() == Some(LADDER[2]) { ACCESS_API } else { ACCESS_BOTH }
    }

    fn drops_config_map(&self, live: Option<&Self>) -> Option<Disruption> {
        let drops = live.is_some_and(|live| live.authentication_mode != self.authentication_mode);
        (drops && self.rung() == ACCESS_API)
            .then(|| Disruption::of_access(Effect::MayLockOut, "EKS stops reading the aws-auth config map"))
    }

    fn closes(
        &self,
        live: Option<&Self>,
        open: fn(&Self) -> Option<bool>,
        because: &'static str,
    ) -> Option<Disruption> {
        let closes = live.and_then(open) == Some(true) && open(self) == Some(false);
        closes.then(|| Disruption::of_access(Effect::MayLockOut, because))
    }

    /// Behind a private endpoint they say from where the API server is reached, by nodes as well as by people.
    fn drops_security_group(&self, live: Option<&Self>) -> Option<Disruption> {
        let live = live.filter(|it| it.endpoint_private_access == Some(true))?.security_group_ids.as_ref()?;
        let dropped = !live.is_subset(self.security_group_ids.as_ref()?);
        let because = "who reaches the private endpoint by a security group that goes will not";
        dropped.then(|| Disruption::of_access(Effect::MayLockOut, because))
    }

    fn drops_cidr(&self, live: Option<&Self>) -> Option<Disruption> {
        let live = live.filter(|it| it.endpoint_public_access == Some(true))?.public_access_cidrs.as_ref()?;
        let wanted = self.public_access_cidrs.as_ref()?;
        let dropped = live.iter().any(|cidr| !covered(cidr, wanted));
        let because = "addresses that reach the public endpoint today will not";
        dropped.then(|| Disruption::of_access(Effect::MayLockOut, because))
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

/// How many steps of a long way are named.
const HOPS_SHOWN: usize = 8;

fn next_minor(live: &Value, wanted: &Value) -> Verdict {
    let (Some(from), Some(to)) = (minor_of(live), minor_of(wanted)) else {
        return Verdict::Refused(Blocker::new("one of the versions is not of the form 1.NN", "write it like \"1.34\""));
    };
    if to < from {
        return Verdict::Kept(format!(
            "the control plane runs 1.{from}, ahead of the file; it is not taken back, so write \"1.{from}\" into the file"
        ));
    }
    if to == from + 1 {
        return Verdict::Allowed;
    }
    let steps = to - from;
    let shown: Vec<String> = (from + 1..=to).take(HOPS_SHOWN).map(|it| format!("1.{it}")).collect();
    let more = if steps as usize > HOPS_SHOWN { ", …" } else { "" };
    Verdict::Refused(Blocker::new(
        format!("EKS upgrades one minor at a time; 1.{from} to 1.{to} takes {steps} steps: {}{more}", shown.join(", ")),
        format!("set version to \"1.{}\", apply, bring the nodegroups along, and go on from there", from + 1),
    ))
}

const STANDARD: &str = "STANDARD";
const EXTENDED: &str = "EXTENDED";

/// EKS takes no version out of extended support (facts/eks-semantics.md §4); only a newer version leaves it.
fn not_in_extended_support(_live: &Value, wanted: &Value) -> Verdict {
    if *wanted != Value::Text(STANDARD.to_owned()) {
        return Verdict::Allowed;
    }
    Verdict::Refused(Blocker::new(
        "EKS takes STANDARD only for a version in standard support, and this one is in extended support",
        "keep EXTENDED, or set version to one in standard support",
    ))
}

fn minor_of(value: &Value) -> Option<u32> {
    if let Value::Text(text) = value { minor(text) } else { None }
}

const STANDARD_TIER: &str = "standard";

const LADDER: [&str; 3] = ["CONFIG_MAP", "API_AND_CONFIG_MAP", "API"];

fn next_rung(live: &Value, wanted: &Value) -> Verdict {
    let rung = |value: &Value| LADDER.iter().position(|mode| *value == Value::Text((*mode).to_owned()));
    match (rung(live), rung(wanted)) {
        (Some(from), Some(to)) if to == from + 1 => Verdict::Irreversible,
        _ => Verdict::Refused(Blocker::new(
            "the authentication mode never goes back",
            "write the live value into the file",
        )),
    }
}
