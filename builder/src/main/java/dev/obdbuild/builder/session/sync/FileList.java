package dev.obdbuild.builder.session.sync;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.llb.pattern.PathPatterns;
import dev.obdbuild.protos.fsutil.Stat;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The list of a folder's files, which is transferred instead of most of them. As a file it is, for
 * each of them in the order of a walk, the length of its {@code Stat} message in four bytes, least
 * significant first, and the message.
 */
final class FileList implements Closeable {

  /** Where it stands in the folder; the folder's own file of that name is left out. */
  static final RawPath NAME = RawPath.of(".fsutil-metadata");

  private static final int PERMISSIONS = 0644;
  private static final int CHUNK = 64 << 10;

  private final PathPatterns wanted;
  private final Received content;
  private final ByteString.Output chunk = ByteString.newOutput(CHUNK);

  /** Folders above the file that was listed last, from the root on, which nothing wanted yet. */
  private final List<SyncEntry> above = new ArrayList<>();

  private long newest;

  FileList(PathPatterns wanted, Intake intake) {
    this.wanted = wanted;
    this.content = new Received(intake);
  }

  /**
   * Lists a file.
   *
   * @return what is to be transferred because of it: nothing, or the file itself behind those
   *     folders above it that were not
   */
  List<SyncEntry> add(Stat stat, SyncEntry entry) throws IOException {
    if (entry.path().equals(NAME)) {
      return List.of();
    }
    write(stat);
    newest = Math.max(newest, entry.modified());
    RawPath parent = entry.path().parent();
    while (!above.isEmpty() && !isAbove(above.getLast().path(), parent)) {
      above.removeLast();
    }
    if (!wanted.matches(entry.path().toString())) {
      if (entry.type() == FileType.DIRECTORY) {
        above.add(entry);
      }
      return List.of();
    }
    List<SyncEntry> all = new ArrayList<>(above);
    above.clear();
    all.add(entry);
    return all;
  }

  private static boolean isAbove(RawPath folder, RawPath parent) {
    return parent.equals(folder) || parent.latin1().startsWith(folder.latin1() + "/");
  }

  private void write(Stat stat) throws IOException {
    int length = stat.getSerializedSize();
    byte[] bytes = new byte[Integer.BYTES + length];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(length);
    CodedOutputStream out = CodedOutputStream.newInstance(bytes, Integer.BYTES, length);
    out.useDeterministicSerialization();
    stat.writeTo(out);
    out.flush();
    chunk.write(bytes);
    if (chunk.size() >= CHUNK) {
      content.add(chunk.toByteString());
      chunk.reset();
    }
  }

  /** The list as a file, as old as the newest of the files. */
  SyncEntry complete() throws IOException {
    if (chunk.size() > 0) {
      content.add(chunk.toByteString());
    }
    return content.complete(
        new SyncEntry(
            NAME,
            FileType.REGULAR,
            PERMISSIONS,
            0,
            0,
            0,
            newest,
            RawPath.EMPTY,
            0,
            0,
            Map.of(),
            0,
            SyncEntry.NO_HASH));
  }

  @Override
  public void close() throws IOException {
    content.close();
  }
}
