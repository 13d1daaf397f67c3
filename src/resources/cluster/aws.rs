//! The control plane over the EKS API.
//!
//! The central item is [`Remote`] for [`Cluster`]. An update carries one category of `UpdateClusterConfig`. Not here:
//! which category comes first, which the field table says.

use std::collections::BTreeSet;

use aws_sdk_eks::operation::update_cluster_config::builders::UpdateClusterConfigFluentBuilder;
use aws_sdk_eks::types::{
    self, AuthenticationMode, ClusterStatus, ControlPlaneScalingConfig, CreateAccessConfigRequest, IpFamily,
    KubernetesNetworkConfigRequest, LogSetup, LogType, Logging, SupportType, UpdateAccessConfigRequest,
    UpgradePolicyRequest, VpcConfigRequest, ZonalShiftConfigRequest,
};

use super::{
    ACCESS_API, ACCESS_BOTH, Cluster, DELETION_PROTECTION, ENDPOINT, LOGGING, SCALING_TIER, STANDARD_TIER,
    UPGRADE_POLICY, VERSION, VPC, ZONAL_SHIFT, canonical,
};
use crate::aws::{Aws, Fault, absent, unknown_call};
use crate::model::{Address, Home, Seen, State};
use crate::resources::eks::{self, creation_tags, known, tag, untag, update_status};
use crate::resources::permissions::{ANY, BECOMES_OURS, CLUSTER, Condition, IS_OURS, PASSED_TO_EKS};
use crate::resources::tags::{TAG_RESOURCE, UNTAG_RESOURCE};
use crate::resources::{Facts, Live, Managed, Often, Permission, Read, Remote, Sighting, Started, Step, Update};

type Category<'a> = Box<dyn FnOnce(UpdateClusterConfigFluentBuilder) -> UpdateClusterConfigFluentBuilder + 'a>;

const ROLE: &str = "arn:aws:iam::{account}:role/{cluster}-cluster";
const SERVICE_LINKED_ROLES: &str = "arn:aws:iam::{account}:role/aws-service-role/*";
/// Those that the first cluster, nodegroup, Auto Scaling group and Spot request of an account make.
const SERVICE_LINKED: &[Condition] = &[(
    "StringEquals",
    "iam:AWSServiceName",
    &["eks.amazonaws.com", "eks-nodegroup.amazonaws.com", "autoscaling.amazonaws.com", "spot.amazonaws.com"],
)];

