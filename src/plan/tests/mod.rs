//! The planner by itself: a file, a live account, and the plan that follows from the two.
//!
//! The central function is [`check`]; accounts are described by files (`live.rs`), plans by a few lines (`text.rs`).
//! Nothing here asks AWS or the sandbox, so a test takes milliseconds. What is not here: whether what is planned can be
//! carried out (`tests/it`). `UPDATE_EXPECT=1` renews the expected plans; read the diff as a user would.

#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them so")]

mod access;
mod consent;
mod cycles;
mod destroy;
mod draft;
mod drift;
mod entries;
mod groups;
mod in_sync;
mod live;
mod network;
mod order;
mod promise;
mod properties;
mod references;
mod refresh;
mod scenario;
mod sound;
mod target;
mod text;
mod uses;
mod versions;
mod workshop;

use std::fmt::{self, Display};

use expect_test::Expect;

use super::{Consent, Plan, Request, plan};
use crate::spec::{Spec, parse};
use live::Account;

/// Who runs trueup, unless a test says otherwise.
const PIPELINE: &str = "arn:aws:iam::111122223333:role/pipeline";
/// A policy that makes an administrator.
const ADMIN: &str = "accessPolicies: [{ policyArn: AmazonEKSClusterAdminPolicy }]";
/// A policy that does not.
const VIEW: &str = "accessPolicies: [{ policyArn: AmazonEKSViewPolicy }]";
/// The cluster has access entries.
const API: &str = "accessConfig: { authenticationMode: API }";
/// Cluster Autoscaler scales the group.
const MANAGED: &str = "autoscaling: { clusterAutoscaler: managed }";

/// A file in three parts, each setting spelled as YAML in flow style. What every file must have is added.
#[derive(Debug, Clone)]
struct File {
    cluster: String,
    entries: Vec<String>,
    groups: Vec<String>,
}

/// A file with these settings of the control plane; `SUBNETS` stands for the ones that every cluster here has.
fn cluster(settings: &str) -> File {
    let network = if settings.contains("resourcesVpcConfig") { "" } else { "resourcesVpcConfig: { SUBNETS }, " };
    let subnets = "subnetIds: [subnet-0a11aaaaaaaaaaaaa, subnet-0b22bbbbbbbbbbbbb]";
    let settings = format!("{network}{settings}").replace("SUBNETS", subnets);
    File { cluster: format!("{{ roleArn: {}, {settings} }}", role("cluster")), entries: vec![], groups: vec![] }
}

impl File {
    /// With an access entry of a role.
    fn entry(mut self, name: &str, settings: &str) -> Self {
        self.entries.push(format!("{{ principalArn: {}, {settings} }}", role(name)));
        self
    }

    /// With a nodegroup.
    fn group(mut self, name: &str, settings: &str) -> Self {
        let subnets = if settings.contains("subnets:") { "" } else { "subnets: [subnet-0a11aaaaaaaaaaaaa], " };
        self.groups.push(format!("{{ nodegroupName: {name}, nodeRole: {}, {subnets}{settings} }}", role("node")));
        self
    }
}

impl Display for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "apiVersion: trueup/v1")?;
        writeln!(f, "metadata: {{ name: runners, region: us-east-1, accountId: \"111122223333\" }}")?;
        writeln!(f, "cluster: {}", self.cluster)?;
        for (section, items) in [("accessEntries", &self.entries), ("nodegroups", &self.groups)] {
            if !items.is_empty() {
                writeln!(f, "{section}:")?;
            }
            for item in items {
                writeln!(f, "  - {item}")?;
            }
        }
        Ok(())
    }
}

fn role(name: &str) -> String {
    format!("arn:aws:iam::111122223333:role/{name}")
}

/// A text without what all ARNs of these tests begin with.
fn short(text: &str) -> String {
    text.replace(&role(""), "")
}

#[track_caller]
fn parsed(file: &impl Display) -> Spec {
    let text = file.to_string();
    parse("cluster.yaml", &text).unwrap_or_else(|problems| panic!("{problems:#?}\n{text}"))
}

/// The plan, without any flag, is as expected.
#[track_caller]
fn check(file: &impl Display, account: &Account, expected: Expect) {
    check_with("", file, account, expected);
}

/// The plan with these flags of the command line is as expected.
#[track_caller]
fn check_with(flags: &str, file: &impl Display, account: &Account, expected: Expect) {
    assert_is(&planned(flags, file, account), expected);
}

/// What `destroy` with these flags would do is as expected.
#[track_caller]
fn check_destroy(flags: &str, file: &impl Display, account: &Account, expected: Expect) {
    let (Request { consent, .. }, spec) = (request(flags), parsed(file));
    assert_is(&super::destroy(&spec, &account.paired(&spec), &consent), expected);
}

#[expect(clippy::needless_pass_by_value, reason = "the formatter leaves the expected text where it begins")]
#[track_caller]
fn assert_is(plan: &Plan, expected: Expect) {
    expected.assert_eq(&text::text(plan));
}

#[track_caller]
fn planned(flags: &str, file: &impl Display, account: &Account) -> Plan {
    let spec = parsed(file);
    plan(&spec, &account.paired(&spec), &request(flags))
}

/// Flags as on the command line.
fn request(flags: &str) -> Request {
    let mut request = Request::from(Consent::default());
    let mut words = flags.split_whitespace();
    while let Some(word) = words.next() {
        match word {
            "--prune" => request.consent.prune = true,
            "--allow-disruption" => request.consent.disruption.push(Consent::EVERYTHING.to_owned()),
            "--allow-irreversible" => request.consent.irreversible = true,
            "--disable-deletion-protection" => request.consent.unlock = true,
            "--target" => request.targets.extend(words.next().map(str::to_owned)),
            _ => match word.strip_prefix("--allow-disruption=") {
                Some(pattern) => request.consent.disruption.push(pattern.to_owned()),
                None => panic!("there is no flag {word}"),
            },
        }
    }
    request
}
