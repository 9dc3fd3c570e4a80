package dev.obdbuild.builder.progress;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Lays out the live view for a given width. */
final class LiveFrame {

  private static final int LOG_LINES = 6;
  private static final String BLUE = "\u001b[34m";
  private static final String RED = "\u001b[31m";
  private static final String PLAIN = "\u001b[0m";

  private final int columns;
  private final boolean colour;

  LiveFrame(int columns, boolean colour) {
    this.columns = Math.max(columns, 20);
    this.colour = colour;
  }

  /**
   * The view while the build runs, of at most {@code rows} lines; finished steps make way first.
   */
  List<String> lines(Trace trace, Instant begin, Instant now, int rows) {
    List<List<String>> blocks = new ArrayList<>();
    List<Boolean> finished = new ArrayList<>();
    for (Step step : visible(trace)) {
      blocks.add(step.isCompleted() ? List.of(title(step, now)) : running(step, now));
      finished.add(step.isCompleted());
    }
    int total = blocks.stream().mapToInt(List::size).sum();
    int room = Math.max(rows - 1, 1);
    for (int i = 0; i < blocks.size() && total > room; i++) {
      if (finished.get(i)) {
        total -= blocks.get(i).size();
        blocks.set(i, List.of());
      }
    }
    List<String> out = new ArrayList<>(List.of(header(trace, begin, now, "")));
    blocks.stream().flatMap(List::stream).limit(room).forEach(out::add);
    return out;
  }

  /** The view that stays when the build is over. */
  List<String> finalLines(Trace trace, Instant begin, Instant now) {
    boolean failed = trace.steps().stream().anyMatch(s -> s.error().isPresent());
    String word = failed ? "" : " FINISHED";
    List<String> out = new ArrayList<>(List.of(header(trace, begin, now, word)));
    for (Step step : visible(trace)) {
      out.add(title(step, now));
      step.takeUnprintedWarnings().forEach(w -> out.add(line(" => => WARN: " + w, "")));
    }
    return out;
  }

  private static List<Step> visible(Trace trace) {
    return trace.steps().stream().filter(s -> s.isStarted() || s.isCompleted()).toList();
  }

  private String header(Trace trace, Instant begin, Instant now, String word) {
    List<Step> steps = trace.steps();
    long done = steps.stream().filter(Step::isCompleted).count();
    String time = Amount.seconds(Duration.between(begin, now));
    return cut("[+] Building " + time + " (" + done + "/" + steps.size() + ")" + word, columns);
  }

  private List<String> running(Step step, Instant now) {
    List<String> out = new ArrayList<>(List.of(title(step, now)));
    for (StatusState status : step.statuses()) {
      String time = status.time(now).map(Amount::seconds).orElse("");
      out.add(line(" => => " + status.text(), time));
    }
    List<String> tail = step.log().tail();
    for (String text : tail.subList(Math.max(0, tail.size() - LOG_LINES), tail.size())) {
      out.add(line(" => => # " + text.substring(text.indexOf(' ') + 1), ""));
    }
    return out;
  }

  private String title(Step step, Instant now) {
    String word = "";
    if (step.isCancelled()) {
      word = "CANCELED ";
    } else if (step.error().isPresent()) {
      word = "ERROR ";
    } else if (step.isCached()) {
      word = "CACHED ";
    }
    String text = line(" => " + word + step.name(), Amount.seconds(step.time(now)));
    if (!colour || !step.isCompleted()) {
      return text;
    }
    return (step.error().isPresent() ? RED : BLUE) + text + PLAIN;
  }

  private String line(String text, String right) {
    String left = cut(printable(text), columns - right.length() - 1);
    return left + " ".repeat(columns - right.length() - length(left)) + right;
  }

  /** Control characters would move the cursor and spoil the view. */
  private static String printable(String text) {
    return text.codePoints()
        .map(c -> c == '\t' || c == '\n' ? ' ' : c)
        .filter(c -> c >= ' ' && (c < 0x7f || c > 0x9f))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static String cut(String text, int columns) {
    return length(text) <= columns ? text : text.substring(0, text.offsetByCodePoints(0, columns));
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
