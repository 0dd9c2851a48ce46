//! What the tests need on a machine beside Rust: finds it, installs it, or says how to.

use anyhow::{Context as _, Result, bail};

use crate::programs::{FOLDER_VARIABLE, Search};
use crate::runner::{self, Runner};

/// Installs packages given as arguments. PostgreSQL's package would by default also make a
/// cluster and start it as a service; tests start their own, so that is switched off while this
/// runs, and no longer.
const APT_SCRIPT: &str = r#"set -e
folder=/etc/postgresql-common/createcluster.d
mkdir -p "$folder"
trap 'rm -f "$folder/analyticsbot.conf"' EXIT
echo 'create_main_cluster = false' >"$folder/analyticsbot.conf"
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends "$@"
"#;

/// One thing that tests need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The server's programs; tests start servers of their own.
    Postgres,
    /// SQLite is compiled from its C source.
    CCompiler,
}

/// How packages can be installed without asking anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Installer {
    /// `apt-get`, and we are root.
    Apt,
    /// `apt-get` through `sudo`, which asks for no password.
    SudoApt,
}

/// A part that is not there.
#[derive(Debug, Clone)]
struct Missing {
    part: Part,
    why: String,
    /// The variable in which somebody named it, and it does not do.
    named_in: Option<&'static str>,
}

/// What is known about this machine.
#[derive(Debug, Clone)]
struct Machine {
    missing: Vec<Missing>,
    installer: Option<Installer>,
}

/// What to do about it.
#[derive(Debug, PartialEq, Eq)]
enum Plan {
    /// Everything is there.
    Ready,
    /// Run this program with these arguments, then look again.
    Install(&'static str, Vec<&'static str>),
    /// One line for each missing part.
    Explain(Vec<String>),
}

impl Part {
    fn package(self) -> &'static [&'static str] {
        match self {
            Self::Postgres => &["postgresql"],
            Self::CCompiler => &["gcc", "libc6-dev"],
        }
    }
}

impl Missing {
    /// One line: what is missing, what it is for, and the command that installs it.
    fn explain(&self) -> String {
        let why = &self.why;
        if let Some(variable) = self.named_in {
            return format!("missing: {why}: correct or unset {variable}");
        }
        let packages = self.part.package().join(" ");
        let install = format!("sudo apt-get install -y --no-install-recommends {packages}");
        match self.part {
            Part::Postgres => format!(
                "missing: the programs of a PostgreSQL server, for the tests against a real \
                 database ({why}); on Debian and Ubuntu: `{install}`, or name their folder in \
                 {FOLDER_VARIABLE}, or go without: `cargo xtask test --without-postgres`"
            ),
            Part::CCompiler => format!(
                "missing: a C compiler, to compile SQLite into the tests ({why}); on Debian \
                 and Ubuntu: `{install}`"
            ),
        }
    }
}

impl Machine {
    fn look(runner: &Runner, without_postgres: bool) -> Self {
        let mut missing = Vec::new();
        let search = Search::of_this_machine();
        if !without_postgres && let Err(why) = search.find() {
            let part = Part::Postgres;
            let named_in = search.named.is_some().then_some(FOLDER_VARIABLE);
            missing.push(Missing {
                part,
                why,
                named_in,
            });
        }
        if !runner::succeeds(&mut runner.program(&c_compiler(), &["--version"])) {
            missing.push(Missing {
                part: Part::CCompiler,
                why: format!("`{}` does not run", c_compiler()),
                named_in: runner::variable("CC").map(|_| "CC"),
            });
        }
        let installer = if missing.is_empty() {
            None
        } else {
            Installer::find(runner, &missing)
        };
        Self { missing, installer }
    }

    fn plan(&self) -> Plan {
        if self.missing.is_empty() {
            return Plan::Ready;
        }
        let packages = || {
            self.missing
                .iter()
                .flat_map(|missing| missing.part.package())
                .copied()
        };
        let script = ["-c", APT_SCRIPT, "apt"];
        match self.installer {
            Some(Installer::Apt) => {
                Plan::Install("sh", script.into_iter().chain(packages()).collect())
            }
            Some(Installer::SudoApt) => {
                let sudo = ["-n", "sh"].into_iter();
                Plan::Install("sudo", sudo.chain(script).chain(packages()).collect())
            }
            None => Plan::Explain(self.missing.iter().map(Missing::explain).collect()),
        }
    }
}

