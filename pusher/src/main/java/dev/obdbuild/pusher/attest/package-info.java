/**
 * What is attested about an image or a folder of files: in-toto statements, each a predicate made
 * elsewhere with the subjects it is about.
 *
 * <p>Predicates may be made by programs of a build, so their JSON is never trusted to be well
 * formed: {@link dev.obdbuild.pusher.attest.JsonText} checks it while it copies.
 */
@NullMarked
package dev.obdbuild.pusher.attest;

import org.jspecify.annotations.NullMarked;
