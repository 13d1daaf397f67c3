//! Auto Scaling through real requests. Each test names the row of the facts that it proves.

use serde_json::json;

use crate::testing::{Client, nodegroup, with};

type Form<'a> = Vec<(&'a str, &'a str)>;

fn tag<'a>(group: &'a str, key: &'a str, value: &'a str) -> Form<'a> {
    vec![
        ("Tags.member.1.ResourceId", group),
        ("Tags.member.1.ResourceType", "auto-scaling-group"),
        ("Tags.member.1.Key", key),
        ("Tags.member.1.Value", value),
        ("Tags.member.1.PropagateAtLaunch", "false"),
    ]
}

fn filter(client: &mut Client, name: &str, value: &str) -> usize {
    let form = [("Filters.member.1.Name", name), ("Filters.member.1.Values.member.1", value)];
    client.autoscaling("DescribeAutoScalingGroups", &form).text().matches("<AutoScalingGroupName>").count()
}

fn named(client: &mut Client, name: &str) -> String {
    let form = [("AutoScalingGroupNames.member.1", name), ("IncludeInstances", "false")];
    client.autoscaling("DescribeAutoScalingGroups", &form).text().to_owned()
}

/// facts §8
#[test]
fn eks_tags_its_groups() {
    let mut client = Client::new().settled();
    let name = client.group_name();
    let shown = named(&mut client, &name);
    for (key, value) in [
        ("eks:cluster-name", "demo"),
        ("eks:nodegroup-name", "blue"),
        ("k8s.io/cluster-autoscaler/demo", "owned"),
        ("k8s.io/cluster-autoscaler/enabled", "true"),
        ("kubernetes.io/cluster/demo", "owned"),
    ] {
        let tag = format!("<Key>{key}</Key><PropagateAtLaunch>true</PropagateAtLaunch>");
        assert!(shown.contains(&tag) && shown.contains(&format!("<Value>{value}</Value>")), "{key}: {shown}");
    }
    let template =
        format!("<LaunchTemplateName>eks-{}</LaunchTemplateName><Version>1</Version>", &name[name.len() - 36..]);
    assert!(shown.contains("<LaunchTemplateId>lt-") && shown.contains(&template), "{shown}");
    assert!(shown.contains("<DeletionProtection>none</DeletionProtection>"));
    assert!(shown.contains("<DesiredCapacity>2</DesiredCapacity>") && !shown.contains("<InstanceId>"));
    assert!(client.autoscaling("DescribeAutoScalingGroups", &[]).text().contains("<InstanceId>i-"));
}

/// facts §8, a switch
#[test]
fn eks_tags_may_not_propagate() {
    let mut client = Client::switched(|switches| switches.group_tags_propagate = false).settled();
    let name = client.group_name();
    assert!(!named(&mut client, &name).contains("<PropagateAtLaunch>true"));
}

/// facts §2.3, switches: by name 5 s after ACTIVE, by tag 20 s
#[test]
fn a_fresh_group_is_found_late() {
    let mut client = Client::new().settled();
    client.eks("POST /clusters/demo/node-groups", with(nodegroup(), json!({ "nodegroupName": "green" }))).ok();
    let counts = |client: &mut Client, wait: u64| {
        client.wait(wait);
        client.cluster();
        let name = client.world.auto_scaling_groups().keys().find(|name| name.contains("green")).unwrap().clone();
        (named(client, &name).contains("<Key>"), filter(client, "tag:eks:cluster-name", "demo"))
    };
    assert_eq!(counts(&mut client, 180), (false, 1));
    assert_eq!(counts(&mut client, 5), (true, 1));
    assert_eq!(counts(&mut client, 15), (true, 2));
}

