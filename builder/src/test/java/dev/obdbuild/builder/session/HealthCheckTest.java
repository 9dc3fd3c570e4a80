package dev.obdbuild.builder.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.protos.health.HealthCheckRequest;
import dev.obdbuild.protos.health.HealthCheckResponse;
import dev.obdbuild.protos.health.HealthCheckResponse.ServingStatus;
import dev.obdbuild.protos.health.HealthGrpc;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.CancellationSource;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HealthCheckTest {

  /** A client that answers the checks that the script says, and none after it. */
  private static final class Scripted extends HealthGrpc.HealthImplBase {
    private final String script;
    private final Runnable afterwards;
    private final AtomicInteger checks = new AtomicInteger();

    Scripted(String script, Runnable afterwards) {
      this.script = script;
      this.afterwards = afterwards;
    }

    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> out) {
      int check = checks.getAndIncrement();
      if (check == script.length()) {
        afterwards.run();
      }
      if (check < script.length() && script.charAt(check) == '+') {
        out.onNext(HealthCheckResponse.newBuilder().setStatus(ServingStatus.SERVING).build());
        out.onCompleted();
      }
    }
  }

  /** How many checks are made of a client until it is given up. */
  private static int checks(Path folder, Scripted client, Cancellation ended) throws Exception {
    Address.Unix address = new Address.Unix(folder.resolve("client.sock"));
    try (EventLoops loops = new EventLoops(1);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Server server =
          loops.server(address, Optional.empty()).executor(threads).addService(client).build();
      server.start();
      ManagedChannel channel = loops.channel(address, Optional.empty()).build();
      AtomicInteger givenUp = new AtomicInteger();
      new HealthCheck(
              channel,
              // An answer takes a fraction of the timeout, even on a busy machine.
              new HealthCheck.Pace(Duration.ofMillis(1), Optional.of(Duration.ofMillis(700)), 2),
              ended,
              givenUp::incrementAndGet)
          .run();
      channel.shutdownNow();
      server.shutdownNow();
      assertThat(givenUp).hasValue(1);
      return client.checks.get();
    }
  }

  @Test
  void aClientThatMissesTwoChecksInARowIsGivenUp(@TempDir Path folder) throws Exception {
    assertThat(checks(folder, new Scripted("+-+-", () -> {}), Cancellation.never())).isEqualTo(5);
  }

  @Test
  void aClientThatIsGoneIsAskedNoMore(@TempDir Path folder) throws Exception {
    CancellationSource ended = new CancellationSource();

    int checks = checks(folder, new Scripted("+", ended::cancel), ended);

    assertThat(checks).isEqualTo(2);
  }
}
