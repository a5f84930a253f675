//! Changing users. The rules about names and passwords are those of `accounts`, as for everybody.

use std::collections::BTreeSet;

use shared_claims::Role;

use super::view::{json, require};
use super::{AddArgs, NewRoles, OneTime, RolesArgs, profile};
use crate::accounts::{NewAccount, end_logins};
use crate::audit;
use crate::cli::confirm::Confirmation;
use crate::cli::failure::Failure;
use crate::cli::globals::Format;
use crate::cli::input::PasswordSource;
use crate::cli::output;
use crate::cli::workbench::Workbench;
use crate::model::User;
use crate::store::{roles, users};

/// `user add`.
pub(super) async fn add(bench: &Workbench, format: Format, args: AddArgs) -> Result<(), Failure> {
    let roles = parse_roles(bench, &args.roles, &args.new_roles).await?;
    let person = profile::of_options(&args)?;
    let account = NewAccount {
        username: args.name,
        name: person.name,
        email: person.email,
        email_verified: person.email_verified,
        profile: person.profile,
        password: Some(args.password.read()?),
        roles: roles.into_iter().collect(),
        must_change_password: args.one_time.is_one_time,
    };
    let user = bench.accounts()?.create(account, &bench.actor()).await?;
    let sentence = format!("User {} added with id {}.", user.username, user.id);
    output::done(format, &sentence, &json(&user))
}

/// `user set-password`.
pub(super) async fn set_password(
    bench: &Workbench,
    format: Format,
    name: &str,
    (password, one_time): (&PasswordSource, &OneTime),
) -> Result<(), Failure> {
    let user = require(bench, name).await?;
    let password = password.read()?;
    let (accounts, actor) = (bench.accounts()?, bench.actor());
    let how = if one_time.is_one_time {
        accounts
            .set_one_time_password(&user.id, &password, &actor)
            .await?;
        "is set, for one login"
    } else {
        accounts.set_password(&user.id, &password, &actor).await?;
        "is set"
    };
    let sentence = format!(
        "The password of {} {how}; all sessions have ended.",
        user.username
    );
    report(bench, format, &user, &sentence).await
}

/// A change of whether an account may be used.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change {
    ExpirePassword,
    Lock,
    Unlock,
    Disable,
}

/// `user expire-password`, `user lock`, `user unlock`, `user disable`.
pub(super) async fn change(
    bench: &Workbench,
    format: Format,
    change: Change,
    name: &str,
) -> Result<(), Failure> {
    let user = require(bench, name).await?;
    let (accounts, actor) = (bench.accounts()?, bench.actor());
    let done = match change {
        Change::ExpirePassword => {
            accounts.expire_password(&user.id, &actor).await?;
            "chooses another password at the next login; all sessions have ended"
        }
        Change::Lock => {
            accounts.lock(&user.id, &actor).await?;
            "is locked; all sessions have ended"
        }
        Change::Unlock => {
            accounts.unlock(&user.id, &actor).await?;
            "may log in again"
        }
        Change::Disable => {
            accounts.disable(&user.id, &actor).await?;
            "is disabled; all sessions have ended"
        }
    };
    report(bench, format, &user, &format!("{} {done}.", user.username)).await
}

/// `user delete`.
pub(super) async fn delete(
    bench: &Workbench,
    format: Format,
    name: &str,
    confirmation: &Confirmation,
) -> Result<(), Failure> {
    let user = require(bench, name).await?;
    confirmation.require(&format!(
        "This deletes {} with all sessions.",
        user.username
    ))?;
    let mut event = bench.event("user.delete");
    event.user_id = Some(user.id.as_str().to_owned());
    let (id, at) = (user.id.clone(), bench.now);
    bench
        .store
        .write(async move |txn| {
            // First: the applications are told of logins that are about to be forgotten.
            end_logins(txn, &id, at, "user_deleted").await?;
            let deleted = users::delete(txn, &id, at).await?;
            audit::record(txn, &event).await?;
            Ok(deleted)
        })
        .await?;
    output::done(
        format,
        &format!("{} is deleted.", user.username),
        &json(&user),
    )
}

/// `user roles`.
pub(super) async fn roles(
    bench: &Workbench,
    format: Format,
    args: RolesArgs,
) -> Result<(), Failure> {
    let user = require(bench, &args.user.name).await?;
    let mut wanted: BTreeSet<Role> = if args.only.is_empty() {
        user.roles.iter().cloned().collect()
    } else {
        parse_roles(bench, &args.only, &args.new_roles).await?
    };
    wanted.extend(parse_roles(bench, &args.add, &args.new_roles).await?);
    // A slip must not leave somebody a role that was meant to be taken.
    for role in parse_roles(bench, &args.remove, &NewRoles::none()).await? {
        wanted.remove(&role);
    }
    let wanted: Vec<Role> = wanted.into_iter().collect();
    if wanted != user.roles {
        bench
            .accounts()?
            .set_roles(&user.id, wanted.clone(), &bench.actor())
            .await?;
    }
    let words: Vec<&str> = wanted.iter().map(Role::as_str).collect();
    let sentence = match words.as_slice() {
        [] => format!("{} has no roles.", user.username),
        some => format!("{} has the roles {}.", user.username, some.join(", ")),
    };
    report(bench, format, &user, &sentence).await
}

/// Prints the sentence, or the user as it is now.
pub(super) async fn report(
    bench: &Workbench,
    format: Format,
    before: &User,
    sentence: &str,
) -> Result<(), Failure> {
    let now = users::find_by_id(bench.store.read(), &before.id).await?;
    output::done(format, sentence, &json(now.as_ref().unwrap_or(before)))
}

/// Reads role names. A slip must not make a role that nothing checks.
async fn parse_roles(
    bench: &Workbench,
    names: &[String],
    new: &NewRoles,
) -> Result<BTreeSet<Role>, Failure> {
    let known: Vec<Role> = roles::all(bench.store.read())
        .await?
        .into_iter()
        .map(|record| record.role)
        .collect();
    let mut parsed = BTreeSet::new();
    for name in names {
        let role = Role::parse(name)
            .map_err(|error| Failure::usage(format!("`{name}` is not a role: {error}.")))?;
        if !known.contains(&role) && !new.create_roles {
            let known: Vec<&str> = known.iter().map(Role::as_str).collect();
            return Err(Failure::failed(format!(
                "There is no role `{name}`; there are {}. --create-roles makes new ones.",
                known.join(", ")
            )));
        }
        parsed.insert(role);
    }
    Ok(parsed)
}
