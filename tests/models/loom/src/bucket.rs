//! One bucket of the cache: `bucket.c`.

use crate::Mutant;
use loom::sync::atomic::{AtomicUsize, Ordering, Ordering::*};
use loom::sync::Arc;

struct Bucket {
    sequence: AtomicUsize,
    pair: AtomicUsize,
    word: AtomicUsize,
}

fn put(bucket: &Bucket, key: usize, mutant: Mutant) {
    let order: Ordering = if mutant == Mutant::RelaxedStores { Relaxed } else { Release };
    let before = bucket.sequence.load(Relaxed);
    if mutant == Mutant::NoLock {
        bucket.sequence.store(before + 1, Relaxed);
    } else if before & 1 != 0
        || bucket.sequence.compare_exchange(before, before + 1, Acquire, Relaxed).is_err()
    {
        return;
    }
    bucket.pair.store(key, order);
    bucket.word.store(10 + key, order);
    bucket.sequence.store(before + 2, Release);
}

fn find(bucket: &Bucket, key: usize, mutant: Mutant) -> Option<usize> {
    let order: Ordering = if mutant == Mutant::RelaxedLoads { Relaxed } else { Acquire };
    let before = bucket.sequence.load(Acquire);
    let who = bucket.pair.load(order);
    let what = bucket.word.load(order);
    if mutant != Mutant::NoSequence
        && (before & 1 != 0 || bucket.sequence.load(Relaxed) != before)
    {
        return None;
    }
    (who == key).then_some(what)
}

pub fn bucket(mutant: Mutant) {
    let bucket = Arc::new(Bucket {
        sequence: AtomicUsize::new(0),
        pair: AtomicUsize::new(0),
        word: AtomicUsize::new(10),
    });
    let writers: Vec<_> = [1, 2]
        .into_iter()
        .map(|key| {
            let b = bucket.clone();
            loom::thread::spawn(move || put(&b, key, mutant))
        })
        .collect();
    let other = find(&bucket, 1, mutant);
    let own = find(&bucket, 0, mutant);
    for writer in writers {
        writer.join().unwrap();
    }
    assert!(other.is_none() || other == Some(11), "somebody else's answer");
    assert!(own.is_none() || own == Some(10), "somebody else's answer");
}
