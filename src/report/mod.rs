//! What people see: the plan, the progress of an apply, and what became of it.
//!
//! The central types are [`PlanText`] for a plan, [`Progress`] for events, and the [`Page`] that both are put on.
//! Nothing here decides or does anything, and colours are anstyle's, dropped where the stream does not want them.

mod change_text;
mod duration;
mod ending_text;
mod fields_text;
mod graph_text;
mod link;
mod mood;
mod page;
mod plan_text;
mod progress;
mod result_text;
mod schemas;
mod style;
mod value_text;

pub use duration::spoken;
pub use ending_text::ending_text;
pub use fields_text::fields_document;
pub use graph_text::{dot, mermaid};
pub use mood::Mood;
pub use page::{Page, harmless};
pub use plan_text::{PlanText, count};
pub use progress::Progress;
pub use result_text::{error_text, paragraph, result_text};
pub use schemas::{drift_schema, events_schema, plan_schema};
