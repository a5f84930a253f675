//! The first question to a database server, asked without a pool: a pool that gets no connection does
//! not say why. Tells what waiting mends from what it does not (docs/decisions/0008).

use std::str::FromStr as _;
use std::time::Duration;

use sea_orm::SqlxMySqlError;
use sea_orm::sqlx::mysql::MySqlConnectOptions;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::{ConnectOptions as _, Connection as _, Error};

use crate::error::Fault;
use crate::secret::Secret;

/// Credentials that are not taken, a database that does not exist, no right to enter it.
const POSTGRES_REFUSED: [&str; 4] = ["28000", "28P01", "3D000", "42501"];
/// The same.
const MYSQL_REFUSED: [u16; 4] = [1044, 1045, 1049, 1698];
/// Parameters of both drivers that name a file, or hold what would be in it.
const TLS_FILES: [&str; 8] = [
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
];
const DOING: &str = "connecting to the database";

/// Connects once and leaves.
///
/// # Errors
/// Broken when the URL or what it says of files, user, password and database is wrong; unavailable
/// when the server does not answer, or not yet.
pub(super) async fn knock(url: &Secret, limit: Duration) -> Result<(), Fault> {
    let url = url.expose();
    if let Some(unreadable) = find_unreadable_file(url).await {
        return Err(Fault::broken(DOING, unreadable));
    }
    let knocking = async {
        if url.starts_with("postgres") {
            PgConnectOptions::from_str(url)?
                .connect()
                .await?
                .close()
                .await
        } else {
            MySqlConnectOptions::from_str(url)?
                .connect()
                .await?
                .close()
                .await
        }
    };
    match tokio::time::timeout(limit, knocking).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) if is_mistake(&error) => Err(Fault::broken(DOING, error)),
        Ok(Err(error)) => Err(Fault::unavailable(DOING, error)),
        Err(_) => Err(Fault::unavailable(
            DOING,
            format!("no answer within {limit:?}"),
        )),
    }
}

/// The drivers say that a file is missing, but not which one, nor that it is no matter of the network.
async fn find_unreadable_file(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    for (key, value) in url.query_pairs() {
        if !TLS_FILES.contains(&&*key) || value.starts_with("-----BEGIN") {
            continue;
        }
        if let Err(error) = tokio::fs::File::open(&*value).await {
            return Some(format!(
                "{key} names {value}, which cannot be read: {error}"
            ));
        }
    }
    None
}

fn is_mistake(error: &Error) -> bool {
    match error {
        Error::Configuration(_) => true,
        Error::Database(said) => match said.try_downcast_ref::<SqlxMySqlError>() {
            Some(mysql) => MYSQL_REFUSED.contains(&mysql.number()),
            None => said
                .code()
                .is_some_and(|code| POSTGRES_REFUSED.contains(&&*code)),
        },
        _ => false,
    }
}
