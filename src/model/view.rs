//! What a field table is asked for: a resource as it is, as it will be created, or as it is wanted over a live one.
//!
//! The central type is [`View`]. Not here: the tables themselves (`resources/`).

/// The role of the resource whose rows are asked for.
#[derive(Debug)]
pub enum View<'a, T> {
    /// It was read from AWS.
    Live,
    /// It is wanted and not there: the rows of its create call.
    New,
    /// It is wanted in place of this live one: the rows to compare with those of the live one.
    Over(&'a T),
}

impl<'a, T> View<'a, T> {
    /// The live resource that a wanted one is compared with.
    pub fn live(&self) -> Option<&'a T> {
        match self {
            Self::Over(live) => Some(live),
            Self::Live | Self::New => None,
        }
    }

    /// The same role, of a part of the resource.
    pub fn part<P>(&self, part: impl FnOnce(&'a T) -> &'a P) -> View<'a, P> {
        match self {
            Self::Live => View::Live,
            Self::New => View::New,
            Self::Over(live) => View::Over(part(live)),
        }
    }
}

impl<T> Clone for View<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for View<'_, T> {}
