/**
 * Trees from git repositories, by the {@code git} program of the host. What one remote sent is kept
 * in a bare repository that all builds share; a checkout reads its objects and owns the rest.
 *
 * <p>git runs without configuration, hooks, templates, prompts and helpers of the host, speaks
 * https, http, ssh and git only, and gets credentials through its environment.
 */
@NullMarked
package dev.obdbuild.worker.source.git;

import org.jspecify.annotations.NullMarked;
