package dev.obdbuild.backstore.device;

import java.io.IOException;
import java.util.List;

/** Makes devices that outlive a kill of this process, so that the next one serves them on. */
public interface LastingExporter extends DeviceExporter, AutoCloseable {

  /** Devices exported for the same folder by a process that is gone. */
  List<Orphan> orphans() throws IOException;

  /** Whether {@link #adopt} takes orphans of this one's kind. */
  boolean adopts(Orphan orphan);

  /**
   * Serves an orphan from now on: what waits is carried out, what the dead process had begun is
   * done again, so reads and writes may happen twice.
   *
   * @param device with the same bytes as the orphan's, and of its shape
   * @throws IOException when it cannot be taken over; it is an orphan still
   */
  ExportedDevice adopt(Orphan orphan, BlockDevice device) throws IOException;

  /** Ends what it has of threads; to be called after all its devices are closed. */
  @Override
  void close();
}