#[test]
fn filters_are_anded_and_unknown_ones_refused() {
    let mut client = Client::new().settled();
    assert_eq!(filter(&mut client, "tag-key", "eks:nodegroup-name"), 1);
    assert_eq!(filter(&mut client, "tag-value", "blue"), 1);
    assert_eq!(filter(&mut client, "tag:eks:nodegroup-name", "green"), 0);
    let both = [
        ("Filters.member.1.Name", "tag-value"),
        ("Filters.member.1.Values.member.1", "blue"),
        ("Filters.member.2.Name", "tag-key"),
        ("Filters.member.2.Values.member.1", "none"),
    ];
    assert!(!client.autoscaling("DescribeAutoScalingGroups", &both).text().contains("<Key>"));
    let unknown = [("Filters.member.1.Name", "name"), ("Filters.member.1.Values.member.1", "x")];
    client.autoscaling("DescribeAutoScalingGroups", &unknown).refused(
        400,
        "ValidationError",
        "does not know the filter",
    );
    client.autoscaling("DescribeAutoScalingGroups", &[("Unknown", "x")]).refused(400, "ValidationError", "Unknown");
    client.autoscaling("PutScalingPolicy", &[]).refused(400, "InvalidAction", "does not know");
}

/// facts §1.7, §2.3: upsert, seen late; a missing key is no error
#[test]
fn tags_are_written_and_removed() {
    let mut client = Client::new().settled();
    let name = client.group_name();
    client.autoscaling("CreateOrUpdateTags", &tag(&name, "mine", "1")).ok();
    assert!(!named(&mut client, &name).contains("<Key>mine</Key>"));
    client.wait(2);
    assert!(named(&mut client, &name).contains("<Key>mine</Key><PropagateAtLaunch>false</PropagateAtLaunch>"));
    assert_eq!(filter(&mut client, "tag:mine", "1"), 0);
    client.wait(18);
    assert_eq!(filter(&mut client, "tag:mine", "1"), 1);
    client.autoscaling("DeleteTags", &tag(&name, "mine", "1")).ok();
    client.autoscaling("DeleteTags", &tag(&name, "mine", "1")).ok();
    client.wait(2);
    assert!(!named(&mut client, &name).contains("<Key>mine</Key>"));
}

/// facts §1.7, §2.4
#[test]
fn wrong_tags_are_refused_and_change_nothing() {
    let mut client = Client::new().settled();
    let name = client.group_name();
    let before = client.world.auto_scaling_groups().clone();
    let write = |client: &mut Client, form: &[(&str, &str)], code: &str, message: &str| {
        client.autoscaling("CreateOrUpdateTags", form).refused(400, code, message);
    };
    write(&mut client, &tag("none", "k", "v"), "ValidationError", "AutoScalingGroup name not found - ");
    write(&mut client, &tag(&name, "", "v"), "ValidationError", "between 1 and 128");
    write(&mut client, &tag(&name, "k", &"v".repeat(257)), "ValidationError", "too long");
    write(&mut client, &tag(&name, "k", "v")[..4], "ValidationError", "PropagateAtLaunch is missing");
    let many: Vec<(String, &str)> = (1..=50)
        .flat_map(|n| {
            let member = |field: &str| format!("Tags.member.{n}.{field}");
            let fields =
                [("ResourceId", &*name), ("ResourceType", "auto-scaling-group"), ("PropagateAtLaunch", "false")];
            fields.map(|(field, value)| (member(field), value)).into_iter().chain([(member("Key"), "k")])
        })
        .collect();
    let mut form: Vec<(&str, &str)> = many.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    write(&mut client, &form, "ValidationError", "At most 25 tags");
    client.world.settings_mut().switches.group_tags_per_call = 0;
    let keys: Vec<String> = (1..=50).map(|n| format!("k{n}")).collect();
    for (field, key) in form.iter_mut().filter(|(field, _)| field.ends_with("Key")).zip(&keys) {
        field.1 = key;
    }
    write(&mut client, &form, "LimitExceeded", "at most 50 tags");
    assert_eq!(*client.world.auto_scaling_groups(), before);
}

