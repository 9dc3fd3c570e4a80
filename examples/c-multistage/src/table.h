#ifndef TABLE_H
#define TABLE_H

#include <stddef.h>

/* A word and how often it was seen. */
struct entry {
  char *word;
  size_t count;
};

/* Counts one more of `word`, which is copied. Ends the program when memory is out. */
void table_add(const char *word);

/* All entries, most frequent first; `*count` gets their number. Valid until the next table_add. */
const struct entry *table_sorted(size_t *count);

#endif
