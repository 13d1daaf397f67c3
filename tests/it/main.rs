//! The integration tests, in one binary: linking the AWS clients once is slow enough.
//!
//! Every test runs the real SDK against the sandbox in virtual time, and every mutating request passes the sandbox's
//! auditor.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod access;
mod approval;
mod asking;
mod audience;
mod bad_input;
mod bench;
mod cli;
mod convergence;
mod crash;
mod destroy;
mod documents;
mod executor;
mod failures;
mod faults;
mod formats;
mod imports;
mod kinds;
mod offline;
mod pages;
mod permissions;
mod pipeline;
mod plans;
mod promises;
mod races;
mod reading;
mod recordings;
mod registry;
mod safety;
mod states;
mod stopping;
mod story;
mod switches;
mod targets;
mod tidy;
mod traffic;
mod upgrades;
