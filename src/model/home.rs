//! Where a cluster is.
//!
//! The central type is [`Home`].

/// The cluster that everything belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Home {
    /// The account's number.
    pub account: String,
    /// The region.
    pub region: String,
    /// The cluster's name.
    pub cluster: String,
}
