//! Somebody before whose eyes an apply runs. The central type is [`Scripted`].
//!
//! Sees and hears everything, and does once, at a moment that the test names, what the test wants done to the world
//! meanwhile. Not here: what the world is like; that is `bench`'s.

use std::time::Duration;

use sandbox::{Mount, World};
use trueup::apply::Audience;
use trueup::event::{Event, EventKind, Reading};
use trueup::plan::Plan;

/// Says yes and changes nothing, unless told otherwise.
pub(crate) struct Scripted<'a> {
    /// The plan that was shown.
    pub(crate) shown: Option<Plan>,
    /// Everything that was heard.
    pub(crate) events: Vec<Event>,
    asked: Box<dyn FnMut() -> bool + 'a>,
    heard: Box<dyn FnMut(&Event) + 'a>,
}

impl Default for Scripted<'_> {
    fn default() -> Self {
        Self { shown: None, events: vec![], asked: Box::new(|| true), heard: Box::new(|_| ()) }
    }
}

impl<'a> Scripted<'a> {
    /// Answers the question so; nothing has been sent yet.
    pub(crate) fn asked(answer: impl FnMut() -> bool + 'a) -> Self {
        Self { asked: Box::new(answer), ..Self::default() }
    }

    /// Does this at every event.
    pub(crate) fn hearing(reaction: impl FnMut(&Event) + 'a) -> Self {
        Self { heard: Box::new(reaction), ..Self::default() }
    }

    /// Changes the world after the plan was shown and before it is carried out.
    pub(crate) fn meanwhile(mount: &Mount, happens: impl FnOnce(&mut World) + 'a) -> Self {
        let (mount, mut happens) = (mount.clone(), Some(happens));
        Self::asked(move || {
            mount.world(happens.take().expect("asked once")).unwrap();
            true
        })
    }

    /// Changes the world at the first event of this kind.
    pub(crate) fn once(
        mount: &Mount,
        at: impl Fn(&EventKind) -> bool + 'a,
        happens: impl FnOnce(&mut World) + 'a,
    ) -> Self {
        let (mount, mut happens) = (mount.clone(), Some(happens));
        Self::hearing(move |event| {
            if at(&event.kind)
                && let Some(happens) = happens.take()
            {
                mount.world(happens).unwrap();
            }
        })
    }
}

impl Audience for Scripted<'_> {
    fn show(&mut self, plan: &Plan, _reading: &Reading) {
        self.shown = Some(plan.clone());
    }

    async fn approve(&mut self) -> bool {
        (self.asked)()
    }

    fn hear(&mut self, event: &Event) {
        self.events.push(event.clone());
        (self.heard)(event);
    }
}

/// Whether an action waits for what AWS has begun.
pub(crate) fn waits(kind: &EventKind) -> bool {
    matches!(kind, EventKind::ActionWaiting { .. })
}

/// Whether an action has waited for at least a minute: what was just created may be invisible before that.
pub(crate) fn waits_long(kind: &EventKind) -> bool {
    matches!(kind, EventKind::ActionWaiting { waited, .. } if *waited > Duration::from_mins(1))
}

/// Whether an action will be sent again.
pub(crate) fn retries(kind: &EventKind) -> bool {
    matches!(kind, EventKind::ActionRetrying { .. })
}

/// Whether an action has ended.
pub(crate) fn finishes(kind: &EventKind) -> bool {
    matches!(kind, EventKind::ActionFinished { .. })
}
