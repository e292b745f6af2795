/* A lease: include/quis/engine/lease.hpp and src/engine/lease.cpp. Snapshot 1 permits, snapshot 2 denies. One thread
 * publishes snapshot 2; the other asks its lease twice, and in between something that is evaluated. The lease must not
 * hold in a call that begins after `publish` returned, nor once its thread has seen the new world. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef ROUNDS
#define ROUNDS 1
#endif

static atomic_int published; /* the version of the snapshot that is found, or is about to be */
static atomic_int snapshot;
static atomic_int returned;

static int checked; /* the lease's own: the version in which it was found to hold; 0 when it has ended */
static int bad;

static void* publish(void* unused) {
#ifdef MUTANT_PUBLISHED_LAST
  atomic_store_explicit(&snapshot, 2, memory_order_release);
  atomic_store_explicit(&published, 2, memory_order_release);
#else
  atomic_store_explicit(&published, 2, memory_order_relaxed);
  atomic_store_explicit(&snapshot, 2, memory_order_release);
#endif
  atomic_store_explicit(&returned, 1, memory_order_release);
  return unused;
}

static int holds(void) {
#ifdef MUTANT_NO_COMPARISON
  return checked != 0;
#endif
  const int version = atomic_load_explicit(&published, memory_order_acquire);
  if (version == checked) return 1;
  const int found = atomic_load_explicit(&snapshot, memory_order_acquire);
#ifdef MUTANT_STAMP_PUBLISHED
  checked = found == 1 ? version : 0;
#else
  checked = found == 1 ? found : 0;
#endif
  return checked != 0;
}

static void* host(void* unused) {
  (void)holds();
  const int saw_new = atomic_load_explicit(&snapshot, memory_order_acquire) == 2;
  const int after = atomic_load_explicit(&returned, memory_order_acquire);
  const int still = checked != 0 && holds();
  bad = still && (saw_new || after);
  return unused;
}

int main(void) {
  for (int round = 0; round < ROUNDS; ++round) {
    atomic_init(&published, 1);
    atomic_init(&snapshot, 1);
    atomic_init(&returned, 0);
    checked = 1;
    bad = 0;
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, publish, NULL);
    pthread_create(&threads[1], NULL, host, NULL);
    for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
    assert(!bad);
  }
  return 0;
}
