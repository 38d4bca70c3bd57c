//! Manifests → desired, or every problem.

mod agreement;
mod cases;
#[cfg(unix)]
mod disk;
mod examples;
mod hostile;
mod laws;
mod schemas;
mod scopes;
mod support;
