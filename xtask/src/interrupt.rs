//! Ctrl-C, SIGTERM and SIGHUP as a value that loops can wait on. Nothing here ends the process: the
//! loop that notices stops its children and returns, so clean-up runs on every way out.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

use crate::failure::{Failure, Outcome};

/// Whether the person (or a supervisor) asked us to stop. Clones share one state.
#[derive(Clone, Default)]
pub(crate) struct Interrupt(Arc<(Mutex<bool>, Condvar)>);

impl Interrupt {
    /// Listens to the process's signals from now on.
    pub(crate) fn install() -> Outcome<Self> {
        let interrupt = Self::default();
        let raised_by_signal = interrupt.clone();
        ctrlc::set_handler(move || raised_by_signal.raise())
            .map_err(|error| Failure::because(format!("cannot listen to signals: {error}")))?;
        Ok(interrupt)
    }

    /// Wakes everybody who waits.
    pub(crate) fn raise(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }

    /// Waits for `length` or for an interrupt, which is an error.
    pub(crate) fn pause(&self, length: Duration) -> Outcome<()> {
        let raised = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (raised, _) = self
            .0
            .1
            .wait_timeout_while(raised, length, |raised| !*raised)
            .unwrap_or_else(PoisonError::into_inner);
        if *raised {
            Err(Failure::Interrupted)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_ends_at_once_when_the_interrupt_is_raised() {
        let interrupt = Interrupt::default();
        assert!(interrupt.pause(Duration::from_millis(1)).is_ok());
        interrupt.clone().raise();
        assert!(matches!(
            interrupt.pause(Duration::from_hours(1)),
            Err(Failure::Interrupted)
        ));
    }
}
