//! How worlds begin.
//!
//! One file for each beginning, such as [`story`]. Not here: what happens to them later.

mod eksctl;
mod story;
