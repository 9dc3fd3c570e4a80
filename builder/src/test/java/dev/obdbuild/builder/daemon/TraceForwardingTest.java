package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.EventLoops;
import io.grpc.Server;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class TraceForwardingTest {

  @Test
  void tracesGoToTheCollectorByteForByte() throws IOException {
    AtomicReference<byte[]> collected = new AtomicReference<>(new byte[0]);
    try (EventLoops loops = new EventLoops(1)) {
      Server collector =
          loops
              .server(new Address.Tcp("127.0.0.1", 0), Optional.empty())
              .addService(
                  new TraceService(
                      request -> {
                        collected.set(request);
                        return new byte[] {9};
                      }))
              .build()
              .start();
      Map<String, String> environment =
          Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + collector.getPort());
      try (TraceForwarding traces = TraceForwarding.of(environment, loops).orElseThrow()) {
        assertThat(traces.export(new byte[] {1, 2, 3})).containsExactly(9);
        assertThat(collected.get()).containsExactly(1, 2, 3);
      } finally {
        collector.shutdownNow();
      }
    }
  }

  @Test
  void whatIsNotConfiguredOrNoAddressIsSaid() throws IOException {
    try (EventLoops loops = new EventLoops(1)) {
      assertThat(TraceForwarding.of(Map.of(), loops)).isEmpty();
      assertThatIOException()
          .isThrownBy(
              () -> TraceForwarding.of(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"), loops))
          .withMessageContaining("OTLP endpoint http://");
    }
  }
}
