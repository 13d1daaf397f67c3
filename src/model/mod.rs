//! The vocabulary of a plan: addresses, values, fields, differences. Plain data.
//!
//! The central type is [`Field`], one row of a kind's mutability table. Nothing here does I/O or knows a kind.

mod address;
mod disruption;
mod document;
mod field;
mod home;
mod obeyed;
mod operation;
mod output;
mod principal;
mod reference;
mod seen;
mod value;
mod view;

pub use address::Address;
pub use disruption::{Disruption, Effect};
pub use document::{Json, Secret, hexadecimal};
pub use field::{Blocker, Difference, Direction, Field, FieldChange, Guard, Phase, Rule, Verdict, differences, field};
pub use home::Home;
pub(crate) use obeyed::is_obeyed;
pub use operation::{Call, Operation};
pub use output::{Output, Outputs};
pub use principal::Principal;
pub use reference::{Link, Ref};
pub use seen::{Ownership, Seen, State};
pub(crate) use value::word;
pub use value::{Delta, Value};
pub use view::View;
