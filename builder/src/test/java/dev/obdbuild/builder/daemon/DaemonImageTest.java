package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.daemon.Client.Ended;
import dev.obdbuild.builder.daemon.Client.Running;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/**
 * The daemon's own image in privileged containers beside a registry in another, driven by real
 * clients from outside. Needs a Docker engine; image/with-engine.sh starts one.
 */
@Tag("docker")
@NeedsRoot
@NeedsDevice
@NeedsTool({"buildctl", "buildx", "kube", "docker", "crun", "busybox", "docker-registry", "skopeo"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DaemonImageTest {

  private static final int TCP = 1234;
  private static final String BASE = "registry:5000/base/busybox:1";
  private static final String CONFIG =
      """
      [registry."registry:5000"]
        http = true
      """;

  private final Network network = Network.newNetwork();
  private final GenericContainer<?> registry =
      new GenericContainer<>(DockerImageName.parse(EngineImages.REGISTRY))
          .withNetwork(network)
          .withNetworkAliases("registry")
          .withExposedPorts(5000);
  private final GenericContainer<?> daemon =
      new GenericContainer<>(DockerImageName.parse(EngineImages.DAEMON))
          .withPrivilegedMode(true)
          .withNetwork(network)
          .withExposedPorts(TCP)
          .withCopyToContainer(Transferable.of(CONFIG), "/etc/buildkit/buildkitd.toml")
          .withCommand(
              "--addr=unix:///run/buildkit/buildkitd.sock",
              "--addr=tcp://0.0.0.0:" + TCP,
              "--insecure-tcp",
              "--allow-insecure-entitlement=network.host")
          .waitingFor(Wait.forSuccessfulCommand("buildctl debug workers"));

  @TempDir private static Path temp;
  private Client client = new Client(Path.of("/"), Map.of());

  @BeforeAll
  void start() throws Exception {
    Path home = Files.createDirectory(temp.resolve("home"));
    client =
        new Client(
            Files.createDirectory(temp.resolve("printed")),
            Map.of(
                "BUILDX_CONFIG",
                home.resolve("buildx").toString(),
                "DOCKER_CONFIG",
                home.resolve("docker").toString()));
    EngineImages images = new EngineImages(Files.createDirectory(temp.resolve("images")), client);
    images.loadRegistry();
    images.loadDaemon();
    registry.start();
    daemon.start();
    pushBase();
  }

  @AfterAll
  void end() {
    daemon.stop();
    registry.stop();
    network.close();
  }

  @Test
  void buildctlBuildsByTheSocketInsideAndByTcpAndTheDaemonPullsWhatItPushed() throws Exception {
    String tcp = "tcp://" + daemon.getHost() + ":" + daemon.getMappedPort(TCP);
    Path app = context("FROM " + BASE + "\nRUN echo from a container > /f\n");
    build(tcp, app, push("registry:5000/app:1")).ok();
    client.run("buildctl", "--addr=" + inside(), "prune", "--all").ok();

    Path reader = context("FROM registry:5000/app:1\nRUN echo it reads: $(cat /f)\n");
    assertThat(build(inside(), reader).ok().err()).contains("it reads: from a container");
    String outside = registry.getHost() + ":" + registry.getMappedPort(5000);
    assertThat(
            client
                .run("skopeo", "inspect", "--tls-verify=false", "docker://" + outside + "/app:1")
                .ok()
                .out())
        .contains("sha256:");
  }

  @Test
  void buildxBootsItByItsDockerContainerDriver() throws Exception {
    String name = "obd-test-" + ProcessHandle.current().pid();
    Path config = Files.writeString(temp.resolve("buildkitd.toml"), CONFIG);
    client
        .run(
            "buildx",
            "create",
            "--name=" + name,
            "--driver=docker-container",
            "--driver-opt=image=" + EngineImages.DAEMON + ",network=" + network.getId(),
            "--buildkitd-config=" + config,
            "--bootstrap")
        .ok();
    try {
      assertThat(client.run("buildx", "inspect", name).ok().out())
          .contains("BuildKit version:      v")
          .contains("--allow-insecure-entitlement=network.host");
      Path context = context("FROM " + BASE + "\nRUN echo by buildx: $(echo a container)\n");
      List<String> build = List.of("buildx", "--builder=" + name, "build", "--progress=plain");
      assertThat(
              client
                  .run(with(build, "--push", "--tag=registry:5000/x:1", context.toString()))
                  .ok()
                  .err())
          .contains("by buildx: a container");
    } finally {
      client.run("buildx", "rm", name);
    }
  }

  @Test
  void buildxBootsItByItsKubernetesDriver() throws Exception {
    Path folder = Files.createDirectory(temp.resolve("kube"));
    Path kubeconfig = folder.resolve("config");
    Path config = Files.writeString(folder.resolve("buildkitd.toml"), CONFIG);
    Running cluster = client.start("kube", kubeconfig.toString(), network.getId());
    try {
      while (!Files.exists(kubeconfig)) {
        assertThat(cluster.process().isAlive()).as(cluster.printed()).isTrue();
      }
      Client kube = client.with("KUBECONFIG", kubeconfig.toString());
      String name = "pod" + ProcessHandle.current().pid();
      kube.run(
              "buildx",
              "create",
              "--name=" + name,
              "--driver=kubernetes",
              "--driver-opt=image=" + EngineImages.DAEMON + ",timeout=60s",
              "--buildkitd-config=" + config,
              "--bootstrap")
          .ok();
      Path context = context("FROM " + BASE + "\nRUN echo by buildx: $(echo a pod)\n");
      List<String> build = List.of("buildx", "--builder=" + name, "build", "--progress=plain");
      assertThat(
              kube.run(with(build, "--push", "--tag=registry:5000/k:1", context.toString()))
                  .ok()
                  .err())
          .contains("by buildx: a pod");
      kube.run("buildx", "rm", name).ok();
    } finally {
      cluster.process().destroy();
      assertThat(cluster.await().out()).isEmpty();
    }
  }

  @Test
  void aKilledContainerLeavesNoDeviceAndGoesOnWithItsVolume() throws Exception {
    // As in a container whose /dev has only what was there when it began.
    daemon.execInContainer("sh", "-c", "rm -f /dev/loop[0-9]*");
    String run = runs().getFirst();
    Path sleeper = context("FROM " + BASE + "\nRUN echo it is $((40 + 2)); sleep 600\n");
    Running step = client.start(command(inside(), sleeper));
    step.awaitPrinted("it is 42");
    assertThat(loopsOf(run)).isNotEmpty();

    client.run("docker", "kill", "--signal=KILL", daemon.getContainerId()).ok();
    client.run("docker", "wait", daemon.getContainerId()).ok();
    assertThat(step.await().code()).isNotZero();
    Instant end = Instant.now().plus(Duration.ofSeconds(20));
    while (!loopsOf(run).isEmpty() && Instant.now().isBefore(end)) {
      Thread.onSpinWait(); // the kernel lets them go after the process is gone
    }
    assertThat(loopsOf(run)).isEmpty();

    client.run("docker", "start", daemon.getContainerId()).ok();
    awaitWorkers();
    assertThat(runs()).hasSize(1).doesNotContain(run);
    Path next = context("FROM " + BASE + "\nRUN echo it goes on > /f\n");
    build(inside(), next, push("registry:5000/next:1")).ok();
  }

  @Test
  void itRefusesToWorkWithoutPrivileges() throws Exception {
    Ended asked = client.run("docker", "run", "--rm", EngineImages.DAEMON, "--version").ok();
    assertThat(asked.out()).startsWith("buildkitd github.com/moby/buildkit v");
    Ended confined = client.run("docker", "run", "--rm", EngineImages.DAEMON);
    assertThat(confined.code()).isEqualTo(3);
    assertThat(confined.err()).contains("/dev/fuse").contains("privileged");
    Ended user =
        client.run("docker", "run", "--rm", "--privileged", "--user=1000", EngineImages.DAEMON);
    assertThat(user.code()).isEqualTo(3);
    assertThat(user.err()).contains("user 1000").contains("no rootless mode");
  }

  /** A busybox, pushed by the daemon under test: there is no other in reach of the registry. */
  private void pushBase() throws Exception {
    Path context = context("FROM scratch\nCOPY bin /bin\n");
    client
        .run(
            "sh",
            "-c",
            "mkdir $0/bin && cp -L $(command -v busybox) $0/bin/ && cd $0/bin"
                + " && for a in sh cat echo sleep; do ln -s busybox $a; done",
            context.toString())
        .ok();
    build(inside(), context, push(BASE)).ok();
  }

  /** The address by which clients reach it through {@code docker exec}. */
  private String inside() {
    return "docker-container://" + daemon.getContainerId();
  }

  private static String push(String name) {
    return "--output=type=image,push=true,name=" + name;
  }

  private Ended build(String address, Path context, String... more) throws Exception {
    return client.run(command(address, context, more));
  }

  private static String[] command(String address, Path context, String... more) {
    return with(
        List.of(
            "buildctl",
            "--addr=" + address,
            "build",
            "--progress=plain",
            "--frontend=dockerfile.v0",
            "--local=context=" + context,
            "--local=dockerfile=" + context),
        more);
  }

  private static String[] with(List<String> command, String... more) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private Path context(String dockerfile) throws IOException {
    Path context = Files.createTempDirectory(temp, "context");
    Files.writeString(context.resolve("Dockerfile"), dockerfile);
    return context;
  }

  /** The folders of the processes that the state knows, one each. */
  private List<String> runs() throws Exception {
    return daemon.execInContainer("ls", "/var/lib/buildkit/run").getStdout().lines().toList();
  }

  /** The host's loop devices that belong to a process of the daemon's. */
  private static List<String> loopsOf(String run) throws IOException {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> loops =
        Files.newDirectoryStream(Path.of("/sys/block"), "loop[0-9]*")) {
      for (Path loop : loops) {
        Path backing = loop.resolve("loop/backing_file");
        if (Files.exists(backing) && Files.readString(backing).contains("/" + run + "/")) {
          found.add(loop.getFileName() + " " + Files.readString(backing));
        }
      }
    }
    return found;
  }

  private void awaitWorkers() throws Exception {
    Instant end = Instant.now().plus(Duration.ofMinutes(1));
    Ended asked;
    do {
      asked = client.run("docker", "exec", daemon.getContainerId(), "buildctl", "debug", "workers");
    } while (asked.code() != 0 && Instant.now().isBefore(end));
    asked.ok();
  }
}
