/* One bucket of the decision cache: src/engine/cache.hpp. Two writers exchange the entry of key 0 (a denial, 10) for
 * those of keys 1 and 2 (permits, 11 and 12); two readers look for keys 1 and 0. What a reader takes must be the answer
 * that was kept for the key he looked for: a word of one entry with a word of another is the permit of somebody else. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#ifndef ROUNDS
#define ROUNDS 1
#endif

static atomic_uint sequence;
static atomic_int pair;
static atomic_int word;

static int taken[2];

#ifdef MUTANT_RELAXED_STORES
#define STORE memory_order_relaxed
#else
#define STORE memory_order_release
#endif
#ifdef MUTANT_RELAXED_LOADS
#define LOAD memory_order_relaxed
#else
#define LOAD memory_order_acquire
#endif

static void* put(void* argument) {
  const int key = (int)(intptr_t)argument;
  unsigned before = atomic_load_explicit(&sequence, memory_order_relaxed);
#ifdef MUTANT_NO_LOCK
  atomic_store_explicit(&sequence, before + 1, memory_order_relaxed);
#else
  if ((before & 1u) != 0 || !atomic_compare_exchange_strong_explicit(&sequence, &before, before + 1,
                                                                      memory_order_acquire, memory_order_relaxed)) {
    return argument;
  }
#endif
  atomic_store_explicit(&pair, key, STORE);
  atomic_store_explicit(&word, 10 + key, STORE);
  atomic_store_explicit(&sequence, before + 2, memory_order_release);
  return argument;
}

static void* find(void* argument) {
  const int key = (int)(intptr_t)argument;
  const unsigned before = atomic_load_explicit(&sequence, memory_order_acquire);
  const int who = atomic_load_explicit(&pair, LOAD);
  const int what = atomic_load_explicit(&word, LOAD);
#ifndef MUTANT_NO_SEQUENCE
  if ((before & 1u) != 0 || atomic_load_explicit(&sequence, memory_order_relaxed) != before) return argument;
#endif
  if (who == key) taken[key] = what;
  return argument;
}

int main(void) {
  for (int round = 0; round < ROUNDS; ++round) {
    atomic_init(&sequence, 0);
    atomic_init(&pair, 0);
    atomic_init(&word, 10);
    taken[0] = taken[1] = -1;
    pthread_t threads[4];
    pthread_create(&threads[0], NULL, put, (void*)(intptr_t)1);
    pthread_create(&threads[1], NULL, put, (void*)(intptr_t)2);
    pthread_create(&threads[2], NULL, find, (void*)(intptr_t)1);
    pthread_create(&threads[3], NULL, find, (void*)(intptr_t)0);
    for (int i = 0; i < 4; ++i) pthread_join(threads[i], NULL);
    assert((taken[0] == -1 || taken[0] == 10) && (taken[1] == -1 || taken[1] == 11));
  }
  return 0;
}
