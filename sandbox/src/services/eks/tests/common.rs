//! What holds for all operations: unknown things, tokens, faults, tags, pages.

use http::Request;
use serde_json::{Value, json};

use crate::kernel::fault::{Effect, Fault};
use crate::settings::Settings;
use crate::testing::{Client, cluster, nodegroup, with};

const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";

fn fault(operation: &str, effect: Effect) -> Fault {
    Fault { operation: operation.into(), first: 1, count: 1, effect }
}

#[test]
fn what_the_sandbox_does_not_know_is_refused() {
    let mut client = Client::new().settled();
    client.eks("GET /clusters/demo/addons", Value::Null).refused(404, "UnknownOperationException", "does not know");
    let unknown = |client: &mut Client, route: &str, body| {
        client.eks(route, body).refused(400, "InvalidParameterException", "does not know");
    };
    unknown(&mut client, "GET /clusters?verbose=1", Value::Null);
    unknown(&mut client, "POST /clusters", with(cluster(), json!({ "outpostConfig": {} })));
    unknown(&mut client, "POST /clusters/demo/update-config", json!({ "computeConfig": {} }));
    let launch_template = with(nodegroup(), json!({ "launchTemplate": { "id": "lt-1" } }));
    unknown(&mut client, "POST /clusters/demo/node-groups", launch_template);
    unknown(&mut client, "POST /clusters/demo/node-groups", with(nodegroup(), json!({ "clusterName": "other" })));
    // Where the model of the operation has no such word, it is another.
    client.eks("GET /clusters/demo?verbose=1", Value::Null).refused(400, "ClientException", "does not know");
    client.eks("DELETE /clusters/demo?verbose=1", Value::Null).refused(400, "InvalidRequestException", "does not know");
    let mut elsewhere = |authorization: Option<&str>| {
        let mut request = Request::get("https://s3.us-east-1.amazonaws.com/");
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        client.send(request.body(Vec::new().into()).unwrap()).status().as_u16()
    };
    assert_eq!(
        (elsewhere(Some("AWS4-HMAC-SHA256 Credential=AK/20260101/us-east-1/s3/aws4_request")), elsewhere(None)),
        (404, 403)
    );
}

/// One endpoint for all services: the signature tells which.
#[test]
fn service_and_region_come_from_the_signature_if_not_from_the_host() {
    let mut client = Client::new();
    let mut call = |region: &str| {
        let scope = format!("AWS4-HMAC-SHA256 Credential=AK/20260101/{region}/eks/aws4_request, SignedHeaders=host");
        let request = Request::get("http://127.0.0.1:4000/clusters/x").header("authorization", scope);
        client.send(request.body(Vec::new().into()).unwrap()).headers()["x-amzn-errortype"].clone()
    };
    assert_eq!(call("us-east-1"), "ResourceNotFoundException");
    assert_eq!(call("eu-west-1"), "InvalidSignatureException");
}

/// Good or bad, known or unknown, of either protocol: AWS always says what time it has.
#[test]
fn every_reply_has_the_worlds_date() {
    let mut client = Client::new();
    client.wait(3661);
    let mut date = |uri: &str| {
        let response = client.send(Request::get(uri).body(Vec::new().into()).unwrap());
        (response.status().as_u16(), response.headers()["date"].to_str().unwrap().to_owned())
    };
    let at = |status| (status, "Thu, 01 Jan 2026 01:01:01 GMT".to_owned());
    let (eks, autoscaling) = ("https://eks.us-east-1.amazonaws.com", "https://autoscaling.us-east-1.amazonaws.com");
    assert_eq!(date(&format!("{eks}/clusters")), at(200));
    assert_eq!(date(&format!("{eks}/clusters/nobody")), at(404));
    assert_eq!(date(&format!("{autoscaling}/?Action=DescribeTags&Version=2011-01-01")), at(200));
    assert_eq!(date(&format!("{autoscaling}/?Action=Nonsense&Version=2011-01-01")), at(400));
    assert_eq!(date("https://s3.us-east-1.amazonaws.com/"), at(403));
    let (status, code, message) = (200, "line\nbreak".into(), "no header can be so".into());
    client.world.fail(fault("*", Effect::Refused { status, code, message }));
    let response = client.send(Request::get(format!("{eks}/clusters")).body(Vec::new().into()).unwrap());
    assert_eq!((response.status().as_u16(), response.headers().contains_key("date")), (500, true));
}

