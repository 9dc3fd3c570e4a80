package dev.obdbuild.builder.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecMount.Cache;
import dev.obdbuild.llb.ExecMount.ContentCache;
import dev.obdbuild.llb.ExecMount.Sharing;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.FileAction;
import dev.obdbuild.llb.FileOp;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.Op;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.pusher.cache.CacheDocument;
import dev.obdbuild.pusher.cache.CacheDocument.Mount;
import dev.obdbuild.solver.SolveResult;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.worker.WorkerResult;
import dev.obdbuild.worker.cachemount.FolderId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cache mounts that one machine fills and another, with nothing on its disk, goes on with. */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsTool({"crun", "busybox", "mke2fs"})
final class CarriedMountTest {

  private static final int BIG = 8_000_000;
  private static final String FILL =
      "head -c " + BIG + " /dev/urandom > /m/big; echo kept > /m/small";

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
    Files.writeString(Files.createDirectories(context.resolve("seed")).resolve("s"), "seeded");
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

  private static Node.Out tools() {
    FileAction.Copy copy =
        new FileAction.Copy(
            "/busybox",
            "/bin/busybox",
            Optional.empty(),
            -1,
            "",
            FileAction.TIME_UNSET,
            FileAction.CopyOptions.CONTEXT,
            List.of(),
            List.of(),
            List.of());
    return node(
        new FileOp(List.of(new FileAction(-1, 0, 0, copy))),
        "COPY busybox",
        node(SourceOp.of("local://context", Map.of()), "context"));
  }

  private static Node.Out run(String command, ExecMount... mounts) {
    List<ExecMount> all = new ArrayList<>();
    all.add(ExecMount.bind(0, "", "/", 0, false));
    all.addAll(List.of(mounts));
    ExecOp op =
        new ExecOp(
            ExecMeta.of(
                List.of("/bin/busybox", "sh", "-c", command), List.of("PATH=/bin"), "/", ""),
            all,
            ExecOp.NetworkMode.DEFAULT,
            ExecOp.SecurityMode.SANDBOX,
            List.of(),
            List.of());
    boolean seeded = all.stream().anyMatch(mount -> mount.input() == 1);
    Node.Out root = tools();
    return seeded
        ? node(op, command, root, node(SourceOp.of("local://context", Map.of()), "context"))
        : node(op, command, root);
  }

  private static String busybox(String command) {
    return command
        .replace("head ", "/bin/busybox head ")
        .replace("cat ", "/bin/busybox cat ")
        .replace("rm ", "/bin/busybox rm ");
  }

  private static ExecMount mount(Sharing sharing) {
    return ExecMount.of(new Cache("m", sharing), "/m");
  }

  private static Node.Out step(String command) {
    return run(busybox(command), mount(Sharing.SHARED));
  }

  private CacheSource source(String... more) {
    return CacheSource.parse("registry", attributes(more));
  }

  private CacheTarget target(String... more) {
    return CacheTarget.parse("registry", attributes(more));
  }

  private Map<String, String> attributes(String... more) {
    Map<String, String> attributes = new HashMap<>(Map.of("ref", registry.host() + "/cache:main"));
    for (String one : more) {
      String[] pair = one.split("=", 2);
      attributes.put(pair[0], pair[1]);
    }
    return attributes;
  }

  private SolveResult<WorkerResult> buildAndExport(
      CacheMachine machine, Node.Out result, CacheTarget target, CacheSource... sources)
      throws IOException {
    SolveResult<WorkerResult> built = machine.build(result, LocalStores.none(), sources);
    assertThat(machine.export(built, target)).containsKey(BuildCaches.MANIFEST_KEY);
    return built;
  }

  private void fill(Node.Out step) throws Exception {
    try (CacheMachine machine = machine("first")) {
      buildAndExport(machine, step, target("mounts=true"));
    }
  }

