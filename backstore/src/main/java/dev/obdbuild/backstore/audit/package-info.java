/**
 * Reads of devices that took long, in a file, each with what it was of and where it waited. Written
 * by a thread of its own: serving waits for no log.
 */
@NullMarked
package dev.obdbuild.backstore.audit;

import org.jspecify.annotations.NullMarked;
