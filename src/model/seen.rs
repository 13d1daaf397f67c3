//! What was read from AWS about one resource.
//!
//! The central type is [`Seen`], around a kind's own struct. Not here: how it is read (`resources/<kind>/`).

use serde::Serialize;

/// A resource as it is in AWS.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen<R> {
    /// Its settings, in the same struct as what is wanted.
    pub resource: R,
    /// Whether it can be worked on.
    pub state: State,
    /// Whether it carries our ownership tag, which only the create call writes.
    pub owned: bool,
    /// How to name it to AWS' tagging calls, for hints; empty where it takes none.
    pub arn: String,
    /// What a person should know: health issues, processes that AWS suspended.
    pub notes: Vec<String>,
}

/// Whether a resource can be worked on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum State {
    /// It can be changed.
    Ready,
    /// It is being made and will be ready by itself; before that it cannot be compared, for AWS may not show all of it.
    Making(String),
    /// It is being changed and will be ready by itself.
    Working(String),
    /// It is being deleted.
    Leaving(String),
    /// Making it failed: it is of no use and has to be deleted before it can be made again.
    Broken(String),
    /// It needs a person.
    Stuck(String),
}

impl<R> Seen<R> {
    /// The same sighting with its settings wrapped.
    pub fn map<S>(self, wrap: impl FnOnce(R) -> S) -> Seen<S> {
        let Self { resource, state, owned, arn, notes } = self;
        Seen { resource: wrap(resource), state, owned, arn, notes }
    }
}
