//! Each protocol holds in every execution, and each of its mutants fails in some.

use quis_models::{bucket, lease, publish, readers, sleep, uids, Mutant};

/// Explores all executions in which at most `preemptions` times a thread is stopped where it could go on; the order in
/// which stores become visible is not bounded by this.
fn explore(protocol: fn(Mutant), mutant: Mutant, preemptions: usize) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(preemptions);
    model.check(move || protocol(mutant));
}

fn fails(protocol: fn(Mutant), mutant: Mutant, preemptions: usize) {
    let caught = std::panic::catch_unwind(|| explore(protocol, mutant, preemptions));
    assert!(caught.is_err(), "{mutant:?} was not caught");
}

macro_rules! protocol {
    ($name:ident, $run:path, $preemptions:literal, [$($mutant:ident),*]) => {
        mod $name {
            use super::*;

            #[test]
            fn holds() {
                explore($run, Mutant::None, $preemptions);
            }

            #[test]
            fn mutants_are_caught() {
                $(fails($run, Mutant::$mutant, $preemptions);)*
            }
        }
    };
}

protocol!(
    publication,
    publish,
    4,
    [NoCheck, SnapshotFirst, SkipDependency, StampAfter, RelaxedSnapshot, NewerEntry]
);
protocol!(a_bucket, bucket, 3, [NoSequence, RelaxedStores, RelaxedLoads, NoLock]);
protocol!(
    reclamation,
    readers,
    4,
    [NoReaderBarrier, NoWriterBarrier, LoadFirst, LeaveFirst, FreeAtOnce, EpochFirst]
);
protocol!(a_lease, lease, 4, [StampPublished, PublishedLast, NoComparison]);
protocol!(a_sleeper, sleep, 4, [NoWakingLock, WakeFirst, LookFirst]);
protocol!(a_line_of_uids, uids, 3, [NoZero, RelaxedStores, RelaxedLoads, NoCheck, NoGeneration]);
