/**
 * The check of a whole store, for instance after the host crashed: files against their digests and
 * formats, records against files, files against records. What is damaged is moved aside and taken
 * off the record, so that steps run again and bases are fetched anew.
 *
 * <p>Stands on store, layer and sweep; needs the store for itself, opens no device.
 */
@NullMarked
package dev.obdbuild.snapshots.check;

import org.jspecify.annotations.NullMarked;
