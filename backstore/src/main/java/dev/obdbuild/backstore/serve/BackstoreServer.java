package dev.obdbuild.backstore.serve;

import dev.obdbuild.backstore.metrics.LiveDevices;
import dev.obdbuild.backstore.metrics.Metering;
import dev.obdbuild.backstore.remote.RemoteLayers;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Serves devices to builders of this host that ask for them at a unix socket, until it is closed;
 * then it takes them away. After a kill the next one on the same folder serves them on.
 */
public final class BackstoreServer implements AutoCloseable {
  private static final Duration REQUEST = Duration.ofSeconds(30);
  private static final Duration OWNERS_EVERY = Duration.ofSeconds(5);
  private static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();

  private final Path socket;
  private final ServedStacks stacks;
  private final ServerSocketChannel listening;
  private final LiveDevices live;
  private final RemoteLayers remote;
  private final Consumer<String> log;
  private final CountDownLatch end = new CountDownLatch(1);

  /** Platform threads: making a device asks for the size of a file that this process serves. */
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("serve-", 0).factory());

  private BackstoreServer(
      Path socket,
      ServedStacks stacks,
      ServerSocketChannel listening,
      LiveDevices live,
      RemoteLayers remote,
      Consumer<String> log) {
    this.socket = socket;
    this.stacks = stacks;
    this.listening = listening;
    this.live = live;
    this.remote = remote;
    this.log = log;
  }

  /**
   * Takes over what is left in {@code folder}, and listens.
   *
   * @param socket made for this user alone; one that is left is replaced
   * @param folder for what must outlive a kill but not the machine, on no device of a server's own
   * @param remote opens layers of registries
   * @param log takes lines
   */
  public static BackstoreServer start(
      Path socket, Path folder, RemoteLayers remote, ServeManner manner, Consumer<String> log)
      throws IOException {
    LayerOpener opener = new LayerOpener(remote::open);
    LiveDevices live = new LiveDevices();
    Metering metering = new Metering(live, remote::fetched, manner.audit());
    HostDevices devices = new HostDevices(manner.device(), Optional.empty());
    // FUSE and loop name files by their real path.
    Files.createDirectories(folder);
    ServedStacks stacks =
        ServedStacks.open(folder.toRealPath(), opener, devices, manner.keeping(), metering, log);
    log.accept(devices.toString());
    try {
      Files.createDirectories(Objects.requireNonNull(socket.toAbsolutePath().getParent()));
      // The folder's lock says that nobody listens there on its behalf.
      Files.deleteIfExists(socket);
      ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        listening.bind(UnixDomainSocketAddress.of(socket));
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      } catch (IOException e) {
        listening.close();
        throw e;
      }
      BackstoreServer server = new BackstoreServer(socket, stacks, listening, live, remote, log);
      Thread.ofPlatform().daemon().name("serve-accept").start(server::accept);
      Thread.ofPlatform().daemon().name("serve-owners").start(server::lookAfterOwners);
      return server;
    } catch (IOException | RuntimeException e) {
      stacks.close();
      throw e;
    }
  }

  private void accept() {
    while (listening.isOpen()) {
      try {
        SocketChannel channel = listening.accept();
        try {
          threads.execute(() -> answer(channel));
        } catch (RuntimeException | OutOfMemoryError e) { // no thread to be had
          channel.close();
          throw new IOException(e);
        }
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        log.accept("accepting a connection at unix://" + socket + ": " + e);
        LockSupport.parkNanos(PAUSE_NANOS); // as when there are no descriptors left
      }
    }
  }

  private void answer(SocketChannel channel) {
    try (channel;
        Frames frames = new Frames(channel)) {
      Request request = Wire.request(frames.receive(REQUEST));
      frames.send(Wire.encode(reply(request)), REQUEST);
      if (request instanceof Request.Watch) {
        frames.awaitEnd();
      }
    } catch (IOException | RuntimeException e) {
      log.accept("a connection at unix://" + socket + ": " + e.getMessage());
    }
  }

  private void lookAfterOwners() {
    try {
      while (!end.await(OWNERS_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        stacks.releaseGone();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does that but a JVM that ends
    }
  }

  private Reply reply(Request request) {
    try {
      return request instanceof Request.Numbers numbers
          ? numbers(numbers.owner())
          : stacks.answer(request);
    } catch (IOException | RuntimeException e) {
      return new Reply.Refused(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  private Reply numbers(String owner) {
    Set<Path> nodes = stacks.nodes(owner);
    return new Reply.Numbers(
        remote.fetchedBytes(),
        live.numbers().stream().filter(device -> nodes.contains(device.node())).toList());
  }

  /** The devices that it serves. */
  public LiveDevices live() {
    return live;
  }

  /** How many devices it serves. */
  public int devices() {
    return stacks.size();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    end.countDown();
    Files.deleteIfExists(socket);
    threads.shutdownNow();
    stacks.close();
  }
}
