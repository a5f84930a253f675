//! What all resources share on the wire: bodies, fields, parameters, preconditions, answers.

pub mod body;
pub mod fields;
pub mod parameters;
pub mod path_id;
pub mod precondition;
pub mod reply;
