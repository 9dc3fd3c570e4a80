package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.daemon.Client.Ended;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.RealRegistry;
import dev.obdbuild.testkit.TestIdentity;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Registries that are reached only by what the configuration or an option says of them. */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsTool({"buildctl", "buildx", "crun", "busybox", "docker-registry", "skopeo"})
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // started before the first test
final class RegistrySettingsTest {

  private Path temp;
  private RealRegistry unknown;
  private RealRegistry trusted;
  private RealRegistry insecure;
  private RealRegistry closed;
  private DaemonFixture it;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    temp = folder;
    TestIdentity server = TestIdentity.make(folder, "server");
    TestIdentity client = TestIdentity.make(folder, "client");
    unknown = RealRegistry.start(folder("unknown"), server, "server");
    trusted = RealRegistry.start(folder("trusted"), server, "server");
    insecure = RealRegistry.start(folder("insecure"), server, "server");
    closed = RealRegistry.start(folder("closed"), server, "server", client.file("client.crt"));
    it =
        DaemonFixture.start(
            Files.createDirectory(folder.resolve("daemon")),
            """
            [registry."%1$s"]
            ca = ["%2$s"]
            [registry."%3$s"]
            insecure = true
            [registry."%4$s"]
            ca = ["%2$s"]
            [[registry."%4$s".keypair]]
            cert = "%5$s"
            key = "%6$s"
            [registry."mirrored.test"]
            mirrors = ["127.0.0.1:%7$d", "%1$s/base"]
            [registry."127.0.0.1:%7$d"]
            http = true
            """
                .formatted(
                    trusted.host(),
                    server.file("server.crt"),
                    insecure.host(),
                    closed.host(),
                    client.file("client.crt"),
                    client.file("client.key"),
                    closedPort()),
            List.of());
    Path certificates = folder("certificates");
    Files.copy(client.file("client.crt"), certificates.resolve("client.cert"));
    Files.copy(client.file("client.key"), certificates.resolve("client.key"));
    for (RealRegistry one : List.of(unknown, trusted, insecure, closed)) {
      it.client()
          .run(
              "skopeo",
              "copy",
              "--quiet",
              "--src-tls-verify=false",
              "--dest-tls-verify=false",
              "--dest-cert-dir=" + certificates,
              "docker://" + it.base(),
              "docker://" + one.host() + "/base/busybox:1")
          .ok();
    }
  }

  private Path folder(String name) throws Exception {
    return Files.createDirectory(temp.resolve(name));
  }

  /** A port that nobody listens on. */
  private static int closedPort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  @AfterAll
  void stop() throws Exception {
    it.close();
    for (RealRegistry one : List.of(unknown, trusted, insecure, closed)) {
      one.close();
    }
  }

  private Ended build(String from, String... more) throws Exception {
    String dockerfile =
        """
        FROM %1$s
        RUN : %1$s; echo made of $(busybox | head -n 1)
        """;
    return it.build(it.context(dockerfile.formatted(from)), more);
  }

  private static String image(RealRegistry registry, String name) {
    return registry.host() + "/" + name;
  }

  @Test
  void aCertificateThatNobodyVouchesForIsRefused() throws Exception {
    assertThat(build(image(unknown, "base/busybox:1")).failure()).contains("certif");
  }

  @Test
  void aCertificateIsTrustedThatTheConfigurationNames() throws Exception {
    assertThat(build(image(trusted, "base/busybox:1")).ok().err()).contains("made of BusyBox");
  }

  @Test
  void anInsecureRegistryNeedNotProveWhoItIs() throws Exception {
    assertThat(build(image(insecure, "base/busybox:1")).ok().err()).contains("made of BusyBox");
  }

  @Test
  void aRegistryThatAsksForACertificateIsShownTheConfiguredOne() throws Exception {
    assertThat(
            build(
                    image(closed, "base/busybox:1"),
                    "--output=type=image,push=true,name=" + image(closed, "pushed:1"))
                .ok()
                .err())
        .contains("made of BusyBox");
  }

  @Test
  void aMirrorIsAskedBeforeARegistryAndOneThatIsGoneIsPassedOver() throws Exception {
    assertThat(build("mirrored.test/busybox:1").ok().err()).contains("made of BusyBox");
  }

  @Test
  void anImageIsPushedToAnInsecureRegistryIfTheOutputSaysSo() throws Exception {
    String output = "--output=type=image,push=true,name=" + image(unknown, "pushed:1");

    assertThat(build(it.base(), output).failure()).contains("certif");
    build(it.base(), output + ",registry.insecure=true").ok();
    // Only that push trusted it.
    assertThat(build(image(unknown, "pushed:1")).failure()).contains("certif");
    it.client()
        .run("skopeo", "inspect", "--tls-verify=false", "docker://" + image(unknown, "pushed:1"))
        .ok();
  }

  @Test
  void aCacheIsKeptInAnInsecureRegistryIfItsOptionSaysSo() throws Exception {
    Path context = it.context("FROM BASE\nRUN head -c 8 /dev/urandom | md5sum > /random\n");
    String cache = "type=registry,registry.insecure=true,ref=" + image(unknown, "cache:1");

    it.build(context, "--export-cache=" + cache).ok();
    it.buildctl("prune", "--all").ok();
    Ended again = it.build(context, "--import-cache=" + cache);

    assertThat(again.ok().err())
        .containsPattern("#(\\d+) \\[2/2\\] RUN (.*\\n)+?#\\1 CACHED")
        .doesNotContain("cannot be used");
  }
}
