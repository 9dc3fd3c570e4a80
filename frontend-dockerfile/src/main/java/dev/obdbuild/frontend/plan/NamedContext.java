package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.ignore.IgnoreFile;
import dev.obdbuild.frontend.remote.GitReference;
import dev.obdbuild.frontend.remote.GitSource;
import dev.obdbuild.frontend.remote.HttpSource;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.json.GoQuote;
import dev.obdbuild.oci.json.JsonReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A context that the user put in the place of a stage, an image or a source of files.
 *
 * @param name of what it replaces
 * @param key the name as it stands in the options, perhaps with a platform
 * @param value where it comes from
 * @param platform what it is wanted for
 */
record NamedContext(
    String name,
    String key,
    String value,
    Platform platform,
    BuildConfig config,
    InputTrees inputs) {
  private static final String SCRATCH = "scratch";
  private static final int MAX_IGNORE = 8 << 20;

  /**
   * A context that was looked at.
   *
   * @param image the config that comes with it, if it is an image
   */
  record Loaded(Tree tree, Optional<ImageConfig> image) {}

  Loaded load(Sources sources) throws IOException {
    String[] parts = value.split(":", 2);
    if (parts.length < 2) {
      throw new DockerfileException("invalid context specifier " + value + " for " + key);
    }
    return switch (parts[0].startsWith("git@") ? "git" : parts[0]) {
      case "docker-image" -> image(withoutSlashes(parts[1]), sources);
      case "oci-layout" -> layout(withoutSlashes(parts[1]), sources);
      case "git" -> git(reference().orElseThrow(() -> invalidGit()));
      case "http", "https" -> {
        Optional<GitReference> git = reference();
        yield git.isPresent() ? git(git.get()) : http();
      }
      case "local" -> local(parts[1], sources);
      case "input" -> input(parts[1]);
      default ->
          throw new DockerfileException("unsupported context source " + parts[0] + " for " + key);
    };
  }

  private static String withoutSlashes(String text) {
    return text.startsWith("//") ? text.substring(2) : text;
  }

  private String title(String text) {
    return "[context " + key + "] " + text;
  }

  private static Map<String, String> called(String title) {
    return Map.of(VertexMetadata.CUSTOM_NAME, title);
  }

  private Loaded image(String text, Sources sources) throws IOException {
    if (text.equals(SCRATCH)) {
      return new Loaded(Tree.of(Optional.empty()), Optional.empty());
    }
    Reference reference = parsed(text);
    ResolvedImage image =
        resolve(reference, text, new ImageQuery.InRegistry(config.resolveMode()), sources);
    Node.Out out =
        Node.of(
                SourceOp.of("docker-image://" + image.reference().canonical(), Map.of()),
                List.of(),
                Optional.of(platform),
                VertexMetadata.of(called(title(text)), List.of("source.image")))
            .out();
    return new Loaded(
        Tree.of(Optional.of(out)), Optional.of(image.config().withCreated(Optional.empty())));
  }

  /**
   * @param shown what users know the image by
   */
  private ResolvedImage resolve(
      Reference reference, String shown, ImageQuery.ImagePlace place, Sources sources)
      throws IOException {
    String name = reference.canonical();
    try {
      return sources.resolveImage(
          new ImageQuery(reference, platform, place, title("load metadata for " + shown)));
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      throw DockerfileException.of(
          "failed to resolve source metadata for " + name + ": " + e.getMessage(), e);
    }
  }

  private static Reference parsed(String text) throws DockerfileException {
    try {
      return Reference.parse(text);
    } catch (IllegalArgumentException e) {
      throw DockerfileException.of(String.valueOf(e.getMessage()), e);
    }
  }

  private Loaded layout(String text, Sources sources) throws IOException {
    int at = text.indexOf('@');
    if (at < 0) {
      throw new DockerfileException(
          "oci-layout reference " + GoQuote.quote(text) + " has no digest");
    }
    // The tag of a store's image only says which digest was meant.
    String store = text.substring(0, at).replaceFirst(":[^/:]*$", "");
    Reference reference = pinned(text.substring(at + 1));
    String session = config.contexts().sessionId();
    ResolvedImage image =
        resolve(reference, reference.canonical(), new ImageQuery.InLayout(store, session), sources);
    Map<String, String> attrs =
        session.isEmpty()
            ? Map.of(SourceAttr.OCI_STORE, store)
            : Map.of(SourceAttr.OCI_STORE, store, SourceAttr.OCI_SESSION, session);
    Node.Out out =
        Node.of(
                SourceOp.of("oci-layout://" + reference.canonical(), attrs),
                List.of(),
                Optional.of(platform),
                VertexMetadata.of(
                    called(title("OCI load from client")), List.of("source.ocilayout")))
            .out();
    return new Loaded(Tree.of(Optional.of(out)), Optional.of(image.config()));
  }

  /** An image in a layout is shown under the name that it replaces. */
  private Reference pinned(String digest) throws DockerfileException {
    try {
      return Reference.parseName(name).withDigest(Digest.parse(digest));
    } catch (IllegalArgumentException e) {
      throw DockerfileException.of(
          "could not parse oci-layout reference " + GoQuote.quote(value) + ": " + e.getMessage(),
          e);
    }
  }

  private Optional<GitReference> reference() throws DockerfileException {
    return GitReference.parse(value);
  }

  private DockerfileException invalidGit() {
    return new DockerfileException("invalid git context " + value);
  }

  private Loaded git(GitReference reference) {
    GitSource source = new GitSource(reference).modificationTime(reference.modificationTime());
    if (reference.keepGitDir().orElse(false)) {
      source.keepingGitDir();
    }
    Node.Out out = source.out("[internal] load git source " + value);
    return new Loaded(Tree.of(Optional.of(out)), Optional.empty());
  }

  private Loaded http() {
    Node.Out out = HttpSource.of(value, MainContext.LOCAL, "", called(title(value)));
    return new Loaded(Tree.of(Optional.of(out)), Optional.empty());
  }

  private Loaded local(String folder, Sources sources) throws IOException {
    String session = config.contexts().sessionOf(folder);
    String ignore = Definition.IGNORE;
    Node.Out rules =
        new LocalSource(folder, session, "context:" + key + "-" + ignore)
            .following(List.of(ignore))
            .anew()
            .out(title("load " + ignore));
    Optional<byte[]> file = sources.readFile(Graph.of(rules, List.of()), ignore, MAX_IGNORE);
    List<String> excludes = file.isPresent() ? IgnoreFile.patterns(file.get(), ignore) : List.of();
    String hint = "context:" + key + "-" + config.contexts().sharedKeys().getOrDefault(key, "");
    return new Loaded(
        paths ->
            Optional.of(
                new LocalSource(folder, session, hint)
                    .excluding(excludes)
                    .following(paths)
                    .out(title("load from client"))),
        Optional.empty());
  }

  private Loaded input(String input) throws IOException {
    Tree tree =
        inputs
            .get(input)
            .orElseThrow(() -> new DockerfileException("invalid input " + input + " for " + key));
    String metadata = config.contexts().inputMetadata().getOrDefault(input, "");
    return new Loaded(tree, metadata.isEmpty() ? Optional.empty() : image(metadata));
  }

  /** The image config in an input's metadata: values are bytes, which JSON has as base64. */
  private Optional<ImageConfig> image(String metadata) throws IOException {
    try {
      Optional<String> encoded =
          JsonReader.parse(metadata.getBytes(StandardCharsets.UTF_8), "input metadata")
              .optionalString("containerimage.config");
      if (encoded.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          ImageConfig.parse(Base64.getDecoder().decode(encoded.get()), "image config of " + key));
    } catch (IOException | IllegalArgumentException e) {
      throw DockerfileException.of(
          "failed to parse input metadata of " + key + ": " + e.getMessage(), e);
    }
  }
}
