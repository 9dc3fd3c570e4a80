package dev.obdbuild.worker.exec;

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

/**
 * The platforms whose programs this host runs: by its processor, or by emulators that were
 * registered with the kernel, which may happen at any time. Thread-safe.
 */
public final class HostPlatforms {

  private static final Path CPUS = Path.of("/proc/cpuinfo");

  /** What each level of x86-64 adds, in the kernel's words. */
  private static final List<Set<String>> LEVELS =
      List.of(
          Set.of("cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"),
          Set.of("avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"),
          Set.of("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"));

  private final List<Platform> own;
  private final Emulators emulators;

  /**
   * Those of this host.
   *
   * @param temporary an existing folder for what is mounted for a moment
   */
  public HostPlatforms(Path temporary) throws IOException {
    own = own();
    emulators = new Emulators(temporary);
  }

  /** That of the host's processor. */
  public Platform host() {
    return own.getFirst();
  }

  /** All there are now, the host's own first. */
  public List<Platform> all() throws IOException {
    List<Platform> all = new ArrayList<>(own);
    for (Platform platform : emulators.platforms()) {
      if (own.stream().noneMatch(o -> o.architecture().equals(platform.architecture()))) {
        all.add(platform);
      }
    }
    return List.copyOf(all);
  }

  private static List<Platform> own() throws IOException {
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
      all.add(Platform.parse("linux/arm/v7"));
      all.add(Platform.parse("linux/arm/v6"));
    }
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
}
