//! Tags of Auto Scaling groups (facts §1.7).
//!
//! Functions without state, one for each operation, such as [`create_or_update`]. Not here: who may write which key;
//! Auto Scaling lets anybody overwrite anything (facts §0.9).

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

use super::describe::{page, page_size, tag_shape};
use super::input::{DescribeTags, Filter, Tag, Tags};
use super::lookup::changeable;
use super::state::GroupTag;
use crate::kernel::clock::seconds;
use crate::kernel::refusal::Refusal;
use crate::kernel::stale::StaleView;
use crate::services::autoscaling::refusal::validation;
use crate::wire::operation::{Kind, Operation};
use crate::world::World;

/// What tags are filtered by: group, key, value and whether they propagate.
const FILTERS: [&str; 4] = ["auto-scaling-group", "key", "value", "propagate-at-launch"];
/// facts §1.7, §5
const TAG_LIMIT: usize = 50;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "autoscaling:DescribeTags",
        route: "",
        kind: Kind::Reads,
        token: None,
        bad_input: "ValidationError",
        lag: None,
        handler: |world, call| describe(world, &call.input()?),
    },
    Operation {
        name: "autoscaling:CreateOrUpdateTags",
        route: "",
        kind: Kind::Writes,
        token: None,
        bad_input: "ValidationError",
        lag: Some(|switches| switches.group_tag_lag_seconds),
        handler: |world, call| create_or_update(world, &call.input()?, call.lag),
    },
    Operation {
        name: "autoscaling:DeleteTags",
        route: "",
        kind: Kind::Writes,
        token: None,
        bad_input: "ValidationError",
        lag: Some(|switches| switches.group_tag_lag_seconds),
        handler: |world, call| delete(world, &call.input()?, call.lag),
    },
];

/// The tags of all groups, one by one, as far as they match all filters. A filter sees the past for a while (facts §2.3).
fn describe(world: &World, input: &DescribeTags) -> Result<Value, Refusal> {
    let size = page_size(input.max_records)?;
    if let Some(unknown) = input.filters.iter().find(|filter| !FILTERS.contains(&filter.name.as_str())) {
        return Err(validation(format!("Filter type {} is not correct", unknown.name)));
    }
    let mut found = Vec::new();
    for (name, group) in world.auto_scaling_groups().iter().filter(|(_, group)| world.now >= group.filtered_from) {
        for (key, tag) in StaleView::seen(group.former_filter_tags.as_ref(), &group.tags, world.now) {
            if input.filters.iter().all(|filter| matches(filter, name, key, tag)) {
                // A space sorts before whatever a name may have.
                found.push((format!("{name} {key}"), (name, key, tag)));
            }
        }
    }
    let scope = format!("tags {:?}", input.filters);
    let shape = |(group, key, tag): (&String, &String, &GroupTag)| tag_shape(group, key, tag);
    page(world, "Tags", &scope, found, shape, (size, input.next_token.as_deref()))
}

fn matches(filter: &Filter, group: &str, key: &str, tag: &GroupTag) -> bool {
    let propagates = tag.propagate_at_launch.to_string();
    let actual = [group, key, tag.value.as_str(), propagates.as_str()];
    let named = FILTERS.iter().zip(actual).find(|(name, _)| **name == filter.name);
    named.is_some_and(|(_, actual)| filter.values.iter().any(|value| value == actual))
}

fn create_or_update(world: &mut World, input: &Tags, lag: Duration) -> Result<Value, Refusal> {
    let most = usize::try_from(world.settings.switches.group_tags_per_call).unwrap_or(usize::MAX);
    if most > 0 && input.tags.len() > most {
        return Err(validation(format!("At most {most} tags can be written in one call")));
    }
    all_or_nothing(world, input, lag, |world, tag| {
        let value = tag.value.clone().unwrap_or_default();
        // facts §1.7: PropagateAtLaunch must be sent
        let propagate_at_launch = tag
            .propagate_at_launch
            .ok_or_else(|| validation(format!("PropagateAtLaunch is missing for tag {}", tag.key)))?;
        if value.chars().count() > 256 || tag.key.to_ascii_lowercase().starts_with("aws:") {
            return Err(validation(format!("Tag {} has too long a value or a reserved key", tag.key)));
        }
        let group = changeable(world, &tag.resource_id)?;
        group.tags.insert(tag.key.clone(), GroupTag { value, propagate_at_launch });
        if group.tags.len() > TAG_LIMIT {
            let message = format!("There can be at most {TAG_LIMIT} tags on group {}", tag.resource_id);
            return Err(Refusal::new(400, "LimitExceeded", message));
        }
        Ok(())
    })
}

/// A key that is not there is no error (facts §1.7).
fn delete(world: &mut World, input: &Tags, lag: Duration) -> Result<Value, Refusal> {
    all_or_nothing(world, input, lag, |world, tag| {
        changeable(world, &tag.resource_id)?.tags.remove(&tag.key);
        Ok(())
    })
}

/// Edits the groups' tags; after the first refusal everything is as before.
fn all_or_nothing(
    world: &mut World,
    input: &Tags,
    lag: Duration,
    mut edit: impl FnMut(&mut World, &Tag) -> Result<(), Refusal>,
) -> Result<Value, Refusal> {
    let before = world.auto_scaling_groups().clone();
    let edited = input.tags.iter().try_for_each(|tag| check(tag).and_then(|()| edit(world, tag)));
    if let Err(refusal) = edited {
        *world.auto_scaling_groups_mut() = before;
        return Err(refusal);
    }
    let (now, filter_lag) = (world.now, seconds(world.settings.switches.group_filter_lag_seconds));
    let named: BTreeSet<&String> = input.tags.iter().map(|tag| &tag.resource_id).collect();
    for name in named {
        let (old, new) = (before.get(name), world.auto_scaling_groups_mut().get_mut(name));
        if let Some((old, group)) = old.zip(new).filter(|(old, group)| group.tags != old.tags) {
            // facts §2.3
            group.former_tags = StaleView::left_by_write(old.tags.clone(), now, lag);
            group.former_filter_tags = StaleView::left_by_write(old.tags.clone(), now, filter_lag);
        }
    }
    Ok(Value::Null)
}

fn check(tag: &Tag) -> Result<(), Refusal> {
    if tag.resource_type != "auto-scaling-group" {
        return Err(validation(format!("{} is not a valid resource type", tag.resource_type)));
    }
    if !(1..=128).contains(&tag.key.chars().count()) {
        return Err(validation(format!("Tag key {} must have between 1 and 128 characters", tag.key)));
    }
    Ok(())
}
