package dev.obdbuild.builder.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.protos.health.HealthCheckRequest;
import dev.obdbuild.protos.health.HealthCheckResponse;
import dev.obdbuild.protos.health.HealthCheckResponse.ServingStatus;
import dev.obdbuild.protos.health.HealthGrpc;
import dev.obdbuild.testkit.TestIdentity;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class WireTest {
  @TempDir Path temp;
  @AutoClose private final EventLoops loops = new EventLoops(1);

  @Test
  void addressesAreReadAndWritten() {
    for (String text :
        new String[] {
          "unix:///run/x.sock", "tcp://host:1234", "tcp://[::1]:80", "tcp://1.2.3.4:1"
        }) {
      assertThat(Address.parse(text)).hasToString(text);
    }
    assertThat(((Address.Tcp) Address.parse("tcp://127.0.0.1:1")).isLoopback()).isTrue();
    assertThat(((Address.Tcp) Address.parse("tcp://[::1]:1")).isLoopback()).isTrue();
    assertThat(((Address.Tcp) Address.parse("tcp://0.0.0.0:1")).isLoopback()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/run/x.sock",
        "unix://x.sock",
        "tcp://host",
        "tcp://:1",
        "tcp://host:70000",
        "tcp://::1:80",
        "http://host:1"
      })
  void whatIsNoAddressIsRefusedByName(String text) {
    assertThatThrownBy(() -> Address.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void onlyClientsOfTheAuthorityComeIn() throws Exception {
    TestIdentity.make(temp, "server");
    TestIdentity.make(temp, "friend");
    TestIdentity.make(temp, "stranger");
    Server server =
        loops
            .server(new Address.Tcp("127.0.0.1", 0), Optional.of(tls("friend", "server")))
            .addService(new Health())
            .directExecutor()
            .build()
            .start();
    Address address = new Address.Tcp("127.0.0.1", server.getPort());
    try {
      assertThat(check(address, Optional.of(tls("server", "friend"))))
          .isEqualTo(ServingStatus.SERVING);
      assertThatThrownBy(() -> check(address, Optional.of(tls("server", "stranger"))))
          .isInstanceOf(StatusRuntimeException.class);
      assertThatThrownBy(() -> check(address, Optional.of(tls("stranger", "friend"))))
          .isInstanceOf(StatusRuntimeException.class);
      assertThatThrownBy(() -> check(address, Optional.empty()))
          .isInstanceOf(StatusRuntimeException.class);
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void aMissingFileIsNamed() {
    Tls tls = tls("nobody", "nobody");
    assertThatThrownBy(() -> loops.server(new Address.Tcp("127.0.0.1", 0), Optional.of(tls)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nobody.crt");
  }

  private Tls tls(String ca, String own) {
    return new Tls(
        Optional.of(temp.resolve(ca + ".crt")),
        Optional.of(temp.resolve(own + ".crt")),
        Optional.of(temp.resolve(own + ".key")),
        Optional.empty());
  }

  private ServingStatus check(Address address, Optional<Tls> tls) throws IOException {
    ManagedChannel channel = loops.channel(address, tls).build();
    try {
      return HealthGrpc.newBlockingStub(channel)
          .withDeadlineAfter(30, TimeUnit.SECONDS)
          .check(HealthCheckRequest.getDefaultInstance())
          .getStatus();
    } finally {
      channel.shutdownNow();
    }
  }

  private static final class Health extends HealthGrpc.HealthImplBase {
    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> out) {
      out.onNext(HealthCheckResponse.newBuilder().setStatus(ServingStatus.SERVING).build());
      out.onCompleted();
    }
  }
}
