//! Who an ARN names: the account and the name of a role or a user, whatever path or session the ARN carries.
//!
//! The central type is [`Principal`]. Not here: whether an ARN is one that EKS makes entries for
//! (`spec/check/principal.rs`).

use std::fmt;

/// A role or a user of an account. Names are unique within an account, so the path plays no part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Principal {
    /// The account's number.
    pub account: String,
    /// `role` or `user`.
    pub kind: &'static str,
    /// The name, without a path.
    pub name: String,
}

impl Principal {
    /// Whom an ARN names: a role, a user, or the role behind an STS session. `None` for anything else, such as root.
    pub fn of(arn: &str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        let (service, account) = (parts.by_ref().nth(2)?, parts.by_ref().nth(1)?);
        let (kind, path) = parts.next()?.split_once('/')?;
        let (kind, name) = match (service, kind) {
            ("iam", "role") => ("role", path.rsplit('/').next()?),
            ("iam", "user") => ("user", path.rsplit('/').next()?),
            ("sts", "assumed-role") => ("role", path.split('/').next()?),
            _ => return None,
        };
        Some(Self { account: account.to_owned(), kind, name: name.to_owned() })
    }
}

/// Without the account, which is the same for all that is compared.
impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_and_a_session_name_the_same_role() {
        let plain = Principal::of("arn:aws:iam::111122223333:role/deploy");
        assert!(plain.is_some());
        assert_eq!(Principal::of("arn:aws:iam::111122223333:role/ci/runners/deploy"), plain);
        assert_eq!(Principal::of("arn:aws:sts::111122223333:assumed-role/deploy/session"), plain);
    }

    #[test]
    fn other_accounts_users_and_names_are_others() {
        let all = [
            "arn:aws:iam::111122223333:role/deploy",
            "arn:aws:iam::444455556666:role/deploy",
            "arn:aws:iam::111122223333:user/deploy",
            "arn:aws:iam::111122223333:role/deploy/other",
        ];
        let all: std::collections::BTreeSet<_> = all.iter().map(|arn| Principal::of(arn).unwrap()).collect();
        assert_eq!(all.len(), 4);
    }

    #[test]
    fn root_and_what_is_no_arn_are_nobody() {
        assert_eq!(Principal::of("arn:aws:iam::111122223333:root"), None);
        assert_eq!(Principal::of("deploy"), None);
        assert_eq!(Principal::of(""), None);
    }
}
