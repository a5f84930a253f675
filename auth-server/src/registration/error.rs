//! How a registration ends when it does not succeed.

use crate::error::{Fault, Reason, Refusal};
use crate::protocol::client_rules::RuleError;
use crate::store::StoreError;

/// A registration that was not made, shown, changed or removed.
#[derive(Debug)]
pub enum RegistrationError {
    /// What the client says about itself breaks a rule (RFC 7591 §3.2.2).
    Unfit(RuleError),
    /// The caller may not do this, or not now.
    Refused(Refusal),
    /// We are wrong.
    Fault(Fault),
}

impl RegistrationError {
    /// Our word for it.
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self::Unfit(rule) if rule.member == "redirect_uris" => Some(Reason::UnfitRedirectUri),
            Self::Unfit(_) => Some(Reason::UnfitMetadata),
            Self::Refused(refusal) => Some(refusal.reason),
            Self::Fault(_) => None,
        }
    }
}

impl From<RuleError> for RegistrationError {
    fn from(rule: RuleError) -> Self {
        Self::Unfit(rule)
    }
}

impl From<Refusal> for RegistrationError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Reason> for RegistrationError {
    fn from(reason: Reason) -> Self {
        Self::Refused(reason.into())
    }
}

impl From<Fault> for RegistrationError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<StoreError> for RegistrationError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}
