package dev.obdbuild.backstore.attach;

import dev.obdbuild.backstore.device.DeviceSweep;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The folder in which the attached images of this host are known, each by a folder of its own.
 * Shared by processes; thread-safe.
 */
public final class Attachments {
  /** Where it is if nobody says otherwise. */
  public static final Path DEFAULT = Path.of("/run/obd-backstore");

  private static final String GUARD = "guard";

  private final Path folder;

  /** The folder is made when it is first needed. */
  public Attachments(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  /**
   * Takes a place for one more image; the caller closes it. Undoes first what dead processes left.
   */
  public Place claim() throws IOException {
    Files.createDirectories(folder);
    try (FileChannel guard = guard();
        FileLock ignored = guard.lock()) {
      sweepAll();
      return Place.make(folder, UUID.randomUUID().toString().substring(0, 8));
    }
  }

  /** Undoes what dead processes left. */
  public void sweep() throws IOException {
    if (Files.isDirectory(folder)) {
      try (FileChannel guard = guard();
          FileLock ignored = guard.lock()) {
        sweepAll();
      }
    }
  }

  private FileChannel guard() throws IOException {
    return FileChannel.open(
        folder.resolve(GUARD), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private void sweepAll() throws IOException {
    for (Path place : places()) {
      if (Place.isAbandoned(place)) {
        DeviceSweep.undoBelow(Place.devices(place));
        Place.remove(place);
      }
    }
  }

  private List<Path> places() throws IOException {
    List<Path> places = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, Files::isDirectory)) {
        entries.forEach(places::add);
      }
    }
    return places;
  }

  /** The images whose processes live and have a device to show. */
  public List<Attached> list() throws IOException {
    List<Attached> all = new ArrayList<>();
    for (Path place : places()) {
      try {
        if (!Place.isAbandoned(place)) {
          Place.read(place).ifPresent(all::add);
        }
      } catch (NoSuchFileException e) {
        // Detached since the folder was listed.
        continue;
      }
    }
    return all;
  }

  /** The image that has this node or was made of this configuration. */
  public Optional<Attached> find(String nodeOrConfig) throws IOException {
    Path named = Path.of(nodeOrConfig).toAbsolutePath().normalize();
    return list().stream()
        .filter(image -> image.node().equals(named) || image.config().equals(named))
        .findFirst();
  }
}