impl Remote for Cluster {
    const PERMISSIONS: &'static [Permission] = &[
        Permission::plan("eks:DescribeCluster", CLUSTER),
        Permission::plan("eks:DescribeClusterVersions", ANY),
        Permission::apply("eks:CreateCluster", ANY).only(BECOMES_OURS),
        Permission::apply("eks:UpdateClusterConfig", CLUSTER),
        Permission::apply("eks:UpdateClusterVersion", CLUSTER),
        Permission::apply("eks:DescribeUpdate", CLUSTER),
        Permission::apply("eks:TagResource", CLUSTER),
        Permission::apply("eks:UntagResource", CLUSTER),
        Permission::destroy("eks:DeleteCluster", CLUSTER).only(IS_OURS),
        // Whoever creates a cluster becomes its first administrator.
        Permission::checked("eks:CreateAccessEntry", CLUSTER),
        Permission::checked("iam:PassRole", ROLE).only(PASSED_TO_EKS),
        Permission::checked("iam:GetRole", ROLE),
        Permission::checked("iam:ListAttachedRolePolicies", ROLE),
        Permission::checked("iam:GetRole", SERVICE_LINKED_ROLES),
        Permission::checked("iam:ListAttachedRolePolicies", SERVICE_LINKED_ROLES),
        Permission::checked("iam:CreateServiceLinkedRole", SERVICE_LINKED_ROLES).only(SERVICE_LINKED),
        Permission::checked("ec2:DescribeSubnets", ANY),
        Permission::checked("ec2:DescribeVpcs", ANY),
        Permission::checked("ec2:DescribeSecurityGroups", ANY),
    ];
    const READING: &'static [Read] = &[
        Read::first("eks:DescribeCluster", Often::Once),
        Read::second(
            "eks:DescribeClusterVersions",
            Often::Rarely("where the file leaves extended support, to know which versions are in it"),
        ),
    ];

    async fn list(aws: &Aws, home: &Home, _: &[Self]) -> Result<Sighting<Self>, Fault> {
        let cluster = Self { name: home.cluster.clone(), region: home.region.clone(), ..Self::default() };
        Ok(Sighting { seen: cluster.read(aws).await?.into_iter().collect(), listed: vec![] })
    }

    async fn read(&self, aws: &Aws) -> Result<Option<Seen<Self>>, Fault> {
        let cluster = absent(aws.eks.describe_cluster(|request| request.name(&self.name)).await)?;
        Ok(cluster.map(|cluster| seen(&self.region, cluster)))
    }

    /// Whether a version is in extended support matters where that is to be left.
    async fn facts(aws: &Aws, wanted: &[Self], live: &Live) -> Result<Facts, Fault> {
        let mut versions = BTreeSet::new();
        for cluster in wanted {
            let address = Address::new(Self::KIND, &cluster.name);
            let seen = live.get(&address).and_then(|seen| seen.resource.cluster());
            if cluster.leaves_extended_support(seen) {
                versions.extend(cluster.version.clone().or(seen.and_then(|seen| seen.version.clone())));
            }
        }
        if versions.is_empty() {
            return Ok(Facts::default());
        }
        let asked = versions.into_iter().collect();
        let known = aws.eks.describe_cluster_versions(|request| request.set_cluster_versions(Some(asked))).await?;
        let extended = |version: &types::ClusterVersionInformation| {
            version.version_status() == Some(&types::VersionStatus::ExtendedSupport)
        };
        let extended_support = known.into_iter().filter(extended).filter_map(|version| version.cluster_version);
        Ok(Facts { extended_support: extended_support.collect(), ..Facts::default() })
    }

    async fn create(&self, aws: &Aws, token: &str) -> Result<Started, Fault> {
        aws.eks
            .create_cluster(|request| {
                request
                    .name(&self.name)
                    .set_version(self.version.clone())
                    .role_arn(&self.role_arn)
                    .resources_vpc_config(self.vpc())
                    .set_access_config(self.access())
                    .set_kubernetes_network_config(self.network())
                    .set_bootstrap_self_managed_addons(self.bootstrap_addons)
                    .set_upgrade_policy(self.policy())
                    .set_zonal_shift_config(self.shift())
                    .set_control_plane_scaling_config(self.tier())
                    .set_logging(self.logging())
                    .set_deletion_protection(self.deletion_protection)
                    .set_tags(Some(creation_tags(&self.tags, &self.region, &self.name)))
                    .client_request_token(token)
            })
            .await?;
        Ok(Started::default())
    }

    async fn update(&self, _from: &Self, step: &Step<'_>, aws: &Aws) -> Result<Started, Fault> {
        match step.call {
            VERSION => self.upgrade(step, aws).await,
            TAG_RESOURCE => tag(aws, step).await,
            UNTAG_RESOURCE => untag(aws, step).await,
            _ => self.configure(step, aws).await,
        }
    }

    async fn delete(&self, aws: &Aws) -> Result<Started, Fault> {
        aws.eks.delete_cluster(|request| request.name(&self.name)).await?;
        Ok(Started::default())
    }

    async fn update_status(&self, aws: &Aws, id: &str) -> Result<Update, Fault> {
        Ok(update_status(&aws.eks.describe_update(|request| request.name(&self.name).update_id(id)).await?))
    }
}

impl Cluster {
    async fn upgrade(&self, step: &Step<'_>, aws: &Aws) -> Result<Started, Fault> {
        let update = aws
            .eks
            .update_cluster_version(|request| {
                request.name(&self.name).set_version(self.version.clone()).client_request_token(step.token)
            })
            .await?;
        Ok(Started { update: update.id, ..Started::default() })
    }

    /// One category of `UpdateClusterConfig`; EKS refuses two in one call.
    async fn configure(&self, step: &Step<'_>, aws: &Aws) -> Result<Started, Fault> {
        let category = self.category(step)?;
        let update = aws
            .eks
            .update_cluster_config(|request| category(request.name(&self.name).client_request_token(step.token)))
            .await?;
        Ok(Started { update: update.id, ..Started::default() })
    }