  private Manifest manifest() throws IOException {
    return Manifest.parse(registry.manifest("cache", "main").orElseThrow(), "cache");
  }

  private CacheDocument document() throws IOException {
    byte[] body = registry.blob("cache", manifest().config().digest().toString()).orElseThrow();
    return CacheDocument.parse(body, "document");
  }

  private String text(CacheMachine machine, String command, CacheSource... sources)
      throws IOException {
    return machine.text(machine.build(step(command), LocalStores.none(), sources), "copy");
  }

  @Test
  void aNewMountStartsWithWhatItHeldElsewhereAndFetchesOnlyWhatIsRead() throws Exception {
    fill(step(FILL));
    try (CacheMachine machine = machine("second")) {
      registry.clearLog();

      assertThat(text(machine, "cat /m/small > /copy", source())).isEqualTo("kept\n");

      assertThat(machine.fetched()).isBetween(1L, 2_000_000L);
      assertThat(registry.requests("GET /v2/cache/blobs"))
          .hasSizeLessThan(20)
          .filteredOn(request -> request.header("range").isEmpty())
          .as("only the document is read whole")
          .hasSize(1);
      // All of it is there, though.
      assertThat(text(machine, "cat /m/big > /copy; echo -n ${#0} > /copy")).isNotEmpty();
      assertThat(machine.fetched()).isGreaterThan(BIG);
    }
  }

  @Test
  void nothingOfMountsIsExportedUnlessThatIsAskedFor() throws Exception {
    try (CacheMachine machine = machine("first")) {
      buildAndExport(machine, step(FILL), target());

      assertThat(document().mounts()).isEmpty();
      assertThat(new String(document().toJson(), StandardCharsets.UTF_8)).doesNotContain("mounts");
      assertThat(machine.snapshots.pins().bytes()).isEmpty();
    }
  }

  @Test
  void aChangedMountAddsOneSmallLayerAndAnUnchangedOneNone() throws Exception {
    fill(step(FILL));
    List<Descriptor> before = manifest().layers();
    try (CacheMachine machine = machine("second")) {
      buildAndExport(machine, step("cat /m/small > /copy"), target("mounts=true"), source());
      int top = document().mounts().getFirst().top();
      assertThat(document().chain(top)).as("only read").hasSize(1);

      registry.clearLog();
      buildAndExport(machine, step("echo more >> /m/small"), target("mounts=true"));

      Mount mount = document().mounts().getFirst();
      assertThat(document().chain(mount.top())).hasSize(2);
      CacheDocument.Layer added = document().layers().get(mount.top());
      assertThat(manifest().layers())
          .filteredOn(layer -> layer.digest().equals(added.blob()))
          .singleElement()
          .satisfies(layer -> assertThat(layer.size()).isLessThan(100_000));
      assertThat(manifest().layers().stream().map(Descriptor::digest))
          .as("the first layer is still that of the first machine")
          .contains(
              before.stream()
                  .filter(layer -> layer.size() > BIG)
                  .map(Descriptor::digest)
                  .findFirst()
                  .orElseThrow());
      assertThat(machine.fetched()).as("and was not fetched to be exported").isLessThan(BIG / 2);
    }
    try (CacheMachine machine = machine("third")) {
      assertThat(text(machine, "cat /m/small > /copy", source())).isEqualTo("kept\nmore\n");
    }
  }

  @Test
  void whatAMachineHasItselfWins() throws Exception {
    fill(step(FILL));
    try (CacheMachine machine = machine("second")) {
      var _ = machine.build(step("echo own > /m/small"), LocalStores.none());

      assertThat(text(machine, "cat /m/small > /copy", source())).isEqualTo("own\n");
    }
  }

  @Test
  void mountsOfACacheAreLeftOutOnRequest() throws Exception {
    fill(step(FILL));
    try (CacheMachine machine = machine("second")) {
      assertThat(text(machine, "cat /m/small > /copy || echo none > /copy", source("mounts=false")))
          .isEqualTo("none\n");
    }
  }

