/**
 * Builds and transfers in this process, without a daemon: what a client would send through a
 * session is taken from this machine directly.
 */
@NullMarked
package dev.obdbuild.builder.local;

import org.jspecify.annotations.NullMarked;
