package dev.obdbuild.overlaybd.jmh;

import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SegmentIndex;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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

/** Lookups of 8 random sectors in a merged index. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx1g"})
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 4, time = 1)
public class IndexBenchmark {
  private static final int BATCH = 1 << 16;

  @Param({"1000", "10000", "100000", "1000000"})
  public int segments;

  private final long[] sectors = new long[BATCH];
  private SegmentIndex index = SegmentIndex.EMPTY;
  private LayerStack stack = Samples.NOTHING;

  @Setup
  public void setUp() throws IOException {
    stack = LayerStack.of(List.of(Samples.scattered(segments, 1)));
    index = stack.layers().getFirst().index();
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < BATCH; i++) {
      sectors[i] = random.nextLong(index.endSector() - 8);
    }
  }

  /** Finds the segments that an 8-sector range touches and adds up where they lie. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long lookup() {
    long sum = 0;
    for (int i = 0; i < BATCH; i++) {
      long sector = sectors[i] + (sum & 1);
      for (int at = index.find(sector); at < index.size() && index.start(at) < sector + 8; at++) {
        sum += index.fileSector(at);
      }
    }
    return sum;
  }

  /** The same through a stack, as a discard asks. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int hasData() {
    int sum = 0;
    for (int i = 0; i < BATCH; i++) {
      sum += stack.hasData(sectors[i] << 9, 4096) ? 1 : 0;
    }
    return sum;
  }
}
