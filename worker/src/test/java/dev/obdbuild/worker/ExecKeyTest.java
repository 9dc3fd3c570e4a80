package dev.obdbuild.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecMeta.ProxyEnv;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.ExecOp.NetworkMode;
import dev.obdbuild.llb.ExecOp.SecretEnv;
import dev.obdbuild.llb.ExecOp.SecurityMode;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.worker.cdi.CdiDevices;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ExecKeyTest {

  private static final ExecMount ROOT = ExecMount.bind(0, "", "/", 0, false);
  private static final ExecMeta META =
      ExecMeta.of(List.of("/bin/sh", "-c", "true"), List.of("A=1"), "/", "");

  private static ExecOp op(ExecMeta meta, NetworkMode network, ExecMount... more) {
    List<ExecMount> mounts = new ArrayList<>(List.of(ROOT));
    mounts.addAll(List.of(more));
    return new ExecOp(meta, mounts, network, SecurityMode.SANDBOX, List.of(), List.of());
  }

  private static Digest key(ExecOp op) {
    return ExecKey.of(op, Optional.of(Platform.parse("linux/amd64")));
  }

  private static ExecMeta withProxy(ExecMeta meta, String http) {
    return new ExecMeta(
        meta.args(),
        meta.env(),
        meta.cwd(),
        meta.user(),
        Optional.of(new ProxyEnv(http, "", "", "", "")),
        List.of(),
        "",
        List.of(),
        "group",
        true,
        List.of());
  }

  @Test
  void proxiesAndControlGroupsDoNotCount() {
    assertThat(key(op(withProxy(META, "http://p"), NetworkMode.DEFAULT)))
        .isEqualTo(key(op(META, NetworkMode.DEFAULT)));
  }

  @Test
  void everythingElseCounts() {
    List<Digest> keys =
        List.of(
            key(op(META, NetworkMode.DEFAULT)),
            key(op(META, NetworkMode.NONE)),
            key(op(ExecMeta.of(META.args(), List.of("A=2"), "/", ""), NetworkMode.DEFAULT)),
            key(op(ExecMeta.of(META.args(), META.env(), "/x", ""), NetworkMode.DEFAULT)),
            key(op(ExecMeta.of(META.args(), META.env(), "/", "u"), NetworkMode.DEFAULT)),
            key(op(META, NetworkMode.DEFAULT, ExecMount.of(new ExecMount.Tmpfs(0), "/t"))),
            key(op(META, NetworkMode.DEFAULT, ExecMount.of(new ExecMount.Tmpfs(1), "/t"))),
            key(
                op(
                    META,
                    NetworkMode.DEFAULT,
                    ExecMount.of(new ExecMount.Secret("s", 0, 0, 0400, false), "/t"))),
            ExecKey.of(op(META, NetworkMode.DEFAULT), Optional.of(Platform.parse("linux/arm64"))),
            key(
                new ExecOp(
                    META,
                    List.of(ROOT),
                    NetworkMode.DEFAULT,
                    SecurityMode.SANDBOX,
                    List.of(new SecretEnv("s", "S", false)),
                    List.of())));
    assertThat(keys).doesNotHaveDuplicates();
  }

  @Test
  void valuesThatRunTogetherAreToldApart() {
    ExecMeta one = ExecMeta.of(List.of("a", "b"), List.of(), "/", "");
    ExecMeta other = ExecMeta.of(List.of("a\narg 1 b"), List.of(), "/", "");
    assertThat(key(op(one, NetworkMode.DEFAULT))).isNotEqualTo(key(op(other, NetworkMode.DEFAULT)));
  }

  @Test
  void entitlementsAreAskedFor() {
    ExecOp host = op(META, NetworkMode.HOST);
    assertThatThrownBy(() -> Sandboxes.of(host, CdiDevices.none(), Set.of()))
        .hasMessage("entitlement network.host is not allowed");
    assertThatCode(() -> Sandboxes.of(host, CdiDevices.none(), Set.of(WorkerSession.NETWORK_HOST)))
        .doesNotThrowAnyException();
  }

  @Test
  void theEnvironmentHasProxiesThatItDoesNotSetItselfAndSecrets() throws IOException {
    ExecMeta meta =
        withProxy(ExecMeta.of(META.args(), List.of("http_proxy=mine"), "/", ""), "http://p");
    ExecOp op =
        new ExecOp(
            meta,
            List.of(ROOT),
            NetworkMode.DEFAULT,
            SecurityMode.SANDBOX,
            List.of(new SecretEnv("token", "TOKEN", false), new SecretEnv("none", "NONE", true)),
            List.of());
    Secrets secrets =
        id ->
            id.equals("token")
                ? Optional.of("t".getBytes(StandardCharsets.UTF_8))
                : Optional.empty();
    assertThat(ExecEnvironment.of(op, secrets))
        .containsExactly("http_proxy=mine", "HTTP_PROXY=http://p", "TOKEN=t");
    assertThatThrownBy(() -> ExecEnvironment.of(op, Secrets.none()))
        .hasMessage("secret token: not found");
  }
}
