package dev.obdbuild.snapshots;

import dev.obdbuild.snapshots.live.LiveReader;
import dev.obdbuild.snapshots.sweep.ResourceJournal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A view at a place outside the state directory, which only the journal knows. */
record PlacedView(LiveReader reader, ResourceJournal.Entry entry) implements MountedView {
  @Override
  public Path path() {
    return reader.path();
  }

  @Override
  public Optional<IOException> deviceFailure() {
    return reader.failure();
  }

  @Override
  public void close() throws IOException {
    reader.close();
    entry.close();
  }
}
