package dev.obdbuild.oci.registry;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.Reference;

/**
 * The manifest of an image for one platform.
 *
 * @param reference as asked, with the digest of {@code root}
 * @param root what the reference points to: an index, or the manifest itself
 * @param descriptor of the manifest
 * @param body its bytes; not to be changed
 */
public record ImageManifest(
    Reference reference, Descriptor root, Descriptor descriptor, byte[] body, Manifest manifest) {}
