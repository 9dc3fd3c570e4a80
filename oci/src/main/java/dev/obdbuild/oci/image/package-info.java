/**
 * The nouns of images: digests, descriptors, references, platforms, manifests, indexes and configs,
 * as records with their JSON. Values only; nothing here touches a network or a file. What came from
 * outside is checked when the value is made.
 */
@NullMarked
package dev.obdbuild.oci.image;

import org.jspecify.annotations.NullMarked;
