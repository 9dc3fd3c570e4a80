/**
 * Loop devices: attaching a file, asking about it, clearing it; their nodes are made where /dev is
 * static.
 */
@NullMarked
package dev.obdbuild.linux.loop;

import org.jspecify.annotations.NullMarked;
