package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.ignore.IgnoreFile;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The build context. Most often a folder of the client, of which only what is used is transferred;
 * otherwise a filesystem that is used as it is. Shared by the plans of all platforms; thread-safe.
 */
final class MainContext {
  static final String LOCAL = "context";
  private static final String IGNORE = Definition.IGNORE;
  private static final int MAX_IGNORE = 8 << 20;

  private final Optional<Tree> remote;
  private final String sessionId;
  private final Definition definition;
  private final Sources sources;
  private @Nullable List<String> excludes;

  /**
   * @param remote empty for the client's folder
   * @param definition may have an ignore file of its own, which wins
   */
  MainContext(Optional<Tree> remote, String sessionId, Definition definition, Sources sources) {
    this.remote = remote;
    this.sessionId = sessionId;
    this.definition = definition;
    this.sources = sources;
  }

  /** The patterns of the ignore file that counts; only a folder of the client has one. */
  synchronized List<String> excludes() throws IOException {
    List<String> known = excludes;
    if (known == null) {
      known = remote.isPresent() ? List.of() : read();
      excludes = known;
    }
    return known;
  }

  /**
   * Keeps the step that reads the ignore file from users for a while.
   *
   * @return to be run once, when they may see it
   */
  Runnable holdExcludes() {
    return sources.hold(ignoreFolder());
  }

  private Graph ignoreFolder() {
    Node.Out folder =
        new LocalSource(LOCAL, sessionId, LOCAL + "-" + IGNORE)
            .following(List.of(IGNORE))
            .anew()
            .out("[internal] load " + IGNORE);
    return Graph.of(folder, List.of());
  }

  private List<String> read() throws IOException {
    if (definition.ignore().isPresent()) {
      return IgnoreFile.patterns(definition.ignore().get(), definition.name() + IGNORE);
    }
    Optional<byte[]> file = sources.readFile(ignoreFolder(), IGNORE, MAX_IGNORE + 1);
    return file.isPresent() ? IgnoreFile.patterns(bounded(file.get()), IGNORE) : List.of();
  }

  private static byte[] bounded(byte[] content) throws IOException {
    if (content.length > MAX_IGNORE) {
      throw new IOException(IGNORE + " has more than " + MAX_IGNORE + " bytes");
    }
    return content;
  }

  /**
   * The context as an input of steps.
   *
   * @param paths what they use of it, relative; empty is all
   */
  Optional<Node.Out> out(Collection<String> paths) throws IOException {
    return remote.isPresent()
        ? remote.get().out(paths)
        : Optional.of(
            new LocalSource(LOCAL, sessionId, LOCAL)
                .excluding(excludes())
                .following(paths)
                .out("[internal] load build context"));
  }
}
