//! The workbench of all tests: a world, a file, and trueup between them.

use std::cell::Cell;
use std::collections::BTreeSet;

use sandbox::{Audit, AutoScalingGroup, Call, Cluster, DisruptionConsent, Mount, Nodegroup, Settings, Switches, World};
use serde_json::Value;
use tokio::sync::watch;
use trueup::apply::{Audience, Ending, Options, apply};
use trueup::aws::{Aws, Endpoint, Retry, connect};
use trueup::event::{Event, Reading};
use trueup::execute::Limits;
use trueup::model::Address;
use trueup::observe::observe;
use trueup::plan::{Consent, Document, Plan, Request, Verb, destroy, plan};
use trueup::record::Goal;
use trueup::report::{Mood, Page, PlanText};
use trueup::spec::{Spec, parse};

use crate::audience::Scripted;

/// What `--allow-disruption` without an address agrees to.
pub(crate) fn every_disruption() -> Vec<String> {
    vec![Consent::EVERYTHING.to_owned()]
}

pub(crate) fn full_consent() -> Consent {
    Consent { prune: true, disruption: every_disruption(), irreversible: true, unlock: true }
}

/// A world, a file, and what the command line agrees to.
pub(crate) struct Bench {
    pub(crate) mount: Mount,
    pub(crate) file: Value,
    pub(crate) consent: Consent,
    pub(crate) targets: Vec<String>,
    /// The saved plan that is carried out.
    pub(crate) promise: Option<Document>,
    pub(crate) skip_blocked: bool,
    /// Whether an apply should stop.
    pub(crate) stop: watch::Sender<bool>,
    /// How many actions may run at a time.
    pub(crate) parallel: usize,
    runs: Cell<u32>,
}

impl Bench {
    /// The story's world and a file from the repository, such as `cluster.yaml`.
    pub(crate) fn new(file: &str) -> Self {
        Self::with(file, Switches::default(), None)
    }

    pub(crate) fn with(file: &str, switches: Switches, page_size: Option<usize>) -> Self {
        let audit =
            Audit { ownership_key: "trueup/cluster".to_owned(), disruption: DisruptionConsent::None, prune: false };
        let settings = Settings { switches, page_size, audit: Some(audit), ..Settings::default() };
        fastrand::seed(7);
        let mut world = World::story(settings);
        world.iam_mut().make_role("another-workload", "/", &["pods.eks.amazonaws.com"]);
        Self {
            mount: Mount::in_memory(world),
            file: document(file),
            consent: Consent::default(),
            targets: vec![],
            promise: None,
            skip_blocked: false,
            stop: watch::Sender::new(false),
            parallel: 8,
            runs: Cell::new(0),
        }
    }

    /// A world that an apply has brought in line with the file.
    pub(crate) async fn applied(file: &str) -> Self {
        let bench = Self::new(file);
        bench.apply_fully().await;
        bench
    }

    /// Lets time pass, after which reads no longer lag behind writes.
    pub(crate) async fn later(&self) {
        tokio::time::sleep(std::time::Duration::from_mins(5)).await;
    }

    /// The same file, and a copy of the world.
    pub(crate) fn copy(&self) -> Self {
        Self {
            mount: Mount::in_memory(self.tamper(|world| world.clone())),
            file: self.file.clone(),
            consent: self.consent.clone(),
            targets: self.targets.clone(),
            promise: self.promise.clone(),
            skip_blocked: self.skip_blocked,
            stop: watch::Sender::new(false),
            parallel: self.parallel,
            runs: Cell::new(self.runs.get()),
        }
    }

    /// Changes the file at a JSON pointer; `null` removes.
    pub(crate) fn edit(&mut self, pointer: &str, value: Value) {
        set(&mut self.file, pointer, value);
    }

    pub(crate) fn spec(&self) -> Spec {
        let text = self.file.to_string();
        parse("test.yaml", &text).unwrap_or_else(|problems| panic!("{}", problems.render(100, false)))
    }

