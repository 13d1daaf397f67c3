//! What the engines cost, for thirty nodegroups: `cargo bench`. Nothing here is a test.

use divan::{Bencher, black_box};
use sandbox::{Mount, Settings, World};
use tokio::runtime::{Builder, Runtime};
use trueup::apply::{Audience, Ending, Options, apply};
use trueup::aws::{Endpoint, connect};
use trueup::event::{Event, Reading};
use trueup::execute::Limits;
use trueup::observe::observe;
use trueup::plan::{Plan, Request, plan};
use trueup::record::Goal;
use trueup::resources::Live;
use trueup::spec::{Spec, parse};

const FILE: &str = include_str!("../examples/thirty-groups.yaml");

fn main() {
    divan::main();
}

fn spec() -> Spec {
    parse("thirty-groups.yaml", FILE).expect("the example is valid")
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime starts")
}

/// Text to checked file.
#[divan::bench]
fn parse_the_file() -> Spec {
    parse(black_box("thirty-groups.yaml"), black_box(FILE)).expect("the example is valid")
}

/// Everything has to be made: the largest plan there is for this file.
#[divan::bench]
fn plan_from_nothing(bencher: Bencher<'_, '_>) {
    let spec = spec();
    bencher.bench_local(|| plan(black_box(&spec), black_box(&Live::default()), &Request::default()));
}

/// A drift check in process: the SDK, the wire formats and the sandbox included.
#[divan::bench]
fn read_and_plan_in_sync(bencher: Bencher<'_, '_>) {
    let (spec, runtime, mount) = (spec(), runtime(), Mount::in_memory(World::story(Settings::default())));
    runtime.block_on(apply_once(&spec, &mount));
    bencher.bench_local(|| {
        runtime.block_on(async {
            let (aws, _retries) = connect("us-east-1", Endpoint::Mounted(mount.clone())).await;
            let (live, _) = observe(&spec, &aws).await.expect("the sandbox answers");
            plan(&spec, &live, &Request::default())
        })
    });
}

/// An apply from nothing, in virtual time.
#[divan::bench(sample_count = 10)]
fn apply_from_nothing(bencher: Bencher<'_, '_>) {
    let (spec, runtime) = (spec(), runtime());
    bencher.bench_local(|| {
        let mount = Mount::in_memory(World::story(Settings::default()));
        runtime.block_on(apply_once(&spec, &mount));
    });
}

async fn apply_once(spec: &Spec, mount: &Mount) {
    let (aws, mut retries) = connect("us-east-1", Endpoint::Mounted(mount.clone())).await;
    let limits = Limits::new(8, "bench".to_owned());
    let options =
        Options { goal: Goal::AsTheFile, request: Request::default(), promise: None, skip_blocked: false, limits };
    let ending = apply(spec, &aws, &options, &mut retries, &mut Nobody).await;
    assert!(matches!(ending, Ending::Done(..)), "the apply did not end as it should");
}

/// Agrees to everything and hears nothing.
struct Nobody;

impl Audience for Nobody {
    fn show(&mut self, _plan: &Plan, _reading: &Reading) {}

    async fn approve(&mut self) -> bool {
        true
    }

    fn hear(&mut self, _event: &Event) {}
}
