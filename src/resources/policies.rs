//! The policies that follow from what the kinds declare, shown in `docs/permissions.md`.
//!
//! The central function is [`permissions_document`]. Not here: what is declared (`<kind>/aws.rs`), nor why each is needed
//! (the document).

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Command, Condition, Managed, Permission, Remote};

macro_rules! permissions {
    ($($(#[$only:meta])* $kind:ident: $module:ident,)+) => {
        /// What every kind needs, by kind.
        pub fn permissions() -> Vec<(&'static str, &'static [Permission])> {
            vec![$($(#[$only])* (<super::$module::$kind as Managed>::KIND, <super::$module::$kind as Remote>::PERMISSIONS),)+]
        }
    };
}

super::for_each_kind!(permissions);

/// `docs/permissions.md` with its policies renewed.
pub fn permissions_document(text: &str) -> String {
    let sections = [("plan", Command::Plan), ("apply", Command::Apply), ("destroy", Command::Destroy)];
    sections.into_iter().fold(text.to_owned(), |text, (name, command)| {
        let begin = format!("<!-- {name}: generated from PERMISSIONS in src/resources, a test keeps it fresh -->\n");
        let end = "<!-- end -->";
        // Without its mark, a policy stands at the end.
        let (before, rest) = text.split_once(&begin).unwrap_or((&text, ""));
        let after = rest.split_once(end).map_or("\n", |(_, after)| after);
        format!("{before}{begin}```json\n{}\n```\n{end}{after}", policy(command))
    })
}

/// An IAM policy.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    effect: &'static str,
    action: Texts,
    resource: Texts,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    condition: BTreeMap<&'static str, BTreeMap<&'static str, Texts>>,
}

/// One text, or a list of them, as policies are written.
#[derive(Serialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Several(Vec<String>),
}

impl Texts {
    /// As in the examples' account.
    fn of(texts: &[&str]) -> Self {
        let filled = |text: &&str| {
            text.replace("{region}", "us-east-1")
                .replace("{account}", "111122223333")
                .replace("{cluster}", "gitlab-runners")
        };
        match texts {
            [one] => Self::One(filled(one)),
            several => Self::Several(several.iter().map(filled).collect()),
        }
    }
}

/// Actions on resources, under conditions.
struct Group {
    actions: Vec<&'static str>,
    resources: Vec<&'static str>,
    conditions: &'static [Condition],
}

/// What a command needs besides what those above it need.
fn policy(command: Command) -> String {
    let policy = Policy { version: "2012-10-17", statement: groups(command).iter().map(statement).collect() };
    // Texts in lists and maps: there is nothing that JSON could not hold.
    serde_json::to_string_pretty(&policy).unwrap_or_default()
}

/// One for all actions on the same resource, and one for all resources of the same actions.
fn groups(command: Command) -> Vec<Group> {
    let all = permissions().into_iter().flat_map(|(_, permissions)| permissions);
    let mut by_resource: Vec<Group> = vec![];
    for Permission { action, resource, conditions, .. } in all.filter(|it| it.command == command) {
        match by_resource.iter_mut().find(|group| group.resources == [*resource] && group.conditions == *conditions) {
            Some(group) if group.actions.contains(action) => {}
            Some(group) => group.actions.push(action),
            None => by_resource.push(Group { actions: vec![action], resources: vec![resource], conditions }),
        }
    }
    let mut groups: Vec<Group> = vec![];
    for group in by_resource {
        match groups.iter_mut().find(|it| it.actions == group.actions && it.conditions == group.conditions) {
            Some(same) => same.resources.extend(group.resources),
            None => groups.push(group),
        }
    }
    groups
}

fn statement(group: &Group) -> Statement {
    let mut condition: BTreeMap<&'static str, BTreeMap<&'static str, Texts>> = BTreeMap::new();
    for (operator, key, values) in group.conditions {
        condition.entry(operator).or_default().insert(key, Texts::of(values));
    }
    Statement { effect: "Allow", action: Texts::of(&group.actions), resource: Texts::of(&group.resources), condition }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::aws::{AutoScaling, Eks};

    #[test]
    fn every_operation_that_may_be_called_is_declared() {
        let declared: BTreeSet<String> = permissions()
            .into_iter()
            .flat_map(|(_, permissions)| permissions)
            .filter(|permission| permission.called)
            .map(|permission| permission.action.to_owned())
            .collect();
        let callable: BTreeSet<String> = Eks::operations().chain(AutoScaling::operations()).collect();
        assert_eq!(declared, callable);
    }

    #[test]
    fn a_policy_that_the_document_has_no_place_for_is_seen() {
        let text = permissions_document("# Permissions\n");
        assert!(text.contains("eks:DescribeCluster") && text.contains("eks:DeleteCluster"), "{text}");
        assert_eq!(permissions_document(&text), text);
    }
}
