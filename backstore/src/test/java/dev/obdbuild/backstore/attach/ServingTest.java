package dev.obdbuild.backstore.attach;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.linux.mount.MountFlag;
import dev.obdbuild.linux.mount.Mounts;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations and layers made by the original's tools, served as devices. */
@NeedsDevice
@NeedsShared
@Timeout(180)
final class ServingTest extends ServingFixture {
  @Test
  void layersInFilesAreShownAsTheOriginalShowsThem() throws IOException {
    Path config =
        write(
            "{'lowers': [{'file': '%s'}, {'file': '%s'}], 'resultFile': '%s'}"
                .formatted(
                    fixture("lsmt/stack-2/layer0"),
                    fixture("lsmt/stack-2/layer1"),
                    folder.resolve("result")));
    try (Serving serving = serve(config)) {
      assertThat(result()).isEqualTo("success");
      assertThat(attachments().find(config.toString()).orElseThrow().node())
          .isEqualTo(serving.image().node());
      DeviceHashes.check(fixture("lsmt/stack-2/view.json"), serving.image().node());
      assertThat(serving.image().counts().device().read()).isGreaterThanOrEqualTo(1L << 30);
    }
    assertThat(log).isEmpty();
  }

  @Test
  void aLayerIsFoundInItsFolder() throws IOException {
    Files.createDirectory(folder.resolve("dir0"));
    Files.copy(fixture("lsmt/stack-3/layer0"), folder.resolve("dir0").resolve("overlaybd.commit"));
    try (Serving serving = serve(config("ro-dir"))) {
      assertThat(serving.image().size()).isEqualTo(1L << 30);
      assertThat(serving.image().isWritable()).isFalse();
    }
    assertThat(result()).isEqualTo("success");
  }

