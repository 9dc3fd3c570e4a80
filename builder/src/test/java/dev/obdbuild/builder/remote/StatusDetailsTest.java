package dev.obdbuild.builder.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.builder.call.Statuses;
import dev.obdbuild.builder.session.tunnel.CallException;
import dev.obdbuild.builder.wire.Address;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class StatusDetailsTest {
  private static final Address DAEMON = new Address.Unix(Path.of("/run/daemon.sock"));

  private static IOException received(Exception failure) {
    StatusRuntimeException sent = Statuses.exception(failure);
    return StatusDetails.failure(CallException.of("solve", sent), DAEMON);
  }

  @Test
  void aSenselessRequestHasNoCodeThatBuildKitsClientsWouldPrint() {
    assertThat(Statuses.exception(new IllegalArgumentException("no such exporter")).getStatus())
        .extracting(Status::getCode, Status::getDescription)
        .containsExactly(Status.Code.UNKNOWN, "no such exporter");
  }

  @Test
  void aSenselessRequestIsOneForOurClientToo() {
    assertThatThrownBy(() -> received(new IllegalArgumentException("no such exporter")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no such exporter");
    assertThat(received(new IOException("disk"))).hasMessage("disk");
  }
}
