package dev.obdbuild.frontend.plan;

import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.Reference;

/**
 * Which image a frontend wants to know about.
 *
 * @param reference has a tag or a digest
 * @param platform which image of an index is wanted
 * @param stepName what looking it up is called where users see it
 */
public record ImageQuery(
    Reference reference, Platform platform, ImagePlace place, String stepName) {

  /** Where an image lies. */
  public sealed interface ImagePlace {}

  /** In a registry, or in a local store if {@code mode} allows. */
  public record InRegistry(ResolveMode mode) implements ImagePlace {}

  /**
   * In an OCI layout that a client offers.
   *
   * @param store its name among the client's stores
   * @param sessionId of the client, empty if it needs no name
   */
  public record InLayout(String store, String sessionId) implements ImagePlace {}
}
