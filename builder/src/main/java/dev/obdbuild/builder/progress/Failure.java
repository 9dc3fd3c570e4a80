package dev.obdbuild.builder.progress;

import java.io.PrintStream;
import java.util.List;

/** A failed step and the last lines it wrote, as shown once more at the end. */
record Failure(String name, List<String> tail) {

  static Failure of(Step step) {
    return new Failure(step.name(), step.log().tail());
  }

  void print(PrintStream out) {
    out.println("------");
    out.println(" > " + name + ":");
    tail.forEach(out::println);
    out.println("------");
  }
}
