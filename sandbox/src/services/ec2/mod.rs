//! EC2: networks. The central type is `State` in [`state`].
//!
//! Not here: its API; asking for it is refused.

pub(crate) mod state;
