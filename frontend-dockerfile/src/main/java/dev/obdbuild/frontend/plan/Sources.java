package dev.obdbuild.frontend.plan;

import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.SourceOp;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * All that a frontend may ask of the world outside. Whatever it reads is a file of some filesystem,
 * and a filesystem is a graph: a folder of the client ({@code local://}), a repository, a download,
 * or what another build was given as input. Implementations are thread-safe: much is asked for at
 * the same time. They may show what they do as steps; nothing here depends on it.
 */
public interface Sources {

  /**
   * The first bytes of a file in what a graph makes. Several files of one graph are asked for one
   * after the other, so it pays to make equal graphs once.
   *
   * @param tree has a result. Its last vertex has a name to show, for example {@code [internal]
   *     load build definition from Dockerfile}
   * @param path relative to the root of the result, without symlinks that lead out of it
   * @param limit how many bytes are wanted at most
   * @return empty if there is no such file
   * @throws IOException if the graph cannot be made, or the file not be read
   */
  Optional<byte[]> readFile(Graph tree, String path, int limit) throws IOException;

  /**
   * Keeps what happens to the last vertex of a graph from users for a while. It is held for each
   * call; nothing is held where nothing is shown.
   *
   * @return to be run once, when they may see it
   */
  default Runnable hold(Graph tree) {
    return () -> {};
  }

  /**
   * What a registry, or a store of the client, has under a name.
   *
   * @throws IOException with a message that says why there is none; it is shown to the user
   */
  ResolvedImage resolveImage(ImageQuery query) throws IOException;

  /**
   * When what a source holds was made: the commit of a repository; of a download what the server
   * says, or else its newest file if it is an archive.
   *
   * @param stepName what the question is called as a step
   * @return empty if there is no telling
   */
  Optional<Instant> modified(SourceOp source, String stepName) throws IOException;
}
