package dev.obdbuild.overlaybd.jmh;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.ChannelFile;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.layer.SealedLayerWriter;
import dev.obdbuild.overlaybd.lsmt.CommitOptions;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LogLayer;
import dev.obdbuild.overlaybd.zfile.ZFileOptions;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A raw layer of 512 MiB in the page cache, sealed with two threads: read, compress, write, hash.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx1g"})
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class SealBenchmark {
  private static final int PIECES = 8;
  private static final int PIECE = 64 << 20;

  @Param({"plain", "LZ4-4096", "LZ4-16384", "ZSTD-4096", "ZSTD-16384", "ZSTD-32768"})
  public String kind = "";

  private @Nullable Path folder;
  private @Nullable Layer layer;
  private @Nullable BlockFile raw;

  @Setup
  public void setUp() throws IOException {
    Path made = Files.createTempDirectory("seal");
    folder = made;
    MemoryFile header = new MemoryFile();
    byte[] piece = Samples.realData(PIECE);
    try (var out = Files.newOutputStream(made.resolve("raw"))) {
      out.write(new byte[4096]);
      for (int i = 0; i < PIECES; i++) {
        out.write(piece);
      }
    }
    raw = ChannelFile.open(made.resolve("raw"));
    LogLayer index = LogLayer.create(header, new MemoryFile(), (long) PIECES * PIECE);
    for (long at = 0; at < (long) PIECES * PIECE; at += PIECE) {
      index.write(at, MemorySegment.ofArray(piece));
    }
    layer = index.freeze();
  }

  @TearDown
  public void tearDown() throws IOException {
    Path made = folder;
    if (made != null) {
      Files.deleteIfExists(made.resolve("sealed"));
      Files.deleteIfExists(made.resolve("raw"));
      Files.deleteIfExists(made);
    }
  }

  @Benchmark
  public long seal() throws IOException {
    Layer source = layer;
    BlockFile data = raw;
    Path made = folder;
    if (source == null || data == null || made == null) {
      throw new IllegalStateException("no set-up");
    }
    Optional<ZFileOptions> options =
        kind.equals("plain") ? Optional.empty() : Optional.of(ZFileBenchmark.options(kind));
    return SealedLayerWriter.seal(
            source.index(),
            data,
            CommitOptions.of((long) PIECES * PIECE),
            options,
            true,
            made.resolve("sealed"),
            2)
        .size();
  }
}
