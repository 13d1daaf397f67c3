//! The errors of EKS (facts §2.1).
//!
//! Functions without state, one for each code, such as [`in_use`]. Not here: when they are due.

use crate::kernel::refusal::Refusal;

impl Refusal {
    /// The same refusal, naming the cluster it is about.
    pub(crate) fn of_cluster(self, name: &str) -> Self {
        self.with("clusterName", name)
    }

    /// The same refusal, naming the nodegroup it is about.
    pub(crate) fn of_nodegroup(self, name: &str) -> Self {
        self.with("nodegroupName", name)
    }

    /// The same refusal, naming the add-on it is about.
    pub(crate) fn of_addon(self, name: &str) -> Self {
        self.with("addonName", name)
    }
}

/// What was sent is wrong, changes nothing, or is not allowed to change that way.
pub(crate) fn invalid_parameter(message: impl Into<String>) -> Refusal {
    Refusal::bad_input(message)
}

/// The state of the resource forbids it.
pub(crate) fn invalid_request(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidRequestException", message)
}

/// It exists already, or is busy.
pub(crate) fn in_use(message: impl Into<String>) -> Refusal {
    Refusal::new(409, "ResourceInUseException", message)
}

/// There is no such thing.
pub(crate) fn not_found(message: impl Into<String>) -> Refusal {
    Refusal::new(404, "ResourceNotFoundException", message)
}

/// A quota is reached (facts §5).
pub(crate) fn limit_exceeded(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "ResourceLimitExceededException", message)
}