    /// What fills in the one category that a step changes.
    fn category<'a>(&'a self, step: &'a Step<'_>) -> Result<Category<'a>, Fault> {
        let access = self.authentication_mode.as_deref().map(AuthenticationMode::from);
        Ok(match step.call {
            LOGGING => Box::new(|request| request.set_logging(self.logging())),
            VPC => Box::new(|request| request.resources_vpc_config(self.placement(step))),
            ENDPOINT => Box::new(|request| request.resources_vpc_config(self.endpoint(step))),
            ACCESS_BOTH | ACCESS_API => Box::new(|request| {
                request.access_config(UpdateAccessConfigRequest::builder().set_authentication_mode(access).build())
            }),
            UPGRADE_POLICY => Box::new(|request| request.set_upgrade_policy(self.policy())),
            ZONAL_SHIFT => Box::new(|request| request.set_zonal_shift_config(self.shift())),
            SCALING_TIER => Box::new(|request| request.set_control_plane_scaling_config(self.tier())),
            DELETION_PROTECTION => Box::new(|request| request.set_deletion_protection(self.deletion_protection)),
            call => return Err(unknown_call(call)),
        })
    }

    /// Everything of the VPC configuration, for a create call.
    fn vpc(&self) -> VpcConfigRequest {
        VpcConfigRequest::builder()
            .set_subnet_ids(Some(self.subnet_ids.iter().cloned().collect()))
            .set_security_group_ids(self.security_group_ids.as_ref().map(list))
            .set_endpoint_public_access(self.endpoint_public_access)
            .set_endpoint_private_access(self.endpoint_private_access)
            .set_public_access_cidrs(self.public_access_cidrs.as_ref().map(list))
            .build()
    }

    /// Only what changes: EKS keeps the rest.
    fn placement(&self, step: &Step<'_>) -> VpcConfigRequest {
        let groups = self.security_group_ids.as_ref().filter(|_| step.carries("resourcesVpcConfig.securityGroupIds"));
        VpcConfigRequest::builder()
            .set_subnet_ids(step.carries("resourcesVpcConfig.subnetIds").then(|| list(&self.subnet_ids)))
            .set_security_group_ids(groups.map(list))
            .build()
    }

    /// Only what changes: EKS keeps the rest.
    fn endpoint(&self, step: &Step<'_>) -> VpcConfigRequest {
        let carried = |path: &str| step.carries(&format!("resourcesVpcConfig.{path}"));
        let cidrs = self.public_access_cidrs.as_ref().filter(|_| carried("publicAccessCidrs"));
        VpcConfigRequest::builder()
            .set_endpoint_public_access(self.endpoint_public_access.filter(|_| carried("endpointPublicAccess")))
            .set_endpoint_private_access(self.endpoint_private_access.filter(|_| carried("endpointPrivateAccess")))
            .set_public_access_cidrs(cidrs.map(list))
            .build()
    }

    fn access(&self) -> Option<CreateAccessConfigRequest> {
        let mode = self.authentication_mode.as_deref().map(AuthenticationMode::from)?;
        let request = CreateAccessConfigRequest::builder()
            .authentication_mode(mode)
            .set_bootstrap_cluster_creator_admin_permissions(self.bootstrap_creator_admin);
        Some(request.build())
    }

    fn network(&self) -> Option<KubernetesNetworkConfigRequest> {
        if self.service_ipv4_cidr.is_none() && self.ip_family.is_none() {
            return None;
        }
        let request = KubernetesNetworkConfigRequest::builder()
            .set_service_ipv4_cidr(self.service_ipv4_cidr.clone())
            .set_ip_family(self.ip_family.as_deref().map(IpFamily::from));
        Some(request.build())
    }

    fn shift(&self) -> Option<ZonalShiftConfigRequest> {
        Some(ZonalShiftConfigRequest::builder().enabled(self.zonal_shift?).build())
    }

    fn tier(&self) -> Option<ControlPlaneScalingConfig> {
        let tier = self.scaling_tier.as_deref()?;
        Some(ControlPlaneScalingConfig::builder().tier(tier.into()).build())
    }

    fn policy(&self) -> Option<UpgradePolicyRequest> {
        let support = self.support_type.as_deref().map(SupportType::from)?;
        Some(UpgradePolicyRequest::builder().support_type(support).build())
    }

    /// Every type, on or off: a type that is left out would stay as it is.
    fn logging(&self) -> Option<Logging> {
        let on = self.logging.as_ref()?;
        let (on, off): (Vec<LogType>, Vec<LogType>) =
            LogType::values().iter().map(|it| LogType::from(*it)).partition(|it| on.contains(it.as_str()));
        let setup = |types: Vec<LogType>, enabled| {
            (!types.is_empty()).then(|| LogSetup::builder().set_types(Some(types)).enabled(enabled).build())
        };
        let setups = [setup(on, true), setup(off, false)].into_iter().flatten().collect();
        Some(Logging::builder().set_cluster_logging(Some(setups)).build())
    }
}

