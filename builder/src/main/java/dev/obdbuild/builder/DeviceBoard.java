package dev.obdbuild.builder;

import dev.obdbuild.backstore.metrics.DeviceCounts;
import dev.obdbuild.backstore.metrics.DeviceNumbers;
import dev.obdbuild.backstore.remote.Fetched;
import dev.obdbuild.linux.process.ProcessIdentity;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.snapshots.store.StorePaths;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells other processes of the same state folder which devices this one has, in a file that is
 * written anew within a second when something has changed. Thread-safe.
 */
public final class DeviceBoard implements AutoCloseable {

  private static final int WRITTEN_EVERY_MILLIS = 500;
  private static final String NAME = "devices";

  private final Path file;
  private final Devices devices;
  private final CountDownLatch end = new CountDownLatch(1);
  private final Thread thread;

  /** One device of some process. */
  public record Entry(long pid, DeviceNumbers numbers) {}

  /** Tells the numbers of the devices that there are. */
  @FunctionalInterface
  interface Devices {
    /**
     * All at this moment.
     *
     * @throws IOException when it cannot be told now; later, perhaps
     */
    List<DeviceNumbers> numbers() throws IOException;
  }

  /**
   * @param run folder of this process in the state folder
   */
  DeviceBoard(Path run, Devices devices) {
    this.file = run.resolve(NAME);
    this.devices = devices;
    this.thread = Thread.ofPlatform().daemon().name("device-board").start(this::run);
  }

  private void run() {
    byte[] told = new byte[0];
    try {
      while (!end.await(WRITTEN_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
        Optional<List<DeviceNumbers>> all = numbers();
        if (all.isPresent() && (told.length > 0 || !all.get().isEmpty())) {
          byte[] now = text(all.get());
          if (!Arrays.equals(told, now)) {
            write(now);
            told = now;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // The folder goes when the store is closed, and with it who would read here.
      return;
    }
  }

  /** Nothing while who serves them is away: what was told last stands. */
  private Optional<List<DeviceNumbers>> numbers() {
    try {
      return Optional.of(devices.numbers());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void write(byte[] text) throws IOException {
    Path next = file.resolveSibling(NAME + ".next");
    Files.write(next, text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static byte[] text(List<DeviceNumbers> devices) throws IOException {
    ProcessIdentity self = ProcessIdentity.self();
    List<JsonWriter> all = new ArrayList<>();
    for (DeviceNumbers live : devices) {
      DeviceCounts counts = live.counts();
      Fetched fetched = live.fetched();
      all.add(
          new JsonWriter()
              .always("node", live.node().toString())
              .bool("writable", live.writable())
              .alwaysInteger("size", live.size())
              .alwaysInteger("layerBytes", live.layerBytes())
              .alwaysInteger("bytesFetched", fetched.bytes())
              .alwaysInteger("imageBytes", fetched.size())
              .alwaysInteger("reads", counts.reads())
              .alwaysInteger("bytesRead", counts.read())
              .alwaysInteger("writes", counts.writes())
              .alwaysInteger("bytesWritten", counts.written())
              .alwaysInteger("failures", counts.failures()));
    }
    return new JsonWriter()
        .alwaysInteger("pid", self.pid())
        .alwaysInteger("started", self.startTicks())
        .objects("devices", all)
        .toBytes();
  }

  /** The devices that living processes serve below a state folder. */
  public static List<Entry> read(Path root) throws IOException {
    List<Entry> entries = new ArrayList<>();
    Path runs = StorePaths.create(root).runs();
    if (!Files.isDirectory(runs)) {
      return entries;
    }
    try (DirectoryStream<Path> owners = Files.newDirectoryStream(runs)) {
      for (Path owner : owners) {
        Path board = owner.resolve(NAME);
        try {
          add(JsonReader.parse(Files.readAllBytes(board), board.toString()), entries);
        } catch (NoSuchFileException e) {
          // Has served nothing so far, or has just ended.
          continue;
        }
      }
    }
    return entries;
  }

  private static void add(JsonReader board, List<Entry> entries) throws IOException {
    ProcessIdentity process =
        new ProcessIdentity(board.integer("pid", 0), board.integer("started", 0));
    if (!process.holds()) {
      return;
    }
    for (JsonReader device : board.objects("devices")) {
      entries.add(
          new Entry(
              process.pid(),
              new DeviceNumbers(
                  Path.of(device.requiredString("node")),
                  device.bool("writable"),
                  device.integer("size", 0),
                  device.integer("layerBytes", 0),
                  new DeviceCounts(
                      device.integer("reads", 0),
                      device.integer("bytesRead", 0),
                      device.integer("writes", 0),
                      device.integer("bytesWritten", 0),
                      device.integer("failures", 0)),
                  new Fetched(
                      device.integer("bytesFetched", 0), device.integer("imageBytes", 0)))));
    }
  }

  /** Tells no more. */
  @Override
  public void close() {
    end.countDown();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // what it writes to is about to go
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
