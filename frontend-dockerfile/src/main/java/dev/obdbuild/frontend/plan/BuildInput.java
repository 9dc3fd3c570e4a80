package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.parse.GoBool;
import dev.obdbuild.frontend.remote.GitReference;
import dev.obdbuild.frontend.remote.GitSource;
import dev.obdbuild.frontend.remote.HttpSource;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.VertexMetadata;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files of a build, found. The plans of all platforms share them.
 *
 * @param inputs what the client defines itself
 */
record BuildInput(Definition definition, MainContext context, InputTrees inputs) {

  /** What a download is called, whatever its address. */
  private static final String DOWNLOAD = MainContext.LOCAL;

  private static final String FOLDER = "dockerfile";

  /**
   * Where files come from; empty is a folder of the client.
   *
   * @param filename of the Dockerfile
   */
  private record Place(Optional<Tree> context, Optional<Tree> dockerfile, String filename) {

    static Place of(Node.Out both, String filename) {
      Optional<Tree> tree = Optional.of(Tree.of(Optional.of(both)));
      return new Place(tree, tree, filename);
    }
  }

  static BuildInput load(BuildConfig config, Sources sources) throws IOException {
    ContextOptions options = config.contexts();
    InputTrees inputs = new InputTrees(options.inputs(), 1);
    Place place = place(config, inputs, sources);
    Optional<Tree> context = place.context;
    if (context.isPresent() && options.subdirectory().isPresent()) {
      context = Optional.of(inside(context.get(), options.subdirectory().get()));
    }
    Definition definition =
        Definition.load(
            place.filename,
            options.dockerfileFolder().isPresent() ? Optional.empty() : place.dockerfile,
            options,
            sources);
    String session = options.sessionOf(MainContext.LOCAL);
    return new BuildInput(
        definition, new MainContext(context, session, definition, sources), inputs);
  }

  private static Place place(BuildConfig config, InputTrees inputs, Sources sources)
      throws IOException {
    String reference = config.contexts().reference();
    Optional<GitReference> git = GitReference.parse(reference);
    if (git.isPresent()) {
      return Place.of(repository(git.get(), reference, config), config.filename());
    }
    if (HttpSource.matches(reference)) {
      return download(reference, config, sources);
    }
    return new Place(inputs.get(MainContext.LOCAL), inputs.get(FOLDER), config.filename());
  }

  private static Node.Out repository(GitReference git, String reference, BuildConfig config) {
    GitSource source = new GitSource(git);
    boolean dated = !config.buildArg(EpochSource.NAME).orElse("").isEmpty();
    source.modificationTime(
        git.modificationTime().isEmpty() && dated ? "commit" : git.modificationTime());
    boolean keep =
        config.buildArg("BUILDKIT_CONTEXT_KEEP_GIT_DIR").flatMap(GoBool::parse).orElse(false);
    if (keep || git.keepGitDir().orElse(false)) {
      source.keepingGitDir();
    }
    return source.out("[internal] load git source " + reference);
  }

  private static Place download(String url, BuildConfig config, Sources sources)
      throws IOException {
    Node.Out file =
        HttpSource.of(
            url,
            DOWNLOAD,
            "",
            Map.of(VertexMetadata.CUSTOM_NAME, "[internal] load remote build context"));
    byte[] head = head(file, url, sources);
    return Archive.isArchive(head)
        ? Place.of(FileEmitter.unpacked(file, "/" + DOWNLOAD), config.filename())
        : Place.of(file, DOWNLOAD);
  }

  private static byte[] head(Node.Out file, String url, Sources sources) throws IOException {
    Optional<byte[]> head;
    try {
      head = sources.readFile(Graph.of(file, List.of()), DOWNLOAD, Archive.HEAD);
    } catch (IOException e) {
      throw DockerfileException.ofSource("failed to read downloaded context: ", e);
    }
    return head.orElseThrow(
        () -> new DockerfileException("failed to read downloaded context " + url));
  }

  private static Tree inside(Tree context, String folder) {
    Optional<Node.Out> whole = context.out(List.of());
    return Tree.of(whole.map(out -> FileEmitter.contents(out, folder)));
  }
}
