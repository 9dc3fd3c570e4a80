package dev.obdbuild.builder.build;

import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.worker.source.git.GitCommit;
import dev.obdbuild.worker.source.git.GitObjects;
import dev.obdbuild.worker.source.http.HttpFile;
import java.util.Optional;

/** What is known of a source before anything of it is used. */
public sealed interface SourceFacts {

  /** The source: the one that was asked about, or what a policy put in its place. */
  SourceOp source();

  /**
   * Of an image.
   *
   * @param attestations if they were asked for
   */
  record OfImage(
      SourceOp source, SourceMetadata.Image image, Optional<ImageAttestations> attestations)
      implements SourceFacts {}

  /**
   * Of a git repository.
   *
   * @param objects if they were asked for
   */
  record OfGit(SourceOp source, GitCommit commit, Optional<GitObjects> objects)
      implements SourceFacts {}

  /**
   * Of a file of a server.
   *
   * @param suffixed the hash that was asked for
   */
  record OfFile(SourceOp source, HttpFile file, Optional<Digest> suffixed) implements SourceFacts {}

  /** There is nothing to know of others before they are used. */
  record Nothing(SourceOp source) implements SourceFacts {}
}
