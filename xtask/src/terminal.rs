//! What the person sees. Lines are written whole and a closed pipe is no reason to fail: the reader
//! has gone, the work goes on.

use std::io::{self, IsTerminal as _, Write as _};

/// Writes one line (or several) to standard output.
pub(crate) fn say(text: impl AsRef<str>) {
    let mut out = io::stdout().lock();
    drop(
        out.write_all(text.as_ref().as_bytes())
            .and_then(|()| out.write_all(b"\n")),
    );
    drop(out.flush());
}

/// Writes one line to standard error.
pub(crate) fn complain(text: impl AsRef<str>) {
    let mut out = io::stderr().lock();
    drop(
        out.write_all(text.as_ref().as_bytes())
            .and_then(|()| out.write_all(b"\n")),
    );
}

/// Whether a person is looking, rather than a file or a pipe.
pub(crate) fn is_watched() -> bool {
    io::stdout().is_terminal()
}
