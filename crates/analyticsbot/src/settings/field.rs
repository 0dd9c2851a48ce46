//! How a setting is read from text and shown as text, by the kind of its value.

use std::net::SocketAddr;
use std::time::Duration;

use web::Network;

use super::Settings;
use super::units::{bytes, duration, read_bytes, read_duration};
use crate::observe::Format;
use crate::secret::Secret;

/// Where a value of one type is among the settings.
type At<T> = fn(&mut Settings) -> &mut T;

/// A kind of value, and where it is.
#[derive(Clone, Copy)]
pub(crate) enum Field {
    /// A whole number, 1 or more.
    Count(At<usize>),
    /// A whole number, 1 or more, or none.
    MaybeCount(At<Option<usize>>),
    /// A whole number, 1 or more, that may be larger than memory.
    Rate(At<u64>),
    /// A size in memory, 1 byte or more.
    Bytes(At<usize>),
    /// A size on disk, 1 byte or more.
    DiskBytes(At<u64>),
    /// A length of time, 1 ms or more.
    Duration(At<Duration>),
    /// From 0 to 1.
    Ratio(At<f64>),
    /// Any text.
    Text(At<String>),
    /// Any text, or none.
    Maybe(At<Option<String>>),
    /// A text that is not shown.
    Secret(At<Secret>),
    /// The file that holds the text of a secret.
    SecretFile(At<Secret>),
    /// An address with its port.
    Address(At<SocketAddr>),
    /// A list of networks.
    Networks(At<Vec<Network>>),
    /// The form of a line of the log.
    Format(At<Format>),
}

impl Field {
    /// What is written for it, for messages: fits behind "expected".
    pub(crate) const fn expected(self) -> &'static str {
        match self {
            Self::Count(_) | Self::MaybeCount(_) | Self::Rate(_) => "a whole number from 1",
            Self::Bytes(_) | Self::DiskBytes(_) => "a size such as `\"64 KiB\"`",
            Self::Duration(_) => "a length of time such as `\"500 ms\"` or `\"5 s\"`",
            Self::Ratio(_) => "a number from 0 to 1",
            Self::Text(_) | Self::Maybe(_) | Self::Secret(_) => "a text",
            Self::SecretFile(_) => "the name of a file that can be read",
            Self::Address(_) => "an address with its port, such as `\"127.0.0.1:8080\"`",
            Self::Networks(_) => "networks, such as `[\"10.0.0.0/8\", \"::1\"]`",
            Self::Format(_) => "`\"text\"` or `\"json\"`",
        }
    }

    /// Sets the value that `text` means. None, and nothing is set, if it means none.
    pub(crate) fn set(self, settings: &mut Settings, text: &str) -> Option<()> {
        let text = text.trim();
        match self {
            Self::Count(at) => *at(settings) = text.parse().ok().filter(|count| *count > 0)?,
            Self::MaybeCount(at) => {
                *at(settings) = Some(text.parse().ok().filter(|count| *count > 0)?);
            }
            Self::Rate(at) => *at(settings) = text.parse().ok().filter(|count| *count > 0)?,
            Self::Bytes(at) => *at(settings) = usize::try_from(read_bytes(text)?).ok()?,
            Self::DiskBytes(at) => *at(settings) = read_bytes(text)?,
            Self::Duration(at) => *at(settings) = read_duration(text)?,
            Self::Ratio(at) => {
                let within = |ratio: &f64| (0.0..=1.0).contains(ratio);
                *at(settings) = text.parse().ok().filter(within)?;
            }
            Self::Text(at) => text.clone_into(at(settings)),
            Self::Maybe(at) => {
                *at(settings) = Some(text.to_owned()).filter(|text| !text.is_empty());
            }
            Self::Secret(at) => *at(settings) = Secret::new(text),
            Self::SecretFile(at) => {
                let content = std::fs::read_to_string(text).ok()?;
                *at(settings) = Secret::new(content.trim());
            }
            Self::Address(at) => *at(settings) = text.parse().ok()?,
            Self::Networks(at) => {
                let parts = text
                    .split(',')
                    .map(str::trim)
                    .filter(|part| !part.is_empty());
                *at(settings) = parts.map(str::parse).collect::<Result<_, _>>().ok()?;
            }
            Self::Format(at) => *at(settings) = text.parse().ok()?,
        }
        Some(())
    }

    /// The value as it is written in the file; None if it has none or must not be shown.
    pub(crate) fn show(self, settings: &Settings) -> Option<String> {
        // The places are given for writing; a copy of the settings is good enough to look at.
        let settings = &mut settings.clone();
        let quoted = |text: &str| format!("{text:?}");
        match self {
            Self::Count(at) => Some(at(settings).to_string()),
            Self::MaybeCount(at) => at(settings).map(|count| count.to_string()),
            Self::Rate(at) => Some(at(settings).to_string()),
            Self::Bytes(at) => Some(quoted(&bytes(*at(settings) as u64))),
            Self::DiskBytes(at) => Some(quoted(&bytes(*at(settings)))),
            Self::Duration(at) => Some(quoted(&duration(*at(settings)))),
            Self::Ratio(at) => Some(format!("{:?}", at(settings))),
            Self::Text(at) => Some(quoted(at(settings))),
            Self::Maybe(at) => at(settings).as_deref().map(quoted),
            Self::Secret(_) | Self::SecretFile(_) => None,
            Self::Address(at) => Some(quoted(&at(settings).to_string())),
            Self::Networks(at) => {
                let networks = at(settings)
                    .iter()
                    .map(|network| quoted(&network.to_string()));
                Some(format!("[{}]", networks.collect::<Vec<_>>().join(", ")))
            }
            Self::Format(at) => Some(quoted(&at(settings).to_string())),
        }
    }
}
