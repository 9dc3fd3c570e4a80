package dev.obdbuild.builder.request;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Index;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The {@code index.json} of an OCI layout: manifests and the names that they have in it. */
final class LayoutIndex {

  private static final String TAG = "org.opencontainers.image.ref.name";

  /** Bytes of an index; one with thousands of manifests is far below. */
  private static final long LARGEST = 4 << 20;

  private final Path folder;

  LayoutIndex(Path folder) {
    this.folder = folder;
  }

  private Path file() {
    return folder.resolve("index.json");
  }

  private List<Descriptor> read() throws IOException {
    if (Files.size(file()) > LARGEST) {
      throw new IOException(file() + " has more than " + LARGEST + " bytes");
    }
    return Index.parse(Files.readAllBytes(file()), file().toString()).manifests();
  }

  /**
   * The manifest of that name, or the only one.
   *
   * @throws IOException when there is no such manifest, or no layout
   */
  Descriptor find(String tag) throws IOException {
    List<Descriptor> all;
    try {
      all = read();
    } catch (NoSuchFileException e) {
      throw new IOException(folder + " is no OCI layout: it has no index.json", e);
    }
    Optional<Descriptor> named =
        all.stream().filter(one -> tag.equals(one.annotations().get(TAG))).findFirst();
    if (named.isEmpty() && all.size() != 1) {
      throw new IOException(file() + " has " + all.size() + " manifests and none named " + tag);
    }
    return named.orElseGet(all::getFirst);
  }

  /** Names a manifest; whatever had that name loses it. */
  void put(Descriptor manifest, List<String> tags) throws IOException {
    List<Descriptor> all = new ArrayList<>();
    if (Files.exists(file())) {
      for (Descriptor one : read()) {
        String tag = one.annotations().get(TAG);
        boolean replaced =
            tag == null ? one.digest().equals(manifest.digest()) : tags.contains(tag);
        if (!replaced) {
          all.add(one);
        }
      }
    }
    for (String tag : tags) {
      Map<String, String> annotations = new HashMap<>(manifest.annotations());
      annotations.put(TAG, tag);
      all.add(manifest.withAnnotations(annotations));
    }
    if (tags.isEmpty()) {
      all.add(manifest);
    }
    Files.createDirectories(folder);
    write("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
    write("index.json", new Index(all).toJson());
  }

  private void write(String name, byte[] content) throws IOException {
    Path beside = Files.createTempFile(folder, ".new-", "");
    Files.write(beside, content);
    Files.setPosixFilePermissions(
        beside, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    Files.move(beside, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }
}
