//! Manifests → desired, or every problem.

mod examples;
mod schemas;
mod support;
