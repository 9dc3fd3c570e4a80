package dev.obdbuild.linux.sys;

import java.io.Closeable;
import java.nio.file.Path;
import jnr.constants.platform.OpenFlags;

/**
 * An open file descriptor, closed on exec. Thread-safe, but whoever closes it must know that no
 * call on the number is under way: the number may be another file's a moment later.
 */
public final class Descriptor implements Closeable {
  private final String name;
  private final int number;
  private boolean closed;

  private Descriptor(String name, int number) {
    this.name = name;
    this.number = number;
  }

  /** Opens for reading. */
  public static Descriptor read(Path path) throws LinuxException {
    return open(path, OpenFlags.O_RDONLY);
  }

  /** Opens for reading and writing. */
  public static Descriptor readWrite(Path path) throws LinuxException {
    return open(path, OpenFlags.O_RDWR);
  }

  /** Opens for reading and writing what may be a terminal, which does not become ours. */
  public static Descriptor readWriteNoTerminal(Path path) throws LinuxException {
    String name = path.toString();
    int flags = OpenFlags.O_RDWR.intValue() | OpenFlags.O_NOCTTY.intValue();
    int fd = Holder.CALLS.open(name, flags | OpenFlags.O_CLOEXEC.intValue(), 0);
    return new Descriptor(name, Libc.check(fd, "open", name));
  }

  /**
   * Opens a block device for reading, and claims it.
   *
   * @throws LinuxException EBUSY when a filesystem or another claimant has it
   */
  public static Descriptor readExclusively(Path path) throws LinuxException {
    return open(path, OpenFlags.O_EXCL);
  }

  /** Opens a folder, for calls that work on the filesystem it lies on. */
  public static Descriptor directory(Path path) throws LinuxException {
    return open(path, OpenFlags.O_DIRECTORY);
  }

  /**
   * One that came from elsewhere than a path; takes it over.
   *
   * @param name for messages
   */
  public static Descriptor of(String name, int number) {
    return new Descriptor(name, number);
  }

  private static Descriptor open(Path path, OpenFlags flags) throws LinuxException {
    String name = path.toString();
    int fd = Holder.CALLS.open(name, flags.intValue() | OpenFlags.O_CLOEXEC.intValue(), 0);
    return new Descriptor(name, Libc.check(fd, "open", name));
  }

  /** The number; belongs to this object. */
  public synchronized int number() {
    if (closed) {
      throw new IllegalStateException(name + " is closed");
    }
    return number;
  }

  /** The path that was opened. */
  public String name() {
    return name;
  }

  /**
   * {@code ioctl(2)}.
   *
   * @param call its symbol, for the message
   * @param argument a number or the address of native memory
   */
  public int ioctl(String call, long request, long argument) throws LinuxException {
    return Libc.check(Holder.CALLS.ioctl(number(), request, argument), call, name);
  }

  /** Closes it; more than once is harmless. */
  @Override
  public synchronized void close() throws LinuxException {
    if (!closed) {
      closed = true;
      Libc.check(Holder.CALLS.close(number), "close", name);
    }
  }

  /** Binds on first use. */
  private static final class Holder {
    static final DescriptorCalls CALLS = Libc.load(DescriptorCalls.class);
  }
}
