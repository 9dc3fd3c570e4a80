package dev.obdbuild.linux.module;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A part of the kernel that may be loaded when it is needed.
 *
 * @param name with underscores, as /sys/module has it
 */
public record KernelModule(String name) {
  private static final Path LOADED = Path.of("/sys/module");
  private static final Path STORES = Path.of("/lib/modules");
  private static final int SECONDS = 30;

  public KernelModule {
    if (!name.matches("[a-z0-9_]{1,64}")) {
      throw new IllegalArgumentException("module name '" + name + "'");
    }
  }

  /** Whether the kernel has it: loaded, or built in with at least one parameter. */
  public boolean loaded() {
    return Files.isDirectory(LOADED.resolve(name));
  }

  /**
   * Loads it unless it is there.
   *
   * @return why the kernel has it not; empty when it has it
   */
  public Optional<String> load() throws IOException {
    if (loaded()) {
      return Optional.empty();
    }
    Path store = STORES.resolve(release());
    if (!Files.isDirectory(store)) {
      return Optional.of("no module " + name + ": " + store + " does not exist");
    }
    if (!listed(store.resolve("modules.dep")) && !listed(store.resolve("modules.builtin"))) {
      return Optional.of("no module " + name + " below " + store);
    }
    return modprobe();
  }

  private static String release() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
  }

  /** Looking first is cheaper than a process, and nothing is written to the kernel's log. */
  private boolean listed(Path index) throws IOException {
    if (!Files.exists(index)) {
      return false;
    }
    String file = "/" + name + ".ko";
    try (Stream<String> lines = Files.lines(index, StandardCharsets.ISO_8859_1)) {
      return lines.anyMatch(line -> line.split(":", 2)[0].replace('-', '_').contains(file));
    }
  }

  private Optional<String> modprobe() throws IOException {
    Process process;
    try {
      process = new ProcessBuilder(program(), name).redirectErrorStream(true).start();
    } catch (IOException e) {
      return Optional.of("no module " + name + ", and no modprobe to load it: " + e.getMessage());
    }
    try {
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readNBytes(4096), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        return Optional.of("modprobe " + name + " did not end within " + SECONDS + " s");
      }
      return process.exitValue() == 0
          ? Optional.empty()
          : Optional.of("modprobe " + name + " ended with " + process.exitValue() + ": " + output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while modprobe " + name + " ran", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Found although the path of an ordinary user has no sbin. */
  private static String program() {
    for (String folder : new String[] {"/usr/sbin", "/sbin"}) {
      Path program = Path.of(folder, "modprobe");
      if (Files.isExecutable(program)) {
        return program.toString();
      }
    }
    return "modprobe";
  }
}
