package dev.obdbuild.builder;

import dev.obdbuild.oci.image.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The platforms whose programs this host runs, its own first. */
final class HostPlatforms {

  private static final Path CPUS = Path.of("/proc/cpuinfo");
  private static final Path EMULATORS = Path.of("/proc/sys/fs/binfmt_misc");

  /** What each level of x86-64 adds, in the kernel's words. */
  private static final List<Set<String>> LEVELS =
      List.of(
          Set.of("cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"),
          Set.of("avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"),
          Set.of("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"));

  private HostPlatforms() {}

  static List<Platform> find() throws IOException {
    Platform host = Platform.host();
    List<Platform> all = new ArrayList<>();
    all.add(host);
    if (host.architecture().equals("amd64")) {
      for (int level = 0; level < level(flags()); level++) {
        all.add(new Platform("linux", "amd64", Optional.of("v" + (level + 2)), "", List.of()));
      }
      all.add(new Platform("linux", "386"));
    }
    if (host.architecture().equals("arm64")) {
      all.add(new Platform("linux", "arm", Optional.of("v7"), "", List.of()));
      all.add(new Platform("linux", "arm", Optional.of("v6"), "", List.of()));
    }
    emulated().stream().filter(p -> !all.contains(p)).forEach(all::add);
    return List.copyOf(all);
  }

  private static int level(Set<String> flags) {
    int level = 0;
    while (level < LEVELS.size() && flags.containsAll(LEVELS.get(level))) {
      level++;
    }
    return level;
  }

  private static Set<String> flags() throws IOException {
    try (Stream<String> lines = Files.lines(CPUS)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip().split(" "))
          .<Set<String>>map(words -> new HashSet<>(Arrays.asList(words)))
          .orElse(Set.of());
    }
  }

  /** Those for which the kernel starts an emulator inside containers too (flag F). */
  private static List<Platform> emulated() throws IOException {
    List<Platform> found = new ArrayList<>();
    if (!Files.isDirectory(EMULATORS)) {
      return found;
    }
    for (String machine : List.of("aarch64", "arm", "riscv64", "ppc64le", "s390x")) {
      Path entry = EMULATORS.resolve("qemu-" + machine);
      if (Files.isRegularFile(entry)) {
        List<String> lines = Files.readAllLines(entry);
        boolean fixed = lines.stream().anyMatch(l -> l.startsWith("flags:") && l.contains("F"));
        if (lines.contains("enabled") && fixed) {
          found.add(Platform.parse("linux/" + (machine.equals("aarch64") ? "arm64" : machine)));
        }
      }
    }
    return found;
  }
}
