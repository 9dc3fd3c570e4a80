package dev.obdbuild.overlaybd.layer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.lsmt.CommitOptions;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerCommit;
import dev.obdbuild.overlaybd.lsmt.LayerIdentity;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.LogLayer;
import dev.obdbuild.overlaybd.lsmt.RawLayerIndex;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.overlaybd.tarwrap.TarWrapper;
import dev.obdbuild.overlaybd.trace.TraceFile;
import dev.obdbuild.overlaybd.trace.TraceRecord;
import dev.obdbuild.overlaybd.zfile.Codec;
import dev.obdbuild.overlaybd.zfile.ZFileOptions;
import dev.obdbuild.overlaybd.zfile.ZFileWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/** Small good files of every format, and how each is opened and read. */
final class HostileInputs {
  private static final int SIZE = 256 << 10;
  private static final int MOST_READ = 1 << 20;

  private HostileInputs() {}

  static Map<String, byte[]> seeds() throws IOException {
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    MemoryFile data = new MemoryFile();
    MemoryFile index = new MemoryFile();
    LogLayer layer = LogLayer.create(data, index, SIZE);
    LayerStack nothing = LayerStack.of(List.of(), SIZE);
    for (int i = 0; i < 12; i++) {
      byte[] bytes =
          ("line " + i + "\n").repeat(1024).substring(0, 512 * (i + 1)).getBytes(US_ASCII);
      layer.write(i * 16384L, MemorySegment.ofArray(bytes));
    }
    layer.discard(32768, 8192, nothing);
    layer.force();
    MemoryFile plain = new MemoryFile();
    LayerCommit.write(layer.segments(), data, CommitOptions.of(SIZE), plain);
    seeds.put("lsmt", plain.toByteArray());
    seeds.put("zfile-lz4", compressed(plain, Codec.LZ4, true));
    seeds.put("zfile-zstd", compressed(plain, Codec.ZSTD, false));
    byte[] zfile = compressed(plain, Codec.LZ4, false);
    MemoryFile tar = new MemoryFile();
    tar.write(TarWrapper.head(zfile.length));
    tar.write(MemorySegment.ofArray(zfile));
    tar.write(MemorySegment.ofArray(new byte[TarWrapper.tailBytes(zfile.length)]));
    seeds.put("tar", tar.toByteArray());
    MemoryFile trace = new MemoryFile();
    TraceFile.write(List.of(new TraceRecord(0, 0, 4096), new TraceRecord(1, 8192, 512)), trace);
    seeds.put("trace", trace.toByteArray());
    // Data and index of a writable layer in one array, the index last.
    byte[] pair = data.toByteArray();
    byte[] both = java.util.Arrays.copyOf(pair, pair.length + (int) index.size());
    System.arraycopy(index.toByteArray(), 0, both, pair.length, (int) index.size());
    seeds.put("pair-" + pair.length, both);
    seeds.put("turbo", plain.toByteArray());
    seeds.put("raw-index", rawIndex(layer.freeze()));
    MemoryFile journal = new MemoryFile();
    SparseLayer sparse =
        SparseLayer.createJournalled(new MemoryFile(), journal, SIZE, LayerIdentity.NONE);
    for (int i = 0; i < 20; i++) {
      sparse.write(i * 8192L, MemorySegment.ofArray(new byte[512 * (i + 1)]));
      sparse.discard(i * 4096L, 4096, nothing);
    }
    seeds.put("journal", journal.toByteArray());
    return seeds;
  }

  private static byte[] rawIndex(Layer frozen) throws IOException {
    Path file = Files.createTempFile("raw", ".index");
    RawLayerIndex.write(frozen, file);
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    return bytes;
  }

  private static byte[] compressed(MemoryFile plain, Codec codec, boolean patching)
      throws IOException {
    MemoryFile out = new MemoryFile();
    ZFileOptions options = new ZFileOptions(codec, 4096, true);
    try (ZFileWriter writer =
        patching ? ZFileWriter.patching(out, options, 0) : ZFileWriter.streaming(out, options, 0)) {
      writer.write(MemorySegment.ofArray(plain.toByteArray()));
      writer.finish();
    }
    return out.toByteArray();
  }

  /** Opens the file and reads what it offers, up to a bound. */
  static void read(String kind, byte[] bytes) throws IOException {
    if (kind.equals("trace")) {
      TraceFile.read(MemoryFile.of(bytes), kind);
    } else if (kind.equals("turbo")) {
      MemoryFile target = new MemoryFile();
      target.resize(SIZE);
      try (Layer layer = Layer.openTurbo(MemoryFile.of(bytes), target, kind)) {
        read(LayerStack.of(List.of(layer)));
      }
    } else if (kind.equals("raw-index")) {
      openRaw(bytes);
    } else if (kind.equals("journal")) {
      MemoryFile data = new MemoryFile();
      SparseLayer.create(data, SIZE, LayerIdentity.NONE).close();
      LayerStack nothing = LayerStack.of(List.of(), SIZE);
      read(
          LayerStack.of(
              List.of(SparseLayer.reopen(data, MemoryFile.of(bytes), nothing, kind).freeze())));
    } else if (kind.startsWith("pair-")) {
      int cut = Math.min(bytes.length, Integer.parseInt(kind.substring(5)));
      LogLayer layer =
          LogLayer.recover(
              MemoryFile.of(java.util.Arrays.copyOf(bytes, cut)),
              MemoryFile.of(java.util.Arrays.copyOfRange(bytes, cut, bytes.length)),
              kind);
      read(LayerStack.of(List.of(layer.freeze())));
    } else {
      try (Layer layer = LayerFile.open(MemoryFile.of(bytes), kind)) {
        read(layer.data());
        read(LayerStack.of(List.of(layer)));
      }
    }
  }

  private static void openRaw(byte[] bytes) throws IOException {
    MemoryFile data = new MemoryFile();
    data.resize(SIZE);
    Path file = Files.write(Files.createTempFile("raw", ".index"), bytes);
    try {
      read(LayerStack.of(List.of(RawLayerIndex.open(data, file, "raw-index"))));
    } finally {
      Files.delete(file);
    }
  }

  private static void read(BlockFile file) throws IOException {
    byte[] got = new byte[(int) Math.min(MOST_READ, file.size())];
    file.read(0, MemorySegment.ofArray(got));
    file.read(file.size() - got.length, MemorySegment.ofArray(got));
  }

  /** Makes the digests of a bare ZFile right again, so that damage behind them is reached. */
  static byte[] withDigests(byte[] bytes, boolean wanted) {
    if (wanted && bytes.length > 1024 && bytes[0] == 'Z') {
      digest(bytes, 0);
      digest(bytes, bytes.length - 512);
    } else if (wanted
        && bytes.length > 96
        && new String(bytes, 0, 8, US_ASCII).equals("OBDRAWX1")) {
      CRC32C crc = new CRC32C();
      crc.update(bytes, 12, bytes.length - 12);
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(8, (int) crc.getValue());
    }
    return bytes;
  }

  private static void digest(byte[] bytes, int at) {
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(at + 28, 0);
    CRC32C crc = new CRC32C();
    crc.update(new byte[] {-1, -1, -1, -1});
    crc.update(bytes, at, 512);
    out.putInt(at + 28, ~(int) crc.getValue());
  }
}
