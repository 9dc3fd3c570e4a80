package dev.obdbuild.snapshots;

import dev.obdbuild.snapshots.live.LiveReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A reader of a live device, as users see it. */
record ReaderView(LiveReader reader) implements MountedView {
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
  }
}
