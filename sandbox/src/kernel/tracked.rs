//! A value that knows when it was last touched, and that is copied only when it is. The central type is [`Tracked`].
//!
//! So a snapshot costs nothing until something changes, and nothing has to be compared, computed again or written down
//! as long as nothing was touched. Not here: whether a touch has changed anything; compare the values.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value and its stamp.
#[derive(Clone, Debug)]
pub(crate) struct Tracked<T> {
    value: Arc<T>,
    stamp: u64,
}

impl<T> Tracked<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { value: Arc::new(value), stamp: fresh() }
    }

    /// Another one after each touch; no two values in this process have the same, but for copies of one.
    pub(crate) fn stamp(&self) -> u64 {
        self.stamp
    }
}

fn fresh() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl<T> Deref for Tracked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Clone> DerefMut for Tracked<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.stamp = fresh();
        Arc::make_mut(&mut self.value)
    }
}

impl<T: PartialEq> PartialEq for Tracked<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.value, &other.value) || self.value == other.value
    }
}

impl<T: Eq> Eq for Tracked<T> {}

impl<T: Serialize> Serialize for Tracked<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Tracked<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_touch_shows_and_a_look_does_not() {
        let mut value = Tracked::new(vec![1]);
        let (copy, stamp) = (value.clone(), value.stamp());
        assert_eq!((value.len(), value.stamp(), copy.stamp()), (1, stamp, stamp));
        value.push(2);
        assert!(value.stamp() != stamp && copy.stamp() == stamp);
        assert_eq!((value.len(), copy.len()), (2, 1));
        value.pop();
        assert!(value == copy && value.stamp() != copy.stamp());
        assert_ne!(Tracked::new(1).stamp(), Tracked::new(1).stamp());
    }
}
