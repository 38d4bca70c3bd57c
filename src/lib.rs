//! hubform keeps a Webex Wholesale partner's customers as a git repository describes them: YAML manifests say which
//! onboarding templates, customers, locations and users there should be, `hubform plan` compares them with the live
//! service, and `hubform apply` makes the changes, template before customer before setup.
//!
//! This page is the architecture. It is for whoever is about to change the code; the `README` is for users.
//!
//! # The levels
//!
//! One package, a library and a thin binary. A level uses levels above it in this table, and no more of them than it
//! needs; the test `tests/it/levels.rs` keeps it so.
//!
//! | module | owns | never |
//! |---|---|---|
//! | [`model`] | kinds, addresses, specs, desired, observed, what the ledger remembers, problems as data | I/O, wire format |
//! | [`manifest`] | YAML and CSV → desired with source positions, or every problem found | network |
//! | [`rules`] | offline checks over desired: limits, duplicates, package rules | I/O |
//! | [`plan`] | (desired, observed, ledger) → plan; ordering; guards; the plan file, and what of it still holds | async, clock, environment, disk |
//! | [`webex`] | read and write traits in terms of the model, wire types, the one HTTP client | deciding what to change |
//! | [`ledger`] | the record, the journal and their locks: SQLite file, PostgreSQL, object storage | deciding |
//! | [`apply`] | plan → outcome: journal, scheduling, waiting, settling what is uncertain | changing the plan, printing |
//! | [`sim`] | the simulated partner service: state, rules, faults, HTTP | knowing of plans |
//! | [`report`] | values → terminal and JSON | fetching, deciding |
//! | [`cli`] | flags, settings, one file per command, exit codes | logic worth a unit test |
//!
//! Values flow one way: `manifest → rules → (webex's reads + ledger) → plan → report`, then
//! `apply → webex's writes + ledger → report`.
//!
//! # The life of one object
//!
//! Follow `user/johns-pizza/ann@johns-pizza.example` through `hubform apply`:
//!
//! 1. [`manifest::load`] finds its entry in `users.csv`, notes its line, and makes a [`model::DesiredObject`] of it:
//!    a checked [`model::User`], the place of every field, nothing that is spelled in two ways. What is wrong becomes a
//!    [`model::Problem`]; nothing stops at the first.
//! 2. [`rules::check`] looks at her beside everybody else: is her package one of her customer's, is the number in her
//!    location's inventory and nobody else's, does the extension clash?
//! 3. [`ledger::Ledger::load`] gives her [`model::Record`], if hubform knows her: the remote ids, and the
//!    [`model::Fields`] that were last applied.
//! 4. [`webex::ReadScope::of`] says that her customer has to be read, and [`webex::observe`] reads it: the subscriber
//!    with her e-mail address, and the person behind it, in the normal forms of the model ([`model::Observed`]).
//!    A read that failed is [`model::Reading::Failed`], never an absence.
//! 5. [`plan::plan`] compares three values of each field by one table. Her extension is `200` on the service and in the
//!    ledger, and `201` in the manifest: an edit. That is one [`plan::FieldChange`], and one [`plan::Step`] whose
//!    [`plan::Operation`] is to update a person. If somebody holds `201`, her step needs the one that lets go of it.
//! 6. [`report`] shows the plan; the exit code follows from it alone.
//! 7. [`apply::run`] holds the unit of her customer, and takes the steps when what they need is done. Before each request
//!    it writes a [`model::Entry`] into the journal; then it sends the request through [`webex::WriteApi`], and writes the
//!    step's fields into her record, together with the end of the entry. How the step ended is a
//!    [`apply::StepOutcome`], whatever happened. Should the run die in between, the next plan finds the entry open, and
//!    what it reads of her decides (`plan/settle.rs`).
//! 8. The next plan finds three equal values and says nothing.
//!
//! # The words
//!
//! | word | meaning |
//! |---|---|
//! | manifest | a YAML file of documents, each one object |
//! | object, address | what we manage; its stable name ([`model::Address`]) |
//! | remote id | what the service calls it ([`model::RemoteIds`]); exists only after creation |
//! | desired / observed | what manifests ask / what the service reports |
//! | ledger | our own record: which objects we manage, their remote ids, what we last applied, requests in flight |
//! | journal | the part of the ledger that says what was about to be sent, and how it ended ([`model::Entry`]) |
//! | unit | a customer with all below it, or the templates: what is locked and stored as one ([`model::Unit`]) |
//! | change | how one object differs: create, adopt, update, delete, forget ([`plan::Action`]) |
//! | step | one request-sized piece of a change, with the steps it needs |
//! | plan | all steps, plus notes on what will not be done and why |
//! | part | the steps of one customer, or of the templates; independent of other parts |
//! | refusal | why nothing of a part may be applied |
//! | wait | what the service or a person has to do first |
//! | outcome | how each step ended: done, already done, waiting, failed, skipped, refused |
//! | drift | observed differs from last applied, so somebody else changed it |
//! | target | the service: `webex` or `simulator` |
//!
//! # The promises
//!
//! 1. What the plan shows is what apply does: no other request changes anything. `plan` and `show` hold a client that
//!    cannot change anything ([`webex::ReadClient`]).
//! 2. Nothing is made twice and nothing is lost: natural keys are looked up before every creation; the journal says what
//!    is about to be sent before it is sent; what became of it is found out as its kind of request declares, by this run
//!    or by the next one. `tests/it/laws/crash` kills a run at every request.
//! 3. Nothing is destroyed by surprise: deletions are named, counted against limits, and need consent in git.
//! 4. Independent customers are independent.
//! 5. Waiting is not failing.
//! 6. The same input gives the same bytes: sorted, no clock, no hash order.
//! 7. Cost follows the change: `--customer` reads that customer alone. (A full run still reads every customer.)
//! 8. No secret leaves its place: the token lives in a type that does not print itself.
//!
//! # How to add a field
//!
//! Add it to the spec in [`model`] (the compiler then asks for it in `fields`), to the document in [`manifest`] (the
//! schema follows), to the observed value and the client that reads it, and to the planner of its kind: which request
//! sets it, and whether it can change. `tests/it/laws` compares states, so add it to the pictures there too.

pub mod apply;
pub mod cli;
pub mod ledger;
pub mod manifest;
pub mod model;
pub mod plan;
pub mod report;
pub mod rules;
pub mod sim;
pub mod webex;
