/* One line of the known uids: src/base/known_uids.hpp. It has text 1; a writer (there is one at a time) puts text 2 in its
 * place, and then text 1 again, each in a generation of its own. Two readers look for texts 1 and 2. What a reader takes
 * must be the entity of the text that he asked for: 11 or 12. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#ifndef ROUNDS
#define ROUNDS 1
#endif

static atomic_int head; /* the entity, and the generation; 0 while the line is written */
static atomic_int first;
static atomic_int second;

static int taken[3];

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

static int head_of(int text, int generation) {
#ifdef MUTANT_NO_GENERATION
  generation = 0;
#endif
  return (10 + text) | generation << 8;
}

static void put(int text, int generation) {
#ifndef MUTANT_NO_ZERO
  atomic_store_explicit(&head, 0, memory_order_relaxed);
#endif
  atomic_store_explicit(&first, text * 3, STORE);
  atomic_store_explicit(&second, text, STORE);
  atomic_store_explicit(&head, head_of(text, generation), memory_order_release);
}

static void* replace(void* argument) {
  put(2, 1);
  put(1, 2);
  return argument;
}

static void* find(void* argument) {
  const int text = (int)(intptr_t)argument;
  const int before = atomic_load_explicit(&head, memory_order_acquire);
  if (before == 0) return argument;
  const int a = atomic_load_explicit(&first, LOAD);
  const int b = atomic_load_explicit(&second, LOAD);
  if (a != text * 3 || b != text) return argument;
#ifndef MUTANT_NO_CHECK
  if (atomic_load_explicit(&head, memory_order_relaxed) != before) return argument;
#endif
  taken[text] = before & 0xff;
  return argument;
}

int main(void) {
  for (int round = 0; round < ROUNDS; ++round) {
    atomic_init(&head, head_of(1, 0));
    atomic_init(&first, 3);
    atomic_init(&second, 1);
    taken[1] = taken[2] = -1;
    pthread_t threads[3];
    pthread_create(&threads[0], NULL, replace, NULL);
    pthread_create(&threads[1], NULL, find, (void*)(intptr_t)1);
    pthread_create(&threads[2], NULL, find, (void*)(intptr_t)2);
    for (int i = 0; i < 3; ++i) pthread_join(threads[i], NULL);
    assert((taken[1] == -1 || taken[1] == 11) && (taken[2] == -1 || taken[2] == 12));
  }
  return 0;
}
