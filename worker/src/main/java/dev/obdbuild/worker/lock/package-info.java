/** Locks on folders that outlive builds, held against other threads and other processes. */
@NullMarked
package dev.obdbuild.worker.lock;

import org.jspecify.annotations.NullMarked;
