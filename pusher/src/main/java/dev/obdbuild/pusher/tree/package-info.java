/**
 * The files of a result, not as layers but as they are: written as one tar archive, and told in
 * statements that become files beside them.
 *
 * <p>Where the files are read from is behind {@link dev.obdbuild.pusher.tree.ExportTree}; who walks
 * a tree on a served mount does so on the threads that may touch it.
 */
@NullMarked
package dev.obdbuild.pusher.tree;

import org.jspecify.annotations.NullMarked;
