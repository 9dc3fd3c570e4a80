package dev.obdbuild.overlaybd.interop;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.lsmt.CommitOptions;
import dev.obdbuild.overlaybd.lsmt.LayerCommit;
import dev.obdbuild.overlaybd.lsmt.LayerIdentity;
import dev.obdbuild.overlaybd.lsmt.SegmentIndex;
import dev.obdbuild.overlaybd.tarwrap.TarWrapper;
import dev.obdbuild.overlaybd.zfile.Codec;
import dev.obdbuild.overlaybd.zfile.ZFileOptions;
import dev.obdbuild.overlaybd.zfile.ZFileWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The options of an overlaybd-commit command line, carried out by our writer. */
record CommitCommand(
    String uuid,
    @Nullable String parent,
    String tag,
    Optional<ZFileOptions> zfile,
    boolean tar,
    String output) {

  static CommitCommand parse(String line) {
    List<String> words = new ArrayList<>();
    Matcher matcher = Pattern.compile("\"([^\"]*)\"|(\\S+)").matcher(line);
    while (matcher.find()) {
      words.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
    }
    boolean z = words.contains("-z");
    Codec codec = "zstd".equals(after(words, "--algorithm")) ? Codec.ZSTD : Codec.LZ4;
    String bs = after(words, "--bs");
    int blockSize = bs == null ? 4096 : Integer.parseInt(bs) << 10;
    String uuid = after(words, "--uuid");
    String tag = after(words, "-m");
    return new CommitCommand(
        uuid == null ? "" : uuid,
        after(words, "-p"),
        tag == null ? "" : tag,
        z ? Optional.of(new ZFileOptions(codec, blockSize, true)) : Optional.empty(),
        z && words.contains("-t"),
        words.getLast());
  }

  private static @Nullable String after(List<String> words, String option) {
    int at = words.indexOf(option);
    return at < 0 ? null : words.get(at + 1);
  }

  CommitOptions options(long virtualSize, LayerIdentity source) {
    return new CommitOptions(virtualSize, uuid, parent == null ? source.parentUuid() : parent, tag);
  }

  /** The uncompressed layer. */
  byte[] plain(SegmentIndex segments, BlockFile data, CommitOptions options) throws IOException {
    MemoryFile plain = new MemoryFile();
    LayerCommit.write(segments, data, options, plain);
    return plain.toByteArray();
  }

  /** Compresses and wraps as the command says. */
  byte[] wrapped(byte[] plain, int threads) throws IOException {
    return zfile.isEmpty() ? plain : wrap(compress(plain, zfile.get(), true, threads));
  }

  static byte[] compress(byte[] plain, ZFileOptions options, boolean patching, int threads)
      throws IOException {
    MemoryFile out = new MemoryFile();
    try (ZFileWriter writer =
        patching
            ? ZFileWriter.patching(out, options, threads)
            : ZFileWriter.streaming(out, options, threads)) {
      writer.write(MemorySegment.ofArray(plain));
      long size = writer.finish();
      if (size != out.size()) {
        throw new IllegalStateException("wrote " + out.size() + " bytes and says " + size);
      }
    }
    return out.toByteArray();
  }

  private byte[] wrap(byte[] payload) throws IOException {
    if (!tar) {
      return payload;
    }
    MemoryFile out = new MemoryFile();
    out.write(TarWrapper.head(payload.length));
    out.write(MemorySegment.ofArray(payload));
    out.write(MemorySegment.ofArray(new byte[TarWrapper.tailBytes(payload.length)]));
    return out.toByteArray();
  }
}
