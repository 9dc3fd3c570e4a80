package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.daemon.BuildTrace;
import dev.obdbuild.builder.remote.DaemonClient;
import dev.obdbuild.builder.request.BuildRequest;
import dev.obdbuild.builder.request.Preparation;
import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.Tls;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.ProgressSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Has a daemon build. */
record DaemonBuilder(Address address, Optional<Tls> tls, Optional<Path> trace) implements Builder {

  DaemonBuilder(Address address, Optional<Tls> tls) {
    this(address, tls, Optional.empty());
  }

  @Override
  public DaemonBuilder recording(Path file) {
    return new DaemonBuilder(address, tls, Optional.of(file));
  }

  DaemonClient connect() throws IOException {
    return new DaemonClient(address, tls);
  }

  @Override
  public Built build(BuildRequest request, ProgressSink sink, Cancellation cancellation)
      throws IOException {
    try (DaemonClient daemon = connect()) {
      SortedMap<String, String> response =
          trace.isPresent()
              ? recorded(daemon.build(asking(request), sink, cancellation))
              : daemon.build(request, sink, cancellation);
      String image = Preparation.imageId(response);
      return new Built(
          response, (image.isEmpty() ? "" : "image " + image + ", ") + "built at " + address);
    }
  }

  private static BuildRequest asking(BuildRequest request) {
    SortedMap<String, String> attributes = new TreeMap<>(request.attributes());
    attributes.put(BuildTrace.ATTRIBUTE, "true");
    return request.withAttributes(attributes);
  }

  /** Writes the trace; what else the daemon answered. */
  private SortedMap<String, String> recorded(SortedMap<String, String> response)
      throws IOException {
    SortedMap<String, String> others = new TreeMap<>(response);
    String bytes = others.remove(BuildTrace.ANSWER);
    if (bytes == null) {
      throw new IOException("the daemon at " + address + " records no traces");
    }
    Files.write(trace.orElseThrow(), Base64.getDecoder().decode(bytes));
    return others;
  }

  @Override
  public SortedMap<String, byte[]> ask(
      BuildRequest request, ProgressSink sink, Cancellation cancellation) throws IOException {
    try (DaemonClient daemon = connect()) {
      return daemon.ask(request, sink, cancellation);
    }
  }
}
