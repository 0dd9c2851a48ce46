//! A connection and what is noted of it, without sockets: so the clock can be turned by hand, and
//! all that is logged comes from this thread.

mod accepting;
mod deadlines;
mod log;
mod noted;
mod rig;
