//! Where the database is. The URL may hold a password, so it prints without it and opens in full
//! only by [`DatabaseUrl::expose`].

use super::FromText;
use crate::secret::Secret;
use crate::settings::kind::Kind;

/// The engine behind a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// One file, or memory.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MySQL or MariaDB.
    MySql,
}

/// A database URL of a known engine.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    kind: DatabaseKind,
    url: Secret,
}

impl DatabaseUrl {
    /// The engine.
    pub const fn kind(&self) -> DatabaseKind {
        self.kind
    }

    /// The URL in full, for the one place that connects.
    pub const fn expose(&self) -> &Secret {
        &self.url
    }

    /// The URL for people: user and host, but neither the password nor any parameter.
    pub fn shown(&self) -> String {
        let text = self.url.expose();
        if self.kind == DatabaseKind::Sqlite {
            return text.to_owned();
        }
        let (text, query) = match text.split_once('?') {
            Some((before, _)) => (before, "?[hidden]"),
            None => (text, ""),
        };
        let Some((scheme, rest)) = text.split_once("://") else {
            return "[hidden]".to_owned();
        };
        // The last `@`: whoever forgot to encode one in the password must not see half of it here.
        match rest.rsplit_once('@') {
            Some((user, host)) => {
                let user = user.split_once(':').map_or(user, |(name, _)| name);
                format!("{scheme}://{user}:[hidden]@{host}{query}")
            }
            None => format!("{scheme}://{rest}{query}"),
        }
    }

    /// True for a SQLite file that is not there yet.
    pub fn is_missing_file(&self) -> bool {
        let Some(rest) = self.url.expose().strip_prefix("sqlite:") else {
            return false;
        };
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let path = rest.split_once('?').map_or(rest, |(path, _)| path);
        !rest.contains(":memory:")
            && !rest.contains("mode=memory")
            && !std::path::Path::new(path).exists()
    }

    /// Puts the data directory where the URL says `{data_dir}`.
    pub(in crate::settings) fn within(&self, data_dir: &std::path::Path) -> Self {
        let url = self
            .url
            .expose()
            .replace("{data_dir}", &data_dir.display().to_string());
        Self {
            kind: self.kind,
            url: Secret::new(url),
        }
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown())
    }
}

impl FromText for DatabaseUrl {
    fn from_text(text: &str, _: &Kind) -> Result<Self, String> {
        let kind = match text.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => DatabaseKind::Sqlite,
            Some("postgres" | "postgresql") => DatabaseKind::Postgres,
            Some("mysql" | "mariadb") => DatabaseKind::MySql,
            _ => return Err("must begin with sqlite:, postgres: or mysql:".to_owned()),
        };
        if kind != DatabaseKind::Sqlite && url::Url::parse(text).is_err() {
            return Err(
                "must be a URL such as postgres://user:password@host:5432/name; special \
                        characters in the password must be percent-encoded"
                    .to_owned(),
            );
        }
        Ok(Self {
            kind,
            url: Secret::new(text),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<DatabaseUrl, String> {
        DatabaseUrl::from_text(text, &Kind::Text(""))
    }

    /// GEN-18
    #[test]
    fn gen_18_the_password_never_shows() {
        for (url, shown) in [
            (
                "postgres://app:hunter2@db:5432/auth",
                "postgres://app:[hidden]@db:5432/auth",
            ),
            (
                "postgres://app@db/auth?password=hunter2",
                "postgres://app:[hidden]@db/auth?[hidden]",
            ),
            (
                "mysql://app:hunt@er2@db/auth",
                "mysql://app:[hidden]@db/auth",
            ),
            (
                "postgres:///auth?host=/run/x&password=hunter2",
                "postgres:///auth?[hidden]",
            ),
        ] {
            let parsed = parse(url).unwrap();
            assert_eq!(parsed.shown(), shown);
            assert_eq!(format!("{parsed:?}"), shown);
            assert_eq!(parsed.expose().expose(), url);
        }
    }

    #[test]
    fn other_engines_and_broken_urls_are_refused_without_being_repeated() {
        for url in [
            "",
            "oracle://x:hunter2@h/db",
            "/var/lib/auth.db",
            "postgres://u:hunter2@h:port/db",
        ] {
            assert!(!parse(url).unwrap_err().contains("hunter2"), "{url}");
        }
    }

    #[test]
    fn the_data_directory_is_put_in() {
        let url = parse("sqlite://{data_dir}/auth-server.db").unwrap();
        assert_eq!(
            url.within("/srv/auth".as_ref()).shown(),
            "sqlite:///srv/auth/auth-server.db"
        );
    }
}
