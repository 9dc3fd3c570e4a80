package dev.obdbuild.oci.image;

/** A layer that lies in a registry already. */
public record LayerBlob(Descriptor descriptor, Repository repository) {}
