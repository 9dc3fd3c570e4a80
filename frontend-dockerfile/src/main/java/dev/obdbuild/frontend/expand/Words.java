package dev.obdbuild.frontend.expand;

import java.util.ArrayList;
import java.util.List;

/** Collects the words of a text that is being expanded. */
final class Words {
  private final List<String> done = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean open;

  /** A character that splits words if it is white space. */
  void add(int c) {
    if (!Blank.is(c)) {
      raw(c);
    } else if (open && !word.isEmpty()) {
      close();
    }
  }

  /** The value of a variable: its white space splits words. */
  void add(String text) {
    text.codePoints().forEach(this::add);
  }

  /** A character of the word, whatever it is. */
  void raw(int c) {
    word.appendCodePoint(c);
    open = true;
  }

  /** A part of the word, white space included. */
  void raw(String text) {
    word.append(text);
    open = true;
  }

  List<String> finish() {
    if (!word.isEmpty()) {
      close();
    }
    return done;
  }

  private void close() {
    done.add(word.toString());
    word.setLength(0);
    open = false;
  }
}
