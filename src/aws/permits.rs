//! How many reads of one service are in flight at a time.
//!
//! The central type is [`Permits`]. It is a semaphore with a brake: a service that throttles gets fewer requests at a
//! time, and more again as it answers. Not here: when a throttled request is sent again, which the SDK decides.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

/// After so many successes one more request may be in flight.
const SUCCESSES: usize = 10;

/// Permits to have a request in flight, first come, first served.
#[derive(Debug)]
pub(super) struct Permits {
    most: usize,
    semaphore: Semaphore,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// How many may be out by now.
    allowed: usize,
    /// How many are out beyond that; each is taken out of use when it comes back.
    surplus: usize,
    /// Successes since the number last changed.
    successes: usize,
}

/// One request in flight, until it is dropped.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    of: &'a Permits,
    held: Option<SemaphorePermit<'a>>,
}

impl Permits {
    pub(super) fn new(most: usize) -> Self {
        let state = Mutex::new(State { allowed: most, surplus: 0, successes: 0 });
        Self { most, semaphore: Semaphore::new(most), state }
    }

    /// Waits for its turn.
    pub(super) async fn acquire(&self) -> Permit<'_> {
        // Nothing closes the semaphore, so there is always a permit.
        Permit { of: self, held: self.semaphore.acquire().await.ok() }
    }

    /// The service asked for patience: half as many from now on, and never none.
    pub(super) fn throttled(&self) {
        let mut state = self.state();
        let fewer = (state.allowed / 2).max(1);
        let excess = state.allowed - fewer;
        state.surplus += excess - self.semaphore.forget_permits(excess);
        state.allowed = fewer;
        state.successes = 0;
    }

    /// The service answered.
    pub(super) fn succeeded(&self) {
        let mut state = self.state();
        if state.allowed == self.most {
            return;
        }
        state.successes += 1;
        if state.successes < SUCCESSES {
            return;
        }
        state.successes = 0;
        state.allowed += 1;
        if state.surplus > 0 {
            state.surplus -= 1;
        } else {
            self.semaphore.add_permits(1);
        }
    }

    /// Nothing is left half done under the lock, so a panic elsewhere does not matter.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.of.state();
        if state.surplus > 0 {
            state.surplus -= 1;
            if let Some(held) = self.held.take() {
                held.forget();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    /// As many permits as there are at once.
    fn take(permits: &Permits) -> Vec<Permit<'_>> {
        std::iter::from_fn(|| permits.acquire().now_or_never()).collect()
    }

    #[test]
    fn each_throttle_halves_and_one_is_always_left() {
        let permits = Permits::new(40);
        for left in [40, 20, 10, 5, 2, 1, 1] {
            assert_eq!(take(&permits).len(), left);
            permits.throttled();
        }
    }

    #[test]
    fn ten_successes_allow_one_more_up_to_the_most() {
        let permits = Permits::new(4);
        permits.throttled();
        for allowed in [2, 3, 4, 4] {
            assert_eq!(take(&permits).len(), allowed);
            for _ in 0..SUCCESSES - 1 {
                permits.succeeded();
            }
            assert_eq!(take(&permits).len(), allowed, "nine are not enough");
            permits.succeeded();
        }
    }

    #[test]
    fn a_throttle_starts_the_count_of_successes_anew() {
        let permits = Permits::new(4);
        permits.throttled();
        (0..SUCCESSES - 1).for_each(|_| permits.succeeded());
        permits.throttled();
        permits.succeeded();
        assert_eq!(take(&permits).len(), 1);
    }

    #[test]
    fn what_is_out_beyond_the_new_number_does_not_come_back() {
        let permits = Permits::new(8);
        let mut out = take(&permits);
        permits.throttled();
        for left in [7, 6, 5, 4] {
            drop(out.pop());
            assert_eq!((out.len(), take(&permits).len()), (left, 0), "four are out still");
        }
        drop(out.pop());
        assert_eq!((out.len(), take(&permits).len()), (3, 1));
    }

    #[test]
    fn one_more_is_allowed_while_too_many_are_out() {
        let permits = Permits::new(4);
        let out = take(&permits);
        permits.throttled();
        (0..SUCCESSES).for_each(|_| permits.succeeded());
        drop(out);
        assert_eq!(take(&permits).len(), 3);
    }
}
