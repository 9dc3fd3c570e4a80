package dev.obdbuild.snapshots;

import static dev.obdbuild.snapshots.TestStore.on;

import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.SealedLayer;
import dev.obdbuild.oci.tar.TarEntry;
import dev.obdbuild.oci.tar.TarReader;
import dev.obdbuild.snapshots.changeset.TarFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Steps carried out by a shell in a store, and the ordinary layers they make. */
final class Changesets {
  private final Snapshots snapshots;
  private final Lease lease;
  private int steps;

  Changesets(Snapshots snapshots, Lease lease) {
    this.snapshots = snapshots;
    this.lease = lease;
  }

  /** A snapshot on {@code parent} with what a shell script did in its folder. */
  Snapshot step(Snapshot parent, String script) throws IOException {
    try (ActiveSnapshot active = snapshots.prepare(parent, "step " + steps++, lease)) {
      on(snapshots, () -> shell(active.path(), script));
      return active.commit(script);
    }
  }

  static boolean shell(Path folder, String script) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("bash", "-euc", script).directory(folder.toFile());
    builder.environment().put("LC_ALL", "C");
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(script + ": " + output);
    }
    return true;
  }

  SealedLayer top(Snapshot snapshot, TarFormat format) throws IOException {
    return snapshots.tarLayers(snapshot, format).getLast().seal();
  }

  /** The entries of the top layer, one line each. */
  List<String> entries(Snapshot snapshot) throws IOException {
    return entries(top(snapshot, TarFormat.UNCOMPRESSED).file());
  }

  static List<String> entries(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    try (TarReader tar = new TarReader(Files.newInputStream(file), file.toString())) {
      for (Optional<TarEntry> e = tar.next(); e.isPresent(); e = tar.next()) {
        TarEntry entry = e.get();
        String type = entry.type().name().toLowerCase(java.util.Locale.ROOT);
        String link = entry.linkName().isEmpty() ? "" : " -> " + entry.linkName();
        lines.add(type + " " + entry.nameText() + link);
      }
    }
    return lines;
  }

  /** The files of all layers, bottom first. */
  List<Path> files(Snapshot snapshot, TarFormat format) throws IOException {
    List<Path> files = new ArrayList<>();
    for (LayerSource layer : snapshots.tarLayers(snapshot, format)) {
      files.add(layer.seal().file());
    }
    return files;
  }

  void writeTree(Snapshot snapshot, OutputStream out) throws IOException {
    snapshots.writeTar(snapshot, out, Optional.empty());
  }
}
