//! The account around the clusters: one VPC, the IAM roles and users. The central type is [`Account`].
//!
//! Plain data, read by EKS when it checks subnets, security groups and principals. Not here: the EC2 and IAM APIs
//! themselves.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::settings::Settings;
use crate::world::hex;

/// What exists in the account besides clusters and groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The account's number.
    pub id: String,
    /// The VPCs by id.
    pub vpcs: BTreeMap<String, Vpc>,
    /// The IAM roles by name.
    pub roles: BTreeMap<String, Role>,
    /// The IAM users by name.
    pub users: BTreeMap<String, User>,
    /// How many unique ids IAM has given; it never gives one again.
    identities: u64,
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

/// An IAM role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// The path, `/` if none.
    pub path: String,
    /// The service principals that may assume it, such as `eks.amazonaws.com`.
    pub trusts: BTreeSet<String>,
    /// The unique id: a role of the same name that is made later has another.
    pub unique_id: String,
}

/// An IAM user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The path, `/` if none.
    pub path: String,
    /// The unique id: a user of the same name that is made later has another.
    pub unique_id: String,
}

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

/// The story's roles: name, path, and the service that may assume it.
const ROLES: [(&str, &str, &[&str]); 6] = [
    ("AWSReservedSSO_Platform_0123456789abcdef", "/aws-reserved/sso.amazonaws.com/", &[]),
    ("trueup-apply", "/", &[]),
    ("gitlab-deploy", "/", &[]),
    ("gitlab-runners-cluster", "/", &["eks.amazonaws.com"]),
    ("gitlab-runners-node", "/", &["ec2.amazonaws.com"]),
    ("AWSServiceRoleForAmazonEKS", "/aws-service-role/eks.amazonaws.com/", &["eks.amazonaws.com"]),
];

impl Account {
    /// The story: a VPC with private subnets behind one NAT gateway, and the roles and the one user of a team that runs
    /// CI runners.
    pub(crate) fn story(id: &str, region: &str) -> Self {
        let subnets = SUBNETS
            .map(|(id, zone, cidr)| (id.to_owned(), Subnet { zone: format!("{region}{zone}"), cidr: cidr.to_owned() }));
        let vpc = Vpc {
            cidr: "10.0.0.0/16".into(),
            nat_address: "198.51.100.7".into(),
            subnets: subnets.into(),
            security_groups: SECURITY_GROUPS.map(str::to_owned).into(),
        };
        let mut account = Self::bare(id);
        account.vpcs.insert("vpc-0c33ccccccccccccc".to_owned(), vpc);
        for (name, path, trusts) in ROLES {
            account.make_role(name, path, trusts);
        }
        account.make_user("break-glass", "/");
        account
    }

    /// An account in which nobody has made anything yet, but for the role that the caller has assumed.
    pub(crate) fn empty(settings: &Settings) -> Self {
        let mut account = Self::bare(&settings.account);
        let session = settings.caller_arn.split_once(":assumed-role/").map(|(_, session)| session);
        if let Some((role, _)) = session.and_then(|session| session.split_once('/')) {
            account.make_role(role, "/", &[]);
        }
        account
    }

    fn bare(id: &str) -> Self {
        let (vpcs, roles, users) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { id: id.into(), vpcs, roles, users, identities: 0 }
    }

    /// Makes a role. One of that name that is there already is deleted first: the new one has another unique id, and
    /// what is bound to the old one stays bound to nothing.
    pub fn make_role(&mut self, name: &str, path: &str, trusts: &[&str]) {
        let trusts = trusts.iter().map(|service| (*service).to_owned()).collect();
        let unique_id = self.next_unique_id("AROA");
        self.roles.insert(name.to_owned(), Role { path: path.to_owned(), trusts, unique_id });
    }

    /// Deletes a role and makes it anew just as it was, but for its unique id. False if there is none.
    pub fn recreate_role(&mut self, name: &str) -> bool {
        let unique_id = self.next_unique_id("AROA");
        let role = self.roles.get_mut(name);
        role.map(|role| role.unique_id = unique_id).is_some()
    }

    /// Makes a user, like [`Self::make_role`].
    pub fn make_user(&mut self, name: &str, path: &str) {
        let unique_id = self.next_unique_id("AIDA");
        self.users.insert(name.to_owned(), User { path: path.to_owned(), unique_id });
    }

