//! What any server could at best do on this machine: its HTTP stack, its store, its disk.

pub mod bare;
pub mod commit;
pub mod disk;
