//! What one resource says of another: a literal, or what a resource of the file will have.
//!
//! The central type is [`Ref`]. Not here: which references a kind has (`Managed::refs`), and how they become known
//! (`plan/outlook.rs`).

use super::{Address, Output, Value};

/// A field that says which other resource is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ref {
    /// What AWS itself calls it, such as an ARN.
    Literal(String),
    /// An output of a resource that the file declares.
    Declared {
        /// The resource.
        to: Address,
        /// Which of its outputs.
        output: Output,
        /// What that is, once it is known.
        known: Option<String>,
    },
}

impl Default for Ref {
    fn default() -> Self {
        Self::Literal(String::new())
    }
}

/// What a reference means to the resource that it refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    /// It only mentions it: AWS deletes the one whatever becomes of the other.
    Mentions,
    /// It holds it: AWS does not delete, or should not, what is used.
    Holds,
}

impl Ref {
    /// A reference to what a resource of the file will have.
    pub fn declared(to: Address, output: Output) -> Self {
        Self::Declared { to, output, known: None }
    }

    /// What it stands for, if that is known.
    pub fn known(&self) -> Option<&str> {
        match self {
            Self::Literal(text) => Some(text),
            Self::Declared { known, .. } => known.as_deref(),
        }
    }

    /// The resource of the file that it refers to, and by which of its outputs.
    pub fn declares(&self) -> Option<(&Address, Output)> {
        match self {
            Self::Literal(_) => None,
            Self::Declared { to, output, .. } => Some((to, *output)),
        }
    }

    /// As a field of a plan: what it stands for, or where that will come from.
    pub fn value(&self) -> Value {
        match self {
            Self::Literal(text) | Self::Declared { known: Some(text), .. } => Value::Text(text.clone()),
            Self::Declared { to, output, known: None } => Value::Pending { address: to.clone(), output: *output },
        }
    }
}

impl From<&Ref> for Value {
    fn from(reference: &Ref) -> Self {
        reference.value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Outputs;

    fn widget() -> Address {
        Address::new("widget", "a")
    }

    #[test]
    fn what_is_empty_is_no_output() {
        let outputs = Outputs::default().with(Output::Arn, Some("")).with(Output::Id, None::<String>);
        assert_eq!(outputs, Outputs::default());
        let outputs = outputs.with(Output::Arn, Some("arn:a")).with(Output::Arn, Some(""));
        assert_eq!(outputs.get(Output::Arn), Some("arn:a"));
        assert_eq!(outputs.get(Output::Id), None);
    }

    #[test]
    fn newer_outputs_take_the_place_of_older_ones_and_others_stay() {
        let mut outputs = Outputs::default().with(Output::Version, Some("1")).with(Output::Arn, Some("arn:a"));
        outputs.absorb(Outputs::default().with(Output::Version, Some("2")).with(Output::Id, Some("id")));
        let all: Vec<(Output, &str)> = outputs.iter().collect();
        assert_eq!(all, [(Output::Arn, "arn:a"), (Output::Id, "id"), (Output::Version, "2")]);
        outputs.forget(Output::Arn);
        assert_eq!(outputs.iter().count(), 2);
        assert_eq!(outputs.get(Output::Arn), None);
    }

    #[test]
    fn a_literal_is_known_and_refers_to_nothing() {
        let literal = Ref::Literal("arn:a".to_owned());
        assert_eq!((literal.known(), literal.declares()), (Some("arn:a"), None));
        assert_eq!(literal.value(), Value::Text("arn:a".to_owned()));
        assert_eq!(Ref::default(), Ref::Literal(String::new()));
    }

    #[test]
    fn what_is_declared_is_pending_until_it_is_known() {
        let declared = Ref::declared(widget(), Output::Arn);
        assert_eq!((declared.known(), declared.declares()), (None, Some((&widget(), Output::Arn))));
        assert_eq!(declared.value(), Value::Pending { address: widget(), output: Output::Arn });
        let known = Ref::Declared { to: widget(), output: Output::Arn, known: Some("arn:a".to_owned()) };
        assert_eq!((known.known(), known.declares()), (Some("arn:a"), Some((&widget(), Output::Arn))));
        assert_eq!(known.value(), Value::Text("arn:a".to_owned()));
    }

    #[test]
    fn outputs_have_names_for_people_and_for_programs() {
        let of = |output: Output| (output.to_string(), serde_json::to_value(output).unwrap());
        assert_eq!(of(Output::Arn), ("ARN".to_owned(), "arn".into()));
        assert_eq!(of(Output::Id), ("id".to_owned(), "id".into()));
        assert_eq!(of(Output::Version), ("version".to_owned(), "version".into()));
        assert_eq!(of(Output::IssuerUrl), ("issuer URL".to_owned(), "issuerUrl".into()));
        assert_eq!(of(Output::GroupNames), ("group names".to_owned(), "groupNames".into()));
    }
}
