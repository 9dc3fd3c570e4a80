package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.remote.DaemonClient;
import dev.obdbuild.builder.request.BuildRequest;
import dev.obdbuild.builder.request.Preparation;
import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.Tls;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.ProgressSink;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;

/** Has a daemon build. */
record DaemonBuilder(Address address, Optional<Tls> tls) implements Builder {

  DaemonClient connect() throws IOException {
    return new DaemonClient(address, tls);
  }

  @Override
  public Built build(BuildRequest request, ProgressSink sink, Cancellation cancellation)
      throws IOException {
    try (DaemonClient daemon = connect()) {
      SortedMap<String, String> response = daemon.build(request, sink, cancellation);
      String image = Preparation.imageId(response);
      return new Built(
          response, (image.isEmpty() ? "" : "image " + image + ", ") + "built at " + address);
    }
  }

  @Override
  public SortedMap<String, byte[]> ask(
      BuildRequest request, ProgressSink sink, Cancellation cancellation) throws IOException {
    try (DaemonClient daemon = connect()) {
      return daemon.ask(request, sink, cancellation);
    }
  }
}
