package dev.obdbuild.linux.terminal;

import dev.obdbuild.linux.sys.Descriptor;
import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.Libc;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The master's side of a pseudo terminal. One thread may read while another writes; both must have
 * returned before it is closed.
 */
public final class PseudoTerminal implements Closeable {
  private static final Path MULTIPLEXER = Path.of("/dev/ptmx");
  private static final long TIOCGPTN = 0x80045430L;
  private static final long TIOCSPTLCK = 0x40045431L;
  private static final long TIOCSWINSZ = 0x5414L;

  private final Descriptor master;
  private final Path slave;

  private PseudoTerminal(Descriptor master, Path slave) {
    this.master = master;
    this.slave = slave;
  }

  /** A new one; programs may open its slave at once. */
  public static PseudoTerminal open() throws LinuxException {
    Descriptor master = Descriptor.readWrite(MULTIPLEXER);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment number = arena.allocate(ValueLayout.JAVA_INT); // zero: unlock
      master.ioctl("ioctl(TIOCSPTLCK)", TIOCSPTLCK, number.address());
      master.ioctl("ioctl(TIOCGPTN)", TIOCGPTN, number.address());
      return new PseudoTerminal(master, Path.of("/dev/pts/" + number.get(ValueLayout.JAVA_INT, 0)));
    } catch (LinuxException e) {
      master.close();
      throw e;
    }
  }

  /**
   * What a program opens. Never this process, unless as one that does not take terminals: the first
   * one that a session's leader opens becomes its own.
   */
  public Path slave() {
    return slave;
  }

  /** Sets its size and tells the programs in front of it. */
  public void resize(int rows, int columns) throws LinuxException {
    resize(master, rows, columns);
  }

  /**
   * Sets the size of the terminal that a process of another container has as its standard input.
   *
   * @return false when it has none there, or has ended
   */
  public static boolean resizeOf(long pid, int rows, int columns) throws LinuxException {
    Path input = Path.of("/proc/" + pid + "/fd/0");
    try {
      String shown = Files.readSymbolicLink(input).toString();
      if (!shown.startsWith("/dev/pts/") && !shown.equals("/dev/console")) {
        return false;
      }
    } catch (IOException e) {
      return false;
    }
    try (Descriptor terminal = Descriptor.readWriteNoTerminal(input)) {
      resize(terminal, rows, columns);
      return true;
    } catch (LinuxException e) {
      if (e.is(Errno.ENOTTY) || e.is(Errno.ENOENT) || e.is(Errno.ENXIO) || e.is(Errno.EIO)) {
        return false;
      }
      throw e;
    }
  }

  private static void resize(Descriptor terminal, int rows, int columns) throws LinuxException {
    if (rows < 0 || rows > 0xffff || columns < 0 || columns > 0xffff) {
      throw new IllegalArgumentException("terminal of " + rows + " rows, " + columns + " columns");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(8, 2); // rows, columns, and pixels, which nobody knows
      size.set(ValueLayout.JAVA_SHORT, 0, (short) rows);
      size.set(ValueLayout.JAVA_SHORT, 2, (short) columns);
      terminal.ioctl("ioctl(TIOCSWINSZ)", TIOCSWINSZ, size.address());
    }
  }

  /**
   * Waits for what programs print.
   *
   * @return how many bytes; -1 when the last program has closed the slave
   */
  public int read(byte[] into) throws LinuxException {
    while (true) {
      long n = Holder.CALLS.read(master.number(), into, into.length);
      if (n > 0) {
        return (int) n;
      }
      int error = n == 0 ? Errno.EIO : Libc.errno();
      if (error == Errno.EIO) {
        return -1;
      }
      if (error != Errno.EINTR) {
        throw new LinuxException("read", slave.toString(), error);
      }
    }
  }

  /** Hands bytes to the programs as if they were typed. */
  public void write(byte[] from, int length) throws LinuxException {
    byte[] left = java.util.Arrays.copyOf(from, length);
    while (left.length > 0) {
      long n = Holder.CALLS.write(master.number(), left, left.length);
      if (n < 0 && Libc.errno() != Errno.EINTR) {
        throw new LinuxException("write", slave.toString(), Libc.errno());
      }
      left = java.util.Arrays.copyOfRange(left, (int) Math.max(n, 0), left.length);
    }
  }

  /** Ends {@link #read} even if no program ever opened the slave. Comes when none will. */
  public void hangUp() throws LinuxException {
    Descriptor.readWriteNoTerminal(slave).close();
  }

  @Override
  public void close() throws LinuxException {
    master.close();
  }

  /** Binds on first use. */
  private static final class Holder {
    static final TerminalCalls CALLS = Libc.load(TerminalCalls.class);
  }
}
