//! A ledger that cannot be written, or that is damaged: what is wrong is said with a code and a way out, and once that
//! is put right the next run brings everything in order.
#![cfg(unix)]

use std::{
    fs,
    io::{Seek as _, SeekFrom, Write as _},
    path::Path,
    process::{Command, Output, Stdio},
    sync::OnceLock,
    thread,
    time::Duration,
};

use super::{
    bench::Bench,
    site::{Course, Site},
};
use crate::laws::{
    crash::scenario::{first_files, second_files},
    faults::tell,
};

const APPLY: [&str; 3] = ["apply", "--auto-approve", "--quiet"];

/// What comes of the first project, and of the second after it, when nothing is wrong.
fn undisturbed() -> &'static [Course; 2] {
    static COURSES: OnceLock<[Course; 2]> = OnceLock::new();
    COURSES.get_or_init(|| {
        [1, 2].map(|stages| {
            let (site, mut course) = (Site::new(), Course::default());
            for files in [first_files(), second_files()].iter().take(stages) {
                site.write(files);
                site.apply(&mut course);
            }
            site.look(&mut course, None);
            assert!(course.wrong.is_empty(), "{}", course.wrong.join("\n"));
            course
        })
    })
}

/// Applies what the site has until nothing waits, and looks at what stands.
fn ends_well(site: Site, wanted: &Course) {
    let mut course = Course::default();
    site.apply(&mut course);
    site.look(&mut course, Some(&wanted.standing));
    assert!(course.wrong.is_empty(), "{}\n{}", course.wrong.join("\n"), course.account);
}

