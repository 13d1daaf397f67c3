//! What reading a cluster takes: declared by each kind beside the calls.
//!
//! The central type is [`Read`]. Not here: the calls themselves (`<kind>/aws.rs`), nor the document that follows
//! (`reading_text`).

/// The check of the account, at the same time as the first round: no kind's.
pub const IDENTITY: Read = Read::first("sts:GetCallerIdentity", Often::Once);

/// A call of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// The operation, such as `eks:DescribeCluster`.
    pub operation: &'static str,
    /// How deep in the order of reading: 1 for what only the file is needed for, 2 for what the first round brings up.
    pub round: usize,
    /// How many of them there are.
    pub often: Often,
}

/// How often a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Often {
    /// Once, whatever there is.
    Once,
    /// For every so many of what there is, and once for none.
    PerPage(usize),
    /// For each that the file names.
    PerNamed,
    /// For each that is there and that the file does not name.
    PerOther,
    /// Once, and only in this case: `if …`.
    Rarely(&'static str),
}

/// How many there are of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Number {
    /// In the file, and in AWS.
    pub named: usize,
    /// In AWS only.
    pub others: usize,
}

impl Read {
    /// A call of the first round.
    pub(crate) const fn first(operation: &'static str, often: Often) -> Self {
        Self { operation, round: 1, often }
    }

    /// A call of the second round.
    pub(crate) const fn second(operation: &'static str, often: Often) -> Self {
        Self { round: 2, ..Self::first(operation, often) }
    }

    /// How many calls it is where there are so many; what happens rarely does not happen. Where AWS' pages are smaller than
    /// usual, they are of `page`.
    pub fn calls(&self, number: Number, page: Option<usize>) -> usize {
        let Number { named, others } = number;
        match self.often {
            Often::Once => 1,
            Often::PerPage(size) => (named + others).div_ceil(page.unwrap_or(size).min(size)).max(1),
            Often::PerNamed => named,
            Often::PerOther => others,
            Often::Rarely(_) => 0,
        }
    }
}
