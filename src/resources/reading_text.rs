//! What reading a cluster takes, as `docs/reading.md`.
//!
//! The central function is [`reading_document`]. Not here: what is declared (`<kind>/aws.rs`).

use std::fmt::Write as _;

use super::{IDENTITY, Managed, Often, Read, Remote};

macro_rules! readings {
    ($($(#[$only:meta])* $kind:ident: $module:ident,)+) => {
        /// What reading every kind takes, by kind.
        pub fn readings() -> Vec<(&'static str, &'static [Read])> {
            vec![$($(#[$only])* (<super::$module::$kind as Managed>::KIND, <super::$module::$kind as Remote>::READING),)+]
        }
    };
}

super::for_each_kind!(readings);

/// `docs/reading.md`, whole.
pub fn reading_document() -> String {
    let mut out = String::from(
        "# What reading a cluster takes\n\n\
         Generated from what each kind declares beside its calls (`READING` in `src/resources/*/aws*`); a test counts the\n\
         calls and rounds of readings and compares them with this.\n\n\
         A reading has two rounds. The first asks at once for everything that the file names and for the lists of what there\n\
         is; the second for what only the first one brought up, and there is none if that is nothing. The check of the\n\
         account runs beside the first. Pages of a list follow one after the other and are no round of their own.\n\n\
         | kind | call | round | how often |\n|---|---|---|---|\n",
    );
    let identity = ("", &[IDENTITY][..]);
    for (kind, reads) in [identity].into_iter().chain(readings()) {
        for Read { operation, round, often } in reads {
            // Writing to a string cannot fail.
            let _infallible = writeln!(out, "| {kind} | `{operation}` | {round} | {} |", words(*often));
        }
    }
    out.push_str(
        "\nReads of a service run side by side, up to its limit: 40 of EKS, 4 of Auto Scaling, half as many whenever the \
         service\nthrottles.\n",
    );
    out
}

fn words(often: Often) -> String {
    match often {
        Often::Once => "once".to_owned(),
        Often::PerPage(size) => format!("once per {size} that there are, at least once"),
        Often::PerNamed => "once per resource in the file".to_owned(),
        Often::PerOther => "once per resource that is not in the file".to_owned(),
        Often::Rarely(case) => format!("once, only {case}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::resources::{Command, permissions};

    #[test]
    fn a_reading_calls_what_a_plan_may_call() {
        let read = readings().into_iter().flat_map(|(_, reads)| reads).map(|read| read.operation);
        let allowed = permissions().into_iter().flat_map(|(_, permissions)| permissions);
        let allowed = allowed.filter(|it| it.command == Command::Plan && it.called).map(|it| it.action);
        assert_eq!(read.collect::<BTreeSet<_>>(), allowed.collect::<BTreeSet<_>>());
    }
}
