//! The rules, their documentation and the projects that break them.

mod page;
