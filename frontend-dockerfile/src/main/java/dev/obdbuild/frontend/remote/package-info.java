/**
 * Names of files elsewhere: repositories and downloads, as contexts and sources of ADD. Only reads
 * the names and says what sources of the graph they are.
 */
@NullMarked
package dev.obdbuild.frontend.remote;

import org.jspecify.annotations.NullMarked;
