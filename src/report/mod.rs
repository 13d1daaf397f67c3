//! What people see: the plan, the progress of an apply, and what became of it.
//!
//! The central types are [`PlanText`] for a plan and [`Progress`] for events. Nothing here decides or does anything, and
//! colours are anstyle's, dropped where the stream does not want them.

mod duration;
mod fields_text;
mod graph_text;
mod plan_text;
mod progress;
mod result_text;
mod schemas;
mod style;
mod value_text;

pub use duration::spoken;
pub use fields_text::fields_document;
pub use graph_text::{dot, mermaid};
pub use plan_text::{Mood, PlanText, count};
pub use progress::Progress;
pub use result_text::{error_text, result_text};
pub use schemas::plan_schema;
