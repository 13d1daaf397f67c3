//! The file: reading it, checking it, and what it means.
//!
//! The central type is [`Spec`]. A file goes through four steps, each of which keeps every location: text becomes a
//! tree with spans (`tree`), the tree is held against the JSON Schema (`shape`), what fits is decoded into a [`Spec`],
//! and the rules that a schema cannot say are checked on it (`check`). All problems of all steps come back at once.
//!
//! Nothing here asks AWS anything: whether a subnet exists is not a question about the file.

mod broken;
mod check;
mod known;
mod load;
mod place;
mod problem;
mod problems;
mod render;
mod schema;
mod shape;
mod suggest;
mod syntax;
#[cfg(test)]
mod tests;
mod tree;
mod types;
mod wording;

pub use load::{load, parse};
pub use problem::{Location, Problem};
pub use problems::Problems;
pub use schema::json_schema;
pub(crate) use suggest::nearest;
pub(crate) use syntax::{MAX_SKEW, minor, partition};
pub use syntax::{is_principal, is_region};
pub use types::*;