  @Test
  void aMountThatNoStepNeededIsHandedOn() throws Exception {
    fill(step(FILL));
    CacheDocument first = document();
    try (CacheMachine machine = machine("second")) {
      buildAndExport(machine, step(FILL), target("mounts=true"), source());

      assertThat(machine.executed).noneMatch(name -> name.contains("urandom"));
      assertThat(document().mounts()).hasSize(1);
      assertThat(document().layers()).isEqualTo(first.layers());
      assertThat(machine.fetched()).isZero();
    }
  }

  @Test
  void aMountWhoseLayersAreGoneStartsEmptyWithAWarning() throws Exception {
    fill(step(FILL));
    CacheDocument document = document();
    registry.deleteBlob(
        "cache", document.layers().get(document.mounts().getFirst().top()).blob().toString());
    try (CacheMachine machine = machine("second")) {
      assertThat(text(machine, "cat /m/small > /copy || echo none > /copy", source()))
          .isEqualTo("none\n");
      assertThat(machine.warned)
          .singleElement()
          .asString()
          .contains("cache mount m of cache ")
          .contains("is not there any more");
    }
  }

  @Test
  void privateAndLockedMountsTravelAsWell() throws Exception {
    fill(run(busybox(FILL), mount(Sharing.PRIVATE)));
    try (CacheMachine machine = machine("second")) {
      Node.Out locked = run(busybox("cat /m/small > /copy"), mount(Sharing.LOCKED));
      SolveResult<WorkerResult> built = machine.build(locked, LocalStores.none(), source());

      assertThat(machine.text(built, "copy")).isEqualTo("kept\n");
    }
  }

  @Test
  void whatAFolderStartedWithIsPartOfItsName() throws Exception {
    ExecMount seeded =
        new ExecMount(
            1, "/seed", "/m", Op.NONE, false, new Cache("m", Sharing.SHARED), ContentCache.DEFAULT);
    fill(run(busybox("cat /m/s > /copy; echo kept > /m/small"), seeded));
    assertThat(document().mounts()).singleElement().matches(m -> m.initial().isPresent());
    try (CacheMachine machine = machine("second")) {
      String look = busybox("cat /m/s /m/small > /copy || echo none >> /copy");
      SolveResult<WorkerResult> same =
          machine.build(run(look, seeded), LocalStores.none(), source());
      assertThat(machine.text(same, "copy")).isEqualTo("seededkept\n");

      Files.writeString(context.resolve("seed/s"), "other");
      SolveResult<WorkerResult> other =
          machine.build(run(look, seeded), LocalStores.none(), source());
      assertThat(machine.text(other, "copy")).isEqualTo("othernone\n");

      SolveResult<WorkerResult> plain = machine.build(step(look), LocalStores.none(), source());
      assertThat(machine.text(plain, "copy")).isEqualTo("none\n");
    }
  }

  @Test
  void nothingOfAMountIsLeftWhenItIsRemoved() throws Exception {
    fill(step(FILL));
    try (CacheMachine machine = machine("second")) {
      buildAndExport(
          machine, step("cat /m/big /m/small > /m/third"), target("mounts=true"), source());
      assertThat(machine.mounts.list())
          .singleElement()
          .satisfies(
              record -> {
                assertThat(record.id()).isEqualTo("m");
                assertThat(record.bytes()).isGreaterThan(BIG);
                assertThat(record.inUse()).isFalse();
              });

      assertThat(machine.mounts.remove(machine.mounts.list().getFirst())).isTrue();

      assertThat(machine.mounts.list()).isEmpty();
      assertThat(machine.snapshots.pins().bytes()).isEmpty();
      assertThat(machine.snapshots.usage().records()).allMatch(record -> record.pin().isEmpty());
      assertThat(machine.mounts.named("m")).containsExactly(FolderId.of("m"));
    }
  }
}
