//! A sandbox's world as text for people, at most 80 columns wide. The central type is [`Page`].
//!
//! It reads the document that `show --format json` prints. Not here: anything that is not in there.

use serde_json::Value;

use crate::report::harmless;

/// What fits everywhere.
const WIDTH: usize = 80;
/// Where the values of a block begin, after its own indentation.
const COLUMN: usize = 16;
/// What is left of the end of a line that is cut.
const TAIL: usize = 30;

/// Lines under construction.
#[derive(Default)]
struct Page(String);

/// The whole world.
pub(super) fn world(shown: &Value) -> String {
    let mut page = Page::default();
    let account = &shown["account"];
    page.line(
        0,
        &format!("account {} in {}, {}", word(&account["id"]), word(&account["region"]), word(&shown["time"])),
    );
    page.entry(2, "caller", [word(&account["caller"])]);
    for vpc in list(&account["vpcs"]) {
        let subnets =
            list(&vpc["subnets"]).iter().map(|subnet| format!("{} ({})", word(&subnet["id"]), word(&subnet["zone"])));
        page.entry(2, "network", [word(&vpc["id"])].into_iter().chain(subnets));
    }
    page.entry(2, "roles", list(&account["roles"]).iter().map(|role| resource(&role["arn"])));
    for cluster in list(&shown["clusters"]) {
        page.cluster(cluster);
    }
    for group in list(&shown["autoScalingGroups"]) {
        page.group(group);
    }
    let faults = faults(shown);
    if !faults.is_empty() {
        page.line(0, "");
        page.0.push_str(&faults);
    }
    page.0.trim_end().to_owned()
}

/// The faults that are set; empty without any.
pub(super) fn faults(shown: &Value) -> String {
    let mut page = Page::default();
    let faults = list(&shown["faults"]);
    if !faults.is_empty() {
        page.line(0, "faults");
    }
    for fault in faults {
        let (operation, effect) = (word(&fault["operation"]), word(&fault["effect"]));
        let (nth, count, seen) = (&fault["nth"], &fault["count"], &fault["seen"]);
        let calls = match count.as_u64() {
            Some(1) => format!("call {nth}"),
            Some(count) => format!("{count} calls from call {nth} on"),
            None => format!("every call from call {nth} on"),
        };
        page.line(2, &format!("{operation}: {calls}, {seen} seen so far"));
        page.entry(4, "effect", [effect]);
    }
    page.0.trim().to_owned()
}

impl Page {
    fn cluster(&mut self, shown: &Value) {
        let cluster = &shown["cluster"];
        let title = ["name", "status", "version", "platformVersion"].map(|key| word(&cluster[key]));
        self.line(0, &format!("\ncluster {}", title.join("  ")));
        self.entry(2, "role", [resource(&cluster["roleArn"])]);
        self.entry(2, "endpoint", endpoint(&cluster["resourcesVpcConfig"]));
        let setups = list(&cluster["logging"]["clusterLogging"]).iter().filter(|setup| setup["enabled"] == true);
        self.entry(2, "logging", setups.flat_map(|setup| list(&setup["types"])).map(word));
        self.entry(2, "authentication", [word(&cluster["accessConfig"]["authenticationMode"])]);
        self.entry(2, "support", [word(&cluster["upgradePolicy"]["supportType"])]);
        self.entry(
            2,
            "deletion",
            [if cluster["deletionProtection"] == true { "protected" } else { "not protected" }.into()],
        );
        self.entry(2, "tags", pairs(&cluster["tags"]));
        self.issues(cluster);
        self.updates(2, &shown["updates"]);
        for entry in list(&shown["accessEntries"]) {
            self.access_entry(entry);
        }
        for nodegroup in list(&shown["nodegroups"]) {
            self.nodegroup(nodegroup);
        }
        for profile in list(&shown["fargateProfiles"]) {
            self.fargate_profile(profile);
        }
        for association in list(&shown["podIdentityAssociations"]) {
            self.pod_identity_association(association);
        }
    }

    fn access_entry(&mut self, shown: &Value) {
        let entry = &shown["accessEntry"];
        self.line(2, &format!("access entry {}  {}", resource(&entry["principalArn"]), word(&entry["type"])));
        self.entry(4, "groups", list(&entry["kubernetesGroups"]).iter().map(word));
        let policy = |policy: &Value| {
            let namespaces: Vec<String> = list(&policy["accessScope"]["namespaces"]).iter().map(word).collect();
            let scope = if namespaces.is_empty() { word(&policy["accessScope"]["type"]) } else { namespaces.join(" ") };
            format!("{} ({scope})", word(&policy["policyArn"]).rsplit('/').next().unwrap_or_default())
        };
        self.entry(4, "policies", list(&shown["associatedAccessPolicies"]).iter().map(policy));
        self.entry(4, "tags", pairs(&entry["tags"]));
    }

    fn nodegroup(&mut self, shown: &Value) {
        let nodegroup = &shown["nodegroup"];
        let title = ["nodegroupName", "status", "version", "capacityType"].map(|key| word(&nodegroup[key]));
        self.line(2, &format!("nodegroup {}", title.join("  ")));
        let size = &nodegroup["scalingConfig"];
        self.entry(4, "size", [format!("{} of {} to {}", size["desiredSize"], size["minSize"], size["maxSize"])]);
        self.entry(4, "instance types", list(&nodegroup["instanceTypes"]).iter().map(word));
        self.entry(4, "image", [word(&nodegroup["amiType"]), word(&nodegroup["releaseVersion"])]);
        if let Some(template) = nodegroup["launchTemplate"].as_object() {
            let template = ["id", "name", "version"].map(|key| template.get(key).map(word).unwrap_or_default());
            self.entry(4, "template", [format!("{} version {}", template[0], template[2]), template[1].clone()]);
        }
        self.entry(4, "labels", pairs(&nodegroup["labels"]));
        let taint =
            |taint: &Value| format!("{}={}:{}", word(&taint["key"]), word(&taint["value"]), word(&taint["effect"]));
        self.entry(4, "taints", list(&nodegroup["taints"]).iter().map(taint));
        self.entry(4, "tags", pairs(&nodegroup["tags"]));
        self.issues(nodegroup);
        self.updates(4, &shown["updates"]);
    }

