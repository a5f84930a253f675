//! `user …`: people and their accounts. NAME is what the person types to log in, or the id.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::confirm::Confirmation;
use super::failure::Failure;
use super::globals::Globals;
use super::input::PasswordSource;
use super::workbench::{Schema, Workbench, block_on};

mod act;
mod profile;
mod view;

pub(super) use view::require as require_user;

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a user.
    #[command(after_help = ADD_EXAMPLES)]
    Add(AddArgs),
    /// List users, ordered by id.
    List(PageArgs),
    /// Show one user.
    Show(NameArgs),
    /// Set or take away what applications may learn about the person.
    #[command(after_help = PROFILE_EXAMPLES)]
    SetProfile(ProfileArgs),
    /// Set the password. All sessions of the user end.
    SetPassword {
        #[command(flatten)]
        user: NameArgs,
        #[command(flatten)]
        password: PasswordSource,
        #[command(flatten)]
        one_time: OneTime,
    },
    /// Have the person choose another password at the next login; all sessions end.
    ExpirePassword(NameArgs),
    /// Lock a user out until unlocked; all sessions end.
    Lock(NameArgs),
    /// Let a locked or disabled user in again, and forget failed attempts.
    Unlock(NameArgs),
    /// Switch a user off for good; all sessions end.
    Disable(NameArgs),
    /// Delete a user. The id is never given to another.
    Delete {
        #[command(flatten)]
        user: NameArgs,
        #[command(flatten)]
        confirmation: Confirmation,
    },
    /// Show or change the roles of a user.
    #[command(after_help = ROLE_EXAMPLES)]
    Roles(RolesArgs),
}

const ADD_EXAMPLES: &str = "\
Examples:
  auth-server user add anna@example.com --role recruiter
  auth-server user add anna@example.com --role recruiter --password-stdin < password.txt";

const PROFILE_EXAMPLES: &str = "\
The claims are those of OpenID Connect: name, given_name, family_name, middle_name, nickname,
preferred_username, profile, picture, website, gender, birthdate, zoneinfo, locale, email,
email_verified, phone_number, phone_number_verified and address. What is read on pages may carry a
language: family_name#ja.

Examples:
  auth-server user set-profile anna@example.com --claim locale=de-AT --claim email_verified=true
  auth-server user set-profile anna@example.com --claim 'address={\"country\":\"AT\"}'
  auth-server user set-profile anna@example.com --remove picture
  auth-server user set-profile anna@example.com --file anna.json";

const ROLE_EXAMPLES: &str = "\
Examples:
  auth-server user roles anna@example.com
  auth-server user roles anna@example.com --add admin --remove candidate
  auth-server user roles anna@example.com --only recruiter";

/// Arguments of `user add`.
#[derive(Debug, Args)]
pub(super) struct AddArgs {
    /// What the person types to log in, usually an e-mail address.
    name: String,
    /// A role of the user; may be repeated.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// The e-mail address, where the name is none or another.
    #[arg(long)]
    email: Option<String>,
    /// The name to show to people.
    #[arg(long = "name", value_name = "NAME")]
    display_name: Option<String>,
    /// The first name or names.
    #[arg(long, value_name = "NAME")]
    given_name: Option<String>,
    /// The last name or names.
    #[arg(long, value_name = "NAME")]
    family_name: Option<String>,
    #[command(flatten)]
    claims: Claims,
    #[command(flatten)]
    password: PasswordSource,
    #[command(flatten)]
    one_time: OneTime,
    #[command(flatten)]
    new_roles: NewRoles,
}

/// How often a password may be used.
#[derive(Debug, Args)]
pub(super) struct OneTime {
    /// The password is good for one login at the login page, where the person chooses another.
    #[arg(long = "one-time")]
    is_one_time: bool,
}

/// Claims of OpenID Connect about a person.
#[derive(Debug, Args)]
pub(super) struct Claims {
    /// Set a claim of OpenID Connect, such as birthdate or locale; may be repeated.
    #[arg(long = "claim", value_name = "CLAIM=VALUE")]
    claims: Vec<String>,
}

/// Arguments of `user set-profile`.
#[derive(Debug, Args)]
pub(super) struct ProfileArgs {
    #[command(flatten)]
    user: NameArgs,
    /// Set the claims of this JSON object, and take away those that are null; - is standard input.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    claims: Claims,
    /// Take a claim away; may be repeated.
    #[arg(long, value_name = "CLAIM")]
    remove: Vec<String>,
}

/// Whether unknown roles are slips or new ones.
#[derive(Debug, Args)]
pub(super) struct NewRoles {
    /// Accept roles that do not exist yet and make them.
    #[arg(long)]
    create_roles: bool,
}

impl NewRoles {
    /// Only roles that exist.
    const fn none() -> Self {
        Self {
            create_roles: false,
        }
    }
}

/// One user.
#[derive(Debug, Args)]
pub(super) struct NameArgs {
    /// The name or the id.
    name: String,
}

/// One page of a list.
#[derive(Debug, Args)]
pub(super) struct PageArgs {
    /// Most entries to print.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pub(super) limit: u64,
    /// Where the previous page ended.
    #[arg(long)]
    pub(super) cursor: Option<String>,
}

/// Arguments of `user roles`.
#[derive(Debug, Args)]
pub(super) struct RolesArgs {
    #[command(flatten)]
    user: NameArgs,
    /// Give this role; may be repeated.
    #[arg(long, value_name = "ROLE")]
    add: Vec<String>,
    /// Take this role; may be repeated.
    #[arg(long, value_name = "ROLE")]
    remove: Vec<String>,
    /// Give exactly these roles; may be repeated.
    #[arg(long, value_name = "ROLE", conflicts_with_all = ["add", "remove"])]
    only: Vec<String>,
    #[command(flatten)]
    new_roles: NewRoles,
}

/// Runs one of the commands.
pub(super) fn run(globals: &Globals, command: Command) -> Result<(), Failure> {
    block_on(async {
        let schema = match command {
            Command::Add(_) => Schema::Make,
            _ => Schema::Require,
        };
        let bench = Workbench::open(globals, schema).await?;
        let format = globals.format;
        match command {
            Command::Add(args) => act::add(&bench, format, args).await,
            Command::List(page) => view::list(&bench, format, &page).await,
            Command::Show(user) => view::show(&bench, format, &user.name).await,
            Command::SetProfile(args) => profile::set(&bench, format, args).await,
            Command::SetPassword {
                user,
                password,
                one_time,
            } => act::set_password(&bench, format, &user.name, (&password, &one_time)).await,
            Command::ExpirePassword(user) => {
                act::change(&bench, format, act::Change::ExpirePassword, &user.name).await
            }
            Command::Lock(user) => act::change(&bench, format, act::Change::Lock, &user.name).await,
            Command::Unlock(user) => {
                act::change(&bench, format, act::Change::Unlock, &user.name).await
            }
            Command::Disable(user) => {
                act::change(&bench, format, act::Change::Disable, &user.name).await
            }
            Command::Delete { user, confirmation } => {
                act::delete(&bench, format, &user.name, &confirmation).await
            }
            Command::Roles(args) => act::roles(&bench, format, args).await,
        }
    })
}
