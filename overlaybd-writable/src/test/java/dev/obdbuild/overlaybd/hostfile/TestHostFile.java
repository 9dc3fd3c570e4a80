package dev.obdbuild.overlaybd.hostfile;

import dev.obdbuild.overlaybd.block.AllocatedExtents;
import dev.obdbuild.overlaybd.block.SparseFile;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** FileChannel for bytes, libc for holes. */
public final class TestHostFile implements SparseFile, AllocatedExtents {
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int PUNCH_KEEP_SIZE = 3;
  private static final int O_RDWR = 2;

  private final FileChannel channel;
  private final int fd;
  private final MethodHandle lseek;
  private final MethodHandle fallocate;
  private final MethodHandle close;

  private TestHostFile(FileChannel channel, Path path) {
    this.channel = channel;
    lseek =
        libc(
            "lseek",
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT));
    fallocate =
        libc(
            "fallocate",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG));
    close = libc("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    MethodHandle open =
        libc(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      fd = (int) call(() -> open.invoke(arena.allocateFrom(path.toString()), O_RDWR));
    }
    if (fd < 0) {
      throw new IllegalStateException("cannot open " + path);
    }
  }

  private static MethodHandle libc(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
  }

  private interface Call {
    Object run() throws Throwable;
  }

  private static Object call(Call call) {
    try {
      return call.run();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  public static TestHostFile open(Path path) throws IOException {
    return new TestHostFile(
        FileChannel.open(
            path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE),
        path);
  }

  @Override
  public long size() {
    try {
      return channel.size();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    for (long done = 0; done < dst.byteSize(); ) {
      int n = channel.read(dst.asSlice(done).asByteBuffer(), offset + done);
      if (n < 0) {
        throw new EOFException("end of file at " + (offset + done));
      }
      done += n;
    }
  }

  @Override
  public void write(long offset, MemorySegment src) throws IOException {
    for (long done = 0; done < src.byteSize(); ) {
      done += channel.write(src.asSlice(done).asByteBuffer(), offset + done);
    }
  }

  @Override
  public void punch(long offset, long length) throws IOException {
    if ((int) call(() -> fallocate.invoke(fd, PUNCH_KEEP_SIZE, offset, length)) != 0) {
      throw new IOException("fallocate of " + offset + "+" + length + " failed");
    }
  }

  @Override
  public void truncate(long size) throws IOException {
    channel.truncate(size);
  }

  @Override
  public void force() throws IOException {
    channel.force(false);
  }

  @Override
  public long nextData(long offset) {
    return (long) call(() -> lseek.invoke(fd, offset, SEEK_DATA));
  }

  @Override
  public long nextHole(long offset) {
    return (long) call(() -> lseek.invoke(fd, offset, SEEK_HOLE));
  }

  @Override
  public void close() throws IOException {
    call(() -> close.invoke(fd));
    channel.close();
  }
}
