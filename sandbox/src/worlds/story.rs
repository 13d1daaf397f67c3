//! How worlds begin: the account of a team that runs CI runners, and an empty one.
//!
//! The central function is [`World::story`]. Not here: clusters.

use std::collections::BTreeMap;

use crate::services::ec2::state::{NatGateway, RouteTable, State as Ec2, Subnet, Vpc};
use crate::services::iam::state::State as Iam;
use crate::settings::Settings;
use crate::world::World;

/// The story's subnets: two in each of two zones, and one in a third.
const SUBNETS: [(&str, &str, &str); 5] = [
    ("subnet-0a11aaaaaaaaaaaaa", "a", "10.0.0.0/18"),
    ("subnet-0b22bbbbbbbbbbbbb", "b", "10.0.64.0/18"),
    ("subnet-0a44aaaaaaaaaaaaa", "a", "10.0.128.0/20"),
    ("subnet-0b55bbbbbbbbbbbbb", "b", "10.0.144.0/20"),
    ("subnet-0c66ccccccccccccc", "c", "10.0.160.0/20"),
];

/// The story's security groups: one more than a cluster can have.
const SECURITY_GROUPS: [&str; 5] = [
    "sg-0a77aaaaaaaaaaaaa",
    "sg-0b88bbbbbbbbbbbbb",
    "sg-0c99ccccccccccccc",
    "sg-0e55eeeeeeeeeeeee",
    "sg-0f66fffffffffffff",
];

/// The story's one route table, of all its subnets, and the NAT gateway behind it.
const ROUTE_TABLE: &str = "rtb-0d44ddddddddddddd";
const NAT_GATEWAY: &str = "nat-0d44ddddddddddddd";

/// The story's roles: name, path, and the service that may assume it.
const ROLES: [(&str, &str, &[&str]); 8] = [
    ("AWSReservedSSO_Platform_0123456789abcdef", "/aws-reserved/sso.amazonaws.com/", &[]),
    ("trueup-apply", "/", &[]),
    ("gitlab-deploy", "/", &[]),
    ("gitlab-runners-cluster", "/", &["eks.amazonaws.com"]),
    ("gitlab-runners-node", "/", &["ec2.amazonaws.com"]),
    ("AWSServiceRoleForAmazonEKS", "/aws-service-role/eks.amazonaws.com/", &["eks.amazonaws.com"]),
    ("fargate-pods", "/", &["eks-fargate-pods.amazonaws.com"]),
    ("workload", "/", &["pods.eks.amazonaws.com"]),
];

impl World {
    /// The story: the account with its network and roles, and no cluster yet.
    pub fn story(settings: Settings) -> Self {
        let (ec2, iam) = (network(&settings.region), identities(&settings.account));
        Self::around(settings, ec2, iam)
    }

    /// Nothing but the role that the caller has assumed: no network, no other role, no cluster.
    pub fn empty(settings: Settings) -> Self {
        let mut iam = Iam::of(&settings.account);
        let session = settings.caller_arn.split_once(":assumed-role/").map(|(_, session)| session);
        if let Some((role, _)) = session.and_then(|session| session.split_once('/')) {
            iam.make_role(role, "/", &[]);
        }
        Self::around(settings, Ec2::default(), iam)
    }
}

/// A VPC with private subnets behind one NAT gateway.
fn network(region: &str) -> Ec2 {
    let subnets = SUBNETS
        .map(|(id, zone, cidr)| (id.to_owned(), Subnet { zone: format!("{region}{zone}"), cidr: cidr.to_owned() }));
    let vpc = Vpc {
        cidr: "10.0.0.0/16".into(),
        subnets: subnets.into(),
        route_tables: BTreeMap::from([(ROUTE_TABLE.to_owned(), private_route_table())]),
        nat_gateways: BTreeMap::from([(NAT_GATEWAY.to_owned(), NatGateway { address: "198.51.100.7".into() })]),
        security_groups: SECURITY_GROUPS.map(str::to_owned).into(),
    };
    Ec2 { vpcs: BTreeMap::from([("vpc-0c33ccccccccccccc".to_owned(), vpc)]) }
}

fn private_route_table() -> RouteTable {
    RouteTable {
        routes: BTreeMap::from([("0.0.0.0/0".to_owned(), NAT_GATEWAY.to_owned())]),
        subnets: SUBNETS.map(|(id, ..)| id.to_owned()).into(),
    }
}

/// The roles and the one user.
fn identities(account: &str) -> Iam {
    let mut iam = Iam::of(account);
    for (name, path, trusts) in ROLES {
        iam.make_role(name, path, trusts);
    }
    iam.make_user("break-glass", "/");
    iam
}
