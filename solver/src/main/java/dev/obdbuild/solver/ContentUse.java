package dev.obdbuild.solver;

import dev.obdbuild.oci.image.Digest;
import java.util.Optional;

/**
 * How an input's content came into a key.
 *
 * @param input index of the input
 * @param content the digest, and what it was computed of
 * @param identity names the very result it was computed of; empty when that is not known here
 * @param remembered whether it was known before that result was there
 */
record ContentUse(
    int input, CachedContent content, Optional<Digest> identity, boolean remembered) {}
