//! Pod identity associations: their life, whose they are, and what is refused.

use serde_json::{Value, json};

use crate::testing::{Client, NODE_ROLE, POD_ROLE, association, cluster, with};

const ASSOCIATIONS: &str = "/clusters/demo/pod-identity-associations";
const CREATE: &str = "POST /clusters/demo/pod-identity-associations";
const WRONG: &str = "InvalidParameterException";
const TARGET: &str = "arn:aws:iam::999999999999:role/elsewhere";
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;

fn create(client: &mut Client, members: Value) -> Value {
    client.eks(CREATE, with(association(), members)).ok()["association"].clone()
}

fn at(association: &Value) -> String {
    format!("{ASSOCIATIONS}/{}", association["associationId"].as_str().unwrap())
}

fn update(client: &mut Client, association: &Value, members: Value) -> Value {
    client.eks(&format!("POST {}", at(association)), members).ok()["association"].clone()
}

fn list(client: &mut Client, query: &str) -> Vec<String> {
    let listed = client.get(&format!("{ASSOCIATIONS}{query}"))["associations"].clone();
    listed.as_array().unwrap().iter().map(|it| it["serviceAccount"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_association_is_there_at_once() {
    let mut client = Client::new().settled();
    let made = create(&mut client, json!({ "tags": { "a": "1" } }));
    let id = made["associationId"].as_str().unwrap();
    assert!(id.starts_with("a-") && id.len() == 19, "{id}");
    assert_eq!(made["associationArn"], format!("arn:aws:eks:us-east-1:111122223333:podidentityassociation/demo/{id}"));
    let members = ["clusterName", "namespace", "serviceAccount", "roleArn"].map(|member| made[member].clone());
    assert_eq!(members, ["demo", "default", "app", POD_ROLE].map(Value::from));
    assert_eq!((&made["disableSessionTags"], &made["ownerArn"]), (&json!(false), &Value::Null));
    assert_eq!(
        (&made["targetRoleArn"], &made["externalId"], &made["policy"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(client.get(&at(&made))["association"], made);
    let listed = client.get(ASSOCIATIONS)["associations"][0].clone();
    assert_eq!((&listed["associationId"], &listed["roleArn"]), (&made["associationId"], &Value::Null));
    assert_eq!(client.eks(&format!("DELETE {}", at(&made)), Value::Null).ok()["association"], made);
    client.eks(&format!("GET {}", at(&made)), Value::Null).refused(404, "ResourceNotFoundException", id);
    let again = create(&mut client, json!({}));
    assert_ne!(again["associationId"], made["associationId"]);
}

/// facts §2.1 (a)
#[test]
fn a_service_account_has_one_association() {
    let mut client = Client::new().settled();
    let made = create(&mut client, json!({}));
    let message = format!("Association already exists: {}", made["associationId"].as_str().unwrap());
    client.eks(CREATE, association()).refused(409, "ResourceInUseException", &message);
    create(&mut client, json!({ "namespace": "other" }));
    create(&mut client, json!({ "serviceAccount": "other.one" }));
    assert_eq!(list(&mut client, "").len(), 3);
    assert_eq!(list(&mut client, "?namespace=other"), ["app"]);
    assert_eq!(list(&mut client, "?serviceAccount=app").len(), 2);
    assert_eq!(list(&mut client, "?namespace=default&serviceAccount=other.one"), ["other.one"]);
    let first = client.get(&format!("{ASSOCIATIONS}?maxResults=1"));
    let token = first["nextToken"].as_str().unwrap();
    assert_eq!(list(&mut client, &format!("?maxResults=100&nextToken={token}")).len(), 2);
    let other_list = client.eks(&format!("GET {ASSOCIATIONS}?namespace=default&nextToken={token}"), Value::Null);
    other_list.refused(400, WRONG, "nextToken");
}

/// facts §1.5
#[test]
fn an_update_changes_what_it_names() {
    let mut client = Client::new().settled();
    client.world.account_mut().make_role("other", "/", &["pods.eks.amazonaws.com"]);
    let made = create(&mut client, json!({}));
    client.wait(60);
    let other = "arn:aws:iam::111122223333:role/other";
    let updated = update(&mut client, &made, json!({ "roleArn": other }));
    let changed = json!({ "roleArn": other, "modifiedAt": made["createdAt"].as_f64().unwrap() + 60.0 });
    assert_eq!(updated, with(made.clone(), changed));
    let targeted = update(&mut client, &made, json!({ "targetRoleArn": TARGET }));
    assert_eq!((&targeted["targetRoleArn"], &targeted["roleArn"]), (&json!(TARGET), &json!(other)));
    assert!(targeted["externalId"].is_string());
    let body = json!({ "disableSessionTags": true, "policy": POLICY });
    let restricted = update(&mut client, &made, body.clone());
    assert_eq!(restricted, with(targeted, body));
    assert_eq!(client.get(&at(&made))["association"], restricted);
    let back = update(&mut client, &made, json!({ "targetRoleArn": "", "policy": "" }));
    assert_eq!(
        (&back["targetRoleArn"], &back["externalId"], &back["policy"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    client.eks(&format!("POST {}", at(&made)), json!({})).refused(400, WRONG, "At least one of");
}

/// facts §0.2, §1.5, a switch
#[test]
fn an_update_that_changes_nothing() {
    let mut client = Client::new().settled();
    let made = create(&mut client, json!({}));
    update(&mut client, &made, json!({ "roleArn": POD_ROLE }));
    client.world.settings_mut().switches.association_no_ops_refused = true;
    client.eks(&format!("POST {}", at(&made)), json!({ "roleArn": POD_ROLE })).refused(400, WRONG, "No changes needed");
    update(&mut client, &made, json!({ "disableSessionTags": true }));
}

/// facts §1.5, §2.2
#[test]
fn wrong_associations_are_refused_in_eks_words() {
    let mut client = Client::new().settled();
    client.world.account_mut().make_role("untagged", "/", &["pods.eks.amazonaws.com"]);
    let untagged = client.world.account_mut().roles.get_mut("untagged").unwrap();
    untagged.trusts.get_mut("pods.eks.amazonaws.com").unwrap().remove("sts:TagSession");
    let wrong = [
        (json!({ "namespace": "A" }), "not a valid name"),
        (json!({ "namespace": "a.b" }), "not a valid name"),
        (json!({ "serviceAccount": "a_b" }), "not a valid name"),
        (json!({ "serviceAccount": "a..b" }), "not a valid name"),
        (json!({ "roleArn": format!("{POD_ROLE}-none") }), "Role provided in the request does not exist"),
        (json!({ "roleArn": NODE_ROLE }), "Trust policy of the role provided is invalid"),
        (
            json!({ "roleArn": "arn:aws:iam::111122223333:role/untagged" }),
            "Trust policy of the role provided is invalid",
        ),
        (json!({ "targetRoleArn": "elsewhere" }), "is not the ARN of a role"),
        (json!({ "policy": POLICY }), "disableSessionTags must be set to true"),
        (json!({ "policy": "[]", "disableSessionTags": true }), "not a valid policy"),
        (json!({ "tags": { "aws:a": "1" } }), "reserved prefix"),
        (json!({ "ownerArn": "x" }), "does not know"),
    ];
    for (members, message) in wrong {
        client.eks(CREATE, with(association(), members)).refused(400, WRONG, message);
    }
    let foreign = json!({ "roleArn": TARGET });
    client.eks(CREATE, with(association(), foreign)).refused(403, "AccessDeniedException", "Cross-account");
    assert_eq!(client.get(ASSOCIATIONS)["associations"], json!([]));
    let made = create(&mut client, json!({}));
    let on = format!("POST {}", at(&made));
    client.eks(&on, json!({ "roleArn": NODE_ROLE })).refused(400, WRONG, "Trust policy");
    client.eks(&on, json!({ "policy": POLICY })).refused(400, WRONG, "disableSessionTags must be set to true");
    assert_eq!(client.get(&at(&made))["association"], made);
}

#[test]
fn ids_and_clusters_that_are_not_there() {
    let mut client = Client::new().settled();
    let short = "The parameter associationId should be 19 characters long.";
    let (missing, body) = (format!("{ASSOCIATIONS}/a-0123456789abcdefg"), json!({ "disableSessionTags": true }));
    for (method, body) in [("GET", Value::Null), ("DELETE", Value::Null), ("POST", body)] {
        client.eks(&format!("{method} {ASSOCIATIONS}/a-1"), body.clone()).refused(400, WRONG, short);
        client.eks(&format!("{method} {missing}"), body.clone()).refused(404, "ResourceNotFoundException", "a-0123");
        let elsewhere = client.eks(&format!("{method} {}", missing.replace("demo", "nobody")), body);
        elsewhere.refused(404, "ResourceNotFoundException", "No cluster found");
    }
}

#[test]
fn associations_need_a_cluster_in_service_and_go_with_it() {
    let mut client = Client::new();
    client.eks("POST /clusters", cluster()).ok();
    client.eks(CREATE, association()).refused(400, "InvalidRequestException", "not in ACTIVE status");
    client.wait(540);
    let made = create(&mut client, json!({}));
    client.eks("POST /clusters/demo/update-config", json!({ "deletionProtection": true })).ok();
    update(&mut client, &made, json!({ "disableSessionTags": true }));
    client.wait(60);
    client.eks("POST /clusters/demo/update-config", json!({ "deletionProtection": false })).ok();
    client.wait(60);
    client.eks("DELETE /clusters/demo", Value::Null).ok();
    let doomed = client.eks(&format!("DELETE {}", at(&made)), Value::Null);
    doomed.refused(400, "InvalidRequestException", "not in ACTIVE status");
    client.wait(240);
    client.eks(&format!("GET {ASSOCIATIONS}"), Value::Null).refused(
        404,
        "ResourceNotFoundException",
        "No cluster found",
    );
}

/// An add-on's association looks like any other but for its owner, and nothing is known to protect it.
#[test]
fn an_association_may_have_an_owner() {
    let mut client = Client::new().settled();
    let made = create(&mut client, json!({}));
    let id = made["associationId"].as_str().unwrap();
    let demo = client.world.clusters_mut().get_mut("demo").unwrap();
    let owner = "arn:aws:eks:us-east-1:111122223333:addon/demo/aws-ebs-csi-driver/1";
    demo.pod_identity_associations.get_mut(id).unwrap().owner_arn = Some(owner.into());
    assert_eq!(client.get(&at(&made))["association"]["ownerArn"], owner);
    assert_eq!(client.get(ASSOCIATIONS)["associations"][0]["ownerArn"], owner);
    update(&mut client, &made, json!({ "disableSessionTags": true }));
    client.eks(&format!("DELETE {}", at(&made)), Value::Null).ok();
}

#[test]
fn tags_of_an_association() {
    let mut client = Client::new().settled();
    let made = create(&mut client, json!({ "tags": { "a": "1" } }));
    let path = made["associationArn"].as_str().unwrap().replace(':', "%3A").replace('/', "%2F");
    client.eks(&format!("POST /tags/{path}"), json!({ "tags": { "b": "2" } })).ok();
    client.eks(&format!("DELETE /tags/{path}?tagKeys=a"), Value::Null).ok();
    client.wait(2);
    assert_eq!(client.get(&at(&made))["association"]["tags"], json!({ "b": "2" }));
    assert_eq!(client.get(&format!("/tags/{path}"))["tags"], json!({ "b": "2" }));
    client.eks(&format!("GET /tags/{path}x"), Value::Null).refused(404, "NotFoundException", "No resource found");
    assert_eq!(client.world.show()["clusters"][0]["podIdentityAssociations"][0]["serviceAccount"], "app");
}

#[test]
fn a_token_makes_one_association() {
    let mut client = Client::new().settled();
    let token = json!({ "clientRequestToken": "0123456789abcdef0123456789abcdef0123456789abcdef" });
    assert_eq!(create(&mut client, token.clone()), create(&mut client, token));
}
