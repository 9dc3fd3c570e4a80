package dev.obdbuild.frontend.parse;

import java.util.List;

/**
 * An instruction split into words, not yet understood.
 *
 * @param keyword the instruction as it was written
 * @param text the whole instruction, trimmed
 * @param flags words that start with two dashes
 * @param args how they were split depends on the keyword
 * @param json whether the arguments were a JSON list
 */
record Node(String keyword, String text, List<String> flags, List<Word> args, boolean json) {

  /**
   * One argument.
   *
   * @param key for ENV and LABEL the name, else empty
   * @param legacy whether the name and value stood without an equals sign
   */
  record Word(String key, String value, boolean legacy) {
    static Word of(String value) {
      return new Word("", value, false);
    }
  }

  List<String> values() {
    return args.stream().map(Word::value).toList();
  }
}
