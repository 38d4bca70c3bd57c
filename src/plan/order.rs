//! The order of a part's steps: what is needed first, and otherwise as the planners gave it.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

use super::value::{Step, StepId};

/// Sorts steps so that each stands behind those of the same part that it needs.
///
/// There are no circles: [`lines::link`](super::lines::link) has broken or refused them.
pub(super) fn sort(steps: Vec<Step>) -> Vec<Step> {
    let index: BTreeMap<StepId, usize> = steps.iter().enumerate().map(|(at, step)| (step.id.clone(), at)).collect();
    let mut open = vec![0_usize; steps.len()];
    let mut behind: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    for (at, step) in steps.iter().enumerate() {
        for &need in step.needs.iter().filter_map(|need| index.get(need)) {
            open[at] += 1;
            behind[need].push(at);
        }
    }
    let mut ready: BinaryHeap<Reverse<usize>> =
        open.iter().enumerate().filter(|(_, count)| **count == 0).map(|(at, _)| Reverse(at)).collect();
    let mut order = Vec::with_capacity(steps.len());
    while let Some(Reverse(at)) = ready.pop() {
        order.push(at);
        for &next in &behind[at] {
            open[next] -= 1;
            if open[next] == 0 {
                ready.push(Reverse(next));
            }
        }
    }
    let mut steps: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
    let mut sorted: Vec<Step> = order.into_iter().filter_map(|at| steps[at].take()).collect();
    // Nothing is ever lost, even if a circle came through.
    sorted.extend(steps.into_iter().flatten());
    for step in &mut sorted {
        step.needs.sort_unstable();
        step.needs.dedup();
    }
    sorted
}
