//! How often to look, and how many refusals and failed reads to put up with.
//!
//! The one function is [`pause`]; the rest are constants. Not here: how long an action may take in all, which its kind
//! says (`Managed::patience`).

use std::time::Duration;

/// How long to wait before looking again, `waited` after the start: quick updates are seen soon, long ones cost few calls.
pub(super) fn pause(waited: Duration) -> Duration {
    match waited.as_secs() {
        0..60 => Duration::from_secs(5),
        60..300 => Duration::from_secs(15),
        _ => Duration::from_secs(30),
    }
}

/// How long a resource that was just made may stay invisible (facts/eks-semantics.md §2.3).
pub(super) const VISIBLE_WITHIN: Duration = Duration::from_mins(1);

/// How often a resource that is ready but ill may refuse before that is taken for an answer.
pub(super) const REFUSALS: u32 = 4;

/// How often a resource that is ready and well may refuse to be deleted: what used it is gone from sight a little earlier
/// than from AWS' own bookkeeping.
pub(super) const REFUSALS_TO_DELETE: u32 = 12;

/// How many reads in a row may fail while waiting; what was started goes on in AWS meanwhile.
pub(super) const FAILED_READS: u32 = 5;
