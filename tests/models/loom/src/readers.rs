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
    let looked_at_freed = found == 0 && s.freed.load(Relaxed) == 1;
    s.slot.store(0, Release);
    looked_at_freed
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
        let barrier = || {
            if mutant != Mutant::NoWriterBarrier {
                fence(SeqCst);
            }
        };
        let closed = if mutant == Mutant::EpochFirst {
            let closed = s.epoch.fetch_add(1, AcqRel);
            barrier();
            s.pointer.store(1, Release);
            closed
        } else {
            s.pointer.store(1, Release);
            barrier();
            s.epoch.fetch_add(1, AcqRel)
        };
        barrier();
        let since = s.slot.load(Acquire);
        if mutant == Mutant::FreeAtOnce || since == 0 || since > closed {
            s.freed.store(1, Relaxed);
        }
    });
    let bad = read_once(&shared, mutant) | read_once(&shared, mutant);
    writer.join().unwrap();
    assert!(!bad, "a freed snapshot was read");
}
