//! Runs the real `idshift` as its users do: one folder for each command, and one for the streams
//! that all commands share.

mod canonical;
mod convert;
mod docs;
mod help;
mod inspect;
mod new;
mod range;
mod run;
mod streams;
mod trace;
mod verify;
