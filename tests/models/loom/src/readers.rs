//! Reclamation: `readers.c`.

use crate::Mutant;
use loom::sync::atomic::{fence, AtomicUsize, Ordering::*};
use loom::sync::Arc;

struct Shared {
    pointer: AtomicUsize,
    freed: AtomicUsize,
    epoch: AtomicUsize,
    slot: AtomicUsize,
}

fn read_once(s: &Shared, mutant: Mutant) -> bool {
    let begin = || {
        s.slot.store(s.epoch.load(Acquire), Release);
        if mutant != Mutant::NoReaderBarrier {
            fence(SeqCst);
        }
    };
    let found = if mutant == Mutant::LoadFirst {
        let found = s.pointer.load(Acquire);
        begin();
        found
    } else {
        begin();
        s.pointer.load(Acquire)
    };
    if mutant == Mutant::LeaveFirst {
        s.slot.store(0, Release);
    }
    let looked_at_freed = found < s.freed.load(Relaxed);
    s.slot.store(0, Release);
    looked_at_freed
}

/// Returns the epoch that it closes.
fn replace_by(snapshot: usize, s: &Shared, mutant: Mutant) -> usize {
    if mutant == Mutant::EpochFirst {
        let closed = s.epoch.fetch_add(1, AcqRel);
        s.pointer.store(snapshot, Release);
        closed
    } else {
        s.pointer.store(snapshot, Release);
        s.epoch.fetch_add(1, AcqRel)
    }
}

pub fn readers(mutant: Mutant) {
    let shared = Arc::new(Shared {
        pointer: AtomicUsize::new(0),
        freed: AtomicUsize::new(0),
        epoch: AtomicUsize::new(1),
        slot: AtomicUsize::new(0),
    });
    let s = shared.clone();
    let writer = loom::thread::spawn(move || {
        let closed = [replace_by(1, &s, mutant), replace_by(2, &s, mutant)];
        if mutant != Mutant::NoWriterBarrier {
            fence(SeqCst);
        }
        let since = s.slot.load(Acquire);
        for (i, closed) in closed.iter().enumerate() {
            if mutant == Mutant::FreeAtOnce || since == 0 || since > *closed {
                s.freed.store(i + 1, Relaxed);
            }
        }
    });
    let bad = read_once(&shared, mutant) | read_once(&shared, mutant);
    writer.join().unwrap();
    assert!(!bad, "a freed snapshot was read");
}
