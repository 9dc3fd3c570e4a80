package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.config.CallSpec;
import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SortedMap;

/** The answer to a question about a Dockerfile, as buildx prints it. */
record CallAnswer(CallSpec call, SortedMap<String, byte[]> answer) {

  /** Prints it; returns the exit code that it asks for. */
  int print(PrintStream out) throws IOException {
    if (call.json()) {
      out.println(text("result.json").stripTrailing());
    } else if (call.request().equals("lint")) {
      printCheck(out);
    } else {
      out.print(text("result.txt"));
    }
    out.flush();
    String status = text("result.statuscode");
    return call.ignoreStatus() || status.isEmpty() || status.equals("0")
        ? ExitCode.SUCCESS
        : ExitCode.FAILED;
  }

  private void printCheck(PrintStream out) throws IOException {
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
      System.err.println("error: " + error.get().string("message"));
    } else if (warnings == 0) {
      out.println("Check complete, no warnings found.");
    }
  }

  private String text(String key) {
    byte[] bytes = answer.get(key);
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }
}