    fn next_unique_id(&mut self, prefix: &str) -> String {
        self.identities += 1;
        let digest = Sha256::digest(format!("{} {prefix} {}", self.id, self.identities));
        format!("{prefix}{}", hex(&digest)[..17].to_uppercase())
    }

    /// A subnet and the VPC it lies in.
    pub(crate) fn subnet(&self, id: &str) -> Option<(&str, &Subnet)> {
        self.vpcs.iter().find_map(|(vpc, network)| network.subnets.get(id).map(|subnet| (vpc.as_str(), subnet)))
    }

    /// The VPC in which a security group is.
    pub(crate) fn vpc_of_security_group(&self, id: &str) -> Option<&str> {
        self.vpcs.iter().find(|(_, network)| network.security_groups.contains(id)).map(|(vpc, _)| vpc.as_str())
    }

    /// The role with exactly this ARN, path included.
    pub(crate) fn role(&self, arn: &str) -> Option<&Role> {
        let (path, name) = self.path_and_name(arn, "role")?;
        self.roles.get(name).filter(|role| role.path == path)
    }

    /// The unique id of the role or user with exactly this ARN, path included.
    pub(crate) fn unique_id(&self, arn: &str) -> Option<&str> {
        let user = || {
            let (path, name) = self.path_and_name(arn, "user")?;
            self.users.get(name).filter(|user| user.path == path).map(|user| user.unique_id.as_str())
        };
        self.role(arn).map(|role| role.unique_id.as_str()).or_else(user)
    }

    /// Whether some role or user has this unique id.
    pub(crate) fn knows_unique_id(&self, unique_id: &str) -> bool {
        self.roles.values().any(|role| role.unique_id == unique_id)
            || self.users.values().any(|user| user.unique_id == unique_id)
    }

    /// The ARN of the IAM principal behind a caller as STS names it: an assumed role's ARN has lost the role's path.
    pub(crate) fn principal_of(&self, caller_arn: &str) -> String {
        let prefix = format!("arn:aws:sts::{}:assumed-role/", self.id);
        let Some((name, _)) = caller_arn.strip_prefix(&prefix).and_then(|rest| rest.split_once('/')) else {
            return caller_arn.to_owned();
        };
        let path = self.roles.get(name).map_or("/", |role| role.path.as_str());
        format!("arn:aws:iam::{}:role{path}{name}", self.id)
    }

    fn path_and_name<'a>(&self, arn: &'a str, kind: &str) -> Option<(&'a str, &'a str)> {
        let rest = arn.strip_prefix(&format!("arn:aws:iam::{}:{kind}", self.id))?;
        rest.starts_with('/').then(|| rest.split_at(rest.rfind('/').map_or(0, |slash| slash + 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Account {
        Account::story("111122223333", "us-east-1")
    }

    #[test]
    fn a_role_made_anew_is_another() {
        let mut account = account();
        let arn = "arn:aws:iam::111122223333:role/gitlab-deploy";
        let first = account.unique_id(arn).unwrap().to_owned();
        assert!(account.recreate_role("gitlab-deploy") && !account.recreate_role("nobody"));
        let second = account.unique_id(arn).unwrap();
        assert!(first != second && second.starts_with("AROA") && second.len() == 21);
        assert!(account.knows_unique_id(second) && !account.knows_unique_id(&first));
    }

    #[test]
    fn principals_are_found_by_their_whole_arn() {
        let account = account();
        let arn = |rest: &str| format!("arn:aws:iam::111122223333:{rest}");
        let sso = "AWSReservedSSO_Platform_0123456789abcdef";
        let found = [format!("role/aws-reserved/sso.amazonaws.com/{sso}"), "user/break-glass".to_owned()];
        assert!(found.iter().all(|rest| account.unique_id(&arn(rest)).is_some()));
        let missing = [format!("role/{sso}"), "role/break-glass".to_owned(), "rolegitlab-deploy".to_owned()];
        assert!(missing.iter().all(|rest| account.unique_id(&arn(rest)).is_none()));
        let caller = format!("arn:aws:sts::111122223333:assumed-role/{sso}/anna");
        assert_eq!(account.principal_of(&caller), arn(&found[0]));
        assert_eq!(account.principal_of(&arn("user/break-glass")), arn("user/break-glass"));
    }
}
