package dev.obdbuild.snapshots;

import java.util.List;

/**
 * The result of checking a snapshot.
 *
 * @param layers layers checked
 * @param blobs local files whose digest was recomputed
 * @param problems what is wrong, one line each; empty when all is well
 * @param filesystem what the filesystem's checker printed
 */
public record VerifyReport(int layers, int blobs, List<String> problems, String filesystem) {
  public boolean ok() {
    return problems.isEmpty();
  }
}
