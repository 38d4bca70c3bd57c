//! The `hubform` program; everything is in the library.

fn main() -> std::process::ExitCode {
    hubform::cli::main(std::env::args_os())
}
