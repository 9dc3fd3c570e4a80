package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.daemon.Client.Ended;
import dev.obdbuild.testkit.NeedsBases;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The project's examples, built by {@code buildx} and the daemon of a fixture, and run as users run
 * them. What their FROM lines name comes from the fixture's registry, the daemon's mirror of the
 * hub; the toolchains there are made from Debian's packages by the example {@code toolchains}.
 */
final class ExampleImages {

  /** The configuration of a daemon that takes the hub's images from the fixture's registry. */
  static final String MIRROR = "[registry.\"docker.io\"]\nmirrors = [\"REGISTRY\"]\n";

  /** A compiler is 100 to 300 MB of packages that come from afar, and there are five toolchains. */
  private static final Duration LONGEST_BAKE = Duration.ofMinutes(20);

  private final DaemonFixture it;
  private final Path state;

  /**
   * Examples of a fixture with {@link #MIRROR}; images are run with a state folder of their own.
   */
  ExampleImages(DaemonFixture it, Path state) {
    this.it = it;
    this.state = state;
  }

  /** The folder of an example. */
  static Path folder(String example) {
    return Path.of("").toAbsolutePath().resolveSibling("examples").resolve(example);
  }

  /** Fills the registry with the images that the examples stand on. */
  void makeBases() throws IOException, InterruptedException {
    copy("base/busybox:1", "library/busybox:1");
    copy("base/slim:1", "library/debian:12-slim");
    bake(folder("toolchains"));
  }

  private void copy(String from, String to) throws IOException, InterruptedException {
    it.client()
        .run(
            "skopeo",
            "copy",
            "--quiet",
            "--src-tls-verify=false",
            "--dest-tls-verify=false",
            "docker://" + System.getenv(NeedsBases.REGISTRY) + "/" + from,
            "docker://" + it.registry() + "/" + to)
        .ok();
  }

  /** Builds and pushes every target of a folder's bake file. */
  void bake(Path folder) throws IOException, InterruptedException {
    it.client()
        .within(LONGEST_BAKE)
        .with("REGISTRY", it.registry())
        .with("BUILDX_BAKE_ENTITLEMENTS_FS", "0")
        .run(
            "sh",
            "-c",
            "cd \"$0\" && exec \"$@\"",
            folder.toString(),
            "buildx",
            "bake",
            "--builder=" + it.builder(),
            "--push")
        .ok();
  }

  /** The name in the registry of what {@link #build} pushes. */
  String name(String example) {
    return it.registry() + "/examples/" + example + ":1";
  }

  /** Builds and pushes an example; what the client printed. */
  Ended build(String example, List<String> flags) throws IOException, InterruptedException {
    return it.client().run(command(example, flags));
  }

  /** The command that builds and pushes an example. */
  String[] command(String example, List<String> flags) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("build", "--push", "--tag", name(example)));
    all.addAll(flags);
    all.add(folder(example).toString());
    return it.buildxCommand(all.toArray(String[]::new));
  }

  /** What an image prints when it is run with these arguments, by the launcher. */
  String run(String example, String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>();
    all.add(folder("..").resolve("obd-build").normalize().toString());
    all.addAll(List.of("--root", state.toString(), "run", name(example)));
    all.addAll(List.of(arguments));
    return it.client().with("OBD_REBUILD", "never").run(all.toArray(String[]::new)).ok().out();
  }

  /** An image's configuration as it lies in the registry. */
  JsonNode config(String example) throws IOException, InterruptedException {
    return JsonMapper.shared()
        .readTree(
            it.client()
                .run(
                    "skopeo",
                    "inspect",
                    "--tls-verify=false",
                    "--config",
                    "--raw",
                    "docker://" + name(example))
                .ok()
                .out());
  }
}