  @Test
  @NeedsTool("mount")
  void theFilesystemInLazilyReadLayersIsWhatTheOriginalMade() throws Exception {
    try (TestRegistry registry = TestRegistry.start()) {
      registry.requireToken("u", "p", 60);
      Files.writeString(
          folder.resolve("cred.json"),
          "{\"auths\": {\"%s/team\": {\"username\": \"u\", \"password\": \"p\"}}}"
              .formatted(registry.host()));
      List<String> lowers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        byte[] layer = Files.readAllBytes(fixture("apply/layer" + i));
        String digest = registry.putBlob("team/app", layer);
        // The middle one does not tell its size.
        lowers.add("{'digest': '%s', 'size': %d}".formatted(digest, i == 1 ? 0 : layer.length));
      }
      Path config =
          write(
              "{'repoBlobUrl': 'http://%s/v2/team/app/blobs', 'lowers': [%s]}"
                  .formatted(registry.host(), String.join(",", lowers)));
      Path mnt = Files.createDirectory(folder.resolve("mnt"));
      try (Serving serving = serve(config)) {
        DeviceHashes.check(fixture("apply/view2.json"), serving.image().node());
        Mounts.mount(
            serving.image().node().toString(), mnt, "ext4", Set.of(MountFlag.READ_ONLY), "");
        try {
          TreeCheck.check(fixture("apply/tree2.json"), mnt);
        } finally {
          Mounts.unmount(mnt);
        }
        assertThat(serving.image().counts().fetched()).isPositive();
      }
    }
  }

  @Test
  void damageOnTheWayIsAnErrorAtOnceAndTold() throws IOException {
    try (TestRegistry registry = TestRegistry.start()) {
      byte[] layer = Files.readAllBytes(fixture("apply/layer0"));
      // In the middle of compressed data, far from header, index and trailer.
      layer[layer.length / 2] ^= 0x10;
      String digest = registry.putBlob("team/app", layer);
      Path config =
          write(
              "{'repoBlobUrl': 'http://%s/v2/team/app/blobs', 'lowers': [{'digest': '%s', 'size': %d}]}"
                  .formatted(registry.host(), digest, layer.length));
      try (Serving serving = serve(config)) {
        assertThatThrownBy(() -> DeviceHashes.nonZero(serving.image().node(), 1L << 30))
            .isInstanceOf(IOException.class);
        assertThat(log).isNotEmpty();
        assertThat(log.getFirst()).contains(digest, "ZFile block", "at byte", "checksum");
        // One bad block spoils nothing else.
        assertThat(read(serving.image().node(), 0, 4096)).hasSize(4096);
        assertThat(serving.image().counts().device().failures()).isPositive();
      }
    }
  }

  @Test
  void whatIsWrittenToALogUpperIsThereTheNextTime() throws IOException {
    Uppers.createLog(folder.resolve("x.data"), folder.resolve("x.idx"), 1L << 30);
    writtenTwice(config("rw-log"));
  }

  @Test
  void whatIsWrittenToASparseUpperIsThereTheNextTime() throws IOException {
    Uppers.createSparse(folder.resolve("x.data"), folder.resolve("x.idx"), 1L << 30);
    writtenTwice(config("rw-log"));
  }

  @Test
  void anUpperWithoutASizeTakesThatOfTheLayers() throws IOException {
    Uppers.createLog(folder.resolve("x.data"), folder.resolve("x.idx"), 0);
    writtenTwice(config("rw-log"));
  }

  @Test
  void anUpperAloneIsADevice() throws IOException {
    Uppers.createLog(folder.resolve("x.data"), folder.resolve("x.idx"), 1L << 30);
    try (Serving serving = serve(config("no-lowers-upper-only"))) {
      assertThat(read(serving.image().node(), 8192, 4096)).containsOnly(0);
    }
  }

  private void writtenTwice(Path config) throws IOException {
    byte[] first = "first".repeat(2000).substring(0, 8192).getBytes(US_ASCII);
    byte[] second = "second".repeat(2000).substring(0, 8192).getBytes(US_ASCII);
    try (Serving serving = serve(config)) {
      assertThat(serving.image().isWritable()).isTrue();
      assertThat(serving.image().size()).isEqualTo(1L << 30);
      write(serving.image().node(), 40960, first);
      assertThatThrownBy(() -> serve(config)).hasMessageContaining("in use");
    }
    try (Serving serving = serve(config)) {
      assertThat(read(serving.image().node(), 40960, 8192)).isEqualTo(first);
      write(serving.image().node(), 1 << 20, second);
    }
    try (Serving serving = serve(config)) {
      assertThat(read(serving.image().node(), 40960, 8192)).isEqualTo(first);
      assertThat(read(serving.image().node(), 1 << 20, 8192)).isEqualTo(second);
    }
    assertThat(result()).isEqualTo("success");
  }

  @Test
  void aMissingLayerIsToldInTheResultFile() throws IOException {
    Path config = config("missing-file");
    assertThatThrownBy(() -> serve(config)).hasMessageContaining("/nonexistent");
    assertThat(result()).startsWith("failed:lowers[0]").contains("no repoBlobUrl");
  }

  @Test
  void aConfigurationThatMakesNoSenseIsToldInTheResultFile() throws IOException {
    Path config = config("lowers-object");
    assertThatThrownBy(() -> serve(config)).hasMessageContaining("lowers should be a list");
    assertThat(result()).startsWith("failed:").contains("lowers should be a list");
  }

  @Test
  void whoWaitsForAResultLearnsThatTheServiceItselfCannotBegin() throws IOException {
    Path config = config("minimal");
    Files.writeString(config, "{\"resultFile\": \"" + folder.resolve("result") + "\"}");
    Serving.refused(config, new IOException("overlaybd.json: ioEngine is 7"), log::add);
    assertThat(result()).isEqualTo("failed:overlaybd.json: ioEngine is 7");
    assertThat(log).isEmpty();
  }

  @Test
  void aResultThatCannotBeToldDoesNotHideTheReason() throws IOException {
    Path config =
        write(
            "{'lowers': [{'file': '%s'}], 'resultFile': '%s'}"
                .formatted(folder, folder.resolve("no/result")));
    assertThatThrownBy(() -> serve(config)).hasMessage("lowers[0]: " + folder + " is a folder");
    assertThat(log).singleElement().asString().contains("the resultFile " + folder + "/no/result");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.data", "x.idx"})
  void anUpperThatIsNotThereIsNamed(String missing) throws IOException {
    Uppers.createLog(folder.resolve("x.data"), folder.resolve("x.idx"), 1L << 30);
    Files.delete(folder.resolve(missing));
    assertThatThrownBy(() -> serve(config("rw-log")))
        .hasMessageMatching("upper\\.(data|index) " + folder.resolve(missing) + " does not exist");
    assertThat(result()).startsWith("failed:upper.");
  }

  @Test
  void anUnreachableRegistryIsAnErrorAndNoHang() throws IOException {
    Path config =
        write(
            "{'repoBlobUrl': 'http://127.0.0.1:1/v2/a/b/blobs', 'lowers': [{'digest': 'sha256:%s', 'size': 9999}], 'resultFile': '%s'}"
                .formatted("0".repeat(64), folder.resolve("result")));
    assertThatThrownBy(() -> serve(config)).isInstanceOf(IOException.class);
    assertThat(result()).startsWith("failed:").contains("127.0.0.1:1");
  }

  @Test
  void servingEndsWhenItIsToldTo() throws Exception {
    try (Serving serving = serve(config("minimal"))) {
      CountDownLatch end = new CountDownLatch(1);
      end.countDown();
      serving.await(end);
    }
  }
}
