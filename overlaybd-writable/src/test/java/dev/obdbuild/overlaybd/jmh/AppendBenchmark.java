package dev.obdbuild.overlaybd.jmh;

import dev.obdbuild.overlaybd.hostfile.TestHostFile;
import dev.obdbuild.overlaybd.lsmt.LogLayer;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Writes into a fresh layer whose files are in memory (/dev/shm): 512 MiB in order, 64 MiB at
 * random.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx1g"})
@Warmup(iterations = 3)
@Measurement(iterations = 4)
public class AppendBenchmark {
  private static final long SIZE = 512L << 20;

  @Param({"sparse", "log"})
  public String kind = "";

  private final MemorySegment mega = Arena.ofAuto().allocate(1 << 20).fill((byte) 7);
  private final MemorySegment page = mega.asSlice(0, 4096);

  private interface Work {
    void on(WritableLayer layer) throws IOException;
  }

  private void run(Work work) throws IOException {
    Path folder = Files.createTempDirectory(Path.of("/dev/shm"), "append");
    Path data = folder.resolve("data");
    Path index = folder.resolve("index");
    try (WritableLayer layer =
        kind.equals("log")
            ? LogLayer.create(TestHostFile.open(data), TestHostFile.open(index), SIZE)
            : SparseLayer.create(TestHostFile.open(data), SIZE)) {
      work.on(layer);
    }
    Files.deleteIfExists(data);
    Files.deleteIfExists(index);
    Files.delete(folder);
  }

  /** 512 writes of 1 MiB. */
  @Benchmark
  public void inOrder() throws IOException {
    run(
        layer -> {
          for (long at = 0; at < SIZE; at += 1 << 20) {
            layer.write(at, mega);
          }
        });
  }

  /** 16384 writes of 4 KiB. */
  @Benchmark
  public void atRandom() throws IOException {
    run(
        layer -> {
          SplittableRandom random = new SplittableRandom(5);
          for (int i = 0; i < 16384; i++) {
            layer.write(random.nextLong(SIZE / 4096) * 4096, page);
          }
        });
  }
}
