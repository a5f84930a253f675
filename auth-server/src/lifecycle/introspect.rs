//! What a token is worth at this moment, for those who may ask (RFC 7662, RFC 9701; matrix INT-01 to
//! INT-10, JWI-01 to JWI-05; attacks IR-01, IR-02). Whoever may not is told the same as of a token that
//! is worth nothing.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use shared_claims::{AccessTokenClaims, Role, ScopeSet};

use crate::context::RequestContext;
use crate::error::{Fault, Reason, TokenError};
use crate::issue::subject;
use crate::model::{Client, Family, User, UserStatus};
use crate::protocol::refresh::{self, Presented};
use crate::revocation::{Live, check_access_token};
use crate::secret::Secret;
use crate::store::{families, resources, users};

/// The scope by which a bearer may introspect.
pub const INTROSPECT: &str = "introspect";
/// The scope that tells a client what its users are called (OpenID Connect Core 1.0 §5.4).
const PROFILE: &str = "profile";
/// `typ` of a signed answer (RFC 9701 §5).
const TYP: &str = "token-introspection+jwt";

/// Who asks, proven.
#[derive(Debug, Clone)]
pub struct Caller {
    client: Arc<Client>,
    reach: Reach,
}

/// Whose tokens a caller may ask about, besides its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Nobody's.
    Own,
    /// Those meant for the resources it speaks for (attack IR-02).
    Audience,
    /// Everybody's.
    All,
}

impl Caller {
    /// A client that authenticated (RFC 7662 §2.1).
    ///
    /// # Errors
    /// [`Reason::PublicIntrospection`] (matrix INT-03).
    pub fn client(client: Arc<Client>) -> Result<Self, Reason> {
        if client.is_public() {
            return Err(Reason::PublicIntrospection);
        }
        let reach = if client.may_introspect {
            Reach::Audience
        } else {
            Reach::Own
        };
        Ok(Self { client, reach })
    }

    /// The bearer of an access token with the scope `introspect`.
    ///
    /// # Errors
    /// [`Reason::TokenWithoutIntrospect`].
    pub fn bearer(live: Live) -> Result<Self, Reason> {
        if !live.claims.scope.contains(INTROSPECT) {
            return Err(Reason::TokenWithoutIntrospect);
        }
        let is_admin = live.claims.roles.contains(Role::ADMIN.as_str());
        Ok(Self {
            client: live.client,
            reach: if is_admin {
                Reach::All
            } else {
                Reach::Audience
            },
        })
    }

    /// Whether it is told what the user is called. A resource is, as RFC 7662 §2.2 has it; a client asking
    /// about a token of its own learns no more from it than the user has allowed (RFC 7662 §5).
    fn may_name(&self, scope: &ScopeSet) -> bool {
        self.reach != Reach::Own || scope.contains(PROFILE)
    }

    fn may_see(&self, claims: &AccessTokenClaims) -> bool {
        let id = self.client.id.as_str();
        let is_audience = || {
            let is_named = |audience: &String| claims.aud.contains(audience);
            claims.aud.contains(id) || self.client.audiences.iter().any(is_named)
        };
        claims.client_id == id
            || match self.reach {
                Reach::Own => false,
                Reach::Audience => is_audience(),
                Reach::All => true,
            }
    }
}

/// The answer: the members of a token that is active, or nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Introspection(Option<Map<String, Value>>);

impl Introspection {
    /// The answer as JSON. Exactly `{"active":false}` for a token that is worth nothing (matrix INT-05).
    pub fn into_json(self) -> Value {
        self.0
            .map_or_else(|| json!({ "active": false }), Value::Object)
    }
}

/// Looks at a token. Writes nothing, also when it is a refresh token that was spent.
///
/// # Errors
/// A fault when the database does not answer.
pub async fn introspect(
    ctx: &RequestContext,
    caller: &Caller,
    token: &Secret,
) -> Result<Introspection, TokenError> {
    if let Ok(parts) = ctx.state.refresh_mac.open(token.expose()) {
        let found = families::find(ctx.store().read(), &parts.family).await?;
        let Some(family) = found.filter(|family| family.client_id == caller.client.id) else {
            return Ok(Introspection(None));
        };
        return of_refresh_token(ctx, caller, &family, parts.generation).await;
    }
    match check_access_token(ctx, token.expose()).await {
        Ok(live) if caller.may_see(&live.claims) => Ok(of_access_token(caller, &live)),
        Ok(_) | Err(TokenError::Refused(_)) => Ok(Introspection(None)),
        Err(fault) => Err(fault),
    }
}

