package dev.obdbuild.worker.network;

import dev.obdbuild.linux.net.Netlink;
import dev.obdbuild.linux.net.NetworkNamespace;
import dev.obdbuild.snapshots.sweep.ResourceJournal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A namespace for each container, cabled to a bridge of this process. A few are kept ready. A
 * namespace and its cable are gone when nobody holds them, so only the bridge is recorded.
 */
final class BridgeNetworks implements Networks {

  private static final String INSIDE = "eth0";

  private final NetworkConfig config;
  private final ResourceJournal journal;
  private final String prefix = "obd%05x".formatted(ThreadLocalRandom.current().nextInt(1 << 20));
  private final Deque<Port> ready = new ArrayDeque<>();
  private final BitSet taken = new BitSet();
  private @Nullable Bridge bridge;
  private int beingMade;
  private boolean closed;

  BridgeNetworks(NetworkConfig config, ResourceJournal journal) {
    this.config = config;
    this.journal = journal;
  }

  /** One end of a cable: a namespace with an address. */
  private final class Port implements Attachment {
    private final NetworkNamespace namespace;
    private final int host;
    private boolean released;

    Port(NetworkNamespace namespace, int host) {
      this.namespace = namespace;
      this.host = host;
    }

    @Override
    public Optional<Path> namespace() {
      return Optional.of(namespace.path());
    }

    @Override
    public void close() throws IOException {
      synchronized (BridgeNetworks.this) {
        if (released) {
          return;
        }
        released = true;
      }
      // The cable goes first: the kernel takes its time to end a namespace.
      try (namespace;
          Netlink netlink = Netlink.open()) {
        var _ = netlink.delete(cable(host));
      }
      synchronized (BridgeNetworks.this) {
        taken.clear(host);
      }
    }
  }

  @Override
  public Attachment attach(String container) throws IOException {
    Port port;
    synchronized (this) {
      port = ready.poll();
      int wanted = closed ? 0 : config.poolSize() - ready.size() - beingMade;
      for (int i = 0; i < wanted; i++) {
        beingMade++;
        Thread.ofPlatform().name("network-pool").daemon().start(this::prepare);
      }
    }
    return port == null ? make() : port;
  }

  /** A failure is not this thread's to tell: whoever needs a port next meets it himself. */
  private void prepare() {
    Port made = null;
    try {
      made = make();
    } catch (IOException e) {
      made = null;
    }
    boolean late;
    synchronized (this) {
      beingMade--;
      late = closed;
      if (made != null && !late) {
        ready.add(made);
      }
      notifyAll();
    }
    if (made != null && late) {
      try {
        made.close();
      } catch (IOException e) {
        late = true; // the bridge's end takes the cable with it
      }
    }
  }

  private Port make() throws IOException {
    Bridge to;
    int host;
    synchronized (this) {
      to = bridge();
      host = taken.nextClearBit(to.firstFree());
      if (host > to.subnet().hosts()) {
        throw new IOException("no free address on bridge " + to.name() + ": " + to.subnet());
      }
      taken.set(host);
    }
    boolean made = false;
    try {
      NetworkNamespace namespace =
          NetworkNamespace.create(
              (own, outside, inside) -> {
                outside.addCable(cable(host), to.index(), INSIDE, own);
                int index = Netlink.index(INSIDE);
                inside.addAddress(index, to.subnet().host(host), to.subnet().prefix());
                inside.up(index);
                inside.addDefaultRoute(to.subnet().host(to.gateway()));
              });
      made = true;
      return new Port(namespace, host);
    } finally {
      if (!made) {
        synchronized (this) {
          taken.clear(host);
        }
      }
    }
  }

  private Bridge bridge() throws IOException {
    Bridge made = bridge;
    if (made == null) {
      if (closed) {
        throw new IOException("networks are closed");
      }
      Optional<Subnet> wanted = config.subnet();
      Subnet subnet = wanted.isPresent() ? wanted.get() : Subnet.free(prefix.hashCode());
      made = Bridge.make(prefix, subnet, journal);
      bridge = made;
    }
    return made;
  }

  private String cable(int host) {
    return prefix + "v%x".formatted(host);
  }

  @Override
  public void close() throws IOException {
    Deque<Port> left;
    Bridge made;
    synchronized (this) {
      closed = true;
      awaitPool();
      left = new ArrayDeque<>(ready);
      ready.clear();
      made = bridge;
      bridge = null;
    }
    if (made != null) {
      try (made) {
        for (Port port : left) {
          port.close();
        }
      }
    }
  }

  private synchronized void awaitPool() throws IOException {
    try {
      while (beingMade > 0) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while networks were being closed", e);
    }
  }
}
