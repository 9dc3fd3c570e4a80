/**
 * The build graph as values: vertices with one operation each, joined by digests.
 *
 * <p>Frontends make a {@link dev.obdbuild.llb.Graph}; the solver carries it out. The records mirror
 * BuildKit's {@code pb} messages and know nothing of Dockerfiles, devices or registries. {@code
 * Graph.of} is the edge where a definition from outside is checked once; everything behind it is
 * valid.
 */
@NullMarked
package dev.obdbuild.llb;

import org.jspecify.annotations.NullMarked;
