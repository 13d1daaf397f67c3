//! The errors of Auto Scaling (facts §2.4).
//!
//! The one function is [`validation`]. Not here: when it is due.

use crate::kernel::refusal::Refusal;

/// The request is wrong, or the group does not exist.
pub(crate) fn validation(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "ValidationError", message)
}
