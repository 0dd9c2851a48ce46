//! Runs the real `analyticsbot` as its users do: one file for each command, and the manual.

mod configuration;
mod docs;
mod doctor;
mod events;
mod help;
mod keys;
mod projects;
mod rig;
mod send;
mod serve;
mod server;
mod tail;
