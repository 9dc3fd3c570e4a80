package dev.obdbuild.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.Op;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.CancellationSource;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.solver.progress.VertexProgress;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.worker.exec.ProcessStreams;
import dev.obdbuild.worker.exec.RunningProcess;
import dev.obdbuild.worker.network.NetworkConfig;
import dev.obdbuild.worker.network.Networks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Containers as a gateway's client asks for them. */
@NeedsRoot
@NeedsDevice
@NeedsTool({"crun", "busybox", "mke2fs"})
@Timeout(120)
final class GatewayContainerTest {

  @TempDir Path folder;
  private TestRegistry registry;
  private BuildFixture builder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @BeforeEach
  void open() throws IOException {
    registry = TestRegistry.start();
    builder = new BuildFixture(folder, registry, BusyboxBase.putOn(registry));
  }

  @AfterEach
  void close() throws Exception {
    try (TestRegistry closing = registry) {
      builder.close();
    }
  }

  private static OpContext context(Cancellation cancellation) {
    return new OpContext(
        cancellation, VertexProgress.begin(event -> {}, "container").work(), Optional.empty());
  }

  private static ContainerRequest request(ExecMount... more) {
    List<ExecMount> mounts = new java.util.ArrayList<>();
    mounts.add(ExecMount.bind(0, "", "/", Op.NONE, false));
    mounts.addAll(List.of(more));
    return new ContainerRequest(
        mounts, ExecOp.NetworkMode.DEFAULT, "gate", List.of(new ExecMeta.HostIp("db", "10.0.0.9")));
  }

  private static ProcessRequest shell(String script, ExecOp.SecurityMode security) {
    return new ProcessRequest(
        List.of("/bin/sh", "-c", script),
        List.of("A=1"),
        "",
        "",
        false,
        List.of(new ExecOp.SecretEnv("s", "S", false)),
        security);
  }

  private RunningProcess start(GatewayContainer in, String script) throws IOException {
    return in.start(
        shell(script, ExecOp.SecurityMode.SANDBOX),
        new ProcessStreams(new ByteArrayInputStream(new byte[0]), out, out));
  }

  @Test
  void processesShareMountsNetworkAndSecrets() throws Exception {
    builder.secrets = id -> Optional.of(("value of " + id).getBytes(StandardCharsets.UTF_8));
    ExecMount readOnly = ExecMount.bind(0, "/etc", "/ro", Op.NONE, true);
    ExecMount secret = ExecMount.of(new ExecMount.Secret("k", 0, 0, 0400, false), "/run/k");
    ExecMount memory = ExecMount.of(new ExecMount.Tmpfs(1 << 20), "/mem");
    ExecMount cache = ExecMount.of(new ExecMount.Cache("c", ExecMount.Sharing.SHARED), "/cache");
    builder.use(
        builder.image(),
        (worker, result) -> {
          try (GatewayContainer container =
              worker.container(
                  request(readOnly, secret, memory, cache),
                  List.of(result),
                  context(Cancellation.never()))) {
            start(container, "sleep 1000");
            assertThat(
                    start(container, "echo kept > /cache/f; echo x > /mem/f; cat /run/k").await())
                .isZero();
            assertThat(start(container, "cat /mem/f /etc/hosts; echo $A $S; touch /ro/x").await())
                .isNotZero();
          }
          assertThat(out.toString(StandardCharsets.UTF_8))
              .contains("value of k", "x\n", "10.0.0.9\tdb", "gate", "1 value of s")
              .contains("Read-only file system");
        });
    builder.build(builder.run(builder.image(), "cat /cache/f", cache)).close();
    assertThat(builder.log.toString()).contains("kept");
  }

  @Test
  void whatIsNotAllowedIsRefused() throws Exception {
    builder.secrets = id -> Optional.empty();
    builder.use(
        builder.image(),
        (worker, result) -> {
          try (GatewayContainer container =
              worker.container(request(), List.of(result), context(Cancellation.never()))) {
            ProcessStreams streams =
                new ProcessStreams(new ByteArrayInputStream(new byte[0]), out, out);
            assertThatThrownBy(
                    () -> container.start(shell("true", ExecOp.SecurityMode.INSECURE), streams))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("security.insecure");
            assertThatThrownBy(
                    () -> container.start(shell("true", ExecOp.SecurityMode.SANDBOX), streams))
                .hasMessage("secret s: not found");
          }
        });
  }

  @Test
  void aCancellationEndsWhatRuns() throws Exception {
    builder.secrets = id -> Optional.of(new byte[0]);
    CancellationSource cancel = new CancellationSource();
    builder.use(
        builder.image(),
        (worker, result) -> {
          try (GatewayContainer container =
              worker.container(request(), List.of(result), context(cancel))) {
            RunningProcess first = start(container, "sleep 1000");
            cancel.cancel();
            assertThat(first.await()).isEqualTo(137);
          }
        });
  }

  @Test
  void stepsOnABridgeHaveAnAddressOfTheirOwn() throws Exception {
    try (Networks bridge =
        Networks.open(
            NetworkConfig.of(NetworkConfig.Mode.BRIDGE, folder.resolve("cni")),
            builder.snapshots.journal())) {
      builder.networks = bridge;
      builder.build(builder.run(builder.image(), "ls /sys/class/net; cat /proc/net/route")).close();
      assertThat(builder.log.toString()).startsWith("eth0\nlo\n").contains("eth0\t00000000");
      builder.entitlements = Set.of(WorkerSession.NETWORK_HOST);
    }
  }
}
