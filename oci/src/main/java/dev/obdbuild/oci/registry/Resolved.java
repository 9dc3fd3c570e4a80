package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Reference;

/**
 * What a reference points to, verified: a manifest or an index.
 *
 * @param reference as asked, with the digest that was found
 * @param body the bytes that the descriptor names; not to be changed
 */
public record Resolved(Reference reference, Descriptor descriptor, byte[] body) {}
