package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.ignore.UnixPath;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The Dockerfile, and the ignore file beside it.
 *
 * @param graph what they were read from
 */
record Definition(String name, byte[] bytes, String text, Graph graph, Optional<byte[]> ignore) {
  static final String IGNORE = ".dockerignore";
  private static final String FOLDER = "dockerfile";
  private static final int MAX_BYTES = 8 << 20;
  private static final String DEFAULT_NAME = "Dockerfile";

  /**
   * @param tree what holds the Dockerfile; empty for a folder of the client
   */
  static Definition load(String name, Optional<Tree> tree, ContextOptions options, Sources sources)
      throws IOException {
    Optional<Node.Out> out =
        tree.isPresent() ? tree.get().out(List.of()) : Optional.of(folder(name, options));
    Graph graph = out.map(o -> Graph.of(o, List.of())).orElse(Graph.EMPTY);
    Optional<byte[]> bytes = read(sources, graph, name);
    if (bytes.isEmpty() && isDefault(name)) {
      bytes = read(sources, graph, lowerCase(name));
    }
    if (bytes.isEmpty()) {
      throw new DockerfileException(
          "failed to read dockerfile: open " + name + ": no such file or directory");
    }
    Optional<byte[]> ignore = read(sources, graph, name + IGNORE);
    String text = new String(bytes.get(), StandardCharsets.UTF_8);
    return new Definition(name, bytes.get(), text, graph, ignore);
  }

  private static Node.Out folder(String name, ContextOptions options) {
    String folder = options.dockerfileFolder().orElse(FOLDER);
    List<String> files = new ArrayList<>(List.of(name, name + IGNORE));
    if (isDefault(name)) {
      files.add(lowerCase(name));
    }
    return new LocalSource(folder, options.sessionOf(folder), folder)
        .following(files)
        .anew()
        .out("[internal] load build definition from " + name);
  }

  private static boolean isDefault(String name) {
    return UnixPath.base(name).equals(DEFAULT_NAME);
  }

  private static String lowerCase(String name) {
    return UnixPath.join(UnixPath.dir(name), DEFAULT_NAME.toLowerCase(Locale.ROOT));
  }

  private static Optional<byte[]> read(Sources sources, Graph graph, String path)
      throws IOException {
    if (graph.result().isEmpty()) {
      return Optional.empty();
    }
    Optional<byte[]> file = sources.readFile(graph, path, MAX_BYTES + 1);
    if (file.isPresent() && file.get().length > MAX_BYTES) {
      throw new DockerfileException(
          path + " has more than " + MAX_BYTES + " bytes, which is what is allowed");
    }
    return file;
  }
}
