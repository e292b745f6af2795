//! Publication, stamps and partitions: `publish.c`.

use crate::Mutant;
use loom::sync::atomic::{AtomicUsize, Ordering::*};
use loom::sync::Arc;

#[derive(Default)]
struct Shared {
    snapshot: AtomicUsize,
    partition: AtomicUsize,
    returned: AtomicUsize,
    entry: AtomicUsize,
}

fn permits(version: usize) -> usize {
    usize::from(version == 0)
}

pub fn publish(mutant: Mutant) {
    let shared = Arc::new(Shared::default());

    let s = shared.clone();
    let publisher = loom::thread::spawn(move || {
        if mutant == Mutant::SnapshotFirst {
            s.snapshot.store(1, Release);
            s.partition.store(1, Release);
        } else {
            if mutant != Mutant::SkipDependency {
                s.partition.store(1, Relaxed);
            }
            let order = if mutant == Mutant::RelaxedSnapshot { Relaxed } else { Release };
            s.snapshot.store(1, order);
        }
        s.returned.store(1, Release);
    });

    let s = shared.clone();
    let keeper = loom::thread::spawn(move || {
        let mut version = s.snapshot.load(Acquire);
        let permit = permits(version);
        if mutant == Mutant::StampAfter {
            version = s.snapshot.load(Acquire);
        }
        s.entry.store(1 + 2 * version + permit, Release);
    });

    let s = shared;
    let began_after = s.returned.load(Acquire);
    let first = permits(s.snapshot.load(Acquire));
    let version = s.snapshot.load(Acquire);
    let found = s.entry.load(Acquire);
    let mut holds = found != 0;
    let stamp = found.saturating_sub(1) / 2;
    if mutant != Mutant::NewerEntry {
        holds = holds && stamp <= version;
    }
    if mutant != Mutant::NoCheck {
        holds = holds && stamp >= s.partition.load(Relaxed);
    }
    let second = if holds { (found - 1) % 2 } else { permits(version) };
    publisher.join().unwrap();
    keeper.join().unwrap();

    assert!(!(began_after == 1 && second == 1), "a stale permit");
    assert!(!(first == 0 && second == 1), "the old world after the new one");
    assert_eq!(second, permits(version), "not the answer of the snapshot");
}
