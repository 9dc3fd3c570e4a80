package dev.obdbuild.builder.cli;

import dev.obdbuild.backstore.attach.Attachments;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where attached images are known. */
final class AttachmentsFlag {

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      description = "Where attached images are known (default /run/obd-backstore).")
  private Path folder = Attachments.DEFAULT;

  Path folder() {
    return folder;
  }

  Attachments attachments() {
    return new Attachments(folder);
  }
}
