//! What IAM knows: roles and users. The central type is [`State`].
//!
//! Plain data, read by EKS when it checks principals. Not here: the API of IAM, and what anybody is allowed to do.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::kernel::ids::hex;

/// The identities of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The account's number.
    pub account: String,
    /// The roles by name.
    pub roles: BTreeMap<String, Role>,
    /// The users by name.
    pub users: BTreeMap<String, User>,
    /// How many unique ids IAM has given; it never gives one again.
    identities: u64,
}

/// An IAM role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// The path, `/` if none.
    pub path: String,
    /// The service principals that may assume it, such as `eks.amazonaws.com`, each with the actions that it may.
    pub trusts: BTreeMap<String, BTreeSet<String>>,
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

impl State {
    /// An account in which there is nobody.
    pub(crate) fn of(account: &str) -> Self {
        Self { account: account.to_owned(), roles: BTreeMap::new(), users: BTreeMap::new(), identities: 0 }
    }

    /// Makes a role. One of that name that is there already is deleted first: the new one has another unique id, and
    /// what is bound to the old one stays bound to nothing.
    pub fn make_role(&mut self, name: &str, path: &str, trusts: &[&str]) {
        let trusts = trusts.iter().map(|service| ((*service).to_owned(), actions(service))).collect();
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
        let digest = Sha256::digest(format!("{} {prefix} {}", self.account, self.identities));
        format!("{prefix}{}", hex(&digest)[..17].to_uppercase())
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
        let prefix = format!("arn:aws:sts::{}:assumed-role/", self.account);
        let Some((name, _)) = caller_arn.strip_prefix(&prefix).and_then(|rest| rest.split_once('/')) else {
            return caller_arn.to_owned();
        };
        let path = self.roles.get(name).map_or("/", |role| role.path.as_str());
        format!("arn:aws:iam::{}:role{path}{name}", self.account)
    }

    fn path_and_name<'a>(&self, arn: &'a str, kind: &str) -> Option<(&'a str, &'a str)> {
        let rest = arn.strip_prefix(&format!("arn:aws:iam::{}:{kind}", self.account))?;
        rest.starts_with('/').then(|| rest.split_at(rest.rfind('/').map_or(0, |slash| slash + 1)))
    }
}

/// What a service does to a role in whose name it acts; EKS Pod Identity tags its sessions.
fn actions(service: &str) -> BTreeSet<String> {
    let tags = service == "pods.eks.amazonaws.com";
    ["sts:AssumeRole"].into_iter().chain(tags.then_some("sts:TagSession")).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SSO: &str = "AWSReservedSSO_Platform_0123456789abcdef";

    fn account() -> State {
        let mut state = State::of("111122223333");
        state.make_role("gitlab-deploy", "/", &[]);
        state.make_role(SSO, "/aws-reserved/sso.amazonaws.com/", &[]);
        state.make_user("break-glass", "/");
        state
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
        let found = [format!("role/aws-reserved/sso.amazonaws.com/{SSO}"), "user/break-glass".to_owned()];
        assert!(found.iter().all(|rest| account.unique_id(&arn(rest)).is_some()));
        let missing = [format!("role/{SSO}"), "role/break-glass".to_owned(), "rolegitlab-deploy".to_owned()];
        assert!(missing.iter().all(|rest| account.unique_id(&arn(rest)).is_none()));
        let caller = format!("arn:aws:sts::111122223333:assumed-role/{SSO}/anna");
        assert_eq!(account.principal_of(&caller), arn(&found[0]));
        assert_eq!(account.principal_of(&arn("user/break-glass")), arn("user/break-glass"));
    }
}
