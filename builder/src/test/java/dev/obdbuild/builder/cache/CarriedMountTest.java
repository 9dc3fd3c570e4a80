package dev.obdbuild.builder.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecMount.Cache;
import dev.obdbuild.llb.ExecMount.ContentCache;
import dev.obdbuild.llb.ExecMount.Sharing;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.Op;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.pusher.cache.CacheDocument;
import dev.obdbuild.pusher.cache.CacheDocument.Mount;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.SolveResult;
import dev.obdbuild.worker.WorkerResult;
import dev.obdbuild.worker.cachemount.FolderId;
import dev.obdbuild.worker.cachemount.FolderUse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cache mounts that one machine fills and another, with nothing on its disk, goes on with. */
final class CarriedMountTest extends CarriedTest {

  private static final int BIG = 8_000_000;
  private static final String FILL =
      "head -c " + BIG + " /dev/urandom > /m/big; echo kept > /m/small";

  @BeforeEach
  void seed() throws IOException {
    Files.writeString(Files.createDirectories(it.context().resolve("seed")).resolve("s"), "seeded");
  }

  private static Node.Out run(String command, ExecMount mount) {
    return mount.input() == Op.NONE
        ? CarriedFixture.run(command, List.of(mount), CarriedFixture.tools())
        : CarriedFixture.run(
            command, List.of(mount), CarriedFixture.tools(), CarriedFixture.local());
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

  private SolveResult<WorkerResult> buildAndExport(
      CacheMachine machine, Node.Out result, CacheTarget target, CacheSource... sources)
      throws IOException {
    SolveResult<WorkerResult> built = machine.build(result, LocalStores.none(), sources);
    assertThat(machine.export(built, target)).containsKey(BuildCaches.MANIFEST_KEY);
    return built;
  }

  private void fill(Node.Out step) throws Exception {
    try (CacheMachine machine = it.machine("first")) {
      buildAndExport(machine, step, it.target("mounts=true"));
    }
  }

  private Manifest manifest() throws IOException {
    return Manifest.parse(it.registry().manifest("cache", "main").orElseThrow(), "cache");
  }

  private CacheDocument document() throws IOException {
    byte[] body =
        it.registry().blob("cache", manifest().config().digest().toString()).orElseThrow();
    return CacheDocument.parse(body, "document");
  }

  private String text(CacheMachine machine, String command, CacheSource... sources)
      throws IOException {
    return machine.text(machine.build(step(command), LocalStores.none(), sources), "copy");
  }

  @Test
  void aNewMountStartsWithWhatItHeldElsewhereAndFetchesOnlyWhatIsRead() throws Exception {
    fill(step(FILL));
    try (CacheMachine machine = it.machine("second")) {
      it.registry().clearLog();

      assertThat(text(machine, "cat /m/small > /copy", it.source())).isEqualTo("kept\n");

      assertThat(machine.fetched()).isBetween(1L, 2_000_000L);
      assertThat(it.registry().requests("GET /v2/cache/blobs"))
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
    try (CacheMachine machine = it.machine("first")) {
      buildAndExport(machine, step(FILL), it.target());

      assertThat(document().mounts()).isEmpty();
      assertThat(new String(document().toJson(), StandardCharsets.UTF_8)).doesNotContain("mounts");
      assertThat(machine.snapshots.pins().bytes()).isEmpty();
    }
  }

  @Test
  void aChangedMountAddsOneSmallLayerAndAnUnchangedOneNone() throws Exception {
    fill(step(FILL));
    List<Descriptor> before = manifest().layers();
    try (CacheMachine machine = it.machine("second")) {
      buildAndExport(machine, step("cat /m/small > /copy"), it.target("mounts=true"), it.source());
      int top = document().mounts().getFirst().top();
      assertThat(document().chain(top)).as("only read").hasSize(1);

      it.registry().clearLog();
      buildAndExport(machine, step("echo more >> /m/small"), it.target("mounts=true"));

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
    try (CacheMachine machine = it.machine("third")) {
      assertThat(text(machine, "cat /m/small > /copy", it.source())).isEqualTo("kept\nmore\n");
    }
  }

  @Test
  void whatAMachineHasItselfWins() throws Exception {
    fill(step(FILL));
    try (CacheMachine machine = it.machine("second")) {
      var _ = machine.build(step("echo own > /m/small"), LocalStores.none());

      assertThat(text(machine, "cat /m/small > /copy", it.source())).isEqualTo("own\n");
    }
  }

  @Test
  void mountsOfACacheAreLeftOutOnRequest() throws Exception {
    fill(step(FILL));
    try (CacheMachine machine = it.machine("second")) {
      assertThat(
              text(machine, "cat /m/small > /copy || echo none > /copy", it.source("mounts=false")))
          .isEqualTo("none\n");
    }
  }

  @Test
  void aMountThatNoStepNeededIsHandedOn() throws Exception {
    fill(step(FILL));
    CacheDocument first = document();
    try (CacheMachine machine = it.machine("second")) {
      buildAndExport(machine, step(FILL), it.target("mounts=true"), it.source());

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
    it.registry()
        .deleteBlob(
            "cache", document.layers().get(document.mounts().getFirst().top()).blob().toString());
    try (CacheMachine machine = it.machine("second")) {
      assertThat(text(machine, "cat /m/small > /copy || echo none > /copy", it.source()))
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
    try (CacheMachine machine = it.machine("second")) {
      Node.Out locked = run(busybox("cat /m/small > /copy"), mount(Sharing.LOCKED));
      SolveResult<WorkerResult> built = machine.build(locked, LocalStores.none(), it.source());

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
    try (CacheMachine machine = it.machine("second")) {
      String look = busybox("cat /m/s /m/small > /copy || echo none >> /copy");
      SolveResult<WorkerResult> same =
          machine.build(run(look, seeded), LocalStores.none(), it.source());
      assertThat(machine.text(same, "copy")).isEqualTo("seededkept\n");

      Files.writeString(it.context().resolve("seed/s"), "other");
      SolveResult<WorkerResult> other =
          machine.build(run(look, seeded), LocalStores.none(), it.source());
      assertThat(machine.text(other, "copy")).isEqualTo("othernone\n");

      SolveResult<WorkerResult> plain = machine.build(step(look), LocalStores.none(), it.source());
      assertThat(machine.text(plain, "copy")).isEqualTo("none\n");
    }
  }

  @Test
  void nothingOfAMountIsLeftWhenItIsRemoved() throws Exception {
    fill(step(FILL));
    try (CacheMachine machine = it.machine("second")) {
      buildAndExport(
          machine, step("cat /m/big /m/small > /m/third"), it.target("mounts=true"), it.source());
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

  /** More uses than a folder may have layers, before it goes on to the next machine. */
  @Test
  void aMountOfManyUsesTravelsAsAShortChain() throws Exception {
    int uses = 60;
    fill(step(FILL));
    try (CacheMachine machine = it.machine("second")) {
      buildAndExport(
          machine, step("echo in use > /m/small"), it.target("mounts=true"), it.source());
      for (int i = 0; i < uses; i++) {
        Path file = Path.of("f" + i);
        try (FolderUse use =
            machine.mounts.use(
                FolderId.of("m"),
                dev.obdbuild.worker.cachemount.Sharing.SHARED,
                folder -> {},
                Cancellation.never())) {
          machine
              .snapshots
              .mountThreads()
              .call(() -> Files.writeString(use.folder().resolve(file), "of " + file));
        }
      }
      buildAndExport(machine, step("cat /m/f59 > /copy"), it.target("mounts=true"));
    }
    int top = document().mounts().getFirst().top();
    assertThat(document().chain(top)).hasSizeBetween(2, 48);
    try (CacheMachine machine = it.machine("third")) {
      assertThat(text(machine, "cat /m/small /m/f0 /m/f47 /m/f59 > /copy", it.source()))
          .isEqualTo("in use\nof f0of f47of f59");
      assertThat(text(machine, "head -c 9000000 /m/big > /copy; echo ${#0} > /copy")).isNotEmpty();
      assertThat(machine.fetched()).as("all of it is there").isGreaterThan(BIG);
    }
  }
}
