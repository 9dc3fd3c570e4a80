package dev.obdbuild.overlaybd.jmh;

import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.block.SparseFile;
import dev.obdbuild.overlaybd.lsmt.LogLayer;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The index of a writable layer: reads and writes over a data file that does nothing. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx1g"})
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 4, time = 1)
public class WritableBenchmark {
  private static final int BATCH = 4096;

  @Param({"1000", "10000", "100000", "1000000"})
  public int segments;

  @Param({"sparse", "log"})
  public String kind = "";

  private final long[] offsets = new long[BATCH];
  private final long[] stored = new long[BATCH];
  private final MemorySegment page = Arena.ofAuto().allocate(4096);
  private final MemorySegment sector = page.asSlice(0, 512);
  private @Nullable WritableLayer layer;

  /** Takes and gives nothing: what is left is the index. */
  private static final class NullFile implements SparseFile {
    @Override
    public long size() {
      return Long.MAX_VALUE;
    }

    @Override
    public void read(long offset, MemorySegment dst) {}

    @Override
    public void write(long offset, MemorySegment src) {}

    @Override
    public void punch(long offset, long length) {}

    @Override
    public void truncate(long size) {}

    @Override
    public void force() {}

    @Override
    public void close() {}
  }

  @Setup
  public void setUp() throws IOException {
    long size = (long) segments * 16 * 512;
    WritableLayer made =
        kind.equals("log")
            ? LogLayer.create(new NullFile(), new MemoryFile(), size)
            : SparseLayer.create(new NullFile(), size);
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < segments; i++) {
      made.write(i * 16L * 512, page);
    }
    for (int i = 0; i < BATCH; i++) {
      offsets[i] = random.nextLong(size / 4096) * 4096;
      stored[i] = random.nextLong(segments) * 16 * 512;
    }
    layer = made;
  }

  private WritableLayer layer() {
    WritableLayer made = layer;
    if (made == null) {
      throw new IllegalStateException("no set-up");
    }
    return made;
  }

  /** Only blocks that the layer has: the index alone, since the file moves no bytes. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void lookupStored() throws IOException {
    for (long offset : stored) {
      layer().read(offset, page, Samples.NOTHING);
    }
  }

  /**
   * Every second block is below the layer, where there is nothing: its page is filled with zeros.
   */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void lookup() throws IOException {
    for (long offset : offsets) {
      layer().read(offset, page, Samples.NOTHING);
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void insertPage() throws IOException {
    for (long offset : offsets) {
      layer().write(offset, page);
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void insertSector() throws IOException {
    for (long offset : offsets) {
      layer().write(offset + 512, sector);
    }
  }
}
