//! What EC2 knows: networks. The central type is [`State`].
//!
//! Plain data, read by EKS when it checks subnets and security groups. Not here: the API of EC2.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The networks of the account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The VPCs by id.
    pub vpcs: BTreeMap<String, Vpc>,
}

/// A network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vpc {
    /// The primary CIDR.
    pub cidr: String,
    /// The subnets by id.
    pub subnets: BTreeMap<String, Subnet>,
    /// The route tables by id.
    pub route_tables: BTreeMap<String, RouteTable>,
    /// The NAT gateways by id.
    pub nat_gateways: BTreeMap<String, NatGateway>,
    /// The ids of the security groups.
    pub security_groups: BTreeSet<String>,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// The availability zone, such as `us-east-1a`.
    pub zone: String,
    /// The CIDR.
    pub cidr: String,
}

/// A route table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteTable {
    /// What is beyond which CIDR: the id of a gateway.
    pub routes: BTreeMap<String, String>,
    /// The ids of the subnets that are associated with it.
    pub subnets: BTreeSet<String>,
}

/// A NAT gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NatGateway {
    /// The address under which what is behind it reaches the world.
    pub address: String,
}

impl State {
    /// A subnet and the VPC it lies in.
    pub(crate) fn subnet(&self, id: &str) -> Option<(&str, &Subnet)> {
        self.vpcs.iter().find_map(|(vpc, network)| network.subnets.get(id).map(|subnet| (vpc.as_str(), subnet)))
    }

    /// Whether nothing reaches a subnet from the internet: no route of its table goes to an internet gateway.
    pub(crate) fn is_private(&self, id: &str) -> bool {
        let tables = self.vpcs.values().flat_map(|vpc| vpc.route_tables.values());
        let mut routes = tables.filter(|table| table.subnets.contains(id)).flat_map(|table| table.routes.values());
        !routes.any(|gateway| gateway.starts_with("igw-"))
    }

    /// The VPC in which a security group is.
    pub(crate) fn vpc_of_security_group(&self, id: &str) -> Option<&str> {
        self.vpcs.iter().find(|(_, network)| network.security_groups.contains(id)).map(|(vpc, _)| vpc.as_str())
    }
}
