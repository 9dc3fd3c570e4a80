package dev.obdbuild.builder.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.llb.Node;
import dev.obdbuild.solver.SolveResult;
import dev.obdbuild.worker.WorkerResult;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Builds on one machine that another machine, with nothing on its disk, takes over. */
final class CarriedBuildTest extends CarriedTest {

  /** Two stages; the first one makes a file that is never the same twice. */
  private static Node.Out image(String dest, String last) {
    Node.Out tools = CarriedFixture.tools();
    Node.Out made =
        CarriedFixture.run(
            "/bin/busybox cat /proc/sys/kernel/random/uuid > /made", List.of(), tools);
    Node.Out copied = CarriedFixture.copy(0, "/made", dest, "COPY --from", tools, made);
    return CarriedFixture.run(last, List.of(), copied);
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

  private String buildAndExport(String mode) throws Exception {
    try (CacheMachine machine = it.machine("first")) {
      SolveResult<WorkerResult> built = machine.build(image("/app", LAST), LocalStores.none());
      Map<String, String> response =
          exported(machine, built, LocalStores.none(), "registry", it.cache("mode=" + mode));
      assertThat(response).containsKey(BuildCaches.MANIFEST_KEY);
      assertThat(machine.executed).contains("exporting cache to registry");
      return machine.text(built, "copy") + CacheMachine.snapshot(built).layerTimes();
    }
  }

  @Test
  void anEmptyMachineTakesTheResultOverWithoutMovingAByteOfALayer() throws Exception {
    String made = buildAndExport("min");
    try (CacheMachine machine = it.machine("second")) {
      it.registry().clearLog();

      SolveResult<WorkerResult> built =
          machine.build(image("/app", LAST), LocalStores.none(), it.source());

      assertThat(machine.executed)
          .allMatch(name -> name.equals("context") || name.startsWith("importing cache manifest"));
      assertThat(machine.fetched()).isZero();
      assertThat(it.registry().count("GET /v2/cache/blobs")).as("the document").isEqualTo(1);
      assertThat(machine.text(built, "copy") + CacheMachine.snapshot(built).layerTimes())
          .isEqualTo(made);
      assertThat(machine.fetched()).isPositive();
    }
  }

  @Test
  void onlyAChangedLastStepIsCarriedOut() throws Exception {
    String made = buildAndExport("min");
    try (CacheMachine machine = it.machine("second")) {
      SolveResult<WorkerResult> built =
          machine.build(
              image("/app", "/bin/busybox cp /app /other"), LocalStores.none(), it.source());

      assertThat(machine.executed)
          .filteredOn(name -> !name.equals("context") && !name.startsWith("importing"))
          .containsExactly("RUN /bin/busybox cp /app /other");
      assertThat(made).startsWith(machine.text(built, "other"));
    }
  }

  @Test
  void withModeMaxAStageThatIsNotPartOfTheResultIsSparedToo() throws Exception {
    String made = buildAndExport("max");
    try (CacheMachine machine = it.machine("second")) {
      SolveResult<WorkerResult> built =
          machine.build(
              image("/elsewhere", "/bin/busybox cp /elsewhere /copy"),
              LocalStores.none(),
              it.source());

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
    try (CacheMachine machine = it.machine("first")) {
      SolveResult<WorkerResult> built = machine.build(image("/app", LAST), stores);
      manifest =
          exported(machine, built, stores, "local", Map.of("dest", "/layout"))
              .getOrDefault(BuildCaches.MANIFEST_KEY, "");
      made = machine.text(built, "copy");
    }
    String digest = manifest.replaceFirst(".*\"digest\":\"(sha256:[0-9a-f]+)\".*", "$1");
    try (CacheMachine machine = it.machine("second")) {
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
    try (CacheMachine machine = it.machine("second")) {
      CacheSource missing =
          CacheSource.parse("registry", Map.of("ref", it.registry().host() + "/none:1"));
      for (String path : layerBlobs()) {
        it.registry().deleteBlob("cache", path);
      }

      SolveResult<WorkerResult> built =
          machine.build(image("/app", LAST), LocalStores.none(), missing, it.source());

      assertThat(machine.failed)
          .containsOnlyKeys("importing cache manifest from " + it.registry().host() + "/none:1");
      assertThat(machine.executed).contains("RUN " + LAST, "COPY --from", "COPY busybox");
      assertThat(machine.text(built, "copy")).hasSize(37);
    }
  }

  private List<String> layerBlobs() {
    String manifest =
        new String(
            it.registry().manifest("cache", "main").orElseThrow(),
            java.nio.charset.StandardCharsets.UTF_8);
    String layers = manifest.substring(manifest.indexOf("\"layers\""));
    return java.util.regex.Pattern.compile("\"digest\":\"(sha256:[0-9a-f]+)\"")
        .matcher(layers)
        .results()
        .map(match -> match.group(1))
        .toList();
  }
}
