//! Access entries: who may use a cluster's Kubernetes API (facts §1.4, §7). The central type is `AccessEntry` in
//! [`state`].
//!
//! Everything here is synchronous. Not here: the authentication mode itself (`cluster_update`), Kubernetes' own RBAC.

pub(super) mod describe;
pub(super) mod entries;
pub(crate) mod input;
mod lookup;
pub(super) mod made;
pub(super) mod policies;
pub(crate) mod principal;
pub(crate) mod state;

#[cfg(test)]
mod tests;
