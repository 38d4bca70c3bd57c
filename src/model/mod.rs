//! The kinds, addresses and specs that hubform manages.
