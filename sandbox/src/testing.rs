//! A small client for the unit tests: real HTTP requests into [`World::handle`]. The central type is [`Client`].
//!
//! Not here: an SDK; the integration test has the real ones.

#![expect(clippy::needless_pass_by_value, reason = "tests write their values in place")]

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};

use crate::settings::{Settings, Switches};
use crate::world::World;

pub(crate) const CLUSTER_ROLE: &str = "arn:aws:iam::111122223333:role/gitlab-runners-cluster";
pub(crate) const NODE_ROLE: &str = "arn:aws:iam::111122223333:role/gitlab-runners-node";
pub(crate) const FARGATE_ROLE: &str = "arn:aws:iam::111122223333:role/fargate-pods";
pub(crate) const POD_ROLE: &str = "arn:aws:iam::111122223333:role/workload";
pub(crate) const SUBNETS: [&str; 2] = ["subnet-0a11aaaaaaaaaaaaa", "subnet-0b22bbbbbbbbbbbbb"];

pub(crate) struct Client {
    pub(crate) world: World,
    pub(crate) now: SystemTime,
}

/// A reply: status, and the body as JSON or, for the query services, as text.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) body: Value,
}

impl Client {
    pub(crate) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn switched(change: impl FnOnce(&mut Switches)) -> Self {
        let mut settings = Settings::default();
        change(&mut settings.switches);
        Self::with(settings)
    }

    pub(crate) fn with(settings: Settings) -> Self {
        Self { now: settings.start, world: World::story(settings) }
    }

    /// The story with a cluster `demo` and a nodegroup `blue`, both ACTIVE for long.
    pub(crate) fn settled(mut self) -> Self {
        self.eks("POST /clusters", cluster()).ok();
        self.with_nodes()
    }

    /// The same, of a cluster `demo` that was begun.
    pub(crate) fn with_nodes(mut self) -> Self {
        self.wait(3600);
        self.eks("POST /clusters/demo/node-groups", nodegroup()).ok();
        self.wait(3600);
        self.world.advance(self.now);
        self
    }

    pub(crate) fn wait(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
    }

    pub(crate) fn eks(&mut self, route: &str, body: Value) -> Reply {
        let (method, path) = route.split_once(' ').unwrap();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let uri = format!("https://eks.us-east-1.amazonaws.com{path}");
        let response = self.send(Request::builder().method(method).uri(uri).body(body.into()).unwrap());
        let code = response.headers().get("x-amzn-errortype").map(|code| code.to_str().unwrap().to_owned());
        let body = serde_json::from_slice(response.body()).unwrap();
        Reply { status: response.status().as_u16(), code: code.unwrap_or_default(), body }
    }

    pub(crate) fn get(&mut self, path: &str) -> Value {
        self.eks(&format!("GET {path}"), Value::Null).ok()
    }

    pub(crate) fn cluster(&mut self) -> Value {
        self.get("/clusters/demo")["cluster"].clone()
    }

    pub(crate) fn nodegroup(&mut self) -> Value {
        self.get("/clusters/demo/node-groups/blue")["nodegroup"].clone()
    }

    /// The outcome of the cluster's or the nodegroup's update.
    pub(crate) fn update(&mut self, update: &Value, of_nodegroup: bool) -> Value {
        let query = if of_nodegroup { "?nodegroupName=blue" } else { "" };
        self.get(&format!("/clusters/demo/updates/{}{query}", update["id"].as_str().unwrap()))["update"].clone()
    }

    pub(crate) fn autoscaling(&mut self, action: &str, form: &[(&str, &str)]) -> Reply {
        self.query("autoscaling", "2011-01-01", action, form)
    }

    pub(crate) fn query(&mut self, service: &str, version: &str, action: &str, form: &[(&str, &str)]) -> Reply {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("Action", action).append_pair("Version", version).extend_pairs(form);
        let uri = format!("https://{service}.us-east-1.amazonaws.com/");
        let response = self.send(Request::post(uri).body(body.finish().into()).unwrap());
        let text = String::from_utf8(response.body().to_vec()).unwrap();
        let code = text.split("<Code>").nth(1).and_then(|rest| rest.split("</Code>").next()).unwrap_or_default();
        Reply { status: response.status().as_u16(), code: code.to_owned(), body: text.into() }
    }

    pub(crate) fn group_name(&self) -> String {
        self.world.auto_scaling_groups().keys().next().unwrap().clone()
    }

    pub(crate) fn send(&mut self, request: Request<Bytes>) -> Response<Bytes> {
        self.world.handle(self.now, &request)
    }
}

impl Reply {
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.body
    }

    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str, message: &str) {
        let text = self.body["message"].as_str().or(self.body.as_str()).unwrap().to_owned();
        assert_eq!((self.status, self.code.as_str()), (status, code), "{text}");
        assert!(text.contains(message), "{text}");
    }

    pub(crate) fn text(&self) -> &str {
        self.body.as_str().unwrap()
    }
}

pub(crate) fn cluster() -> Value {
    json!({ "name": "demo", "roleArn": CLUSTER_ROLE, "resourcesVpcConfig": { "subnetIds": SUBNETS } })
}

pub(crate) fn nodegroup() -> Value {
    json!({ "nodegroupName": "blue", "nodeRole": NODE_ROLE, "subnets": SUBNETS })
}

pub(crate) fn fargate_profile() -> Value {
    let selectors = json!([{ "namespace": "default" }]);
    json!({ "fargateProfileName": "pods", "podExecutionRoleArn": FARGATE_ROLE, "selectors": selectors })
}

pub(crate) fn association() -> Value {
    json!({ "namespace": "default", "serviceAccount": "app", "roleArn": POD_ROLE })
}

/// One object with the members of another put over it.
pub(crate) fn with(mut base: Value, members: Value) -> Value {
    for (key, value) in members.as_object().unwrap() {
        base[key] = value.clone();
    }
    base
}
