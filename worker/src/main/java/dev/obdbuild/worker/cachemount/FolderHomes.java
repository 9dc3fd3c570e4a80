package dev.obdbuild.worker.cachemount;

import dev.obdbuild.oci.image.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directories of ids below the directory of all cache mounts; each has the folders of its id.
 */
record FolderHomes(Path root) {

  private static final String ID = "id";

  /** The home of an id, which need not be there. */
  Path of(FolderId id) {
    return root.resolve(Digest.sha256(id.text().getBytes(StandardCharsets.UTF_8)).hex());
  }

  /** The home of an id, made when needed. */
  Path made(FolderId id) throws IOException {
    Path home = of(id);
    if (!Files.exists(home.resolve(ID))) {
      Files.createDirectories(home);
      Path fresh = Files.createTempFile(home, ID, ".new");
      Files.writeString(fresh, id.text());
      Files.move(fresh, home.resolve(ID), StandardCopyOption.ATOMIC_MOVE);
    }
    return home;
  }

  /** Ids that have a home. */
  List<FolderId> ids() throws IOException {
    List<FolderId> found = new ArrayList<>();
    for (Path home : children(root)) {
      idOf(home).map(FolderId::parse).ifPresent(found::add);
    }
    return found;
  }

  /** What a home is for, in words; empty when a killed process has left it without. */
  static Optional<String> idOf(Path home) throws IOException {
    Path file = home.resolve(ID);
    return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
  }

  /** The folders of all ids. */
  List<Folder> folders() throws IOException {
    List<Folder> found = new ArrayList<>();
    for (Path home : children(root)) {
      for (Path place : children(home)) {
        if (Files.isDirectory(place)) {
          found.add(new Folder(home, Integer.parseInt(String.valueOf(place.getFileName()))));
        }
      }
    }
    return found;
  }

  private static List<Path> children(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    } catch (UncheckedIOException e) {
      throw new IOException("cache mounts in " + folder, e);
    }
  }
}
