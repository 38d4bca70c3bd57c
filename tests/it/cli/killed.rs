//! The program is killed at any instant, as `kill -9` or a machine that loses its power would, and run again.
//!
//! `HUBFORM_KILLS=N` kills so many times in all.
#![cfg(unix)]

use std::{sync::Mutex, thread, time::Instant};

use super::site::{Course, Site};
use crate::laws::{
    crash::scenario::{first_files, second_files},
    faults::tell,
    world::Rng,
};

/// Every third time it is killed twice.
const TWICE: usize = 3;

fn kills() -> usize {
    #[expect(clippy::disallowed_methods, reason = "the tests' own switch")]
    let asked = std::env::var("HUBFORM_KILLS").ok();
    asked.map_or(6, |text| text.parse().unwrap())
}

/// Sets three customers up and changes them.
fn course(seed: u64, undisturbed: Option<&Course>) -> Course {
    let mut course = Course { seed, ..Course::default() };
    let mut rng = Rng::new(seed);
    let site = Site::new();
    for (at, files) in [first_files(), second_files()].iter().enumerate() {
        site.write(files);
        if let Some(undisturbed) = undisturbed {
            let length = undisturbed.lengths[at];
            let mut instant = || length.mul_f64(f64::from(u32::try_from(rng.below(10_000)).unwrap()) / 10_000.0);
            let (first, second) = (instant(), instant());
            if site.kill(first, &mut course) && rng.below(TWICE) == 0 {
                site.kill(second, &mut course);
            }
        }
        let began = Instant::now();
        site.apply(&mut course);
        course.lengths.push(began.elapsed());
    }
    site.look(&mut course, undisturbed.map(|it| &it.standing));
    course
}

#[test]
fn kill_9_at_any_instant_costs_nothing_but_another_run() {
    let undisturbed = course(0, None);
    assert!(undisturbed.wrong.is_empty(), "{}\n{}", undisturbed.wrong.join("\n"), undisturbed.account);
    let began = Instant::now();
    // Three courses at a time, in which the program is killed two times or more.
    let left = Mutex::new((kills(), 0));
    let ended = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let seed = {
                        let mut left = left.lock().unwrap();
                        if left.0 == 0 {
                            break;
                        }
                        left.1 += 1;
                        left.1
                    };
                    let course = course(seed, Some(&undisturbed));
                    let mut left = left.lock().unwrap();
                    left.0 = left.0.saturating_sub(course.kills);
                    ended.lock().unwrap().push(course);
                }
            });
        }
    });
    let ended = ended.into_inner().unwrap();
    let kills: usize = ended.iter().map(|course| course.kills).sum();
    tell(&format!(
        "{kills} kills in {} courses in {:.1?}; undisturbed, the applies took {:.1?}",
        ended.len(),
        began.elapsed(),
        undisturbed.lengths
    ));
    let failed = ended.iter().filter(|course| !course.wrong.is_empty());
    let failed: Vec<String> = failed
        .map(|Course { seed, wrong, account, .. }| format!("seed {seed}\n{}\n{account}", wrong.join("\n")))
        .collect();
    assert!(failed.is_empty(), "{} courses\n{}", failed.len(), failed.join("\n\n"));
}
