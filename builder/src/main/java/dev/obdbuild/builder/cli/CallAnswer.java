package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.config.CallSpec;
import dev.obdbuild.frontend.Lines;
import dev.obdbuild.frontend.SourceText;
import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** The answer to a question about a Dockerfile, as buildx prints it. */
record CallAnswer(CallSpec call, SortedMap<String, byte[]> answer) {

  /** Prints it, and to {@code errors} why nothing can be built; returns the exit code asked for. */
  int print(PrintStream out, PrintStream errors) throws IOException {
    if (call.json()) {
      out.println(text("result.json").stripTrailing());
    } else if (call.request().equals("lint")) {
      printCheck(out, errors);
    } else {
      out.print(text("result.txt"));
    }
    out.flush();
    String status = text("result.statuscode");
    return call.ignoreStatus() || status.isEmpty() || status.equals("0")
        ? ExitCode.SUCCESS
        : ExitCode.FAILED;
  }

  private void printCheck(PrintStream out, PrintStream errors) throws IOException {
    JsonReader report =
        JsonReader.parse(answer.getOrDefault("result.json", new byte[] {'{', '}'}), "result.json");
    int warnings = report.objects("warnings").size();
    Optional<JsonReader> error = report.object("buildError");
    if (warnings > 0) {
      out.println(
          "Check complete, "
              + (warnings == 1 ? "1 warning has" : warnings + " warnings have")
              + " been found!");
    }
    out.print(text("result.txt"));
    if (error.isPresent()) {
      errors.println("error: " + error.get().string("message"));
      excerpt(report, error.get()).ifPresent(errors::println);
    } else if (warnings == 0) {
      out.println("Check complete, no warnings found.");
    }
  }

  /** The lines that an error is about, if it says so. */
  private static Optional<String> excerpt(JsonReader report, JsonReader error) throws IOException {
    Optional<JsonReader> location = error.object("location");
    if (location.isEmpty()) {
      return Optional.empty();
    }
    List<JsonReader> ranges = location.get().objects("ranges");
    List<JsonReader> sources = report.objects("sources");
    long index = location.get().integer("sourceIndex", 0);
    if (ranges.isEmpty() || index < 0 || index >= sources.size()) {
      return Optional.empty();
    }
    int first = line(ranges.getFirst(), "start");
    int last = line(ranges.getLast(), "end");
    if (first < 1 || last < first) {
      return Optional.empty();
    }
    JsonReader source = sources.get((int) index);
    byte[] data = Base64.getDecoder().decode(source.string("data"));
    String text = new String(data, StandardCharsets.UTF_8);
    return Optional.of(
        new SourceText(source.string("filename"), text).excerpt(new Lines(first, last)));
  }

  private static int line(JsonReader range, String end) throws IOException {
    Optional<JsonReader> position = range.object(end);
    return position.isEmpty() ? 0 : (int) position.get().integer("line", 0);
  }

  private String text(String key) {
    byte[] bytes = answer.get(key);
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }
}
