//! What the C libraries are built with, the tests talk to and costs are counted with: found, or installed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context as _, Result, bail};

use crate::cargo::{output, run};

/// Something that must be on the machine.
struct Tool {
    name: &'static str,
    /// The Debian packages that bring it.
    packages: &'static [&'static str],
    is_there: fn() -> bool,
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "a C compiler",
        packages: &["gcc", "libc6-dev"],
        is_there: || runs("cc --version"),
    },
    Tool { name: "a C++ compiler", packages: &["g++"], is_there: || runs("c++ --version") },
    Tool { name: "make", packages: &["make"], is_there: || runs("make --version") },
    // With its modules: a bare Debian has the interpreter alone.
    Tool { name: "perl", packages: &["perl"], is_there: || runs("perl -MIPC::Cmd -e1") },
    Tool { name: "git", packages: &["git"], is_there: || runs("git --version") },
    Tool { name: "cmake 3.22", packages: &["cmake"], is_there: cmake },
    Tool { name: "libclang", packages: &["libclang-dev"], is_there: libclang },
    Tool {
        name: "pkg-config",
        packages: &["pkg-config"],
        is_there: || runs("pkg-config --version"),
    },
    Tool {
        name: "OpenSSL",
        packages: &["libssl-dev"],
        is_there: || runs("pkg-config --exists openssl"),
    },
    Tool { name: "nginx", packages: &["nginx-light"], is_there: || runs("nginx -v") },
    Tool { name: "curl", packages: &["curl"], is_there: || runs("curl --version") },
    Tool { name: "openssl", packages: &["openssl"], is_there: || runs("openssl version") },
    Tool { name: "tshark", packages: &["tshark"], is_there: || runs("tshark --version") },
    Tool { name: "valgrind", packages: &["valgrind"], is_there: || runs("valgrind --version") },
    Tool { name: "python3", packages: &["python3"], is_there: || runs("python3 --version") },
    Tool {
        name: "Python's venv",
        packages: &["python3-venv"],
        is_there: || runs("python3 -m ensurepip --version"),
    },
];

/// Sees to it that everything is there: as root on Debian or Ubuntu by installing what is not.
///
/// # Errors
/// What is missing, and the command that would install it.
pub(crate) fn ensure() -> Result<()> {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = missing.iter().map(|tool| tool.name).collect();
    let names = names.join(", ");
    let packages: Vec<_> = missing.iter().flat_map(|tool| tool.packages).copied().collect();
    if !runs("apt-get --version") {
        bail!("not found: {names}. Install them, then run this again.");
    }
    if !is_root() {
        bail!(
            "not found: {names}. Run this, then try again:\n  sudo apt-get install {}",
            packages.join(" ")
        );
    }
    println!("not found: {names}; installing {}", packages.join(" "));
    run(&mut apt_get(&["update", "--quiet"])).context("apt-get update")?;
    let mut install = apt_get(&["install", "--yes", "--quiet", "--no-install-recommends"]);
    run(install.args(packages)).context("apt-get install")?;
    let still: Vec<_> = self::missing().iter().map(|tool| tool.name).collect();
    if !still.is_empty() {
        bail!("this system's packages do not bring: {}", still.join(", "));
    }
    Ok(())
}

fn missing() -> Vec<&'static Tool> {
    TOOLS.iter().filter(|tool| !(tool.is_there)()).collect()
}

fn apt_get(args: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(args);
    command
}

/// Whether a command, its words parted by spaces, can be run and succeeds.
fn runs(command: &str) -> bool {
    let mut words = command.split(' ');
    let program = words.next().unwrap_or_default();
    Command::new(program).args(words).output().is_ok_and(|output| output.status.success())
}

fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// BoringSSL asks for cmake 3.22.
fn cmake() -> bool {
    output(Command::new("cmake").arg("--version"))
        .is_ok_and(|text| cmake_version(&text) >= Some((3, 22)))
}

/// The version in `cmake version 3.25.1`.
fn cmake_version(text: &str) -> Option<(u32, u32)> {
    let version = text.lines().next()?.rsplit(' ').next()?;
    let mut numbers = version.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// Whether bindgen will find libclang: looks where `clang-sys` looks.
fn libclang() -> bool {
    if let Some(path) = env::var_os("LIBCLANG_PATH").map(PathBuf::from) {
        return holds_libclang(&path, 0) || path.parent().is_some_and(|dir| holds_libclang(dir, 0));
    }
    let mut roots: Vec<PathBuf> =
        ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/Library/Developer/CommandLineTools/usr/lib"]
            .map(PathBuf::from)
            .into();
    if let Ok(prefix) = output(Command::new("llvm-config").arg("--prefix")) {
        roots.push(Path::new(prefix.trim()).join("lib"));
    }
    roots.iter().any(|root| holds_libclang(root, 2))
}

/// Whether libclang is in `directory`, or up to `depth` folders below.
fn holds_libclang(directory: &Path, depth: usize) -> bool {
    let Ok(entries) = fs::read_dir(directory) else { return false };
    entries.flatten().any(|entry| {
        is_libclang(&entry.file_name().to_string_lossy())
            || (depth > 0 && entry.path().is_dir() && holds_libclang(&entry.path(), depth - 1))
    })
}

/// `libclang.so`, `libclang-14.so.1`, `libclang.dylib` and so on, but not `libclang-cpp.so.14`.
fn is_libclang(file_name: &str) -> bool {
    let Some(rest) = file_name.strip_prefix("libclang") else { return false };
    (rest.starts_with('.') || rest.starts_with('-'))
        && !rest.starts_with("-cpp.")
        && (rest.contains(".so") || rest.ends_with(".dylib"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_cmake_compare_as_numbers() {
        assert_eq!(cmake_version("cmake version 3.25.1\n\nCMake suite"), Some((3, 25)));
        assert!(cmake_version("cmake version 3.5.0") < Some((3, 22)));
        assert!(cmake_version("cmake version 4.0.2-rc1") > Some((3, 22)));
        assert_eq!(cmake_version(""), None);
    }

    #[test]
    fn libclang_is_told_from_its_neighbours() {
        for name in ["libclang.so", "libclang.so.1", "libclang-14.so.1", "libclang.dylib"] {
            assert!(is_libclang(name), "{name}");
        }
        for name in ["libclang-cpp.so.14", "libclangAST.a", "libclang.a", "libc.so"] {
            assert!(!is_libclang(name), "{name}");
        }
    }
}
