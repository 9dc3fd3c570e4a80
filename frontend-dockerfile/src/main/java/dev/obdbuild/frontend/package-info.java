/**
 * What the packages of the Dockerfile frontend share: where something stands in a file, and the one
 * error they all raise.
 */
@NullMarked
package dev.obdbuild.frontend;

import org.jspecify.annotations.NullMarked;
