package dev.obdbuild.worker.source.http;

import dev.obdbuild.oci.image.Digest;

/**
 * A file of a server.
 *
 * @param suffixed hash over the file and what was to stand behind it
 */
public record HashedFile(HttpFile file, Digest suffixed) {}
