//! How often to look, and how many refusals and failed reads to put up with.
//!
//! The one function is [`pause`]; the rest are constants. Not here: how long an action may take in all, and how long it
//! usually takes, which its kind says (`Traits`).

use std::time::Duration;

/// The shortest and the longest time between two looks.
const SHORTEST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(30);
/// How many looks something takes that ends when expected.
const LOOKS: u32 = 12;

/// How long to wait before looking again at something that usually takes as long as `expected`, `waited` after its start:
/// quick updates are seen soon, long ones cost few calls.
pub(super) fn pause(waited: Duration, expected: Duration) -> Duration {
    (expected.max(waited) / LOOKS).clamp(SHORTEST, LONGEST)
}

/// How long IAM may take to tell others of a role that was just made (facts/eks-semantics.md §2.2).
pub(super) const PROPAGATED_WITHIN: Duration = Duration::from_mins(2);

/// How often a resource that is ready but ill may refuse before that is taken for an answer.
pub(super) const REFUSALS: u32 = 4;

/// How often a resource that is ready and well may refuse to be deleted: what used it is gone from sight a little earlier
/// than from AWS' own bookkeeping.
pub(super) const REFUSALS_TO_DELETE: u32 = 12;

/// How many reads in a row may fail while waiting; what was started goes on in AWS meanwhile.
pub(super) const FAILED_READS: u32 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_follows_what_is_expected_and_slows_down_for_what_is_late() {
        let seconds = |waited, expected| pause(Duration::from_secs(waited), Duration::from_secs(expected)).as_secs();
        assert_eq!(seconds(0, 1), 5);
        assert_eq!(seconds(0, 180), 15);
        assert_eq!(seconds(0, 540), 30);
        assert_eq!(seconds(120, 1), 10);
        assert_eq!(seconds(3600, 1), 30);
    }
}