/// facts §0.9, §1.7
#[test]
fn processes_are_suspended_and_resumed() {
    let mut client = Client::new().settled();
    let name = client.group_name();
    let call = |client: &mut Client, action: &str, process: Option<&str>| {
        let process = process.map(|process| ("ScalingProcesses.member.1", process));
        let form: Form<'_> = [("AutoScalingGroupName", name.as_str())].into_iter().chain(process).collect();
        client.autoscaling(action, &form)
    };
    call(&mut client, "SuspendProcesses", Some("AZRebalance")).ok();
    let shown = named(&mut client, &name);
    let expected = "<ProcessName>AZRebalance</ProcessName><SuspensionReason>User suspended at 2026-01-01T02:00:00Z<";
    assert!(shown.contains(expected), "{shown}");
    call(&mut client, "SuspendProcesses", Some("azrebalance")).refused(400, "ValidationError", "azrebalance");
    call(&mut client, "SuspendProcesses", None).ok();
    assert_eq!(named(&mut client, &name).matches("<ProcessName>").count(), 9);
    call(&mut client, "ResumeProcesses", Some("Launch")).ok();
    assert_eq!(named(&mut client, &name).matches("<ProcessName>").count(), 8);
    call(&mut client, "ResumeProcesses", None).ok();
    assert_eq!(named(&mut client, &name).matches("<ProcessName>").count(), 0);
}

/// facts §8 Operator.Principal
#[test]
fn a_services_own_group_refuses_others() {
    let mut client = Client::new().settled();
    let name = client.group_name();
    client.world.auto_scaling_groups_mut().get_mut(&name).unwrap().operator = Some("eks.amazonaws.com".into());
    client.autoscaling("CreateOrUpdateTags", &tag(&name, "k", "v")).refused(403, "AccessDenied", "eks.amazonaws.com");
    assert!(named(&mut client, &name).contains("<Operator><Principal>eks.amazonaws.com</Principal></Operator>"));
}

/// facts §8, unverified: a switch
#[test]
fn deleted_discovery_tags_come_back_or_not() {
    for restored in [false, true] {
        let mut client = Client::switched(|switches| switches.discovery_tags_restored = restored).settled();
        let name = client.group_name();
        client.autoscaling("DeleteTags", &tag(&name, "k8s.io/cluster-autoscaler/enabled", "true")).ok();
        client
            .eks("POST /clusters/demo/node-groups/blue/update-config", json!({ "scalingConfig": { "maxSize": 3 } }))
            .ok();
        client.wait(60);
        assert_eq!(named(&mut client, &name).contains("k8s.io/cluster-autoscaler/enabled"), restored);
    }
}

/// facts §5, §10.9
#[test]
fn groups_come_in_pages() {
    let mut client = Client::new().settled();
    client.eks("POST /clusters/demo/node-groups", with(nodegroup(), json!({ "nodegroupName": "green" }))).ok();
    client.wait(3600);
    client.cluster();
    let first = client.autoscaling("DescribeAutoScalingGroups", &[("MaxRecords", "1")]).text().to_owned();
    let token = first.split("<NextToken>").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
    let second = client.autoscaling("DescribeAutoScalingGroups", &[("MaxRecords", "1"), ("NextToken", token)]);
    assert!(
        first.contains("eks-blue-") && second.text().contains("eks-green-") && !second.text().contains("NextToken")
    );
    client.autoscaling("DescribeAutoScalingGroups", &[("NextToken", "x")]).refused(400, "InvalidNextToken", "");
    client.autoscaling("DescribeAutoScalingGroups", &[("MaxRecords", "101")]).refused(
        400,
        "ValidationError",
        "MaxRecords",
    );
}

fn size(client: &mut Client, group: &str, to: &str) -> crate::testing::Reply {
    client.autoscaling("SetDesiredCapacity", &[("AutoScalingGroupName", group), ("DesiredCapacity", to)])
}

