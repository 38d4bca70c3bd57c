//! Manifests → desired, or every problem.

mod cases;
#[cfg(unix)]
mod disk;
mod examples;
mod hostile;
mod schemas;
mod support;
