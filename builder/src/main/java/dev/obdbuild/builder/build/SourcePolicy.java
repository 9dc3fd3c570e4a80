package dev.obdbuild.builder.build;

import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.oci.image.Platform;
import java.io.IOException;
import java.util.Optional;

/**
 * Says which sources a build may use, and what it uses in their place. Asked before anything is
 * looked up or made of a source, so that what it forbids is never touched. Thread-safe.
 */
@FunctionalInterface
public interface SourcePolicy {

  /** How often the policies of one source may change it. */
  int MOST_CHANGES = 20;

  /** Lets everything be as it is. */
  SourcePolicy NONE = (source, platform, build) -> source;

  /**
   * The source to use: the given one, or another that this policy puts in its place and allows.
   *
   * @param platform that the source is for, if that is known
   * @param build that wants it
   * @throws SourceDeniedException when the policy forbids it
   */
  SourceOp admit(SourceOp source, Optional<Platform> platform, Build build) throws IOException;

  /** Both policies: the source that comes out is one that either lets be as it is. */
  default SourcePolicy and(SourcePolicy other) {
    if (equals(NONE) || other.equals(NONE)) {
      return equals(NONE) ? other : this;
    }
    return (source, platform, build) -> {
      SourceOp wanted = source;
      for (int changes = 0; changes <= MOST_CHANGES; changes++) {
        SourceOp admitted = other.admit(admit(wanted, platform, build), platform, build);
        if (admitted.equals(wanted)) {
          return admitted;
        }
        wanted = admitted;
      }
      throw new IOException("too many mutations on a single source: too many operations");
    };
  }
}
