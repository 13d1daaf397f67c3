//! STS: who is calling.
//!
//! The central item is its one row, [`SERVICE`]. Not here: sessions, permissions.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::wire::operation::{Kind, Operation};
use crate::wire::query::Query;
use crate::wire::service::Service;
use crate::world::World;

pub(crate) const SERVICE: Service = Service {
    name: "sts",
    global: None,
    protocol: &Query { version: "2011-06-15", namespace: "https://sts.amazonaws.com/doc/2011-06-15/" },
    operations: &[OPERATIONS],
    advance: |_| {},
    show: |_| Map::new(),
    fail_later: |_, _, _| {},
    update_errors: &[],
};

const OPERATIONS: &[Operation] = &[Operation {
    name: "sts:GetCallerIdentity",
    route: "",
    kind: Kind::Reads,
    token: None,
    bad_input: "ValidationError",
    lag: None,
    handler: |world, call| call.input::<Nothing>().map(|Nothing {}| get_caller_identity(world)),
}];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Needs no permission and always tells the account (facts §2.4).
fn get_caller_identity(world: &World) -> Value {
    let arn = &world.settings.caller_arn;
    let id = world.iam().unique_id(&world.iam().principal_of(arn)).unwrap_or("AROAUNKNOWNTOTHEACCT");
    let session = arn.contains(":assumed-role/").then(|| arn.rsplit('/').next().unwrap_or_default());
    json!({
        "UserId": session.map_or_else(|| id.to_owned(), |session| format!("{id}:{session}")),
        "Account": world.settings.account,
        "Arn": arn,
    })
}
