//! The protocols of `tests/models/*.c` for the model checker loom: see the README there. Each function is one execution;
//! it panics when the property that quis promises is broken. `Mutant::None` is the protocol as it is.

mod bucket;
mod lease;
mod publish;
mod readers;
mod sleep;
mod uids;

/// One way to break a protocol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mutant {
    None,
    NoCheck,
    SnapshotFirst,
    SkipDependency,
    StampAfter,
    RelaxedSnapshot,
    NewerEntry,
    NoSequence,
    RelaxedStores,
    RelaxedLoads,
    NoLock,
    NoReaderBarrier,
    NoWriterBarrier,
    LoadFirst,
    LeaveFirst,
    FreeAtOnce,
    EpochFirst,
    StampPublished,
    PublishedLast,
    NoComparison,
    NoWakingLock,
    WakeFirst,
    LookFirst,
    NoZero,
    NoGeneration,
}

pub use bucket::bucket;
pub use lease::lease;
pub use publish::publish;
pub use readers::readers;
pub use sleep::sleep;
pub use uids::uids;
