//! What AWS says of resources while a run changes them, for whoever refers to them.
//!
//! The central type is [`Made`]. Not here: what refers to what, which the resources know.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::model::{Address, Output, Outputs};
use crate::plan::{Returned, resolved};
use crate::resources::Resource;

/// Outputs by address, as far as this run knows them; and by which resource AWS can be asked again.
#[derive(Default)]
pub(super) struct Made {
    known: RefCell<BTreeMap<Address, (Resource, Outputs)>>,
}

impl Made {
    /// Takes in what AWS says of a resource.
    pub(super) fn learn(&self, resource: &Resource, outputs: &Outputs) {
        let mut known = self.known.borrow_mut();
        let (last, all) = known.entry(resource.address()).or_insert_with(|| (resource.clone(), Outputs::default()));
        last.clone_from(resource);
        all.absorb(outputs.clone());
    }

    /// A resource with every reference that is known by now, and with what AWS calls it.
    pub(super) fn resolve(&self, resource: &Resource) -> Resource {
        let known = self.known.borrow();
        let output = |address: &Address, output: Output| known.get(address)?.1.get(output).map(str::to_owned);
        let mut resource = resolved(resource, output);
        if let Some((_, outputs)) = known.get(&resource.address()) {
            resource.identify(outputs);
        }
        resource
    }

    /// What is known of one resource.
    pub(super) fn outputs(&self, address: &Address) -> Outputs {
        self.known.borrow().get(address).map(|(_, outputs)| outputs.clone()).unwrap_or_default()
    }

    /// Whether a resource refers to what this run made or changed, which may not have got around in AWS.
    pub(super) fn concerns(&self, resource: &Resource) -> bool {
        let known = self.known.borrow();
        let references = resource.references();
        references.iter().filter_map(|(_, reference)| reference.declares()).any(|(to, _)| known.contains_key(to))
    }

    /// Those that a resource refers to and that have not said yet what it needs.
    pub(super) fn silent(&self, resource: &Resource) -> Vec<Resource> {
        let references = resource.references();
        let unknown = references.iter().filter(|(_, reference)| reference.known().is_none());
        let known = self.known.borrow();
        unknown.filter_map(|(_, reference)| Some(known.get(reference.declares()?.0)?.0.clone())).collect()
    }

    /// What became known during the run.
    pub(super) fn returned(self) -> Returned {
        self.known.into_inner().into_iter().map(|(address, (_, outputs))| (address, outputs)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Ref;
    use crate::plan::invented::gadget::Gadget;
    use crate::plan::invented::widget::Widget;

    fn gadget() -> Resource {
        let widget = Ref::declared(Address::new("widget", "a"), Output::Arn);
        Resource::Gadget(Gadget { name: "b".to_owned(), widget, ..Gadget::default() })
    }

    fn widget() -> Resource {
        Resource::Widget(Widget { name: "a".to_owned(), ..Widget::default() })
    }

    #[test]
    fn what_a_run_learns_is_known_to_whoever_refers_to_it() {
        let made = Made::default();
        let known = |made: &Made| made.resolve(&gadget()).gadget().unwrap().widget.known().map(str::to_owned);
        assert_eq!((known(&made), made.concerns(&gadget()), made.silent(&gadget()).len()), (None, false, 0));
        made.learn(&widget(), &Outputs::default());
        assert_eq!((known(&made), made.concerns(&gadget())), (None, true));
        assert_eq!(made.silent(&gadget()), [widget()], "it can be asked again");
        made.learn(&widget(), &Outputs::default().with(Output::Arn, Some("arn:a")));
        assert_eq!(known(&made).as_deref(), Some("arn:a"));
        assert_eq!(made.outputs(&widget().address()).get(Output::Arn), Some("arn:a"));
        let asked_again: Vec<Resource> = made.silent(&made.resolve(&gadget()));
        assert_eq!(asked_again, [], "and need not be");
        assert!(!made.concerns(&widget()));
        assert_eq!(made.returned().len(), 1);
    }
}
