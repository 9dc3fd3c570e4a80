package dev.obdbuild.linux.net;

import dev.obdbuild.linux.sys.Descriptor;
import dev.obdbuild.linux.sys.Libc;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A network namespace of its own, held by an open descriptor: it ends with this object, or with
 * this process, once no other process is in it, and all interfaces in it end too. So nothing of it
 * is ever left behind on the host.
 */
public final class NetworkNamespace implements Closeable {
  private static final int CLONE_NEWNET = 0x40000000;
  private static final Path OWN = Path.of("/proc/thread-self/ns/net");

  private final Descriptor descriptor;

  private NetworkNamespace(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  /** Makes the inside of a new namespace ready. */
  @FunctionalInterface
  public interface Setup {

    /**
     * Called on a thread that is in the namespace.
     *
     * @param outside works on the namespace of this process
     * @param inside works on the new one
     */
    void run(NetworkNamespace made, Netlink outside, Netlink inside) throws IOException;
  }

  /** A new one, with its loopback interface up. */
  public static NetworkNamespace create(Setup setup) throws IOException {
    FutureTask<NetworkNamespace> task = new FutureTask<>(() -> enter(setup));
    // A thread that has left the process's namespace is of no other use.
    Thread.ofPlatform().name("network-namespace").daemon().start(task);
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a network namespace was being made", e);
    }
  }

  private static NetworkNamespace enter(Setup setup) throws IOException {
    try (Netlink outside = Netlink.open()) {
      Libc.check(Netlink.Holder.CALLS.unshare(CLONE_NEWNET), "unshare", "network namespace");
      NetworkNamespace made = new NetworkNamespace(Descriptor.read(OWN));
      try (Netlink inside = Netlink.open()) {
        inside.up(Netlink.index("lo"));
        setup.run(made, outside, inside);
        return made;
      } catch (IOException | RuntimeException e) {
        made.close();
        throw e;
      }
    }
  }

  int descriptor() {
    return descriptor.number();
  }

  /** A file that stands for it, for every process of this machine, until it is closed. */
  public Path path() {
    return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor.number());
  }

  @Override
  public void close() throws LinuxException {
    descriptor.close();
  }
}
