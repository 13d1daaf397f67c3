//! What was read from AWS about one resource.
//!
//! The central type is [`Seen`], around a kind's own struct. Not here: how it is read (`resources/<kind>/`).

use super::{Address, Blocker, Outputs};

/// A resource as it is in AWS.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen<R> {
    /// Its settings, in the same struct as what is wanted.
    pub resource: R,
    /// Whether it can be worked on.
    pub state: State,
    /// Whose it is.
    pub ownership: Ownership,
    /// The command by which somebody can make it ours, where there is one.
    pub adopt: Option<String>,
    /// What others may refer to.
    pub outputs: Outputs,
    /// What tells it from an earlier or later one of the same name; `None` where AWS shows nothing of that kind.
    pub uid: Option<String>,
    /// Whether it was created so recently that what AWS makes together with it may not be visible yet.
    pub is_new: bool,
    /// What a person should know: health issues, processes that AWS suspended. Nothing is decided by it.
    pub notes: Vec<String>,
}

/// Whether a resource can be worked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It can be changed.
    Ready,
    /// It can be changed, or AWS may refuse, for it has these health issues.
    Degraded(Vec<String>),
    /// It is being made and will be ready by itself; before that it cannot be compared, for AWS may not show all of it.
    Making(String),
    /// It is being changed and will be ready by itself.
    Working(String),
    /// It is being deleted.
    Leaving(String),
    /// Making it failed: it is of no use and has to be deleted before it can be made again.
    Broken(String),
    /// It needs a person: why, and what to do.
    Stuck(Blocker),
}

/// Whose a resource is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ownership {
    /// Ours: it carries our ownership tag, which only the create call writes.
    Ours,
    /// Somebody else's, or of unknown origin.
    NotOurs,
    /// Whoever's that resource is: it takes no tag of its own.
    As(Address),
}

impl Ownership {
    /// Ours, or not.
    pub fn of(ours: bool) -> Self {
        if ours { Self::Ours } else { Self::NotOurs }
    }
}

impl State {
    /// Whether AWS is at work on it, so that it will be in another state by itself.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Making(_) | Self::Working(_) | Self::Leaving(_) => true,
            Self::Ready | Self::Degraded(_) | Self::Broken(_) | Self::Stuck(_) => false,
        }
    }
}

impl<R> Seen<R> {
    /// A resource that is ready, nobody's, and of which nothing else is known.
    pub fn new(resource: R) -> Self {
        Self {
            resource,
            state: State::Ready,
            ownership: Ownership::NotOurs,
            adopt: None,
            outputs: Outputs::default(),
            uid: None,
            is_new: false,
            notes: vec![],
        }
    }

    /// Whether it is known to be ours.
    pub fn is_ours(&self) -> bool {
        self.ownership == Ownership::Ours
    }

    /// The same sighting with its settings wrapped.
    pub fn map<S>(self, wrap: impl FnOnce(R) -> S) -> Seen<S> {
        let Self { resource, state, ownership, adopt, outputs, uid, is_new, notes } = self;
        Seen { resource: wrap(resource), state, ownership, adopt, outputs, uid, is_new, notes }
    }
}
