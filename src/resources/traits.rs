//! Facts about a kind that the engines go by.
//!
//! The central type is [`Traits`]: a new question of an engine is one more field with a default. Not here: what a kind has
//! to compute, which is a method of `Managed`.

use std::time::Duration;

use crate::model::{Call, Disruption, Operation};

/// Facts about one resource, as its kind states them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traits {
    /// How long an action on it may take before it counts as failed.
    pub timeout: Duration,
    /// How long AWS usually takes.
    pub expected: Expected,
    /// How long what was just written may stay invisible.
    pub visible_within: Duration,
    /// What deleting it disrupts.
    pub removal: Option<Disruption>,
    /// Whether AWS deletes it by itself together with its parent.
    pub with_parent: bool,
    /// Whether one that failed to be created is deleted and created again without anybody asking for that.
    pub recreate: bool,
    /// Whether the file itself consents to disruptions of it.
    pub consents: bool,
    /// How the file could consent, where it can; for hints.
    pub consent_in_file: Option<&'static str>,
    /// Whether, as it was seen, it makes it safe to take another one of its kind away.
    pub satisfies: bool,
    /// Whether the list that it was found by may show it as it was a while ago.
    pub eventually_listed: bool,
    /// Whether pods run on it, so that they need it before others are deleted.
    pub carries_pods: bool,
    /// Whether AWS refuses to create it while its parent is being updated.
    pub needs_quiet_parent: bool,
    /// Whether AWS creates and deletes only one of its kind at a time within a parent.
    pub serial_within_parent: bool,
}

impl Default for Traits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_mins(2),
            expected: Expected::default(),
            visible_within: Duration::from_mins(1),
            removal: None,
            with_parent: false,
            recreate: false,
            consents: false,
            consent_in_file: None,
            satisfies: false,
            eventually_listed: false,
            carries_pods: false,
            needs_quiet_parent: false,
            serial_within_parent: false,
        }
    }
}

/// How long AWS usually takes to do something to a resource (facts/eks-semantics.md §4); a default is for what takes
/// effect at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// To create it.
    pub create: Duration,
    /// To carry out an update.
    pub update: Duration,
    /// To carry out this one, which takes longer than others.
    pub slow: Option<(Call, Duration)>,
    /// To delete it.
    pub delete: Duration,
}

impl Default for Expected {
    fn default() -> Self {
        let moment = Duration::from_secs(1);
        Self { create: moment, update: moment, slow: None, delete: moment }
    }
}

impl Expected {
    /// How long an operation usually takes. What somebody else has begun is half done.
    pub fn of(&self, operation: Operation) -> Duration {
        match operation {
            Operation::Create => self.create,
            Operation::Update(call) => {
                self.slow.filter(|(slow, _)| *slow == call).map_or(self.update, |(_, time)| time)
            }
            Operation::Delete => self.delete,
            Operation::AwaitReady => self.create / 2,
            Operation::AwaitGone => self.delete / 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_default_nothing_special_is_true_of_a_kind() {
        let expected = Traits {
            timeout: Duration::from_mins(2),
            expected: Expected::default(),
            visible_within: Duration::from_mins(1),
            removal: None,
            with_parent: false,
            recreate: false,
            consents: false,
            consent_in_file: None,
            satisfies: false,
            eventually_listed: false,
            carries_pods: false,
            needs_quiet_parent: false,
            serial_within_parent: false,
        };
        assert_eq!(Traits::default(), expected);
    }

    #[test]
    fn each_operation_takes_its_own_time() {
        let (roll, other) = (Call::exclusive("Roll", ""), Call::exclusive("Roll", "part"));
        let seconds = Duration::from_secs;
        let expected =
            Expected { create: seconds(60), update: seconds(2), slow: Some((roll, seconds(500))), delete: seconds(30) };
        assert_eq!(expected.of(Operation::Create), seconds(60));
        assert_eq!(expected.of(Operation::AwaitReady), seconds(30));
        assert_eq!(expected.of(Operation::Delete), seconds(30));
        assert_eq!(expected.of(Operation::AwaitGone), seconds(15));
        assert_eq!(expected.of(Operation::Update(roll)), seconds(500));
        assert_eq!(expected.of(Operation::Update(other)), seconds(2));
        assert_eq!(Expected { slow: None, ..expected }.of(Operation::Update(roll)), seconds(2));
        assert_eq!(Expected::default().of(Operation::Delete), seconds(1));
    }
}
