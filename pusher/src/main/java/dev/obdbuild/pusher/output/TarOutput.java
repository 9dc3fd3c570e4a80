package dev.obdbuild.pusher.output;

import java.util.Map;

/** The files of the result as one tar archive on the client's side. */
public record TarOutput(FolderOptions files, Map<String, String> metadata) implements Output {

  public TarOutput {
    metadata = Map.copyOf(metadata);
  }

  @Override
  public String title() {
    return "exporting to client tarball";
  }

  @Override
  public EpochChoice epoch() {
    return files.epoch();
  }
}
