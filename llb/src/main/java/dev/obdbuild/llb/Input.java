package dev.obdbuild.llb;

import dev.obdbuild.oci.image.Digest;

/** One output of another vertex that a vertex uses. */
public record Input(Digest vertex, int index) {}
