package dev.obdbuild.snapshots.unpack;

import java.util.List;

/**
 * What unpacking did.
 *
 * @param entries of the archive, whiteouts included
 * @param bytes of file content written
 * @param droppedXattrs {@code name: attribute} of those that the filesystem does not support, the
 *     first hundred
 */
public record UnpackReport(long entries, long bytes, List<String> droppedXattrs) {
  public UnpackReport {
    droppedXattrs = List.copyOf(droppedXattrs);
  }
}
