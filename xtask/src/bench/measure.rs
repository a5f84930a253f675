//! What the kernel says about a process: CPU time to the nanosecond and resident memory.

use std::{fs, io, time::Duration};

use crate::failure::{Failure, Outcome};

/// CPU time of all present threads of process `id`, user and kernel.
pub(super) fn cpu_of(id: u32) -> Outcome<Duration> {
    let sum = || -> io::Result<u64> {
        let mut nanoseconds = 0;
        for task in fs::read_dir(format!("/proc/{id}/task"))? {
            let text = fs::read_to_string(task?.path().join("schedstat"))?;
            let first = text.split_whitespace().next().unwrap_or_default();
            nanoseconds += first.parse::<u64>().map_err(io::Error::other)?;
        }
        Ok(nanoseconds)
    };
    sum()
        .map(Duration::from_nanos)
        .map_err(Failure::while_doing("read CPU time from /proc"))
}

/// Resident memory of process `id` in KiB.
pub(super) fn memory_of(id: u32) -> Outcome<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status"))
        .map_err(Failure::while_doing("read memory from /proc"))?;
    status
        .lines()
        .find_map(|line| {
            line.strip_prefix("VmRSS:")?
                .split_whitespace()
                .next()?
                .parse()
                .ok()
        })
        .ok_or_else(|| Failure::because("no VmRSS in /proc"))
}

/// The middle one of some measurements; of an even number, the smaller of the two.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values
        .get(values.len().saturating_sub(1) / 2)
        .copied()
        .unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.0).abs() < f64::EPSILON);
    }

    #[test]
    fn our_own_process_has_used_time_and_memory() {
        let id = std::process::id();
        assert!(cpu_of(id).unwrap() > Duration::ZERO);
        assert!(memory_of(id).unwrap() > 100);
    }
}
