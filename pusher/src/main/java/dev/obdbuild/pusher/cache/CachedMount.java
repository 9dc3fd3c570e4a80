package dev.obdbuild.pusher.cache;

import dev.obdbuild.oci.image.Digest;
import java.util.Optional;

/**
 * The folder of a cache mount that is to be remembered.
 *
 * @param id as steps name it
 * @param initial digest of what the folder started with; empty when it started empty
 * @param contents its layers
 */
public record CachedMount(String id, Optional<Digest> initial, CachedResults.Chain contents) {}
