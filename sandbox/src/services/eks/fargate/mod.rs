//! Fargate profiles: which pods run without nodes of their own (facts §1.6). The central type is `FargateProfile` in
//! [`state`].
//!
//! Not here: pods.

pub(crate) mod input;
pub(super) mod profiles;
pub(crate) mod state;
mod validate;

#[cfg(test)]
mod tests;
