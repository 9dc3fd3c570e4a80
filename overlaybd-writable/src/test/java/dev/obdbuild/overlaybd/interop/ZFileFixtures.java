package dev.obdbuild.overlaybd.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.layer.LayerFile;
import dev.obdbuild.overlaybd.tarwrap.TarWrapper;
import dev.obdbuild.overlaybd.trace.TraceFile;
import dev.obdbuild.overlaybd.trace.TraceRecord;
import dev.obdbuild.overlaybd.zfile.Codec;
import dev.obdbuild.overlaybd.zfile.UnreadableBlockException;
import dev.obdbuild.overlaybd.zfile.ZFileOptions;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What to do with the fixtures {@code zfile} and {@code trace}. */
final class ZFileFixtures {
  private ZFileFixtures() {}

  static void zfile(Fixture fixture) throws IOException {
    for (String file : fixture.files()) {
      JsonNode entry = fixture.entry(file);
      byte[] source = source(entry.get("source").asString());
      assertThat(Fixtures.sha256(source))
          .isEqualTo(
              fixture
                  .node()
                  .get("sources")
                  .get(entry.get("source").asString())
                  .get("sha256")
                  .asString());
      if (fixture.stored(file)) {
        BlockFile open = LayerFile.unwrap(fixture.memory(file), file);
        byte[] decoded = new byte[(int) open.size()];
        open.read(0, MemorySegment.ofArray(decoded));
        assertThat(decoded).as(file).isEqualTo(source);
      }
      write(fixture, file, entry, source);
    }
  }

  private static void write(Fixture fixture, String file, JsonNode entry, byte[] source)
      throws IOException {
    boolean tar = entry.has("tar");
    int blockSize = tar && !entry.has("bs_kb") ? 4096 : entry.get("bs_kb").asInt() << 10;
    Codec codec = entry.get("algo").asString().equals("zstd") ? Codec.ZSTD : Codec.LZ4;
    ZFileOptions options = new ZFileOptions(codec, blockSize, entry.get("verify").asInt() == 1);
    boolean patching = entry.has("overwrite") && entry.get("overwrite").asInt() == 1;
    if (blockSize == 65536 && entry.get("source").asString().startsWith("rand")) {
      assertThatThrownBy(() -> CommitCommand.compress(source, options, patching, 1))
          .as(file)
          .isInstanceOf(UnreadableBlockException.class)
          .hasMessageContaining("65536");
      return;
    }
    for (int threads = 0; threads < 3; threads++) {
      byte[] zfile = CommitCommand.compress(source, options, patching, threads);
      if (tar) {
        MemoryFile out = new MemoryFile();
        out.write(TarWrapper.head(zfile.length));
        out.write(MemorySegment.ofArray(zfile));
        out.write(MemorySegment.ofArray(new byte[TarWrapper.tailBytes(zfile.length)]));
        zfile = out.toByteArray();
      }
      if (codec == Codec.LZ4) {
        fixture.assertSame(file, zfile);
      } else if (fixture.stored(file)) {
        assertEquivalent(file, fixture.bytes(file), zfile);
      }
    }
  }

  /**
   * zstd's encoder changes between its versions: all but the stored bytes of differing blocks is
   * the same.
   */
  static void assertEquivalent(String file, byte[] theirs, byte[] ours) throws IOException {
    ZFileParts a = ZFileParts.of(theirs);
    ZFileParts b = ZFileParts.of(ours);
    assertThat(b.fixedFields()).as(file).isEqualTo(a.fixedFields());
    assertThat(b.blocks()).as(file).hasSameSizeAs(a.blocks());
    for (int i = 0; i < a.blocks().size(); i++) {
      // With its checksum, and its length is what the index says.
      if (a.compressed(i).equals(b.compressed(i))) {
        assertThat(b.blocks().get(i)).as(file + " block " + i).isEqualTo(a.blocks().get(i));
      }
    }
    BlockFile decodedOurs = LayerFile.unwrap(MemoryFile.of(ours), "ours");
    BlockFile decodedTheirs = LayerFile.unwrap(MemoryFile.of(theirs), "theirs");
    byte[] x = new byte[(int) decodedOurs.size()];
    byte[] y = new byte[(int) decodedTheirs.size()];
    decodedOurs.read(0, MemorySegment.ofArray(x));
    decodedTheirs.read(0, MemorySegment.ofArray(y));
    assertThat(java.util.Arrays.mismatch(x, y)).as(file).isEqualTo(-1);
  }

  private static byte[] source(String name) {
    return switch (name) {
      case "text" -> text();
      case "empty" -> new byte[0];
      case "one" -> WriteScript.content("w", 1, 1);
      case "b4095" -> WriteScript.content("w", 4095, 2);
      case "b4096" -> WriteScript.content("c", 4096, 3);
      case "b4097" -> WriteScript.content("w", 4097, 4);
      case "rand64k" -> WriteScript.content("w", 65536, 5);
      case "rand200k" -> WriteScript.content("w", 200007, 6);
      case "c1m" -> WriteScript.content("c", 1048576, 7);
      case "c1m1" -> WriteScript.content("c", 1048577, 8);
      case "zero1m" -> new byte[1048576];
      default -> throw new IllegalArgumentException("unknown source " + name);
    };
  }

  private static byte[] text() {
    StringBuilder text = new StringBuilder();
    for (int k = 0; k < 9000; k++) {
      text.append(k == 0 ? "" : "\n")
          .append("line ")
          .append(k)
          .append(": the quick brown fox jumps over the lazy dog ")
          .append(k * k % 9973);
    }
    return text.toString().getBytes(US_ASCII);
  }

  /** Whether an index entry of a bare ZFile with a final header is larger than 64 KiB. */
  static boolean hasBlockBeyondTheOriginalsBuffer(byte[] zfile) {
    ByteBuffer in = ByteBuffer.wrap(zfile).order(ByteOrder.LITTLE_ENDIAN);
    int index = (int) in.getLong(40);
    for (int i = 0; i < in.getLong(48); i++) {
      if (in.getInt(index + 4 * i) > 65536) {
        return true;
      }
    }
    return false;
  }

  static void trace(Fixture fixture) throws IOException {
    byte[] theirs = fixture.bytes("trace");
    List<TraceRecord> records = TraceFile.read(MemoryFile.of(theirs), "trace");
    assertThat(records).hasSize((theirs.length - 24) / 24);
    assertThat(records.getFirst()).isEqualTo(new TraceRecord(0, 0, 4096));
    MemoryFile ours = new MemoryFile();
    TraceFile.write(records, ours);
    assertThat(TraceFile.read(ours, "ours")).isEqualTo(records);
    byte[] mine = ours.toByteArray();
    assertThat(mine).hasSameSizeAs(theirs);
    for (int i = 0; i < mine.length; i++) {
      boolean padOrChecksum = i < 24 ? (i >= 4 && i < 8) || i >= 16 : i % 24 >= 1 && i % 24 <= 3;
      assertThat(padOrChecksum || mine[i] == theirs[i]).as("byte " + i).isTrue();
    }
  }
}
