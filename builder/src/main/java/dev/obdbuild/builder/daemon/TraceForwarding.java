package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.builder.wire.Tls;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Hands clients' traces on to the collector that OpenTelemetry's environment variables name, by
 * gRPC. Thread-safe.
 */
final class TraceForwarding implements TraceService.Collector, AutoCloseable {

  private static final long PATIENCE_SECONDS = 10;
  private static final int DEFAULT_PORT = 4317;

  private final String endpoint;
  private final ManagedChannel channel;

  private TraceForwarding(String endpoint, ManagedChannel channel) {
    this.endpoint = endpoint;
    this.channel = channel;
  }

  /**
   * The collector that is configured; empty when there is none.
   *
   * @throws IOException when what is configured is no address
   */
  static Optional<TraceForwarding> of(Map<String, String> environment, EventLoops loops)
      throws IOException {
    String endpoint =
        environment.getOrDefault(
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            environment.getOrDefault("OTEL_EXPORTER_OTLP_ENDPOINT", ""));
    if (endpoint.isEmpty()) {
      return Optional.empty();
    }
    URI uri;
    try {
      uri = URI.create(endpoint.contains("://") ? endpoint : "http://" + endpoint);
    } catch (IllegalArgumentException e) {
      throw new IOException("OTLP endpoint " + endpoint + " is no address", e);
    }
    if (uri.getHost() == null) {
      throw new IOException("OTLP endpoint " + endpoint + " names no host");
    }
    Address address =
        new Address.Tcp(uri.getHost(), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
    Optional<Tls> tls =
        "https".equals(uri.getScheme())
            ? Optional.of(
                new Tls(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()))
            : Optional.empty();
    return Optional.of(new TraceForwarding(endpoint, loops.channel(address, tls).build()));
  }

  @Override
  public byte[] export(byte[] request) throws IOException {
    try {
      return ClientCalls.blockingUnaryCall(
          channel,
          TraceService.EXPORT,
          CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS),
          request);
    } catch (StatusRuntimeException e) {
      throw new IOException("traces cannot be sent to " + endpoint + ": " + e.getStatus(), e);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