impl Installer {
    fn find(runner: &Runner, missing: &[Missing]) -> Option<Self> {
        // What somebody named and what does not do is not mended by installing another.
        if missing.iter().any(|missing| missing.named_in.is_some())
            || !runner::succeeds(&mut runner.program("apt-get", &["--version"]))
        {
            return None;
        }
        let id = runner.program("id", &["-u"]).output().ok()?;
        if id.stdout.trim_ascii() == b"0" {
            return Some(Self::Apt);
        }
        runner::succeeds(&mut runner.program("sudo", &["-n", "true"])).then_some(Self::SudoApt)
    }
}

/// Makes sure that everything is there: installs what is missing where that needs nobody's
/// password, and otherwise fails with one line for each missing part.
pub(crate) fn provide(runner: &Runner, without_postgres: bool) -> Result<()> {
    let mut machine = Machine::look(runner, without_postgres);
    if let Plan::Install(program, arguments) = machine.plan() {
        runner::say(format_args!(
            "installing what the tests need, which is missing:"
        ))?;
        for Missing { part, why, .. } in &machine.missing {
            runner::say(format_args!("  {} ({why})", part.package().join(" ")))?;
        }
        let mut command = runner.program(program, &arguments);
        let status = command
            .status()
            .with_context(|| format!("failed to start `{program}`"))?;
        runner::say(format_args!("apt-get ended with {status}"))?;
        // Whether that was enough is decided by looking again, not by what apt thinks of it.
        machine = Machine {
            installer: None,
            ..Machine::look(runner, without_postgres)
        };
    }
    match machine.plan() {
        Plan::Explain(lines) => bail!("not all parts are there\n{}", lines.join("\n")),
        Plan::Ready | Plan::Install(..) => Ok(()),
    }
}

/// The compiler that build scripts use: `$CC`, else `cc`.
fn c_compiler() -> String {
    let named = runner::variable("CC").and_then(|name| name.into_string().ok());
    named.unwrap_or_else(|| "cc".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(missing: &[Part], installer: Option<Installer>) -> Machine {
        let missing = missing
            .iter()
            .map(|&part| Missing {
                part,
                why: "not found".to_owned(),
                named_in: None,
            })
            .collect();
        Machine { missing, installer }
    }

    #[test]
    fn nothing_is_installed_where_nothing_is_missing() {
        assert_eq!(machine(&[], Some(Installer::Apt)).plan(), Plan::Ready);
    }

    #[test]
    fn root_installs_exactly_what_is_missing() {
        let plan = machine(&[Part::Postgres], Some(Installer::Apt)).plan();
        assert_eq!(
            plan,
            Plan::Install("sh", vec!["-c", APT_SCRIPT, "apt", "postgresql"])
        );
        let plan = machine(&[Part::CCompiler], Some(Installer::Apt)).plan();
        assert_eq!(
            plan,
            Plan::Install("sh", vec!["-c", APT_SCRIPT, "apt", "gcc", "libc6-dev"])
        );
    }

    #[test]
    fn others_install_through_sudo_without_a_password() {
        let Plan::Install("sudo", arguments) =
            machine(&[Part::Postgres], Some(Installer::SudoApt)).plan()
        else {
            panic!("expected a call of sudo");
        };
        assert_eq!(
            arguments,
            ["-n", "sh", "-c", APT_SCRIPT, "apt", "postgresql"]
        );
    }

    #[test]
    fn where_nothing_may_be_installed_each_part_gets_one_line_with_its_command() {
        let Plan::Explain(lines) = machine(&[Part::Postgres, Part::CCompiler], None).plan() else {
            panic!("expected an explanation");
        };
        assert_eq!(lines.len(), 2);
        assert!(
            lines
                .iter()
                .all(|line| line.starts_with("missing: ") && !line.contains('\n'))
        );
        assert!(lines[0].contains("apt-get install -y --no-install-recommends postgresql`"));
        assert!(lines[0].contains("--without-postgres"), "{}", lines[0]);
        assert!(lines[1].contains("apt-get install -y --no-install-recommends gcc libc6-dev`"));
    }
}
