package dev.obdbuild.builder.build;

/**
 * On whose behalf refs and facts are asked for.
 *
 * @param origin the request that they belong to; what is asked is told of its results
 * @param policy about all sources
 */
public record Asker(Origin origin, SourcePolicy policy) {

  /** The same under another policy, too. */
  public Asker and(SourcePolicy more) {
    return new Asker(origin, policy.and(more));
  }

  /** Who asks on the way to the result of an inner request. */
  Asker within(FrontendRequest request, Origins known) {
    return new Asker(origin.add(request, known), policy);
  }
}
