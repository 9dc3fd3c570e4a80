package dev.obdbuild.builder.build;

import dev.obdbuild.builder.build.SourceMetadata.ImageWish;
import dev.obdbuild.worker.image.ResolveMode;
import dev.obdbuild.worker.source.http.SuffixedHash;
import java.util.List;
import java.util.Optional;

/**
 * What is wanted of a source, whatever kind it turns out to be of.
 *
 * @param image how it is looked up if it is an image
 * @param attestations what proves an image is wanted, too
 * @param predicates kinds of attestations whose contents are wanted
 * @param gitObjects the objects of a commit are wanted, too
 * @param hash over a file of a server
 */
public record SourceWish(
    ImageWish image,
    boolean attestations,
    List<String> predicates,
    boolean gitObjects,
    Optional<SuffixedHash> hash) {

  /** When it was made. */
  static SourceWish ofTime(String logName) {
    return new SourceWish(
        new ImageWish(Optional.empty(), ResolveMode.DEFAULT, false, logName),
        false,
        List.of(),
        true,
        Optional.empty());
  }

  public SourceWish {
    predicates = List.copyOf(predicates);
  }
}
