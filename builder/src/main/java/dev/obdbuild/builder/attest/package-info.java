/**
 * What is attested about the results of a build: provenance, from the graph and from what its
 * sources stood for, and lists of packages, which a scanner's image makes.
 *
 * <p>Between a build, which it reads, and the exporters, which get in-toto predicates. Secrets are
 * told by their ids only: no value of one ever comes here.
 */
@NullMarked
package dev.obdbuild.builder.attest;

import org.jspecify.annotations.NullMarked;
