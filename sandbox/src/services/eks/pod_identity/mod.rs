//! Pod identity associations: in whose name the pods of a service account call AWS (facts §1.5). The central type is
//! `PodIdentityAssociation` in [`state`].
//!
//! Everything here is synchronous. Not here: credentials, and the agent that hands them to pods.

pub(super) mod associations;
pub(crate) mod input;
pub(crate) mod state;
mod validate;

#[cfg(test)]
mod tests;