/// Runs a shell script in the project, in which `hubform` is the program.
fn shell(bench: &Bench, around: &[&str], script: &str) -> Output {
    let program = bench.command(&[]);
    let variables = program.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
    let script = format!("hubform() {{ '{}' \"$@\"; }}\n{script}", env!("CARGO_BIN_EXE_hubform"));
    let words: Vec<&str> = around.iter().copied().chain(["sh", "-c", &script]).collect();
    Command::new(words[0])
        .args(&words[1..])
        .current_dir(bench.folder())
        .env_clear()
        .envs(variables)
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// As root in a world of its own, where file systems can be mounted.
const APART: [&str; 3] = ["unshare", "--map-root-user", "--mount"];

/// Returns true if this machine lets anybody mount something in a world of their own.
fn can_mount() -> bool {
    let tried = Command::new(APART[0]).args(&APART[1..]).args(["mount", "-t", "tmpfs", "none", "/mnt"]).output();
    let can = tried.is_ok_and(|output| output.status.success());
    if !can {
        tell("left out: this machine does not let `unshare` mount a file system");
    }
    can
}

#[test]
fn a_disk_that_fills_up_in_the_middle_is_said_and_costs_nothing_but_room() {
    if !can_mount() {
        return;
    }
    let mut middle = 0;
    for size in ["60k", "120k", "200k", "320k"] {
        let site = Site::new();
        site.write(&first_files());
        let script = format!(
            "mkdir .hubform && mount -t tmpfs -o size={size} none .hubform && hubform apply --auto-approve --quiet
             code=$?
             mkdir kept && cp -a .hubform/. kept/ && umount .hubform && cp -a kept/. .hubform/ || exit 99
             exit $code"
        );
        let output = shell(&site.project, &APART, &script);
        let said = text(&output);
        assert_eq!(output.status.code(), Some(1), "{size}: {said}");
        for words in ["HF706", "no space is left on the disk", "make room"] {
            assert!(said.contains(words), "{size}: no `{words}` in\n{said}");
        }
        // A step that could not be written down fails; others before it were done.
        middle += usize::from(said.contains("done"));
        ends_well(site, &undisturbed()[0]);
    }
    assert!(middle > 0, "the disk was never full in the middle");
}

#[test]
fn a_file_that_may_not_grow_is_said_and_costs_nothing_but_another_run() {
    for blocks in [16, 200, 400, 600] {
        let site = Site::new();
        site.write(&first_files());
        // Whoever ignores the signal gets an error.
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; hubform apply --auto-approve --quiet");
        let output = shell(&site.project, &[], &script);
        let said = text(&output);
        assert_eq!(output.status.code(), Some(1), "{blocks}: {said}");
        assert!(said.contains("the ledger `") && said.contains("HF7"), "{blocks}: {said}");
        ends_well(site, &undisturbed()[0]);
    }
}

#[test]
fn a_ledger_that_is_read_only_is_said_before_anything_is_sent() {
    if !can_mount() {
        return;
    }
    let site = Site::new();
    site.write(&first_files());
    let read_only = |what: &str| {
        let script = format!(
            "mount --bind {what} {what} && mount -o remount,ro,bind {what} && hubform apply --auto-approve --quiet"
        );
        let output = shell(&site.project, &APART, &script);
        let said = text(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        for words in ["HF704", "read-only", "chmod u+w"] {
            assert!(said.contains(words), "{what}: no `{words}` in\n{said}");
        }
    };
    fs::create_dir(site.project.path(".hubform")).unwrap();
    site.project.write(".hubform/.gitignore", "*\n");
    read_only(".hubform");
    let mut course = Course::default();
    site.apply(&mut course);
    site.write(&second_files());
    let before = site.project.answer(0, &["plan"]);
    read_only(".hubform");
    read_only(".hubform/ledger.db");
    assert_eq!(site.project.answer(0, &["plan"]), before, "something was sent");
    ends_well(site, &undisturbed()[1]);
}

/// Damages a ledger.
type Damage = fn(&Path);

const DAMAGES: [(&str, Damage); 5] = [
    ("emptied", |path| drop(fs::File::create(path).unwrap())),
    ("cut in the middle", |path| {
        let file = fs::OpenOptions::new().write(true).open(path).unwrap();
        file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    }),
    ("cut in its head", |path| fs::OpenOptions::new().write(true).open(path).unwrap().set_len(60).unwrap()),
    ("overwritten in the middle", |path| overwrite(path, 4096)),
    ("overwritten at the beginning", |path| overwrite(path, 0)),
];

fn overwrite(path: &Path, at: u64) {
    let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(&[0xa5; 6000]).unwrap();
}

#[test]
fn a_ledger_damaged_between_runs_is_refused_and_a_backup_takes_its_place() {
    let site = Site::new();
    site.write(&first_files());
    site.apply(&mut Course::default());
    let path = site.project.path(".hubform/ledger.db");
    let good = fs::read(&path).unwrap();
    site.write(&second_files());
    let before = site.project.answer(0, &["plan"]);
    for (what, damage) in DAMAGES {
        damage(&path);
        let damaged = fs::read(&path).unwrap();
        let ended = site.project.run(&APPLY);
        let said = format!("{}{}", ended.stdout, ended.stderr);
        assert_eq!(ended.code, Some(1), "{what}: {said}");
        let coded = said.contains("HF702") || said.contains("HF703");
        assert!(coded && said.contains("ledger.db`"), "{what}: {said}");
        assert_eq!(fs::read(&path).unwrap(), damaged, "{what}: the evidence was changed");
        fs::write(&path, &good).unwrap();
    }
    assert_eq!(site.project.answer(0, &["plan"]), before, "something was sent");
    ends_well(site, &undisturbed()[1]);
}

#[test]
fn a_ledger_damaged_in_the_middle_of_a_run_costs_no_duplicate_once_a_backup_takes_its_place() {
    for (at, (what, damage)) in DAMAGES.into_iter().enumerate() {
        let site = Site::new();
        site.write(&first_files());
        let mut child = site.project.start(&APPLY);
        let path = site.project.path(".hubform/ledger.db");
        // Somewhere in the middle: undisturbed it takes a second or more.
        thread::sleep(Duration::from_millis(400 + 150 * u64::try_from(at).unwrap()));
        let backup = site.project.path("backup.db");
        let copied = rusqlite::Connection::open(&path)
            .and_then(|ledger| ledger.execute("VACUUM INTO ?1", [backup.to_str().unwrap()]));
        copied.unwrap();
        damage(&path);
        let code = child.wait().unwrap().code();
        let output = child.wait_with_output().unwrap();
        let said = text(&output);
        // It may not notice, as long as it has what it needs in memory.
        assert!(matches!(code, Some(0 | 1)), "{what}: {code:?}\n{said}");
        assert!(code == Some(0) || said.contains("HF7"), "{what}: {said}");
        for file in fs::read_dir(path.parent().unwrap()).unwrap() {
            let file = file.unwrap();
            if file.file_name().to_string_lossy().starts_with("ledger.db") {
                fs::remove_file(file.path()).unwrap();
            }
        }
        fs::rename(backup, &path).unwrap();
        let mut course = Course::default();
        site.apply(&mut course);
        site.look(&mut course, Some(&undisturbed()[0].standing));
        // Whoever loses a page of the ledger loses what was on it: who made an object, and what was written once.
        course.wrong.retain(|it| !it.starts_with("record of"));
        assert!(course.wrong.is_empty(), "{what}: {}\n{}", course.wrong.join("\n"), course.account);
    }
}
