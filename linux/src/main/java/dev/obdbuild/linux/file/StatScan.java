package dev.obdbuild.linux.file;

import dev.obdbuild.linux.sys.LinuxException;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Reads directories together with what statx tells of each name, one after another in the same
 * memory: for folders of very many files, where a call's own memory costs more than the call.
 * Belongs to one thread; the caller closes it.
 */
public final class StatScan implements Closeable {
  private static final int BUFFER = 64 << 10;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment records = arena.allocate(BUFFER, 8);
  private final MemorySegment statx = arena.allocate(Stat.STRUCT_SIZE, 8);
  private final Native.Frame frame = new Native.Frame(0);
  private final StatList.Growing found = new StatList.Growing();

  /** Which names count. */
  @FunctionalInterface
  public interface Choice {
    /** Whether {@code name}, which is of this type, is wanted. */
    boolean takes(RawPath name, FileType type);
  }

  /**
   * The names of {@code dir} but {@code .} and {@code ..}, each call reading anew.
   *
   * @param choice which of them; null for all
   * @throws LinuxException when one went away meanwhile, too
   */
  public StatList read(Dir dir, @Nullable Choice choice) throws IOException {
    found.clear();
    Listing.each(
        dir,
        records,
        (entry, type, address) -> {
          FileType known = type;
          if (known == null || choice == null || choice.takes(entry, known)) {
            stat(dir, entry, address);
            known = known == null ? Stat.of(statx).type() : known;
            if (type != null || choice == null || choice.takes(entry, known)) {
              found.add(entry, statx);
            }
          }
        });
    return found.sorted();
  }

  private void stat(Dir dir, RawPath entry, long name) throws LinuxException {
    int result = DirCalls.statx(frame, dir.fd(), name, statx);
    if (result < 0) {
      throw new LinuxException("statx", "/" + dir.path().child(entry).text(), -result);
    }
  }

  @Override
  public void close() {
    frame.close();
    arena.close();
  }
}
