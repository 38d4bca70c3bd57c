//! Passwords from a password file, as `libpq` reads it.
//!
//! Source: <https://www.postgresql.org/docs/current/libpq-pgpass.html>

use secrecy::SecretString;

use super::address::PostgresAddress;

/// Returns the password that the text of a password file (`~/.pgpass`, `PGPASSFILE`) has for an address: that of the
/// first line `host:port:database:user:password` that fits. `*` fits everything; `\` takes the meaning from `:` and
/// itself. A socket's host is `localhost`.
pub fn pgpass(text: &str, address: &PostgresAddress) -> Option<SecretString> {
    let port = address.port.to_string();
    let wanted = [address.key_host(), &port, &address.database, &address.user];
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut rest = line;
        for value in wanted {
            let (field, after) = field(rest)?;
            if field.raw != "*" && field.text != value {
                return None;
            }
            rest = after;
        }
        let (password, _) = field(rest).unwrap_or_else(|| (Field { raw: rest, text: unescaped(rest) }, ""));
        (!password.text.is_empty()).then(|| SecretString::from(password.text))
    })
}

struct Field<'a> {
    raw: &'a str,
    text: String,
}

/// Splits at the first `:` that has its meaning.
fn field(line: &str) -> Option<(Field<'_>, &str)> {
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ':' => return Some((Field { raw: &line[..at], text: unescaped(&line[..at]) }, &line[at + 1..])),
            _ => {}
        }
    }
    None
}

fn unescaped(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut escaped = false;
    for c in raw.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            text.push(c);
            escaped = false;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn found(file: &str, address: &str) -> Option<String> {
        pgpass(file, &PostgresAddress::parse(address).unwrap()).map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn the_first_line_that_fits_decides() {
        let file = "# db.example:*:*:*:comment\n\
                    short:line\n\
                    other.example:5432:led:hub:no\r\n\
                    db.example:5433:led:hub:port\n\
                    db.example:*:led:hub:first\n\
                    *:*:*:*:last\n";
        assert_eq!(found(file, "postgres://hub@db.example/led").as_deref(), Some("first"));
        assert_eq!(found(file, "postgres://hub@db.example:5433/led").as_deref(), Some("port"));
        assert_eq!(found(file, "postgres://ann@db.example/led").as_deref(), Some("last"));
        assert_eq!(found("db.example:5432:led:hub:", "postgres://hub@db.example/led"), None);
        assert_eq!(found("", "postgres://hub@db.example/led"), None);
    }

    #[test]
    fn a_backslash_takes_the_meaning_away() {
        let file = "*:*:a\\:b:hub:p\\:w\\\\d\n";
        assert_eq!(found(file, "postgres://hub@db.example/a:b").as_deref(), Some("p:w\\d"));
        assert_eq!(found("\\*:*:*:*:star\n*:*:*:*:any", "postgres://hub@db.example/x").as_deref(), Some("any"));
    }

    #[test]
    fn a_socket_is_localhost_and_an_ipv6_host_is_escaped() {
        assert_eq!(found("localhost:*:*:*:s", "postgres://hub@x/db?host=/run/pg").as_deref(), Some("s"));
        assert_eq!(found("\\:\\:1:*:*:*:six", "postgres://hub@[::1]/db").as_deref(), Some("six"));
    }
}
