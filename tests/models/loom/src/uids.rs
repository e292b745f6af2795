//! One line of the known uids: `uids.c`.

use crate::Mutant;
use loom::sync::atomic::{AtomicUsize, Ordering, Ordering::*};
use loom::sync::Arc;

struct Line {
    head: AtomicUsize,
    first: AtomicUsize,
    second: AtomicUsize,
}

fn head_of(text: usize, generation: usize, mutant: Mutant) -> usize {
    let generation = if mutant == Mutant::NoGeneration { 0 } else { generation };
    (10 + text) | generation << 8
}

fn put(line: &Line, text: usize, generation: usize, mutant: Mutant) {
    let order: Ordering = if mutant == Mutant::RelaxedStores { Relaxed } else { Release };
    if mutant != Mutant::NoZero {
        line.head.store(0, Relaxed);
    }
    line.first.store(text * 3, order);
    line.second.store(text, order);
    line.head.store(head_of(text, generation, mutant), Release);
}

fn find(line: &Line, text: usize, mutant: Mutant) -> Option<usize> {
    let order: Ordering = if mutant == Mutant::RelaxedLoads { Relaxed } else { Acquire };
    let before = line.head.load(Acquire);
    if before == 0 {
        return None;
    }
    let first = line.first.load(order);
    let second = line.second.load(order);
    if first != text * 3 || second != text {
        return None;
    }
    if mutant != Mutant::NoCheck && line.head.load(Relaxed) != before {
        return None;
    }
    Some(before & 0xff)
}

pub fn uids(mutant: Mutant) {
    let line = Arc::new(Line {
        head: AtomicUsize::new(head_of(1, 0, mutant)),
        first: AtomicUsize::new(3),
        second: AtomicUsize::new(1),
    });
    let writer = {
        let line = line.clone();
        loom::thread::spawn(move || {
            put(&line, 2, 1, mutant);
            put(&line, 1, 2, mutant);
        })
    };
    let reader = {
        let line = line.clone();
        loom::thread::spawn(move || find(&line, 1, mutant))
    };
    let two = find(&line, 2, mutant);
    let one = reader.join().unwrap();
    writer.join().unwrap();
    assert!(one.is_none() || one == Some(11), "somebody else's entity");
    assert!(two.is_none() || two == Some(12), "somebody else's entity");
}
