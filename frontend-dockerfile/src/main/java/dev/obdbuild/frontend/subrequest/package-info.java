/**
 * Answers to questions about a Dockerfile: what targets it has, what a target takes, what looks
 * wrong. Values that render themselves in the forms that clients of BuildKit know, JSON and text.
 */
@NullMarked
package dev.obdbuild.frontend.subrequest;

import org.jspecify.annotations.NullMarked;
