//! What operators and tools need, open to everybody: health, metrics, metadata, documentation.

pub mod docs;
pub mod health;
pub mod metadata;
pub mod metric_help;
pub mod metrics;
