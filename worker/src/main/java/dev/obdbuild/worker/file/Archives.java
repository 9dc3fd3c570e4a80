package dev.obdbuild.worker.file;

import com.github.luben.zstd.ZstdInputStream;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.sys.LinuxException;
import dev.obdbuild.oci.tar.TarReader;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.SourceChangedException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/** Tells archives from other files by what they hold, and reads them. Names play no part. */
final class Archives {
  private static final int BUFFER = 64 * 1024;

  /** What an xz stream may ask for, in KiB; the highest setting of xz takes 65 MiB to read. */
  private static final int XZ_MEMORY = 128 * 1024;

  private static final byte[] GZIP = HexFormat.of().parseHex("1f8b08");
  private static final byte[] BZIP2 = HexFormat.of().parseHex("425a68");
  private static final byte[] XZ = HexFormat.of().parseHex("fd377a585a00");
  private static final byte[] ZSTD = HexFormat.of().parseHex("28b52ffd");

  private Archives() {}

  /** Whether the file is a tar archive of at least one entry, compressed or not. */
  static boolean isArchive(FileTree tree, RawPath real) throws IOException {
    try (OpenFile file = tree.read(real);
        TarReader tar = new TarReader(decompressed(file), real.text())) {
      return tar.next().isPresent();
    } catch (LinuxException | SourceChangedException e) {
      throw e;
    } catch (IOException e) {
      // Not read as an archive: it is none, and is copied as the file it is.
      return false;
    }
  }

  /** What the file holds once decompressed; closing it leaves the file open. */
  static InputStream decompressed(OpenFile file) throws IOException {
    BufferedInputStream in = new BufferedInputStream(new FileStream(file), BUFFER);
    in.mark(16);
    byte[] head = in.readNBytes(6);
    in.reset();
    if (startsWith(head, GZIP)) {
      return new GZIPInputStream(in, BUFFER);
    }
    if (startsWith(head, BZIP2)) {
      return new BZip2CompressorInputStream(in, true);
    }
    if (startsWith(head, XZ)) {
      return new XZInputStream(in, XZ_MEMORY);
    }
    return startsWith(head, ZSTD) ? new ZstdInputStream(in) : in;
  }

  private static boolean startsWith(byte[] head, byte[] magic) {
    return head.length >= magic.length
        && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
  }
}
