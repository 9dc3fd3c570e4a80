package dev.obdbuild.worker.source.git;

/**
 * What a remote's ref stands for.
 *
 * @param ref the full ref, or the commit itself
 * @param object name of the object that the ref points to: a commit, or an annotated tag
 * @param tagged the commit that an annotated tag points to; empty when it is no such tag
 */
public record GitCommit(String ref, String object, String tagged) {

  /** The commit, as far as it is known without fetching. */
  public String commit() {
    return tagged.isEmpty() ? object : tagged;
  }
}
