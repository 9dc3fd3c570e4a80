package dev.obdbuild.builder.attest;

import dev.obdbuild.oci.json.JsonWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the kernel tells of the whole machine at one time, as a provenance holds it. */
final class MachineSample {

  private static final BigDecimal TICKS_PER_SECOND = BigDecimal.valueOf(100);

  private static final List<String> CPU =
      List.of(
          "user",
          "nice",
          "system",
          "idle",
          "iowait",
          "irq",
          "softirq",
          "steal",
          "guest",
          "guestNice");

  /** The kernel's names, KiB each, and those of the document. */
  private static final Map<String, String> MEMORY =
      Map.ofEntries(
          Map.entry("MemTotal", "total"),
          Map.entry("MemFree", "free"),
          Map.entry("MemAvailable", "available"),
          Map.entry("Buffers", "buffers"),
          Map.entry("Cached", "cached"),
          Map.entry("Active", "active"),
          Map.entry("Inactive", "inactive"),
          Map.entry("SwapTotal", "swap"),
          Map.entry("Dirty", "dirty"),
          Map.entry("Writeback", "writeback"),
          Map.entry("Slab", "slab"));

  private MachineSample() {}

  /**
   * A sample.
   *
   * @throws IOException when the kernel tells less than it has always told
   */
  static JsonWriter take(Path proc, Instant at) throws IOException {
    JsonWriter out = new JsonWriter().always("timestamp", at.toString());
    stat(Files.readAllLines(proc.resolve("stat")), out);
    out.object("memoryStat", memory(Files.readAllLines(proc.resolve("meminfo"))));
    for (String what : List.of("cpu", "memory", "io")) {
      Optional<JsonWriter> pressure = pressure(proc.resolve("pressure").resolve(what));
      pressure.ifPresent(told -> out.object(what + "Pressure", told));
    }
    return out;
  }

  private static void stat(List<String> lines, JsonWriter out) throws IOException {
    Map<String, String[]> told = new HashMap<>();
    for (String line : lines) {
      String[] words = line.split("\\s+");
      told.put(words[0], words);
    }
    String[] times = words(told, "cpu", 1 + CPU.size());
    JsonWriter cpu = new JsonWriter();
    for (int i = 0; i < CPU.size(); i++) {
      cpu.raw(CPU.get(i), seconds(times[i + 1]));
    }
    out.object("cpuStat", cpu)
        .object(
            "procStat",
            new JsonWriter()
                .raw("contextSwitches", number(words(told, "ctxt", 2)[1]))
                .raw("processCreated", number(words(told, "processes", 2)[1]))
                .raw("processesRunning", number(words(told, "procs_running", 2)[1])));
  }

  private static String[] words(Map<String, String[]> told, String key, int count)
      throws IOException {
    String[] words = told.get(key);
    if (words == null || words.length < count) {
      throw new IOException("/proc/stat has no " + key + " with " + (count - 1) + " numbers");
    }
    return words;
  }

  private static String seconds(String ticks) throws IOException {
    return new BigDecimal(number(ticks))
        .divide(TICKS_PER_SECOND, 3, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }

  private static JsonWriter memory(List<String> lines) throws IOException {
    Map<String, String> values = new HashMap<>();
    for (String line : lines) {
      String[] words = line.split("[:\\s]+");
      String name = MEMORY.get(words[0]);
      if (name != null && words.length > 1) {
        values.put(name, number(words[1]));
      }
    }
    JsonWriter out = new JsonWriter();
    MEMORY.values().stream()
        .sorted()
        .forEach(name -> out.raw(name, values.getOrDefault(name, "null")));
    return out;
  }

  /** Lines such as {@code some avg10=0.00 avg60=0.00 avg300=0.00 total=0}; not every kernel. */
  private static Optional<JsonWriter> pressure(Path file) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    Map<String, JsonWriter> told = new HashMap<>();
    for (String line : lines) {
      String[] words = line.split("\\s+");
      JsonWriter values = new JsonWriter();
      for (int i = 1; i < words.length; i++) {
        String[] pair = words[i].split("=", 2);
        values.raw(pair[0], new BigDecimal(number(pair[pair.length - 1])).toPlainString());
      }
      told.put(words[0], values);
    }
    JsonWriter out = new JsonWriter();
    for (String kind : List.of("some", "full")) {
      JsonWriter values = told.get(kind);
      out.raw(kind, values == null ? "null" : values.toString());
    }
    return Optional.of(out);
  }

  private static String number(String text) throws IOException {
    try {
      return new BigDecimal(text).toPlainString();
    } catch (NumberFormatException e) {
      throw new IOException("the kernel told \"" + text + "\" where a number was expected", e);
    }
  }
}
