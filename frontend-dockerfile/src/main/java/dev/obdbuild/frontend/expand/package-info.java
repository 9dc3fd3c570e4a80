/**
 * Shell words: quotes, escapes and variable substitution as Dockerfiles know them.
 *
 * <p>Works on one piece of text and a set of variables and knows no instruction. Memory is bounded:
 * every {@link dev.obdbuild.frontend.expand.Expander} has a budget of characters it may produce.
 */
@NullMarked
package dev.obdbuild.frontend.expand;

import org.jspecify.annotations.NullMarked;
