package dev.obdbuild.oci.image;

import java.nio.file.Path;

/**
 * A finished layer in a local file.
 *
 * @param descriptor of the file's bytes, overlaybd annotations included
 * @param diffId equals the descriptor's digest for overlaybd layers
 * @param file complete, never written again; who yields it says how long it stays
 */
public record SealedLayer(Descriptor descriptor, Digest diffId, Path file) {}
