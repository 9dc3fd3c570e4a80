package dev.obdbuild.pusher.tree;

import dev.obdbuild.oci.tar.TarWriter;
import dev.obdbuild.pusher.ExportStages;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Writes files as a tar archive. */
public final class FilesTar {

  private static final int BUFFER = 128 << 10;

  private FilesTar() {}

  /**
   * Writes the archive.
   *
   * @param out gets the archive in large pieces; not closed, so that whoever owns it can tell a
   *     complete archive from a broken one
   */
  public static void write(ExportTree tree, OutputStream out, ExportStages stages)
      throws IOException {
    try (ExportStages.Stage stage = stages.begin("sending tarball")) {
      TarWriter tar = new TarWriter(new BufferedOutputStream(out, BUFFER));
      long[] sent = {0};
      tree.walk(
          (entry, content) -> {
            tar.add(entry);
            if (entry.storedSize() > 0) {
              try (InputStream in = content.open()) {
                in.transferTo(tar.content());
              }
              sent[0] += entry.storedSize();
              stage.update(sent[0], 0);
            }
          });
      tar.finish();
    }
  }
}
