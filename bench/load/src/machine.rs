//! What the figures depend on besides the code: the machine, its disk and who else is at work.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rustix::param::clock_ticks_per_second;

use crate::Result;

/// Watched this long before anything is measured.
const WATCH: Duration = Duration::from_secs(1);
/// Beyond this share of the processors in use by others, figures are not worth much.
const BUSY_MAX: f64 = 0.10;

/// The machine, just before the measurement.
#[derive(Debug)]
pub struct Machine {
    pub processor: String,
    pub cores: usize,
    pub kernel: String,
    /// The kind of file system that the stores are on, such as `ext4`.
    pub disk: String,
    /// The share of all processors that was in use, 0 to 1, and the load averages of `uptime`.
    pub busy: f64,
    pub load: String,
}

impl Machine {
    /// Reads what this machine tells of itself and watches it for a second.
    ///
    /// # Errors
    ///
    /// If `/proc` cannot be read.
    pub fn read(folder: &Path) -> Result<Self> {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo")?;
        let model = cpuinfo
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
        let load = fs::read_to_string("/proc/loadavg")?;
        let before = Ticks::read()?;
        std::thread::sleep(WATCH);
        Ok(Self {
            processor: model.unwrap_or("an unknown processor").to_owned(),
            cores: std::thread::available_parallelism()?.get(),
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease")?
                .trim()
                .to_owned(),
            disk: file_system(&fs::read_to_string("/proc/self/mounts")?, folder),
            busy: Ticks::read()?.busy_since(&before),
            load: load.split(' ').take(3).collect::<Vec<_>>().join(" "),
        })
    }

    /// One line, and a second one if the figures cannot be trusted.
    #[must_use]
    pub fn text(&self) -> String {
        let Self {
            processor,
            cores,
            kernel,
            disk,
            busy,
            load,
        } = self;
        let mut text = format!(
            "{processor}, {cores} cores, Linux {kernel}, {disk}; before: {:.0} % busy, \
             load {load}\n",
            busy * 100.0
        );
        if *busy > BUSY_MAX {
            text.push_str("WARNING: this machine is busy with something else: expect less\n");
        }
        if disk == "tmpfs" {
            text.push_str("WARNING: this is memory, not a disk: nothing here is durable\n");
        }
        text
    }
}

/// Processor time of the whole machine since it was started.
struct Ticks {
    idle: u64,
    all: u64,
}

impl Ticks {
    fn read() -> Result<Self> {
        let text = fs::read_to_string("/proc/stat")?;
        let line = text.lines().next().unwrap_or_default();
        let ticks: Vec<u64> = line
            .split_whitespace()
            .filter_map(|word| word.parse().ok())
            .collect();
        // Idle, and waiting for a disk: a processor that waits is free for others.
        let idle = ticks.iter().skip(3).take(2).sum();
        Ok(Self {
            idle,
            all: ticks.iter().sum(),
        })
    }

    fn busy_since(&self, before: &Self) -> f64 {
        let all = self.all.saturating_sub(before.all).max(1);
        let idle = self.idle.saturating_sub(before.idle);
        1.0 - idle as f64 / all as f64
    }
}

/// The kind of the file system that holds a folder: that of the longest mount point above it.
fn file_system(mounts: &str, folder: &Path) -> String {
    let mounts = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((Path::new(fields.next()?), fields.next()?))
    });
    mounts
        .filter(|(point, _)| folder.starts_with(point))
        .max_by_key(|(point, _)| point.as_os_str().len())
        .map_or_else(
            || "an unknown file system".to_owned(),
            |(_, kind)| kind.to_owned(),
        )
}

/// Processor time that a process has used, in user and kernel mode.
///
/// # Errors
///
/// If there is no such process.
pub fn cpu_of(pid: u32) -> Result<Duration> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in brackets, may hold spaces.
    let rest = text.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks: u64 = rest
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|word| word.parse::<u64>().ok())
        .sum();
    Ok(Duration::from_secs_f64(
        ticks as f64 / clock_ticks_per_second() as f64,
    ))
}

/// The most memory that a process ever had resident, in bytes.
///
/// # Errors
///
/// If there is no such process.
pub fn peak_bytes_of(pid: u32) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    Ok(kib.ok_or("the kernel tells no `VmHWM`")? << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_mount_point_counts() {
        let mounts = "/dev/vda / ext4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n";
        assert_eq!(file_system(mounts, Path::new("/tmp/a")), "tmpfs");
        assert_eq!(file_system(mounts, Path::new("/tmpx/a")), "ext4");
    }

    #[test]
    fn this_process_uses_time_and_memory() {
        assert!(cpu_of(std::process::id()).is_ok());
        assert!(peak_bytes_of(std::process::id()).unwrap() > 100_000);
        assert!(cpu_of(u32::MAX).is_err());
    }

    #[test]
    fn a_busy_machine_is_said_to_be_one() {
        let machine = |busy| Machine {
            processor: "p".into(),
            cores: 2,
            kernel: "6".into(),
            disk: "ext4".into(),
            busy,
            load: "0 0 0".into(),
        };
        assert!(!machine(0.02).text().contains("WARNING"));
        assert!(machine(0.5).text().contains("WARNING"));
    }
}
