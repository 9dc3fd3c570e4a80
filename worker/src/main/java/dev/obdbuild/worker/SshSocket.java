package dev.obdbuild.worker;

import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.snapshots.sweep.Resource;
import dev.obdbuild.snapshots.sweep.ResourceJournal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A socket of the host behind which an agent of the caller answers: each connection to it is one to
 * the agent. Closing it ends all of them and removes the socket.
 */
final class SshSocket implements AutoCloseable {

  private static final int CHUNK = 32 << 10;
  private static final int PERMISSIONS = 0777;

  private final SshAgents agents;
  private final String id;
  private final Consumer<String> troubles;
  private final Path folder;
  private final ResourceJournal.Entry entry;
  private final ServerSocketChannel server;
  private final Set<Forward> forwards = new HashSet<>();
  private boolean closed;

  private SshSocket(
      SshAgents agents,
      String id,
      Consumer<String> troubles,
      Path folder,
      ResourceJournal.Entry entry,
      ServerSocketChannel server) {
    this.agents = agents;
    this.id = id;
    this.troubles = troubles;
    this.folder = folder;
    this.entry = entry;
    this.server = server;
  }

  /**
   * Makes a socket and listens.
   *
   * @param troubles hears why a connection came to nothing
   */
  static SshSocket open(Workspace workspace, ExecMount.Ssh mount, Consumer<String> troubles)
      throws IOException {
    // Not below the store's root: a socket's path has 107 bytes at most.
    Path folder = Path.of(System.getProperty("java.io.tmpdir"), workspace.newName("ssh"));
    ResourceJournal.Entry entry =
        workspace.snapshots().journal().record(new Resource.Temporary(folder));
    try {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
      ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      SshSocket made =
          new SshSocket(workspace.session().ssh(), mount.id(), troubles, folder, entry, server);
      try {
        made.listen(mount);
        return made;
      } catch (IOException | RuntimeException e) {
        try (made) {
          throw e;
        }
      }
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(folder);
      entry.close();
      throw e;
    }
  }

  private void listen(ExecMount.Ssh mount) throws IOException {
    server.bind(UnixDomainSocketAddress.of(path()));
    Files.setAttribute(path(), "unix:uid", mount.uid());
    Files.setAttribute(path(), "unix:gid", mount.gid());
    Files.setAttribute(path(), "unix:mode", mount.mode() & PERMISSIONS);
    Thread.ofVirtual().name("ssh-" + id).start(this::accept);
  }

  /** Where the socket is on the host. */
  Path path() {
    return folder.resolve("agent");
  }

  private void accept() {
    try {
      while (true) {
        Forward forward = new Forward(server.accept());
        if (!enter(forward)) {
          forward.hangUp();
          return;
        }
        Thread.ofVirtual().name("ssh-" + id + "-up").start(forward::run);
      }
    } catch (IOException e) {
      if (server.isOpen()) {
        troubles.accept("ssh agent " + id + ": " + e.getMessage());
      }
    }
  }

  private synchronized boolean enter(Forward forward) {
    return !closed && forwards.add(forward);
  }

  private synchronized void leave(Forward forward) {
    forwards.remove(forward);
    notifyAll();
  }

  @Override
  public void close() throws IOException {
    try (entry) {
      server.close();
      Set<Forward> left;
      synchronized (this) {
        closed = true;
        left = Set.copyOf(forwards);
      }
      left.forEach(Forward::hangUp);
      awaitForwards();
      Files.deleteIfExists(path());
      Files.deleteIfExists(folder);
    }
  }

  private synchronized void awaitForwards() throws IOException {
    try {
      while (!forwards.isEmpty()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while connections to ssh agent " + id + " ended", e);
    }
  }

  /** One connection of the step, handed on in both directions until both have ended. */
  private final class Forward {
    private final SocketChannel step;
    private SshAgents.Connection agent = none();
    private boolean over;

    Forward(SocketChannel step) {
      this.step = step;
    }

    void run() {
      try {
        connect();
        Thread down = Thread.ofVirtual().name("ssh-" + id + "-down").start(this::down);
        copy(Channels.newInputStream(step), agent.out());
        agent.out().close();
        down.join();
      } catch (IOException e) {
        report(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        hangUp();
        leave(this);
      }
    }

    private void connect() throws IOException {
      SshAgents.Connection made = agents.connect(id);
      boolean late;
      synchronized (this) {
        late = over;
        agent = late ? agent : made;
      }
      if (late) {
        made.close();
        throw new IOException("the step has ended");
      }
    }

    private void down() {
      try {
        copy(agent.in(), Channels.newOutputStream(step));
        step.shutdownOutput();
      } catch (IOException e) {
        report(e);
        hangUp(); // the other direction has nobody to talk to
      }
    }

    private synchronized void report(IOException e) {
      if (!over) {
        troubles.accept("ssh agent " + id + ": " + e.getMessage());
      }
    }

    /** Ends both directions; whoever waits in one gets an error. */
    void hangUp() {
      SshAgents.Connection connected;
      synchronized (this) {
        over = true;
        connected = agent;
      }
      try (step;
          connected) {
        return;
      } catch (IOException e) {
        troubles.accept("ssh agent " + id + ": " + e.getMessage());
      }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
      byte[] buffer = new byte[CHUNK];
      for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
        to.write(buffer, 0, n);
        to.flush();
      }
    }

    private static SshAgents.Connection none() {
      return new SshAgents.Connection() {
        @Override
        public InputStream in() {
          return InputStream.nullInputStream();
        }

        @Override
        public OutputStream out() {
          return OutputStream.nullOutputStream();
        }

        @Override
        public void close() {}
      };
    }
  }
}
