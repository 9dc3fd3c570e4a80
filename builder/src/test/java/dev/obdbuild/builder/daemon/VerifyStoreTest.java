package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.daemon.Client.Ended;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code obd-build verify --store} on the state folder of a daemon. */
final class VerifyStoreTest extends DaemonTest {

  private Ended verify() throws Exception {
    return new ObdBuildCommand(it.client(), List.of("--root", it.root().toString()))
        .run("verify", "--store");
  }

  private static Path largest(Path folder, String suffix) throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> Files.isRegularFile(file) && file.toString().endsWith(suffix))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }

  private static void flip(Path file, long offset) throws Exception {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(offset);
      int old = bytes.read();
      bytes.seek(offset);
      bytes.write(old ^ 4);
    }
  }

  @Test
  void aDaemonsStoreIsMendedWhileItIsDownAndBuildsAgainAfterwards() throws Exception {
    Path context =
        it.context(
            "FROM BASE\nRUN dd if=/dev/urandom of=/noise bs=64k count=8\nRUN wc -c < /noise\n");
    it.build(context, push("app:1")).ok();

    Ended inUse = verify();
    assertThat(inUse.code()).isNotZero();
    assertThat(inUse.err()).contains("is in use by process " + it.daemon().jvm().pid());
    assertThat(it.build(context).ok().err()).contains("CACHED");

    it.daemon().end();
    assertThat(verify().ok().out()).endsWith(": ok\n");
    Path blob = largest(it.root().resolve("blobs"), "");
    flip(blob, Files.size(blob) / 2);
    Files.writeString(it.root().resolve("blobs/sha256").resolve("1".repeat(64)), "half a blob");
    Path results = it.root().resolve("cache/results.db");
    flip(results, 3);
    Ended mended = verify();
    assertThat(mended.code()).as(mended.out() + mended.err()).isZero();
    assertThat(mended.out())
        .contains("blob sha256:" + blob.getFileName())
        .contains("ZFile block")
        .contains("no record names it")
        .contains("database " + results)
        .contains("damaged, 0 of them lost");
    assertThat(verify().ok().out()).endsWith(": ok\n");

    it.startAgain();
    assertThat(it.build(context, push("app:2")).ok().err()).contains("524288");
    it.daemon().end();
    assertThat(verify().ok().out()).endsWith(": ok\n");
  }
}