/// facts §0.11, §2.5
#[test]
fn a_token_replays_its_first_reply() {
    let mut client = Client::new().settled();
    let body = json!({ "deletionProtection": true, "clientRequestToken": TOKEN });
    let first = client.eks("POST /clusters/demo/update-config", body.clone()).ok();
    client.wait(600);
    assert_eq!(client.eks("POST /clusters/demo/update-config", body.clone()).ok(), first);
    let other = with(body.clone(), json!({ "deletionProtection": false }));
    client.eks("POST /clusters/demo/update-config", other.clone()).refused(400, "InvalidParameterException", "token");
    client.world.settings_mut().switches.token_mismatch_is_invalid_request = true;
    client.eks("POST /clusters/demo/update-config", other).refused(400, "InvalidRequestException", "token");
    let short = with(body, json!({ "clientRequestToken": "short" }));
    let message = "The client request token parameter must be between 33 and 126 characters";
    client.eks("POST /clusters/demo/update-config", short).refused(400, "InvalidParameterException", message);
}

/// facts §2.5, a switch
#[test]
fn a_refused_request_may_bind_its_token() {
    let body = json!({ "deletionProtection": false, "clientRequestToken": TOKEN });
    let other = with(body.clone(), json!({ "deletionProtection": true }));
    let route = "POST /clusters/demo/update-config";
    let mut client = Client::new().settled();
    client.eks(route, body.clone()).refused(400, "InvalidParameterException", "No changes needed");
    client.eks(route, other.clone()).ok();

    let mut client = Client::switched(|switches| switches.refused_requests_bind_tokens = true).settled();
    client.eks(route, body.clone()).refused(400, "InvalidParameterException", "No changes needed");
    client.eks(route, other.clone()).refused(400, "InvalidParameterException", "was already used");
    client.world.clusters_mut().get_mut("demo").unwrap().deletion_protection = true;
    let first = client.eks(route, body.clone()).ok();
    assert_eq!(client.eks(route, body.clone()).ok(), first, "the same request goes through when it can");

    let mut client = Client::switched(|switches| switches.refused_requests_bind_tokens = true).settled();
    let (status, code, message) = (400, "InvalidParameterException".into(), "no".into());
    client.world.fail(fault("*", Effect::Refused { status, code, message }));
    client.eks(route, other).refused(400, "InvalidParameterException", "no");
    client.eks(route, body).refused(400, "InvalidParameterException", "was already used");
}

/// facts §2.1, §10.9
#[test]
fn faults_speak_the_protocol() {
    let mut client = Client::new();
    client.world.fail(fault("eks:CreateCluster", Effect::Throttled));
    client.eks("POST /clusters", cluster()).refused(429, "ThrottlingException", "Rate exceeded");
    client.world.heal();
    client.world.fail(fault("*", Effect::ServerError));
    client.eks("POST /clusters", cluster()).refused(500, "ServerException", "");
    client.world.heal();
    let (status, code, message) = (403, "AccessDeniedException".into(), "no".into());
    client.world.fail(fault("*", Effect::Refused { status, code, message }));
    client.eks("POST /clusters", cluster()).refused(403, "AccessDeniedException", "no");
    assert!(client.world.clusters().is_empty());
}

/// A fault of any operation fails what it names, and nothing else.
#[test]
fn a_failing_update_is_no_failing_creation() {
    let mut client = Client::new();
    let (code, message) = ("AccessDenied".to_owned(), "no".to_owned());
    let effect = Effect::UpdateFails { code: code.clone(), message: message.clone() };
    client.world.fail(Fault { operation: "*".into(), first: 1, count: u32::MAX, effect });
    client.eks("POST /clusters", cluster()).ok();
    client.wait(3600);
    assert_eq!(client.cluster()["status"], "ACTIVE");
    client.world.heal();
    let effect = Effect::CreateFails { code, message };
    client.world.fail(Fault { operation: "*".into(), first: 1, count: u32::MAX, effect });
    let update = client.eks("POST /clusters/demo/update-config", json!({ "deletionProtection": true })).ok();
    client.wait(3600);
    assert_eq!(client.update(&update["update"], false)["status"], "Successful");
}

