//! The account around the clusters: one VPC and the IAM roles. The central type is [`Account`].
//!
//! Plain data, read by EKS when it checks subnets and roles. Not here: the EC2 and IAM APIs themselves.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// What exists in the account besides clusters and groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The account's number.
    pub id: String,
    /// The VPCs by id.
    pub vpcs: BTreeMap<String, Vpc>,
    /// The IAM roles by name.
    pub roles: BTreeMap<String, Role>,
}

/// A network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vpc {
    /// The primary CIDR.
    pub cidr: String,
    /// The address under which the private subnets reach the world.
    pub nat_address: String,
    /// The subnets by id.
    pub subnets: BTreeMap<String, Subnet>,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// The availability zone, such as `us-east-1a`.
    pub zone: String,
    /// The CIDR.
    pub cidr: String,
}

/// An IAM role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// The path, `/` if none.
    pub path: String,
    /// The service principals that may assume it, such as `eks.amazonaws.com`.
    pub trusts: BTreeSet<String>,
}

impl Account {
    /// The story: a VPC with two private subnets behind one NAT gateway, and the roles of a team that runs CI runners.
    pub(crate) fn story(id: &str, region: &str) -> Self {
        let subnets =
            [("subnet-0a11aaaaaaaaaaaaa", "a", "10.0.0.0/18"), ("subnet-0b22bbbbbbbbbbbbb", "b", "10.0.64.0/18")];
        let subnets = subnets
            .map(|(id, zone, cidr)| (id.to_owned(), Subnet { zone: format!("{region}{zone}"), cidr: cidr.to_owned() }));
        let vpc = Vpc { cidr: "10.0.0.0/16".into(), nat_address: "198.51.100.7".into(), subnets: subnets.into() };
        let roles = [
            ("AWSReservedSSO_Platform_0123456789abcdef", "/aws-reserved/sso.amazonaws.com/", None),
            ("trueup-apply", "/", None),
            ("gitlab-deploy", "/", None),
            ("gitlab-runners-cluster", "/", Some("eks.amazonaws.com")),
            ("gitlab-runners-node", "/", Some("ec2.amazonaws.com")),
        ];
        let roles = roles.map(|(name, path, trusts)| {
            (name.to_owned(), Role { path: path.into(), trusts: trusts.into_iter().map(Into::into).collect() })
        });
        Self { id: id.into(), vpcs: [("vpc-0c33ccccccccccccc".to_owned(), vpc)].into(), roles: roles.into() }
    }

    /// A subnet and the VPC it lies in.
    pub(crate) fn subnet(&self, id: &str) -> Option<(&str, &Subnet)> {
        self.vpcs.iter().find_map(|(vpc, network)| network.subnets.get(id).map(|subnet| (vpc.as_str(), subnet)))
    }

    /// The role with exactly this ARN, path included.
    pub(crate) fn role(&self, arn: &str) -> Option<&Role> {
        let (path, name) = arn.strip_prefix(&format!("arn:aws:iam::{}:role", self.id))?.rsplit_once('/')?;
        self.roles.get(name).filter(|role| role.path == format!("{path}/"))
    }
}
