//! Why a request was refused. The central type is [`Refusal`], the same for all protocols.
//!
//! Not here: how a refusal looks on the wire; each protocol has an envelope of its own (see `wire`).

/// An error of a service: HTTP status, code, message, and the members that a modelled exception carries besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) members: Vec<(&'static str, String)>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), members: Vec::new() }
    }

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

    fn with(mut self, member: &'static str, value: &str) -> Self {
        self.members.push((member, value.to_owned()));
        self
    }
}

/// EKS: what was sent is wrong, changes nothing, or is not allowed to change that way (facts §2.1).
pub(crate) fn invalid_parameter(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidParameterException", message)
}

/// EKS: the state of the resource forbids it (facts §2.1).
pub(crate) fn invalid_request(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidRequestException", message)
}

/// EKS: it exists already, or is busy (facts §2.1).
pub(crate) fn in_use(message: impl Into<String>) -> Refusal {
    Refusal::new(409, "ResourceInUseException", message)
}

/// EKS: there is no such thing (facts §2.1).
pub(crate) fn not_found(message: impl Into<String>) -> Refusal {
    Refusal::new(404, "ResourceNotFoundException", message)
}

/// EKS: a quota is reached (facts §2.1, §5).
pub(crate) fn limit_exceeded(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "ResourceLimitExceededException", message)
}

/// Auto Scaling: the request is wrong, or the group does not exist (facts §2.4).
pub(crate) fn validation(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "ValidationError", message)
}
