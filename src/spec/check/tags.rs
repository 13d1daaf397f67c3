//! Tags: what AWS allows, and what trueup keeps for itself.
//!
//! The central function is [`check`]; [`check_eks`] adds what only EKS refuses. Used for the tags of what EKS knows
//! and, with other rules on top, for those of Auto Scaling groups.

use crate::spec::place::Place;
use crate::spec::problem::Problem;
use crate::spec::suggest::quoted;
use crate::spec::types::{MAX_TAGS, Tags};

/// The mark of ownership that trueup puts on what it creates.
const OWN_TAGS: usize = 1;
const MAX_KEY: usize = 128;
const MAX_VALUE: usize = 256;

/// What AWS keeps for tags of its own.
const RESERVED: &str = "aws:";

/// The tags of a cluster, a nodegroup or an access entry. Only EKS keeps the prefix to itself in values too.
pub(super) fn check_eks(tags: &Tags, place: &Place<'_>, problems: &mut Vec<Problem>) {
    check(tags, place, problems);
    for (name, value) in tags.iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
        if is_reserved(value) {
            let problem =
                place.key(name).problem(format!("the tag's value {} begins with `{RESERVED}`", quoted(value)));
            problems.push(problem.hinted("EKS keeps such values to AWS itself; choose another value"));
        }
    }
}

/// The keys and values of one set of tags.
pub(super) fn check(tags: &Tags, place: &Place<'_>, problems: &mut Vec<Problem>) {
    for (name, value) in tags {
        let place = place.key(name);
        key(name, &place, problems);
        self::value(value.as_deref().unwrap_or_default(), &place, problems);
    }
}

/// The value of a tag.
pub(super) fn value(value: &str, place: &Place<'_>, problems: &mut Vec<Problem>) {
    let length = value.chars().count();
    if length > MAX_VALUE {
        problems.push(place.problem(format!("the tag's value has {length} characters, but AWS allows {MAX_VALUE}")));
    }
}

/// The key of a tag, be it the user's or one that trueup makes.
pub(super) fn key(key: &str, place: &Place<'_>, problems: &mut Vec<Problem>) {
    let length = key.chars().count();
    if length == 0 {
        problems.push(place.key_problem("the tag's key is empty"));
    }
    if length > MAX_KEY {
        problems.push(
            place.key_problem(format!(
                "the tag's key {} has {length} characters, but AWS allows {MAX_KEY}",
                quoted(key)
            )),
        );
    }
    if is_reserved(key) {
        let problem = place.key_problem(format!("the tag's key {} begins with `{RESERVED}`", quoted(key)));
        problems.push(problem.hinted("such tags are made by AWS itself; choose another key"));
    }
    if key.starts_with("trueup/") {
        let problem = place.key_problem(format!("the tag's key {} begins with `trueup/`", quoted(key)));
        problems.push(problem.hinted("trueup marks what it has created with such tags; choose another key"));
    }
}

/// In capital letters too.
fn is_reserved(text: &str) -> bool {
    text.get(..RESERVED.len()).is_some_and(|start| start.eq_ignore_ascii_case(RESERVED))
}

/// How many tags a resource would carry.
pub(super) fn count<'a>(
    tags: impl Iterator<Item = (&'a String, &'a Option<String>)>,
    place: &Place<'_>,
    problems: &mut Vec<Problem>,
) {
    let count = tags.filter(|(_, value)| value.is_some()).count() + OWN_TAGS;
    if count > MAX_TAGS {
        let message = format!("this makes {count} tags with the one that trueup adds, but AWS allows {MAX_TAGS}");
        problems.push(place.key_problem(message).hinted("list fewer tags"));
    }
}

/// How many tags a resource would carry with those of `metadata.tags`.
pub(super) fn count_with(shared: &Tags, own: &Tags, place: &Place<'_>, problems: &mut Vec<Problem>) {
    // Without tags of its own it is `metadata.tags` that is too long, and that is said there.
    if !own.is_empty() {
        let inherited = shared.iter().filter(|(key, _)| !own.contains_key(*key));
        count(inherited.chain(own), place, problems);
    }
}
