/* Who sleeps until a lease ends: `sleep` and `wake` in src/engine/live_engine.cpp, `run` in src/engine/lease_watch.cpp.
 * Snapshot 1 permits, snapshot 2 denies. One thread publishes snapshot 2 and wakes whoever sleeps; the other looks at the
 * lease and goes to sleep where it holds. In the end it has seen that the lease ended, or is awake and will look again.
 * Sleeping on a condition variable is a flag here, which is set and read as a thread joins and leaves those who wait. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef ROUNDS
#define ROUNDS 1
#endif

static atomic_int published; /* the version of the snapshot that is found, or is about to be */
static atomic_int snapshot;
static pthread_mutex_t waking = PTHREAD_MUTEX_INITIALIZER;
static atomic_int asleep;
static atomic_int woken;

static int ended; /* the watcher's own */

static void wake(void) {
#ifndef MUTANT_NO_LOCK
  pthread_mutex_lock(&waking);
#endif
  if (atomic_load_explicit(&asleep, memory_order_relaxed)) atomic_store_explicit(&woken, 1, memory_order_relaxed);
#ifndef MUTANT_NO_LOCK
  pthread_mutex_unlock(&waking);
#endif
}

static void* publish(void* unused) {
#ifdef MUTANT_WAKE_FIRST
  wake();
#endif
  atomic_store_explicit(&published, 2, memory_order_relaxed);
  atomic_store_explicit(&snapshot, 2, memory_order_release);
#ifndef MUTANT_WAKE_FIRST
  wake();
#endif
  return unused;
}

static void* watch(void* unused) {
#ifdef MUTANT_LOOK_FIRST
  ended = atomic_load_explicit(&snapshot, memory_order_acquire) == 2;
  const int moment = atomic_load_explicit(&snapshot, memory_order_acquire);
#else
  const int moment = atomic_load_explicit(&snapshot, memory_order_acquire);
  ended = atomic_load_explicit(&snapshot, memory_order_acquire) == 2;
#endif
  if (!ended) {
    pthread_mutex_lock(&waking);
    if (atomic_load_explicit(&published, memory_order_relaxed) == moment)
      atomic_store_explicit(&asleep, 1, memory_order_relaxed);
    pthread_mutex_unlock(&waking);
  }
  return unused;
}

int main(void) {
  for (int round = 0; round < ROUNDS; ++round) {
    atomic_init(&published, 1);
    atomic_init(&snapshot, 1);
    atomic_init(&asleep, 0);
    atomic_init(&woken, 0);
    ended = 0;
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, publish, NULL);
    pthread_create(&threads[1], NULL, watch, NULL);
    for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
    assert(ended || !atomic_load(&asleep) || atomic_load(&woken));
  }
  return 0;
}
