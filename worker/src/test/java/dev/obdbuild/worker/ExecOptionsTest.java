package dev.obdbuild.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.Op;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.worker.cdi.CdiDevices;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a RUN step can ask for beyond its command. */
@NeedsRoot
@NeedsDevice
@NeedsTool({"crun", "busybox", "mke2fs"})
@Timeout(120)
final class ExecOptionsTest {

  @TempDir Path folder;
  private TestRegistry registry;
  private BuildFixture builder;

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

  /** A step with everything that is in its process's description. */
  private Node.Out step(String command, ExecOp.NetworkMode network, ExecOp.CdiDevice... devices) {
    ExecMeta meta =
        new ExecMeta(
            List.of("/bin/sh", "-c", command),
            List.of("PATH=/bin", "HTTP_PROXY=mine"),
            "/",
            "",
            Optional.of(new ExecMeta.ProxyEnv("http://p", "https://p", "", "local", "")),
            List.of(new ExecMeta.HostIp("db", "10.0.0.9")),
            "named",
            List.of(new ExecMeta.Ulimit("nofile", 77, 78)),
            "/obd-test-parent",
            true,
            List.of(0, 3));
    ExecOp op =
        new ExecOp(
            meta,
            List.of(ExecMount.bind(0, "", "/", 0, false)),
            network,
            ExecOp.SecurityMode.SANDBOX,
            List.of(
                new ExecOp.SecretEnv("tok", "TOKEN", false),
                new ExecOp.SecretEnv("nobody", "MISSING", true)),
            List.of(devices));
    return BuildFixture.node(op, "RUN", builder.image());
  }

  private void lendSecret() {
    builder.secrets =
        id ->
            id.equals("tok")
                ? Optional.of("hush".getBytes(StandardCharsets.UTF_8))
                : Optional.empty();
  }

  @Test
  void theProcessIsAsItsDescriptionSays() throws IOException {
    lendSecret();
    builder
        .build(
            step(
                "env; cat /etc/hosts /etc/hostname /proc/sys/kernel/hostname; ulimit -n;"
                    + " cat /proc/self/cgroup; exit 3",
                ExecOp.NetworkMode.DEFAULT))
        .close();
    assertThat(builder.log.toString())
        .contains("HTTP_PROXY=mine\n", "http_proxy=http://p\n", "HTTPS_PROXY=https://p\n")
        .contains("no_proxy=local\n", "TOKEN=hush\n")
        .doesNotContain("MISSING", "FTP_PROXY")
        .contains("10.0.0.9\tdb\n", "named\n", "77\n");
  }

  @Test
  void anExitCodeThatIsNotAmongTheValidOnesFails() {
    lendSecret();
    assertThatThrownBy(() -> builder.build(step("exit 4", ExecOp.NetworkMode.DEFAULT)))
        .hasMessageContaining("exit code: 4");
  }

  @Test
  void aDeviceThatMustBeThereIsRefusedByNameAndAnOptionalOneIsLeftOut() throws IOException {
    lendSecret();
    Node.Out wanted =
        step("true", ExecOp.NetworkMode.NONE, new ExecOp.CdiDevice("vendor.com/gpu=all", false));
    assertThatThrownBy(() -> builder.build(wanted))
        .hasMessageContaining("required device \"vendor.com/gpu=all\" is not registered");
    builder
        .build(
            step("true", ExecOp.NetworkMode.NONE, new ExecOp.CdiDevice("vendor.com/gpu=all", true)))
        .close();
  }

  @Test
  void aDeviceBringsItsNodesMountsVariablesAndHooks() throws IOException {
    lendSecret();
    Path shipped = Files.createDirectories(folder.resolve("shipped"));
    Files.writeString(shipped.resolve("library"), "from the vendor\n");
    Path ran = folder.resolve("hook-ran");
    Path cdi = Files.createDirectories(folder.resolve("cdi"));
    Files.writeString(
        cdi.resolve("vendor.yaml"),
        """
        cdiVersion: "0.7.0"
        kind: vendor.com/gpu
        devices:
          - name: one
            containerEdits:
              deviceNodes:
                - {path: /dev/mine, hostPath: /dev/zero, permissions: r}
                - {path: /dev/odd, type: c, major: 1, minor: 7}
              env: ["HTTP_PROXY=the vendor's", DEVICE=one]
        containerEdits:
          additionalGids: [4711]
          mounts:
            - {hostPath: SHIPPED, containerPath: /opt/vendor, options: [ro, nosuid]}
            - {hostPath: SHIPPED/library, containerPath: /lib/vendor/library, options: [bind, ro]}
            - {hostPath: tmpfs, containerPath: /scratch, type: tmpfs, options: [size=64k]}
          hooks:
            - {hookName: createRuntime, path: /bin/sh, args: [sh, -c, "echo ran > RAN"]}
        """
            .replace("SHIPPED", shipped.toString())
            .replace("RAN", ran.toString()));
    builder.devices = new CdiDevices(List.of(cdi), Set.of());
    String look =
        "head -c 3 /dev/mine | od -An -tx1; echo x > /dev/odd || echo full;"
            + " cat /opt/vendor/library /lib/vendor/library; touch /opt/vendor/x || echo read-only;"
            + " echo $DEVICE $HTTP_PROXY; id -G; grep -c /scratch /proc/mounts";
    Node.Out wanted =
        step(look, ExecOp.NetworkMode.NONE, new ExecOp.CdiDevice("vendor.com/gpu", false));
    assertThatThrownBy(() -> builder.build(wanted))
        .hasMessageContaining(
            "device vendor.com/gpu=one is requested by the build but not allowed");

    builder.entitlements = Set.of("device=vendor.com/gpu=one");
    try (var built = builder.build(wanted)) {
      assertThat(builder.log.toString())
          .contains(" 00 00 00\n", "full\n", "from the vendor\nfrom the vendor\n", "read-only\n")
          .contains("one the vendor's\n", "4711\n")
          .contains("\n1\n");
      assertThat(ran).hasContent("ran");
    }
  }

  @Test
  void theHostsNetworkNeedsAnEntitlementAndNoneIsOnlyLoopback() throws IOException {
    lendSecret();
    Node.Out host = step("ls /sys/class/net", ExecOp.NetworkMode.HOST);
    assertThatThrownBy(() -> builder.build(host))
        .hasMessageContaining("network.host is not allowed");
    builder.entitlements = Set.of(WorkerSession.NETWORK_HOST);
    builder.build(host).close();
    builder.build(step("ls /sys/class/net", ExecOp.NetworkMode.NONE)).close();
    assertThat(builder.log.toString()).isEqualTo("lo\n");
  }

  @Test
  void mountsAreOfTheSizeAndThePartAsked() throws IOException {
    Node.Out made = builder.run(builder.image(), "mkdir -p /a/b; echo part > /a/b/f");
    List<Node.Out> inputs = new ArrayList<>(List.of(builder.image(), made));
    builder
        .build(
            builder.run(
                inputs,
                "cat /part/f; touch /part/x 2>&1; cat /proc/mounts;"
                    + " cp /bin/busybox /mem/echo && /mem/echo run there",
                ExecMount.bind(1, "/a/b", "/part", Op.NONE, true),
                ExecMount.of(new ExecMount.Tmpfs(5 << 20), "/mem")))
        .close();
    assertThat(builder.log.toString())
        .startsWith("part\n")
        .contains("Read-only file system")
        .containsPattern("/mem tmpfs [^\n]*size=5120k")
        .endsWith("run there\n");
  }
}