/// The answer signed for its caller (RFC 9701 §5), its scope narrowed to what concerns the caller's
/// resources.
///
/// # Errors
/// A fault when no key can sign or the database does not answer.
pub async fn sign(
    ctx: &RequestContext,
    caller: &Caller,
    mut answer: Introspection,
) -> Result<String, TokenError> {
    if let Some(members) = &mut answer.0 {
        narrow(ctx, caller, members).await?;
    }
    let claims = json!({
        "iss": ctx.settings().issuer.as_str(),
        "aud": caller.client.id.as_str(),
        "iat": ctx.now.as_seconds(),
        "token_introspection": answer.into_json(),
    });
    let algorithm = caller.client.metadata.introspection_alg;
    Ok(ctx.state.keys.signer(algorithm)?.sign(TYP, &claims)?)
}

/// INT-06: what the token says, as it says it, and what its user is called now.
fn of_access_token(caller: &Caller, live: &Live) -> Introspection {
    let Ok(Value::Object(mut members)) = serde_json::to_value(&live.claims) else {
        return Introspection(None);
    };
    members.remove("status");
    members.insert("active".to_owned(), true.into());
    members.insert("token_type".to_owned(), "Bearer".into());
    if caller.may_name(&live.claims.scope) {
        name(&mut members, live.user.as_ref());
    }
    Introspection(Some(members))
}

/// Only its own client gets here (matrix INT-10).
async fn of_refresh_token(
    ctx: &RequestContext,
    caller: &Caller,
    family: &Family,
    generation: u32,
) -> Result<Introspection, TokenError> {
    let presented = Presented {
        generation,
        scope: None,
        grace: ctx.settings().tokens.refresh_grace,
    };
    let client = &caller.client;
    // A spent one would end the family if it were used; being looked at, it is only inactive.
    if let Err(TokenError::Refused(_)) = refresh::judge(client, family, presented, ctx.now) {
        return Ok(Introspection(None));
    }
    let user = users::find_by_id(ctx.store().read(), &family.user_id)
        .await
        .map_err(Fault::from)?;
    let Some(user) = user.filter(|user| user.status == UserStatus::Active) else {
        return Ok(Introspection(None));
    };
    let ends = family.expires_at.min(family.idle_expires_at);
    let issuer = ctx.settings().issuer.as_str();
    let pairwise_key = ctx.state.keys.pairwise_key();
    let aud = match family.audiences.as_slice() {
        [] => json!(issuer),
        named => json!(named),
    };
    let members = json!({
        "active": true,
        "iss": issuer,
        "sub": subject::in_access_token(pairwise_key, issuer, client, &family.audiences, &user.id)?,
        "aud": aud,
        "client_id": family.client_id.as_str(),
        "scope": family.scope,
        "iat": family.created_at.as_seconds(),
        "exp": ends.as_seconds(),
        "auth_time": family.auth_time.as_seconds(),
        "sid": family.sid.as_str(),
    });
    let Value::Object(mut members) = members else {
        return Ok(Introspection(None));
    };
    if caller.may_name(&family.scope) {
        name(&mut members, Some(&user));
    }
    Ok(Introspection(Some(members)))
}

fn name(members: &mut Map<String, Value>, user: Option<&User>) {
    if let Some(user) = user {
        members.insert("username".to_owned(), user.username.as_str().into());
    }
}

/// JWI-04: scopes of other resources than the caller's are left out; so is an empty scope.
async fn narrow(
    ctx: &RequestContext,
    caller: &Caller,
    members: &mut Map<String, Value>,
) -> Result<(), TokenError> {
    let Some(scope) = members.get("scope").and_then(Value::as_str) else {
        return Ok(());
    };
    let registered = resources::scopes(ctx.store().read()).await?;
    let is_foreign = |word: &str| {
        registered
            .iter()
            .find(|record| record.scope.as_str() == word)
            .and_then(|record| record.resource.as_ref())
            .is_some_and(|resource| !caller.client.audiences.contains(resource))
    };
    let kept: Vec<&str> = scope.split(' ').filter(|word| !is_foreign(word)).collect();
    let kept = kept.join(" ");
    if kept.is_empty() {
        members.remove("scope");
    } else {
        members.insert("scope".to_owned(), kept.into());
    }
    Ok(())
}
