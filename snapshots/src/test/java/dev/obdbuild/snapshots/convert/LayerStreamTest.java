package dev.obdbuild.snapshots.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.testkit.SplitRandom;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

final class LayerStreamTest {
  @Test
  void plainGzipAndZstdGiveTheSameBytesAndDigest() {
    SplitRandom.run(
        random -> {
          byte[] tar = SplitRandom.bytes(random, 3_000_000);
          for (byte[] blob : new byte[][] {tar, gzip(tar), Zstd.compress(tar)}) {
            check(blob, tar);
          }
        });
  }

  @Test
  void gzipOfManyMembersIsReadToItsEndEvenFromASlowStream() {
    SplitRandom.run(
        random -> {
          ByteArrayOutputStream blob = new ByteArrayOutputStream();
          ByteArrayOutputStream tar = new ByteArrayOutputStream();
          for (int i = 0; i < 30; i++) {
            byte[] piece = SplitRandom.bytes(random, 1 + random.nextInt(100_000));
            blob.write(gzip(piece));
            tar.write(piece);
          }
          check(blob.toByteArray(), tar.toByteArray());
        });
  }

  @Test
  void aBrokenBlobFailsWhoReadsIt() throws Exception {
    byte[] blob = gzip(new byte[1_000_000]);
    blob[blob.length / 2] ^= 0x55;
    try (LayerStream stream = new LayerStream(new ByteArrayInputStream(blob), "l1", _ -> {})) {
      assertThatThrownBy(() -> stream.tar().readAllBytes()).isInstanceOf(IOException.class);
    }
  }

  @Test
  void closingWithoutReadingEndsTheReader() throws Exception {
    LayerStream stream =
        new LayerStream(new ByteArrayInputStream(new byte[50_000_000]), "l2", _ -> {});
    stream.close();
    assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
        .doesNotContain("unpack-l2");
  }

  private static void check(byte[] blob, byte[] tar) throws IOException {
    AtomicLong progress = new AtomicLong();
    try (LayerStream stream = new LayerStream(new Stingy(blob), "layer", progress::set)) {
      byte[] start = stream.tar().readNBytes(tar.length / 3);
      assertThat(start).isEqualTo(java.util.Arrays.copyOf(tar, tar.length / 3));
      assertThat(stream.finish()).isEqualTo(Digest.sha256(tar));
      assertThat(progress).hasValue(blob.length);
    }
  }

  private static byte[] gzip(byte[] data) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(data);
    }
    return out.toByteArray();
  }

  /** Gives few bytes at a time and never says that there are more, as sockets do. */
  private static final class Stingy extends FilterInputStream {
    Stingy(byte[] bytes) {
      super(new ByteArrayInputStream(bytes));
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      return super.read(to, offset, Math.min(length, 7000));
    }

    @Override
    public int available() {
      return 0;
    }
  }
}
