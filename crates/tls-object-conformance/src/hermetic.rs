//! Programs that do not see the machine's trust anchors.

/// Begins the program again in an environment in which no trust anchors are found; returns if it runs in one already, or where
/// that cannot be had. Call it first of all.
///
/// No case may depend on them. Some libraries also read them all for every context, though they are told to trust others: that
/// is most of the time of a run.
pub fn without_system_anchors() {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        use std::{env, process::Command};

        /// What OpenSSL looks for a file of anchors by, and a file with none.
        const VARIABLE: &str = "SSL_CERT_FILE";
        const NONE: &str = "/dev/null";

        if env::var_os(VARIABLE).is_some_and(|file| file == NONE) {
            return;
        }
        let Ok(program) = env::current_exe() else { return };
        let mut arguments = env::args_os();
        let mut again = Command::new(program);
        if let Some(name) = arguments.next() {
            again.arg0(name);
        }
        // Returns only if it fails, and then this program goes on.
        let _ = again.args(arguments).env(VARIABLE, NONE).exec();
    }
}
