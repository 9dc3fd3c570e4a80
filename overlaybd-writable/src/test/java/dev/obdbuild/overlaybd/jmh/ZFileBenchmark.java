package dev.obdbuild.overlaybd.jmh;

import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.zfile.Codec;
import dev.obdbuild.overlaybd.zfile.ZFileOptions;
import dev.obdbuild.overlaybd.zfile.ZFileReader;
import dev.obdbuild.overlaybd.zfile.ZFileWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
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
import org.openjdk.jmh.annotations.Warmup;

/** 64 MiB of real files: compress calls per second times 64 is MiB/s. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx1g"})
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 4, time = 1)
public class ZFileBenchmark {
  static final int SIZE = 64 << 20;

  @Param({"LZ4-4096", "LZ4-16384", "LZ4-32768", "ZSTD-4096", "ZSTD-16384", "ZSTD-32768"})
  public String kind = "";

  @Param({"0", "1", "2"})
  public int threads;

  private MemorySegment source = MemorySegment.NULL;
  private ZFileOptions options = new ZFileOptions(Codec.LZ4, 4096, true);

  @Setup
  public void setUp() throws IOException {
    source = Arena.ofAuto().allocate(SIZE).copyFrom(MemorySegment.ofArray(Samples.realData(SIZE)));
    options = options(kind);
    MemoryFile once = new MemoryFile();
    try (ZFileWriter writer = ZFileWriter.patching(once, options, 0)) {
      writer.write(source);
      System.out.printf("%n%s: %.3f of the input%n", kind, writer.finish() / (double) SIZE);
    }
  }

  static ZFileOptions options(String kind) {
    String[] words = kind.split("-");
    Codec codec = Codec.valueOf(words[0]);
    int blockSize = Integer.parseInt(words[1]);
    return words.length == 2
        ? new ZFileOptions(codec, blockSize, true)
        : new ZFileOptions(codec, blockSize, true, Integer.parseInt(words[2]));
  }

  @Benchmark
  public long compress() throws IOException {
    long[] sink = new long[1];
    try (ZFileWriter writer =
        ZFileWriter.streaming(src -> sink[0] += src.byteSize(), options, threads)) {
      for (long at = 0; at < SIZE; at += 1 << 20) {
        writer.write(source.asSlice(at, 1 << 20));
      }
      return writer.finish();
    }
  }

  /** Reads of a ZFile in memory. */
  @State(Scope.Benchmark)
  @BenchmarkMode(Mode.Throughput)
  @OutputTimeUnit(TimeUnit.SECONDS)
  @Fork(
      value = 1,
      jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx1g"})
  @Warmup(iterations = 2, time = 1)
  @Measurement(iterations = 4, time = 1)
  public static class Reading {
    @Param({"LZ4-4096", "LZ4-16384", "ZSTD-4096", "ZSTD-16384"})
    public String kind = "";

    private final MemorySegment mega = Arena.ofAuto().allocate(1 << 20);
    private final MemorySegment page = mega.asSlice(0, 4096);
    private @Nullable ZFileReader reader;
    private long at;
    private long state = 42;

    @Setup
    public void setUp() throws IOException {
      MemoryFile file = new MemoryFile();
      try (ZFileWriter writer = ZFileWriter.patching(file, options(kind), 0)) {
        writer.write(MemorySegment.ofArray(Samples.realData(SIZE)));
        writer.finish();
      }
      reader = ZFileReader.open(FlatFile.copyOf(file), "benchmark");
    }

    @Benchmark
    public MemorySegment sequentialMebibyte() throws IOException {
      Objects.requireNonNull(reader).read(at, mega);
      at = at + 2L * (1 << 20) > SIZE ? 0 : at + (1 << 20);
      return mega;
    }

    @Benchmark
    public MemorySegment randomPage() throws IOException {
      state = state * 6364136223846793005L + 1442695040888963407L;
      Objects.requireNonNull(reader).read((state >>> 33) % (SIZE / 4096) * 4096, page);
      return page;
    }
  }
}
