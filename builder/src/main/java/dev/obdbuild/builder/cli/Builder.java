package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.request.BuildRequest;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.ProgressSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;

/** Whoever carries builds out: this process, or a daemon. */
interface Builder {

  /**
   * What a build came to.
   *
   * @param response of the exporters, by BuildKit's keys
   * @param summary the last line
   */
  record Built(SortedMap<String, String> response, String summary) {}

  /** Builds. */
  Built build(BuildRequest request, ProgressSink sink, Cancellation cancellation)
      throws IOException;

  /** The same, writing down which parts of the first base image the steps read. */
  Builder recording(Path file);

  /** Asks a question about the Dockerfile. */
  SortedMap<String, byte[]> ask(BuildRequest request, ProgressSink sink, Cancellation cancellation)
      throws IOException;
}
