package dev.obdbuild.llb;

import dev.obdbuild.oci.image.Digest;

/** The output of a vertex that is the result of a graph. */
public record Output(Digest vertex, int index) {}
