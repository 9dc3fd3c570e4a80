package dev.obdbuild.builder.history;

import dev.obdbuild.oci.image.Digest;
import java.time.Instant;

/** A blob that a record of the history names. */
public record HistoryBlob(Digest digest, String mediaType, long size, Instant created) {}
