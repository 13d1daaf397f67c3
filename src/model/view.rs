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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_wanted_over_something_has_a_live_one() {
        assert_eq!(View::Over(&7).live(), Some(&7));
        assert_eq!(View::<i32>::Live.live(), None);
        assert_eq!(View::<i32>::New.live(), None);
    }

    #[test]
    fn a_part_has_the_role_of_the_whole() {
        let whole = (7, "seven");
        assert!(matches!(View::Over(&whole).part(|it| &it.1), View::Over(&"seven")));
        assert!(matches!(View::<(i32, &str)>::Live.part(|it| &it.1), View::Live));
        assert!(matches!(View::<(i32, &str)>::New.part(|it| &it.1), View::New));
    }
}
