//! From HTTP to an operation with its input, and back.
//!
//! The central type is [`operation::Operation`], one row of a service's table; [`protocol::Protocol`] is how a service
//! speaks. All protocols meet in JSON: an operation takes one JSON object (path, query and body together) and returns
//! one. Not here: which services there are, and what operations do.

pub(crate) mod decode;
pub(crate) mod incoming;
pub(crate) mod operation;
pub(crate) mod protocol;
pub(crate) mod query;
pub(crate) mod rest_json;
pub(crate) mod service;
mod signature;
pub(crate) mod text;
