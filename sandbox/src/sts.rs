//! STS: who is calling.
//!
//! The central item is the table of its one operation, [`OPERATIONS`]. Not here: sessions, permissions.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::wire::{Operation, Protocol, decode};
use crate::world::World;

pub(crate) const PROTOCOL: Protocol =
    Protocol::Query { version: "2011-06-15", namespace: "https://sts.amazonaws.com/doc/2011-06-15/" };

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "sts:GetCallerIdentity",
    route: "POST /",
    mutating: false,
    handler: |world, input| decode::<Nothing>(input).map(|Nothing {}| get_caller_identity(world)),
}];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Needs no permission and always tells the account (facts §2.4).
fn get_caller_identity(world: &World) -> Value {
    let arn = &world.settings.caller_arn;
    let id = world.account.unique_id(&world.account.principal_of(arn)).unwrap_or("AROAUNKNOWNTOTHEACCT");
    let session = arn.contains(":assumed-role/").then(|| arn.rsplit('/').next().unwrap_or_default());
    json!({
        "UserId": session.map_or_else(|| id.to_owned(), |session| format!("{id}:{session}")),
        "Account": world.settings.account,
        "Arn": arn,
    })
}
