/**
 * The file operations of a build graph (COPY, ADD, WORKDIR and their kin) carried out on a writable
 * mounted folder. Every path is resolved inside that folder and inside the tree that is copied
 * from. Platform threads only.
 */
@NullMarked
package dev.obdbuild.worker.file;

import org.jspecify.annotations.NullMarked;
