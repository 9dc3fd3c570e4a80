package dev.obdbuild.snapshots.unpack;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.obdbuild.oci.tar.MalformedTarException;
import dev.obdbuild.oci.tar.TarReader;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.TarSums;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;

/**
 * Any archive as a layer over a folder whose links lead out: nothing outside the folder changes.
 */
@Tag("fuzz")
@NeedsRoot
final class LayerApplyFuzzTest {
  private static final FileTime TIME = FileTime.fromMillis(1_000_000);

  @FuzzTest(maxDuration = "120s")
  void layers(byte[] bytes) throws IOException {
    Path temp = Files.createTempDirectory("obd-fuzz");
    try {
      Path outside = Files.createDirectory(temp.resolve("outside"));
      Path kept = Files.writeString(outside.resolve("f"), "kept");
      Path folder = Files.createDirectory(temp.resolve("root"));
      Files.createDirectory(folder.resolve("d"));
      Files.writeString(folder.resolve("d/f"), "lower");
      Files.createSymbolicLink(folder.resolve("s"), Path.of("../outside"));
      Files.createSymbolicLink(folder.resolve("a"), outside);
      Files.createSymbolicLink(folder.resolve("d/s"), kept);
      Files.setLastModifiedTime(kept, TIME);
      Files.setLastModifiedTime(outside, TIME);
      try (TarReader archive = new TarReader(new ByteArrayInputStream(TarSums.right(bytes)), "t")) {
        UnpackReport report = LayerApply.apply(archive, folder, UnpackOptions.LAYER);
        assertThat(report.entries()).isLessThanOrEqualTo(bytes.length / 512);
      } catch (UnpackException | MalformedTarException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
      try (Stream<Path> all = Files.list(outside)) {
        assertThat(all).containsExactly(kept);
      }
      try (Stream<Path> all = Files.list(temp)) {
        assertThat(all).containsExactlyInAnyOrder(outside, folder);
      }
      assertThat(Files.readString(kept)).isEqualTo("kept");
      assertThat(Files.getAttribute(kept, "unix:nlink")).isEqualTo(1);
      for (Path path : List.of(kept, outside)) {
        assertThat(Files.getLastModifiedTime(path)).isEqualTo(TIME);
        assertThat(Files.getAttribute(path, "unix:uid")).isEqualTo(0);
      }
    } finally {
      remove(temp);
    }
  }

  private static void remove(Path temp) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(temp)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
