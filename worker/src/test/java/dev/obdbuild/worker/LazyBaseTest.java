package dev.obdbuild.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.Op;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.solver.SolveException;
import dev.obdbuild.testkit.Fault;
import dev.obdbuild.testkit.LoggedRequest;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.worker.BuildFixture.Built;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bases that lie on a registry as overlaybd layers. */
@NeedsRoot
@NeedsDevice
@NeedsTool({"crun", "busybox", "mke2fs"})
@Timeout(120)
final class LazyBaseTest {

  @TempDir Path folder;
  private TestRegistry registry;
  private String plain;

  @BeforeEach
  void open() throws IOException {
    registry = TestRegistry.start();
    plain = BusyboxBase.putOn(registry);
  }

  @AfterEach
  void close() {
    registry.close();
  }

  /** Pushes the base with a file of 8 MiB that cannot be compressed. */
  private String convert(Optional<Descriptor> subject) throws Exception {
    return convert("dd if=/dev/urandom of=/big bs=1048576 count=8 2>/dev/null", subject);
  }

  private String convert(String command, Optional<Descriptor> subject) throws Exception {
    try (BuildFixture builder = new BuildFixture(folder.resolve("one"), registry, plain)) {
      Node.Out big = builder.run(builder.image(), command);
      try (Built built = builder.build(big)) {
        return ConvertedImage.push(registry, built.snapshot, subject);
      }
    }
  }

  @Test
  void onlyWhatAStepReadsIsFetched() throws Exception {
    String converted = convert(Optional.empty());
    registry.clearLog();
    try (BuildFixture builder = new BuildFixture(folder.resolve("two"), registry, converted);
        Built built = builder.build(builder.run(builder.image(), "echo ok > /out"))) {
      assertThat(built.text("out")).isEqualTo("ok\n");
      assertThat(built.snapshot.layers()).hasSize(3);
    }
    long ranged =
        registry.requests("GET /v2/base/blobs/").stream()
            .filter(request -> request.headers().containsKey("range"))
            .count();
    assertThat(ranged).isPositive();
  }

  @Test
  void aFileThatIsCopiedFromALargeImageIsAllThatIsFetchedOfIt() throws Exception {
    String converted =
        convert(
            "mkdir /d && for i in 1 2 3 4 5 6; do dd if=/dev/urandom of=/d/$i bs=1048576 count=16; done"
                + " 2>/dev/null && echo found > /d/small",
            Optional.empty());
    registry.clearLog();
    try (BuildFixture builder = new BuildFixture(folder.resolve("two"), registry, converted);
        Built built = builder.build(builder.copied(builder.image(), "/d/small", "/small"))) {
      assertThat(built.text("small")).isEqualTo("found\n");
      assertThat(built.snapshot.layers()).hasSize(1);
    }
    List<LoggedRequest> reads = registry.requests("GET /v2/base/blobs/");
    assertThat(fetched(reads)).isPositive().isLessThan(2L * (96 << 20) / 100);
    assertThat(reads)
        .as("only the config is fetched whole")
        .filteredOn(request -> !request.headers().containsKey("range"))
        .hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void aStepThatMountsALargeImageFetchesNoMoreThanItReads() throws Exception {
    String converted =
        convert(
            "dd if=/dev/urandom of=/big bs=1048576 count=64 2>/dev/null && echo found > /small",
            Optional.empty());
    registry.clearLog();
    try (BuildFixture builder = new BuildFixture(folder.resolve("two"), registry, converted)) {
      ExecMount whole = ExecMount.bind(1, "", "/from", Op.NONE, true);
      Node.Out root = builder.run(builder.image(), "true");
      Node.Out step = builder.run(List.of(root, builder.image()), "cat /from/small > /out", whole);
      try (Built built = builder.build(step)) {
        assertThat(built.text("out")).isEqualTo("found\n");
      }
    }
    assertThat(fetched(registry.requests("GET /v2/base/blobs/")))
        .isPositive()
        .isLessThan(16L << 20);
  }

  /** How many bytes ranged requests asked for. */
  private static long fetched(List<LoggedRequest> requests) {
    long sum = 0;
    for (LoggedRequest request : requests) {
      Optional<String> range = request.header("range");
      if (range.isPresent()) {
        String[] ends = range.get().substring("bytes=".length()).split("-", -1);
        sum += Long.parseLong(ends[1]) - Long.parseLong(ends[0]) + 1;
      }
    }
    return sum;
  }

  @Test
  void aConvertedFormThatWasPushedAsReferrerIsUsed() throws Exception {
    Digest digest = Digest.parse(plain.substring(plain.indexOf('@') + 1));
    byte[] manifest = registry.manifest("base", digest.toString()).orElseThrow();
    convert(Optional.of(new Descriptor(MediaTypes.OCI_MANIFEST, digest, manifest.length)));
    registry.clearLog();
    try (BuildFixture builder = new BuildFixture(folder.resolve("two"), registry, plain);
        Built built = builder.build(builder.run(builder.image(), "ls -l /big > /out"))) {
      assertThat(built.text("out")).contains("8388608");
    }
    assertThat(registry.requests("GET /v2/base/blobs/"))
        .as("no layer is fetched whole, the config is")
        .filteredOn(request -> !request.headers().containsKey("range"))
        .hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void aReadThatFailsInTheMiddleOfAStepFailsItAlthoughItsCommandExitsZero() throws Exception {
    String converted = convert(Optional.empty());
    try (BuildFixture builder = new BuildFixture(folder.resolve("two"), registry, converted)) {
      Node.Out step =
          builder.run(builder.image(), "echo started; sleep 1; cat /big > /dev/null 2>&1; exit 0");
      CompletableFuture<Throwable> ended = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> ended.complete(catchThrowable(() -> builder.build(step).close())));
      while (!builder.log.toString().contains("started")) {
        Thread.sleep(5);
      }
      registry.failNext(10_000, "GET /v2/base/blobs/", Fault.status(404, "BLOB_UNKNOWN"));
      assertThat(ended.get())
          .isInstanceOf(SolveException.class)
          .hasMessageContaining("device of the step failed");
      registry.heal();
      try (Built built = builder.build(step)) {
        assertThat(built.has("big")).isTrue();
      }
    }
  }
}