fn seen(region: &str, cluster: types::Cluster) -> Seen<Cluster> {
    let (notes, auto_mode) = (issues(&cluster), auto_mode(&cluster));
    let state = state(cluster.status.as_ref(), &notes);
    let uid = cluster.created_at.map(|time| time.to_string());
    let name = cluster.name.unwrap_or_default();
    let vpc = cluster.resources_vpc_config;
    let tags = cluster.tags.unwrap_or_default();
    let tier = cluster.control_plane_scaling_config.and_then(|it| it.tier);
    let network = cluster.kubernetes_network_config;
    let resource = Cluster {
        region: region.to_owned(),
        version: cluster.version,
        role_arn: cluster.role_arn.unwrap_or_default(),
        subnet_ids: vpc.iter().flat_map(|it| it.subnet_ids().iter().cloned()).collect(),
        security_group_ids: vpc.as_ref().map(|it| it.security_group_ids().iter().cloned().collect()),
        endpoint_public_access: vpc.as_ref().map(|it| it.endpoint_public_access),
        endpoint_private_access: vpc.as_ref().map(|it| it.endpoint_private_access),
        public_access_cidrs: vpc.as_ref().map(|it| it.public_access_cidrs().iter().map(|it| canonical(it)).collect()),
        authentication_mode: cluster
            .access_config
            .and_then(|it| it.authentication_mode)
            .map(|it| it.as_str().to_owned()),
        bootstrap_creator_admin: None,
        bootstrap_addons: None,
        service_ipv4_cidr: network.as_ref().and_then(|it| it.service_ipv4_cidr.as_deref()).map(canonical),
        ip_family: network.and_then(|it| it.ip_family).map(|it| it.as_str().to_owned()),
        zonal_shift: Some(cluster.zonal_shift_config.and_then(|it| it.enabled).unwrap_or(false)),
        scaling_tier: Some(tier.map_or_else(|| STANDARD_TIER.to_owned(), |it| it.as_str().to_owned())),
        support_type: cluster.upgrade_policy.and_then(|it| it.support_type).map(|it| it.as_str().to_owned()),
        logging: Some(enabled(cluster.logging.as_ref())),
        deletion_protection: Some(cluster.deletion_protection.unwrap_or(false)),
        tags: known(&tags),
        auto_mode,
        extended_support: false,
        name: name.clone(),
    };
    Seen { state, uid, notes, ..eks::seen(resource, cluster.arn, &tags, region, &name) }
}

fn issues(cluster: &types::Cluster) -> Vec<String> {
    let issues = cluster.health().map(types::ClusterHealth::issues).unwrap_or_default();
    let text = |issue: &types::ClusterIssue| {
        format!("{}: {}", issue.code().map_or("issue", |it| it.as_str()), issue.message().unwrap_or(""))
    };
    issues.iter().map(text).collect()
}

/// Its three parts are on together or not at all (facts/eks-semantics.md §1.1).
fn auto_mode(cluster: &types::Cluster) -> bool {
    cluster.compute_config().and_then(types::ComputeConfigResponse::enabled).unwrap_or(false)
}

fn list(set: &BTreeSet<String>) -> Vec<String> {
    set.iter().cloned().collect()
}

fn state(status: Option<&ClusterStatus>, issues: &[String]) -> State {
    match status {
        Some(ClusterStatus::Active) if issues.is_empty() => State::Ready,
        Some(ClusterStatus::Active) => State::Degraded(issues.to_vec()),
        Some(ClusterStatus::Deleting) => State::Leaving("DELETING".to_owned()),
        Some(ClusterStatus::Failed) => State::Broken("EKS could not make the cluster (FAILED)".to_owned()),
        Some(ClusterStatus::Creating) => State::Making("CREATING".to_owned()),
        other => State::Working(other.map_or("UNKNOWN", ClusterStatus::as_str).to_owned()),
    }
}

fn enabled(logging: Option<&Logging>) -> BTreeSet<String> {
    let setups = logging.map(Logging::cluster_logging).unwrap_or_default();
    let on = setups.iter().filter(|setup| setup.enabled() == Some(true));
    on.flat_map(LogSetup::types).map(|it| it.as_str().to_owned()).collect()
}
