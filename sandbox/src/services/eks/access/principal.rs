//! Who an entry is for, and what EKS calls them in Kubernetes (facts §1.4, §7). The central type is [`Principal`].
//!
//! Not here: whether somebody may have an entry already.

use std::collections::BTreeSet;

use super::state::STANDARD;
use crate::kernel::refusal::Refusal;
use crate::services::eks::refusal::invalid_parameter;
use crate::services::eks::validate::ensure;

/// The names that stand for something else when somebody logs in.
const SESSION_NAMES: [&str; 2] = ["{{SessionName}}", "{{SessionNameRaw}}"];
/// How names and groups must not begin: facts §1.4.
const RESERVED: [&str; 5] = ["system:", "eks:", "aws:", "amazon:", "iam:"];
const ACCESS_ENTRY_TYPES: [&str; 7] =
    [STANDARD, "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX", "EC2"];

/// An IAM role or user, by its ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Principal<'a> {
    pub(super) arn: &'a str,
    pub(super) account: &'a str,
    /// `role` or `user`.
    pub(super) kind: &'a str,
    /// Without the path.
    pub(super) name: &'a str,
}

impl<'a> Principal<'a> {
    /// The role or user that a request names; a session of STS is none, and a service's own role is EKS' business.
    pub(super) fn parse(arn: &'a str) -> Result<Self, Refusal> {
        let principal =
            Self::of_any(arn).ok_or_else(|| invalid_parameter("The principalArn parameter format is not valid"))?;
        ensure(!arn.contains(":role/aws-service-role/"), || {
            invalid_parameter(
                "The caller is not allowed to modify access entries with a principalArn value of a Service Linked Role",
            )
        })?;
        Ok(principal)
    }

    /// The role or user that an ARN names, a service's own role included.
    pub(super) fn of_any(arn: &'a str) -> Option<Self> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", "aws", "iam", "", account, resource] = parts[..] else { return None };
        let (kind, path) = resource.split_once('/')?;
        let name = path.rsplit('/').next()?;
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        let is_name_char = |char: char| char.is_ascii_alphanumeric() || "+=,.@_-".contains(char);
        let is_name = !name.is_empty() && name.chars().all(is_name_char);
        (is_account && is_name && matches!(kind, "role" | "user")).then_some(Self { arn, account, kind, name })
    }

    /// What EKS calls them if nobody says otherwise.
    pub(super) fn default_username(&self, entry_type: &str) -> String {
        match (entry_type, self.kind) {
            (STANDARD, "user") => self.arn.to_owned(),
            (STANDARD, _) => format!("arn:aws:sts::{}:assumed-role/{}/{{{{SessionName}}}}", self.account, self.name),
            ("EC2_LINUX" | "EC2_WINDOWS" | "EC2", _) => "system:node:{{EC2PrivateDNSName}}".to_owned(),
            _ => "system:node:{{SessionName}}".to_owned(),
        }
    }
}

/// What EKS calls a person or pipeline in Kubernetes if nobody says otherwise.
pub(crate) fn default_username(principal_arn: &str) -> Option<String> {
    Principal::of_any(principal_arn).map(|principal| principal.default_username(STANDARD))
}

/// The groups that EKS itself gives to an entry for nodes.
pub(super) fn default_groups(entry_type: &str) -> BTreeSet<String> {
    let groups: &[&str] = match entry_type {
        STANDARD => &[],
        "FARGATE_LINUX" => &["system:bootstrappers", "system:node-proxier", "system:nodes"],
        _ => &["system:nodes"],
    };
    groups.iter().map(|group| (*group).to_owned()).collect()
}

/// An entry for nodes is a role's of the cluster's own account.
pub(super) fn check_type(entry_type: &str, principal: &Principal<'_>, account: &str) -> Result<(), Refusal> {
    ensure(ACCESS_ENTRY_TYPES.contains(&entry_type), || {
        let known = ACCESS_ENTRY_TYPES.join(", ");
        invalid_parameter(format!("The type {entry_type} is invalid, it must be one of [{known}]"))
    })?;
    let standard = entry_type == STANDARD;
    ensure(standard || principal.kind == "role", || {
        invalid_parameter(format!("The principalArn of an access entry of type {entry_type} must be an IAM role"))
    })?;
    ensure(standard || principal.account == account, || {
        invalid_parameter(format!(
            "The principalArn of an access entry of type {entry_type} must be in the same account as the cluster"
        ))
    })
}

/// facts §7
pub(super) fn check_groups(groups: &BTreeSet<String>) -> Result<(), Refusal> {
    for group in groups {
        ensure(!group.trim().is_empty(), || invalid_parameter("The kubernetes group name must not be empty"))?;
        let reserved = RESERVED.iter().find(|prefix| group.starts_with(**prefix));
        if let Some(prefix) = reserved {
            return Err(invalid_parameter(format!(
                "The kubernetes group name {group} is invalid, it cannot start with {prefix}"
            )));
        }
    }
    Ok(())
}

/// facts §1.4, §7
pub(super) fn check_username(username: &str) -> Result<(), Refusal> {
    ensure(!username.trim().is_empty(), || invalid_parameter("The username must not be empty"))?;
    if let Some(prefix) = RESERVED.iter().find(|prefix| username.starts_with(**prefix)) {
        return Err(invalid_parameter(format!("The username must not begin with {prefix}")));
    }
    let mut sessions = SESSION_NAMES.iter().filter_map(|session| username.find(session).map(|at| (session, at)));
    match sessions.find(|(_, at)| !username[..*at].contains(':')) {
        Some((session, _)) => Err(invalid_parameter(format!("The username must contain a colon before {session}"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_users_are_principals_and_nothing_else_is() {
        let arn = |rest: &str| format!("arn:aws:iam::111122223333:{rest}");
        let role = arn("role/a/b/name");
        let parsed = Principal::parse(&role).unwrap();
        assert_eq!((parsed.account, parsed.kind, parsed.name), ("111122223333", "role", "name"));
        assert!(Principal::parse(&arn("user/name")).is_ok());
        for wrong in [arn("root"), arn("group/x"), arn("role/"), arn("role/a b"), "name".into()] {
            assert_eq!(Principal::parse(&wrong).unwrap_err().message, "The principalArn parameter format is not valid");
        }
        let session = "arn:aws:sts::111122223333:assumed-role/name/session";
        assert!(Principal::parse(session).unwrap_err().message.contains("format is not valid"));
        let service = arn("role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS");
        assert!(Principal::parse(&service).unwrap_err().message.contains("Service Linked Role"));
    }

    #[test]
    fn a_session_name_comes_after_a_colon() {
        for good in ["x", "x:{{SessionName}}", "x:y-{{SessionNameRaw}}", "x:{{AccountID}}"] {
            check_username(good).unwrap();
        }
        for bad in ["", " ", "system:x", "iam:x", "{{SessionName}}", "x-{{SessionName}}:", "x{{SessionNameRaw}}"] {
            check_username(bad).unwrap_err();
        }
    }
}
