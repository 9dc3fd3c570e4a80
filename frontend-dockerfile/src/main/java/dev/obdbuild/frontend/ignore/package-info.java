/**
 * What {@code .dockerignore} files say, as the list of patterns that a context is filtered with.
 * Matching files is the business of whoever reads the context.
 */
@NullMarked
package dev.obdbuild.frontend.ignore;

import org.jspecify.annotations.NullMarked;