    fn fargate_profile(&mut self, profile: &Value) {
        let title = ["fargateProfileName", "status"].map(|key| word(&profile[key]));
        self.line(2, &format!("Fargate profile {}", title.join("  ")));
        self.entry(4, "role", [resource(&profile["podExecutionRoleArn"])]);
        self.entry(4, "subnets", list(&profile["subnets"]).iter().map(word));
        let selector = |selector: &Value| {
            let labels = pairs(&selector["labels"]);
            [word(&selector["namespace"])].into_iter().chain(labels).collect::<Vec<_>>().join(" with ")
        };
        self.entry(4, "pods", list(&profile["selectors"]).iter().map(selector));
        self.entry(4, "tags", pairs(&profile["tags"]));
        self.issues(profile);
    }

    fn pod_identity_association(&mut self, association: &Value) {
        let title = ["namespace", "serviceAccount"].map(|key| word(&association[key])).join("/");
        self.line(2, &format!("pod identity association {title}  {}", word(&association["associationId"])));
        self.entry(4, "role", [resource(&association["roleArn"])]);
        if let Some(target) = association["targetRoleArn"].as_str() {
            self.entry(4, "target role", [target.to_owned()]);
        }
        self.entry(4, "tags", pairs(&association["tags"]));
    }

    fn group(&mut self, group: &Value) {
        self.line(0, &format!("\nAuto Scaling group {}", word(&group["AutoScalingGroupName"])));
        let size = ["DesiredCapacity", "MinSize", "MaxSize"].map(|key| word(&group[key]));
        self.entry(2, "size", [format!("{} of {} to {}", size[0], size[1], size[2])]);
        self.entry(
            2,
            "suspended",
            list(&group["SuspendedProcesses"]).iter().map(|process| word(&process["ProcessName"])),
        );
        self.entry(
            2,
            "tags",
            list(&group["Tags"]).iter().map(|tag| format!("{}={}", word(&tag["Key"]), word(&tag["Value"]))),
        );
    }

    fn issues(&mut self, resource: &Value) {
        let issue = |issue: &Value| format!("{}: {}", word(&issue["code"]), word(&issue["message"]));
        self.entry(4, "issues", list(&resource["health"]["issues"]).iter().map(issue));
    }

    fn updates(&mut self, indent: usize, updates: &Value) {
        let update = |update: &Value| {
            let errors = list(&update["errors"]).iter().map(|error| word(&error["errorCode"]));
            let errors: Vec<String> = errors.collect();
            let why = if errors.is_empty() { String::new() } else { format!(" ({})", errors.join(", ")) };
            format!("{} {}{why}", word(&update["type"]), word(&update["status"]))
        };
        self.entry(indent, "updates", list(updates).iter().map(update));
    }

    /// A label and its values, as many in a line as fit; nothing without values.
    fn entry(&mut self, indent: usize, label: &str, values: impl IntoIterator<Item = String>) {
        let (mut line, mut empty) = (format!("{label:<COLUMN$}"), true);
        for value in values {
            let separator = if empty { "" } else { ", " };
            let fits = indent + line.chars().count() + separator.len() + value.chars().count() < WIDTH;
            if !empty && !fits {
                self.line(indent, &format!("{line},"));
                line = " ".repeat(COLUMN);
            } else {
                line.push_str(separator);
            }
            line.push_str(&value);
            empty = false;
        }
        if !empty {
            self.line(indent, &line);
        }
    }

    /// A line; one that is too long is cut in its middle, since names differ at their ends.
    fn line(&mut self, indent: usize, text: &str) {
        let line = format!("{:indent$}{}", "", harmless(text));
        let length = line.chars().count();
        if length > WIDTH {
            let head = line.chars().take(WIDTH - 1 - TAIL);
            self.0.extend(head.chain(['…']).chain(line.chars().skip(length - TAIL)));
        } else {
            self.0.push_str(&line);
        }
        self.0.push('\n');
    }
}

fn endpoint(config: &Value) -> Vec<String> {
    let cidrs: Vec<String> = list(&config["publicAccessCidrs"]).iter().map(word).collect();
    let public = (config["endpointPublicAccess"] == true).then(|| format!("public from {}", cidrs.join(" ")));
    let private = (config["endpointPrivateAccess"] == true).then(|| "private".to_owned());
    public.into_iter().chain(private).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn pairs(map: &Value) -> Vec<String> {
    let pairs = map.as_object().into_iter().flatten();
    pairs.map(|(key, value)| format!("{key}={}", word(value))).collect()
}

/// A text without its quotes, nothing for null, everything else as JSON.
fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// The part of an ARN that names the resource.
fn resource(arn: &Value) -> String {
    word(arn).splitn(6, ':').last().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_in_a_world_commands_the_terminal() {
        let text = world(&json!({ "account": { "caller": "a\u{1b}[31mred\u{202e}" } }));
        assert!(text.contains("a\\u{1b}[31mred\\u{202e}"), "{text}");
    }
}