/// facts §10.9: an ambiguous create; the same token finds out.
#[test]
fn a_lost_reply_hides_an_applied_request() {
    let mut client = Client::new();
    client.world.fail(fault("eks:CreateCluster", Effect::ReplyLost));
    let body = with(cluster(), json!({ "clientRequestToken": TOKEN }));
    client.eks("POST /clusters", body.clone()).refused(500, "ServerException", "");
    assert_eq!(client.cluster()["status"], "CREATING");
    client.eks("POST /clusters", cluster()).refused(
        409,
        "ResourceInUseException",
        "Cluster already exists with name: demo",
    );
    client.eks("POST /clusters", body).ok();
}

/// facts §1.1 tags, §2.3: merged, removed, seen a little later.
#[test]
fn tags_are_merged_and_seen_late() {
    let mut client = Client::new().settled();
    let arn = client.nodegroup()["nodegroupArn"].as_str().unwrap().replace(':', "%3A").replace('/', "%2F");
    client.eks(&format!("POST /tags/{arn}"), json!({ "tags": { "a": "1", "b": "2" } })).ok();
    assert_eq!(client.nodegroup()["tags"], json!({}));
    client.wait(2);
    assert_eq!(client.nodegroup()["tags"], json!({ "a": "1", "b": "2" }));
    client.eks(&format!("POST /tags/{arn}"), json!({ "tags": { "a": "3" } })).ok();
    client.eks(&format!("DELETE /tags/{arn}?tagKeys=b&tagKeys=missing"), Value::Null).ok();
    client.wait(2);
    assert_eq!(client.nodegroup()["tags"], json!({ "a": "3" }));
}

/// facts §2.1 tag operations, §1.1 tags
#[test]
fn wrong_tags_and_arns_have_their_own_errors() {
    let mut client = Client::new().settled();
    let cluster = "/tags/arn%3Aaws%3Aeks%3Aus-east-1%3A111122223333%3Acluster%2F";
    let mut tag = |name: &str, tags: Value| client.eks(&format!("POST {cluster}{name}"), json!({ "tags": tags }));
    tag("none", json!({ "a": "1" })).refused(404, "NotFoundException", "No resource found");
    tag("demo", json!({ "aws:a": "1" })).refused(400, "BadRequestException", "reserved");
    tag("demo", json!({ "a": "x".repeat(257) })).refused(400, "BadRequestException", "256");
    let many: serde_json::Map<String, Value> = (0..51).map(|n| (format!("k{n}"), "v".into())).collect();
    tag("demo", many.into()).refused(400, "BadRequestException", "at most 50");
    client.eks("POST /tags/nonsense", json!({ "tags": {} })).refused(400, "BadRequestException", "Invalid ARN");
    let bad = |client: &mut Client, route: &str, body: Value, message: &str| {
        client.eks(&route.replace("ARN", cluster), body).refused(400, "BadRequestException", message);
    };
    bad(&mut client, "POST ARNdemo", json!({ "tags": {} }), "At least one tag");
    bad(&mut client, "POST ARNdemo", Value::Null, "At least one tag");
    bad(&mut client, "POST ARNdemo", json!({ "tags": { "a": "1" }, "more": 1 }), "does not know");
    bad(&mut client, "DELETE ARNdemo", Value::Null, "Between 1 and 50 tag keys");
    let keys: Vec<String> = (0..51).map(|n| format!("tagKeys=k{n}")).collect();
    bad(&mut client, &format!("DELETE ARNdemo?{}", keys.join("&")), Value::Null, "Between 1 and 50 tag keys");
    bad(&mut client, "DELETE ARNdemo?tagKeys=aws%3Ax", Value::Null, "reserved");
    bad(&mut client, &format!("DELETE ARNdemo?tagKeys={}", "k".repeat(129)), Value::Null, "between 1 and 128");
}

