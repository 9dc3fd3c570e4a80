package dev.obdbuild.builder.request;

import dev.obdbuild.builder.session.serve.OutputTarget;
import dev.obdbuild.oci.content.ContentStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a request is gathered from, part by part; owns its temporary folders. Not thread-safe. */
final class Opened implements AutoCloseable {

  final SortedMap<String, String> attributes;
  final Set<String> caps = new TreeSet<>();
  final Map<String, Path> folders = new LinkedHashMap<>();
  final Map<String, ContentStore> stores = new LinkedHashMap<>();
  final Map<String, InputStream> uploads = new LinkedHashMap<>();
  final List<LinkedTarget> links = new ArrayList<>();
  final Map<Integer, OutputTarget> targets = new LinkedHashMap<>();
  private final List<Path> temporary = new ArrayList<>();

  Opened(SortedMap<String, String> attributes) {
    this.attributes = new TreeMap<>(attributes);
  }

  /** An empty folder that lives until this is closed. */
  Path emptyFolder() throws IOException {
    Path folder = Files.createTempDirectory("obd-build-context");
    temporary.add(folder);
    return folder;
  }

  /** A file in such a folder. */
  Path file(Path folder, String name, byte[] content) throws IOException {
    Path file = Files.write(folder.resolve(name), content);
    temporary.add(file);
    return file;
  }

  @Override
  public void close() throws IOException {
    for (Path path : temporary.reversed()) {
      Files.deleteIfExists(path);
    }
  }
}
