/* Prints the words of standard input and how often each occurs, most frequent first. */
#include "table.h"

#include <ctype.h>
#include <stdio.h>

int main(void) {
  char word[256];
  size_t length = 0;
  int c;
  do {
    c = getchar();
    if (c != EOF && isalpha(c) && length < sizeof word - 1) {
      word[length++] = (char)tolower(c);
    } else if (length > 0) {
      word[length] = 0;
      table_add(word);
      length = 0;
    }
  } while (c != EOF);
  size_t count;
  const struct entry *entries = table_sorted(&count);
  for (size_t i = 0; i < count; i++) {
    printf("%6zu %s\n", entries[i].count, entries[i].word);
  }
  return 0;
}
