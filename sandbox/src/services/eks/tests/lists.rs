//! What there is: clusters, versions, the tags of an ARN.

use serde_json::{Value, json};

use crate::settings::Settings;
use crate::testing::{Client, cluster, with};

const WRONG: &str = "InvalidParameterException";

fn escaped(arn: &str) -> String {
    arn.replace(':', "%3A").replace('/', "%2F")
}

/// facts §5
#[test]
fn clusters_are_listed_in_pages() {
    let mut client = Client::with(Settings { page_size: Some(1), ..Settings::default() });
    assert_eq!(client.get("/clusters"), json!({ "clusters": [], "nextToken": null }));
    for name in ["other", "demo"] {
        client.eks("POST /clusters", with(cluster(), json!({ "name": name }))).ok();
    }
    let first = client.get("/clusters?include=all");
    assert_eq!(first["clusters"], json!(["demo"]));
    let token = first["nextToken"].as_str().unwrap();
    let rest = client.get(&format!("/clusters?include=all&nextToken={token}"));
    assert_eq!(rest, json!({ "clusters": ["other"], "nextToken": null }));
    client.eks("GET /clusters?include=some", Value::Null).refused(400, WRONG, "include");
    client.eks("GET /clusters?maxResults=0", Value::Null).refused(400, WRONG, "maxResults");
    client.eks("GET /clusters?nextToken=x", Value::Null).refused(400, WRONG, "nextToken");
}

fn versions(client: &mut Client, query: &str) -> Vec<String> {
    let reply = client.get(&format!("/cluster-versions?{query}"));
    let versions = reply["clusterVersions"].as_array().unwrap().iter();
    versions.map(|version| version["clusterVersion"].as_str().unwrap().to_owned()).collect()
}

/// facts §4 version catalogue
#[test]
fn versions_are_described_the_newest_first() {
    let mut client = Client::new();
    let all = ["1.35", "1.34", "1.33", "1.32", "1.31"];
    assert_eq!(versions(&mut client, ""), all);
    assert_eq!(versions(&mut client, "includeAll=true&clusterType=eks"), all);
    assert_eq!(versions(&mut client, "defaultOnly=true"), ["1.34"]);
    assert_eq!(versions(&mut client, "clusterVersions=1.33&clusterVersions=1.31"), ["1.33", "1.31"]);
    assert_eq!(versions(&mut client, "versionStatus=EXTENDED_SUPPORT"), ["1.31"]);
    assert_eq!(versions(&mut client, "status=standard-support&clusterVersions=1.31"), [""; 0]);
    assert_eq!(versions(&mut client, "versionStatus=UNSUPPORTED"), [""; 0]);
    client.eks("GET /cluster-versions?versionStatus=OLD", Value::Null).refused(400, WRONG, "versionStatus");
    let first = client.get("/cluster-versions?maxResults=4");
    let token = first["nextToken"].as_str().unwrap();
    assert_eq!(versions(&mut client, &format!("maxResults=4&nextToken={token}")), ["1.31"]);
    let newest = &first["clusterVersions"][0];
    assert_eq!((&newest["defaultVersion"], &newest["kubernetesPatchVersion"]), (&json!(false), &json!("1.35.1")));
    assert_eq!((&newest["status"], &newest["clusterType"]), (&json!("standard-support"), &json!("eks")));
    assert!(newest["endOfStandardSupportDate"].as_u64() < newest["endOfExtendedSupportDate"].as_u64());
}

/// Whatever a version's description says is true of a cluster.
#[test]
fn every_version_described_makes_a_cluster() {
    let mut client = Client::new();
    for version in versions(&mut client, "") {
        let name = format!("v{}", version.replace('.', "-"));
        let made = client.eks("POST /clusters", with(cluster(), json!({ "name": name, "version": version }))).ok();
        assert_eq!(made["cluster"]["version"], version);
    }
}

/// facts §1.1 tags, §2.1 tag operations, §2.3
#[test]
fn tags_are_listed_by_arn() {
    let mut client = Client::new();
    client.eks("POST /clusters", with(cluster(), json!({ "tags": { "a": "1" } }))).ok();
    let mut client = client.with_nodes();
    let path = format!("/tags/{}", escaped(client.cluster()["arn"].as_str().unwrap()));
    assert_eq!(client.get(&path), json!({ "tags": { "a": "1" } }));
    client.eks(&format!("POST {path}"), json!({ "tags": { "b": "2" } })).ok();
    assert_eq!(client.get(&path), json!({ "tags": { "a": "1" } }));
    client.wait(2);
    assert_eq!(client.get(&path), json!({ "tags": { "a": "1", "b": "2" } }));
    let nodegroup = escaped(client.nodegroup()["nodegroupArn"].as_str().unwrap());
    assert_eq!(client.get(&format!("/tags/{nodegroup}")), json!({ "tags": {} }));
    let none = path.replace("demo", "none");
    client.eks(&format!("GET {none}"), Value::Null).refused(404, "NotFoundException", "No resource found");
    client.eks("GET /tags/nonsense", Value::Null).refused(400, "BadRequestException", "Invalid ARN");
}