/// Of what can be tagged elsewhere there is none here.
#[test]
fn an_arn_of_what_there_is_not_is_not_found() {
    let mut client = Client::new().settled();
    let arn = |resource: &str| format!("GET /tags/arn%3Aaws%3Aeks%3Aus-east-1%3A111122223333%3A{resource}");
    for resource in ["addon%2Fdemo%2Fcoredns%2F1", "fargateprofile%2Fdemo%2Fx%2F1", "capability%2Fdemo%2Fx%2F1"] {
        client.eks(&arn(resource), Value::Null).refused(404, "NotFoundException", "No resource found");
    }
    client.eks(&arn("surprise%2Fdemo"), Value::Null).refused(400, "BadRequestException", "Invalid ARN");
}

/// What was not understood is an error before all others; what is missing is named.
#[test]
fn values_of_another_type_and_missing_members_are_refused() {
    let mut client = Client::new().settled();
    let other = with(cluster(), json!({ "deletionProtection": "yes" }));
    client.eks("POST /clusters", other).refused(
        400,
        "SerializationException",
        "STRING_VALUE cannot be converted to Boolean",
    );
    let wrong = "InvalidParameterException";
    client.eks("POST /clusters", json!({ "name": "x" })).refused(400, wrong, "missing required member `roleArn`");
    client.eks("POST /clusters/demo/updates", json!({})).refused(400, wrong, "missing required member `version`");
    let bare = with(cluster(), json!({ "name": "bare", "resourcesVpcConfig": {} }));
    client.eks("POST /clusters", bare).refused(400, wrong, "Subnets must be specified");
}

/// facts §5, §10.9
#[test]
fn lists_come_in_pages() {
    let mut client = Client::with(Settings { page_size: Some(1), ..Settings::default() }).settled();
    client.eks("POST /clusters/demo/node-groups", with(nodegroup(), json!({ "nodegroupName": "green" }))).ok();
    let first = client.get("/clusters/demo/node-groups?maxResults=100");
    assert_eq!(first["nodegroups"], json!(["blue"]));
    let next = first["nextToken"].as_str().unwrap();
    let second = client.get(&format!("/clusters/demo/node-groups?nextToken={next}"));
    assert_eq!((&second["nodegroups"], &second["nextToken"]), (&json!(["green"]), &Value::Null));
    let list =
        |client: &mut Client, query: &str| client.eks(&format!("GET /clusters/demo/node-groups?{query}"), Value::Null);
    list(&mut client, "nextToken=bad").refused(400, "InvalidParameterException", "nextToken");
    list(&mut client, "maxResults=101").refused(400, "InvalidParameterException", "maxResults");
    list(&mut client, "maxResults=many").refused(400, "InvalidParameterException", "many");
}

#[test]
fn the_same_requests_make_the_same_world() {
    let world = |seed: u64| Client::with(Settings { seed, ..Settings::default() }).settled().world;
    assert_eq!(world(1), world(1));
    assert_ne!(world(1).auto_scaling_groups().keys().next(), world(2).auto_scaling_groups().keys().next());
}

/// A world in a file is the world in memory.
#[test]
fn a_world_survives_being_written_down() {
    let mut client = Client::new().settled();
    client.world.fail(fault("*", Effect::Slow(std::time::Duration::from_millis(1500))));
    let body = json!({ "deletionProtection": true, "clientRequestToken": TOKEN });
    client.eks("POST /clusters/demo/update-config", body).ok();
    client.eks("DELETE /clusters/demo/node-groups/blue", Value::Null).ok();
    let text = serde_json::to_string(&client.world).unwrap();
    assert_eq!(serde_json::from_str::<crate::World>(&text).unwrap(), client.world);
}

#[test]
fn time_never_runs_backwards() {
    let mut client = Client::new().settled();
    let latest = client.world.clock();
    client.now = client.world.settings().start;
    assert_eq!(client.cluster()["status"], "ACTIVE");
    assert_eq!(client.world.clock(), latest);
}
