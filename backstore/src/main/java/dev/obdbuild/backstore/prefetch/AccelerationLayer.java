package dev.obdbuild.backstore.prefetch;

import dev.obdbuild.oci.tar.TarEntry;
import dev.obdbuild.oci.tar.TarReader;
import dev.obdbuild.oci.tar.TarWriter;
import dev.obdbuild.overlaybd.block.MemoryFile;
import dev.obdbuild.overlaybd.trace.TraceFile;
import dev.obdbuild.overlaybd.trace.TraceRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Traces as they are kept: as a file, and as a tar with that file alone, the top of an image. */
public final class AccelerationLayer {
  /** The file's name in the tar, and in the folder that the tar is unpacked to. */
  public static final String TRACE = "trace";

  private static final Set<String> TRACES = Set.of(TRACE, "./" + TRACE);
  private static final int MAX_TRACE = 12 << 20;

  private AccelerationLayer() {}

  /** A trace file's bytes. */
  public static byte[] encode(List<TraceRecord> trace) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TraceFile.write(trace, bytes -> out.writeBytes(bytes.toArray(ValueLayout.JAVA_BYTE)));
    return out.toByteArray();
  }

  /** Reads a trace file of at most 12 MiB. */
  public static List<TraceRecord> read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return decode(in.readNBytes(MAX_TRACE + 1), file.toString());
    }
  }

  private static List<TraceRecord> decode(byte[] bytes, String name) throws IOException {
    return TraceFile.read(MemoryFile.of(bytes), name);
  }

  /** Writes a trace file, whole or not at all. */
  public static void write(List<TraceRecord> trace, Path file) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.write(next, encode(trace));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The layer as a tar; equal traces give equal bytes. */
  public static byte[] tar(List<TraceRecord> trace) throws IOException {
    byte[] file = encode(trace);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarWriter tar = new TarWriter(out)) {
      tar.add(
          TarEntry.builder(TarEntry.Type.FILE, TRACE).size(file.length).build(),
          new ByteArrayInputStream(file));
    }
    return out.toByteArray();
  }

  /**
   * The trace in a layer; empty if there is none in it.
   *
   * @param tar the layer, not compressed; not closed
   * @param name of the layer in errors
   */
  public static Optional<List<TraceRecord>> read(InputStream tar, String name) throws IOException {
    TarReader reader = new TarReader(tar, name);
    for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      if (entry.get().type() == TarEntry.Type.FILE && TRACES.contains(entry.get().name())) {
        return Optional.of(decode(reader.content().readNBytes(MAX_TRACE + 1), name));
      }
    }
    return Optional.empty();
  }
}
