package dev.obdbuild.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The machine's busybox: one static program that is all of a small image. Who uses it says
 * {@code @NeedsTool("busybox")}.
 */
public final class Busybox {
  private Busybox() {}

  /** Where it lies. */
  public static Path program() {
    return Capabilities.program("busybox")
        .orElseThrow(() -> new IllegalStateException("busybox is not on the path"));
  }

  /** Copies it into a folder as {@code busybox}. */
  public static void copyInto(Path folder) throws IOException {
    Files.copy(program(), folder.resolve("busybox"));
  }

  /**
   * A build's context that has it and a Dockerfile, in a new folder.
   *
   * @param parent of that folder
   * @param dockerfile the text
   */
  public static Path context(Path parent, String dockerfile) throws IOException {
    Path context = Files.createTempDirectory(parent, "context");
    copyInto(context);
    Files.writeString(context.resolve("Dockerfile"), dockerfile);
    return context;
  }
}
