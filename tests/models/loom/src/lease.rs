//! A lease and the version it compares: `lease.c`.

use crate::Mutant;
use loom::sync::atomic::{AtomicUsize, Ordering::*};
use loom::sync::Arc;

struct Shared {
    published: AtomicUsize,
    snapshot: AtomicUsize,
    returned: AtomicUsize,
}

fn holds(s: &Shared, checked: &mut usize, mutant: Mutant) -> bool {
    if mutant == Mutant::NoComparison {
        return *checked != 0;
    }
    let version = s.published.load(Acquire);
    if version == *checked {
        return true;
    }
    let found = s.snapshot.load(Acquire);
    let stamp = if mutant == Mutant::StampPublished { version } else { found };
    *checked = if found == 1 { stamp } else { 0 };
    *checked != 0
}

pub fn lease(mutant: Mutant) {
    let shared = Arc::new(Shared {
        published: AtomicUsize::new(1),
        snapshot: AtomicUsize::new(1),
        returned: AtomicUsize::new(0),
    });
    let s = shared.clone();
    let publisher = loom::thread::spawn(move || {
        if mutant == Mutant::PublishedLast {
            s.snapshot.store(2, Release);
            s.published.store(2, Release);
        } else {
            s.published.store(2, Relaxed);
            s.snapshot.store(2, Release);
        }
        s.returned.store(1, Release);
    });
    let s = shared;
    let mut checked = 1;
    holds(&s, &mut checked, mutant);
    let saw_new = s.snapshot.load(Acquire) == 2;
    let after = s.returned.load(Acquire) == 1;
    let still = checked != 0 && holds(&s, &mut checked, mutant);
    publisher.join().unwrap();
    assert!(!(still && saw_new), "the old world after the new one");
    assert!(!(still && after), "a lease that outlived its permit");
}
