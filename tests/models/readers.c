/* Reclamation: src/engine/readers.hpp. One thread reads twice in a row what the pointer leads to; one replaces the first
 * snapshot by a second and that by a third, and then frees what nobody can be looking at: it looks at the slot once for
 * both. The two halves of the barrier are fences here, as where the system has no asymmetric ones. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef ROUNDS
#define ROUNDS 1
#endif

static atomic_int pointer;    /* the number of a snapshot */
static atomic_int freed;      /* how many of them, from the first on, were given back */
static atomic_int epoch;
static atomic_int slot;       /* of the reading thread; 0 while it does not read */

static int looked_at_freed;

static void read_once(void) {
#ifdef MUTANT_LOAD_FIRST
  const int found = atomic_load_explicit(&pointer, memory_order_acquire);
  atomic_store_explicit(&slot, atomic_load_explicit(&epoch, memory_order_acquire), memory_order_release);
  atomic_thread_fence(memory_order_seq_cst);
#else
  atomic_store_explicit(&slot, atomic_load_explicit(&epoch, memory_order_acquire), memory_order_release);
#ifndef MUTANT_NO_READER_BARRIER
  atomic_thread_fence(memory_order_seq_cst);
#endif
  const int found = atomic_load_explicit(&pointer, memory_order_acquire);
#endif
#ifdef MUTANT_LEAVE_FIRST
  atomic_store_explicit(&slot, 0, memory_order_release);
#endif
  if (found < atomic_load_explicit(&freed, memory_order_relaxed)) looked_at_freed = 1;
#ifndef MUTANT_LEAVE_FIRST
  atomic_store_explicit(&slot, 0, memory_order_release);
#endif
}

static void* reader(void* unused) {
  read_once();
  read_once();
  return unused;
}

/* Returns the epoch that it closes. */
static int replace_by(int snapshot) {
#ifdef MUTANT_EPOCH_FIRST
  const int closed = atomic_fetch_add_explicit(&epoch, 1, memory_order_acq_rel);
  atomic_store_explicit(&pointer, snapshot, memory_order_release);
#else
  atomic_store_explicit(&pointer, snapshot, memory_order_release);
  const int closed = atomic_fetch_add_explicit(&epoch, 1, memory_order_acq_rel);
#endif
  return closed;
}

static void* writer(void* unused) {
  const int first_closed = replace_by(1);
  const int second_closed = replace_by(2);
#ifndef MUTANT_NO_WRITER_BARRIER
  atomic_thread_fence(memory_order_seq_cst);
#endif
  const int since = atomic_load_explicit(&slot, memory_order_acquire);
  const int nobody = since == 0;
#ifdef MUTANT_FREE_AT_ONCE
  (void)nobody, (void)first_closed, (void)second_closed;
  atomic_store_explicit(&freed, 2, memory_order_relaxed);
#else
  if (nobody || since > first_closed) atomic_store_explicit(&freed, 1, memory_order_relaxed);
  if (nobody || since > second_closed) atomic_store_explicit(&freed, 2, memory_order_relaxed);
#endif
  return unused;
}

int main(void) {
  for (int round = 0; round < ROUNDS; ++round) {
    atomic_init(&pointer, 0);
    atomic_init(&freed, 0);
    atomic_init(&epoch, 1);
    atomic_init(&slot, 0);
    looked_at_freed = 0;
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, reader, NULL);
    pthread_create(&threads[1], NULL, writer, NULL);
    for (int i = 0; i < 2; ++i) pthread_join(threads[i], NULL);
    assert(!looked_at_freed);
  }
  return 0;
}
