package dev.obdbuild.worker;

import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.worker.exec.ContainerIo.OutputSink;
import dev.obdbuild.worker.exec.HostPlatforms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether a step failed because this host runs no programs of its platform. A step is tried all the
 * same: what it runs may be for another platform than the step.
 */
final class ForeignPrograms {

  /** Without its first letter, which the runtimes write differently. */
  private static final String REFUSED = "xec format error";

  /** The x86-64 level that BuildKit lets every host try. */
  private static final String TRIED_LEVEL = "v2";

  private final Workspace workspace;
  private final Optional<Platform> platform;
  private volatile boolean refused;

  ForeignPrograms(Workspace workspace, Optional<Platform> platform) {
    this.workspace = workspace;
    this.platform = platform;
  }

  /**
   * Refuses a level of x86-64 that the processor does not have: its programs would end in the
   * middle, by an illegal instruction.
   */
  void refuseLevel() throws IOException {
    Optional<String> level =
        platform.filter(p -> p.architecture().equals("amd64")).flatMap(Platform::variant);
    if (level.isEmpty() || level.get().equals(TRIED_LEVEL)) {
      return;
    }
    List<Platform> host = host();
    List<Platform> levels = host.stream().filter(p -> p.architecture().equals("amd64")).toList();
    if (levels.stream().noneMatch(p -> p.variant().equals(level))) {
      throw new IOException(
          "no support for running processes with "
              + platform.get().format()
              + " platform, supported: "
              + names(levels));
    }
  }

  /** Hands on what a process prints, and sees when the kernel refuses a program. */
  OutputSink watching(OutputSink sink) {
    return (stream, chunk) -> {
      if (stream == 2 && new String(chunk, StandardCharsets.ISO_8859_1).contains(REFUSED)) {
        refused = true;
      }
      sink.write(stream, chunk);
    };
  }

  /** What to do about it, if that was it; else empty. */
  String hint() throws IOException {
    if (!refused || platform.isEmpty()) {
      return "";
    }
    List<Platform> host = host();
    if (host.stream().anyMatch(p -> p.architecture().equals(platform.get().architecture()))) {
      return "";
    }
    return "this host runs no "
        + platform.get().format()
        + " programs, only those of "
        + names(host)
        + ": install an emulator and register it with flag F (Debian: qemu-user-static and"
        + " binfmt-support), or compile on the build platform (FROM --platform=$BUILDPLATFORM)";
  }

  private List<Platform> host() throws IOException {
    return new HostPlatforms(workspace.tools().snapshots().temporaryDirectory()).all();
  }

  private static String names(List<Platform> platforms) {
    return platforms.stream().map(Platform::format).collect(Collectors.joining(", "));
  }
}