    /// Changes the world behind everybody's back.
    pub(crate) fn tamper<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        self.mount.world(change).unwrap()
    }

    /// Changes the cluster behind everybody's back.
    pub(crate) fn cluster<T>(&self, change: impl FnOnce(&mut Cluster) -> T) -> T {
        self.tamper(|world| change(cluster(world)))
    }

    /// Changes a nodegroup behind everybody's back.
    pub(crate) fn group<T>(&self, name: &str, change: impl FnOnce(&mut Nodegroup) -> T) -> T {
        self.tamper(|world| change(nodegroup(world, name)))
    }

    pub(crate) async fn connect(&self) -> (Aws, tokio::sync::mpsc::UnboundedReceiver<Retry>) {
        connect("us-east-1", Endpoint::Mounted(self.mount.clone())).await
    }

    pub(crate) async fn plan(&self) -> Plan {
        self.read().await.0
    }

    pub(crate) async fn read(&self) -> (Plan, Reading) {
        let spec = self.spec();
        let (aws, _retries) = self.connect().await;
        let (live, reading) = observe(&spec, &aws).await.unwrap();
        (plan(&spec, &live, &self.request()), reading)
    }

    pub(crate) fn request(&self) -> Request {
        Request { consent: self.consent.clone(), targets: self.targets.clone() }
    }

    /// The plan as people see it, without colours and without the line about the reading.
    pub(crate) async fn plan_text(&self) -> String {
        text(&self.plan().await)
    }

    pub(crate) async fn apply(&self) -> Ending {
        self.apply_heard().await.0
    }

    pub(crate) async fn apply_heard(&self) -> (Ending, Vec<Event>) {
        let mut listener = Scripted::default();
        let ending = self.apply_before(&mut listener).await;
        (ending, listener.events)
    }

    /// Applies before the eyes of somebody.
    pub(crate) async fn apply_before(&self, audience: &mut impl Audience) -> Ending {
        self.tell_auditor(&self.spec(), self.consent.prune);
        self.run(Goal::AsTheFile, audience).await
    }

    /// Deletes everything of ours.
    pub(crate) async fn destroy(&self) -> Ending {
        self.destroy_before(&mut Scripted::default()).await
    }

    /// Destroys before the eyes of somebody.
    pub(crate) async fn destroy_before(&self, audience: &mut impl Audience) -> Ending {
        self.tell_auditor(&self.spec(), true);
        self.run(Goal::NothingLeft, audience).await
    }

    /// The plan of a destroy.
    pub(crate) async fn destruction(&self) -> Plan {
        let spec = self.spec();
        let (aws, _retries) = self.connect().await;
        let (live, _) = observe(&spec, &aws).await.unwrap();
        destroy(&spec, &live, &self.consent)
    }

    async fn run(&self, goal: Goal, audience: &mut impl Audience) -> Ending {
        let spec = self.spec();
        let (aws, mut retries) = self.connect().await;
        self.runs.set(self.runs.get() + 1);
        let options = Options {
            goal,
            request: self.request(),
            promise: self.promise.clone().map(Box::new),
            skip_blocked: self.skip_blocked,
            limits: Limits {
                stop: self.stop.subscribe(),
                ..Limits::new(self.parallel, format!("run-{}", self.runs.get()))
            },
        };
        let ending = apply(&spec, &aws, &options, &mut retries, audience).await;
        self.assert_no_violations();
        ending
    }

    /// Applies with full consent and demands that AWS is as the file says afterwards.
    pub(crate) async fn apply_fully(&self) {
        let runs = Cell::new(self.runs.get());
        let consenting = Self {
            mount: self.mount.clone(),
            file: self.file.clone(),
            consent: full_consent(),
            targets: vec![],
            promise: None,
            skip_blocked: false,
            stop: watch::Sender::new(false),
            parallel: self.parallel,
            runs,
        };
        let ending = consenting.apply().await;
        assert!(matches!(ending, Ending::Done(..) | Ending::InSync(_)), "{ending:#?}");
        self.runs.set(consenting.runs.get());
    }

    /// The auditor knows what was agreed to, and nothing else.
    fn tell_auditor(&self, spec: &Spec, prune: bool) {
        let groups: BTreeSet<String> = spec
            .nodegroups
            .iter()
            .filter(|group| group.disruption.is_some())
            .map(|group| group.nodegroup_name.clone())
            .collect();
        let disruption = if self.consent.disruption == every_disruption() {
            DisruptionConsent::All
        } else {
            DisruptionConsent::Groups(groups)
        };
        self.tamper(|world| {
            if let Some(audit) = &mut world.settings_mut().audit {
                audit.disruption = disruption;
                audit.prune = prune;
            }
        });
    }

    pub(crate) fn assert_no_violations(&self) {
        let violations = self.tamper(|world| world.violations().to_vec());
        assert!(violations.is_empty(), "{violations:#?}");
    }

    /// Demands that an apply is blocked, says why, and changes nothing.
    pub(crate) async fn assert_blocked(&self, says: &str) {
        let before = self.mutations().len();
        let ending = self.apply().await;
        let Ending::Blocked(plan) = &ending else { panic!("not blocked: {ending:#?}") };
        assert!(text(plan).contains(says), "{}", text(plan));
        assert_eq!(self.mutations().len(), before, "blocked, and still something was changed");
    }

    /// The ids of the requests of an operation that were refused.
    pub(crate) fn refused(&self, operation: &str) -> Vec<String> {
        let refused = |call: &Call| call.operation == operation && call.status >= 400;
        self.mount.calls().into_iter().filter(refused).map(|call| call.request_id).collect()
    }

    /// The requests so far that change something.
    pub(crate) fn mutations(&self) -> Vec<Call> {
        self.mount.calls().into_iter().filter(|call| call.mutating).collect()
    }
}

