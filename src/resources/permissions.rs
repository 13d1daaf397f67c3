//! What IAM has to allow: declared by each kind beside the calls that need it.
//!
//! The central type is [`Permission`]. Not here: the calls (`<kind>/aws.rs`), nor the policies that follow (`policies`).

/// The cluster.
pub(crate) const CLUSTER: &str = "arn:aws:eks:{region}:{account}:cluster/{cluster}";
/// What IAM cannot restrict to particular resources.
pub(crate) const ANY: &str = "*";
/// Only what carries our ownership tag.
pub(crate) const IS_OURS: &[Condition] = &[("StringEquals", "aws:ResourceTag/trueup/cluster", &["{region}/{cluster}"])];
/// Only with our ownership tag.
pub(crate) const BECOMES_OURS: &[Condition] =
    &[("StringEquals", "aws:RequestTag/trueup/cluster", &["{region}/{cluster}"])];
/// Only to EKS.
pub(crate) const PASSED_TO_EKS: &[Condition] = &[("StringEquals", "iam:PassedToService", &["eks.amazonaws.com"])];

/// A condition of IAM: the operator, the key, and the values that it allows.
pub type Condition = (&'static str, &'static str, &'static [&'static str]);

/// An action that IAM has to allow. Its texts may name the `{region}`, the `{account}` and the `{cluster}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// The action, such as `eks:DescribeCluster`.
    pub action: &'static str,
    /// Who needs it.
    pub command: Command,
    /// The ARN of what it acts on.
    pub resource: &'static str,
    /// Under which conditions it is enough.
    pub conditions: &'static [Condition],
    /// Whether trueup itself calls it; else AWS checks it while it carries out what trueup calls.
    pub called: bool,
}

/// The first command that needs a permission; those below need it, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Command {
    /// `plan` and `drift`.
    Plan,
    /// `apply`.
    Apply,
    /// `destroy`.
    Destroy,
}

impl Permission {
    /// What reading needs.
    pub(crate) const fn plan(action: &'static str, resource: &'static str) -> Self {
        Self { action, command: Command::Plan, resource, conditions: &[], called: true }
    }

    /// What changing needs.
    pub(crate) const fn apply(action: &'static str, resource: &'static str) -> Self {
        Self { command: Command::Apply, ..Self::plan(action, resource) }
    }

    /// What only `destroy` needs.
    pub(crate) const fn destroy(action: &'static str, resource: &'static str) -> Self {
        Self { command: Command::Destroy, ..Self::plan(action, resource) }
    }

    /// What AWS checks while it carries out what `apply` calls.
    pub(crate) const fn checked(action: &'static str, resource: &'static str) -> Self {
        Self { called: false, ..Self::apply(action, resource) }
    }

    /// The same under conditions.
    pub(crate) const fn only(self, conditions: &'static [Condition]) -> Self {
        Self { conditions, ..self }
    }
}
