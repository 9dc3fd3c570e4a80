/**
 * The original's configuration files, as values: {@code config.v1.json} says which layers make a
 * device, {@code overlaybd.json} how the process that serves it works.
 *
 * <p>Unknown keys mean nothing, as for the original. A key of a wrong type, a number out of bounds
 * and what belongs to TurboOCI are errors that name file and key.
 */
@NullMarked
package dev.obdbuild.backstore.config;

import org.jspecify.annotations.NullMarked;
