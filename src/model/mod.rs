//! The vocabulary of a plan: addresses, values, fields, differences. Plain data.
//!
//! The central type is [`Field`], one row of a kind's mutability table. Nothing here does I/O or knows a kind.

mod address;
mod field;
mod late;
mod obeyed;
mod principal;
mod seen;
mod value;

pub use address::Address;
pub use field::{
    Blocker, Call, Difference, Disruption, Effect, Field, FieldChange, Guard, Phase, Rule, Verdict, differences, field,
};
pub use late::Late;
pub(crate) use obeyed::is_obeyed;
pub use principal::Principal;
pub use seen::{Seen, State};
pub(crate) use value::word;
pub use value::{Delta, Value};
