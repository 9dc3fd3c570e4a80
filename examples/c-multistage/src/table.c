#define _POSIX_C_SOURCE 200809L
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct entry *slots;
static size_t capacity, used;
static struct entry *sorted;

static void *checked(void *memory) {
  if (!memory) {
    perror("wordfreq");
    exit(1);
  }
  return memory;
}

static size_t slot_of(const char *word) {
  size_t hash = 14695981039346656037u;
  for (const char *c = word; *c; c++) {
    hash = (hash ^ (unsigned char)*c) * 1099511628211u;
  }
  size_t slot = hash & (capacity - 1);
  while (slots[slot].word && strcmp(slots[slot].word, word) != 0) {
    slot = (slot + 1) & (capacity - 1);
  }
  return slot;
}

static void grow(void) {
  struct entry *old = slots;
  size_t old_capacity = capacity;
  capacity = capacity ? capacity * 2 : 256;
  slots = checked(calloc(capacity, sizeof *slots));
  for (size_t i = 0; i < old_capacity; i++) {
    if (old[i].word) {
      slots[slot_of(old[i].word)] = old[i];
    }
  }
  free(old);
}

void table_add(const char *word) {
  if (used * 2 >= capacity) {
    grow();
  }
  struct entry *entry = &slots[slot_of(word)];
  if (!entry->word) {
    entry->word = checked(strdup(word));
    used++;
  }
  entry->count++;
}

static int by_count(const void *a, const void *b) {
  const struct entry *x = a, *y = b;
  if (x->count != y->count) {
    return x->count < y->count ? 1 : -1;
  }
  return strcmp(x->word, y->word);
}

const struct entry *table_sorted(size_t *count) {
  free(sorted);
  sorted = checked(calloc(used ? used : 1, sizeof *sorted));
  size_t next = 0;
  for (size_t i = 0; i < capacity; i++) {
    if (slots[i].word) {
      sorted[next++] = slots[i];
    }
  }
  qsort(sorted, used, sizeof *sorted, by_count);
  *count = used;
  return sorted;
}
