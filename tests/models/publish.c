/* Publication, stamps and partitions: src/engine/cache.hpp and src/engine/live_engine.cpp.
 *
 * Snapshot 0 permits, snapshot 1 denies. One thread publishes snapshot 1; one decides and keeps its answer; one asks
 * twice, first something that is evaluated, then something that may be found in the cache. The entry is one atomic word
 * here; bucket.c is the model of how it comes to be read whole. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef ROUNDS
#define ROUNDS 1
#endif

static atomic_int snapshot;  /* the version that calls find */
static atomic_int partition; /* the version at which the entity changed last */
static atomic_int returned;  /* `publish` has returned */
static atomic_int entry;     /* 0, or 1 + 2 * stamp + permit */

static int first_answer, second_answer, began_after;

static int evaluate(int version) { return version == 0; }

static void* publish(void* unused) {
#ifdef MUTANT_SNAPSHOT_FIRST
  atomic_store_explicit(&snapshot, 1, memory_order_release);
  atomic_store_explicit(&partition, 1, memory_order_release);
#else
#ifndef MUTANT_SKIP_DEPENDENCY
  atomic_store_explicit(&partition, 1, memory_order_relaxed);
#endif
#ifdef MUTANT_RELAXED_SNAPSHOT
  atomic_store_explicit(&snapshot, 1, memory_order_relaxed);
#else
  atomic_store_explicit(&snapshot, 1, memory_order_release);
#endif
#endif
  atomic_store_explicit(&returned, 1, memory_order_release);
  return unused;
}

static void* decide_and_keep(void* unused) {
  int version = atomic_load_explicit(&snapshot, memory_order_acquire);
  const int permit = evaluate(version);
#ifdef MUTANT_STAMP_AFTER
  version = atomic_load_explicit(&snapshot, memory_order_acquire);
#endif
  atomic_store_explicit(&entry, 1 + 2 * version + permit, memory_order_release);
  return unused;
}

static void* ask(void* unused) {
  began_after = atomic_load_explicit(&returned, memory_order_acquire);
  first_answer = evaluate(atomic_load_explicit(&snapshot, memory_order_acquire));

  const int version = atomic_load_explicit(&snapshot, memory_order_acquire);
  const int found = atomic_load_explicit(&entry, memory_order_acquire);
  const int stamp = (found - 1) / 2;
  int holds = found != 0;
#ifndef MUTANT_NEWER_ENTRY
  holds = holds && stamp <= version;
#endif
#ifndef MUTANT_NO_CHECK
  holds = holds && stamp >= atomic_load_explicit(&partition, memory_order_relaxed);
#endif
  second_answer = holds ? (found - 1) % 2 : evaluate(version);
#ifdef MUTANT_NEWER_ENTRY
  /* The record that is kept of this call names `version`: replaying it must give the same answer. */
  if (second_answer != evaluate(version)) second_answer = 2;
#endif
  return unused;
}

int main(void) {
  for (int round = 0; round < ROUNDS; ++round) {
    atomic_init(&snapshot, 0);
    atomic_init(&partition, 0);
    atomic_init(&returned, 0);
    atomic_init(&entry, 0);
    pthread_t threads[3];
    pthread_create(&threads[0], NULL, publish, NULL);
    pthread_create(&threads[1], NULL, decide_and_keep, NULL);
    pthread_create(&threads[2], NULL, ask, NULL);
    for (int i = 0; i < 3; ++i) pthread_join(threads[i], NULL);
    /* No permit in a call that began after `publish` returned; none after the thread has seen the new world; and no
     * answer that is not its own snapshot's. */
    assert(!(began_after && second_answer) && !(first_answer == 0 && second_answer == 1) && second_answer != 2);
  }
  return 0;
}
