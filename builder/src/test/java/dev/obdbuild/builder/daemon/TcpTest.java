package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may connect over TCP. */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsTool({"buildctl", "openssl", "crun"})
final class TcpTest {

  @TempDir private Path temp;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Client client;

  @BeforeEach
  void setUp() {
    client = new Client(temp, Map.of());
  }

  private DaemonProcess start(String... more) throws Exception {
    return DaemonProcess.start(
        temp,
        Stream.concat(
                List.of("--root", temp.resolve("state").toString()).stream(),
                List.of(more).stream())
            .toList());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  @Test
  void onlyClientsWithACertificateOfTheAuthorityConnect() throws Exception {
    Authority ours = Authority.make(client, temp, "ours");
    Authority theirs = Authority.make(client, temp, "theirs");
    ours.sign("server");
    ours.sign("friend");
    theirs.sign("stranger");
    String address = "tcp://127.0.0.1:" + freePort();
    DaemonProcess daemon =
        start(
            "--addr=" + address,
            "--tlscacert=" + ours.file("ours.pem"),
            "--tlscert=" + ours.file("server.pem"),
            "--tlskey=" + ours.file("server.key"));
    daemon.awaitListening();

    assertThat(workers(address, ours, "friend").ok().out()).contains("linux/");
    assertThat(workers(address, ours, "stranger").failure()).containsIgnoringCase("certificate");
    assertThat(
            client
                .run(
                    "buildctl",
                    "--addr=" + address,
                    "--tlscacert=" + ours.file("ours.pem"),
                    "debug",
                    "workers")
                .failure())
        .containsIgnoringCase("certificate");
    assertThat(client.run("buildctl", "--addr=" + address, "debug", "workers").code()).isNotZero();
    assertThat(du(address, ours, "ours", "friend").ok().out()).contains("total");
    assertThat(du(address, ours, "ours", "stranger").failure())
        .startsWith("error: cannot reach the daemon at " + address)
        .containsIgnoringCase("certificate");
    assertThat(du(address, ours, "theirs", "friend").failure())
        .startsWith("error: cannot reach the daemon at " + address)
        .containsIgnoringCase("certificat");
    assertThat(daemon.end()).isEqualTo(DaemonProcess.TERMINATED);
  }

  private Client.Ended du(String address, Authority files, String authority, String who)
      throws Exception {
    Client.Ended ended =
        new ObdBuildCommand(client, List.of("--addr", address))
            .run(
                "du",
                "--tlscacert=" + files.file(authority + ".pem"),
                "--tlscert=" + files.file(who + ".pem"),
                "--tlskey=" + files.file(who + ".key"));
    return new Client.Ended(ended.code(), ended.out(), withoutLogging(ended.err()));
  }

  private static String withoutLogging(String printed) {
    return printed.replaceAll("(?m)^SLF4J.*\n", "");
  }

  private Client.Ended workers(String address, Authority files, String who) throws Exception {
    return client.run(
        "buildctl",
        "--addr=" + address,
        "--tlscacert=" + files.file("ours.pem"),
        "--tlscert=" + files.file(who + ".pem"),
        "--tlskey=" + files.file(who + ".key"),
        "debug",
        "workers");
  }

  @Test
  void tcpWithoutTlsThatOthersCanReachIsRefused() throws Exception {
    DaemonProcess daemon = start("--addr=tcp://0.0.0.0:" + freePort());

    assertThat(daemon.awaitEnd()).isNotZero();
    assertThat(daemon.log()).contains("--insecure-tcp").contains("--tlscert");
  }

  @Test
  void tcpWithoutTlsIsAllowedOnLoopbackAndOnDemand() throws Exception {
    String loopback = "tcp://127.0.0.1:" + freePort();
    int port = freePort();
    DaemonProcess daemon =
        start("--addr=" + loopback, "--addr=tcp://0.0.0.0:" + port, "--insecure-tcp");
    daemon.awaitListening();

    for (String address : List.of(loopback, "tcp://127.0.0.1:" + port)) {
      assertThat(client.run("buildctl", "--addr=" + address, "debug", "workers").ok().out())
          .contains("linux/");
    }
    assertThat(daemon.end()).isEqualTo(DaemonProcess.TERMINATED);
  }
}
