package dev.obdbuild.snapshots.store;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/** Snapshots with all that stands on them. */
public final class Descendants {
  private Descendants() {}

  /**
   * Takes snapshots off the record, with every snapshot that stands on one of them and every image
   * that is one of them.
   *
   * @return the names of those images
   */
  public static List<String> remove(Tx tx, Collection<String> snapshots) throws SQLException {
    Deque<String> doomed = new ArrayDeque<>(snapshots);
    List<ImageRow> images = ImageTable.all(tx);
    List<String> lost = new ArrayList<>();
    while (!doomed.isEmpty()) {
      String snapshot = doomed.pop();
      doomed.addAll(SnapshotTable.children(tx, snapshot));
      SnapshotTable.delete(tx, snapshot);
      for (ImageRow image : images) {
        if (image.snapshot().equals(snapshot) && ImageTable.delete(tx, image.name())) {
          lost.add(image.name());
        }
      }
    }
    return lost;
  }
}
