//! What every service stands on: ids, moments, pages, stale views, refusals, faults, tokens, and where a world is kept.
//!
//! Each file is a tool of its own, such as [`ids`]. Not here: any service. Nothing in this folder knows of one.

pub(crate) mod clock;
pub(crate) mod fault;
pub(crate) mod ids;
pub(crate) mod paging;
pub(crate) mod quiet;
pub(crate) mod refusal;
pub(crate) mod stale;
pub(crate) mod store;
pub(crate) mod table;
pub(crate) mod tokens;
pub(crate) mod tracked;
