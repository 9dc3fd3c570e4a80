package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.config.ByteSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/**
 * What limits the memory and processors of RUN steps: buildx's flag and docker build's older ones.
 */
final class LimitFlags {

  /** Names in the flags to those of the frontend's options. */
  private static final Map<String, String> NAMES =
      Map.of(
          "memory", "memory",
          "memory-swap", "memswap",
          "cpu-shares", "cpushares",
          "cpu-period", "cpuperiod",
          "cpu-quota", "cpuquota",
          "cpuset-cpus", "cpusetcpus",
          "cpuset-mems", "cpusetmems");

  @Option(
      names = "--resource",
      paramLabel = "KEY=VALUE",
      description =
          "Limit of RUN steps: memory=2g, memory-swap, cpu-shares, cpu-period, cpu-quota=50000,"
              + " cpuset-cpus=0-1 or cpuset-mems. Repeatable.")
  private List<String> resources = new ArrayList<>();

  @Option(
      names = {"-m", "--memory"},
      hidden = true)
  private Optional<String> memory = Optional.empty();

  @Option(names = "--memory-swap", hidden = true)
  private Optional<String> memorySwap = Optional.empty();

  @Option(
      names = {"-c", "--cpu-shares"},
      hidden = true)
  private Optional<String> cpuShares = Optional.empty();

  @Option(names = "--cpu-period", hidden = true)
  private Optional<String> cpuPeriod = Optional.empty();

  @Option(names = "--cpu-quota", hidden = true)
  private Optional<String> cpuQuota = Optional.empty();

  @Option(names = "--cpuset-cpus", hidden = true)
  private Optional<String> cpusetCpus = Optional.empty();

  @Option(names = "--cpuset-mems", hidden = true)
  private Optional<String> cpusetMems = Optional.empty();

  /**
   * The limits as options of the frontend, which judges their values; 0 is none.
   *
   * @throws IllegalArgumentException when one has no known key or no number
   */
  Map<String, String> attributes() {
    Map<String, String> out = new TreeMap<>();
    List<String> all = new ArrayList<>();
    memory.ifPresent(value -> all.add("memory=" + value));
    memorySwap.ifPresent(value -> all.add("memory-swap=" + value));
    cpuShares.ifPresent(value -> all.add("cpu-shares=" + value));
    cpuPeriod.ifPresent(value -> all.add("cpu-period=" + value));
    cpuQuota.ifPresent(value -> all.add("cpu-quota=" + value));
    cpusetCpus.ifPresent(value -> all.add("cpuset-cpus=" + value));
    cpusetMems.ifPresent(value -> all.add("cpuset-mems=" + value));
    all.addAll(resources);
    for (String text : all) {
      int equals = text.indexOf('=');
      String key = equals < 0 ? text.strip() : text.substring(0, equals).strip();
      String name = NAMES.get(key);
      if (equals < 0 || name == null) {
        throw new IllegalArgumentException(
            "--resource "
                + text
                + ": write it as KEY=VALUE, KEY one of "
                + String.join(", ", NAMES.keySet().stream().sorted().toList()));
      }
      out.put(name, value(key, text.substring(equals + 1).strip()));
    }
    out.values().removeIf(String::isEmpty);
    return out;
  }

  private static String value(String key, String text) {
    if (key.startsWith("cpuset-") || text.isEmpty()) {
      return text;
    }
    try {
      boolean bytes = key.startsWith("memory") && !text.equals("-1");
      long number = bytes ? ByteSize.parse(text) : Long.parseLong(text);
      return number == 0 ? "" : Long.toString(number);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--resource " + key + "=" + text + ": '" + text + "' is no number", e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--resource " + key + "=" + text + ": " + e.getMessage(), e);
    }
  }
}
