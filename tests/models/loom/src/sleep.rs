//! Who sleeps until a lease ends: `sleep.c`.

use crate::Mutant;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*};
use loom::sync::{Arc, Mutex};

struct Shared {
    published: AtomicUsize,
    snapshot: AtomicUsize,
    waking: Mutex<()>,
    asleep: AtomicBool,
    woken: AtomicBool,
}

fn wake(s: &Shared, mutant: Mutant) {
    let _lock = (mutant != Mutant::NoWakingLock).then(|| s.waking.lock().unwrap());
    if s.asleep.load(Relaxed) {
        s.woken.store(true, Relaxed);
    }
}

pub fn sleep(mutant: Mutant) {
    let shared = Arc::new(Shared {
        published: AtomicUsize::new(1),
        snapshot: AtomicUsize::new(1),
        waking: Mutex::new(()),
        asleep: AtomicBool::new(false),
        woken: AtomicBool::new(false),
    });
    let s = shared.clone();
    let publisher = loom::thread::spawn(move || {
        if mutant == Mutant::WakeFirst {
            wake(&s, mutant);
        }
        s.published.store(2, Relaxed);
        s.snapshot.store(2, Release);
        if mutant != Mutant::WakeFirst {
            wake(&s, mutant);
        }
    });
    let s = shared;
    let look = || s.snapshot.load(Acquire);
    let (moment, ended) = if mutant == Mutant::LookFirst {
        let ended = look() == 2;
        (look(), ended)
    } else {
        (look(), look() == 2)
    };
    if !ended {
        let _lock = s.waking.lock().unwrap();
        if s.published.load(Relaxed) == moment {
            s.asleep.store(true, Relaxed);
        }
    }
    publisher.join().unwrap();
    let awake = !s.asleep.load(Relaxed) || s.woken.load(Relaxed);
    assert!(ended || awake, "slept through the end of a lease");
}