/// A file of the repository as a document that tests can edit.
pub(crate) fn document(file: &str) -> Value {
    let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_saphyr::from_str(&text).unwrap()
}

/// Sets a value in a document, making the objects on the way; `null` removes.
pub(crate) fn set(document: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    if document.pointer(parent).is_none() {
        set(document, parent, serde_json::json!({}));
    }
    match document.pointer_mut(parent) {
        Some(Value::Object(object)) if value.is_null() => drop(object.remove(key)),
        Some(Value::Object(object)) => drop(object.insert(key.to_owned(), value)),
        Some(Value::Array(array)) => array[key.parse::<usize>().unwrap()] = value,
        other => panic!("{pointer} leads into {other:?}"),
    }
}

pub(crate) fn text(plan: &Plan) -> String {
    said(plan, Mood::Intent)
}

pub(crate) fn said(plan: &Plan, mood: Mood) -> String {
    on_page(plan, mood, Page::default())
}

pub(crate) fn on_page(plan: &Plan, mood: Mood, page: Page) -> String {
    let reading = Reading { calls: 0, rounds: 0, took: std::time::Duration::ZERO };
    let text = PlanText { plan: &plan.document(), reading: Some(reading), mood, page }.to_string();
    let text = anstream::adapter::strip_str(&text).to_string();
    // What reading took is another test's to say; on a narrow page it takes several lines.
    text.split("\nRead with").next().unwrap().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// The fields that a plan would change or refuses to change, by resource.
pub(crate) fn differing(plan: &Plan) -> BTreeSet<(Address, String)> {
    let of = |change: &trueup::plan::Change| -> Vec<(Address, String)> {
        change.fields.iter().map(|field| (change.address.clone(), field.name.to_string())).collect()
    };
    plan.changes.iter().flat_map(of).collect()
}

/// The one cluster there is, to change it as somebody else.
pub(crate) fn cluster(world: &mut World) -> &mut Cluster {
    world.clusters_mut().values_mut().next().unwrap()
}

/// A nodegroup of that cluster, to change it as somebody else.
pub(crate) fn nodegroup<'a>(world: &'a mut World, name: &str) -> &'a mut Nodegroup {
    cluster(world).nodegroups.get_mut(name).unwrap()
}

/// Another number of nodes, as the autoscaler would have it.
pub(crate) fn resize(world: &mut World, group: &str, nodes: i64) {
    nodegroup(world, group).config.scaling.desired = nodes;
    scaling_group_of(world, group).desired_capacity = nodes;
}

/// The Auto Scaling group behind a nodegroup.
pub(crate) fn scaling_group_of<'a>(world: &'a mut World, nodegroup: &str) -> &'a mut AutoScalingGroup {
    let is_its =
        |group: &&mut AutoScalingGroup| group.tags.get("eks:nodegroup-name").is_some_and(|tag| tag.value == nodegroup);
    world.auto_scaling_groups_mut().values_mut().find(is_its).unwrap()
}

/// What becomes of the resource at an address.
pub(crate) fn verb(plan: &Plan, address: &str) -> Option<Verb> {
    plan.changes.iter().find(|change| change.address.to_string() == address).map(|change| change.verb)
}
