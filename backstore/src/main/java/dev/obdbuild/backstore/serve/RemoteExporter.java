package dev.obdbuild.backstore.serve;

import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.device.LayerPlaces;
import dev.obdbuild.backstore.device.LayeredExport;
import dev.obdbuild.backstore.device.StackDevice;
import dev.obdbuild.backstore.metrics.DeviceNumbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Has a server in another process serve devices of layers. What uses them waits while the server is
 * being restarted; when none comes for a minute they fail.
 *
 * <p>Close it after all devices that it exported.
 */
public final class RemoteExporter implements DeviceExporter, AutoCloseable {
  /** How long a server may be away. */
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  /** How long a first one may take to come. */
  private static final Duration FIRST = Duration.ofSeconds(5);

  private static final String RECORD = "backstore";

  private final Path folder;
  private final Duration patience;
  private final BackstoreClient client;
  private final Set<RemoteDevice> devices = ConcurrentHashMap.newKeySet();
  private final Growing fetched = new Growing();
  private final Thread watcher;
  private volatile boolean closed;

  /**
   * @param folder existing, of this process alone; its path tells the server whose the devices are,
   *     and what lies in it tells {@link #release} which server has them
   * @param socket where the server listens
   * @param patience how long a server may be away before its devices fail
   * @throws IOException when there is none
   */
  public RemoteExporter(Path folder, Path socket, Duration patience) throws IOException {
    this.folder = folder.toAbsolutePath().normalize();
    this.patience = patience;
    this.client = new BackstoreClient(socket);
    Frames first = client.watch(FIRST);
    try {
      Files.writeString(this.folder.resolve(RECORD), socket.toAbsolutePath().toString());
    } catch (IOException e) {
      first.close();
      throw e;
    }
    this.watcher = Thread.ofPlatform().daemon().name("backstore-watch").start(() -> watch(first));
  }

  /**
   * Has the server take away what an owner left who is gone. What it used must be unmounted.
   * Nothing happens when his devices were none of a server's. When there is no server the next one
   * takes them away as soon as the owner's folder is gone.
   *
   * @param folder as it was given to the owner's exporter
   */
  public static void release(Path folder) throws IOException {
    Path owner = folder.toAbsolutePath().normalize();
    Optional<BackstoreClient> server = server(owner);
    if (server.isEmpty()) {
      return;
    }
    try {
      var _ =
          server
              .get()
              .call(new Request.Release(owner.toString()), FIRST); // it may be about to start again
    } catch (BackstoreClient.NobodyThereException e) {
      return; // as said above
    }
  }

  /**
   * Whether an owner's devices are a server's that is not there and does not come within some
   * seconds: what uses them waits, and so does whoever unmounts them.
   *
   * @param folder as it was given to the owner's exporter
   */
  public static boolean isServerAway(Path folder) throws IOException {
    Path owner = folder.toAbsolutePath().normalize();
    Optional<BackstoreClient> server = server(owner);
    if (server.isEmpty()) {
      return false;
    }
    try {
      var _ = server.get().call(new Request.Numbers(owner.toString()), FIRST);
      return false;
    } catch (BackstoreClient.NobodyThereException e) {
      return true;
    }
  }

  /** The one that has the owner's devices, if any has. */
  private static Optional<BackstoreClient> server(Path owner) throws IOException {
    try {
      return Optional.of(new BackstoreClient(Path.of(Files.readString(owner.resolve(RECORD)))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * What the devices exported here have done.
   *
   * @throws IOException when there is no server at the moment
   */
  public List<DeviceNumbers> numbers() throws IOException {
    return devices.isEmpty() ? List.of() : ask().devices();
  }

  /**
   * Bytes of layers that servers have fetched while this was open, for others too; what they had by
   * the last answer while there is none.
   */
  public long fetchedBytes() {
    try {
      var _ = ask();
    } catch (IOException e) {
      return fetched.total(); // a server that is started again begins at nothing anyway
    }
    return fetched.total();
  }

  private Reply.Numbers ask() throws IOException {
    Reply reply = client.callAlways(new Request.Numbers(folder.toString()), Duration.ZERO);
    if (!(reply instanceof Reply.Numbers numbers)) {
      throw new IOException(client + " answers " + reply);
    }
    fetched.told(numbers.fetched());
    return numbers;
  }

  /** A number that begins at nothing with each server. */
  private static final class Growing {
    private long before;
    private long last;

    synchronized void told(long now) {
      before += now < last ? last : 0;
      last = now;
    }

    synchronized long total() {
      return before + last;
    }
  }

  /** Notices that a server is gone, and what its next one does not have. */
  private void watch(Frames first) {
    Frames frames = first;
    while (true) {
      try (Frames watched = frames) {
        watched.awaitEnd();
      } catch (IOException e) {
        // Gone all the same.
      }
      if (closed) {
        return;
      }
      try {
        frames = client.watch(patience);
        devices.forEach(RemoteDevice::failure);
      } catch (IOException e) {
        if (closed) {
          return;
        }
        devices.forEach(device -> device.cutOff(e));
        Optional<Frames> again = waitForever();
        if (again.isEmpty()) {
          return;
        }
        frames = again.get();
      }
    }
  }

  private Optional<Frames> waitForever() {
    while (!closed) {
      try {
        return Optional.of(client.watch(patience));
      } catch (IOException e) {
        continue; // the devices of then are lost; of later ones somebody may ask still
      }
    }
    return Optional.empty();
  }

  @Override
  public String kind() {
    return "backstore";
  }

  @Override
  public boolean servesElsewhere() {
    return true;
  }

  /** Not possible: what only this process has no other one can serve. */
  @Override
  public ExportedDevice export(BlockDevice device, String name, boolean readOnly)
      throws IOException {
    throw new IOException(client + " serves layers, not '" + name + "', which only we have");
  }

  @Override
  public LayeredExport exportLayers(StackDevice device, LayerPlaces places, String name)
      throws IOException {
    DeviceSpec spec =
        new DeviceSpec(
            folder.toString(),
            name,
            device.size(),
            device.sectorSize(),
            places.below(),
            device.top().isPresent() ? places.top() : Optional.empty(),
            false);
    if (spec.readOnly() && device.top().isPresent()) {
      throw new IllegalArgumentException(
          "nobody knows where the writable layer of " + name + " is");
    }
    if (device.top().isPresent()) {
      device.close(); // closes the writable layer's files, which are the server's from now on
    }
    Reply reply = client.call(new Request.Export(spec), patience);
    if (!(reply instanceof Reply.Exported exported)) {
      throw new IOException(client + " answers " + reply);
    }
    RemoteDevice remote =
        new RemoteDevice(client, patience, spec, exported, device, devices::remove);
    devices.add(remote);
    return new LayeredExport(remote, remote);
  }

  @Override
  public void close() throws IOException {
    closed = true;
    watcher.interrupt();
    Files.deleteIfExists(folder.resolve(RECORD));
  }

  @Override
  public String toString() {
    return client.toString();
  }
}
