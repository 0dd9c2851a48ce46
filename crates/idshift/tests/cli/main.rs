//! Runs the real `idshift` as its users do: one folder for each command, and one for the streams
//! that all commands share.

mod audit;
mod canonical;
mod convert;
mod docs;
mod guide;
mod help;
mod inspect;
mod json_schema;
mod legacy;
mod migrate;
mod new;
mod prisma;
mod range;
mod report;
mod run;
mod skill;
mod streams;
mod trace;
mod verify;
