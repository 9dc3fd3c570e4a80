package dev.obdbuild.worker;

import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.solver.progress.StatusProgress;
import dev.obdbuild.worker.source.blob.BlobSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Fetches single blobs with what a build's caller lends. */
record BlobFetch(Workspace workspace, OpContext context) {

  /**
   * Writes a blob to a file.
   *
   * @throws IOException also when it is not the blob that it should be
   */
  void fetch(BlobSource blob, Path target) throws IOException {
    try (StatusProgress status = context.progress().status("fetching " + blob.digest());
        InputStream in = open(blob)) {
      blob.copy(in, target, total -> status.update(total, 0), context.cancellation());
    }
  }

  private InputStream open(BlobSource blob) throws IOException {
    if (!blob.inLayout()) {
      return workspace.session().images().blob(blob.reference().where(), blob.digest());
    }
    ContentStore store = workspace.session().layouts().open(blob.session(), blob.store());
    return store.read(blob.digest(), 0, Long.MAX_VALUE);
  }
}