/// facts §1.2 scalingConfig, §8: what an autoscaler sets is what EKS shows, and within the bounds
#[test]
fn the_size_is_set_within_the_bounds() {
    let mut client = Client::new().settled();
    let name = client.group_name();
    size(&mut client, &name, "1").ok();
    assert!(named(&mut client, &name).contains("<DesiredCapacity>1</DesiredCapacity>"));
    assert_eq!(client.nodegroup()["scalingConfig"], json!({ "minSize": 1, "maxSize": 2, "desiredSize": 1 }));
    let wrong = "ValidationError";
    size(&mut client, &name, "3").refused(400, wrong, "value 3 is above max value 2 for the AutoScalingGroup.");
    size(&mut client, &name, "0").refused(400, wrong, "value 0 is below min value 1 for the AutoScalingGroup.");
    size(&mut client, &name, "many").refused(400, wrong, "many");
    size(&mut client, "none", "1").refused(400, wrong, "AutoScalingGroup name not found - ");
    let form = [("AutoScalingGroupName", name.as_str())];
    client.autoscaling("SetDesiredCapacity", &form).refused(400, wrong, "DesiredCapacity is missing");
    client.world.auto_scaling_groups_mut().get_mut(&name).unwrap().operator = Some("eks.amazonaws.com".into());
    size(&mut client, &name, "2").refused(403, "AccessDenied", "eks.amazonaws.com");
}

fn described(client: &mut Client, filters: &[(&str, &str)]) -> usize {
    let form: Vec<(String, &str)> = (1..)
        .zip(filters)
        .flat_map(|(n, (name, value))| {
            [(format!("Filters.member.{n}.Name"), *name), (format!("Filters.member.{n}.Values.member.1"), *value)]
        })
        .collect();
    let form: Form<'_> = form.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    client.autoscaling("DescribeTags", &form).text().matches("<ResourceId>").count()
}

/// facts §2.3, §5, §8
#[test]
fn tags_are_described_one_by_one() {
    let mut client = Client::new().settled();
    let name = client.group_name();
    assert_eq!(described(&mut client, &[]), 5);
    assert_eq!(described(&mut client, &[("auto-scaling-group", &name)]), 5);
    assert_eq!(described(&mut client, &[("auto-scaling-group", "none")]), 0);
    assert_eq!(described(&mut client, &[("key", "eks:cluster-name"), ("value", "demo")]), 1);
    assert_eq!(described(&mut client, &[("key", "eks:cluster-name"), ("value", "other")]), 0);
    assert_eq!(described(&mut client, &[("propagate-at-launch", "false")]), 0);
    let unknown = [("Filters.member.1.Name", "tag-key"), ("Filters.member.1.Values.member.1", "x")];
    client.autoscaling("DescribeTags", &unknown).refused(400, "ValidationError", "tag-key");
    client.autoscaling("CreateOrUpdateTags", &tag(&name, "mine", "1")).ok();
    assert_eq!(described(&mut client, &[("key", "mine")]), 0);
    client.wait(20);
    assert_eq!(described(&mut client, &[("key", "mine"), ("propagate-at-launch", "false")]), 1);
}

#[test]
fn tags_come_in_pages() {
    let mut client = Client::new().settled();
    let first = client.autoscaling("DescribeTags", &[("MaxRecords", "4")]).text().to_owned();
    let token = first.split("<NextToken>").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
    let second = client.autoscaling("DescribeTags", &[("MaxRecords", "4"), ("NextToken", token)]);
    let count = |text: &str| text.matches("<ResourceId>").count();
    assert_eq!((count(&first), count(second.text())), (4, 1));
    assert!(!second.text().contains("NextToken"));
    client.autoscaling("DescribeTags", &[("NextToken", "x")]).refused(400, "InvalidNextToken", "");
    client.autoscaling("DescribeTags", &[("MaxRecords", "0")]).refused(400, "ValidationError", "MaxRecords");
}
