/**
 * What the daemon remembers of builds: their status events as they happen and afterwards, and a
 * record of each.
 *
 * <pre>
 * history.db                   SQLite: records, blobs, which record holds which blob
 * history/ingest/ID            the status log of a running build
 * history/blobs/sha256/HEX     logs, errors, attestations, traces
 * </pre>
 *
 * A status log is a sequence of frames: a length (32 bits, little-endian) and a {@code
 * StatusResponse} of that many bytes; BuildKit calls it {@code application/vnd.buildkit.status.v0}.
 */
@NullMarked
package dev.obdbuild.builder.history;

import org.jspecify.annotations.NullMarked;
