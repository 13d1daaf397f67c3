//! Two invented kinds that refer to each other, for tests of what no real kind needs yet.
//!
//! There is no central type: a [`widget::Widget`] has outputs, a [`gadget::Gadget`] uses them, and each may refer to the
//! other, so that what is pending, the order of both ways and cycles can be asserted. They cannot be written in a file.

/// What has outputs: an ARN, and a version that is another one when the size changes.
pub(crate) mod widget {
    use crate::model::{Call, Effect, Field, Link, Output, Ref, Rule, View, field};
    use crate::model::{Disruption, Phase, Value, Verdict};
    use crate::resources::{Live, Managed, Traits};
    use crate::spec::Spec;

    pub(crate) const SIZE: Call = Call::exclusive("SetSize", "");
    pub(crate) const POLISH: Call = Call::exclusive("Polish", "");

    #[derive(Debug, Clone, Default, PartialEq)]
    pub struct Widget {
        pub(crate) name: String,
        pub(crate) size: Option<i32>,
        /// Not taken by the create call.
        pub(crate) polish: Option<i32>,
        pub(crate) gadget: Option<Ref>,
    }

    impl Managed for Widget {
        const KIND: &'static str = "widget";
        const SECTION: &'static str = "widgets";

        fn name(&self) -> &str {
            &self.name
        }

        fn refs(&mut self, visit: &mut dyn FnMut(Link, &mut Ref)) {
            self.gadget.iter_mut().for_each(|gadget| visit(Link::Mentions, gadget));
        }

        fn desired(_: &Spec, _: &Live) -> Vec<Self> {
            vec![]
        }

        fn fields(&self, _: View<'_, Self>) -> Vec<Field> {
            vec![
                field("size", self.size, Rule::Guarded(SIZE, one_up)).produces(Output::Version),
                field("polish", self.polish, Rule::InPlace(POLISH)).phase(Phase::Late),
                field("gadget", self.gadget.as_ref(), Rule::Fixed),
            ]
        }

        fn traits(&self) -> Traits {
            let removal = Disruption { effect: Effect::EndsPods, nodes: None, because: "the widget is deleted".into() };
            Traits { removal: Some(removal), ..Traits::default() }
        }

        fn created(&self) -> Option<Self> {
            self.polish.is_some().then(|| Self { polish: Some(0), ..self.clone() })
        }

        fn stages(&self, live: &Self) -> Vec<Self> {
            let sizes = live.size.unwrap_or_default() + 1..self.size.unwrap_or_default();
            sizes.map(|size| Self { size: Some(size), ..self.clone() }).collect()
        }
    }

    fn one_up(from: &Value, to: &Value) -> Verdict {
        match (from, to) {
            (Value::Number(from), Value::Number(to)) if *to == from + 1 => Verdict::Allowed,
            _ => Verdict::Kept("one size at a time, and never back".to_owned()),
        }
    }
}

/// What uses a widget: it holds its ARN, and mentions its version.
pub(crate) mod gadget {
    use crate::model::{Address, Call, Field, Link, Ref, Rule, View, field};
    use crate::resources::{Live, Managed, Traits};
    use crate::spec::Spec;

    pub(crate) const WIDGET: Call = Call::exclusive("SetWidget", "");
    pub(crate) const RELEASE: Call = Call::exclusive("SetRelease", "");

    #[derive(Debug, Clone, Default, PartialEq)]
    pub struct Gadget {
        pub(crate) name: String,
        pub(crate) widget: Ref,
        pub(crate) release: Option<Ref>,
        pub(crate) parent: Option<Address>,
        pub(crate) serial: bool,
    }

    impl Managed for Gadget {
        const KIND: &'static str = "gadget";
        const SECTION: &'static str = "gadgets";

        fn name(&self) -> &str {
            &self.name
        }

        fn parent(&self) -> Option<Address> {
            self.parent.clone()
        }

        fn refs(&mut self, visit: &mut dyn FnMut(Link, &mut Ref)) {
            visit(Link::Holds, &mut self.widget);
            self.release.iter_mut().for_each(|release| visit(Link::Mentions, release));
        }

        fn desired(_: &Spec, _: &Live) -> Vec<Self> {
            vec![]
        }

        fn fields(&self, _: View<'_, Self>) -> Vec<Field> {
            vec![
                field("widget", Some(&self.widget), Rule::InPlace(WIDGET)),
                field("release", self.release.as_ref(), Rule::InPlace(RELEASE)),
            ]
        }

        fn traits(&self) -> Traits {
            Traits { serial_within_parent: self.serial, ..Traits::default() }
        }
    }
}
