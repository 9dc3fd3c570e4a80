package dev.obdbuild.worker;

import dev.obdbuild.linux.file.Trees;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.snapshots.ActiveSnapshot;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import dev.obdbuild.worker.WorkerResult.TreeResult;
import dev.obdbuild.worker.file.MergeTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** What the operations of one build work with, and the little they all do with it. */
record Workspace(
    WorkerTools tools, WorkerSession session, ResolvedSources sources, BuildMounts mounts) {

  Snapshots snapshots() {
    return tools.snapshots();
  }

  /** The empty filesystem. */
  WorkerResult scratch() {
    return new SnapshotResult(snapshots().scratch());
  }

  /** A name that nothing else has. */
  String newName(String kind) {
    byte[] random = new byte[12];
    ThreadLocalRandom.current().nextBytes(random);
    return "obd-" + kind + "-" + HexFormat.of().formatHex(random);
  }

  /**
   * A writable folder over an input, or over nothing. The caller's own files are copied into it.
   *
   * @param part tells the folders of one step apart: with the step's key it names the new layer
   */
  ActiveSnapshot prepare(Optional<WorkerResult> input, OpContext context, String part)
      throws IOException {
    String key = context.key().map(Digest::toString).orElse("") + " " + part;
    return switch (input.orElseGet(this::scratch)) {
      case SnapshotResult made -> snapshots().prepare(made.snapshot(), key, session.lease());
      case TreeResult local -> {
        Snapshot empty = snapshots().scratch();
        ActiveSnapshot active = snapshots().prepare(empty, key, session.lease());
        boolean filled = false;
        try {
          fill(active.path(), local, context);
          filled = true;
          yield active;
        } finally {
          if (!filled) {
            active.close();
          }
        }
      }
    };
  }

  /** The caller's files in a folder of the host, with their owners and modes. */
  Copy copyToHost(TreeResult local, OpContext context) throws IOException {
    Copy copy = new Copy(snapshots().temporaryDirectory());
    boolean filled = false;
    try {
      fill(copy.folder(), local, context);
      filled = true;
      return copy;
    } finally {
      if (!filled) {
        copy.close();
      }
    }
  }

  private void fill(Path folder, TreeResult local, OpContext context) throws IOException {
    warn(context, snapshots().mountThreads().call(() -> MergeTree.apply(local.tree(), folder)));
  }

  /** Tells whoever watches what could not be done quite right. */
  static void warn(OpContext context, List<String> warnings) {
    for (String warning : warnings) {
      context.progress().warn(warning, List.of(), "", Optional.empty(), List.of());
    }
  }

  /** A folder of the host that is deleted when it is closed. */
  record Copy(Path folder) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      Trees.remove(folder);
    }
  }
}
