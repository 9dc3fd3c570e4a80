package dev.obdbuild.builder.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.FileAction;
import dev.obdbuild.llb.FileOp;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.Op;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.solver.SolveResult;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.worker.WorkerResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds on one machine that another machine, with nothing on its disk, takes over. */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsTool({"crun", "busybox", "mke2fs"})
final class CarriedBuildTest {

  @TempDir private Path temp;
  private TestRegistry registry;
  private Path context;

  @BeforeEach
  void start() throws IOException {
    registry = TestRegistry.start();
    context = Files.createDirectories(temp.resolve("context"));
    Path busybox =
        Path.of(Files.exists(Path.of("/bin/busybox")) ? "/bin/busybox" : "/usr/bin/busybox");
    Files.copy(busybox, context.resolve("busybox"));
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private CacheMachine machine(String name) throws IOException {
    return new CacheMachine(Files.createDirectories(temp.resolve(name)), context);
  }

  private static Node.Out node(Op op, String name, Node.Out... inputs) {
    return Node.of(
            op,
            List.of(inputs),
            Optional.of(new Platform("linux", "amd64")),
            VertexMetadata.of(Map.of(VertexMetadata.CUSTOM_NAME, name), List.of()))
        .out();
  }

  private static Node.Out copy(int onto, String src, String dest, String name, Node.Out... in) {
    FileAction.Copy copy =
        new FileAction.Copy(
            src,
            dest,
            Optional.empty(),
            -1,
            "",
            FileAction.TIME_UNSET,
            FileAction.CopyOptions.CONTEXT,
            List.of(),
            List.of(),
            List.of());
    return node(new FileOp(List.of(new FileAction(onto, onto + 1, 0, copy))), name, in);
  }

  private static Node.Out run(Node.Out root, String command) {
    ExecOp op =
        new ExecOp(
            ExecMeta.of(List.of("/bin/busybox", "sh", "-c", command), List.of(), "/", ""),
            List.of(ExecMount.bind(0, "", "/", 0, false)),
            ExecOp.NetworkMode.DEFAULT,
            ExecOp.SecurityMode.SANDBOX,
            List.of(),
            List.of());
    return node(op, "RUN " + command, root);
  }

  /** Two stages; the first one makes a file that is never the same twice. */
  private static Node.Out image(String dest, String last) {
    Node.Out local = node(SourceOp.of("local://context", Map.of()), "context");
    Node.Out tools = copy(-1, "/busybox", "/bin/busybox", "COPY busybox", local);
    Node.Out made = run(tools, "/bin/busybox cat /proc/sys/kernel/random/uuid > /made");
    Node.Out copied = copy(0, "/made", dest, "COPY --from", tools, made);
    return run(copied, last);
  }

  private static final String LAST = "/bin/busybox cp /app /copy";

  private Map<String, String> exported(
      CacheMachine machine,
      SolveResult<WorkerResult> built,
      LocalStores stores,
      String type,
      Map<String, String> attributes)
      throws IOException {
    return machine
        .caches(stores)
        .export(
            List.of(CacheTarget.parse(type, attributes)),
            List.of(CacheMachine.snapshot(built)),
            List.of(built.trail()),
            machine.folders());
  }

  private CacheSource source() {
    return CacheSource.parse("registry", Map.of("ref", registry.host() + "/cache:main"));
  }

  private String buildAndExport(String mode) throws Exception {
    try (CacheMachine machine = machine("first")) {
      SolveResult<WorkerResult> built = machine.build(image("/app", LAST), LocalStores.none());
      Map<String, String> response =
          exported(
              machine,
              built,
              LocalStores.none(),
              "registry",
              Map.of("ref", registry.host() + "/cache:main", "mode", mode));
      assertThat(response).containsKey(BuildCaches.MANIFEST_KEY);
      assertThat(machine.executed).contains("exporting cache to registry");
      return machine.text(built, "copy") + CacheMachine.snapshot(built).layerTimes();
    }
  }

  @Test
  void anEmptyMachineTakesTheResultOverWithoutMovingAByteOfALayer() throws Exception {
    String made = buildAndExport("min");
    try (CacheMachine machine = machine("second")) {
      registry.clearLog();

      SolveResult<WorkerResult> built =
          machine.build(image("/app", LAST), LocalStores.none(), source());

      assertThat(machine.executed)
          .allMatch(name -> name.equals("context") || name.startsWith("importing cache manifest"));
      assertThat(machine.fetched()).isZero();
      assertThat(registry.count("GET /v2/cache/blobs")).as("the document").isEqualTo(1);
      assertThat(machine.text(built, "copy") + CacheMachine.snapshot(built).layerTimes())
          .isEqualTo(made);
      assertThat(machine.fetched()).isPositive();
    }
  }

  @Test
  void onlyAChangedLastStepIsCarriedOut() throws Exception {
    String made = buildAndExport("min");
    try (CacheMachine machine = machine("second")) {
      SolveResult<WorkerResult> built =
          machine.build(image("/app", "/bin/busybox cp /app /other"), LocalStores.none(), source());

      assertThat(machine.executed)
          .filteredOn(name -> !name.equals("context") && !name.startsWith("importing"))
          .containsExactly("RUN /bin/busybox cp /app /other");
      assertThat(made).startsWith(machine.text(built, "other"));
    }
  }

  @Test
  void withModeMaxAStageThatIsNotPartOfTheResultIsSparedToo() throws Exception {
    String made = buildAndExport("max");
    try (CacheMachine machine = machine("second")) {
      SolveResult<WorkerResult> built =
          machine.build(
              image("/elsewhere", "/bin/busybox cp /elsewhere /copy"),
              LocalStores.none(),
              source());

      assertThat(machine.executed)
          .filteredOn(name -> !name.equals("context") && !name.startsWith("importing"))
          .containsExactlyInAnyOrder("COPY --from", "RUN /bin/busybox cp /elsewhere /copy");
      assertThat(made).startsWith(machine.text(built, "copy"));
    }
  }

  @Test
  void aFolderCarriesABuildAsWell() throws Exception {
    FolderStore folder = new FolderStore(Files.createDirectories(temp.resolve("layout")));
    LocalStores stores =
        name -> {
          assertThat(name).isEqualTo("local:/layout");
          return folder;
        };
    String made;
    String manifest;
    try (CacheMachine machine = machine("first")) {
      SolveResult<WorkerResult> built = machine.build(image("/app", LAST), stores);
      manifest =
          exported(machine, built, stores, "local", Map.of("dest", "/layout"))
              .getOrDefault(BuildCaches.MANIFEST_KEY, "");
      made = machine.text(built, "copy");
    }
    String digest = manifest.replaceFirst(".*\"digest\":\"(sha256:[0-9a-f]+)\".*", "$1");
    try (CacheMachine machine = machine("second")) {
      SolveResult<WorkerResult> built =
          machine.build(
              image("/app", LAST),
              stores,
              CacheSource.parse("local", Map.of("src", "/layout", "digest", digest)));

      assertThat(machine.executed)
          .allMatch(name -> name.equals("context") || name.startsWith("importing cache manifest"));
      assertThat(machine.text(built, "copy")).isEqualTo(made);
    }
  }

  @Test
  void aCacheThatIsNotThereOrLostALayerOnlyCostsTime() throws Exception {
    var _ = buildAndExport("min");
    try (CacheMachine machine = machine("second")) {
      CacheSource missing =
          CacheSource.parse("registry", Map.of("ref", registry.host() + "/none:1"));
      for (String path : layerBlobs()) {
        registry.deleteBlob("cache", path);
      }

      SolveResult<WorkerResult> built =
          machine.build(image("/app", LAST), LocalStores.none(), missing, source());

      assertThat(machine.failed)
          .containsOnlyKeys("importing cache manifest from " + registry.host() + "/none:1");
      assertThat(machine.executed).contains("RUN " + LAST, "COPY --from", "COPY busybox");
      assertThat(machine.text(built, "copy")).hasSize(37);
    }
  }

  private List<String> layerBlobs() {
    String manifest =
        new String(
            registry.manifest("cache", "main").orElseThrow(),
            java.nio.charset.StandardCharsets.UTF_8);
    String layers = manifest.substring(manifest.indexOf("\"layers\""));
    return java.util.regex.Pattern.compile("\"digest\":\"(sha256:[0-9a-f]+)\"")
        .matcher(layers)
        .results()
        .map(match -> match.group(1))
        .toList();
  }
}
