//! What happens to tokens after they were issued, and what a refusal leaves behind.

mod prune;
mod settle;

pub use prune::prune;
pub use settle::settle;
