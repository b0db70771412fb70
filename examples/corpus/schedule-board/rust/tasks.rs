//! Finds the critical path of a project: the chain of tasks that decides how
//! long the whole takes.

use std::collections::{BTreeMap, BTreeSet};

/// A task with its length in days and the tasks that must come first.
struct Task {
    days: u32,
    after: &'static [&'static str],
}

/// When a task may start, and by how many days it may slip.
#[derive(Debug, PartialEq, Eq)]
struct Slot {
    earliest: u32,
    slack: u32,
}

type Project = BTreeMap<&'static str, Task>;

/// Returns the tasks so that each follows its prerequisites, or the names of
/// those that wait for each other in a circle or for something unknown.
fn sorted(project: &Project) -> Result<Vec<&'static str>, BTreeSet<&'static str>> {
    let mut waiting: BTreeSet<&'static str> = project.keys().copied().collect();
    let mut order = Vec::new();
    while !waiting.is_empty() {
        let ready: Vec<_> = waiting
            .iter()
            .copied()
            .filter(|name| project[name].after.iter().all(|before| order.contains(before)))
            .collect();
        if ready.is_empty() {
            return Err(waiting);
        }
        for name in ready {
            waiting.remove(name);
            order.push(name);
        }
    }
    Ok(order)
}

/// Computes the slot of every task and the length of the project.
fn schedule(project: &Project, order: &[&'static str]) -> (BTreeMap<&'static str, Slot>, u32) {
    let mut earliest: BTreeMap<&str, u32> = BTreeMap::new();
    for &name in order {
        let task = &project[name];
        let start = task.after.iter().map(|b| earliest[b] + project[b].days).max();
        earliest.insert(name, start.unwrap_or(0));
    }
    let length = order.iter().map(|n| earliest[n] + project[n].days).max().unwrap_or(0);
    let mut latest_end: BTreeMap<&str, u32> = order.iter().map(|&n| (n, length)).collect();
    for &name in order.iter().rev() {
        let latest_start = latest_end[name] - project[name].days;
        for before in project[name].after {
            let end = latest_end[before].min(latest_start);
            latest_end.insert(before, end);
        }
    }
    let slots = order
        .iter()
        .map(|&name| {
            let slack = latest_end[name] - project[name].days - earliest[name];
            (name, Slot { earliest: earliest[name], slack })
        })
        .collect();
    (slots, length)
}

/// Plans the building of a shed.
fn main() {
    let project: Project = [
        ("plans", Task { days: 2, after: &[] }),
        ("permit", Task { days: 5, after: &["plans"] }),
        ("timber", Task { days: 3, after: &["plans"] }),
        ("base", Task { days: 2, after: &["permit"] }),
        ("frame", Task { days: 3, after: &["base", "timber"] }),
        ("roof", Task { days: 2, after: &["frame"] }),
        ("paint", Task { days: 1, after: &["frame"] }),
    ]
    .into_iter()
    .collect();
    match sorted(&project) {
        Err(stuck) => println!("these wait for each other: {stuck:?}"),
        Ok(order) => {
            let (slots, length) = schedule(&project, &order);
            for name in order {
                let slot = &slots[name];
                let bar = "#".repeat(project[name].days as usize);
                let space = " ".repeat(slot.earliest as usize);
                let mark = if slot.slack == 0 { " critical" } else { "" };
                println!("{name:<7}|{space}{bar}{mark}");
            }
            println!("{length} days");
        }
    }
}
