package dev.obdbuild.builder.request;

import dev.obdbuild.builder.config.BuildOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** Finds the main context and the Dockerfile: folders, addresses or standard input. */
final class ContextInput {

  private static final String STDIN = "-";
  private static final String DEFAULT = "Dockerfile";
  private static final int LARGEST_DOCKERFILE = 8 << 20;

  private final BuildOptions options;
  private final InputStream in;
  private final Opened opened;

  ContextInput(BuildOptions options, InputStream in, Opened opened) {
    this.options = options;
    this.in = in;
    this.opened = opened;
  }

  /** Opens them. */
  void open() throws IOException {
    String context = options.context();
    Optional<String> file = options.dockerfile();
    if (file.filter(ContextInput::isHttp).isPresent()) {
      throw new IllegalArgumentException(
          "-f " + file.get() + ": a Dockerfile is not fetched by its address; build its context");
    }
    if (context.equals(STDIN)) {
      if (file.filter(STDIN::equals).isPresent()) {
        throw new IllegalArgumentException(
            "invalid argument: can't use stdin for both build context and dockerfile");
      }
      openStandardInput(file);
    } else if (Files.isDirectory(Path.of(context))) {
      opened.folders.put("context", Path.of(context));
      openFile(file, Path.of(context));
    } else if (isRemote(context)) {
      openRemote(context, file);
    } else {
      throw new IOException("unable to prepare context: path \"" + context + "\" not found");
    }
  }

  /** What is known of the context's identity, for whoever keeps a copy. */
  Optional<Path> folder() {
    return Optional.ofNullable(opened.folders.get("context"));
  }

  private void openFile(Optional<String> file, Path context) throws IOException {
    if (file.filter(STDIN::equals).isPresent()) {
      openDockerfile(in);
      return;
    }
    Path path = file.map(Path::of).orElse(context.resolve(DEFAULT)).toAbsolutePath().normalize();
    Path folder = path.getParent();
    if (folder == null) {
      throw new IOException(path + " is not a file");
    }
    opened.folders.put("dockerfile", folder);
    opened.attributes.put("filename", String.valueOf(path.getFileName()));
  }

  private void openStandardInput(Optional<String> file) throws IOException {
    PushbackInputStream stream = new PushbackInputStream(in, ArchiveMagic.BYTES);
    byte[] first = stream.readNBytes(ArchiveMagic.BYTES);
    stream.unread(first);
    if (ArchiveMagic.isArchive(first)) {
      String id = UUID.randomUUID().toString().replace("-", "");
      opened.uploads.put("/" + id, stream);
      opened.attributes.put("context", "http://buildkit-session/" + id);
      opened.attributes.put("filename", file.orElse(DEFAULT));
      return;
    }
    if (file.isPresent()) {
      throw new IllegalArgumentException(
          "ambiguous Dockerfile source: both stdin and flag correspond to Dockerfiles");
    }
    opened.folders.put("context", opened.emptyFolder());
    openDockerfile(stream);
  }

  private void openRemote(String context, Optional<String> file) throws IOException {
    opened.attributes.put("context", context);
    if (file.filter(STDIN::equals).isPresent()) {
      openDockerfile(in);
    } else if (file.filter(name -> name.startsWith("/")).isPresent()) {
      openFile(file, Path.of("/"));
      opened.attributes.put("dockerfilekey", "dockerfile");
    } else {
      opened.attributes.put("filename", file.orElse(DEFAULT));
    }
  }

  private void openDockerfile(InputStream stream) throws IOException {
    byte[] content = stream.readNBytes(LARGEST_DOCKERFILE + 1);
    if (content.length > LARGEST_DOCKERFILE) {
      throw new IOException(
          "the Dockerfile from standard input has more than " + LARGEST_DOCKERFILE + " bytes");
    }
    Path folder = opened.emptyFolder();
    opened.file(folder, DEFAULT, content);
    opened.folders.put("dockerfile", folder);
    opened.attributes.put("dockerfilekey", "dockerfile");
    opened.attributes.put("filename", DEFAULT);
  }

  private static boolean isHttp(String text) {
    return text.startsWith("http://") || text.startsWith("https://");
  }

  /** Whether a text is an address of a repository or a download. */
  static boolean isRemote(String text) {
    return isHttp(text)
        || text.startsWith("git://")
        || text.startsWith("ssh://")
        || text.startsWith("git@")
        || text.startsWith("github.com/");
  }
}
